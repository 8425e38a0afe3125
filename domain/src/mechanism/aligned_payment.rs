//! # Aligned payment
//!
//! **What it pays.** A fixed element, in equal monthly parts, and a variable element by activity: `above`
//! times the value above a baseline, less `below` times what is missing below it. Without a `baseline` all
//! activity is variable, paid at `above`. The baseline counts only the months reported and is measured
//! against the year to date. Values are those after the market forces factor. `baseline_built` says how the
//! baseline came about, for people have disagreed about it. Sum, baseline and rates may be dated, but change
//! with a contract year only.
//!
//! **When nothing is due.** A month without a report has no variable element; the fixed element is due all
//! the same.
//!
//! **Clause.** NHS Payment Scheme, aligned payment and incentive: 75% above and 50% below in 2022/23; all
//! elective activity at 100% from 2023/24. Its CQUIN is a clause of its own, `of: aligned_payment.block`.
//!
//! **Worked example.** Fixed £200,000,000.00, elective baseline £50,000,000.00: activity of £54,000,000.00
//! adds £3,000,000.00, of £47,000,000.00 takes £1,500,000.00 off. In 2023/24, fixed £150,000,000.00 and all
//! of £54,000,000.00.

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
use crate::worksheet::{Figure, Given, Operand, Step, Worksheet, count};

/// A fixed element, and a variable one around a baseline of activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlignedPayment {
    activity: ByActivity,
    fixed: Dated<Money>,
    baseline: Option<Dated<Money>>,
    baseline_built: Option<String>,
    above: Dated<Rate>,
    below: Dated<Rate>,
}

impl Pays for AlignedPayment {
    const KIND: &'static str = "aligned_payment";
    const PHASE: Phase = Phase::Base;

    fn read(fields: &Fields) -> AlignedPayment {
        super::twelfths_only(fields);
        let terms = AlignedPayment {
            activity: ByActivity::read(fields),
            fixed: fields.dated("fixed"),
            baseline: fields.dated_if_any("baseline"),
            baseline_built: fields.optional("baseline_built"),
            above: fields.dated("above"),
            below: fields.dated_if_any("below").unwrap_or_else(|| Dated::plain(Rate::of(Exact::zero()))),
        };
        if terms.baseline.is_none() && terms.below.values().any(|rate| !rate.exact().is_zero()) {
            let hint = "write `baseline:` with the year's value, or leave `below` out";
            fields.fault("below", "without a baseline there is nothing below it", hint);
        }
        for (name, rates) in [("above", &terms.above), ("below", &terms.below)] {
            if let Some(rate) = rates.values().find(|rate| rate.exact().is_negative()) {
                fields.fault(name, format!("{rate} is not a rate of payment"), "write 0% or more");
            }
        }
        terms
    }

    fn check(&self, terms: &Terms) -> Vec<Fault> {
        let by_year = |name, rate| super::by_year_only(name, rate, terms);
        let rates = [by_year("above", &self.above), by_year("below", &self.below)];
        let baseline = self.baseline.as_ref().and_then(|b| super::by_year_only("baseline", b, terms));
        let fixed = super::by_year_only("fixed", &self.fixed, terms);
        [fixed, baseline].into_iter().chain(rates).flatten().collect()
    }

