//! `vary-contract`: a signed change of a contract, with an effective date that may precede signature. It adds
//! a full-year effect to a fixed sum, or replaces the text of the terms.
//!
//! From its entry on, questions are answered by the latest text; what was known before keeps the text of its
//! time.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Happened, Verb};
use crate::book::{Book, Case, Entered};
use crate::money::Money;
use crate::name::{ClauseRef, ContractId, StreamId};
use crate::refusal::Refusal;
use crate::terms::{Terms, differs_before};
use crate::time::Entry;

/// A variation was signed: from its effective date, the clause pays more (or, where negative, less) per full
/// year, or the terms read differently.
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
    /// The clause whose fixed sum it changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<ClauseRef>,
    /// What it adds in a full year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full_year_effect: Option<Money>,
    /// The whole text of the terms as they read now, where it changes more than a fixed sum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<Box<Terms>>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl ContractVaried {
    /// The clause and what it pays more in a full year, where the variation is of that kind.
    pub fn effect(&self) -> Option<(&ClauseRef, Money)> {
        self.clause.as_ref().zip(self.full_year_effect)
    }
}

impl Verb for ContractVaried {
    type Makes = ContractVaried;

    fn stream(&self) -> StreamId {
        StreamId::of("contract", &self.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        let parties = self.terms.iter().flat_map(|terms| terms.all_parties());
        parties.map(|party| StreamId::of("party", &party)).collect()
    }

    fn decide(self, book: &Book) -> Result<ContractVaried, Refusal> {
        let case = book.case(&self.contract)?;
        let next = case.variations.len() as u32 + 1;
        if self.number != next {
            let message = format!("variation {} of `{}` is out of turn", self.number, self.contract);
            let hint = format!("the next variation of this contract is number {next}");
            return Err(Refusal::conflict("variation-number", message, hint).at("/number"));
        }
        if self.effective_from != crate::year::Month::of(self.effective_from).first_day() {
            let message = format!("{} is not the first day of a month", self.effective_from);
            let hint = "a variation takes effect with a whole month";
            return Err(Refusal::rule("not-a-whole-month", message, hint).at("/effective_from"));
        }
        if case.terms.years.containing(self.effective_from).is_none() {
            return Err(case.outside_term(self.effective_from).at("/effective_from"));
        }
        match (self.effect(), &self.terms) {
            (Some((clause, _)), None) => varies_a_sum(case, clause)?,
            (None, Some(terms)) if self.clause.is_none() && self.full_year_effect.is_none() => {
                self.reads_differently(book, case, terms)?;
            }
            _ => {
                let message = "a variation says what it changes, in one of two ways";
                let hint = "write `clause` and `full_year_effect`, or `terms` with the whole new text";
                return Err(Refusal::rule("not-a-variation", message, hint));
            }
        }
        Ok(self)
    }
}

/// Refuses a clause that is not a fixed sum of the contract.
fn varies_a_sum(case: &Case, wanted: &ClauseRef) -> Result<(), Refusal> {
    let Some(clause) = case.terms.clause(wanted) else {
        let message = format!("`{}` has no clause {wanted}", case.terms.contract);
        let known: Vec<&str> = case.terms.pay.iter().map(|c| c.clause.as_str()).collect();
        let hint = format!("its clauses are {}", known.join(", "));
        return Err(Refusal::rule("unknown-clause", message, hint).at("/clause"));
    };
    if !clause.mechanism.can_be_varied() {
        let message = format!("clause {wanted} ({}) is not a fixed amount", clause.mechanism.kind());
        let hint = "only a block payment is varied by a full-year effect; give the new text as `terms`";
        return Err(Refusal::rule("not-a-fixed-amount", message, hint).at("/clause"));
    }
    Ok(())
}

impl ContractVaried {
    /// Refuses a text that is another contract's, or that changes what was in force before the variation
    /// takes effect.
    fn reads_differently(&self, book: &Book, case: &Case, terms: &Terms) -> Result<(), Refusal> {
        let old = &case.terms;
        let refuse = |code: &str, message: String, hint: &str, at: &str| {
            Err(Refusal::rule(code, message, hint).at(format!("/terms{at}")))
        };
        let same = [
            ("/contract", old.contract == terms.contract && old.under == terms.under),
            (
                "/parties",
                old.parties.payer == terms.parties.payer && old.parties.payee == terms.parties.payee,
            ),
            ("/years", old.years == terms.years),
            ("/currency", old.currency == terms.currency),
        ];
        if let Some((at, _)) = same.iter().find(|(_, same)| !same) {
            let message = format!("a variation of `{}` does not change {}", self.contract, &at[1..]);
            let hint = "extend, novate or terminate the contract, or award another";
            return refuse("not-a-variation", message, hint, at);
        }
        if let Some(party) = terms.all_parties().iter().find(|p| !book.parties.contains_key(*p)) {
            return Err(book.unknown_party(party).at("/terms"));
        }
        // What the old text says already is no fault of the variation's.
        let old_ones = old.contradictions();
        if let Some(fault) = terms.contradictions().iter().find(|fault| !old_ones.contains(fault)) {
            return refuse("contradiction", fault.message.clone(), &fault.hint, &fault.pointer);
        }
        let term = (case.term().0, self.effective_from);
        if let Some(at) = differs_before(old.document(), terms.document(), term) {
            let message =
                format!("the value at {at} differs before {}, where the old text is in force", term.1);
            let hint = "date the new value from the day on which the variation takes effect";
            return refuse("changes-the-past", message, hint, &at);
        }
        Ok(())
    }
}

impl Happened for ContractVaried {
    fn stream(&self) -> StreamId {
        Verb::stream(self)
    }

    fn apply(self, book: &mut Book, entry: Entry) {
        book.enter(&self.contract.clone(), |case| {
            case.variations.push(Entered { entry, fact: self });
            case.restate();
        });
    }

    fn decide_again(self, book: &Book) -> Result<ContractVaried, Refusal> {
        Verb::decide(self, book)
    }
}
