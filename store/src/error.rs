//! What can go wrong with a log: each error says what and why, and its hint what to do next.

use domain::name::{CommandKey, StreamId};
use domain::time::{Entry, Instant};

use crate::proof::ProofError;

/// Why the log did not do what it was asked. Nothing was recorded.
///
/// The refusals of an append stand first, in the order in which they are checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// An event cannot be written down so that it reads back as it was given.
    #[error("an event for `{stream}` cannot be sealed: {reason}")]
    Unsealable {
        /// The stream the event was for.
        stream: StreamId,
        /// What in it does not fit.
        reason: String,
    },
    /// The key belongs to another command.
    #[error("the command key `{key}` was used before, at entry {first}, with another body")]
    KeyReused {
        /// The key.
        key: CommandKey,
        /// The first entry of the command that has it.
        first: Entry,
    },
    /// A stream the command was decided on has moved since.
    #[error("`{stream}` has moved: the command was decided on version {expected}, and it is now at {found}")]
    Stale {
        /// The stream.
        stream: StreamId,
        /// The version the command relied on; 0 where it relied on there being none.
        expected: u64,
        /// The version there is; 0 where there is none.
        found: u64,
    },
    /// A stated time of recording before the last one, or in the future.
    #[error("{given} cannot be when it was recorded: {}", recorded_between(.head, .now))]
    RecordedAt {
        /// The time the command states.
        given: Instant,
        /// When the last entry was recorded, where there is one.
        head: Option<Instant>,
        /// The time on the log's clock.
        now: Instant,
    },
    /// The address of a log could not be read.
    #[error("`{url}` is not the address of a log: {reason}")]
    Address {
        /// The address, without any password in it.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// There is no such ledger.
    #[error("there is no ledger at `{0}`")]
    NotFound(String),
    /// The database was written by a newer release.
    #[error("the database has schema {found}, and this release knows schemas up to {known}")]
    NewerSchema {
        /// The schema the database has.
        found: u64,
        /// The newest schema this release knows.
        known: u64,
    },
    /// Something is to be made of a ledger that holds nothing.
    #[error("the ledger at `{0}` holds nothing yet")]
    Empty(String),
    /// Something is to be restored into a ledger that holds something.
    #[error("the ledger at `{0}` is not empty")]
    NotEmpty(String),
    /// A proof, a key or an export that does not hold.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// The database did not answer, or would not.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// What is stored contradicts itself.
    #[error("the log is damaged: {0}")]
    Corrupt(String),
}

impl StoreError {
    /// What to do next.
    pub fn hint(&self) -> &'static str {
        match self {
            StoreError::Unsealable { .. } => "write amounts and other figures as text, in quotes",
            StoreError::KeyReused { .. } => {
                "send the first body again to see its result, or choose a new key"
            }
            StoreError::Stale { .. } => "read the stream again, decide again, and send the command again",
            StoreError::RecordedAt { .. } => "put the commands in the order in which they were recorded",
            StoreError::Address { .. } => {
                "write `sqlite:PATH`, `postgres://USER@HOST/DATABASE` or `memory:`, and `#LEDGER` after it if the \
                 ledger is not `main`"
            }
            StoreError::NotFound(_) => "check the address, or create the ledger first",
            StoreError::NewerSchema { .. } => "use the release that wrote it, or a newer one",
            StoreError::Empty(_) => "record something first",
            StoreError::NotEmpty(_) => "restore into a new file or a new ledger",
            StoreError::Proof(proof) => proof.hint(),
            StoreError::Unavailable(_) => {
                "try again: a command sent twice with the same key is carried out once"
            }
            StoreError::Corrupt(_) => "stop writing to it, and compare it with a backup or an export",
        }
    }
}

fn recorded_between(head: &Option<Instant>, now: &Instant) -> String {
    match head {
        Some(head) => format!("the last entry was recorded at {head}, and it is now {now}"),
        None => format!("it is now {now}"),
    }
}
