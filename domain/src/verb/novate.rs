//! `novate-contract`: another body takes a party's place in one contract, with its rights and liabilities.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Verb, entered_in};
use crate::book::Book;
use crate::name::{ContractId, PartyId, StreamId};
use crate::refusal::Refusal;

/// A contract was novated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContractNovated {
    /// The contract.
    pub contract: ContractId,
    /// Who leaves it.
    pub from: PartyId,
    /// Who takes its place.
    pub to: PartyId,
    /// From when.
    #[serde(with = "crate::time::day")]
    pub effective_from: NaiveDate,
    /// Why.
    pub reason: String,
}

impl Verb for ContractNovated {
    type Makes = ContractNovated;

    fn stream(&self) -> StreamId {
        StreamId::of("contract", &self.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        [&self.from, &self.to].map(|party| StreamId::of("party", party)).into()
    }

    fn decide(self, book: &Book) -> Result<ContractNovated, Refusal> {
        let case = book.case(&self.contract)?;
        book.in_office(&self.to, self.effective_from).map_err(|refusal| refusal.at("/to"))?;
        let (first, last) = case.term();
        if self.effective_from < first || self.effective_from > last {
            return Err(case.outside_term(self.effective_from).at("/effective_from"));
        }
        let parties = &case.terms.parties;
        let now = |party: &PartyId| book.now(case, party, self.effective_from);
        if ![&parties.payer, &parties.payee].into_iter().any(|party| now(party) == self.from) {
            let message = format!("`{}` is neither payer nor payee of `{}`", self.from, self.contract);
            let hint = format!("they are {} and {}", now(&parties.payer), now(&parties.payee));
            return Err(Refusal::rule("not-a-party", message, hint).at("/from"));
        }
        if case.terms.all_parties().iter().any(|party| now(party) == self.to) {
            let message = format!("`{}` is a party of `{}` already", self.to, self.contract);
            let hint = "a contract is novated to a body outside it; vary its terms to change what parties do";
            return Err(Refusal::rule("already-a-party", message, hint).at("/to"));
        }
        if let Some(later) = case.novations.iter().find(|n| n.fact.effective_from > self.effective_from) {
            let message = format!("a later novation, from {}, is recorded", later.fact.effective_from);
            let hint = format!("record entry {} in error first", later.entry);
            return Err(Refusal::conflict("out-of-turn", message, hint).at("/effective_from"));
        }
        Ok(self)
    }
}

entered_in!(ContractNovated, novations);
