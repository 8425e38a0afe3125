//! # Marginal rate
//!
//! **What it pays.** Activity in full up to a baseline value, and at the marginal rate above it. What the
//! payer keeps of activity above the baseline is its `retained` line, to be spent on what keeps people out of
//! hospital. The baseline counts only the months reported, and is measured against the year to date, never
//! month by month; so baseline and rate may be dated, but change with a contract year only.
//!
//! **When nothing is due.** A month without a report has no amount. Below the baseline activity is paid as it
//! is: nothing is refunded.
//!
//! **Clause.** The marginal rate emergency tariff, 2010/11 to 2018/19: 30%, then 50% or 70%, above a baseline
//! value.
//!
//! **Worked example.** Baseline £10,000,000.00, emergency admissions worth £11,200,000.00 at full tariff: at
//! 30% they pay £10,360,000.00 and £840,000.00 is retained. Two months of £900,000.00 and £750,000.00 pay
//! £1,650,000.00, because together they stay below two twelfths of the baseline.

use super::by_activity::ByActivity;
use super::reported::Payable;
use super::{Pays, Phase, Told};
use crate::exact::Exact;
use crate::facts::Facts;
use crate::headroom::Commitment;
use crate::money::Money;
use crate::name::ClauseRef;
use crate::rate::Rate;
use crate::terms::{Dated, Fault, Fields, Terms};
use crate::worksheet::{Operand, Step, Worksheet, count};

/// Activity in full up to a baseline, at a marginal rate above it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarginalRate {
    activity: ByActivity,
    baseline: Dated<Money>,
    rate: Dated<Rate>,
}

impl Pays for MarginalRate {
    const KIND: &'static str = "marginal_rate";
    const PHASE: Phase = Phase::Base;

    fn read(fields: &Fields) -> MarginalRate {
        let terms = MarginalRate {
            activity: ByActivity::read(fields),
            baseline: fields.dated("baseline"),
            rate: fields.dated("rate"),
        };
        let no_part = |rate: &&Rate| rate.exact().is_negative() || *rate.exact() > Exact::one();
        if let Some(rate) = terms.rate.values().find(no_part) {
            let message = format!("{rate} is not a marginal rate");
            fields.fault(
                "rate",
                message,
                "write what part of activity above the baseline is paid, 0% to 100%",
            );
        }
        terms
    }

    fn check(&self, terms: &Terms) -> Vec<Fault> {
        let baseline = super::by_year_only("baseline", &self.baseline, terms);
        baseline.into_iter().chain(super::by_year_only("rate", &self.rate, terms)).collect()
    }

    fn writes(&self) -> Vec<Step> {
        let baseline = [Step::AnnualBaseline, Step::Baseline, Step::PaidInFull, Step::AboveBaseline];
        let paid = [Step::MarginalPayment, Step::ActivityPayable, Step::Retained];
        baseline.into_iter().chain(self.activity.writes()).chain(paid).collect()
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, clause: &ClauseRef) {
        let Some(Payable { value, if_rejected, months }) = self.activity.payable(sheet, facts, clause) else {
            return;
        };
        let annual = sheet.stated(Step::AnnualBaseline, *facts.of_year(&self.baseline));
        let baseline = sheet.line(Step::Baseline, annual * count(months) / count(facts.year.months().len()));

        let in_full = sheet.line(Step::PaidInFull, value.at_most(baseline));
        let above = sheet.line(Step::AboveBaseline, (value - baseline).not_below(Money::ZERO));
        let marginal = sheet.line(Step::MarginalPayment, facts.of_year(&self.rate) * above);
        let payment = sheet.line(Step::ActivityPayable, in_full + marginal);
        sheet.owes(facts.payer(), facts.payee(), payment);
        sheet.line(Step::Retained, value - payment);
        if let Some(value) = if_rejected {
            let above = (value - baseline).not_below(Money::ZERO);
            sheet.line(Step::PayableIfRejected, value.at_most(baseline) + facts.of_year(&self.rate) * above);
        }
    }

    fn activity(&self) -> Option<&ByActivity> {
        Some(&self.activity)
    }

    fn unbounded(&self) -> Option<&'static str> {
        self.rate
            .values()
            .any(|rate| !rate.exact().is_zero())
            .then_some("activity above the baseline is paid without a cap")
    }

    fn commitment(&self, _: &Terms) -> Option<Commitment> {
        let most = self.unbounded().is_none().then(|| Exact::from(*self.baseline.latest()));
        Some(Commitment { planned: None, most, least: Exact::zero() })
    }

    fn words(&self, told: &Told) -> String {
        format!(
            "{} pays {} for {} {} up to a baseline of {} a year, and at {} of it above.{}",
            told.payer(),
            told.payee(),
            told.activity(self.activity.selection()),
            self.activity.valued(),
            told.dated(&self.baseline),
            self.rate,
            self.activity.topups_told()
        )
    }
}
