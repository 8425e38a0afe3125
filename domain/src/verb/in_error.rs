//! `record-in-error`: an earlier fact about a contract was recorded in error. Nothing is edited: from this
//! entry on the fact reads as if it had not been, and what was known before still shows it.

use serde::{Deserialize, Serialize};

use super::{Happened, Verb};
use crate::book::{Book, CONTRACT_STREAMS, Case, DrawnUp};
use crate::name::{ContractId, StreamId};
use crate::refusal::Refusal;
use crate::time::Entry;
use crate::worksheet::Stage;

/// A fact was recorded in error.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedInError {
    /// The contract.
    pub contract: ContractId,
    /// The entry of the fact.
    pub entry: Entry,
    /// What was wrong with it.
    pub reason: String,
}

impl Verb for RecordedInError {
    type Makes = RecordedInError;

    fn stream(&self) -> StreamId {
        StreamId::of("contract", &self.contract)
    }

    /// It relies on every fact of the contract: none of them may come to rely on what it takes back.
    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        let streams = CONTRACT_STREAMS.iter().map(|noun| StreamId::of(noun, &self.contract));
        streams.filter(|stream| *stream != Verb::stream(self)).collect()
    }

    fn decide(self, book: &Book) -> Result<RecordedInError, Refusal> {
        let case = book.case(&self.contract)?;
        if !case.holds(self.entry) {
            let message = format!("entry {} is no fact about `{}` that stands", self.entry, self.contract);
            let hint =
                "`riskshare history CONTRACT` shows the entries; terms are varied, statements are restated";
            return Err(Refusal::not_found("no-such-fact", message, hint).at("/entry"));
        }
        let reliers = reliers(case, self.entry);
        if !reliers.is_empty() {
            let message = format!("later events rely on entry {}: {}", self.entry, reliers.join(", "));
            let hint = "record those in error first, the latest first, or restate what they settled";
            return Err(Refusal::conflict("relied-on", message, hint).at("/entry"));
        }
        Ok(self)
    }
}

/// The later events of the contract that rely on a fact.
fn reliers(case: &Case, entry: Entry) -> Vec<String> {
    let mut all = Vec::new();
    if let Some(freeze) = case.reports.iter().find(|r| r.entry == entry && r.fact.stage == Stage::Freeze) {
        let late = case.reports.iter().filter(|r| r.entry > entry && r.fact.same_key(&freeze.fact));
        all.extend(late.map(|r| format!("entry {}, a report after this freeze", r.entry)));
    }
    if let Some(raised) = case.challenges.iter().find(|c| c.entry == entry) {
        let ended = case.resolutions.iter().filter(|r| r.fact.challenge == raised.fact.challenge);
        all.extend(ended.map(|r| format!("entry {}, its resolution", r.entry)));
    }
    let agreed = case.fixed_sums.iter().filter(|sum| sum.fact.proposal == Some(entry));
    all.extend(agreed.map(|sum| format!("entry {}, its agreement", sum.entry)));
    if let Some(invoice) = case.invoices.iter().find(|i| i.entry == entry) {
        let credited = case.credits.iter().filter(|c| c.fact.is_of(&invoice.fact));
        all.extend(credited.map(|c| format!("entry {}, its credit", c.entry)));
    }
    if case.variations.iter().any(|v| v.entry == entry) {
        let later = case.variations.iter().filter(|v| v.entry > entry);
        all.extend(later.map(|v| format!("entry {}, variation {}", v.entry, v.fact.number)));
    }
    // What rests on it in a year that was reopened is restated.
    let in_force = |s: &&DrawnUp| case.reopened_after(s.fact.statement.year, s.entry).is_none();
    let settled = case.statements.iter().filter(|s| s.entry > entry).filter(in_force);
    all.extend(settled.map(|s| format!("entry {}, the statement of {}", s.entry, s.fact.statement.year)));
    all
}

impl Happened for RecordedInError {
    fn stream(&self) -> StreamId {
        Verb::stream(self)
    }

    fn apply(self, book: &mut Book, _: Entry) {
        book.enter(&self.contract, |case| case.take_back(self.entry));
    }

    fn decide_again(self, book: &Book) -> Result<RecordedInError, Refusal> {
        Verb::decide(self, book)
    }
}
