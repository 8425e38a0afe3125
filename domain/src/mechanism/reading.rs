//! How a contract reads the lines of a report: the provider's own codes through the maps in force in the
//! month of care, the pathway that the terms' `counts` give a line, and the clause that pays for it. Whoever
//! asks what a line says asks here.
//!
//! A line belongs to the first clause of the contract that matches it, so that no activity is paid twice.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::selection::Selection;
use crate::book::Entered;
use crate::facts::Facts;
use crate::name::PartyId;
use crate::terms::Rule;
use crate::verb::activity::{ActivityReported, Asked, Column, Line};
use crate::verb::code_map::LocalCode;
use crate::worksheet::Source;

/// Everything that decides how a contract reads the lines of a report: two that are equal read the same lines
/// alike.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reader<'a> {
    /// Who reports: the one thing asked of a line that the report says for all of them.
    provider: PartyId,
    /// What the provider's own codes in a column mean.
    maps: Vec<(Column, Cow<'a, [LocalCode]>)>,
    /// The rules of the month that count lines; nothing where the terms have none.
    rules: Option<Vec<Rule>>,
    /// What each clause that pays by activity chooses, clause by clause.
    clauses: Vec<Paying>,
    /// What any clause looks at in a line.
    asked: Asked,
}

/// Which lines a clause pays for.
#[derive(Clone, Debug, PartialEq)]
enum Paying {
    /// None: it does not pay by activity.
    Nothing,
    Chosen(Selection),
    /// Those that no clause chooses.
    Rest,
}

/// A line of a report, read.
#[derive(Clone, Debug)]
pub(crate) struct Reading<'a> {
    /// What the provider stated.
    pub(crate) line: Line<'a>,
    provider: &'a PartyId,
    /// What a code map makes of the columns that it changes.
    mapped: Vec<(Column, &'a str)>,
    /// The first rule that counts it; nothing where none does or the terms have none.
    rule: Option<&'a Rule>,
}

/// Where a line goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// To the clause at this place of the terms.
    Clause(usize),
    /// It is counted by a contract that pays for no line by itself.
    Counted,
    /// No clause of the contract is about it.
    Outside,
}

impl<'a> Reader<'a> {
    /// As the contract reads a report.
    pub(crate) fn of(facts: &Facts<'a>, report: &ActivityReported) -> Reader<'a> {
        let terms = &facts.case.terms;
        let maps = facts.book.code_maps(&report.provider, &terms.contract, report.month);
        let spelled = |rule: &Rule| Rule { when: rule.when.spelled(facts.book), ..rule.clone() };
        let rules = terms.counts_in(report.month).iter().map(spelled).collect();
        let rules: Option<Vec<Rule>> = terms.counts.is_some().then_some(rules);
        let clauses = terms.pay.iter().map(|clause| match clause.mechanism.selection() {
            Some(selection) => Paying::Chosen(selection.spelled(facts.book)),
            None if clause.mechanism.takes_the_rest() => Paying::Rest,
            None => Paying::Nothing,
        });
        let asked = terms.pay.iter().map(|clause| clause.mechanism.asks(facts, report.month));
        let asked = asked.chain(rules.iter().flatten().map(|rule| rule.when.asks()));
        Reader {
            provider: report.provider.clone(),
            maps: maps.iter().map(|map| (map.fact.column, map.fact.codes.as_slice().into())).collect(),
            clauses: clauses.collect(),
            asked: asked.fold(Asked::default(), Asked::and),
            rules,
        }
    }

    /// What it looks at in a line.
    pub(super) fn asked(&self) -> &Asked {
        &self.asked
    }

    /// The same, to be kept.
    pub(super) fn kept(&self) -> Reader<'static> {
        let maps = self.maps.iter().map(|(column, codes)| (*column, codes.to_vec().into()));
        let Reader { provider, rules, clauses, asked, .. } = self.clone();
        Reader { provider, maps: maps.collect(), rules, clauses, asked }
    }

    /// Reads lines.
    pub(super) fn read<'l>(
        &'l self,
        lines: impl Iterator<Item = Line<'l>>,
    ) -> impl Iterator<Item = Reading<'l>> {
        let maps: Vec<(Column, BTreeMap<&str, &str>)> = self
            .maps
            .iter()
            .map(|(column, codes)| {
                (*column, codes.iter().map(|code| (code.local.as_str(), code.standard.as_str())).collect())
            })
            .collect();
        lines.map(move |line| {
            let stated = Reading { line, provider: &self.provider, mapped: Vec::new(), rule: None };
            let standard = |(column, codes): &(Column, BTreeMap<&'l str, &'l str>)| {
                Some((*column, *codes.get(stated.text(*column)?)?))
            };
            let read = Reading { mapped: maps.iter().filter_map(standard).collect(), ..stated };
            let rule = self.rules.iter().flatten().find(|rule| rule.when.matches(&read));
            Reading { rule, ..read }
        })
    }

    /// Where a line goes: to the first clause that chooses it, else to the one that chooses none. A line that
    /// the terms' rules do not count goes nowhere.
    pub(super) fn place(&self, line: &Reading) -> Place {
        if self.rules.is_some() && line.pathway().is_none() {
            return Place::Outside;
        }
        let chosen = |paying: &Paying| matches!(paying, Paying::Chosen(selection) if selection.matches(line));
        let place = |is: &dyn Fn(&Paying) -> bool| self.clauses.iter().position(is).map(Place::Clause);
        place(&chosen).or_else(|| place(&|paying| *paying == Paying::Rest)).unwrap_or(match self.pays() {
            true => Place::Outside,
            false => Place::Counted,
        })
    }

    /// Whether any clause pays by activity.
    fn pays(&self) -> bool {
        self.clauses.iter().any(|paying| *paying != Paying::Nothing)
    }

    /// Whether lines are told apart at all: chosen by a clause or counted by a rule.
    pub(super) fn sorts(&self) -> bool {
        self.rules.is_some() || self.clauses.iter().any(|paying| matches!(paying, Paying::Chosen(_)))
    }

    /// Whether a clause can be asked for lines of its own, and has not just the value of the whole report.
    pub(super) fn has_lines_of(&self, clause: usize) -> bool {
        self.rules.is_some() || matches!(self.clauses.get(clause), Some(Paying::Chosen(_)))
    }
}

/// The entries behind what a report says: its own, and those of the code maps through which its lines are
/// read.
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
        mapped.or_else(|| match column {
            Column::Provider => Some(self.provider.as_str()),
            column => self.line.text(column),
        })
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
