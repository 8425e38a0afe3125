//! # Outcome pot
//!
//! **What it pays.** A pot, usually what the core payment withholds, is earned measure by measure: the pot times the
//! measure's weight times its score. The score runs in a straight line from 0 at the indicator's floor to 1 at its
//! target (for lower-is-better the floor is the higher number); where floor and target are equal it is pass or fail.
//! A gateway, if there is one, must be met first, else every payment is multiplied by `otherwise`.
//!
//! **When nothing is due.** Before the contract year has ended. An indicator not yet measured pays nothing, and its full
//! value stands under "still to play for", until the deadline; then the late-data rule applies: `zero`, `carry_last` (the
//! last measurement of an earlier year) or `exclude` (its weight falls to the measures that have a value).
//!
//! **Clause.** Local; capitated outcome-based contracts (COBIC), the outcomes schedule.
//!
//! **Worked example.** A pot of £7,000,000.00 with weights of 20, 20, 20, 15, 15 and 10% and scores of 0.7, 0, 0.8, 1, 1
//! and 5/12 earns £4,491,666.67 and forfeits £2,508,333.33.

use super::reference::Reference;
use super::{Pays, Phase};
use crate::book::Entered;
use crate::exact::Exact;
use crate::facts::Facts;
use crate::name::{ClauseRef, IndicatorId};
use crate::rate::{Count, Rate};
use crate::terms::{Direction, Fault, Fields, Indicator, Terms, reader};
use crate::verb::outcome::OutcomeMeasured;
use crate::worksheet::{Figure, Given, LineState, Operand, Source, Step, Working, Worksheet, net, sum};

/// A pot that outcomes earn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomePot {
    of: Reference,
    measures: Vec<Measure>,
    gateway: Option<Gateway>,
    deadline_days: u64,
    late: Late,
}

/// One measure of the pot.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Measure {
    indicator: IndicatorId,
    weight: Rate,
}

/// The condition for any payment.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Gateway {
    indicator: IndicatorId,
    at_least: Count,
    otherwise: Rate,
}

/// What happens to a measure without a value after the deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Late {
    Zero,
    CarryLast,
    Exclude,
}
reader::words!(Late { Zero = "zero", CarryLast = "carry_last", Exclude = "exclude" });

impl Pays for OutcomePot {
    const KIND: &'static str = "outcome_pot";
    const PHASE: Phase = Phase::Outcome;

    fn read(fields: &Fields) -> OutcomePot {
        OutcomePot::earning(fields.required("of"), fields)
    }

    fn check(&self, terms: &Terms) -> Vec<Fault> {
        let mut faults = self.of.check("of", terms);
        let named =
            self.measures.iter().map(|m| &m.indicator).chain(self.gateway.iter().map(|g| &g.indicator));
        for indicator in named.filter(|name| terms.indicator(name).is_none()) {
            let message = format!("indicator `{indicator}` is not defined under `outcomes`");
            faults.push(Fault::new("", message, "define it with its direction, floor and target"));
        }
        faults
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, _: &ClauseRef) {
        let Some(pot) = sheet.find(&self.of.clause, self.of.step) else { return };
        if !facts.year_ended() {
            let text = format!("outcomes are due when {} has ended", facts.year);
            sheet.missing(Step::NotYetDue, None, LineState::NotYetDue, text);
            sheet.line(Step::StillToPlayFor, sum([pot]));
            return;
        }
        let Some(multiplier) = self.gateway(sheet, facts) else {
            sheet.line(Step::StillToPlayFor, sum([pot]));
            return;
        };
        let scored = self.scores(sheet, facts);
        let weights = self.weights(&scored);
        let mut earned = Vec::new();
        let mut open = Vec::new();
        for (measure, (score, weight)) in self.measures.iter().zip(scored.iter().zip(&weights)) {
            match score {
                Scored::Score(score) => {
                    let payment = weight * pot * *score;
                    let payment = multiplier.as_ref().map_or(payment.clone(), |m| payment * m);
                    let line = sheet.line_of(Step::OutcomeEarned, &measure.indicator, payment);
                    sheet.owes(facts.payer(), facts.payee(), line);
                    earned.push(line);
                }
                Scored::Open => {
                    open.push(sheet.line_of(Step::StillToPlayFor, &measure.indicator, weight * pot))
                }
                Scored::Excluded => {}
            }
        }
        if !earned.is_empty() {
            let all = sheet.line(Step::OutcomeEarned, sum(earned));
            open.push(all);
        }
        sheet.line(Step::OutcomeForfeited, net(vec![pot], open));
    }
}

