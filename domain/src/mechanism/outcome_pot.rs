//! # Outcome pot
//!
//! **What it pays.** A pot, usually what the core payment withholds, is earned measure by measure: the pot
//! times the measure's weight times its score. The score runs in a straight line from 0 at the indicator's
//! floor to 1 at its target (for lower-is-better the floor is the higher number); where floor and target are
//! equal it is pass or fail. An indicator may instead say `scale: pass_fail`, or `steps`, of which the best
//! one reached counts; `from` begins a step on its value, `above` beyond it. Where the cases behind a
//! percentage are reported, what is excluded leaves the denominator (`exclusions: refused` allows none), and
//! with fewer than `minimum_denominator` cases the measure is left out and its weight falls to the others.
//! Instead of weights of a pot, measures may have `points` at a `point_value`. A gateway, if there is one,
//! must be met first, else every payment is multiplied by `otherwise`. Each payment is rounded; where
//! together they would not be the pot, pennies go by largest remainder, so that no more is earned than there
//! is.
//!
//! **When nothing is due.** Before the contract year has ended. An indicator not yet measured pays nothing,
//! and its full value stands under "still to play for", until the deadline; then the late-data rule applies:
//! `zero`, `carry_last` (the last measurement of an earlier year) or `exclude` (its weight falls to the
//! measures that have a value). Where all of them are left out, the pot is neither earned nor forfeited.
//!
//! **Clause.** Local; capitated outcome-based contracts (COBIC), the outcomes schedule.
//!
//! **Worked example.** A pot of £7,000,000.00 with weights of 20, 20, 20, 15, 15 and 10% and scores of 0.7,
//! 0, 0.8, 1, 1 and 5/12 earns £4,491,666.67 and forfeits £2,508,333.33. 664 vaccinated of 1,000, with 200
//! excluded, is 83%: half way from 80% to 86%, so 20 of 40 points, which at £200 pay £4,000.00.

use super::reference::Reference;
use super::score::{self, Scored, Timing, write_measured};
use super::{Envelope, Pays, Phase, Told, all, part_or};
use crate::exact::Exact;
use crate::facts::Facts;
use crate::headroom::Commitment;
use crate::money::Money;
use crate::name::{ClauseRef, IndicatorId};
use crate::rate::{Count, Rate};
use crate::terms::{Fault, Fields, Terms};
use crate::worksheet::{Figure, LineState, Step, Working, Worksheet, net, sum};

/// A pot that outcomes earn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomePot {
    pot: Pot,
    measures: Vec<Measure>,
    gateway: Option<Gateway>,
    timing: Timing,
}

/// What the measures earn from.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Pot {
    /// A line of another clause.
    Of(Reference),
    /// The points of all measures, at this value each.
    Points(Money),
}

/// One measure of the pot.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Measure {
    indicator: IndicatorId,
    weight: Rate,
    points: Option<Count>,
}

/// What of the pot a measure earns or can still earn: as it is paid, and as a part of the whole.
struct Part {
    payment: Working<Money>,
    working: Working<Rate>,
    exact: Exact,
}

/// The condition for any payment.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Gateway {
    indicator: IndicatorId,
    at_least: Count,
    otherwise: Rate,
}

impl Pays for OutcomePot {
    const KIND: &'static str = "outcome_pot";
    const PHASE: Phase = Phase::Outcome;

    fn read(fields: &Fields) -> OutcomePot {
        let pot = match fields.optional("point_value") {
            Some(value) => Pot::Points(value),
            None => Pot::Of(fields.required("of")),
        };
        OutcomePot::earned_from(pot, fields)
    }

    fn check(&self, terms: &Terms) -> Vec<Fault> {
        let mut faults = match &self.pot {
            Pot::Of(of) => of.check("of", terms),
            Pot::Points(_) => Vec::new(),
        };
        let named =
            self.measures.iter().map(|m| &m.indicator).chain(self.gateway.iter().map(|g| &g.indicator));
        for indicator in named.filter(|name| terms.indicator(name).is_none()) {
            let message = format!("indicator `{indicator}` is not defined under `outcomes`");
            faults.push(Fault::new("", message, "define it with its direction, floor and target"));
        }
        faults
    }

