//! What an append is, and the rules it is held to. The rules are here once, without any IO; the engines bring
//! what they need to know and write what they decide.

use std::collections::BTreeMap;

use domain::actor::Actor;
use domain::name::{CommandKey, StreamId};
use domain::time::{Entry, Instant};
use serde_json::Value;

use crate::envelope::{Sealed, Stored, seal};
use crate::error::StoreError;
use crate::tree::Frontier;

/// An event that is to be recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEvent {
    /// The stream it belongs to; it becomes the stream's next version.
    pub stream: StreamId,
    /// What kind of event it is. The log does not know what it means.
    pub kind: String,
    /// The version of the payload's shape.
    pub v: u32,
    /// What happened. Numbers in it are whole and below 2^53; other figures are text.
    pub payload: Value,
}

/// What one command appends, whole or not at all.
#[derive(Clone, Debug, PartialEq)]
pub struct Append {
    /// The command's key: with the same digest it is the same command, carried out once however often it
    /// comes.
    pub key: CommandKey,
    /// SHA-256 of the command's canonical body.
    pub digest: [u8; 32],
    /// Who gave the command.
    pub actor: Actor,
    /// 16 random bytes, given with the command and sealed into each of its events.
    pub salt: [u8; 16],
    /// When its source recorded it: stated in a ledger kept as history, else the log's clock says.
    pub recorded_at: Option<Instant>,
    /// The versions the command was decided on: of its own stream and of any other; 0 where there must be
    /// none yet.
    pub expected: Vec<(StreamId, u64)>,
    /// The events, in order. A command may record none; it keeps its key all the same.
    pub events: Vec<NewEvent>,
}

/// What an append recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Appended {
    /// The command's events, in order.
    pub events: Vec<Stored>,
    /// The command had been carried out before, and these are its events of then.
    pub replayed: bool,
}

/// What the log knows of a command that was carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandRecord {
    /// SHA-256 of its canonical body.
    pub digest: [u8; 32],
    /// Its first entry.
    pub first: Entry,
    /// Its last entry; the one before `first` where it recorded no event.
    pub last: Entry,
}

/// The head of a ledger as an append finds it and leaves it.
#[derive(Clone, Debug, Default)]
pub(crate) struct HeadRow {
    pub recorded_at: Option<Instant>,
    pub tree: Frontier,
}

impl HeadRow {
    pub fn entry(&self) -> Entry {
        Entry(self.tree.size())
    }
}

/// What has to be known, under the lock, to decide on a batch of appends.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub head: HeadRow,
    /// Of the batch's keys, those the log has.
    pub commands: BTreeMap<CommandKey, CommandRecord>,
    /// Of the batch's streams, those the log has, with their last version.
    pub versions: BTreeMap<StreamId, u64>,
}

/// A batch that has been decided on: what to write, in one transaction.
#[derive(Debug)]
pub(crate) struct Batch {
    pub head: HeadRow,
    pub events: Vec<Sealed>,
    pub commands: Vec<(CommandKey, CommandRecord)>,
    /// For each append of the batch its record, and whether it is a replay.
    outcomes: Vec<(CommandRecord, bool)>,
}

/// The keys and streams of a batch, each once.
pub(crate) fn relied_on(all: &[Append]) -> (Vec<&CommandKey>, Vec<&StreamId>) {
    let mut keys: Vec<_> = all.iter().map(|a| &a.key).collect();
    let expected = all.iter().flat_map(|a| a.expected.iter().map(|(stream, _)| stream));
    let written = all.iter().flat_map(|a| a.events.iter().map(|event| &event.stream));
    let mut streams: Vec<_> = expected.chain(written).collect();
    keys.sort();
    keys.dedup();
    streams.sort();
    streams.dedup();
    (keys, streams)
}

/// Refuses a batch that was staged on another head than the log has now; unless all of it is recorded
/// already, as it is when a connection breaks while its commit is answered.
pub(crate) fn unmoved(base: Option<Entry>, facts: &Facts, all: &[Append]) -> Result<(), StoreError> {
    let head = facts.head.entry();
    match base {
        Some(base) if base != head && !all.iter().all(|a| facts.commands.contains_key(&a.key)) => {
            let stream = "log".parse().unwrap_or_default();
            Err(StoreError::Stale { stream, expected: base.0, found: head.0 })
        }
        _ => Ok(()),
    }
}