    fn writes(&self) -> Vec<Step> {
        let mut lines = vec![Step::Block, Step::BlockToDate, Step::MarginalPayment];
        lines.extend(self.activity.writes());
        if self.baseline.is_some() {
            lines.extend([Step::AnnualBaseline, Step::Baseline, Step::AboveBaseline]);
            lines.extend([Step::BelowBaseline, Step::MarginalDeduction]);
        }
        lines
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, clause: &ClauseRef) {
        let annual = sheet.stated(Step::Block, *facts.of_year(&self.fixed));
        let (above_pays, below_takes) = (facts.of_year(&self.above), facts.of_year(&self.below));
        let fixed = twelfths::to_date(sheet, Step::BlockToDate, annual, facts);
        sheet.owes(facts.payer(), facts.payee(), fixed);
        twelfths::variations(sheet, facts, clause);

        let Some(Payable { value, if_rejected, months }) = self.activity.payable(sheet, facts, clause) else {
            return;
        };
        let Some(baseline) = self.baseline(sheet, facts, months) else {
            let all = sheet.line(Step::MarginalPayment, above_pays * value);
            sheet.owes(facts.payer(), facts.payee(), all);
            if let Some(value) = if_rejected {
                sheet.line(Step::PayableIfRejected, fixed + above_pays * value);
            }
            return;
        };
        let above = sheet.line(Step::AboveBaseline, (value - baseline).not_below(Money::ZERO));
        let added = sheet.line(Step::MarginalPayment, above_pays * above);
        sheet.owes(facts.payer(), facts.payee(), added);
        let below = sheet.line(Step::BelowBaseline, (baseline - value).not_below(Money::ZERO));
        let taken = sheet.line(Step::MarginalDeduction, below_takes * below);
        sheet.owes_less(facts.payer(), facts.payee(), taken);
        if let Some(value) = if_rejected {
            let above = above_pays * (value - baseline).not_below(Money::ZERO);
            let below = below_takes * (baseline - value).not_below(Money::ZERO);
            sheet.line(Step::PayableIfRejected, fixed + above - below);
        }
    }

    fn schedule(&self, facts: &Facts, clause: &ClauseRef) -> Vec<Scheduled> {
        twelfths::schedule(&(*facts.of_year(&self.fixed)).into(), facts, clause)
    }

    fn can_be_varied(&self) -> bool {
        true
    }

    fn activity(&self) -> Option<&ByActivity> {
        Some(&self.activity)
    }

    fn unbounded(&self) -> Option<&'static str> {
        self.above.values().any(|rate| !rate.exact().is_zero()).then_some("activity is paid without a cap")
    }

    fn envelope(&self) -> Option<Envelope> {
        Some(Envelope { year: Step::Block, to_date: Some(Step::BlockToDate) })
    }

    fn commitment(&self, _: &Terms) -> Option<Commitment> {
        let fixed = Exact::from(*self.fixed.latest());
        let below = |b: &Dated<Money>| Exact::from(*b.latest()) * self.below.latest().exact().clone();
        let below = self.baseline.as_ref().map_or_else(Exact::zero, below);
        let without_variable = self.unbounded().is_none();
        let planned = (self.baseline.is_some() || without_variable).then(|| fixed.clone());
        let most = without_variable.then(|| fixed.clone());
        Some(Commitment { planned, most, least: fixed - below })
    }

    fn yearly(&self, step: Step) -> Option<Exact> {
        (step == Step::Block).then(|| (*self.fixed.latest()).into())
    }

    fn words(&self, told: &Told) -> String {
        let variable = match &self.baseline {
            Some(baseline) => format!(
                "{} of the value of {} above a baseline of {} a year, and less {} of what is missing below it",
                self.above,
                told.activity(self.activity.selection()),
                told.dated(baseline),
                self.below
            ),
            None => format!("{} of the value of {}", self.above, told.activity(self.activity.selection())),
        };
        let built = self
            .baseline_built
            .as_ref()
            .map(|built| format!(" The baseline was built so: {built}."))
            .unwrap_or_default();
        format!(
            "{} pays {} a fixed {} a year in equal monthly parts, and {variable}.{built}",
            told.payer(),
            told.payee(),
            told.dated(&self.fixed)
        )
    }
}

impl AlignedPayment {
    /// The baseline for the months reported, if the clause has one.
    fn baseline(&self, sheet: &mut Worksheet, facts: &Facts, months: usize) -> Option<Figure<Money>> {
        let built = self.baseline_built.as_deref().unwrap_or("as the clause states");
        let given = Given::new(*facts.of_year(self.baseline.as_ref()?), built, Vec::new());
        let annual: Figure<Money> = sheet.given(Step::AnnualBaseline, None, given);
        Some(sheet.line(Step::Baseline, annual * count(months) / count(facts.year.months().len())))
    }
}
