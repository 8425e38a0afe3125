//! # At-risk compensation
//!
//! **What it pays.** A planned amount that moves with the net revenue of a programme: the payer's turnover of
//! the programme less the payer's cost of it. A deficit lowers it by a part of the deficit, to nothing at the
//! least; a surplus raises it by a part of the surplus, but not above a part of the payee's own cost.
//!
//! **When nothing is due.** Before the contract year has ended: the clause exists only for the whole year.
//! While turnover or cost of the payer, or with a surplus the cost of the payee, is not reported.
//!
//! **Clause.** Kaiser Permanente, medical service agreement, Article K: reduced by the lesser of planned
//! at-risk compensation or 50% of the deficit; increased by 50% of net programme revenue, not above 10% of
//! medical service costs.
//!
//! **Worked example.** Planned $5,000,000.00, medical service costs $100,000,000.00: a surplus of
//! $8,000,000.00 pays $9,000,000.00, one of $14,000,000.00 pays $10,000,000.00; a deficit of $6,000,000.00
//! pays $2,000,000.00, one of $12,000,000.00 nothing.

use super::{Envelope, Pays, Phase, Told, due, part};
use crate::exact::Exact;
use crate::exposure::{Exposure, Limit, between};
use crate::facts::Facts;
use crate::headroom::Commitment;
use crate::money::Money;
use crate::name::ClauseRef;
use crate::rate::Rate;
use crate::terms::{Fields, Terms};
use crate::worksheet::{Operand, Step, Working, Worksheet};

/// A planned amount that moves with the result of a programme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtRisk {
    /// What is paid where the programme breaks even.
    planned: Money,
    /// The part of a surplus that is added.
    gain: Rate,
    /// The part of a deficit that is taken off.
    loss: Rate,
    /// The most, as a part of the payee's cost.
    limit: Rate,
}

impl Pays for AtRisk {
    const KIND: &'static str = "at_risk";
    const PHASE: Phase = Phase::RiskShare;

    fn read(fields: &Fields) -> AtRisk {
        let planned: Money = fields.required("planned");
        if planned.is_negative() {
            fields.fault("planned", "less than nothing cannot be at risk", "write the amount without a sign");
        }
        AtRisk {
            planned,
            gain: part(fields, "gain"),
            loss: part(fields, "loss"),
            limit: part(fields, "limit"),
        }
    }

    fn writes(&self) -> Vec<Step> {
        vec![Step::PlannedAtRisk, Step::NetRevenue, Step::AtRisk]
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, _: &ClauseRef) {
        let planned = sheet.stated(Step::PlannedAtRisk, self.planned);
        if due::waits_for_the_year(sheet, facts, "compensation at risk is due") {
            return;
        }
        let turnover = due::turnover(sheet, facts, Step::Turnover, facts.payer());
        let cost = due::cost(sheet, facts, Step::Spend, facts.payer());
        let (Some(turnover), Some(cost)) = (turnover, cost) else {
            return due::not_reported(sheet, Step::AtRisk, "the result of the programme is not reported");
        };

        let revenue = sheet.line(Step::NetRevenue, turnover - cost);
        let earned = if sheet.amount(revenue).is_negative() {
            let deficit = Working::<Money>::constant(Exact::zero()) - revenue;
            let reduction = sheet.line(Step::AtRiskReduction, (&self.loss * deficit).at_most(planned));
            sheet.line(Step::AtRisk, planned - reduction)
        } else if sheet.amount(revenue).is_zero() {
            sheet.line(Step::AtRisk, planned)
        } else {
            let Some(services) = due::cost(sheet, facts, Step::OwnCost, facts.payee()) else {
                return due::not_reported(sheet, Step::AtRisk, "the cost that limits it is not reported");
            };
            let limit = sheet.line(Step::AtRiskLimit, &self.limit * services);
            sheet.line(Step::AtRisk, (planned + &self.gain * revenue).at_most(limit))
        };
        sheet.owes(facts.payer(), facts.payee(), earned);
    }

    fn envelope(&self) -> Option<Envelope> {
        Some(Envelope { year: Step::PlannedAtRisk, to_date: None })
    }

    fn commitment(&self, _: &Terms) -> Option<Commitment> {
        Some(Commitment { planned: Some(self.planned.into()), most: None, least: Exact::zero() })
    }

    fn exposures(&self, terms: &Terms) -> Vec<Exposure> {
        let more = Limit::PartOf(format!("{} of {}'s own cost", self.limit, terms.parties.payee));
        between(terms, more, Limit::at(self.planned.into()))
    }

    fn words(&self, told: &Told) -> String {
        format!(
            "{} pays {} {} at risk once the year has ended. A deficit of the programme takes {} of itself off, to nothing \
             at the least; a surplus adds {} of itself, but the whole is never above {} of {}'s own cost.",
            told.payer(),
            told.payee(),
            told.money(self.planned),
            self.loss,
            self.gain,
            self.limit,
            told.payee()
        )
    }
}