/// What became of a measure.
enum Scored {
    Score(Figure<Rate>),
    Open,
    Excluded,
}

impl OutcomePot {
    /// How the pot that `of` names is earned.
    pub(super) fn earning(of: Reference, fields: &Fields) -> OutcomePot {
        OutcomePot {
            of,
            measures: read_measures(fields),
            gateway: fields.map("gateway", |f| Gateway {
                indicator: f.required("indicator"),
                at_least: f.required("at_least"),
                otherwise: f.optional("otherwise").unwrap_or_else(|| Rate::of(Exact::zero())),
            }),
            deadline_days: fields.required::<Days>("deadline").0,
            late: fields.required("late"),
        }
    }

    /// A pot without measures, standing in where they are missing.
    pub(super) fn nothing(of: Reference) -> OutcomePot {
        OutcomePot { of, measures: Vec::new(), gateway: None, deadline_days: 0, late: Late::Zero }
    }

    /// What every payment is multiplied by, if by anything; nothing at all while the gateway is not measured.
    fn gateway(&self, sheet: &mut Worksheet, facts: &Facts) -> Option<Option<Rate>> {
        let Some(gateway) = &self.gateway else { return Some(None) };
        let Some(measured) = facts.measurement(&gateway.indicator) else {
            if facts.past_deadline(self.deadline_days) {
                sheet.note(
                    Step::Gateway,
                    format!("{} was not measured by the deadline: not met", gateway.indicator),
                );
                return Some(Some(gateway.otherwise.clone()));
            }
            let text = format!("{} is not measured yet", gateway.indicator);
            sheet.missing(Step::Gateway, None, LineState::NotMeasured, text);
            return None;
        };
        let value = write_measured(sheet, &gateway.indicator, measured);
        let met = sheet.reaches(Step::Gateway, value, &gateway.at_least);
        Some((!met).then(|| gateway.otherwise.clone()))
    }

    fn scores(&self, sheet: &mut Worksheet, facts: &Facts) -> Vec<Scored> {
        let score = |measure: &Measure| {
            let name = &measure.indicator;
            let Some(indicator) = facts.case.terms.indicator(name) else { return Scored::Excluded };
            if let Some(measured) = facts.measurement(name) {
                return Scored::Score(write_score(sheet, indicator, measured));
            }
            if !facts.past_deadline(self.deadline_days) {
                let text = format!("{name} is not measured yet");
                sheet.missing(Step::Measured, Some(name.to_string()), LineState::NotMeasured, text);
                return Scored::Open;
            }
            self.late(sheet, facts, indicator)
        };
        self.measures.iter().map(score).collect()
    }

    fn late(&self, sheet: &mut Worksheet, facts: &Facts, indicator: &Indicator) -> Scored {
        let name = &indicator.indicator;
        let note = |sheet: &mut Worksheet, what: &str| {
            let text = format!("not measured by the deadline: {what}");
            sheet.note_of(Step::LateData, name, text, Vec::new());
        };
        match (self.late, facts.earlier_measurement(name)) {
            (Late::Exclude, _) => {
                note(sheet, "left out, its weight falls to the other measures");
                Scored::Excluded
            }
            (Late::CarryLast, Some(earlier)) => {
                note(sheet, "the last earlier measurement is carried forward");
                Scored::Score(write_score(sheet, indicator, earlier))
            }
            (Late::CarryLast, None) | (Late::Zero, _) => {
                note(sheet, "it scores nothing");
                let zero = Given::new(Exact::zero(), "by the late-data rule", Vec::new());
                Scored::Score(sheet.given(Step::Score, Some(name.to_string()), zero))
            }
        }
    }

