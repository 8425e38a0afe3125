//! What activity reports say month by month: the value and the units that are payable, what is missing, and
//! what came after freeze. Every clause that pays by activity reads them here, so that all of them mean the
//! same month.

use super::reading;
use super::sorting::Sorted;
use crate::book::Entered;
use crate::exact::Exact;
use crate::facts::Facts;
use crate::money::Money;
use crate::name::ClauseRef;
use crate::rate::Count;
use crate::verb::activity::ActivityReported;
use crate::worksheet::{
    ByStage, Figure, Given, LineState, Source, Stage, Step, Working, Worksheet, net, sum,
};
use crate::year::Month;

/// Writes the stated value of the months ended and their sum; gives it with how many months have a value.
pub(super) fn stated(
    sheet: &mut Worksheet,
    facts: &Facts,
    clause: &ClauseRef,
) -> Option<(Figure<Money>, usize)> {
    let months = reported_months(sheet, facts, clause);
    if months.is_empty() {
        return None;
    }
    Some((sheet.line(Step::ActivityValue, sum(months.iter().copied())), months.len()))
}

/// The value of activity that a clause may pay for.
pub(super) struct Payable {
    /// It, less what is challenged, open or upheld.
    pub(super) value: Figure<Money>,
    /// What it would be if every open challenge were rejected, where one is open.
    pub(super) if_rejected: Option<Figure<Money>>,
    /// How many months have a value.
    pub(super) months: usize,
}

/// Priced activity less what is challenged of it, and, where a challenge is open, as if all of them were
/// rejected.
pub(super) fn after_challenges(
    sheet: &mut Worksheet,
    facts: &Facts,
    clause: &ClauseRef,
    value: Figure<Money>,
) -> (Figure<Money>, Option<Figure<Money>>) {
    match Challenged::write(sheet, facts, clause) {
        Some(challenged) => (challenged.taken_off(sheet, value), challenged.if_rejected(sheet, value)),
        None => (value, None),
    }
}

/// Units of activity of the months ended.
pub(super) struct Units {
    /// How many.
    pub(super) units: Figure<Count>,
    /// How many months have a count.
    pub(super) months: usize,
    /// The weakest stage of any of them.
    pub(super) stage: Stage,
}

/// Writes the units of activity of the months ended and their sum.
pub(super) fn units(sheet: &mut Worksheet, facts: &Facts, clause: &ClauseRef) -> Option<Units> {
    let mut months = Vec::new();
    let mut stage = Stage::Freeze;
    for month in facts.months_ended() {
        match month_units(facts, clause, month) {
            Some((given, of_month)) => {
                months.push(sheet.given(Step::ActivityCount, Some(month.to_string()), given));
                stage = stage.min(of_month);
            }
            None => {
                let text = format!("no activity report with a count for {month}");
                sheet.missing(Step::NotReported, Some(month.to_string()), LineState::NotReported, text);
            }
        }
        after_freeze(sheet, facts, clause, month);
    }
    let reported = months.len();
    (reported > 0).then(|| Units {
        units: sheet.line(Step::ActivityCount, sum(months)),
        months: reported,
        stage,
    })
}

/// The units of a month, where every payable report of it counts them.
fn month_units(facts: &Facts, clause: &ClauseRef, month: Month) -> Option<(Given, Stage)> {
    let reports = facts.payable_reports(month);
    let stage = reports.iter().map(|r| r.fact.stage).min()?;
    let of_report = |r: &&Entered<ActivityReported>| {
        let whole = r.fact.count.as_ref().map(|c| c.exact().clone());
        Sorted::of(facts, clause, &r.fact).stated(whole, |lines| Some(lines.units.clone()))
    };
    let given = Given {
        values: reports.iter().map(of_report).collect::<Option<Vec<Exact>>>()?,
        sources: reports.iter().flat_map(|r| reading::sources(facts, r)).collect(),
        said: format!("as counted, {stage}"),
        by_stage: None,
    };
    Some((given, stage))
}

/// Writes each month's payable value, each missing month, and what came after freeze; gives the months with a
/// value.
fn reported_months(sheet: &mut Worksheet, facts: &Facts, clause: &ClauseRef) -> Vec<Figure<Money>> {
    let mut reported = Vec::new();
    for month in facts.months_ended() {
        match month_value(facts, clause, month) {
            Some(given) => reported.push(sheet.given(Step::ActivityValue, Some(month.to_string()), given)),
            None => {
                let text = match facts.payable_reports(month).is_empty() {
                    true => format!("no activity report for {month}"),
                    false => format!("the activity of {month} is reported without lines that state a value"),
                };
                sheet.missing(Step::NotReported, Some(month.to_string()), LineState::NotReported, text);
            }
        }
        after_freeze(sheet, facts, clause, month);
    }
    reported
}

