//! # Risk share above a minimum population
//!
//! **What it pays.** Savings are a budget less the payee's cost. They are shared, and losses too, only where
//! the population is large enough that they are more than chance: below a minimum population nothing is
//! shared; above it they count when they reach a minimum rate that falls as the population grows, and then
//! from the first pound. Gains and losses have their own lists of shares. The payer holds the savings and
//! pays the others their parts; where the payee was paid the budget, a `programme_pool` with a
//! `minimum_population` takes the payer's part off.
//!
//! **When nothing is due.** Before the contract year has ended: a minimum rate exists only for the whole
//! year. Below the minimum population. Savings or losses below the minimum rate. While cost or population is
//! not reported.
//!
//! **Clause.** Local; the scale of minimum rates is the published one of 42 CFR 425.604(b) and 425.605(b)(1).
//!
//! **Worked example.** Budget £9,200,000.00, cost £8,870,000.00, minimum population 5,000: 7,450 people need
//! 3.30991% of savings and the £330,000.00 are 3.587%, so half, £165,000.00, is the provider's. 5,333 people
//! need 3.8%: nothing is due. 4,200 people share no risk.

use super::chance::{self, MoreThanChance};
use super::{Pays, Phase, Told, due, members};
use crate::exposure::Exposure;
use crate::facts::Facts;
use crate::money::Money;
use crate::name::{ClauseRef, PartyId};
use crate::terms::{Fault, Fields, Share, Terms, read_shares};
use crate::worksheet::{Step, Worksheet};

/// Savings and losses shared where the population makes them more than chance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MinimumPopulation {
    /// The budget of a contract year.
    budget: Money,
    chance: MoreThanChance,
    gain: Vec<Share>,
    loss: Vec<Share>,
}

impl Pays for MinimumPopulation {
    const KIND: &'static str = "minimum_population";
    const PHASE: Phase = Phase::RiskShare;

    fn read(fields: &Fields) -> MinimumPopulation {
        MinimumPopulation {
            budget: fields.required("budget"),
            chance: MoreThanChance::read(fields),
            gain: read_shares(fields, "gain"),
            loss: read_shares(fields, "loss"),
        }
    }

    fn check(&self, terms: &Terms) -> Vec<Fault> {
        let mut faults = members::check("gain", self.gain.iter().map(|s| &s.0), terms);
        faults.extend(members::check("loss", self.loss.iter().map(|s| &s.0), terms));
        faults
    }

    fn writes(&self) -> Vec<Step> {
        vec![Step::Budget, Step::Savings]
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, _: &ClauseRef) {
        let Some(people) = self.chance.people(sheet, facts) else { return };
        let Some(cost) = due::cost(sheet, facts, Step::OwnCost, facts.payee()) else {
            return due::not_reported(sheet, Step::Savings, "the cost is not reported");
        };

        let budget = sheet.stated(Step::Budget, self.budget);
        let savings = sheet.line(Step::Savings, budget - cost);
        if !chance::reached(sheet, people, budget, savings) {
            return;
        }
        let shares = if sheet.amount(savings).is_negative() { &self.loss } else { &self.gain };
        let parts = sheet.shares(Step::PoolShare, savings, shares);
        for ((party, _), part) in shares.iter().zip(parts) {
            members::owes(sheet, facts, party, part);
        }
    }

    fn parties(&self) -> Vec<PartyId> {
        self.gain.iter().chain(&self.loss).map(|(party, _)| party.clone()).collect()
    }

    fn exposures(&self, _: &Terms) -> Vec<Exposure> {
        super::shared(&self.budget.into(), &self.gain, &self.loss)
    }

    fn words(&self, told: &Told) -> String {
        format!(
            "What {} costs less than {} a year is shared {}, and what it costs more is borne {}.{}",
            told.payee(),
            told.money(self.budget),
            told.shares(&self.gain, "to"),
            told.shares(&self.loss, "by"),
            self.chance.words()
        )
    }
}