    fn writes(&self) -> Vec<Step> {
        let mut lines = vec![Step::OutcomeEarned, Step::OutcomeForfeited];
        if let Pot::Points(_) = self.pot {
            lines.extend([Step::PointValue, Step::Pot]);
        }
        lines
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, _: &ClauseRef) {
        let Some(pot) = self.pot(sheet, facts) else { return };
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
        let scored: Vec<Scored> =
            self.measures.iter().map(|m| self.timing.score(sheet, facts, &m.indicator)).collect();
        if score::all_left_out(sheet, &scored) {
            return;
        }
        let parts = self.parts(sheet, pot, &scored, multiplier.as_ref());
        let shares = shares_of_pot(sheet, pot, &parts);
        let (mut earned, mut open) = (Vec::new(), Vec::new());
        for (k, (measure, scored)) in self.measures.iter().zip(&scored).enumerate() {
            let step = match scored {
                Scored::Score(_) => Step::OutcomeEarned,
                Scored::Open => Step::StillToPlayFor,
                Scored::Excluded => continue,
            };
            if let (Some(points), Scored::Score(score)) = (&measure.points, scored) {
                sheet.line_of(Step::PointsEarned, &measure.indicator, *score * points);
            }
            let line = match &shares {
                Some(shares) => sheet.part(step, &measure.indicator, pot, k, shares),
                None => sheet.line_of(step, &measure.indicator, parts[k].payment.clone()),
            };
            if step == Step::OutcomeEarned {
                sheet.owes(facts.payer(), facts.payee(), line);
                earned.push(line);
            } else {
                open.push(line);
            }
        }
        if !earned.is_empty() {
            let all = sheet.line(Step::OutcomeEarned, sum(earned));
            open.push(all);
        }
        sheet.line(Step::OutcomeForfeited, net(vec![pot], open));
    }

    fn uses(&self) -> Vec<(&'static str, &Reference)> {
        match &self.pot {
            Pot::Of(of) => vec![("of", of)],
            Pot::Points(_) => Vec::new(),
        }
    }

    fn envelope(&self) -> Option<Envelope> {
        matches!(self.pot, Pot::Points(_)).then_some(Envelope { year: Step::Pot, to_date: None })
    }

    fn measures_due(&self) -> Option<u64> {
        Some(self.timing.deadline_days)
    }

    fn commitment(&self, terms: &Terms) -> Option<Commitment> {
        let (pot, inside) = match &self.pot {
            // What a budget withholds is a part of it already.
            Pot::Of(of) => (of.yearly(terms)?, of.step == Step::Withheld),
            Pot::Points(value) => (Exact::from(*value) * self.points(), false),
        };
        Some(match inside {
            true => Commitment { planned: Some(Exact::zero()), most: Some(Exact::zero()), least: -pot },
            false => Commitment { planned: Some(pot.clone()), most: Some(pot), least: Exact::zero() },
        })
    }

    fn words(&self, told: &Told) -> String {
        let pot = match &self.pot {
            Pot::Of(of) => told.line(of),
            Pot::Points(value) => format!("{} a point", told.money(*value)),
        };
        format!("{} pays {} {pot} as outcomes are met, {}", told.payer(), told.payee(), self.earned_by())
    }
}

impl OutcomePot {
    /// What there is to earn: a line of another clause, or all points at their value.
    fn pot(&self, sheet: &mut Worksheet, facts: &Facts) -> Option<Figure<Money>> {
        let value = match &self.pot {
            Pot::Of(of) => return of.find(sheet, facts, Step::Pot),
            Pot::Points(value) => sheet.stated(Step::PointValue, *value),
        };
        Some(sheet.line(Step::Pot, value * &Count::from(self.points())))
    }

    /// All points of its measures.
    fn points(&self) -> Exact {
        self.measures.iter().filter_map(|m| m.points.as_ref()).map(|points| points.exact().clone()).sum()
    }

    /// By what it is earned, in words.
    pub(super) fn earned_by(&self) -> String {
        let measures = self.measures.iter().map(|m| match (&m.points, m.weight.exact() == &Exact::one()) {
            (Some(points), _) => format!("{} ({points} points)", m.indicator),
            (None, true) => m.indicator.to_string(),
            (None, false) => format!("{} ({})", m.indicator, m.weight),
        });
        let gateway = self.gateway.as_ref().map(|gateway| {
            format!(
                " Unless {} is at least {}, every payment is multiplied by {}.",
                gateway.indicator, gateway.at_least, gateway.otherwise
            )
        });
        format!("by {}. {}{}", all(measures), self.timing.words(), gateway.unwrap_or_default())
    }

    /// How the pot that `of` names is earned.
    pub(super) fn earning(of: Reference, fields: &Fields) -> OutcomePot {
        OutcomePot::earned_from(Pot::Of(of), fields)
    }

    fn earned_from(pot: Pot, fields: &Fields) -> OutcomePot {
        OutcomePot {
            measures: read_measures(fields, &pot),
            pot,
            gateway: fields.map("gateway", |f| Gateway {
                indicator: f.required("indicator"),
                at_least: f.required("at_least"),
                otherwise: part_or(f, "otherwise", Exact::zero()),
            }),
            timing: Timing::read(fields),
        }
    }

    /// A pot without measures, standing in where they are missing.
    pub(super) fn nothing(of: Reference) -> OutcomePot {
        OutcomePot { pot: Pot::Of(of), measures: Vec::new(), gateway: None, timing: Timing::at_once() }
    }

