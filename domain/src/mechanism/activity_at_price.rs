//! # Activity at price, with cap and collar
//!
//! **What it pays.** The value of the activity reported, as the provider states it, but not less than the
//! plan less the collar and not more than the plan plus the cap. Limits apply to the cumulative figure, never
//! month by month, and the plan counts only the months reported. What is not paid is shown: it is risk that
//! the provider carried. With `prices` or a `price_list` each line pays its count times its price instead,
//! adjusted and with market forces factor as under `unit_price`, and a line shows how that differs from the
//! stated value. `marginal_rate`, `aligned_payment`, `blended_payment` and `cost_and_volume` price activity
//! in the same way. Plan, cap and collar may be dated, but change with a contract year only.
//!
//! **When nothing is due.** A month without a report has no amount, neither zero nor an estimate; reports
//! after the freeze of their month are shown and never payable. A challenge takes its amount off the month
//! before cap and collar, while it is open and as far as it is upheld; both outcomes are shown, and the lower
//! is payable.
//!
//! **Clause.** Local; activity at tariff or local price is the rule for acute subcontracts.
//!
//! **Worked example.** Plan £9,800,000.00, cap and collar 5%: activity of £10,410,000.00 pays £10,290,000.00,
//! and £120,000.00 above the cap is not paid.

use super::by_activity::ByActivity;
use super::reported::Challenged;
use super::{Envelope, Pays, Phase, Told};
use crate::exact::Exact;
use crate::facts::Facts;
use crate::headroom::Commitment;
use crate::money::Money;
use crate::name::ClauseRef;
use crate::rate::Rate;
use crate::terms::{Dated, Fault, Fields, Terms};
use crate::worksheet::{Figure, Operand, Step, Worksheet, count};

/// Activity at the stated value, between a collar and a cap around the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityAtPrice {
    activity: ByActivity,
    /// The planned value of a contract year.
    plan: Option<Dated<Money>>,
    /// How far above the plan is still paid.
    cap: Option<Dated<Rate>>,
    /// How far below the plan is still paid.
    collar: Option<Dated<Rate>>,
}

impl Pays for ActivityAtPrice {
    const KIND: &'static str = "activity_at_price";
    const PHASE: Phase = Phase::Base;

    fn read(fields: &Fields) -> ActivityAtPrice {
        let terms = ActivityAtPrice {
            activity: ByActivity::read(fields),
            plan: fields.dated_if_any("plan"),
            cap: fields.dated_if_any("cap"),
            collar: fields.dated_if_any("collar"),
        };
        if terms.plan.is_none() && (terms.cap.is_some() || terms.collar.is_some()) {
            fields.fault(
                "",
                "a cap or collar needs a `plan` to be measured from",
                "write `plan:` with the year's value",
            );
        }
        if terms.collar.as_ref().is_some_and(|c| c.values().any(|c| *c.exact() > Exact::one())) {
            fields.fault(
                "collar",
                "a collar of more than 100% means nothing",
                "write how far below plan is still paid",
            );
        }
        terms
    }

    fn check(&self, terms: &Terms) -> Vec<Fault> {
        let plan = self.plan.as_ref().and_then(|plan| super::by_year_only("plan", plan, terms));
        let limits = [("cap", &self.cap), ("collar", &self.collar)].into_iter();
        let limits = limits.filter_map(|(name, limit)| super::by_year_only(name, limit.as_ref()?, terms));
        plan.into_iter().chain(limits).collect()
    }

