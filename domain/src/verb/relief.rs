//! `grant-relief`: an amount taken off losses owed, for disasters. A later one for the same year replaces the
//! earlier.

use serde::{Deserialize, Serialize};

use super::{Verb, entered_in};
use crate::book::Book;
use crate::money::Money;
use crate::name::{ContractId, StreamId};
use crate::refusal::Refusal;
use crate::year::{ContractYear, Span};

/// Relief from losses was granted for a contract year.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReliefGranted {
    /// The contract.
    pub contract: ContractId,
    /// The contract year.
    pub year: ContractYear,
    /// How much it takes off losses owed, at most.
    pub amount: Money,
    /// Why.
    pub reason: String,
}

impl Verb for ReliefGranted {
    type Makes = ReliefGranted;

    fn stream(&self) -> StreamId {
        StreamId::of("relief", &self.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        vec![StreamId::of("contract", &self.contract)]
    }

    fn decide(self, book: &Book) -> Result<ReliefGranted, Refusal> {
        let case = book.case(&self.contract)?;
        case.covers(Span::Year(self.year)).map_err(|refusal| refusal.at("/year"))?;
        if self.amount.is_negative() {
            let hint = "write the amount that is taken off, without a sign";
            return Err(Refusal::rule("negative-relief", "relief is not negative", hint).at("/amount"));
        }
        Ok(self)
    }
}

entered_in!(ReliefGranted, reliefs);
