//! The bridge between two statements of one contract year: which events changed which line by how much.
//!
//! The events recorded between the two times are taken one by one, and the year is settled after each: what a
//! line changed by is that event's doing. The steps therefore sum to the whole difference, to the penny.

use std::collections::BTreeMap;
use std::fmt;

use domain::book::Book;
use domain::exact::Exact;
use domain::money::Currency;
use domain::name::{ContractId, StreamId};
use domain::refusal::Refusal;
use domain::settle::settle;
use domain::statement::Statement;
use domain::time::{AsOf, Entry, Instant, KnownAt};
use domain::worksheet::{LineKind, Step};
use domain::year::ContractYear;
use serde::Serialize;

use crate::kept::Kept;

/// A statement's place on both time axes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// The business date.
    pub as_of: AsOf,
    /// What the ledger knew.
    pub known_at: KnownAt,
}

/// The difference between two statements of a contract year, cause by cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bridge {
    /// The contract.
    pub contract: ContractId,
    /// The contract year.
    pub year: ContractYear,
    /// The currency of every amount.
    pub currency: Currency,
    /// The earlier statement.
    pub from: End,
    /// The later statement.
    pub to: End,
    /// What changed, in the order in which it was recorded. A cause that changed nothing is left out.
    pub causes: Vec<Cause>,
}

/// One end of a bridge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct End {
    /// The business date.
    pub as_of: AsOf,
    /// What the ledger knew, as asked.
    pub known_at: String,
    /// The entry that comes to.
    pub entry: Entry,
    /// What is payable between each two parties, by line id.
    pub payables: BTreeMap<String, Option<Exact>>,
}

/// What changed lines of a statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// The event; none where only the business date moved.
    pub entry: Option<Entry>,
    /// When it was recorded.
    pub recorded_at: Option<Instant>,
    /// What happened, in a word.
    pub what: String,
    /// The lines it changed, payables last.
    pub changes: Vec<Change>,
}

/// How a line changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The line's id.
    pub line: String,
    /// Its name as printed.
    pub name: String,
    /// Whether it is a payable.
    pub payable: bool,
    /// Before; nothing where there was no such amount.
    pub before: Option<Exact>,
    /// After; nothing where there no longer is.
    pub after: Option<Exact>,
}

impl Change {
    /// After less before, an amount that is not there counting as nothing.
    pub fn by(&self) -> Exact {
        let amount = |side: &Option<Exact>| side.clone().unwrap_or_else(Exact::zero);
        amount(&self.after) - amount(&self.before)
    }
}

/// Bridges the statement at `from` to the statement at `to`.
///
/// # Errors
/// Refuses a `to` that is known earlier than `from`; else as [`Kept::at`] and [`settle`].
pub fn ask(
    kept: &Kept,
    contract: &ContractId,
    year: ContractYear,
    from: Point,
    to: Point,
) -> Result<Bridge, Refusal> {
    let (first, last) = (kept.resolve(from.known_at)?, kept.resolve(to.known_at)?);
    if last < first {
        let message = format!("{} comes before {} in the ledger", to.known_at, from.known_at);
        return Err(Refusal::rule("backwards", message, "name the earlier time first"));
    }
    let mut book = kept.at(from.known_at)?.as_ref().clone();
    let settled = |book: &Book, as_of: AsOf| settle(book, contract, year, as_of);
    let start = settled(&book, from.as_of)?;
    let mut causes = Vec::new();
    let mut now = settled(&book, to.as_of)?;
    let moved = format!("the business date moves from {} to {}", from.as_of, to.as_of);
    causes.push(Cause { entry: None, recorded_at: None, what: moved, changes: changes(&start, &now) });
    for event in &kept.events()[first.0 as usize..last.0 as usize] {
        book.fold(event);
        if !concerns(&book, contract, &event.stream) {
            continue;
        }
        let next = settled(&book, to.as_of)?;
        causes.push(Cause {
            entry: Some(event.entry),
            recorded_at: Some(event.recorded_at),
            what: event.event.kind().to_owned(),
            changes: changes(&now, &next),
        });
        now = next;
    }
    causes.retain(|cause| !cause.changes.is_empty());
    Ok(Bridge {
        contract: contract.clone(),
        year,
        currency: now.currency,
        from: end(&start, from, first),
        to: end(&now, to, last),
        causes,
    })
}

