//! Events kept in memory with the book they fold to, advanced from a feed and rebuilt from it at will.
//!
//! A question "as known at entry n" is answered from the fold of the first n events, found from the nearest
//! checkpoint. A fold that cannot go on stops at its entry and says which; earlier questions are still
//! answered.

use std::sync::Arc;

use domain::book::Book;
use domain::recorded::Recorded;
use domain::refusal::Refusal;
use domain::time::{Entry, KnownAt};

use crate::feed::{Feed, Unreadable};

/// Events between two checkpoints.
const STRIDE: usize = 256;
/// Events asked of a feed at a time.
const BATCH: usize = 1000;

/// The kept views of one ledger.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    events: Vec<Arc<Recorded>>,
    book: Arc<Book>,
    /// The book after each `STRIDE` events.
    checkpoints: Vec<Arc<Book>>,
    stopped: Option<Unreadable>,
}

impl Kept {
    /// Takes in everything the feed has beyond what is kept.
    pub async fn advance<F: Feed>(&mut self, feed: &F) -> Result<(), F::Error> {
        loop {
            let batch = feed.read_after(self.entry(), BATCH).await?;
            let last = batch.len() < BATCH;
            for event in batch {
                if !self.take(event) {
                    return Ok(());
                }
            }
            if last {
                return Ok(());
            }
        }
    }

    /// Takes in the next event; whether the fold goes on.
    pub fn take(&mut self, event: Result<Recorded, Unreadable>) -> bool {
        if self.stopped.is_some() {
            return false;
        }
        let stop = match event {
            Err(unreadable) => unreadable,
            Ok(event) if event.entry != self.entry().next() => {
                let why = format!("it came after entry {}: the log has a gap", self.entry());
                Unreadable { entry: event.entry, why }
            }
            Ok(event) => {
                Arc::make_mut(&mut self.book).fold(&event);
                self.keep(event);
                return true;
            }
        };
        self.stopped = Some(stop);
        false
    }

    /// The book, for a command to be decided on and applied to. What is applied here counts only once the log
    /// has it: [`Kept::confirm`] says so, and [`Kept::rewind`] takes back what never was confirmed.
    pub fn book_mut(&mut self) -> &mut Book {
        Arc::make_mut(&mut self.book)
    }

    /// Keeps an event that the log has just recorded and the book already holds.
    pub fn confirm(&mut self, event: Recorded) {
        Arc::make_mut(&mut self.book).seal(&event);
        self.keep(event);
    }

    fn keep(&mut self, event: Recorded) {
        self.events.push(Arc::new(event));
        if self.events.len().is_multiple_of(STRIDE) {
            self.checkpoints.push(self.book.clone());
        }
    }

    /// Takes back whatever was applied to the book and never confirmed.
    pub fn rewind(&mut self) {
        if self.book.entry.0 as usize != self.events.len() {
            self.book = Arc::new(self.fold_to(self.events.len()));
        }
    }

    /// Takes back whatever came after `entry`, confirmed or not: it turned out not to be recorded.
    pub fn take_back(&mut self, entry: Entry) {
        self.events.truncate(entry.0 as usize);
        self.checkpoints.truncate(self.events.len() / STRIDE);
        self.rewind();
    }

    /// The last entry taken in.
    pub fn entry(&self) -> Entry {
        self.book.entry
    }

    /// The book at the last entry.
    pub fn book(&self) -> &Book {
        &self.book
    }

    /// All events taken in, oldest first.
    pub fn events(&self) -> &[Arc<Recorded>] {
        &self.events
    }

    /// Where the fold stopped, if it did.
    pub fn stopped(&self) -> Option<&Unreadable> {
        self.stopped.as_ref()
    }

    /// The last entry recorded at or before `known_at`.
    ///
    /// # Errors
    /// Refuses an entry that the log does not have, and any time after the entry at which the fold stopped.
    pub fn resolve(&self, known_at: KnownAt) -> Result<Entry, Refusal> {
        let recorded_by = |moment| Entry(self.events.partition_point(|e| e.recorded_at <= moment) as u64);
        let entry = match known_at {
            KnownAt::Now => self.entry(),
            KnownAt::Entry(entry) => entry,
            KnownAt::Moment(moment) => recorded_by(moment),
            KnownAt::Day(day) => recorded_by(self.book.zone().end_of(day)),
        };
        // A time at or after the last entry taken in may be after the one that stopped the fold; an entry is
        // not.
        let before_the_stop = match known_at {
            KnownAt::Entry(_) => entry <= self.entry(),
            KnownAt::Now | KnownAt::Moment(_) | KnownAt::Day(_) => entry < self.entry(),
        };
        match &self.stopped {
            Some(stopped) if !before_the_stop => {
                let hint = format!(
                    "ask --known-at @{} or earlier, or run the riskshare that wrote it",
                    self.entry()
                );
                Err(Refusal::integrity("view-stopped", format!("the views stopped: {stopped}"), hint))
            }
            _ if entry > self.entry() => {
                let message = format!("the log has no entry {entry}; its last is {}", self.entry());
                Err(Refusal::not_found(
                    "unknown-entry",
                    message,
                    "ask at an earlier entry, or leave --known-at out",
                ))
            }
            _ => Ok(entry),
        }
    }

    /// The book as it was known then.
    ///
    /// # Errors
    /// As [`Kept::resolve`].
    pub fn at(&self, known_at: KnownAt) -> Result<Arc<Book>, Refusal> {
        let entry = self.resolve(known_at)?;
        if entry == self.entry() {
            return Ok(self.book.clone());
        }
        Ok(Arc::new(self.fold_to(entry.0 as usize)))
    }

    /// The fold of the first `n` events, from the nearest checkpoint.
    fn fold_to(&self, n: usize) -> Book {
        let checkpoint = n / STRIDE;
        let (mut book, done) = match checkpoint.checked_sub(1).and_then(|i| self.checkpoints.get(i)) {
            Some(book) => (book.as_ref().clone(), checkpoint * STRIDE),
            None => (Book::default(), 0),
        };
        self.events[done..n].iter().for_each(|event| book.fold(event));
        book
    }
}
