//! The two times of every question, and the log's own numbers.
//!
//! [`AsOf`] is the business date: what had been measured by then. [`KnownAt`] is the ledger's own time: what
//! had been recorded by then. They never convert into each other.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, SubsecRound, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::text::serde_as_text;

/// The number of an event in its ledger's log, counted from 1 without gaps. Zero stands before the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Entry(pub u64);

impl Entry {
    /// The entry after this one.
    pub fn next(self) -> Entry {
        Entry(self.0 + 1)
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A moment, in UTC, to the microsecond. RFC 3339 in text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(DateTime<Utc>);

impl Instant {
    /// From a clock; digits below the microsecond are dropped.
    pub fn of(moment: DateTime<Utc>) -> Instant {
        Instant(moment.trunc_subsecs(6))
    }

    /// From microseconds since 1970, as the store keeps it; nothing where no calendar reaches.
    pub fn from_micros(micros: i64) -> Option<Instant> {
        DateTime::from_timestamp_micros(micros).map(Instant)
    }

    /// Microseconds since 1970.
    pub fn micros(self) -> i64 {
        self.0.timestamp_micros()
    }

    /// The calendar day on which the moment falls in `zone`.
    pub fn day(self, zone: Zone) -> NaiveDate {
        self.0.with_timezone(&zone.0).date_naive()
    }

    /// As people read it in `zone`, to the minute: `20 June 2025, 18:30`.
    pub fn shown(self, zone: Zone) -> String {
        self.0.with_timezone(&zone.0).format("%-d %B %Y, %H:%M").to_string()
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%dT%H:%M:%S%.6fZ"))
    }
}

impl FromStr for Instant {
    type Err = String;

    fn from_str(text: &str) -> Result<Instant, String> {
        DateTime::parse_from_rfc3339(text).map(|t| Instant::of(t.with_timezone(&Utc))).map_err(|_| {
            format!("`{text}` is not a moment; write it as 2025-06-20T17:30:00Z, with its offset")
        })
    }
}

serde_as_text!(Instant, "a moment such as \"2025-06-20T17:30:00Z\"");

/// The time zone in which a ledger's days end. Europe/London unless the ledger was created otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone(Tz);

impl Default for Zone {
    fn default() -> Zone {
        Zone(Tz::Europe__London)
    }
}

impl Zone {
    /// The last microsecond of `day`.
    pub fn end_of(self, day: NaiveDate) -> Instant {
        let next = day.succ_opt().unwrap_or(day).and_time(NaiveTime::MIN);
        let start = match self.0.from_local_datetime(&next).earliest() {
            Some(moment) => moment.with_timezone(&Utc),
            None => Utc.from_utc_datetime(&next), // a day that begins inside a clock change: no zone of ours has one
        };
        Instant(start - Duration::microseconds(1))
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name())
    }
}

impl FromStr for Zone {
    type Err = String;

    fn from_str(text: &str) -> Result<Zone, String> {
        text.parse()
            .map(Zone)
            .map_err(|_| format!("`{text}` is not a time zone; write one such as Europe/London"))
    }
}

serde_as_text!(Zone, "a time zone such as \"Europe/London\"");

/// The business date: facts about periods that ended on or before it count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AsOf(pub NaiveDate);

impl fmt::Display for AsOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for AsOf {
    type Err = String;

    fn from_str(text: &str) -> Result<AsOf, String> {
        date(text).map(AsOf)
    }
}

serde_as_text!(AsOf, "a date such as \"2025-06-20\"");

/// What the ledger knew: everything recorded up to an entry, or by a moment, or by the end of a day in its
/// zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownAt {
    /// Everything recorded so far.
    Now,
    /// Up to and with this entry (`@123`).
    Entry(Entry),
    /// Up to and with this moment.
    Moment(Instant),
    /// Up to the end of this day in the ledger's zone.
    Day(NaiveDate),
}

impl fmt::Display for KnownAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KnownAt::Now => f.write_str("now"),
            KnownAt::Entry(entry) => write!(f, "@{entry}"),
            KnownAt::Moment(moment) => moment.fmt(f),
            KnownAt::Day(day) => day.fmt(f),
        }
    }
}

impl FromStr for KnownAt {
    type Err = String;

    fn from_str(text: &str) -> Result<KnownAt, String> {
        if text == "now" {
            return Ok(KnownAt::Now);
        }
        if let Some(number) = text.strip_prefix('@') {
            return number
                .parse()
                .map(|n| KnownAt::Entry(Entry(n)))
                .map_err(|_| format!("`{text}` is not an entry; write @ and a whole number, such as @123"));
        }
        if text.contains('T') { text.parse().map(KnownAt::Moment) } else { date(text).map(KnownAt::Day) }
    }
}

serde_as_text!(KnownAt, "a date, a moment or an entry such as \"@123\"");

/// Dates in commands: written as `2025-04-01`, read as a person types them.
pub(crate) mod day {
    use chrono::NaiveDate;
    use serde::{Deserializer, Serializer};

    pub fn serialize<S: Serializer>(day: &NaiveDate, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(day)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<NaiveDate, D::Error> {
        crate::text::from_text(d, "a date such as \"2025-04-01\"", super::date)
    }

    /// The same where the date may be left out.
    pub mod optional {
        use super::*;

        pub fn serialize<S: Serializer>(day: &Option<NaiveDate>, s: S) -> Result<S::Ok, S::Error> {
            match day {
                Some(day) => s.collect_str(day),
                None => s.serialize_none(),
            }
        }

        pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<NaiveDate>, D::Error> {
            super::deserialize(d).map(Some)
        }
    }
}

/// Reads a date as a person types it: `2025-04-01`, `1/4/2025` (day first) or `01/04/2025`.
pub fn date(text: &str) -> Result<NaiveDate, String> {
    ["%Y-%m-%d", "%d/%m/%Y"].iter().find_map(|form| NaiveDate::parse_from_str(text, form).ok()).ok_or_else(|| {
        format!("`{text}` is not a date; write it as 2025-04-01 (year, month, day) or 1/4/2025 (day, month, year)")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_at_midnight_in_the_ledgers_zone() {
        let end =
            |zone: &str, day: &str| zone.parse::<Zone>().unwrap().end_of(date(day).unwrap()).to_string();
        assert_eq!(end("Europe/London", "2025-06-20"), "2025-06-20T22:59:59.999999Z");
        assert_eq!(end("Europe/London", "2025-01-20"), "2025-01-20T23:59:59.999999Z");
        assert_eq!(end("America/New_York", "2025-01-20"), "2025-01-21T04:59:59.999999Z");
    }

    #[test]
    fn known_at_takes_a_date_a_moment_or_an_entry() {
        assert_eq!("@123".parse(), Ok(KnownAt::Entry(Entry(123))));
        assert_eq!("1/4/2025".parse(), Ok(KnownAt::Day(date("2025-04-01").unwrap())));
        assert_eq!(
            "2025-06-20T18:30:00+01:00".parse::<KnownAt>().unwrap().to_string(),
            "2025-06-20T17:30:00.000000Z"
        );
        assert!("yesterday".parse::<KnownAt>().is_err());
        assert!("@x".parse::<KnownAt>().is_err());
    }
}
