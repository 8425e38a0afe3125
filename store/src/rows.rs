//! Rows as the log's own values.

use std::fmt;

use domain::name::CommandKey;
use domain::time::{Entry, Instant};

use crate::append::{CommandRecord, HeadRow};
use crate::engine::Row;
use crate::envelope::{Sealed, Stored, open};
use crate::error::StoreError;
use crate::tree::Frontier;

/// Rows that begin with their entry, which must follow `after` without a gap.
pub(crate) fn numbered(
    after: Entry,
    rows: Vec<Row>,
) -> impl Iterator<Item = Result<(Entry, Row), StoreError>> {
    rows.into_iter().zip(after.0.saturating_add(1)..).map(|(mut row, expected)| match row.count()? {
        entry if entry == expected => Ok((Entry(entry), row)),
        _ => Err(StoreError::Corrupt(format!("entry {expected} is missing"))),
    })
}

/// Events with their envelopes, each held to its hash.
pub(crate) fn sealed(
    ledger: &str,
    after: Entry,
    rows: Vec<Row>,
) -> impl Iterator<Item = Result<Sealed, StoreError>> {
    numbered(after, rows).map(move |row| {
        let (entry, mut row) = row?;
        let envelope = row.bytes()?;
        let stored = open(ledger, &envelope)?;
        if stored.entry != entry || row.hash()? != stored.hash {
            return Err(StoreError::Corrupt(format!("entry {entry} is not what was sealed")));
        }
        Ok(Sealed { stored, envelope })
    })
}

pub(crate) fn head_row(rows: Vec<Row>) -> Result<HeadRow, StoreError> {
    let Some(mut row) = rows.into_iter().next() else {
        return Err(StoreError::Corrupt("the head of the ledger is gone".to_owned()));
    };
    let (entry, micros, frontier) = (row.count()?, row.int()?, row.bytes()?);
    let recorded_at = if entry == 0 { None } else { Some(instant(micros)?) };
    Ok(HeadRow { recorded_at, tree: Frontier::from_bytes(entry, &frontier)? })
}

pub(crate) fn command(mut row: Row) -> Result<(CommandKey, CommandRecord), StoreError> {
    let key = name(row.text()?)?;
    Ok((key, CommandRecord { digest: row.hash()?, first: Entry(row.count()?), last: Entry(row.count()?) }))
}

pub(crate) fn name<T: std::str::FromStr<Err: fmt::Display>>(text: String) -> Result<T, StoreError> {
    text.parse().map_err(|error: T::Err| StoreError::Corrupt(error.to_string()))
}

pub(crate) fn instant(micros: i64) -> Result<Instant, StoreError> {
    Instant::from_micros(micros).ok_or_else(|| StoreError::Corrupt(format!("{micros} µs is no moment")))
}

/// An event whose columns were read after its entry, each held to the envelope.
pub(crate) fn columns(ledger: &str, (entry, mut row): (Entry, Row)) -> Result<Stored, StoreError> {
    let copies = (
        (row.text()?, row.count()?, row.int()?),
        (row.text()?, row.text()?, row.text()?),
        (row.text()?, row.text()?, row.count()?),
    );
    let stored = open(ledger, &row.bytes()?)?;
    let Stored { stream, version, recorded_at, actor, key, kind, v, .. } = &stored;
    let said = (
        (stream.to_string(), *version, recorded_at.micros()),
        (actor.person.clone(), actor.party.to_string(), actor.role.clone()),
        (key.to_string(), kind.clone(), u64::from(*v)),
    );
    if stored.entry != entry || copies != said || row.hash()? != stored.hash {
        return Err(StoreError::Corrupt(format!("the columns of entry {entry} differ from its envelope")));
    }
    Ok(stored)
}
