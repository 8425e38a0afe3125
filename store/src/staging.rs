//! Appends that are decided one after another and committed together, or dropped: how a batch is recorded
//! whole or not at all, and how it is rehearsed. It is the same path as every append up to its last step.

use std::collections::{BTreeMap, BTreeSet};

use domain::name::{CommandKey, StreamId};
use domain::time::Entry;

use crate::append::{Append, Appended, CommandRecord, Facts, HeadRow, decide};
use crate::envelope::Stored;
use crate::error::StoreError;
use crate::log::Log;

/// A batch in the making, on top of a log. Dropped, it never was.
#[derive(Debug)]
pub struct Staging {
    log: Log,
    base: Entry,
    head: HeadRow,
    commands: BTreeMap<CommandKey, CommandRecord>,
    versions: BTreeMap<StreamId, u64>,
    events: Vec<Stored>,
    appends: Vec<Append>,
}

impl Staging {
    /// Begins a batch on the log as it is now.
    ///
    /// # Errors
    /// As [`Log::head`].
    pub async fn begin(log: Log) -> Result<Staging, StoreError> {
        let head = log.head_row().await?;
        let (commands, versions) = (BTreeMap::new(), BTreeMap::new());
        Ok(Staging {
            base: head.entry(),
            log,
            head,
            commands,
            versions,
            events: Vec::new(),
            appends: Vec::new(),
        })
    }

    /// Decides on an append as the log would, after those staged before it.
    ///
    /// # Errors
    /// As [`Log::append`].
    pub async fn append(&mut self, append: &Append) -> Result<Appended, StoreError> {
        let mut commands = BTreeMap::new();
        if let Some(record) = self.command(&append.key).await? {
            commands.insert(append.key.clone(), record);
        }
        let streams = append.expected.iter().map(|(stream, _)| stream);
        let streams = streams.chain(append.events.iter().map(|event| &event.stream));
        let asked: BTreeSet<&StreamId> = streams.collect();
        let unknown: Vec<&StreamId> =
            asked.iter().filter(|s| !self.versions.contains_key(**s)).copied().collect();
        if !unknown.is_empty() {
            let found = self.log.versions(&unknown).await?;
            self.versions
                .extend(unknown.into_iter().map(|s| (s.clone(), found.get(s).copied().unwrap_or(0))));
        }
        let versions = asked.into_iter().filter_map(|s| Some((s.clone(), *self.versions.get(s)?))).collect();
        let facts = Facts { head: self.head.clone(), commands, versions };
        let batch = decide(self.log.ledger(), (self.log.clock)(), facts, std::slice::from_ref(append))?;
        let earlier = self.earlier(batch.earlier().next()).await?;
        if !batch.is_empty() {
            self.head = batch.head.clone();
            self.commands.extend(batch.commands.iter().cloned());
            for sealed in &batch.events {
                self.versions.insert(sealed.stored.stream.clone(), sealed.stored.version);
                self.events.push(sealed.stored.clone());
            }
            // The batch is sealed again when it is committed: the moment stated here keeps every hash as it
            // is.
            self.appends.push(Append { recorded_at: batch.head.recorded_at, ..append.clone() });
        }
        batch
            .answer(earlier)
            .pop()
            .ok_or_else(|| StoreError::Corrupt("an append without an answer".to_owned()))
    }

    /// What is known of a command, staged or recorded.
    ///
    /// # Errors
    /// As [`Log::command`].
    pub async fn command(&self, key: &CommandKey) -> Result<Option<CommandRecord>, StoreError> {
        match self.commands.get(key) {
            Some(record) => Ok(Some(*record)),
            None => self.log.command(key).await,
        }
    }

    /// Events of a range of entries, staged or recorded.
    ///
    /// # Errors
    /// As [`Log::read`].
    pub async fn read(&self, after: Entry, limit: usize) -> Result<Vec<Stored>, StoreError> {
        if after < self.base {
            let within = usize::try_from(self.base.0 - after.0).unwrap_or(usize::MAX);
            return self.log.read(after, limit.min(within)).await;
        }
        let staged = self.events.iter().filter(|event| event.entry > after);
        Ok(staged.take(limit).cloned().collect())
    }

    async fn earlier(&self, record: Option<CommandRecord>) -> Result<Vec<Stored>, StoreError> {
        let Some(record) = record else { return Ok(Vec::new()) };
        let after = Entry(record.first.0 - 1);
        let count = usize::try_from(record.last.0 - after.0).unwrap_or(usize::MAX);
        self.read(after, count).await
    }

    /// Records everything staged in one transaction.
    ///
    /// # Errors
    /// `Stale`, naming the log itself, where something else was recorded since the batch began: begin it
    /// again.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.log.append_after(Some(self.base), &self.appends).await.map(|_| ())
    }
}
