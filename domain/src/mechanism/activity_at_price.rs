//! # Activity at price, with cap and collar
//!
//! **What it pays.** The value of the activity reported, as the provider states it, but not less than the plan less the
//! collar and not more than the plan plus the cap. Limits apply to the cumulative figure, never month by month, and the
//! plan counts only the months reported. What is not paid is shown: it is risk that the provider carried.
//!
//! **When nothing is due.** A month without a report has no amount, neither zero nor an estimate; reports after the
//! freeze of their month are shown and never payable.
//!
//! **Clause.** Local; activity at tariff or local price is the rule for acute subcontracts.
//!
//! **Worked example.** Plan £9,800,000.00, cap and collar 5%: activity of £10,410,000.00 pays £10,290,000.00, and
//! £120,000.00 above the cap is not paid.

use super::{Pays, Phase};
use crate::exact::Exact;
use crate::facts::Facts;
use crate::money::Money;
use crate::name::ClauseRef;
use crate::rate::Rate;
use crate::terms::Fields;
use crate::worksheet::{ByStage, Figure, Given, LineState, Operand, Source, Step, Worksheet, count, sum};
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
        let payable = self.limited(sheet, facts, value, months.len());
        sheet.owes(facts.payer(), facts.payee(), payable);
    }

    fn unbounded(&self) -> Option<&'static str> {
        self.cap.is_none().then_some("activity is paid without a cap")
    }
}

impl ActivityAtPrice {
    fn limited(
        &self,
        sheet: &mut Worksheet,
        facts: &Facts,
        value: Figure<Money>,
        months: usize,
    ) -> Figure<Money> {
        let Some(plan) = self.plan.filter(|_| self.cap.is_some() || self.collar.is_some()) else {
            return value;
        };
        let annual = sheet.stated(Step::AnnualPlan, plan);
        let plan = sheet.line(Step::Plan, annual * count(months) / count(facts.year.months().len()));
        let cap = self.cap.as_ref().map(|cap| sheet.line(Step::Cap, plan + cap * plan));
        let collar = self.collar.as_ref().map(|collar| sheet.line(Step::Collar, plan - collar * plan));
        let limited = match (collar, cap) {
            (Some(collar), Some(cap)) => value.within(collar, cap),
            (Some(collar), None) => value.not_below(collar),
            (None, Some(cap)) => value.at_most(cap),
            (None, None) => return value,
        };
        let payable = sheet.line(Step::ActivityPayable, limited);
        sheet.line(Step::Unpaid, value - payable);
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