    fn writes(&self) -> Vec<Step> {
        let mut lines = self.activity.writes();
        if self.plan.is_some() {
            lines.extend([Step::AnnualPlan, Step::Plan]);
        }
        if self.cap.is_some() || self.collar.is_some() {
            lines.push(Step::ActivityPayable);
            lines.extend(self.cap.as_ref().map(|_| Step::Cap));
            lines.extend(self.collar.as_ref().map(|_| Step::Collar));
        }
        lines
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, clause: &ClauseRef) {
        let Some((value, months)) = self.activity.worth(sheet, facts, clause) else { return };
        let limits = self.limits(sheet, facts, months);
        let payable = match Challenged::write(sheet, facts, clause) {
            None => limits.apply(sheet, Step::ActivityPayable, value),
            Some(challenged) => self.challenged(sheet, &limits, value, &challenged),
        };
        if let Some((of, payable)) = payable.limited {
            match sheet.amount(of) < sheet.amount(payable) {
                true => sheet.line(Step::PaidAbove, payable - of),
                false => sheet.line(Step::Unpaid, of - payable),
            };
        }
        sheet.owes(facts.payer(), facts.payee(), payable.line);
    }

    fn activity(&self) -> Option<&ByActivity> {
        Some(&self.activity)
    }

    fn envelope(&self) -> Option<Envelope> {
        self.plan.is_some().then_some(Envelope { year: Step::AnnualPlan, to_date: Some(Step::Plan) })
    }

    fn commitment(&self, _: &Terms) -> Option<Commitment> {
        let planned = self.plan.as_ref().map(|plan| Exact::from(*plan.latest()));
        let most = |(plan, cap): (&Exact, &Dated<Rate>)| plan.clone() + plan * cap.latest().exact();
        let most = planned.as_ref().zip(self.cap.as_ref()).map(most);
        let least = |(plan, collar): (&Exact, &Dated<Rate>)| plan.clone() - plan * collar.latest().exact();
        let least = planned.as_ref().zip(self.collar.as_ref()).map_or_else(Exact::zero, least);
        Some(Commitment { planned, most, least })
    }

    fn unbounded(&self) -> Option<&'static str> {
        self.cap.is_none().then_some("activity is paid without a cap")
    }

    fn words(&self, told: &Told) -> String {
        let limit =
            |part: &Option<Dated<Rate>>, words: &str| part.as_ref().map(|part| format!("{words} {part}"));
        let limits: Vec<String> =
            [limit(&self.cap, "not above plan plus"), limit(&self.collar, "not below plan less")]
                .into_iter()
                .flatten()
                .collect();
        let within = if limits.is_empty() { String::new() } else { format!(": {}", limits.join(" and ")) };
        let plan = self.plan.as_ref().map(|plan| told.dated(plan));
        let plan = plan.map(|plan| format!(", against a plan of {plan} a year{within}"));
        format!(
            "{} pays {} for {}, {}{}.{}",
            told.payer(),
            told.payee(),
            told.activity(self.activity.selection()),
            self.activity.valued(),
            plan.unwrap_or_default(),
            self.activity.topups_told()
        )
    }
}

impl ActivityAtPrice {
    /// Writes plan, cap and collar for the months reported.
    fn limits(&self, sheet: &mut Worksheet, facts: &Facts, months: usize) -> Limits {
        let Some(plan) = &self.plan else { return Limits { cap: None, collar: None } };
        let annual = sheet.stated(Step::AnnualPlan, *facts.of_year(plan));
        let plan = sheet.line(Step::Plan, annual * count(months) / count(facts.year.months().len()));
        let of_year = |limit: &Option<Dated<Rate>>| limit.as_ref().map(|limit| facts.of_year(limit) * plan);
        let cap = of_year(&self.cap).map(|above| sheet.line(Step::Cap, plan + above));
        let collar = of_year(&self.collar).map(|below| sheet.line(Step::Collar, plan - below));
        Limits { cap, collar }
    }

    /// A challenge reduces activity before cap and collar. Both outcomes of what is open are shown; the lower
    /// is payable.
    fn challenged(
        &self,
        sheet: &mut Worksheet,
        limits: &Limits,
        value: Figure<Money>,
        challenged: &Challenged,
    ) -> Paid {
        let after = challenged.taken_off(sheet, value);
        let payable = limits.apply(sheet, Step::ActivityPayable, after);
        if let Some(rejected) = challenged.if_rejected(sheet, value) {
            limits.apply(sheet, Step::PayableIfRejected, rejected);
        }
        payable
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
