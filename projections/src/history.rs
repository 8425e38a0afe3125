//! The history of a contract: every event about it in the order of recording, with who and when.

use std::fmt;

use domain::actor::Actor;
use domain::book::{Book, CONTRACT_STREAMS, Case};
use domain::name::{CommandKey, ContractId, StreamId};
use domain::recorded::{Digest, Recorded};
use domain::refusal::Refusal;
use domain::time::{AsOf, Entry, Instant, KnownAt};
use serde::Serialize;

use crate::kept::Kept;

/// One event in a contract's history.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Happening {
    /// Where in the log.
    pub entry: Entry,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// What happened.
    pub event: &'static str,
    /// Who recorded it.
    pub actor: Actor,
    /// The key of its command.
    pub key: CommandKey,
    /// The hash of its envelope.
    pub hash: Digest,
    /// The fact itself.
    pub payload: serde_json::Value,
}

/// Everything recorded about a contract by `known_at`, without what was measured after `as_of`.
///
/// # Errors
/// Refuses a contract that was not known then; else as [`Kept::resolve`].
pub fn ask(
    kept: &Kept,
    contract: &ContractId,
    as_of: AsOf,
    known_at: KnownAt,
) -> Result<Vec<Happening>, Refusal> {
    let known = kept.at(known_at)?;
    known.case(contract)?;
    let events = kept.events()[..known.entry.0 as usize].iter();
    let measured = |e: &Recorded| e.event.measured_on().is_none_or(|day| day <= as_of.0);
    Ok(events.filter(|e| is_about(&e.stream, contract) && measured(e)).map(|e| happening(e)).collect())
}

/// Whether a stream is one of a contract's own.
fn is_about(stream: &StreamId, contract: &ContractId) -> bool {
    let (noun, thing) = stream.as_str().split_once('/').unwrap_or_default();
    thing == contract.as_str() && CONTRACT_STREAMS.contains(&noun)
}

/// The contracts of which an event of this stream may state amounts: its own, or all that pay by a price
/// list.
pub fn contracts_told_by<'a>(book: &'a Book, stream: &StreamId) -> impl Iterator<Item = &'a ContractId> {
    let pays_by = |case: &Case| {
        let mut lists = case.terms.pay.iter().filter_map(|clause| clause.mechanism.price_list());
        lists.any(|list| StreamId::of("price-list", list) == *stream)
    };
    let contracts = book.contracts.iter();
    contracts.filter(move |(name, case)| is_about(stream, name) || pays_by(case)).map(|(name, _)| name)
}

/// An event as a history tells it.
pub fn happening(recorded: &Recorded) -> Happening {
    let mut payload = recorded.event.payload().unwrap_or_default();
    if let (Some(fields), Some(reason)) = (payload.as_object_mut(), &recorded.late_because) {
        fields.insert("late_because".to_owned(), reason.clone().into());
    }
    Happening {
        entry: recorded.entry,
        recorded_at: recorded.recorded_at,
        event: recorded.event.kind(),
        actor: recorded.actor.clone(),
        key: recorded.key.clone(),
        hash: recorded.hash,
        payload,
    }
}

impl fmt::Display for Happening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Actor { person, party, role } = &self.actor;
        write!(
            f,
            "{:>6}  {}  {:<20}  {person} for {party} ({role})",
            self.entry, self.recorded_at, self.event
        )?;
        write!(f, "  {}", self.said())
    }
}

impl Happening {
    /// The fact in few words: its own fields, without the contract that the history is about.
    pub fn said(&self) -> String {
        let Some(fields) = self.payload.as_object() else { return String::new() };
        let short = |value: &serde_json::Value| match value {
            serde_json::Value::String(text) => text.clone(),
            serde_json::Value::Object(_) | serde_json::Value::Array(_) => "…".to_owned(),
            other => other.to_string(),
        };
        let told = fields.iter().filter(|(name, _)| !matches!(name.as_str(), "contract" | "evidence"));
        told.map(|(name, value)| format!("{name} {}", short(value))).collect::<Vec<_>>().join(", ")
    }
}
