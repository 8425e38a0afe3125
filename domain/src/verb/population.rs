//! `report-population`: a list or enrolment by band. A later report of the same period replaces the earlier
//! one.

use serde::{Deserialize, Serialize};

use super::{Verb, entered_in};
use crate::book::Book;
use crate::name::{ContractId, StreamId};
use crate::rate::Count;
use crate::refusal::Refusal;
use crate::year::Span;

/// The people of a contract in a period were counted, by band.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PopulationReported {
    /// The contract.
    pub contract: ContractId,
    /// The month or contract year the list is of.
    pub period: Span,
    /// How many in each band.
    pub bands: Vec<Band>,
}

/// One band of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Its name, as the terms name it.
    pub band: String,
    /// How many; person-years may have a fraction.
    pub count: Count,
}

impl Verb for PopulationReported {
    type Makes = PopulationReported;

    fn stream(&self) -> StreamId {
        StreamId::of("population", &self.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        vec![StreamId::of("contract", &self.contract)]
    }

    fn decide(self, book: &Book) -> Result<PopulationReported, Refusal> {
        let case = book.case(&self.contract)?;
        case.covers(self.period).map_err(|refusal| refusal.at("/period"))?;
        if let Some(i) = self.bands.iter().position(|b| b.count.exact().is_negative()) {
            let message = format!("band `{}` has a negative count", self.bands[i].band);
            let hint = "write how many people are in the band";
            return Err(Refusal::rule("negative-count", message, hint).at(format!("/bands/{i}/count")));
        }
        Ok(self)
    }
}

entered_in!(PopulationReported, populations);
