//! The log folded again with changed events in their place.

use std::collections::BTreeMap;

use domain::book::Book;
use domain::recorded::Recorded;
use domain::refusal::Refusal;
use domain::terms::{Document, Terms};
use domain::time::{Entry, KnownAt};
use domain::verb::Event;
use serde::Serialize;

use super::change::Change;
use crate::kept::Kept;

/// Facts that the changes would have had refused, and that are therefore left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// What they are.
    pub event: &'static str,
    /// Why they would have been refused.
    pub why: String,
    /// Where in the log.
    pub entries: Vec<Entry>,
}

/// The changes by the entry of the event they change.
pub(super) type Edits<'a> = BTreeMap<Entry, Vec<&'a Change>>;

/// The book at `last` had the changed events been recorded instead. Each of them is decided again on the book
/// before it; each later event too, and what only the changes make refused is left out.
pub(super) fn replay(kept: &Kept, edits: &Edits, last: Entry) -> Result<(Book, Vec<LeftOut>), Vec<Refusal>> {
    let first = edits.keys().next().copied().unwrap_or(last.next()).0 as usize - 1;
    let before = kept.at(KnownAt::Entry(Entry(first as u64))).map_err(|refusal| vec![refusal])?;
    let (mut recorded, mut book) = (before.as_ref().clone(), before.as_ref().clone());
    let mut left_out = Vec::new();
    for event in &kept.events()[first..last.0 as usize] {
        let again = match edits.get(&event.entry) {
            Some(changes) => {
                let changed = changed(event, changes)?;
                Some(changed.decide_again(&book).map_err(|refusal| vec![of_entry(event, refusal)])?)
            }
            None => match event.event.clone().decide_again(&book) {
                Ok(again) => Some(again),
                // Refused on the recorded book as well: the change has no part in it.
                Err(_) if event.event.clone().decide_again(&recorded).is_err() => Some(event.event.clone()),
                Err(refusal) => {
                    leave_out(&mut left_out, event, refusal.message);
                    None
                }
            },
        };
        recorded.fold(event);
        match again {
            Some(again) => book.fold(&Recorded { event: again, ..event.as_ref().clone() }),
            None => book.pass_over(event),
        }
    }
    Ok((book, left_out))
}

fn leave_out(all: &mut Vec<LeftOut>, event: &Recorded, why: String) {
    let kind = event.event.kind();
    match all.iter_mut().find(|known| known.event == kind && known.why == why) {
        Some(known) => known.entries.push(event.entry),
        None => all.push(LeftOut { event: kind, why, entries: vec![event.entry] }),
    }
}

/// The event with its changes put in, or why it cannot be read with them.
fn changed(event: &Recorded, changes: &[&Change]) -> Result<Event, Vec<Refusal>> {
    let refuse = |refusal: Refusal| vec![of_entry(event, refusal)];
    if event.event.statement().is_some() {
        let hint = "change the terms or the facts that it was made from";
        return Err(refuse(Refusal::rule("not-a-fact", "a statement is made from facts", hint)));
    }
    let hint = "the value must be one that its command would take; docs/COMMANDS.md shows each";
    let unreadable = |why: String| Refusal::rule("what-if-value", why, hint);
    let mut payload = event.event.payload().map_err(|e| refuse(unreadable(e.to_string())))?;
    for change in changes {
        change.put(&mut payload).map_err(refuse)?;
    }
    if let Some(terms) = payload.get("terms") {
        readable(terms)
            .map_err(|refusals| refusals.into_iter().map(|r| of_entry(event, r)).collect::<Vec<_>>())?;
    }
    let (kind, version) = (event.event.kind(), event.event.version());
    let mut again = Event::decode(kind, version, payload).map_err(|e| refuse(unreadable(e.to_string())))?;
    if let (Some(blocks), Some(known)) = (again.blocks_mut(), event.event.blocks())
        && let (true, Some(totals)) = (blocks.totals == known.totals, known.totals_read())
    {
        blocks.attach(totals);
    }
    Ok(again)
}

/// Refuses faulty terms, fault by fault.
fn readable(terms: &serde_json::Value) -> Result<(), Vec<Refusal>> {
    let unreadable =
        |e: serde_json::Error| vec![Refusal::rule("terms", e, "write a value that terms can hold")];
    let document: Document = serde_json::from_value(terms.clone()).map_err(unreadable)?;
    let refusal = |fault: domain::terms::Fault| {
        let at = if fault.pointer.is_empty() { "the top" } else { &fault.pointer };
        Refusal::rule("terms", format!("{} (at {at})", fault.message), fault.hint).at(fault.pointer.clone())
    };
    Terms::read(document).map(|_| ()).map_err(|faults| faults.into_iter().map(refusal).collect())
}

/// A refusal, with the event it is about.
fn of_entry(event: &Recorded, refusal: Refusal) -> Refusal {
    let message = format!("{} at entry {}: {}", event.event.kind(), event.entry, refusal.message);
    Refusal { message, ..refusal }
}
