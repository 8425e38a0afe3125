//! Memory: the same rules on vectors, for tests and for answers that nobody keeps.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::name::{CommandKey, StreamId};
use domain::time::{Entry, Instant};

use crate::append::{Append, Appended, CommandRecord, Facts, HeadRow, decide, relied_on, unmoved};
use crate::envelope::{Sealed, Stored};
use crate::error::StoreError;

#[derive(Clone, Debug, Default)]
pub(crate) struct Memory(Arc<Mutex<State>>);

#[derive(Debug, Default)]
pub(crate) struct State {
    pub head: HeadRow,
    /// Entry n at place n - 1.
    events: Vec<Sealed>,
    pub commands: BTreeMap<CommandKey, CommandRecord>,
    versions: BTreeMap<StreamId, u64>,
    pub files: BTreeMap<String, Vec<u8>>,
    /// Notes by entry and origin.
    pub checkpoints: BTreeMap<(Entry, String), String>,
}

impl Memory {
    /// The log, for as long as the guard is held.
    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    pub fn append_all(
        &mut self,
        ledger: &str,
        now: Instant,
        base: Option<Entry>,
        all: &[Append],
    ) -> Result<Vec<Appended>, StoreError> {
        let (keys, streams) = relied_on(all);
        let facts = Facts {
            head: self.head.clone(),
            commands: keys.into_iter().filter_map(|k| Some((k.clone(), *self.commands.get(k)?))).collect(),
            versions: self.versions_of(&streams),
        };
        unmoved(base, &facts, all)?;
        let batch = decide(ledger, now, facts, all)?;
        let earlier = batch.earlier().flat_map(|r| self.events_of(r)).collect();
        self.head = batch.head.clone();
        self.commands.extend(batch.commands.iter().cloned());
        for sealed in &batch.events {
            self.versions.insert(sealed.stored.stream.clone(), sealed.stored.version);
        }
        self.events.extend(batch.events.iter().cloned());
        Ok(batch.answer(earlier))
    }

    /// The last version of each of these streams that has one.
    pub fn versions_of(&self, streams: &[&StreamId]) -> BTreeMap<StreamId, u64> {
        streams.iter().filter_map(|s| Some(((*s).clone(), *self.versions.get(*s)?))).collect()
    }

    fn events_of(&self, record: CommandRecord) -> Vec<Stored> {
        let count = (record.last.0 + 1 - record.first.0) as usize;
        self.after(Entry(record.first.0 - 1), count).iter().map(|sealed| sealed.stored.clone()).collect()
    }

    /// At most `limit` events after `after`.
    pub fn after(&self, after: Entry, limit: usize) -> &[Sealed] {
        let rest = usize::try_from(after.0).ok().and_then(|n| self.events.get(n..)).unwrap_or_default();
        &rest[..rest.len().min(limit)]
    }

    /// The number of events recorded at or before `moment`.
    pub fn entry_at(&self, moment: Instant) -> Entry {
        Entry(self.events.partition_point(|sealed| sealed.stored.recorded_at <= moment) as u64)
    }
}
