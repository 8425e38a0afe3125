//! `terminate-contract`: a contract ends before its term does. Later months are neither expected nor due;
//! sums per year are paid for the months served.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Verb, entered_in};
use crate::book::Book;
use crate::name::{ContractId, StreamId};
use crate::refusal::Refusal;
use crate::year::Month;

/// A contract was terminated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContractTerminated {
    /// The contract.
    pub contract: ContractId,
    /// The last day of service: the last day of a month.
    #[serde(with = "crate::time::day")]
    pub on: NaiveDate,
    /// Why.
    pub reason: String,
}

impl Verb for ContractTerminated {
    type Makes = ContractTerminated;

    fn stream(&self) -> StreamId {
        StreamId::of("contract", &self.contract)
    }

    fn relies_on(&self, book: &Book) -> Vec<StreamId> {
        let subcontracts = book.contracts.get(&self.contract).into_iter().flat_map(|case| &case.subcontracts);
        subcontracts.map(|sub| StreamId::of("contract", sub)).collect()
    }

    fn decide(self, book: &Book) -> Result<ContractTerminated, Refusal> {
        let case = book.case(&self.contract)?;
        if let Some(earlier) = case.terminations.last() {
            let message = format!("`{}` is terminated already, on {}", self.contract, earlier.fact.on);
            let hint = format!("record entry {} in error first, if that is wrong", earlier.entry);
            return Err(Refusal::conflict("already-terminated", message, hint).at("/on"));
        }
        if self.on != Month::of(self.on).last_day() {
            let message = format!("{} is not the last day of a month", self.on);
            let hint =
                "care is reported and paid by the month: name the last day of the last month of service";
            return Err(Refusal::rule("not-a-whole-month", message, hint).at("/on"));
        }
        let (first, last) = case.term();
        if self.on < first || self.on >= last {
            return Err(case.outside_term(self.on).at("/on"));
        }
        for sub in &case.subcontracts {
            if book.case(sub)?.term().1 > self.on {
                let message = format!("subcontract `{sub}` runs beyond {}", self.on);
                let hint = "terminate the subcontract first";
                return Err(Refusal::conflict("subcontract-runs-on", message, hint).at("/on"));
            }
        }
        Ok(self)
    }
}

entered_in!(ContractTerminated, terminations);
