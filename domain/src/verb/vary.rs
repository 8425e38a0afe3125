//! `vary-contract`: a signed change to a block payment, with an effective date that may precede signature.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Verb, entered_in};
use crate::book::Book;
use crate::money::Money;
use crate::name::{ClauseRef, ContractId, StreamId};
use crate::refusal::Refusal;

/// A variation was signed: from its effective date, the clause pays more (or, where negative, less) per full year.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContractVaried {
    /// The contract.
    pub contract: ContractId,
    /// The variation's number in the contract, from 1.
    #[serde(deserialize_with = "crate::text::whole")]
    pub number: u32,
    /// When it was signed.
    #[serde(with = "crate::time::day")]
    pub signed_on: NaiveDate,
    /// From when it takes effect: the first day of a month.
    #[serde(with = "crate::time::day")]
    pub effective_from: NaiveDate,
    /// The clause it changes.
    pub clause: ClauseRef,
    /// What it adds in a full year.
    pub full_year_effect: Money,
}

impl Verb for ContractVaried {
    type Makes = ContractVaried;

    fn stream(&self) -> StreamId {
        StreamId::of("contract", &self.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        Vec::new()
    }

    fn decide(self, book: &Book) -> Result<ContractVaried, Refusal> {
        let case = book.case(&self.contract)?;
        let next = case.variations.len() as u32 + 1;
        if self.number != next {
            let message = format!("variation {} of `{}` is out of turn", self.number, self.contract);
            let hint = format!("the next variation of this contract is number {next}");
            return Err(Refusal::conflict("variation-number", message, hint).at("/number"));
        }
        let Some(clause) = case.terms.clause(&self.clause) else {
            let message = format!("`{}` has no clause {}", self.contract, self.clause);
            let known: Vec<&str> = case.terms.pay.iter().map(|c| c.clause.as_str()).collect();
            return Err(Refusal::rule(
                "unknown-clause",
                message,
                format!("its clauses are {}", known.join(", ")),
            )
            .at("/clause"));
        };
        if !clause.mechanism.can_be_varied() {
            let message =
                format!("clause {} ({}) is not a fixed amount", self.clause, clause.mechanism.kind());
            let hint = "only a block payment is varied by a full-year effect";
            return Err(Refusal::rule("not-a-fixed-amount", message, hint).at("/clause"));
        }
        if self.effective_from != crate::year::Month::of(self.effective_from).first_day() {
            let message = format!("{} is not the first day of a month", self.effective_from);
            let hint = "a variation takes effect with a whole month";
            return Err(Refusal::rule("not-a-whole-month", message, hint).at("/effective_from"));
        }
        if case.terms.years.containing(self.effective_from).is_none() {
            return Err(case.outside_term(self.effective_from).at("/effective_from"));
        }
        Ok(self)
    }
}

entered_in!(ContractVaried, variations);
