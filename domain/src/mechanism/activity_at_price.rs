//! # Activity at price, with cap and collar
//!
//! **What it pays.** The value of the activity reported, as the provider states it, but not less than the plan less the
//! collar and not more than the plan plus the cap. Limits apply to the cumulative figure, never month by month, and the
//! plan counts only the months reported. What is not paid is shown: it is risk that the provider carried.
//!
//! **When nothing is due.** A month without a report has no amount, neither zero nor an estimate; reports after the
//! freeze of their month are shown and never payable. A challenge takes its amount off the month before cap and collar,
//! while it is open and as far as it is upheld; both outcomes are shown, and the lower is payable.
//!
//! **Clause.** Local; activity at tariff or local price is the rule for acute subcontracts.
//!
//! **Worked example.** Plan £9,800,000.00, cap and collar 5%: activity of £10,410,000.00 pays £10,290,000.00, and
//! £120,000.00 above the cap is not paid.

use super::{Pays, Phase};
use crate::exact::Exact;
use crate::facts::Facts;
use crate::headroom::Commitment;
use crate::money::Money;
use crate::name::ClauseRef;
use crate::rate::Rate;
use crate::terms::Fields;
use crate::worksheet::{
    ByStage, Figure, Given, LineState, Operand, Source, Step, Worksheet, count, net, sum,
};
use crate::year::Month;

/// Activity at the stated value, between a collar and a cap around the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityAtPrice {
    /// The planned value of a contract year.
    plan: Option<Money>,
    /// How far above the plan is still paid.
    cap: Option<Rate>,
    /// How far below the plan is still paid.
    collar: Option<Rate>,
}

impl Pays for ActivityAtPrice {
    const KIND: &'static str = "activity_at_price";
    const PHASE: Phase = Phase::Base;

    fn read(fields: &Fields) -> ActivityAtPrice {
        let terms = ActivityAtPrice {
            plan: fields.optional("plan"),
            cap: fields.optional("cap"),
            collar: fields.optional("collar"),
        };
        if terms.plan.is_none() && (terms.cap.is_some() || terms.collar.is_some()) {
            fields.fault(
                "",
                "a cap or collar needs a `plan` to be measured from",
                "write `plan:` with the year's value",
            );
        }
        if terms.collar.as_ref().is_some_and(|c| *c.exact() > Exact::one()) {
            fields.fault(
                "collar",
                "a collar of more than 100% means nothing",
                "write how far below plan is still paid",
            );
        }
        terms
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, _: &ClauseRef) {
        let months = reported_months(sheet, facts);
        if months.is_empty() {
            return;
        }
        let value = sheet.line(Step::ActivityValue, sum(months.iter().copied()));
        let limits = self.limits(sheet, facts, months.len());
        let payable = match Challenged::write(sheet, facts) {
            None => limits.apply(sheet, Step::ActivityPayable, value),
            Some(challenged) => challenged.settle(sheet, &limits, value),
        };
        if let Some((of, payable)) = payable.limited {
            sheet.line(Step::Unpaid, of - payable);
        }
        sheet.owes(facts.payer(), facts.payee(), payable.line);
    }

    fn commitment(&self) -> Option<Commitment> {
        let planned = self.plan.map(Exact::from);
        let most = |(plan, cap): (&Exact, &Rate)| plan.clone() + plan * cap.exact();
        let most = planned.as_ref().zip(self.cap.as_ref()).map(most);
        Some(Commitment { planned, most })
    }

    fn unbounded(&self) -> Option<&'static str> {
        self.cap.is_none().then_some("activity is paid without a cap")
    }
}

impl ActivityAtPrice {
    /// Writes plan, cap and collar for the months reported.
    fn limits(&self, sheet: &mut Worksheet, facts: &Facts, months: usize) -> Limits {
        let Some(plan) = self.plan.filter(|_| self.cap.is_some() || self.collar.is_some()) else {
            return Limits { cap: None, collar: None };
        };
        let annual = sheet.stated(Step::AnnualPlan, plan);
        let plan = sheet.line(Step::Plan, annual * count(months) / count(facts.year.months().len()));
        let cap = self.cap.as_ref().map(|cap| sheet.line(Step::Cap, plan + cap * plan));
        let collar = self.collar.as_ref().map(|collar| sheet.line(Step::Collar, plan - collar * plan));
        Limits { cap, collar }
    }
}