fn end(statement: &Statement, at: Point, entry: Entry) -> End {
    let payables = statement.lines.iter().filter(|l| l.name == Step::Payable);
    let payables =
        payables.map(|l| (l.id.clone(), l.value.as_deref().and_then(|v| v.parse().ok()))).collect();
    End { as_of: at.as_of, known_at: at.known_at.to_string(), entry, payables }
}

/// Whether a stream belongs to the contract or to a contract below it.
fn concerns(book: &Book, contract: &ContractId, stream: &StreamId) -> bool {
    let Some((_, thing)) = stream.as_str().split_once('/') else { return false };
    let Some(case) = book.contracts.get(contract) else { return false };
    thing == contract.as_str() || case.subcontracts.iter().any(|sub| concerns(book, sub, stream))
}

/// The money lines that differ, by id, payables last.
pub(crate) fn changes(before: &Statement, after: &Statement) -> Vec<Change> {
    let amounts = |statement: &Statement| -> BTreeMap<String, (Step, Option<Exact>, String)> {
        let money = statement.lines.iter().filter(|l| l.kind == LineKind::Money || l.name == Step::Payable);
        money
            .map(|l| {
                let subject = l.subject.as_ref().map(|s| format!(": {s}")).unwrap_or_default();
                let value = l.value.as_deref().and_then(|v| v.parse().ok());
                (l.id.clone(), (l.name, value, format!("{}{subject}", l.name.name())))
            })
            .collect()
    };
    let (old, new) = (amounts(before), amounts(after));
    let ids: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let mut all: Vec<Change> = ids
        .into_iter()
        .filter_map(|id| {
            let (was, is) = (old.get(id), new.get(id));
            let (step, _, name) = is.or(was)?;
            let value =
                |side: Option<&(Step, Option<Exact>, String)>| side.and_then(|(_, value, _)| value.clone());
            let (before, after) = (value(was), value(is));
            let payable = *step == Step::Payable;
            (before != after).then(|| Change { line: id.clone(), name: name.clone(), payable, before, after })
        })
        .collect();
    all.sort_by_key(|change| change.payable);
    all
}

impl fmt::Display for Bridge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Bridge of {}, contract year {}, in {}", self.contract, self.year, self.currency)?;
        for (word, end) in [("from", &self.from), ("to", &self.to)] {
            writeln!(
                f,
                "  {word:<4} as of {}, as known at {} (entry {})",
                end.as_of, end.known_at, end.entry
            )?;
        }
        for cause in &self.causes {
            let at = cause.recorded_at.map(|t| format!(", recorded {t}")).unwrap_or_default();
            match cause.entry {
                Some(entry) => writeln!(f, "\nentry {entry}: {}{at}", cause.what)?,
                None => writeln!(f, "\n{}", cause.what)?,
            }
            for change in &cause.changes {
                let show = |side: &Option<Exact>| side.as_ref().map_or("none".to_owned(), |e| e.show(2));
                let (before, after, by) = (show(&change.before), show(&change.after), change.by().show(2));
                writeln!(f, "  {}  {before} -> {after} ({by})", change.name)?;
            }
        }
        writeln!(f)?;
        for (id, after) in &self.to.payables {
            let before = self.from.payables.get(id).cloned().flatten();
            let show = |side: &Option<Exact>| side.as_ref().map_or("none".to_owned(), |e| e.show(2));
            let amount = |side: &Option<Exact>| side.clone().unwrap_or_else(Exact::zero);
            let by = amount(after) - amount(&before);
            let told: Exact =
                self.causes.iter().flat_map(|c| &c.changes).filter(|c| c.line == *id).map(Change::by).sum();
            let name = id.rsplit('/').next().unwrap_or(id);
            writeln!(
                f,
                "Payable {name}: {} -> {}, difference {}, told by the causes above {}",
                show(&before),
                show(after),
                by.show(2),
                told.show(2)
            )?;
        }
        Ok(())
    }
}
