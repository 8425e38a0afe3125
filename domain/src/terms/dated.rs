//! Values of a contract that change within its term, each with the day from which it is in force.
//!
//! Written plain, a value holds for the whole term. Written as `[{from: 2025-04-01, value: ..}, {from:
//! 2025-10-01, value: ..}]`, with `to` where a reader wants to see it, the ranges follow each other without a
//! gap and cover the term. A range begins with a month, because what is reported is reported by the month.
//! Neighbours with the same value are one range: how a contract cuts its text changes no figure and no line.

use std::fmt;

use chrono::NaiveDate;

use super::document::Document;
use super::reader::{Field, Fields};
use crate::year::Month;

/// A value for each month of a contract's term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dated<T> {
    /// Since when each value is in force, in order, each different from the one before. Never empty.
    ranges: Vec<(NaiveDate, T)>,
}

impl<T: PartialEq> Dated<T> {
    /// A value that never changes.
    pub fn plain(value: T) -> Dated<T> {
        Dated { ranges: vec![(NaiveDate::MIN, value)] }
    }

    fn of(ranges: impl IntoIterator<Item = (NaiveDate, T)>) -> Option<Dated<T>> {
        let mut kept: Vec<(NaiveDate, T)> = Vec::new();
        for (from, value) in ranges {
            if kept.last().is_none_or(|(_, before)| *before != value) {
                kept.push((from, value));
            }
        }
        (!kept.is_empty()).then_some(Dated { ranges: kept })
    }
}

impl<T> Dated<T> {
    /// The value in force in a month.
    pub fn in_force(&self, month: Month) -> &T {
        let begun = self.ranges.iter().rfind(|(from, _)| *from <= month.first_day());
        &begun.unwrap_or(&self.ranges[0]).1
    }

    /// The value in force at the end of the term.
    pub fn latest(&self) -> &T {
        &self.ranges[self.ranges.len() - 1].1
    }

    /// Every value with the day from which it is in force, in order.
    pub fn ranges(&self) -> impl Iterator<Item = (NaiveDate, &T)> {
        self.ranges.iter().map(|(from, value)| (*from, value))
    }

    /// Every value, in order.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.ranges.iter().map(|(_, value)| value)
    }

    /// The months with which another value comes into force.
    pub fn changes(&self) -> impl Iterator<Item = Month> + '_ {
        self.ranges.iter().skip(1).map(|(from, _)| Month::of(*from))
    }
}

impl<T: fmt::Display> fmt::Display for Dated<T> {
    /// The first value, and what it becomes from which day.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (from, value)) in self.ranges.iter().enumerate() {
            if i == 0 { write!(f, "{value}")? } else { write!(f, ", and {value} from {from}")? }
        }
        Ok(())
    }
}

/// Whether a piece of terms is written as dated values.
pub(super) fn is_dated(document: &Document) -> bool {
    let begins = |item: &Document| matches!(item, Document::Map(map) if map.contains_key("from"));
    matches!(document, Document::List(items) if items.iter().any(begins))
}

/// One range as written.
struct Range<T> {
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    value: T,
}