/// Decides on a batch, append by append: each sees what the ones before it record. One refusal refuses all.
pub(crate) fn decide(ledger: &str, now: Instant, facts: Facts, all: &[Append]) -> Result<Batch, StoreError> {
    let Facts { head, mut commands, mut versions } = facts;
    let mut batch = Batch::on(head);
    for append in all {
        if let Some(record) = commands.get(&append.key) {
            if record.digest != append.digest {
                return Err(StoreError::KeyReused { key: append.key.clone(), first: record.first });
            }
            batch.outcomes.push((*record, true));
            continue;
        }
        for (stream, expected) in &append.expected {
            let found = versions.get(stream).copied().unwrap_or(0);
            if found != *expected {
                return Err(StoreError::Stale { stream: stream.clone(), expected: *expected, found });
            }
        }
        let recorded_at = moment(append.recorded_at, batch.head.recorded_at, now)?;
        let first = batch.head.entry().next();
        for event in &append.events {
            let version = versions.entry(event.stream.clone()).or_insert(0);
            *version += 1;
            let stored = unsealed(append, event, batch.head.entry().next(), *version, recorded_at);
            let sealed = seal(ledger, stored)?;
            batch.head.tree.push(sealed.stored.hash)?;
            batch.head.recorded_at = Some(recorded_at);
            batch.events.push(sealed);
        }
        let record = CommandRecord { digest: append.digest, first, last: batch.head.entry() };
        commands.insert(append.key.clone(), record);
        batch.commands.push((append.key.clone(), record));
        batch.outcomes.push((record, false));
    }
    Ok(batch)
}

/// The log's clock, but never before the last entry; a stated moment must lie between the two.
fn moment(given: Option<Instant>, head: Option<Instant>, now: Instant) -> Result<Instant, StoreError> {
    let Some(given) = given else {
        return Ok(head.map_or(now, |head| head.max(now)));
    };
    if given > now || head.is_some_and(|head| given < head) {
        return Err(StoreError::RecordedAt { given, head, now });
    }
    Ok(given)
}

fn unsealed(append: &Append, event: &NewEvent, entry: Entry, version: u64, recorded_at: Instant) -> Stored {
    Stored {
        entry,
        stream: event.stream.clone(),
        version,
        recorded_at,
        actor: append.actor.clone(),
        key: append.key.clone(),
        kind: event.kind.clone(),
        v: event.v,
        payload: event.payload.clone(),
        salt: append.salt,
        hash: [0; 32],
    }
}

impl Batch {
    /// A batch of nothing yet, on this head.
    pub fn on(head: HeadRow) -> Batch {
        Batch { head, events: Vec::new(), commands: Vec::new(), outcomes: Vec::new() }
    }

    /// Adds a batch that was decided on this one's head.
    pub fn extend(&mut self, next: Batch) {
        self.head = next.head;
        self.events.extend(next.events);
        self.commands.extend(next.commands);
        self.outcomes.extend(next.outcomes);
    }

    /// Nothing of the batch is new.
    pub fn is_empty(&self) -> bool {
        self.commands.is_empty()
    }

    /// The ranges of entries that were there before the batch and belong to its answer.
    pub fn earlier(&self) -> impl Iterator<Item = CommandRecord> {
        let new = self.events.len() as u64;
        let before = Entry(self.head.tree.size() - new);
        self.outcomes.iter().map(|(record, _)| *record).filter(move |r| r.first <= r.last && r.last <= before)
    }

    /// The answer, with the `earlier` events as read from the log.
    pub fn answer(self, earlier: Vec<Stored>) -> Vec<Appended> {
        let new = self.events.into_iter().map(|sealed| sealed.stored);
        let events: BTreeMap<Entry, Stored> = earlier.into_iter().chain(new).map(|e| (e.entry, e)).collect();
        let of = |record: CommandRecord| -> Vec<Stored> {
            // A command without events has its last entry before its first: no range.
            if record.last < record.first {
                return Vec::new();
            }
            events.range(record.first..=record.last).map(|(_, event)| event.clone()).collect()
        };
        self.outcomes
            .iter()
            .map(|(record, replayed)| Appended { events: of(*record), replayed: *replayed })
            .collect()
    }
}
