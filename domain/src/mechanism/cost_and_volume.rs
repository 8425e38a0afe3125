//! # Cost and volume
//!
//! **What it pays.** A fixed sum per contract year for activity within a corridor, in equal monthly parts.
//! Activity above the corridor adds `price_up` for each unit, activity below it takes `price_down` off for
//! each. The corridor is measured against the year to date, never month by month, and counts only the months
//! reported. With `prices` or a `price_list` a unit above adds `rate_up` of what the units to date cost on
//! average, line by line as under `unit_price`: which units are those above cannot be said, so each counts
//! alike. Units below have no price, and `price_down` stays an amount. Edges and prices may be dated, but
//! change with a contract year only.
//!
//! **When nothing is due.** Within the corridor nothing is added or taken away. A challenge comes off what
//! activity above the corridor adds, to nothing at the least; the fixed sum is no price of activity and
//! cannot be challenged. The fixed sum is due whether or not activity is reported; a month without a count is
//! named and moves the corridor, not the sum. Where activity is priced only lines that have a price count.
//!
//! **Clause.** Local; the common form between a block and payment for each case.
//!
//! **Worked example.** £1,000,000.00 for 9,500 to 10,500 attendances, £80.00 above and £50.00 below: 10,700
//! attendances pay £1,016,000.00, 9,300 pay £990,000.00, 10,000 pay £1,000,000.00. Of 11,000 attendances
//! worth £1,220,000.00 at their prices the 500 above add at 60% of their average £33,272.73.

use chrono::NaiveDate;

use super::by_activity::ByActivity;
use super::reported::{self, Challenged, Units};
use super::twelfths::{self, Annual};
use super::{Envelope, Pays, Phase, Told};
use crate::exact::Exact;
use crate::facts::Facts;
use crate::headroom::Commitment;
use crate::money::Money;
use crate::name::ClauseRef;
use crate::rate::{Count, Rate};
use crate::statement::Scheduled;
use crate::terms::{Dated, Fault, Fields, Terms};
use crate::worksheet::{Figure, Given, Operand, Stage, Step, Working, Worksheet, count, sum};
use crate::year::Month;

/// A fixed sum for a corridor of activity, with marginal prices outside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CostAndVolume {
    activity: ByActivity,
    amount: Dated<Money>,
    low: Dated<Count>,
    high: Dated<Count>,
    up: Up,
    price_down: Dated<Money>,
}

/// What a unit above the corridor adds.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Up {
    /// An amount of its own.
    Price(Dated<Money>),
    /// A part of what the units to date cost on average, at the prices of the clause.
    OfAverage(Dated<Rate>),
}

impl Pays for CostAndVolume {
    const KIND: &'static str = "cost_and_volume";
    const PHASE: Phase = Phase::Base;

    fn read(fields: &Fields) -> CostAndVolume {
        super::twelfths_only(fields);
        let activity = ByActivity::read(fields);
        let terms = CostAndVolume {
            amount: fields.dated("amount"),
            low: fields.dated("low"),
            high: fields.dated("high"),
            up: match activity.has_prices() {
                true => Up::OfAverage(fields.dated("rate_up")),
                false => Up::Price(fields.dated("price_up")),
            },
            price_down: fields.dated("price_down"),
            activity,
        };
        let none = |(from, _): (NaiveDate, &Count)| {
            let (low, high) = (terms.low.in_force(Month::of(from)), terms.high.in_force(Month::of(from)));
            high < low || low.exact().is_negative()
        };
        if terms.low.ranges().chain(terms.high.ranges()).any(none) {
            let message = format!("the corridor from {} to {} is none", terms.low, terms.high);
            fields.fault("high", message, "write `low` and `high` as units of activity a year");
        }
        let negative = match &terms.up {
            Up::Price(price) => price.values().any(Money::is_negative),
            Up::OfAverage(rate) => rate.values().any(|rate| rate.exact().is_negative()),
        };
        let down = terms.price_down.values().any(Money::is_negative);
        for (name, _) in [(terms.up.field(), negative), ("price_down", down)].iter().filter(|(_, bad)| *bad) {
            fields.fault(name, "a price is not negative", "write what a unit outside the corridor pays");
        }
        terms
    }

    fn check(&self, terms: &Terms) -> Vec<Fault> {
        let up = match &self.up {
            Up::Price(price) => super::by_year_only(self.up.field(), price, terms),
            Up::OfAverage(rate) => super::by_year_only(self.up.field(), rate, terms),
        };
        let down = super::by_year_only("price_down", &self.price_down, terms);
        let edges = [("low", &self.low), ("high", &self.high)];
        let edges = edges.into_iter().filter_map(|(name, edge)| super::by_year_only(name, edge, terms));
        up.into_iter().chain(down).chain(edges).collect()
    }

    fn writes(&self) -> Vec<Step> {
        vec![Step::Block, Step::BlockToDate, Step::MarginalPayment, Step::MarginalDeduction]
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, clause: &ClauseRef) {
        let annual = Annual::write(sheet, Step::Block, &self.amount, facts);
        let fixed = annual.to_date(sheet, Step::BlockToDate, facts);
        annual.spread(sheet, fixed);
        sheet.owes(facts.payer(), facts.payee(), fixed);
        twelfths::variations(sheet, facts, clause);

        let Some(Counted { units: Units { units, months, stage }, value }) =
            self.counted(sheet, facts, clause)
        else {
            return;
        };
        let (low, high) = self.corridor(sheet, facts, months);
        let above = sheet.line(Step::AboveCorridor, (units - high).not_below(count(0)));
        let added = sheet.line(Step::MarginalPayment, self.added(sheet, facts, above, units, value));
        sheet.at_stage(added, stage);
        let added = match Challenged::write(sheet, facts, clause) {
            None => added,
            Some(challenged) => self.challenged(sheet, added, &challenged),
        };
        sheet.owes(facts.payer(), facts.payee(), added);
        let below = sheet.line(Step::BelowCorridor, (low - units).not_below(count(0)));
        let taken = sheet.line(Step::MarginalDeduction, below * *facts.of_year(&self.price_down));
        sheet.at_stage(taken, stage);
        sheet.owes_less(facts.payer(), facts.payee(), taken);
    }

