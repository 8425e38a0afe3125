//! Memory: the same rules on vectors, for tests and for answers that nobody keeps.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::name::{CommandKey, StreamId};
use domain::time::{Entry, Instant};
use tokio::sync::OwnedMutexGuard;

use crate::append::{Batch, CommandRecord, HeadRow};
use crate::envelope::Sealed;
use crate::look::Look;

#[derive(Clone, Debug, Default)]
pub(crate) struct Memory {
    state: Arc<Mutex<State>>,
    /// Whoever is going to write holds it.
    writing: Arc<tokio::sync::Mutex<()>>,
}

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
    pub looks: Vec<Look>,
}

impl Memory {
    /// The log, for as long as the guard is held.
    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until nobody else is about to write.
    pub async fn hold(&self) -> OwnedMutexGuard<()> {
        self.writing.clone().lock_owned().await
    }
}

impl State {
    /// Takes in a batch that was decided on this state.
    pub fn record(&mut self, batch: &Batch) {
        self.head = batch.head.clone();
        self.commands.extend(batch.commands.iter().cloned());
        for sealed in &batch.events {
            self.versions.insert(sealed.stored.stream.clone(), sealed.stored.version);
        }
        self.events.extend(batch.events.iter().cloned());
    }

    /// The last version of each of these streams that has one.
    pub fn versions_of(&self, streams: &[&StreamId]) -> BTreeMap<StreamId, u64> {
        streams.iter().filter_map(|s| Some(((*s).clone(), *self.versions.get(*s)?))).collect()
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
