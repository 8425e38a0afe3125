//! `start-contract`: care under a contract begins. Where too much is left open, the terms stop it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Verb, entered_in};
use crate::book::Book;
use crate::name::{ContractId, StreamId};
use crate::refusal::Refusal;

/// A contract started.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContractStarted {
    /// The contract.
    pub contract: ContractId,
    /// The first day of care under it.
    #[serde(with = "crate::time::day")]
    pub on: NaiveDate,
}

impl Verb for ContractStarted {
    type Makes = ContractStarted;

    fn stream(&self) -> StreamId {
        StreamId::of("contract", &self.contract)
    }

    /// What is left open decides whether it may start.
    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        ["expectation", "challenge"].map(|noun| StreamId::of(noun, &self.contract)).into()
    }

    fn decide(self, book: &Book) -> Result<ContractStarted, Refusal> {
        let case = book.case(&self.contract)?;
        if let Some(started) = case.starts.first() {
            let message = format!("`{}` started on {}", self.contract, started.fact.on);
            let hint = "a contract starts once; a wrong start is recorded in error first";
            return Err(Refusal::conflict("already-started", message, hint).at("/on"));
        }
        let Some(year) = case.terms.years.containing(self.on) else {
            return Err(case.outside_term(self.on).at("/on"));
        };
        case.few_enough_open(year, "start")?;
        Ok(self)
    }
}

entered_in!(ContractStarted, starts);
