//! What comes to be known about a closed year: its statement stays, and the difference is posted in the open
//! year, tagged with the year it belongs to.
//!
//! The open year is the first after the closed one that is not closed itself. What a closed year has posted
//! stays posted: a later one takes only what is left.

use crate::book::DrawnUp;
use crate::exact::Exact;
use crate::facts::Facts;
use crate::money::Money;
use crate::refusal::Refusal;
use crate::statement::{Payable, Statement};
use crate::worksheet::{Given, Line, Source, Step, Worksheet, total};
use crate::year::ContractYear;

/// Writes what earlier, closed years come to otherwise now, and who owes whom for it.
///
/// # Errors
/// As [`crate::settle::settle`] of an earlier year.
pub(crate) fn write(sheet: &mut Worksheet, facts: &Facts) -> Result<(), Refusal> {
    let (case, as_of) = (facts.case, facts.as_of);
    if let Some(own) = case.closed(facts.year, as_of) {
        repost(sheet, facts, own);
        return Ok(());
    }
    let years = case.terms.years.before(facts.year);
    for (i, year) in years.iter().enumerate() {
        // A restated year was settled before: what later years have posted for it is in its statement now.
        let restated = || case.standing(*year).filter(|s| s.restates.is_some());
        let settled = case.closed(*year, as_of).or_else(restated);
        let between: Option<Vec<&DrawnUp>> = years[i + 1..].iter().map(|y| case.closed(*y, as_of)).collect();
        let (Some(settled), Some(between)) = (settled, between) else { continue };
        let now = facts.drafts.settle(&case.terms.contract, *year)?;
        let adjusted = Adjusted { facts, year: *year, settled, between, now: &now };
        now.payables.iter().for_each(|payable| adjusted.post(sheet, payable));
    }
    Ok(())
}

/// A closed year beside what it comes to now.
struct Adjusted<'a> {
    facts: &'a Facts<'a>,
    year: ContractYear,
    settled: &'a DrawnUp,
    /// The closed years after it, which may have posted part of the difference.
    between: Vec<&'a DrawnUp>,
    now: &'a Statement,
}

impl Adjusted<'_> {
    /// Writes what is left of the difference between two parties, where anything is.
    fn post(&self, sheet: &mut Worksheet, payable: &Payable) {
        let Payable { from, to, entitled: Some(entitled), .. } = payable else { return };
        let (facts, subject) = (self.facts, subject_of(self.year, payable));
        let of_pair = |p: &&Payable| p.from == *from && p.to == *to;
        // Earlier statements may name those whose places from and to have taken since.
        let Facts { book, case, as_of, .. } = self.facts;
        let settled = book.payables_on(case, &self.settled.fact.statement.payables, as_of.0);
        let before = settled.iter().find(of_pair).and_then(|p| p.entitled);
        let line = format!("{}/total/{}/{from}-to-{to}", self.now.contract, Step::Payable);
        let mut values = vec![Exact::from(*entitled), -Exact::from(before.unwrap_or(Money::ZERO))];
        let mut sources = vec![
            Source::Line { line: line.clone(), statement: format!("draft @{}", self.now.entry) },
            Source::Line { line, statement: self.settled.cited_as() },
        ];
        for later in &self.between {
            let same = |p: &&Payable| facts.now(&p.from) == *from && facts.now(&p.to) == *to;
            let pairs = later.fact.statement.payables.iter().filter(same);
            let subjects: Vec<String> = pairs.map(|p| subject_of(self.year, p)).collect();
            for posted in posted(later).filter(|l| l.subject.as_ref().is_some_and(|s| subjects.contains(s))) {
                values.extend(posted.exact.clone().map(|exact| -exact));
                sources.push(Source::Line { line: posted.id.clone(), statement: later.cited_as() });
            }
        }
        if values.iter().cloned().sum::<Exact>().is_zero() {
            return;
        }
        let said = format!("{} as known now, less as settled", self.year);
        let given = Given { values, sources, said, by_stage: None };
        sheet.under(&total(), "total");
        let figure = sheet.given(Step::PriorYearAdjustment, Some(subject), given);
        sheet.owes(from, to, figure);
    }
}

/// What an adjustment is about: the year it belongs to, and between whom.
fn subject_of(year: ContractYear, payable: &Payable) -> String {
    format!("{year} {}-to-{}", payable.from, payable.to)
}

/// A closed year keeps the adjustments that its statement posted.
fn repost(sheet: &mut Worksheet, facts: &Facts, own: &DrawnUp) {
    for Payable { from, to, .. } in &own.fact.statement.payables {
        let between = format!(" {from}-to-{to}");
        for line in posted(own) {
            let of_pair = line.subject.as_ref().is_some_and(|subject| subject.ends_with(&between));
            if let Some(exact) = line.exact.clone().filter(|_| of_pair) {
                let given = Given::new(exact, line.working.text.clone(), line.sources.clone());
                sheet.under(&total(), "total");
                let figure = sheet.given(Step::PriorYearAdjustment, line.subject.clone(), given);
                sheet.owes(&facts.now(from), &facts.now(to), figure);
            }
        }
    }
}

/// The adjustments that a statement posted.
fn posted(drawn_up: &DrawnUp) -> impl Iterator<Item = &Line> {
    drawn_up.fact.statement.lines.iter().filter(|l| l.name == Step::PriorYearAdjustment)
}
