//! A line of activity as its contract reads it: the provider's own codes through the maps in force in the month of care,
//! and the pathway that the terms' `counts` give it. Whoever asks what a line says asks here.

use std::collections::BTreeMap;

use crate::book::{Book, Entered};
use crate::facts::Facts;
use crate::name::PartyId;
use crate::terms::Rule;
use crate::verb::activity::{ActivityReported, Column, Line};
use crate::worksheet::Source;

/// A line of a report, read.
#[derive(Clone, Debug)]
pub(crate) struct Reading<'a> {
    /// Its number in the report, from 1.
    pub(crate) number: usize,
    /// What the provider stated.
    pub(crate) line: Line<'a>,
    report: &'a ActivityReported,
    book: &'a Book,
    /// What a code map makes of the columns that it changes.
    mapped: Vec<(Column, &'a str)>,
    /// The first rule that counts it; nothing where none does or the terms have none.
    rule: Option<&'a Rule>,
}

/// Every line of a report, read.
pub(crate) fn lines<'a>(facts: &Facts<'a>, report: &'a ActivityReported) -> Vec<Reading<'a>> {
    let contract = &facts.case.terms.contract;
    let maps = facts.book.code_maps(&report.provider, contract, report.month);
    let maps: Vec<(Column, BTreeMap<&str, &str>)> = maps
        .into_iter()
        .map(|map| {
            let codes = map.fact.codes.iter().map(|code| (code.local.as_str(), code.standard.as_str()));
            (map.fact.column, codes.collect())
        })
        .collect();
    let rules = facts.case.terms.counts_in(report.month);
    let read = |(number, line): (usize, Line<'a>)| {
        let standard = |(column, codes): &(Column, BTreeMap<&'a str, &'a str>)| {
            Some((*column, *codes.get(report.stated(line, *column)?)?))
        };
        let mapped = maps.iter().filter_map(standard).collect();
        let reading = Reading { number, line, report, book: facts.book, mapped, rule: None };
        let rule = rules.iter().find(|rule| rule.when.matches(&reading));
        Reading { rule, ..reading }
    };
    (1..).zip(report.stated_lines()).map(read).collect()
}

/// The entries behind what a report says: its own, and those of the code maps through which its lines are read.
pub(crate) fn sources(facts: &Facts, report: &Entered<ActivityReported>) -> Vec<Source> {
    let fact = &report.fact;
    let maps = match fact.is_without_lines() {
        true => Vec::new(),
        false => facts.book.code_maps(&fact.provider, &facts.case.terms.contract, fact.month),
    };
    let entries = std::iter::once(report.entry).chain(maps.into_iter().map(|map| map.entry));
    entries.map(Source::Entry).collect()
}

impl<'a> Reading<'a> {
    /// What it says in a column, in standard codes.
    pub(crate) fn text(&self, column: Column) -> Option<&'a str> {
        let mapped = self.mapped.iter().find(|(of, _)| *of == column).map(|(_, standard)| *standard);
        mapped.or_else(|| self.report.stated(self.line, column))
    }

    /// Whether it says one of `values` in a column. A party goes by its name or its official code.
    pub(crate) fn says_one_of(&self, column: Column, values: &[String]) -> bool {
        let Some(said) = self.text(column) else { return false };
        let code =
            |name: &str| self.book.parties.get(name.parse::<PartyId>().as_ref().ok()?)?.code.as_deref();
        let same = |one: &str| {
            one == said || (column.holds_a_party() && (code(one) == Some(said) || code(said) == Some(one)))
        };
        values.iter().any(|one| same(one))
    }

    /// The pathway it counts to.
    pub(crate) fn pathway(&self) -> Option<&'a str> {
        self.rule.map(|rule| rule.pathway.as_str())
    }

    /// The tariff code by which it is priced: that of the rule that counts it, else its own.
    pub(crate) fn priced_as(&self) -> Option<&'a str> {
        let of_rule = self.rule.and_then(|rule| rule.price_line.as_deref());
        of_rule.or_else(|| self.text(Column::TariffCode))
    }
}
