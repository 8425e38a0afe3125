//! `register-party`: an organisation becomes known to the ledger.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Happened, Verb};
use crate::book::Book;
use crate::name::{PartyId, StreamId};
use crate::refusal::Refusal;
use crate::time::Entry;

/// An organisation was registered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartyRegistered {
    /// The name by which the ledger knows it.
    pub party: PartyId,
    /// Its full name.
    pub name: String,
    /// Its official code (ODS or other); nothing is derived from the code's shape.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Since when the organisation exists.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::time::day::optional")]
    pub valid_from: Option<NaiveDate>,
    /// The last day on which it exists, where that is known; who takes its place is said by `succeed-party`.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::time::day::optional")]
    pub valid_to: Option<NaiveDate>,
}

impl Verb for PartyRegistered {
    type Makes = PartyRegistered;

    fn stream(&self) -> StreamId {
        StreamId::of("party", &self.party)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        Vec::new()
    }

    fn decide(self, book: &Book) -> Result<PartyRegistered, Refusal> {
        if book.parties.contains_key(&self.party) {
            let message = format!("party `{}` is already registered", self.party);
            return Err(
                Refusal::conflict("party-exists", message, "use it, or choose another name").at("/party")
            );
        }
        if self.name.trim().is_empty() {
            let hint = "write the organisation's full name";
            return Err(Refusal::rule("name-empty", "a party needs a name", hint).at("/name"));
        }
        if let (Some(from), Some(to)) = (self.valid_from, self.valid_to)
            && to < from
        {
            let message = format!("`{}` begins on {from} and cannot end on {to}", self.party);
            return Err(Refusal::rule("ends-before-it-begins", message, "check both days").at("/valid_to"));
        }
        Ok(self)
    }
}

impl Happened for PartyRegistered {
    fn stream(&self) -> StreamId {
        Verb::stream(self)
    }

    fn apply(self, book: &mut Book, _: Entry) {
        book.parties.insert(self.party.clone(), self);
    }

    fn decide_again(self, book: &Book) -> Result<PartyRegistered, Refusal> {
        Verb::decide(self, book)
    }
}