    /// The weights in force: those of the terms, or, where measures are left out, in proportion over the others.
    fn weights(&self, scored: &[Scored]) -> Vec<Rate> {
        let kept = self.measures.iter().zip(scored).filter(|(_, s)| !matches!(s, Scored::Excluded));
        let sum: Exact = kept.map(|(m, _)| m.weight.exact().clone()).sum();
        let share = |m: &Measure| m.weight.exact().checked_div(&sum).unwrap_or_else(Exact::zero);
        self.measures.iter().map(|m| Rate::of(share(m))).collect()
    }
}

fn write_measured(
    sheet: &mut Worksheet,
    name: &IndicatorId,
    measured: &Entered<OutcomeMeasured>,
) -> Figure<Count> {
    let provisional = if measured.fact.provisional { ", provisional" } else { "" };
    let said = format!("measured for {}{provisional}", measured.fact.period);
    let given = Given::new(measured.fact.value.exact().clone(), said, vec![Source::Entry(measured.entry)]);
    sheet.given(Step::Measured, Some(name.to_string()), given)
}

/// The score: from floor to target in a straight line, or pass or fail where they are equal.
pub(super) fn write_score(
    sheet: &mut Worksheet,
    indicator: &Indicator,
    measured: &Entered<OutcomeMeasured>,
) -> Figure<Rate> {
    let name = &indicator.indicator;
    let actual = write_measured(sheet, name, measured);
    let Indicator { floor, target, .. } = indicator;
    if floor == target {
        let met = match indicator.direction {
            Direction::Higher => sheet.reaches_of(Step::TargetMet, name, actual, target),
            Direction::Lower => sheet.reaches_of(Step::TargetMet, name, target, actual),
        };
        let score = if met { Exact::one() } else { Exact::zero() };
        return sheet.given(
            Step::Score,
            Some(name.to_string()),
            Given::new(score, "pass or fail", Vec::new()),
        );
    }
    let (none, full) = (Rate::of(Exact::zero()), Rate::of(Exact::one()));
    let line: Working<Rate> = (actual - floor) / (target - floor);
    sheet.line_of(Step::Score, name, line.within(&none, &full))
}

fn read_measures(fields: &Fields) -> Vec<Measure> {
    let read = fields.list("measures", |f| (f.required("indicator"), f.needed::<Rate>("weight")));
    let whole = read.iter().all(|(_, weight)| weight.is_some());
    let measure =
        |(indicator, weight): (IndicatorId, Option<Rate>)| Some(Measure { indicator, weight: weight? });
    let mut measures: Vec<Measure> = read.into_iter().filter_map(measure).collect();
    if let Some(single) = fields.optional::<IndicatorId>("score") {
        if !measures.is_empty() {
            fields.fault("score", "`score` and `measures` say the same thing twice", "keep one of them");
        }
        measures.push(Measure { indicator: single, weight: Rate::of(Exact::one()) });
    }
    let sum: Exact = measures.iter().map(|m| m.weight.exact().clone()).sum();
    if whole && sum != Exact::one() {
        let message = format!("the weights of the measures sum to {}, not to 100%", sum.show_percent(6));
        fields.fault(
            "measures",
            message,
            "name a single indicator as `score`, or `measures` whose weights sum to 100%",
        );
    }
    measures
}

/// A number of days after the year's end, written `90 days`.
struct Days(u64);

impl crate::terms::Field for Days {
    const EXPECTED: &'static str = "a number of days such as 90 days";

    fn read(text: &str) -> Result<Days, String> {
        let days = text.strip_suffix(" days").and_then(|n| n.parse().ok());
        days.map(Days).ok_or_else(|| format!("`{text}` is not a number of days"))
    }

    fn placeholder() -> Days {
        Days(0)
    }
}
