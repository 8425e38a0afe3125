//! # CQUIN
//!
//! **What it pays.** A share of the contract's value for quality, split equally over its indicators (largest
//! remainder, so that the parts sum to it). Each indicator earns its part times its score, on any scale that
//! an indicator can have. Paid `in_advance`, the whole share is inside the sum that `of` names, and what is
//! not earned is taken off; paid `on_result`, what is earned is added.
//!
//! **When nothing is due.** Before the contract year has ended. An indicator not yet measured stands under
//! "still to play for" until the deadline; then the late-data rule of its clause applies, as in an
//! `outcome_pot`.
//!
//! **Clause.** Commissioning for Quality and Innovation: 2.5%, later 1.25%, of the contract's value.
//!
//! **Worked example.** 1.25% of a fixed £200,000,000.00 over five indicators is £500,000.00 each; scores of
//! 1, 1, 0.7, 0 and 0.5 take £900,000.00 off. £500,000.00 over three indicators is 166,666.67, 166,666.67 and
//! 166,666.66.

use super::reference::Reference;
use super::score::{self, Scored, Timing};
use super::{Envelope, Pays, Phase, Told, all, told};
use crate::exact::Exact;
use crate::exposure::{Exposure, Limit, between};
use crate::facts::Facts;
use crate::headroom::Commitment;
use crate::money::Money;
use crate::name::{ClauseRef, IndicatorId};
use crate::rate::Rate;
use crate::terms::{Fault, Fields, Terms, reader};
use crate::worksheet::{Figure, LineState, Step, Worksheet, sum};

/// A share of the contract's value, earned by quality indicators of equal weight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cquin {
    of: Reference,
    share: Rate,
    indicators: Vec<IndicatorId>,
    paid: Paid,
    timing: Timing,
}

/// When the share is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Paid {
    InAdvance,
    OnResult,
}
reader::words!(Paid { InAdvance = "in_advance", OnResult = "on_result" });

impl Pays for Cquin {
    const KIND: &'static str = "cquin";
    const PHASE: Phase = Phase::Outcome;

    fn read(fields: &Fields) -> Cquin {
        let indicators: Vec<IndicatorId> = fields.values("indicators");
        if indicators.is_empty() {
            fields.missing("indicators", "`indicators` is missing", "write `indicators: [flu]`");
        }
        super::distinct(fields, "indicators", indicators.iter().map(IndicatorId::as_str));
        let share: Rate = fields.required("share");
        if share.exact().is_negative() || *share.exact() > Exact::one() {
            fields.fault(
                "share",
                format!("{share} is not a part of the contract's value"),
                "write 0% to 100%",
            );
        }
        Cquin {
            of: fields.required("of"),
            share,
            indicators,
            paid: fields.required("paid"),
            timing: Timing::read(fields),
        }
    }

    fn check(&self, terms: &Terms) -> Vec<Fault> {
        let mut faults = self.of.check("of", terms);
        for (i, name) in self.indicators.iter().enumerate() {
            if terms.indicator(name).is_none() {
                let message = format!("indicator `{name}` is not defined under `outcomes`");
                let hint = "define it with its direction and its scale";
                faults.push(Fault::new(format!("/indicators/{i}"), message, hint));
            }
        }
        faults
    }

    fn writes(&self) -> Vec<Step> {
        vec![Step::Pot, Step::OutcomeEarned, Step::OutcomeForfeited]
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, _: &ClauseRef) {
        let Some(value) = self.of.find(sheet, facts, Step::Pot) else { return };
        let pot = sheet.line(Step::Pot, &self.share * value);
        if !facts.year_ended() {
            let text = format!("quality is judged when {} has ended", facts.year);
            sheet.missing(Step::NotYetDue, None, LineState::NotYetDue, text);
            sheet.line(Step::StillToPlayFor, sum([pot]));
            return;
        }
        let scored: Vec<Scored> =
            self.indicators.iter().map(|name| self.timing.score(sheet, facts, name)).collect();
        if score::all_left_out(sheet, &scored) {
            return;
        }
        let values = self.values(sheet, pot, &scored);
        let mut earned = Vec::new();
        let mut forfeited = Vec::new();
        for (name, (score, value)) in self.indicators.iter().zip(scored.into_iter().zip(values)) {
            match score {
                Scored::Score(score) => {
                    let won = sheet.line_of(Step::OutcomeEarned, name, score * value);
                    forfeited.push(sheet.line_of(Step::OutcomeForfeited, name, value - won));
                    earned.push(won);
                }
                Scored::Open => {
                    sheet.line_of(Step::StillToPlayFor, name, sum([value]));
                }
                Scored::Excluded => {}
            }
        }
        self.owe(sheet, facts, earned, forfeited);
    }

    fn uses(&self) -> Vec<(&'static str, &Reference)> {
        vec![("of", &self.of)]
    }

    fn envelope(&self) -> Option<Envelope> {
        (self.paid == Paid::OnResult).then_some(Envelope { year: Step::Pot, to_date: None })
    }

    fn measures_due(&self) -> Option<u64> {
        Some(self.timing.deadline_days)
    }

    fn commitment(&self, terms: &Terms) -> Option<Commitment> {
        let share = &self.of.yearly(terms)? * self.share.exact();
        Some(match self.paid {
            Paid::InAdvance => {
                Commitment { planned: Some(Exact::zero()), most: Some(Exact::zero()), least: -share }
            }
            Paid::OnResult => {
                Commitment { planned: Some(share.clone()), most: Some(share), least: Exact::zero() }
            }
        })
    }

    fn exposures(&self, terms: &Terms) -> Vec<Exposure> {
        let share = match self.of.yearly(terms) {
            Some(of) => Limit::at(&of * self.share.exact()),
            None => Limit::PartOf(format!("{} of {}", self.share, told::line(terms, &self.of))),
        };
        between(terms, Limit::nothing(), share)
    }

    fn words(&self, told: &Told) -> String {
        let paid = match self.paid {
            Paid::InAdvance => "is paid in advance, and what is not earned is taken off",
            Paid::OnResult => "is paid once it is earned",
        };
        format!(
            "{} of {} is earned by quality, in equal parts by {}. It {paid}. {}",
            self.share,
            told.line(&self.of),
            all(&self.indicators),
            self.timing.words()
        )
    }
}

impl Cquin {
    /// Each indicator's equal part of the pot; nothing for one that is left out, whose part falls to the
    /// others.
    fn values(&self, sheet: &mut Worksheet, pot: Figure<Money>, scored: &[Scored]) -> Vec<Figure<Money>> {
        let weight = |scored: &Scored| match scored {
            Scored::Excluded => Rate::of(Exact::zero()),
            Scored::Score(_) | Scored::Open => Rate::of(Exact::one()),
        };
        let parts: Vec<(&IndicatorId, Rate)> =
            self.indicators.iter().zip(scored.iter().map(weight)).collect();
        sheet.shares(Step::IndicatorValue, pot, &parts)
    }

    fn owe(
        &self,
        sheet: &mut Worksheet,
        facts: &Facts,
        earned: Vec<Figure<Money>>,
        forfeited: Vec<Figure<Money>>,
    ) {
        if earned.is_empty() {
            return;
        }
        let earned = sheet.line(Step::OutcomeEarned, sum(earned));
        let forfeited = sheet.line(Step::OutcomeForfeited, sum(forfeited));
        match self.paid {
            Paid::InAdvance => sheet.owes_less(facts.payer(), facts.payee(), forfeited),
            Paid::OnResult => sheet.owes(facts.payer(), facts.payee(), earned),
        }
    }
}