/// Writes what came after the freeze of a month, as far as the clause is about it: shown, never payable.
pub(super) fn after_freeze(sheet: &mut Worksheet, facts: &Facts, clause: &ClauseRef, month: Month) {
    let late = facts.reports_after_freeze(month);
    if late.is_empty() {
        return;
    }
    let sources = late.iter().flat_map(|r| reading::sources(facts, r)).collect();
    let stated = late.iter().map(|r| stated_value(facts, clause, r)).collect::<Option<Vec<Exact>>>();
    let Some(values) = stated else {
        let text = "reported after the freeze of the month, without a value for each line".to_owned();
        return sheet.note_of(Step::AfterFreeze, month, text, sources);
    };
    let said = "reported after the freeze of the month, never payable".to_owned();
    let given = Given { values, sources, said, by_stage: None };
    let _shown: Figure<Money> = sheet.given(Step::AfterFreeze, Some(month.to_string()), given);
}

/// What a report states for a clause; nothing where it does not say.
fn stated_value(facts: &Facts, clause: &ClauseRef, report: &Entered<ActivityReported>) -> Option<Exact> {
    let whole = Some(report.fact.value.into());
    Sorted::of(facts, clause, &report.fact).stated(whole, |lines| lines.value.clone())
}

fn month_value(facts: &Facts, clause: &ClauseRef, month: Month) -> Option<Given> {
    let reports = facts.payable_reports(month);
    let stage = reports.iter().map(|r| r.fact.stage).min()?;
    let values: Vec<Exact> = reports.iter().map(|r| stated_value(facts, clause, r)).collect::<Option<_>>()?;
    let splits = reports
        .iter()
        .zip(&values)
        .map(|(r, value)| ByStage::all_at(value.as_money().unwrap_or(Money::ZERO), r.fact.stage));
    let by_stage = splits.fold(ByStage::NOTHING, ByStage::plus);
    Some(Given {
        values,
        sources: reports.iter().flat_map(|r| reading::sources(facts, r)).collect(),
        said: format!("as stated, {stage}"),
        by_stage: Some(by_stage),
    })
}

/// Challenges of the months ended, as lines.
pub(super) struct Challenged {
    open: Vec<Figure<Money>>,
    upheld: Vec<Figure<Money>>,
}

impl Challenged {
    /// Writes every challenge of what the clause pays for the months ended, if there are any.
    pub(super) fn write(sheet: &mut Worksheet, facts: &Facts, clause: &ClauseRef) -> Option<Challenged> {
        let mut all = Challenged { open: Vec::new(), upheld: Vec::new() };
        let months = facts.months_ended().into_iter();
        for challenge in months.flat_map(|month| facts.challenges(clause, month)) {
            let raised = &challenge.raised.fact;
            let subject = Some(format!("{} {}", raised.month, raised.challenge));
            let mut sources = vec![Source::Entry(challenge.raised.entry)];
            match challenge.resolved {
                None => {
                    let given = Given::new(raised.amount, format!("open: {}", raised.reason), sources);
                    all.open.push(sheet.given(Step::ChallengeOpen, subject, given));
                }
                Some(resolved) => {
                    sources.push(Source::Entry(resolved.entry));
                    let said = format!("upheld of {}: {}", raised.amount.show_plain(), resolved.fact.reason);
                    let given = Given::new(resolved.fact.upheld, said, sources);
                    all.upheld.push(sheet.given(Step::ChallengeUpheld, subject, given));
                }
            }
        }
        (!all.open.is_empty() || !all.upheld.is_empty()).then_some(all)
    }

    /// Activity less everything challenged, open or upheld.
    pub(super) fn less_all(&self, value: Figure<Money>) -> Working<Money> {
        net(vec![value], self.open.iter().chain(&self.upheld).copied().collect())
    }

    /// Activity as it would be if every open challenge were rejected, where one is open.
    pub(super) fn less_upheld(&self, value: Figure<Money>) -> Option<Working<Money>> {
        (!self.open.is_empty()).then(|| net(vec![value], self.upheld.clone()))
    }

    /// Writes activity less everything challenged.
    pub(super) fn taken_off(&self, sheet: &mut Worksheet, value: Figure<Money>) -> Figure<Money> {
        sheet.line(Step::AfterChallenges, self.less_all(value))
    }

    /// Writes activity as it would be if every open challenge were rejected, where one is open.
    pub(super) fn if_rejected(&self, sheet: &mut Worksheet, value: Figure<Money>) -> Option<Figure<Money>> {
        Some(sheet.line(Step::IfRejected, self.less_upheld(value)?))
    }
}
