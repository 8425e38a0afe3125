//! The lines of a report sorted by where they go: to the clause that pays for them, or nowhere.

use std::sync::Arc;

use super::reading::{self, Place, Reader, Reading};
use crate::exact::Exact;
use crate::facts::Facts;
use crate::money::Money;
use crate::name::ClauseRef;
use crate::verb::activity::{ActivityReported, Alike};
use crate::worksheet::{Figure, Given, Step, Worksheet};

/// Lines that a contract does not tell apart, and where they go.
#[derive(Clone, Debug)]
pub(crate) struct Pile {
    place: Place,
    pub(super) lines: Alike,
}

/// A report with its lines sorted.
pub(super) struct Sorted<'a> {
    reader: Reader<'a>,
    report: &'a ActivityReported,
    piles: Arc<Vec<Pile>>,
    /// The clause that asks.
    clause: Option<usize>,
}

impl<'a> Sorted<'a> {
    /// Sorts a report for a clause. Totals remember how they were sorted: a question asked again, on another
    /// day or of another entry, sorts none of them a second time.
    pub(super) fn of(facts: &Facts<'a>, clause: &ClauseRef, report: &'a ActivityReported) -> Sorted<'a> {
        let clause = facts.case.terms.pay.iter().position(|c| c.clause == *clause);
        Sorted { clause, ..Sorted::for_all(facts, report) }
    }

    fn for_all(facts: &Facts<'a>, report: &'a ActivityReported) -> Sorted<'a> {
        let reader = Reader::of(facts, report);
        let sort = || sort(&reader, report);
        let piles = match report.totals() {
            Some(totals) => totals.sorted.get(|known| *known == reader, || reader.kept(), sort),
            None => Arc::new(sort()),
        };
        Sorted { reader, report, piles, clause: None }
    }

    fn of_clause(&self) -> impl Iterator<Item = &Alike> {
        let place = self.clause.map(Place::Clause);
        self.piles.iter().filter(move |pile| Some(pile.place) == place).map(|pile| &pile.lines)
    }

    /// The lines of the clause, each read with those that are alike.
    pub(super) fn lines(&self) -> impl Iterator<Item = (Reading<'_>, &Alike)> {
        let first = |lines: &Alike| self.report.stated_line(lines.first);
        self.reader.read(self.of_clause().filter_map(first)).zip(self.of_clause())
    }

    /// What the report states for the clause: all of it, where it carries no lines and nothing is chosen of
    /// them; nothing where a line of the clause states none.
    pub(super) fn stated(&self, whole: Option<Exact>, of: impl Fn(&Alike) -> Option<Exact>) -> Option<Exact> {
        let without_lines = self.report.is_without_lines();
        let chooses = self.clause.is_some_and(|clause| self.reader.has_lines_of(clause));
        if !self.reader.sorts() || (without_lines && !chooses) {
            return whole;
        }
        if without_lines { None } else { self.of_clause().map(of).sum() }
    }
}

fn sort(reader: &Reader, report: &ActivityReported) -> Vec<Pile> {
    let alike = report.alike(reader.asked());
    let first: Vec<_> = alike.iter().filter_map(|lines| report.stated_line(lines.first)).collect();
    let places: Vec<Place> = reader.read(first.into_iter()).map(|line| reader.place(&line)).collect();
    places.into_iter().zip(alike).map(|(place, lines)| Pile { place, lines }).collect()
}

/// The clause that pays for each line of a report, as its contract reads it; nothing for a line that none
/// pays for.
pub fn taken_by<'a>(facts: &Facts<'a>, report: &ActivityReported) -> Vec<Option<&'a ClauseRef>> {
    let reader = Reader::of(facts, report);
    let clause = |line: Reading| match reader.place(&line) {
        Place::Clause(place) => facts.case.terms.pay.get(place).map(|clause| &clause.clause),
        Place::Counted | Place::Outside => None,
    };
    reader.read(report.stated_lines()).map(clause).collect()
}

/// Writes the lines that no clause of the contract takes: shown with their number and stated value, never
/// paid and never dropped. A contract that neither counts lines nor pays by activity only monitors it, and
/// has no such lines.
pub(crate) fn write_outside(sheet: &mut Worksheet, facts: &Facts) {
    let terms = &facts.case.terms;
    if terms.counts.is_none() && !terms.pay.iter().any(|c| c.mechanism.by_activity()) {
        return;
    }
    for month in facts.months_ended() {
        let reports = facts.payable_reports(month);
        let sorted: Vec<Sorted> = reports.iter().map(|r| Sorted::for_all(facts, &r.fact)).collect();
        let piles = sorted.iter().flat_map(|sorted| sorted.piles.iter());
        let outside: Vec<&Alike> =
            piles.filter(|pile| pile.place == Place::Outside).map(|pile| &pile.lines).collect();
        if outside.is_empty() {
            continue;
        }
        let lines: usize = outside.iter().map(|alike| alike.lines).sum();
        let units: Exact = outside.iter().map(|alike| alike.units.clone()).sum();
        let value: Exact = outside.iter().filter_map(|alike| alike.value.clone()).sum();
        let given = Given {
            values: vec![value],
            sources: reports.iter().flat_map(|r| reading::sources(facts, r)).collect(),
            said: format!("lines: {lines}, units: {units}, that no clause is about; never payable"),
            by_stage: None,
        };
        let _shown: Figure<Money> = sheet.given(Step::OutsideContract, Some(month.to_string()), given);
    }
}
