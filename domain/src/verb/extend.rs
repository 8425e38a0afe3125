//! `extend-contract`: a contract runs for further years on the terms in force.

use serde::{Deserialize, Serialize};

use super::{Happened, Verb};
use crate::book::{Book, Entered};
use crate::name::{ContractId, StreamId};
use crate::refusal::Refusal;
use crate::time::Entry;
use crate::year::ContractYear;

/// A contract was extended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContractExtended {
    /// The contract.
    pub contract: ContractId,
    /// Its new last year, which it runs to the end of.
    pub to: ContractYear,
    /// By which option or rule.
    pub reason: String,
}

impl Verb for ContractExtended {
    type Makes = ContractExtended;

    fn stream(&self) -> StreamId {
        StreamId::of("contract", &self.contract)
    }

    fn relies_on(&self, book: &Book) -> Vec<StreamId> {
        let head = book.contracts.get(&self.contract).and_then(|case| case.terms.under.as_ref());
        head.iter().map(|head| StreamId::of("contract", head)).collect()
    }

    fn decide(self, book: &Book) -> Result<ContractExtended, Refusal> {
        let case = book.case(&self.contract)?;
        let years = case.terms.years;
        if let Some(ended) = case.terminations.last() {
            let message = format!("`{}` was terminated on {}", self.contract, ended.fact.on);
            return Err(Refusal::conflict("already-terminated", message, "award a new contract").at("/to"));
        }
        let later = self.to > years.to || (self.to == years.to && years.ends_on.is_some());
        let same_kind = std::mem::discriminant(&self.to) == std::mem::discriminant(&years.to);
        if !later || !same_kind {
            let message =
                format!("{} is not after {}, the last year of `{}`", self.to, years.to, self.contract);
            let hint = "name a later year of the same kind; a contract is shortened with terminate-contract";
            return Err(Refusal::rule("no-extension", message, hint).at("/to"));
        }
        if matches!(self.to, ContractYear::Stated(..)) && years.from != years.to {
            let message = format!("`{}` has two stated years already", self.contract);
            return Err(
                Refusal::rule("no-extension", message, "award a contract for further years").at("/to")
            );
        }
        if let Some(under) = &case.terms.under {
            let head = book.case(under)?;
            if head.terms.years.to < self.to || head.term().1 < self.to.last_day() {
                let message =
                    format!("{} is outside the term of `{under}`, the contract it is under", self.to);
                return Err(
                    Refusal::rule("outside-head-term", message, "extend the head contract first").at("/to")
                );
            }
        }
        case.terms.extended(self.to).map_err(|faults| {
            let first =
                faults.first().map_or_else(String::new, |f| format!("{} at {}", f.message, f.pointer));
            let message = format!("the terms of `{}` do not reach to {}: {first}", self.contract, self.to);
            Refusal::rule("terms-end", message, "vary the contract with terms for the further years")
                .at("/to")
        })?;
        Ok(self)
    }
}

impl Happened for ContractExtended {
    fn stream(&self) -> StreamId {
        Verb::stream(self)
    }

    fn apply(self, book: &mut Book, entry: Entry) {
        book.enter(&self.contract.clone(), |case| {
            case.extensions.push(Entered { entry, fact: self });
            case.restate();
        });
    }

    fn decide_again(self, book: &Book) -> Result<ContractExtended, Refusal> {
        Verb::decide(self, book)
    }
}
