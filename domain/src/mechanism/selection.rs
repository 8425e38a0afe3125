//! Which lines of a report a clause is about: `when: {pod: [NEL], tariff_code: [HN22A]}`, and `pathway`, which is what
//! the terms' `counts` make of a line. A line belongs to the first clause of the contract that matches it, so that no
//! activity is paid twice.

use std::collections::BTreeSet;

use super::reading::{self, Reading};
use crate::book::Entered;
use crate::exact::Exact;
use crate::facts::Facts;
use crate::money::Money;
use crate::name::ClauseRef;
use crate::terms::{Clause, Fields};
use crate::verb::activity::{ActivityReported, Column, Line};
use crate::worksheet::{Figure, Given, Step, Worksheet};

/// What a line must be; what nothing is asked of is not looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// The columns of which something is asked, in the order in which they are told, with what each may be.
    columns: Vec<(Column, Vec<String>)>,
    flags: Vec<String>,
    /// The pathways, of those that the terms count lines to.
    pathways: Vec<String>,
}

impl Selection {
    /// Reads `when` and `pathway` of a clause; nothing where both are absent.
    pub(super) fn read(fields: &Fields) -> Option<Selection> {
        let when = Selection::of_line(fields);
        let pathways = fields.one_or_more("pathway");
        match (when, pathways.is_empty()) {
            (None, true) => None,
            (when, _) => Some(Selection { pathways, ..when.unwrap_or_default() }),
        }
    }

    /// Reads `when`, what it asks of the line itself; nothing where it is absent.
    pub(crate) fn of_line(fields: &Fields) -> Option<Selection> {
        let read = |f: &Fields| {
            let asked = |column: Column| (column, f.values(column.name()));
            let columns = Column::ALL.map(asked).into_iter().filter(|(_, values)| !values.is_empty());
            Selection { columns: columns.collect(), flags: f.values("flags"), pathways: Vec::new() }
        };
        fields.map("when", read)
    }

    /// The pathways that it names.
    pub(crate) fn pathways(&self) -> &[String] {
        &self.pathways
    }

    /// Whether it asks nothing, and every line matches.
    pub(crate) fn asks_nothing(&self) -> bool {
        *self == Selection::default()
    }

    /// What it asks of each column, and of the pathway.
    fn lists(&self) -> impl Iterator<Item = &[String]> {
        let asked = |column: Column| {
            self.columns.iter().find(|(of, _)| *of == column).map_or(&[][..], |(_, values)| values)
        };
        Column::ALL.into_iter().map(asked).chain([self.pathways.as_slice()])
    }

    /// Whether one line could match both. A line may carry the flags of both.
    pub(crate) fn overlaps(&self, other: &Selection) -> bool {
        let common = |(a, b): (&[String], &[String])| {
            a.is_empty() || b.is_empty() || a.iter().any(|one| b.contains(one))
        };
        self.lists().zip(other.lists()).all(common)
    }

    /// Whether every line that matches `other` matches this one too.
    pub(crate) fn covers(&self, other: &Selection) -> bool {
        let within = |(a, b): (&[String], &[String])| {
            a.is_empty() || (!b.is_empty() && b.iter().all(|one| a.contains(one)))
        };
        self.lists().zip(other.lists()).all(within)
            && self.flags.iter().all(|flag| other.flags.contains(flag))
    }

    /// Whether every line that matches this one matches one of `others`, be it not the same one for all.
    pub(crate) fn is_covered_by(&self, others: &[&Selection]) -> bool {
        let others = others.iter().filter(|other| other.flags.iter().all(|flag| self.flags.contains(flag)));
        let others: Vec<&Selection> = others.copied().collect();
        // What nobody names is alike to all of them, and stands here as the empty text.
        let mut named: Vec<BTreeSet<&str>> = self.lists().map(|_| BTreeSet::from([""])).collect();
        for selection in others.iter().copied().chain([self]) {
            for (all, list) in named.iter_mut().zip(selection.lists()) {
                all.extend(list.iter().map(String::as_str));
            }
        }
        let spread = |selection: &Selection| -> Lines {
            let of = |(list, all): (&[String], &BTreeSet<&str>)| match list {
                [] => all.iter().map(|value| value.to_string()).collect(),
                list => list.iter().cloned().collect(),
            };
            selection.lists().zip(&named).map(of).collect()
        };
        let left = |left: Vec<Lines>, other: &Selection| {
            let taken = spread(other);
            left.into_iter().flat_map(|lines| without(lines, &taken)).collect()
        };
        others.into_iter().fold(vec![spread(self)], left).is_empty()
    }

    /// What it asks, in words.
    pub(crate) fn told(&self) -> String {
        let named = |name: String, values: &[String]| format!("{name} {}", values.join(" or "));
        let columns =
            self.columns.iter().map(|(column, values)| named(column.name().replace('_', " "), values));
        let flags = self.flags.iter().map(|flag| format!("flag {flag}"));
        let pathways = (!self.pathways.is_empty()).then(|| named("pathway".to_owned(), &self.pathways));
        columns.chain(flags).chain(pathways).collect::<Vec<_>>().join("; ")
    }

