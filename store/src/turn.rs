//! A turn at the head of a ledger: commands of many callers, decided one after another while the head is
//! held, and made durable in one transaction.
//!
//! Nobody else can record meanwhile, so the book that has caught up with the head knows the version of every
//! stream, and nothing has to be looked up for a command once its turn has begun.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use domain::name::{CommandKey, StreamId};
use domain::request::Request;
use domain::time::Entry;
use tokio::sync::oneshot;

use crate::append::{Append, Appended, Batch, CommandRecord, Facts, decide};
use crate::commit::Hold;
use crate::engine::Fault;
use crate::envelope::Stored;
use crate::error::StoreError;
use crate::ledger::{Done, Failure, Provenance};
use crate::log::Log;

/// The most commands that share one transaction.
const MOST: usize = 256;

/// A command that waits for its turn, with whom to tell what became of it.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub request: Request,
    pub provenance: Provenance,
    pub answer: oneshot::Sender<Result<Done, Failure>>,
}

/// The commands that wait for a turn, in the order in which they came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Queue(Arc<Mutex<VecDeque<Waiting>>>);

impl Queue {
    pub fn push(&self, waiting: Waiting) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_back(waiting);
    }

    /// Those whose turn it is: the first of them, as many as one transaction takes.
    pub fn next(&self) -> Vec<Waiting> {
        let mut queue = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = queue.len().min(MOST);
        queue.drain(..count).collect()
    }
}

/// What is decided in a turn and not yet durable. Dropped, it never was.
#[derive(Debug)]
pub(crate) struct Turn {
    log: Log,
    /// In a lock only because a connection of SQLite cannot be looked at by two threads.
    hold: Mutex<Hold>,
    base: Entry,
    /// Of the turn's commands, those that are recorded, or decided in this turn.
    commands: BTreeMap<CommandKey, CommandRecord>,
    batch: Batch,
}

impl Turn {
    /// Takes hold of the head, for these commands.
    pub async fn begin(log: &Log, waiting: &[Waiting]) -> Result<Turn, Fault> {
        let mut keys: Vec<&CommandKey> = waiting.iter().map(|waiting| &waiting.request.key).collect();
        keys.sort();
        keys.dedup();
        let (hold, Facts { head, commands, .. }) = log.hold(&keys).await?;
        let (base, hold) = (head.entry(), Mutex::new(hold));
        Ok(Turn { log: log.clone(), hold, base, commands, batch: Batch::on(head) })
    }

    /// The last entry before the turn.
    pub fn base(&self) -> Entry {
        self.base
    }

    /// At most `limit` events after `after` that were recorded before the turn.
    pub async fn read(&mut self, after: Entry, limit: usize) -> Result<Vec<Stored>, Fault> {
        self.hold.get_mut().unwrap_or_else(PoisonError::into_inner).read(after, limit).await
    }

    /// What is known of one of the turn's commands.
    pub fn command(&self, key: &CommandKey) -> Option<CommandRecord> {
        self.commands.get(key).copied()
    }

    /// Decides on an append, after those before it, about streams at these versions.
    pub fn append(
        &mut self,
        append: &Append,
        versions: BTreeMap<StreamId, u64>,
    ) -> Result<Appended, StoreError> {
        let facts = Facts { head: self.batch.head.clone(), commands: BTreeMap::new(), versions };
        let decided = decide(self.log.ledger(), (self.log.clock)(), facts, std::slice::from_ref(append))?;
        let events = decided.events.iter().map(|sealed| sealed.stored.clone()).collect();
        self.commands.extend(decided.commands.iter().cloned());
        self.batch.extend(decided);
        Ok(Appended { events, replayed: false })
    }

    /// Makes the turn durable; where nothing was decided, only lets go of the head.
    pub async fn record(self) -> Result<(), Fault> {
        let hold = self.hold.into_inner().unwrap_or_else(PoisonError::into_inner);
        if self.batch.is_empty() { hold.release().await } else { hold.record(&self.batch).await }
    }

    /// Lets go of the head.
    pub async fn release(self) -> Result<(), Fault> {
        self.hold.into_inner().unwrap_or_else(PoisonError::into_inner).release().await
    }
}
