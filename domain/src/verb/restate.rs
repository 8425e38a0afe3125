//! `restate-settlement`: a reopened contract year is drawn up again. The new statement cites the old one,
//! which stays readable, and carries the bridge: which lines changed, from what to what, because of which
//! facts.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::draw_up::{DrawUp, SettlementDrawnUp};
use super::{Happened, Verb};
use crate::book::{Book, DrawnUp};
use crate::name::StreamId;
use crate::recorded::Digest;
use crate::refusal::Refusal;
use crate::statement::{Statement, Status};
use crate::time::Entry;
use crate::worksheet::{Line, Source};

/// Asks for the settlement of a reopened year to be drawn up again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RestateSettlement(pub DrawUp);

/// The settlement of a reopened year was drawn up again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettlementRestated {
    /// The new statement.
    pub statement: Statement,
    /// The entry of the old one.
    pub restates: Entry,
    /// The digest of the old one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// What changed, in the order of the lines.
    pub bridge: Vec<LineChanged>,
    /// Why it was drawn up although a payable part was estimated or missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with_estimates: Option<String>,
}

/// A line that says something else than before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineChanged {
    /// The line's id.
    pub line: String,
    /// What the old statement said; nothing where the line had no value or was not there.
    pub before: Option<String>,
    /// What the new one says.
    pub after: Option<String>,
    /// On what only one of the two rests: the facts that came or went between them.
    pub because: Vec<Source>,
}

impl Verb for RestateSettlement {
    type Makes = SettlementRestated;

    fn stream(&self) -> StreamId {
        Verb::stream(&self.0)
    }

    fn relies_on(&self, book: &Book) -> Vec<StreamId> {
        self.0.relies_on(book)
    }

    fn decide(self, book: &Book) -> Result<SettlementRestated, Refusal> {
        let asked = self.0;
        let draft = asked.draft(book)?;
        let (contract, year) = (&asked.contract, asked.year);
        let case = book.case(contract)?;
        let Some(old) = case.latest(year) else {
            let message = format!("{year} of `{contract}` is not drawn up");
            let hint = format!("draw it up: riskshare draw-up {contract} --year {year}");
            return Err(Refusal::not_found("not-drawn-up", message, hint).at("/year"));
        };
        if case.standing(year).is_some() {
            let message = format!("the statement of {year} at entry {} stands", old.entry);
            let hint = "reopen the year first with reopen-year: a reason, and two approvers";
            return Err(Refusal::conflict("not-reopened", message, hint).at("/year"));
        }
        let statement = asked.final_statement(book, draft, Status::Restated)?;
        let bridge = bridge(&old.fact.statement, &statement);
        let (restates, digest) = (old.entry, old.digest);
        Ok(SettlementRestated { statement, restates, digest, bridge, with_estimates: asked.with_estimates })
    }
}

/// Every line that differs between two statements, in the order of the new one, then those that are gone.
pub fn bridge(old: &Statement, new: &Statement) -> Vec<LineChanged> {
    let gone = old.lines.iter().filter(|l| new.line(&l.id).is_none());
    let ids = new.lines.iter().chain(gone).map(|l| &l.id);
    let changed = ids.filter_map(|id| {
        let (was, is) = (old.line(id), new.line(id));
        let value = |line: Option<&Line>| line.and_then(|l| l.value.clone());
        let (before, after) = (value(was), value(is));
        let because = || {
            let (was, is) = (rests_on(old, id), rests_on(new, id));
            let one_sided = |source: &&Source| was.contains(source) != is.contains(source);
            let mut because: Vec<Source> = Vec::new();
            for source in is.iter().chain(&was).filter(one_sided) {
                if !because.contains(source) {
                    because.push(source.clone());
                }
            }
            because
        };
        (before != after).then(|| LineChanged { line: id.clone(), before, after, because: because() })
    });
    changed.collect()
}

/// Every fact that a line of a statement rests on, itself or through the lines it uses.
fn rests_on(statement: &Statement, line: &str) -> Vec<Source> {
    let (mut sources, mut seen, mut next) = (Vec::new(), BTreeSet::new(), vec![line.to_owned()]);
    while let Some(id) = next.pop() {
        let Some(line) = statement.line(&id).filter(|_| seen.insert(id.clone())) else { continue };
        sources.extend(line.sources.iter().cloned());
        next.extend(line.working.expr.iter().flat_map(|expr| expr.lines()).cloned());
    }
    sources
}

impl Happened for SettlementRestated {
    fn stream(&self) -> StreamId {
        StreamId::of("contract", &self.statement.contract)
    }

    fn apply(self, book: &mut Book, entry: Entry) {
        let contract = self.statement.contract.clone();
        let SettlementRestated { statement, restates, with_estimates, .. } = self;
        let fact = SettlementDrawnUp { statement, with_estimates }.into();
        let drawn_up = DrawnUp { entry, digest: None, restates: Some(restates), fact };
        book.enter(&contract, |case| case.statements.push(drawn_up));
    }
}