    fn schedule(&self, facts: &Facts, clause: &ClauseRef) -> Vec<Scheduled> {
        twelfths::schedule_of(facts, clause, |month| (*self.amount.in_force(month)).into())
    }

    fn can_be_varied(&self) -> bool {
        true
    }

    fn activity(&self) -> Option<&ByActivity> {
        Some(&self.activity)
    }

    fn unbounded(&self) -> Option<&'static str> {
        let adds = match &self.up {
            Up::Price(price) => price.values().any(|price| *price != Money::ZERO),
            Up::OfAverage(rate) => rate.values().any(|rate| !rate.exact().is_zero()),
        };
        adds.then_some("activity above the corridor is paid without a cap")
    }

    fn envelope(&self) -> Option<Envelope> {
        Some(Envelope { year: Step::Block, to_date: Some(Step::BlockToDate) })
    }

    fn commitment(&self, _: &Terms) -> Option<Commitment> {
        let amount = Exact::from(*self.amount.latest());
        let most = self.unbounded().is_none().then(|| amount.clone());
        let least = &amount - &(Exact::from(*self.price_down.latest()) * self.low.latest().exact().clone());
        Some(Commitment { planned: Some(amount), most, least })
    }

    fn yearly(&self, step: Step) -> Option<Exact> {
        (step == Step::Block).then(|| (*self.amount.latest()).into())
    }

    fn words(&self, told: &Told) -> String {
        let up = match &self.up {
            Up::Price(price) => told.dated(price),
            Up::OfAverage(rate) => {
                format!("{rate} of what a unit to date costs on average, {}", self.activity.valued())
            }
        };
        format!(
            "{} pays {} a fixed {} a year in equal monthly parts for {} to {} units of {}. Each unit above adds {up}, each below \
             takes {} off.{}",
            told.payer(),
            told.payee(),
            told.dated(&self.amount),
            self.low,
            self.high,
            told.activity(self.activity.selection()),
            told.dated(&self.price_down),
            self.activity.topups_told()
        )
    }
}

impl Up {
    /// The field that states it.
    fn field(&self) -> &'static str {
        match self {
            Up::Price(_) => "price_up",
            Up::OfAverage(_) => "rate_up",
        }
    }
}

/// What is counted of the months reported, and what that is worth where the clause has prices.
struct Counted {
    units: Units,
    value: Option<Figure<Money>>,
}

impl CostAndVolume {
    /// Writes the units of the months ended: as reports count them, or line by line where each has a price.
    fn counted(&self, sheet: &mut Worksheet, facts: &Facts, clause: &ClauseRef) -> Option<Counted> {
        if !self.activity.has_prices() {
            return Some(Counted { units: reported::units(sheet, facts, clause)?, value: None });
        }
        let (value, months) = self.activity.worth(sheet, facts, clause)?;
        let lines = sheet.of_clause(Step::ActivityCount);
        let units = sheet.line(Step::ActivityCount, sum(lines));
        let reports = facts.months_ended().into_iter().flat_map(|month| facts.payable_reports(month));
        let stage = reports.map(|report| report.fact.stage).min().unwrap_or(Stage::Freeze);
        Some(Counted { units: Units { units, months, stage }, value: Some(value) })
    }

    /// What the units above the corridor add.
    fn added(
        &self,
        sheet: &Worksheet,
        facts: &Facts,
        above: Figure<Count>,
        units: Figure<Count>,
        value: Option<Figure<Money>>,
    ) -> Working<Money> {
        match (&self.up, value) {
            (Up::Price(price), _) => above * *facts.of_year(price),
            // Of no units there is no average, and none of them is above.
            (Up::OfAverage(rate), Some(value)) if !sheet.amount(units).is_zero() => {
                facts.of_year(rate) * value * above / units
            }
            (Up::OfAverage(_), _) => Working::constant(Exact::zero()),
        }
    }

    /// A challenge reduces what activity adds, to nothing at the least: the fixed sum is no price of
    /// activity.
    fn challenged(
        &self,
        sheet: &mut Worksheet,
        added: Figure<Money>,
        challenged: &Challenged,
    ) -> Figure<Money> {
        if let Some(rejected) = challenged.less_upheld(added) {
            sheet.line(Step::PayableIfRejected, rejected.not_below(Money::ZERO));
        }
        sheet.line(Step::AfterChallenges, challenged.less_all(added).not_below(Money::ZERO))
    }

    /// The edges of the corridor for the months reported.
    fn corridor(
        &self,
        sheet: &mut Worksheet,
        facts: &Facts,
        months: usize,
    ) -> (Figure<Count>, Figure<Count>) {
        let mut edge = |step: Step, units: &Dated<Count>| {
            let given = Given::new(facts.of_year(units).exact().clone(), "as the clause states", Vec::new());
            let annual: Figure<Count> = sheet.given(step, Some("year".to_owned()), given);
            let part = Rate::of(Exact::ratio(months as i64, facts.year.months().len() as i64));
            sheet.line(step, &part * annual)
        };
        (edge(Step::CorridorLow, &self.low), edge(Step::CorridorHigh, &self.high))
    }
}
