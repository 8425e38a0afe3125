//! # Programme pool
//!
//! **What it pays.** The budget less the cost of the programme is a pool: a gain where the programme cost
//! less than its budget, a loss where it cost more. Gains and losses are shared by their own lists of shares;
//! the payer's share is taken off what it pays (or added to it, of a loss). With a `minimum_population`, the
//! pool is shared only where the population is large enough that it is more than chance, as in a clause of
//! that kind; else the payee, who holds the budget, keeps a gain and bears a loss.
//!
//! **When nothing is due.** While the cost of any month ended is missing: a budget of all months against the
//! cost of some would show a gain that is none. The same where the budget itself lacks a month. With a
//! `minimum_population`, before the contract year has ended, below that population, and below the minimum
//! rate.
//!
//! **Clause.** Local; see Monitor's guidance on multilateral gain/loss sharing.
//!
//! **Worked example.** Budget £23,000,000.00, own cost £6,150,000.00, subcontracts £16,078,123.45, £35,000.00
//! recovered from the stop-loss pool: programme cost £22,193,123.45, pool £806,876.55, shared half and half
//! with the odd penny to the first named: £403,438.28 and £403,438.27.

use super::chance::{self, MoreThanChance};
use super::reference::Reference;
use super::{Mechanism, Pays, Phase, Told};
use crate::exact::Exact;
use crate::exposure::Exposure;
use crate::facts::Facts;
use crate::money::Money;
use crate::name::{ClauseRef, PartyId};
use crate::settle::subcontract_lines;
use crate::terms::{Fault, Fields, Share, Terms, read_shares, reader};
use crate::worksheet::{Figure, LineState, Step, Worksheet, net};

/// Gains and losses of a whole programme against its budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgrammePool {
    of: Reference,
    cost: Vec<CostItem>,
    gain: Vec<Share>,
    loss: Vec<Share>,
    chance: Option<MoreThanChance>,
}

/// What counts as cost of the programme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CostItem {
    Own,
    Subcontracts,
    LessStopLoss,
}
reader::words!(CostItem { Own = "own", Subcontracts = "subcontracts", LessStopLoss = "less stop_loss" });

impl Pays for ProgrammePool {
    const KIND: &'static str = "programme_pool";
    const PHASE: Phase = Phase::RiskShare;

    fn read(fields: &Fields) -> ProgrammePool {
        let cost = fields.values("cost");
        if cost.is_empty() {
            fields.missing(
                "cost",
                "`cost` says what counts as cost of the programme, and is missing",
                "write `cost: [own, subcontracts]`",
            );
        }
        ProgrammePool {
            of: fields.required("of"),
            cost,
            gain: read_shares(fields, "gain"),
            loss: read_shares(fields, "loss"),
            chance: fields.map("minimum_population", MoreThanChance::read),
        }
    }

    fn check(&self, terms: &Terms) -> Vec<Fault> {
        let mut faults = self.of.check("of", terms);
        for (list, shares) in [("gain", &self.gain), ("loss", &self.loss)] {
            for (i, (party, _)) in shares.iter().enumerate() {
                if *party != terms.parties.payer && *party != terms.parties.payee {
                    let message = format!("`{party}` is neither payer nor payee of this contract");
                    let hint = "the pool of a contract is shared between its payer and its payee";
                    faults.push(Fault::new(format!("/{list}/{i}/party"), message, hint));
                }
            }
        }
        faults
    }

    fn contradictions(&self, terms: &Terms) -> Vec<Fault> {
        let pays = terms.pay.iter().any(|c| matches!(c.mechanism, Mechanism::StopLoss(_)));
        let Some(i) = self.cost.iter().position(|c| *c == CostItem::LessStopLoss).filter(|_| !pays) else {
            return Vec::new();
        };
        let message = "`less stop_loss` takes off what a stop-loss pool pays, and no clause is a stop_loss";
        let hint = "write the clause under which the pool pays, or leave `less stop_loss` out";
        vec![Fault::new(format!("/cost/{i}"), message, hint)]
    }

