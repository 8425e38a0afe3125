//! `report-cost`: what the care of a month or a year cost a party, open-book. A later report of the same
//! party and period replaces the earlier one.

use serde::{Deserialize, Serialize};

use super::{Verb, entered_in};
use crate::book::Book;
use crate::money::Money;
use crate::name::{ContractId, PartyId, StreamId};
use crate::refusal::Refusal;
use crate::year::Span;

/// A party's cost of a period was reported.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CostReported {
    /// The contract.
    pub contract: ContractId,
    /// Whose cost it is.
    pub party: PartyId,
    /// The month or contract year in which the care was given.
    pub period: Span,
    /// The cost.
    pub amount: Money,
}

impl Verb for CostReported {
    type Makes = CostReported;

    fn stream(&self) -> StreamId {
        StreamId::of("cost", &self.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        vec![StreamId::of("contract", &self.contract)]
    }

    fn decide(self, book: &Book) -> Result<CostReported, Refusal> {
        let case = book.case(&self.contract)?;
        book.party_to(case, &self.party, self.period.first_day()).map_err(|refusal| refusal.at("/party"))?;
        case.covers(self.period).map_err(|refusal| refusal.at("/period"))?;
        Ok(self)
    }
}

entered_in!(CostReported, costs);
