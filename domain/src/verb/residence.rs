//! `report-residence`: where the people lived whose activity a month's report counts, by the commissioner of
//! their home. A later report of the same month replaces the earlier one.

use serde::{Deserialize, Serialize};

use super::{Verb, entered_in};
use crate::book::Book;
use crate::name::{ContractId, PartyId, StreamId};
use crate::rate::Count;
use crate::refusal::Refusal;
use crate::year::{Month, Span};

/// Activity of a month was counted by residence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResidenceReported {
    /// The contract.
    pub contract: ContractId,
    /// The month in which care was given.
    pub month: Month,
    /// How much of the activity is of each home; all of it.
    pub homes: Vec<Home>,
}

/// The activity of people of one home.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Home {
    /// The commissioner of the place where they live, in the contract or out of its area.
    pub party: PartyId,
    /// Units of activity.
    pub count: Count,
}

impl Verb for ResidenceReported {
    type Makes = ResidenceReported;

    fn stream(&self) -> StreamId {
        StreamId::of("residence", &self.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        let homes = self.homes.iter().map(|home| StreamId::of("party", &home.party));
        [StreamId::of("contract", &self.contract)].into_iter().chain(homes).collect()
    }

    fn decide(self, book: &Book) -> Result<ResidenceReported, Refusal> {
        let case = book.case(&self.contract)?;
        case.covers(Span::Month(self.month)).map_err(|refusal| refusal.at("/month"))?;
        for (i, home) in self.homes.iter().enumerate() {
            book.in_office(&home.party, self.month.first_day())
                .map_err(|refusal| refusal.at(format!("/homes/{i}/party")))?;
            if home.count.exact().is_negative() {
                let message = format!("`{}` has a negative count", home.party);
                let hint = "write how much of the month's activity is of people who live there";
                return Err(Refusal::rule("negative-count", message, hint).at(format!("/homes/{i}/count")));
            }
            if self.homes[..i].iter().any(|earlier| earlier.party == home.party) {
                let message = format!("`{}` stands twice", home.party);
                let hint = "write each home once, with all of its activity";
                return Err(Refusal::rule("home-twice", message, hint).at(format!("/homes/{i}/party")));
            }
        }
        Ok(self)
    }
}

entered_in!(ResidenceReported, residences);
