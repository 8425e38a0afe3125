//! The port through which events arrive, in the order of the log and without gaps.

use std::future::Future;

use domain::recorded::Recorded;
use domain::time::Entry;

/// An entry that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("entry {entry} cannot be read: {why}")]
pub struct Unreadable {
    /// Which entry.
    pub entry: Entry,
    /// Why.
    pub why: String,
}

/// A source of recorded events.
pub trait Feed {
    /// What fails when the source itself cannot be reached.
    type Error;

    /// Up to `limit` events after an entry, oldest first; an unreadable one in its place.
    fn read_after(
        &self,
        after: Entry,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Result<Recorded, Unreadable>>, Self::Error>> + Send;
}
