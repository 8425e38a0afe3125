//! `rename-party`: the same body under another name.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Happened, Verb};
use crate::book::{Book, Entered};
use crate::name::{PartyId, StreamId};
use crate::refusal::Refusal;
use crate::time::Entry;

/// A party was renamed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartyRenamed {
    /// The party; the name by which the ledger knows it stays.
    pub party: PartyId,
    /// Its new full name.
    pub name: String,
    /// The first day on which it is called so.
    #[serde(with = "crate::time::day")]
    pub on: NaiveDate,
    /// Why.
    pub reason: String,
}

impl Verb for PartyRenamed {
    type Makes = PartyRenamed;

    fn stream(&self) -> StreamId {
        StreamId::of("party", &self.party)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        Vec::new()
    }

    fn decide(self, book: &Book) -> Result<PartyRenamed, Refusal> {
        book.in_office(&self.party, self.on).map_err(|refusal| refusal.at("/party"))?;
        if self.name.trim().is_empty() {
            let hint = "write the organisation's full name";
            return Err(Refusal::rule("name-empty", "a party needs a name", hint).at("/name"));
        }
        Ok(self)
    }
}

impl Happened for PartyRenamed {
    fn stream(&self) -> StreamId {
        Verb::stream(self)
    }

    fn apply(self, book: &mut Book, entry: Entry) {
        book.renamings.push(Entered { entry, fact: self });
    }

    fn decide_again(self, book: &Book) -> Result<PartyRenamed, Refusal> {
        Verb::decide(self, book)
    }
}