    /// Whether a line is what it asks.
    pub(crate) fn matches(&self, line: &Reading) -> bool {
        self.columns.iter().all(|(column, values)| line.says_one_of(*column, values))
            && self.flags.iter().all(|flag| line.line.has_flag(flag))
            && (self.pathways.is_empty()
                || line.pathway().is_some_and(|of| self.pathways.iter().any(|pathway| pathway == of)))
    }
}

/// Lines by what they may say in each column.
type Lines = Vec<BTreeSet<String>>;

/// What of some lines others leave, in parts that have no line in common.
fn without(lines: Lines, taken: &Lines) -> Vec<Lines> {
    if lines.iter().zip(taken).any(|(of, taken)| of.is_disjoint(taken)) {
        return vec![lines];
    }
    let (mut left, mut rest) = (Vec::new(), lines);
    for (column, taken) in taken.iter().enumerate() {
        let (inside, outside): (BTreeSet<String>, BTreeSet<String>) =
            rest[column].iter().cloned().partition(|value| taken.contains(value));
        if !outside.is_empty() {
            let mut part = rest.clone();
            part[column] = outside;
            left.push(part);
        }
        rest[column] = inside;
    }
    left
}

/// The clause that pays for a line: the first to choose it, else the one that chooses none; nobody where the terms count
/// lines and not this one.
fn paid_under<'a>(facts: &Facts<'a>, line: &Reading) -> Option<&'a Clause> {
    let terms = &facts.case.terms;
    if terms.counts.is_some() && line.pathway().is_none() {
        return None;
    }
    let chooses = |c: &&Clause| c.mechanism.selection().is_some_and(|s| s.matches(line));
    terms.pay.iter().find(chooses).or_else(|| terms.pay.iter().find(|c| c.mechanism.takes_the_rest()))
}

/// The lines of a report that belong to a clause: those it is the first to choose, or, for a clause that chooses none, those
/// that no clause chooses.
pub(super) fn lines<'a>(
    facts: &Facts<'a>,
    clause: &ClauseRef,
    report: &'a ActivityReported,
) -> Vec<Reading<'a>> {
    let of_clause = |line: &Reading| paid_under(facts, line).is_some_and(|c| c.clause == *clause);
    reading::lines(facts, report).into_iter().filter(of_clause).collect()
}

/// The clause that pays for each line of a report, as its contract reads it; nothing for a line that none pays for.
pub fn taken_by<'a>(facts: &Facts<'a>, report: &'a ActivityReported) -> Vec<Option<&'a ClauseRef>> {
    let lines = reading::lines(facts, report).into_iter();
    lines.map(|line| paid_under(facts, &line).map(|clause| &clause.clause)).collect()
}

/// Writes the lines that no clause of the contract takes: shown with their number and stated value, never paid and
/// never dropped. A contract that neither counts lines nor pays by activity only monitors it, and has no such lines.
pub(crate) fn write_outside(sheet: &mut Worksheet, facts: &Facts) {
    let terms = &facts.case.terms;
    let pays = terms.pay.iter().any(|c| c.mechanism.by_activity());
    if !pays && terms.counts.is_none() {
        return;
    }
    // Of a contract that counts lines and pays for none by itself, those that are counted are inside.
    let belongs =
        |line: &Reading| if pays { paid_under(facts, line).is_some() } else { line.pathway().is_some() };
    for month in facts.months_ended() {
        let reports = facts.payable_reports(month);
        let read = reports.iter().flat_map(|r| reading::lines(facts, &r.fact));
        let outside: Vec<Line> = read.filter(|line| !belongs(line)).map(|line| line.line).collect();
        if outside.is_empty() {
            continue;
        }
        let units: Exact = outside.iter().map(|line| line.count()).sum();
        let given = Given {
            values: outside.iter().filter_map(|line| line.value()).collect(),
            sources: reports.iter().flat_map(|r| reading::sources(facts, r)).collect(),
            said: format!("lines: {}, units: {units}, that no clause is about; never payable", outside.len()),
            by_stage: None,
        };
        let _shown: Figure<Money> = sheet.given(Step::OutsideContract, Some(month.to_string()), given);
    }
}

/// Whether a clause chooses lines.
fn chooses(facts: &Facts, clause: &ClauseRef) -> bool {
    facts.case.terms.pay.iter().any(|c| c.clause == *clause && c.mechanism.selection().is_some())
}

/// What a report states for a clause: all of it, where it carries no lines and nothing is chosen of them; nothing where a
/// line of the clause states none.
pub(super) fn stated<T>(
    facts: &Facts,
    clause: &ClauseRef,
    report: &Entered<ActivityReported>,
    whole: Option<T>,
    of_line: impl Fn(Line) -> Option<Exact>,
) -> Option<Exact>
where
    Exact: From<T>,
{
    let (terms, report) = (&facts.case.terms, &report.fact);
    let counted = terms.counts.is_some();
    let any_chooses = counted || terms.pay.iter().any(|c| c.mechanism.selection().is_some());
    if !any_chooses || (report.is_without_lines() && !counted && !chooses(facts, clause)) {
        return whole.map(Exact::from);
    }
    if report.is_without_lines() {
        return None;
    }
    lines(facts, clause, report).into_iter().map(|read| of_line(read.line)).sum()
}
