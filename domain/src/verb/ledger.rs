//! `create-ledger` and `close-history`: the first event of a ledger, and the end of a history stated by its
//! source.

use serde::{Deserialize, Serialize};

use super::{Happened, Verb};
use crate::book::Book;
use crate::name::StreamId;
use crate::refusal::Refusal;
use crate::time::{Entry, Zone};

/// A ledger was created.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerCreated {
    /// The zone in which its days end.
    #[serde(default)]
    pub zone: Zone,
    /// Whether the times of recording are taken from the commands until `history-closed`.
    #[serde(default)]
    pub history: bool,
}

/// The history stated by its source ended here; from now on the ledger's own clock rules.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistoryClosed {
    /// Why.
    pub reason: String,
}

fn stream() -> StreamId {
    StreamId::of("ledger", &"life")
}

impl Verb for LedgerCreated {
    type Makes = LedgerCreated;

    fn stream(&self) -> StreamId {
        stream()
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        Vec::new()
    }

    fn decide(self, book: &Book) -> Result<LedgerCreated, Refusal> {
        if book.ledger.is_some() {
            let hint = "use the ledger as it is, or name another file or ledger with --ledger";
            return Err(Refusal::conflict("ledger-exists", "this ledger is already created", hint));
        }
        Ok(self)
    }
}

impl Happened for LedgerCreated {
    fn stream(&self) -> StreamId {
        stream()
    }

    fn apply(self, book: &mut Book, _: Entry) {
        book.ledger = Some(self);
    }
}

impl Verb for HistoryClosed {
    type Makes = HistoryClosed;

    fn stream(&self) -> StreamId {
        stream()
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        Vec::new()
    }

    fn decide(self, book: &Book) -> Result<HistoryClosed, Refusal> {
        if !book.states_its_history() {
            let hint = "only a ledger created with --history has a history to close, and it is closed once";
            return Err(Refusal::conflict("no-open-history", "this ledger's own clock already rules", hint));
        }
        Ok(self)
    }
}

impl Happened for HistoryClosed {
    fn stream(&self) -> StreamId {
        stream()
    }

    fn apply(self, book: &mut Book, entry: Entry) {
        book.history_closed = Some(entry);
    }
}
