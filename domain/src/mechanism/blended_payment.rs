//! # Blended payment
//!
//! **What it pays.** The planned value, in equal monthly parts, and a rate of what activity is worth above or
//! below the plan, both ways. The plan counts only the months reported when activity is compared with it.
//! Where activity is further from plan than the break-glass limit, the payment stands as an interim one and
//! the parties review it. Plan and rate may be dated, but change with a contract year only.
//!
//! **When nothing is due.** A month without a report moves nothing; the plan is due all the same.
//!
//! **Clause.** Blended payment for emergency care, 2019/20: 20% of the difference.
//!
//! **Worked example.** Plan £40,000,000.00 at 20%: activity of £42,000,000.00 pays £40,400,000.00, of
//! £37,000,000.00 £39,400,000.00. At £46,000,000.00, 15% above plan, the glass is broken: £41,200,000.00 is
//! interim.

use super::by_activity::ByActivity;
use super::reported::Payable;
use super::{Envelope, Pays, Phase, Told, twelfths};
use crate::exact::Exact;
use crate::facts::Facts;
use crate::headroom::Commitment;
use crate::money::Money;
use crate::name::ClauseRef;
use crate::rate::Rate;
use crate::statement::Scheduled;
use crate::terms::{Dated, Fault, Fields, Terms};
use crate::worksheet::{Figure, Operand, Step, Working, Worksheet, count};

/// A plan and a part of the difference of activity from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlendedPayment {
    activity: ByActivity,
    plan: Dated<Money>,
    rate: Dated<Rate>,
    break_glass: Option<Rate>,
}

impl Pays for BlendedPayment {
    const KIND: &'static str = "blended_payment";
    const PHASE: Phase = Phase::Base;

    fn read(fields: &Fields) -> BlendedPayment {
        super::twelfths_only(fields);
        let terms = BlendedPayment {
            activity: ByActivity::read(fields),
            plan: fields.dated("plan"),
            rate: fields.dated("rate"),
            break_glass: fields.optional("break_glass"),
        };
        let no_part = |rate: &&Rate| rate.exact().is_negative() || *rate.exact() > Exact::one();
        if let Some(rate) = terms.rate.values().find(no_part) {
            fields.fault("rate", format!("{rate} is not a part of a difference"), "write 0% to 100%");
        }
        if terms.plan.values().any(|plan| *plan == Money::ZERO || plan.is_negative()) {
            let hint = "write the value of activity that the parties expect in a year";
            fields.fault("plan", "a plan of nothing has no deviation from it", hint);
        }
        terms
    }

    fn check(&self, terms: &Terms) -> Vec<Fault> {
        let plan = super::by_year_only("plan", &self.plan, terms);
        plan.into_iter().chain(super::by_year_only("rate", &self.rate, terms)).collect()
    }

    fn writes(&self) -> Vec<Step> {
        let plan = [Step::AnnualPlan, Step::Plan, Step::AgainstPlan, Step::VariablePayment, Step::Unpaid];
        plan.into_iter().chain(self.activity.writes()).collect()
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, clause: &ClauseRef) {
        let annual = sheet.stated(Step::AnnualPlan, *facts.of_year(&self.plan));
        let rate = facts.of_year(&self.rate);
        let fixed = twelfths::to_date(sheet, Step::BlockToDate, annual, facts);
        sheet.owes(facts.payer(), facts.payee(), fixed);
        twelfths::variations(sheet, facts, clause);

        let Some(Payable { value, if_rejected, months }) = self.activity.payable(sheet, facts, clause) else {
            return;
        };
        let plan = sheet.line(Step::Plan, annual * count(months) / count(facts.year.months().len()));
        let difference = sheet.line(Step::AgainstPlan, value - plan);
        let variable = sheet.line(Step::VariablePayment, rate * difference);
        sheet.owes(facts.payer(), facts.payee(), variable);
        sheet.line(Step::Unpaid, difference - variable);
        self.break_glass(sheet, plan, difference);
        if let Some(value) = if_rejected {
            sheet.line(Step::PayableIfRejected, fixed + rate * (value - plan));
        }
    }

    fn schedule(&self, facts: &Facts, clause: &ClauseRef) -> Vec<Scheduled> {
        twelfths::schedule(&(*facts.of_year(&self.plan)).into(), facts, clause)
    }

    fn can_be_varied(&self) -> bool {
        true
    }

    fn activity(&self) -> Option<&ByActivity> {
        Some(&self.activity)
    }

    fn unbounded(&self) -> Option<&'static str> {
        self.rate
            .values()
            .any(|rate| !rate.exact().is_zero())
            .then_some("activity above plan is paid without a cap")
    }

    fn envelope(&self) -> Option<Envelope> {
        Some(Envelope { year: Step::AnnualPlan, to_date: Some(Step::BlockToDate) })
    }

    fn commitment(&self, _: &Terms) -> Option<Commitment> {
        let plan = Exact::from(*self.plan.latest());
        let most = self.unbounded().is_none().then(|| plan.clone());
        let least = &plan * &(Exact::one() - self.rate.latest().exact().clone());
        Some(Commitment { planned: Some(plan), most, least })
    }

    fn yearly(&self, step: Step) -> Option<Exact> {
        (step == Step::Plan).then(|| (*self.plan.latest()).into())
    }

    fn words(&self, told: &Told) -> String {
        let glass = self.break_glass.as_ref().map(|limit| {
            format!(" Where activity is more than {limit} away from plan the payment is interim, and the parties review it.")
        });
        format!(
            "{} pays {} a plan of {} a year in equal monthly parts, and {} of what the value of {} is above it, or less {} of \
             what it is below.{}",
            told.payer(),
            told.payee(),
            told.dated(&self.plan),
            self.rate,
            told.activity(self.activity.selection()),
            self.rate,
            glass.unwrap_or_default()
        )
    }
}

impl BlendedPayment {
    /// Whether activity is within the limit, and if not, that the payment is not final.
    fn break_glass(&self, sheet: &mut Worksheet, plan: Figure<Money>, difference: Figure<Money>) {
        let Some(limit) = &self.break_glass else { return };
        let relative: Working<Rate> = difference / plan;
        let relative = sheet.line(Step::PlanDeviation, relative);
        let minus: Working<Rate> = Working::constant(Exact::zero()) - relative;
        if !sheet.reaches(Step::WithinBreakGlass, limit, relative.not_below(minus)) {
            sheet.note(
                Step::Interim,
                "activity is further from plan than the break-glass limit: interim, under review",
            );
        }
    }
}
