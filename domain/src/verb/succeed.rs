//! `succeed-party`: a body ends and another takes its place in every contract, with its rights and
//! liabilities, as primary care trusts were succeeded by clinical commissioning groups and those by
//! integrated care boards.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Happened, Verb};
use crate::book::{Book, Entered};
use crate::name::{PartyId, StreamId};
use crate::refusal::Refusal;
use crate::time::Entry;

/// A party was succeeded by another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartySucceeded {
    /// Who ended.
    pub party: PartyId,
    /// Who took its place.
    pub by: PartyId,
    /// The first day on which the successor stands in its place.
    #[serde(with = "crate::time::day")]
    pub on: NaiveDate,
    /// By which order or act.
    pub reason: String,
}

impl Verb for PartySucceeded {
    type Makes = PartySucceeded;

    fn stream(&self) -> StreamId {
        StreamId::of("party", &self.party)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        vec![StreamId::of("party", &self.by)]
    }

    fn decide(self, book: &Book) -> Result<PartySucceeded, Refusal> {
        book.known_party(&self.party).map_err(|refusal| refusal.at("/party"))?;
        if let Some(earlier) = book.successor(&self.party) {
            let message =
                format!("`{}` was succeeded by `{}` on {}", self.party, earlier.fact.by, earlier.fact.on);
            let hint = "a body ends once; name its successor, if that one ended as well";
            return Err(Refusal::conflict("already-succeeded", message, hint).at("/party"));
        }
        if self.party == self.by {
            let hint = "rename-party changes a name; a successor is another body";
            return Err(Refusal::rule("succeeds-itself", "a party does not succeed itself", hint).at("/by"));
        }
        book.in_office(&self.by, self.on).map_err(|refusal| refusal.at("/by"))?;
        let begun = book.parties.get(&self.party).and_then(|party| party.valid_from);
        if let Some(begun) = begun.filter(|begun| *begun >= self.on) {
            let message = format!("`{}` begins on {begun} and cannot end before", self.party);
            return Err(Refusal::rule("ends-before-it-begins", message, "check both days").at("/on"));
        }
        Ok(self)
    }
}

impl Happened for PartySucceeded {
    fn stream(&self) -> StreamId {
        Verb::stream(self)
    }

    fn apply(self, book: &mut Book, entry: Entry) {
        book.successions.push(Entered { entry, fact: self });
    }

    fn decide_again(self, book: &Book) -> Result<PartySucceeded, Refusal> {
        Verb::decide(self, book)
    }
}
