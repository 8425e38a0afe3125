//! # Integrated payment
//!
//! **What it pays.** Three elements in one sum for a whole population. The whole population payment, the
//! annual sum less the part kept for improvement, in twelfths. The improvement payment, earned measure by
//! measure as in an outcome pot. A share of the gain or loss on care that another provider gives: expected
//! less actual cost of that provider, times the share, within plus and minus a part of the whole population
//! payment.
//!
//! **When nothing is due.** The improvement payment before the contract year has ended, or while nothing is
//! measured. The share of gain or loss while any month's cost of the other provider is missing; it and its
//! limit are taken at twelfths.
//!
//! **Clause.** NHS England, the financial strategy of multispecialty community providers: whole population
//! annual payment, improvement payment scheme, gain/loss share with local acute providers.
//!
//! **Worked example.** £244,000,000.00 a year with 10% for improvement: a whole population payment of
//! £219,600,000.00 (£18,300,000.00 a month); a score of 0.825 earns £20,130,000.00; acute care of
//! £78,400,000.00 against £80,000,000.00 expected gains half, £800,000.00, within £4,392,000.00:
//! £240,530,000.00 in all.

use super::outcome_pot::OutcomePot;
use super::reference::Reference;
use super::{Envelope, Pays, Phase, Told, due, part, twelfths};
use crate::exact::Exact;
use crate::facts::Facts;
use crate::headroom::Commitment;
use crate::money::Money;
use crate::name::{ClauseRef, PartyId};
use crate::rate::Rate;
use crate::statement::Scheduled;
use crate::terms::{Fault, Fields, Terms};
use crate::worksheet::{Figure, Operand, Step, Working, Worksheet, count};

/// A whole population payment with improvement scheme and gain/loss share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntegratedPayment {
    /// The sum per contract year, with what is kept for improvement.
    annual: Money,
    /// The part kept for improvement.
    withheld: Rate,
    /// How it is earned.
    improvement: OutcomePot,
    acute: Option<Acute>,
}

/// Gain or loss on the care of another provider.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Acute {
    party: PartyId,
    /// What its care is expected to cost in a contract year.
    expected: Money,
    /// The payee's part of a gain.
    gain: Rate,
    /// The payee's part of a loss.
    loss: Rate,
    /// The most of either, as a part of the whole population payment.
    limit: Rate,
}

impl Pays for IntegratedPayment {
    const KIND: &'static str = "integrated_payment";
    const PHASE: Phase = Phase::Base;

    fn read(fields: &Fields) -> IntegratedPayment {
        let clause: ClauseRef = fields.optional("clause").unwrap_or_default();
        let improvement = fields.map("improvement", |f| {
            let own = Reference { clause: clause.to_string(), step: Step::Withheld };
            (part(f, "part"), OutcomePot::earning(own, f))
        });
        let (withheld, improvement) = improvement.unwrap_or_else(|| {
            let hint = "write `improvement: {part: 10%, score: .., deadline: 90 days, late: zero}`";
            fields.missing("improvement", "`improvement` is missing", hint);
            let own = Reference { clause: clause.to_string(), step: Step::Withheld };
            (Rate::of(Exact::zero()), OutcomePot::nothing(own))
        });
        IntegratedPayment {
            annual: fields.required("annual"),
            withheld,
            improvement,
            acute: fields.map("acute", |f| Acute {
                party: f.required("party"),
                expected: f.required("expected"),
                gain: part(f, "gain"),
                loss: part(f, "loss"),
                limit: part(f, "limit"),
            }),
        }
    }

    fn check(&self, terms: &Terms) -> Vec<Fault> {
        self.improvement.check(terms)
    }

    fn writes(&self) -> Vec<Step> {
        let mut lines = vec![
            Step::Budget,
            Step::BudgetToDate,
            Step::Withheld,
            Step::WholePopulation,
            Step::WholePopulationToDate,
        ];
        if self.acute.is_some() {
            lines.extend([Step::ExpectedToDate, Step::GainOrLoss, Step::GainLimit, Step::GainShare]);
        }
        lines
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, clause: &ClauseRef) {
        let annual = sheet.stated(Step::Budget, self.annual);
        twelfths::to_date(sheet, Step::BudgetToDate, annual, facts);
        let withheld = sheet.line(Step::Withheld, &self.withheld * annual);
        let payment = sheet.line(Step::WholePopulation, annual - withheld);
        let due = twelfths::to_date(sheet, Step::WholePopulationToDate, payment, facts);
        sheet.owes(facts.payer(), facts.payee(), due);
        if let Some(acute) = &self.acute {
            acute.settle(sheet, facts, due);
        }
        self.improvement.settle(sheet, facts, clause);
    }

    fn schedule(&self, facts: &Facts, clause: &ClauseRef) -> Vec<Scheduled> {
        let annual = Exact::from(self.annual);
        let withheld = &annual * self.withheld.exact();
        twelfths::schedule(&(annual - withheld.to_unit(facts.case.terms.rounding.unit)), facts, clause)
    }

    fn envelope(&self) -> Option<Envelope> {
        Some(Envelope { year: Step::Budget, to_date: Some(Step::BudgetToDate) })
    }

    fn measures_due(&self) -> Option<u64> {
        self.improvement.measures_due()
    }

    fn commitment(&self, _: &Terms) -> Option<Commitment> {
        let paid = Exact::from(self.annual) * (Exact::one() - self.withheld.exact().clone());
        let limit = self.acute.as_ref().map(|acute| &paid * acute.limit.exact()).unwrap_or_else(Exact::zero);
        let most = Exact::from(self.annual) + limit.clone();
        Some(Commitment { planned: Some(self.annual.into()), most: Some(most), least: paid - limit })
    }

    fn parties(&self) -> Vec<PartyId> {
        self.acute.iter().map(|acute| acute.party.clone()).collect()
    }

    fn words(&self, told: &Told) -> String {
        let acute = self.acute.as_ref().map(|acute| {
            format!(
                " What care at {} costs less than {} a year brings {} {} of the difference, and what it costs more takes {} of \
                 it off, within {} of the whole population payment.",
                told.party(&acute.party),
                told.money(acute.expected),
                told.payee(),
                acute.gain,
                acute.loss,
                acute.limit
            )
        });
        format!(
            "{} pays {} {} a year for its whole population in equal monthly parts, less {} that is earned by improvement: {}{}",
            told.payer(),
            told.payee(),
            told.money(self.annual),
            self.withheld,
            self.improvement.earned_by(),
            acute.unwrap_or_default()
        )
    }
}

impl Acute {
    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, payment: Figure<Money>) {
        if due::nothing_ended(sheet, facts) {
            return;
        }
        let Some(actual) = due::cost(sheet, facts, Step::Spend, &self.party) else {
            return due::not_reported(sheet, Step::GainOrLoss, "care that is not reported is no gain");
        };
        let (ended, all) = facts.part_of_year();
        let annual = Working::<Money>::constant(self.expected.into());
        let expected = sheet.line(Step::ExpectedToDate, annual * count(ended) / count(all));
        let difference = sheet.line(Step::GainOrLoss, expected - actual);
        let limit = sheet.line(Step::GainLimit, &self.limit * payment);
        let share = if sheet.amount(difference).is_negative() { &self.loss } else { &self.gain };
        let none = Working::<Money>::constant(Exact::zero());
        let part = sheet.line(Step::GainShare, (share * difference).within(none - limit, limit));
        sheet.owes(facts.payer(), facts.payee(), part);
    }
}