impl Fields<'_> {
    /// A field that must be there, plain or dated.
    pub fn dated<T: Field + PartialEq>(&self, name: &str) -> Dated<T> {
        if self.may_be_dated(name) {
            return Dated::plain(self.required(name));
        }
        self.dated_with(name, |fields, name| fields.required(name))
            .unwrap_or_else(|| Dated::plain(self.required(name)))
    }

    /// A field that may be absent, plain or dated.
    pub fn dated_if_any<T: Field + PartialEq>(&self, name: &str) -> Option<Dated<T>> {
        self.dated_with(name, |fields, name| fields.required(name))
    }

    /// A field that may be absent, plain or dated, whose value `read` reads by the name it is given.
    pub(crate) fn dated_with<T: PartialEq>(
        &self,
        name: &str,
        read: impl Fn(&Fields, &str) -> T,
    ) -> Option<Dated<T>> {
        if self.has(name) && self.may_be_dated(name) {
            return Some(Dated::plain(read(self, name)));
        }
        if !is_dated(self.piece(name)?) {
            return Some(Dated::plain(read(self, name)));
        }
        let ranges = self.list(name, |f| Range {
            from: f.needed("from"),
            to: f.optional("to"),
            value: read(f, "value"),
        });
        self.note_gaps(name, &ranges);
        Dated::of(ranges.into_iter().map(|range| (range.from.unwrap_or(NaiveDate::MIN), range.value)))
    }

    /// Notes where ranges overlap, leave a gap or do not cover the term.
    fn note_gaps<T>(&self, name: &str, ranges: &[Range<T>]) {
        for (i, pair) in ranges.windows(2).enumerate() {
            let at = format!("{name}/{}/from", i + 1);
            let (Some(before), Some(from)) = (pair[0].from, pair[1].from) else { continue };
            let follows = |to: NaiveDate| to.succ_opt() == Some(from);
            if from <= before {
                let message =
                    format!("{from} is not after {before}, from which the value before it is in force");
                self.fault(&at, message, "write the values in the order in which they come into force");
            } else if from != Month::of(from).first_day() {
                let message = format!("{from} is not the first day of a month");
                self.fault(&at, message, "let a value come into force with a whole month");
            } else if let Some(to) = pair[0].to.filter(|to| !follows(*to)) {
                let what = if to >= from { "overlap" } else { "leave a gap" };
                let message = format!("the values of `{name}` {what} between {to} and {from}");
                self.fault(
                    &at,
                    message,
                    "end each value on the day before the next begins, or leave `to` out",
                );
            }
        }
        let (Some((first, last)), [begin, ..], [.., end]) = (self.term(), ranges, ranges) else { return };
        if let Some(from) = begin.from.filter(|from| *from > first) {
            let message = format!("`{name}` has no value before {from}, but the term begins on {first}");
            self.fault(&format!("{name}/0/from"), message, "say what is in force from the term's first day");
        }
        if let Some(to) = end.to.filter(|to| *to < last) {
            let message = format!("`{name}` has no value after {to}, but the term ends on {last}");
            let hint = "say what is in force to the term's last day, or leave the last `to` out";
            self.fault(&format!("{name}/{}/to", ranges.len() - 1), message, hint);
        }
    }
}

/// Where a dated value of a new text differs from the old one on any day from `first` until the day before
/// `until`. Values that are not dated in either text hold for the whole term and cannot be compared by days.
pub fn differs_before(
    old: &Document,
    new: &Document,
    (first, until): (NaiveDate, NaiveDate),
) -> Option<String> {
    let mut days = Vec::new();
    let mut month = Month::of(first);
    while month.first_day() < until {
        days.push(month.first_day().max(first));
        month = month.next();
    }
    differs(old, new, &days).map(|at| at.iter().rev().map(|key| format!("/{key}")).collect())
}

/// The path to a dated value that differs on one of `days`, innermost key first.
fn differs(old: &Document, new: &Document, days: &[NaiveDate]) -> Option<Vec<String>> {
    if is_dated(old) || is_dated(new) {
        return days.iter().any(|day| on(old, *day) != on(new, *day)).then(Vec::new);
    }
    let below = |key: String, old: &Document, new: &Document| {
        differs(old, new, days).map(|mut path| {
            path.push(key);
            path
        })
    };
    match (old, new) {
        (Document::Map(old), Document::Map(new)) => {
            new.iter().find_map(|(key, value)| below(key.clone(), old.get(key)?, value))
        }
        (Document::List(old), Document::List(new)) => {
            let same = |i: usize, item: &Document| match item.at("/clause") {
                Some(clause) => old.iter().find(|other| other.at("/clause") == Some(clause)),
                None => old.get(i),
            };
            new.iter().enumerate().find_map(|(i, item)| below(i.to_string(), same(i, item)?, item))
        }
        _ => None,
    }
}

/// A value as it is in force on a day.
fn on(value: &Document, day: NaiveDate) -> Option<&Document> {
    let Document::List(ranges) = value else { return Some(value) };
    if !is_dated(value) {
        return Some(value);
    }
    let begun = |range: &&Document| match range.at("/from") {
        Some(Document::Text(from)) => crate::time::date(from).is_ok_and(|from| from <= day),
        _ => false,
    };
    ranges.iter().rfind(begun)?.at("/value")
}