/// Cap and collar as lines.
struct Limits {
    cap: Option<Figure<Money>>,
    collar: Option<Figure<Money>>,
}

/// What activity pays, and what it was limited from where a limit stands.
struct Paid {
    line: Figure<Money>,
    limited: Option<(Figure<Money>, Figure<Money>)>,
}

impl Limits {
    fn apply(&self, sheet: &mut Worksheet, step: Step, value: Figure<Money>) -> Paid {
        let limited = match (self.collar, self.cap) {
            (Some(collar), Some(cap)) => value.within(collar, cap),
            (Some(collar), None) => value.not_below(collar),
            (None, Some(cap)) => value.at_most(cap),
            (None, None) => return Paid { line: value, limited: None },
        };
        let line = sheet.line(step, limited);
        Paid { line, limited: Some((value, line)) }
    }
}

/// Challenges of the months ended, as lines.
struct Challenged {
    open: Vec<Figure<Money>>,
    upheld: Vec<Figure<Money>>,
}

impl Challenged {
    fn write(sheet: &mut Worksheet, facts: &Facts) -> Option<Challenged> {
        let mut all = Challenged { open: Vec::new(), upheld: Vec::new() };
        for challenge in facts.months_ended().into_iter().flat_map(|month| facts.challenges(month)) {
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

    /// A challenge reduces activity before cap and collar. Both outcomes of what is open are shown; the lower is payable.
    fn settle(self, sheet: &mut Worksheet, limits: &Limits, value: Figure<Money>) -> Paid {
        let challenged = self.open.iter().chain(&self.upheld).copied().collect();
        let after = sheet.line(Step::AfterChallenges, net(vec![value], challenged));
        let payable = limits.apply(sheet, Step::ActivityPayable, after);
        if !self.open.is_empty() {
            let rejected = sheet.line(Step::IfRejected, net(vec![value], self.upheld));
            limits.apply(sheet, Step::PayableIfRejected, rejected);
        }
        payable
    }
}

/// Writes each month's payable value, each missing month, and what came after freeze; gives the months with a value.
fn reported_months(sheet: &mut Worksheet, facts: &Facts) -> Vec<Figure<Money>> {
    let mut reported = Vec::new();
    for month in facts.months_ended() {
        match month_value(facts, month) {
            Some(given) => reported.push(sheet.given(Step::ActivityValue, Some(month.to_string()), given)),
            None => {
                let text = format!("no activity report for {month}");
                sheet.missing(Step::NotReported, Some(month.to_string()), LineState::NotReported, text);
            }
        }
        let late = facts.reports_after_freeze(month);
        if !late.is_empty() {
            let given = Given {
                values: late.iter().map(|r| r.fact.value.into()).collect(),
                sources: late.iter().map(|r| Source::Entry(r.entry)).collect(),
                said: "reported after the freeze of the month, never payable".to_owned(),
                by_stage: None,
            };
            let _shown: Figure<Money> = sheet.given(Step::AfterFreeze, Some(month.to_string()), given);
        }
    }
    reported
}

fn month_value(facts: &Facts, month: Month) -> Option<Given> {
    let reports = facts.payable_reports(month);
    let stage = reports.iter().map(|r| r.fact.stage).min()?;
    let splits = reports.iter().map(|r| ByStage::all_at(r.fact.value, r.fact.stage));
    Some(Given {
        values: reports.iter().map(|r| r.fact.value.into()).collect(),
        sources: reports.iter().map(|r| Source::Entry(r.entry)).collect(),
        said: format!("as stated, {stage}"),
        by_stage: Some(splits.fold(ByStage::NOTHING, ByStage::plus)),
    })
}
