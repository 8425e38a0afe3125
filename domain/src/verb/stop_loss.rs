//! `claim-stop-loss`: the cost of one patient in a contract year, claimed from a stop-loss pool. A later
//! claim for the same patient and year replaces the earlier one.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Verb, entered_in};
use crate::book::Book;
use crate::money::Money;
use crate::name::{ContractId, Pseudonym, StreamId};
use crate::refusal::Refusal;
use crate::year::{ContractYear, Span};

/// The cost of a patient was claimed from the stop-loss pool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StopLossClaimed {
    /// The contract.
    pub contract: ContractId,
    /// The contract year.
    pub year: ContractYear,
    /// The patient, by the sender's pseudonym.
    pub patient: Pseudonym,
    /// The last day of care counted.
    #[serde(with = "crate::time::day")]
    pub up_to: NaiveDate,
    /// All cost of the patient in the year up to then.
    pub cost: Money,
}

impl Verb for StopLossClaimed {
    type Makes = StopLossClaimed;

    fn stream(&self) -> StreamId {
        StreamId::of("stop-loss", &self.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        vec![StreamId::of("contract", &self.contract)]
    }

    fn decide(self, book: &Book) -> Result<StopLossClaimed, Refusal> {
        let case = book.case(&self.contract)?;
        if case.terms.parties.pool.is_none() {
            let message = format!("`{}` has no stop-loss pool", self.contract);
            let hint = "claims belong to a contract whose terms name a pool";
            return Err(Refusal::rule("no-pool", message, hint).at("/contract"));
        }
        case.covers(Span::Year(self.year)).map_err(|refusal| refusal.at("/year"))?;
        if !self.year.contains(self.up_to) {
            let message = format!("{} is not a day of {}", self.up_to, self.year);
            let hint = "name the last day of care counted, within the contract year";
            return Err(Refusal::rule("outside-year", message, hint).at("/up_to"));
        }
        if self.cost.is_negative() {
            let hint = "write the patient's cost without a sign";
            return Err(Refusal::rule("negative-cost", "a patient's cost is not negative", hint).at("/cost"));
        }
        Ok(self)
    }
}

entered_in!(StopLossClaimed, claims);
