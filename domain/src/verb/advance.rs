//! `state-advance`: what of advance payments is outstanding when a contract year is settled. It is recouped
//! from what the year earns; the rest is carried on. A later statement of the same year replaces the earlier.

use serde::{Deserialize, Serialize};

use super::{Verb, entered_in};
use crate::book::Book;
use crate::money::Money;
use crate::name::{ContractId, StreamId};
use crate::refusal::Refusal;
use crate::year::{ContractYear, Span};

/// The advance outstanding at the settlement of a contract year was stated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdvanceStated {
    /// The contract.
    pub contract: ContractId,
    /// The contract year from whose earnings it is recouped.
    pub year: ContractYear,
    /// What was paid in advance and not recouped from earlier years.
    pub amount: Money,
}

impl Verb for AdvanceStated {
    type Makes = AdvanceStated;

    fn stream(&self) -> StreamId {
        StreamId::of("advance", &self.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        vec![StreamId::of("contract", &self.contract)]
    }

    fn decide(self, book: &Book) -> Result<AdvanceStated, Refusal> {
        let case = book.case(&self.contract)?;
        case.covers(Span::Year(self.year)).map_err(|refusal| refusal.at("/year"))?;
        if self.amount.is_negative() {
            let hint = "write what is still to be recouped, without a sign";
            return Err(Refusal::rule("negative-advance", "an advance is not negative", hint).at("/amount"));
        }
        Ok(self)
    }
}

entered_in!(AdvanceStated, advances);