    /// What every payment is multiplied by, if by anything; nothing at all while the gateway is not measured.
    fn gateway(&self, sheet: &mut Worksheet, facts: &Facts) -> Option<Option<Rate>> {
        let Some(gateway) = &self.gateway else { return Some(None) };
        let Some(measured) = facts.measurement(&gateway.indicator) else {
            if facts.past_deadline(self.timing.deadline_days) {
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

    /// What part of the pot each measure earns, or can still earn.
    fn parts(
        &self,
        sheet: &Worksheet,
        pot: Figure<Money>,
        scored: &[Scored],
        multiplier: Option<&Rate>,
    ) -> Vec<Part> {
        let part = |(weight, scored): (Rate, &Scored)| match scored {
            Scored::Score(score) => {
                let (payment, working) = (&weight * pot * *score, &weight * *score);
                let exact = weight.exact() * &sheet.amount(*score);
                match multiplier {
                    None => Part { payment, working, exact },
                    Some(m) => Part { payment: payment * m, working: working * m, exact: &exact * m.exact() },
                }
            }
            Scored::Open => Part {
                payment: &weight * pot,
                working: Working::constant(weight.exact().clone()),
                exact: weight.exact().clone(),
            },
            // Its weight is in those of the others already.
            Scored::Excluded => Part {
                payment: Working::constant(Exact::zero()),
                working: Working::constant(Exact::zero()),
                exact: Exact::zero(),
            },
        };
        self.weights(scored).into_iter().zip(scored).map(part).collect()
    }

    /// The weights in force: those of the terms, or, where measures are left out, in proportion over the
    /// others.
    fn weights(&self, scored: &[Scored]) -> Vec<Rate> {
        let kept = self.measures.iter().zip(scored).filter(|(_, s)| !matches!(s, Scored::Excluded));
        let sum: Exact = kept.map(|(m, _)| m.weight.exact().clone()).sum();
        let share = |m: &Measure| m.weight.exact().checked_div(&sum).unwrap_or_else(Exact::zero);
        self.measures.iter().map(|m| Rate::of(share(m))).collect()
    }
}

/// The parts of the pot as shares, with what is forfeited as the last of them, where measures rounded one by
/// one would come to more than the pot, or, with nothing forfeited, to less.
fn shares_of_pot(sheet: &Worksheet, pot: Figure<Money>, parts: &[Part]) -> Option<Vec<Working<Rate>>> {
    let amount = sheet.amount(pot);
    let rounded: Exact = parts.iter().map(|p| sheet.rounded(&(&amount * &p.exact))).sum();
    let forfeited = Exact::one() - parts.iter().map(|p| p.exact.clone()).sum();
    let fits = if forfeited.is_zero() { rounded == amount } else { rounded <= amount };
    let shares = parts.iter().map(|p| p.working.clone()).chain([Working::constant(forfeited)]);
    (!fits).then(|| shares.collect())
}

fn read_measures(fields: &Fields, pot: &Pot) -> Vec<Measure> {
    let whole = || Rate::of(Exact::one());
    let read = fields.list("measures", |f| match pot {
        Pot::Of(_) => {
            Some(Measure { indicator: f.required("indicator"), weight: f.needed("weight")?, points: None })
        }
        Pot::Points(_) => Some(Measure {
            indicator: f.required("indicator"),
            weight: Rate::of(Exact::zero()),
            points: Some(f.needed("points")?),
        }),
    });
    let readable = read.iter().all(Option::is_some);
    let mut measures: Vec<Measure> = read.into_iter().flatten().collect();
    if let Some(single) = fields.optional::<IndicatorId>("score") {
        if !measures.is_empty() {
            fields.fault("score", "`score` and `measures` say the same thing twice", "keep one of them");
        }
        measures.push(Measure { indicator: single, weight: whole(), points: None });
    }
    super::distinct(fields, "measures", measures.iter().map(|m| m.indicator.as_str()));
    match pot {
        _ if !readable => {}
        Pot::Of(_) => weights_sum(fields, &measures),
        Pot::Points(_) => weigh_by_points(fields, &mut measures),
    }
    measures
}

fn weights_sum(fields: &Fields, measures: &[Measure]) {
    let sum: Exact = measures.iter().map(|m| m.weight.exact().clone()).sum();
    if sum != Exact::one() {
        let message = format!("the weights of the measures sum to {}, not to 100%", sum.show_percent(6));
        fields.fault(
            "measures",
            message,
            "name a single indicator as `score`, or `measures` whose weights sum to 100%",
        );
    }
}

/// A measure's weight is its part of all points.
fn weigh_by_points(fields: &Fields, measures: &mut [Measure]) {
    let points = |m: &Measure| m.points.as_ref().map_or_else(Exact::zero, |p| p.exact().clone());
    let sum: Exact = measures.iter().map(points).sum();
    if sum.is_zero() || measures.iter().any(|m| points(m).is_negative()) {
        let hint = "write `measures: [{indicator: flu, points: 40}]`, with points above 0";
        fields.fault("measures", "the measures have no points to earn", hint);
    }
    for measure in measures {
        measure.weight = Rate::of(points(measure).checked_div(&sum).unwrap_or_else(Exact::zero));
    }
}
