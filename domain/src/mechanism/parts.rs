//! The parts of a contract year in which the same dated values are in force.

use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::year::Month;

/// Consecutive months of a contract year in which no value changes.
pub(super) struct Part {
    /// Its months, such as `2025-04 to 2025-09`; nothing where the values are the same all year.
    pub(super) name: Option<String>,
    /// Its months in which the contract runs.
    pub(super) months: Vec<Month>,
    /// Those of them that had ended.
    pub(super) ended: Vec<Month>,
}

/// The year in parts, cut where `changes` come into force. There is one at least.
pub(super) fn parts(facts: &Facts, changes: impl IntoIterator<Item = Month>) -> Vec<Part> {
    let (mut months, ended) = (facts.months(), facts.months_ended());
    let mut parts = Vec::new();
    let inside = |month: &Month| months.first().is_some_and(|first| first < month) && months.contains(month);
    let cuts: BTreeSet<Month> = changes.into_iter().filter(inside).collect();
    let cut_up = !cuts.is_empty();
    for cut in cuts.into_iter().rev() {
        let at = months.partition_point(|month| *month < cut);
        parts.push(months.split_off(at));
    }
    parts.push(months);
    let part = |months: Vec<Month>| Part {
        name: named(&months).filter(|_| cut_up),
        ended: months.iter().filter(|month| ended.contains(month)).copied().collect(),
        months,
    };
    parts.into_iter().rev().map(part).collect()
}

fn named(months: &[Month]) -> Option<String> {
    match months {
        [] => None,
        [only] => Some(only.to_string()),
        [first, .., last] => Some(format!("{first} to {last}")),
    }
}

impl Part {
    /// The year as one part.
    pub(super) fn whole(facts: &Facts) -> Part {
        Part { name: None, months: facts.months(), ended: facts.months_ended() }
    }

    /// `what`, told apart from the same of another part of the year.
    pub(super) fn of(&self, what: &str) -> String {
        self.name.as_ref().map_or_else(|| what.to_owned(), |months| format!("{what} {months}"))
    }

    /// The value in force in it.
    pub(super) fn value<'a, T>(&self, dated: &'a crate::terms::Dated<T>) -> &'a T {
        self.months.first().map_or_else(|| dated.latest(), |month| dated.in_force(*month))
    }
}
