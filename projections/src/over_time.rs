//! A party's net position month by month, twice: as it was known at the end of each month, and as it is known
//! now. Where the two differ, a later report or correction changed what had been believed.

use chrono::{Days, NaiveDate};
use domain::book::{Book, Case};
use domain::money::{Currency, Money};
use domain::name::{ContractId, PartyId};
use domain::refusal::Refusal;
use domain::time::{AsOf, Entry, KnownAt};
use domain::year::Month;
use serde::Serialize;

use crate::kept::Kept;
use crate::position::{self, stands_in};

/// The most months shown; the latest are kept.
const MONTHS: usize = 24;
/// How long after its last year a contract's settlement is followed.
const AFTER_THE_END: Days = Days::new(180);

/// A party's net position at the end of each month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OverTime {
    /// The party.
    pub party: PartyId,
    /// The last business date asked for.
    pub as_of: AsOf,
    /// What the ledger knew, as asked.
    pub known_at: String,
    /// The entry that comes to.
    pub entry: Entry,
    /// The currency of every amount.
    pub currency: Currency,
    /// Month by month, oldest first.
    pub months: Vec<AtMonthEnd>,
}

/// A net position at the end of a month: + is to be received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AtMonthEnd {
    /// The last day of the month.
    pub as_of: AsOf,
    /// As known at the end of that day; nothing where the party had no contract then.
    pub known_then: Option<Money>,
    /// As known at the time asked for.
    pub known_now: Option<Money>,
}

/// The position of a party over the months of its contracts, up to `as_of`.
///
/// # Errors
/// As [`position::ask`].
pub fn ask(kept: &Kept, party: &PartyId, as_of: AsOf, known_at: KnownAt) -> Result<OverTime, Refusal> {
    let whole = position::ask(kept, party, as_of, known_at)?;
    let now = KnownAt::Entry(whole.entry);
    let net = |day: NaiveDate, known_at: KnownAt| -> Result<Option<Money>, Refusal> {
        let known = kept.at(known_at)?;
        if !known.parties.contains_key(party) {
            return Ok(None);
        }
        let position = position::ask(kept, party, AsOf(day), known_at)?;
        Ok(Some(position.net).filter(|_| !position.rows.is_empty()))
    };
    let mut months = Vec::new();
    for day in month_ends(kept, party, as_of, known_at)? {
        let then = kept.resolve(KnownAt::Day(day))?.min(whole.entry);
        months.push(AtMonthEnd {
            as_of: AsOf(day),
            known_then: net(day, KnownAt::Entry(then))?,
            known_now: net(day, now)?,
        });
    }
    let (as_of, known_at) = (whole.as_of, whole.known_at);
    Ok(OverTime {
        party: party.clone(),
        as_of,
        known_at,
        entry: whole.entry,
        currency: whole.currency,
        months,
    })
}

/// The contracts whose amounts the position over time is made of.
///
/// # Errors
/// As [`Kept::at`].
pub fn contracts(
    kept: &Kept,
    party: &PartyId,
    as_of: AsOf,
    known_at: KnownAt,
) -> Result<Vec<ContractId>, Refusal> {
    let book = kept.at(known_at)?;
    Ok(its_own(&book, party, as_of).map(|case| case.terms.contract.clone()).collect())
}

/// The contracts in which a party stands or stood: a body that has ended did so before.
fn its_own<'a>(book: &'a Book, party: &'a PartyId, as_of: AsOf) -> impl Iterator<Item = &'a Case> {
    let ever =
        move |case: &&Case| stands_in(book, case, party, as_of) || case.terms.all_parties().contains(party);
    book.contracts.values().map(AsRef::as_ref).filter(ever)
}

/// The ends of the months in which the party's contracts ran or were settled, the latest ones up to `as_of`.
fn month_ends(
    kept: &Kept,
    party: &PartyId,
    as_of: AsOf,
    known_at: KnownAt,
) -> Result<Vec<NaiveDate>, Refusal> {
    let book = kept.at(known_at)?;
    let of_party = || its_own(&book, party, as_of);
    let first = of_party().map(|case| case.term().0).min();
    let last = of_party().filter_map(|case| case.term().1.checked_add_days(AFTER_THE_END)).max();
    let (Some(first), Some(last)) = (first, last) else { return Ok(Vec::new()) };
    let last = last.min(as_of.0);
    let mut days = Vec::new();
    let mut month = Month::of(first);
    while month.last_day() <= last {
        days.push(month.last_day());
        month = month.next();
    }
    Ok(days.split_off(days.len().saturating_sub(MONTHS)))
}