    fn writes(&self) -> Vec<Step> {
        vec![Step::ProgrammeCost, Step::Pool]
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, _: &ClauseRef) {
        let Some(budget) = sheet.find_to_date(&self.of.clause, self.of.step) else {
            return self.of.note_no_amount(sheet, facts, Step::Pool);
        };
        let lacking = sheet.lacks_a_report(&self.of.clause);
        let Some(cost) = self.programme_cost(sheet, facts).filter(|_| !lacking) else {
            let text = if lacking {
                "a budget of some months against the cost of all would be no loss: nothing is shared yet"
            } else {
                "a budget of all months against the cost of some would be no gain: nothing is shared yet"
            };
            sheet.missing(Step::Pool, None, LineState::NotReported, text);
            return;
        };

        let pool = sheet.line(Step::Pool, budget - cost);
        if !self.is_more_than_chance(sheet, facts, budget, pool) {
            return;
        }
        let shares = if sheet.amount(pool).is_negative() { &self.loss } else { &self.gain };
        let parts = sheet.shares(Step::PoolShare, pool, shares);
        for ((party, _), part) in shares.iter().zip(parts) {
            if party == facts.payer() {
                sheet.owes_less(facts.payer(), facts.payee(), part);
            }
        }
    }

    fn parties(&self) -> Vec<PartyId> {
        self.gain.iter().chain(&self.loss).map(|(party, _)| party.clone()).collect()
    }

    fn uses(&self) -> Vec<(&'static str, &Reference)> {
        vec![("of", &self.of)]
    }

    fn exposures(&self, terms: &Terms) -> Vec<Exposure> {
        let budget = self.of.yearly(terms).unwrap_or_else(Exact::zero);
        super::shared(&budget, &self.gain, &self.loss)
    }

    fn words(&self, told: &Told) -> String {
        let cost = self.cost.iter().map(|item| match item {
            CostItem::Own => "its own cost",
            CostItem::Subcontracts => "what it pays its subcontractors",
            CostItem::LessStopLoss => "less what a stop-loss pool pays it",
        });
        format!(
            "At any date what {} spends ({}) is compared with {}. What it came in under is shared {}; what it came in over is \
             borne {}.{}",
            told.payee(),
            cost.collect::<Vec<_>>().join(", "),
            told.line(&self.of),
            told.shares(&self.gain, "to"),
            told.shares(&self.loss, "by"),
            self.chance.as_ref().map(MoreThanChance::words).unwrap_or_default()
        )
    }
}

impl ProgrammePool {
    /// Whether the pool is shared at all; where no population is named, it is.
    fn is_more_than_chance(
        &self,
        sheet: &mut Worksheet,
        facts: &Facts,
        budget: Figure<Money>,
        pool: Figure<Money>,
    ) -> bool {
        let Some(chance) = &self.chance else { return true };
        let people = chance.people(sheet, facts);
        people.is_some_and(|people| chance::reached(sheet, people, budget, pool))
    }

    /// The cost of all months ended; nothing while any of it is missing, and every missing report is named.
    fn programme_cost(&self, sheet: &mut Worksheet, facts: &Facts) -> Option<Figure<Money>> {
        let mut costs = Vec::new();
        let mut recoveries = Vec::new();
        let mut whole = true;
        for item in &self.cost {
            match item {
                CostItem::Own => {
                    let (own, complete) = own_cost(sheet, facts);
                    costs.extend(own);
                    whole &= complete;
                }
                CostItem::Subcontracts => {
                    let (payables, complete) = subcontract_lines(sheet, facts);
                    costs.extend(payables);
                    whole &= complete;
                }
                CostItem::LessStopLoss => recoveries.extend(sheet.find("stop_loss", Step::PoolPayment)),
            }
        }
        whole.then(|| sheet.line(Step::ProgrammeCost, net(costs, recoveries)))
    }
}

/// The payee's own cost, and whether every month ended is in it; months without a report are named.
fn own_cost(sheet: &mut Worksheet, facts: &Facts) -> (Option<Figure<Money>>, bool) {
    let (given, missing) = facts.cost_of(facts.payee());
    for month in &missing {
        let text = format!("no cost of {} for {month}", facts.payee());
        sheet.missing(Step::NotReported, Some(month.to_string()), LineState::NotReported, text);
    }
    (given.map(|given| sheet.given(Step::OwnCost, None, given)), missing.is_empty())
}
