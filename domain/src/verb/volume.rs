//! `report-volume`: how often something happened in a month that is neither money nor people: attendances,
//! breaches, stages reached. A later report of the same thing and month, by the same party, replaces the
//! earlier one.

use serde::{Deserialize, Serialize};

use super::{Verb, entered_in};
use crate::book::Book;
use crate::name::{ContractId, PartyId, StreamId};
use crate::rate::Count;
use crate::refusal::Refusal;
use crate::year::{Month, Span};

/// Something was counted for a month.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VolumeReported {
    /// The contract.
    pub contract: ContractId,
    /// The month in which it happened.
    pub month: Month,
    /// What was counted, as a clause of the terms names it.
    pub what: String,
    /// How many.
    pub count: Count,
    /// Who did it, where the clause tells parties apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PartyId>,
}

impl Verb for VolumeReported {
    type Makes = VolumeReported;

    fn stream(&self) -> StreamId {
        StreamId::of("volume", &self.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        vec![StreamId::of("contract", &self.contract)]
    }

    fn decide(self, book: &Book) -> Result<VolumeReported, Refusal> {
        let case = book.case(&self.contract)?;
        let known: Vec<String> = case.terms.pay.iter().flat_map(|c| c.mechanism.volumes()).collect();
        if !known.contains(&self.what) {
            let message = format!("no clause of `{}` counts `{}`", self.contract, self.what);
            let hint = if known.is_empty() {
                "its terms count nothing month by month".to_owned()
            } else {
                format!("what its clauses count is: {}", known.join(", "))
            };
            return Err(Refusal::rule("unknown-volume", message, hint).at("/what"));
        }
        if let Some(by) = &self.by {
            book.party_to(case, by, self.month.first_day()).map_err(|refusal| refusal.at("/by"))?;
        }
        case.covers(Span::Month(self.month)).map_err(|refusal| refusal.at("/month"))?;
        if self.count.exact().is_negative() {
            let message = format!("a count of `{}` is not negative", self.what);
            let hint = "write how often it happened; a correction is a new report of the whole month";
            return Err(Refusal::rule("negative-count", message, hint).at("/count"));
        }
        Ok(self)
    }
}

entered_in!(VolumeReported, volumes);
