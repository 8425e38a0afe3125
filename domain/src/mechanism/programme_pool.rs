//! # Programme pool
//!
//! **What it pays.** The budget less the cost of the programme is a pool: a gain where the programme cost less than its
//! budget, a loss where it cost more. Gains and losses are shared by their own lists of shares; the payer's share is
//! taken off what it pays (or added to it, of a loss).
//!
//! **When nothing is due.** While a subcontract or the lead provider has reported no cost at all.
//!
//! **Clause.** Local; see Monitor's guidance on multilateral gain/loss sharing.
//!
//! **Worked example.** Budget £23,000,000.00, own cost £6,150,000.00, subcontracts £16,078,123.45, £35,000.00 recovered
//! from the stop-loss pool: programme cost £22,193,123.45, pool £806,876.55, shared half and half with the odd penny to
//! the first named: £403,438.28 and £403,438.27.

use super::reference::Reference;
use super::{Pays, Phase};
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
            fields.fault("", "`cost` says what counts as cost of the programme, and is missing", "write `cost: [own, subcontracts]`");
        }
        ProgrammePool {
            of: fields.required("of"),
            cost,
            gain: read_shares(fields, "gain"),
            loss: read_shares(fields, "loss"),
        }
    }

    fn check(&self, terms: &Terms) -> Vec<Fault> {
        self.of.check("of", terms)
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, _: &ClauseRef) {
        let annual = sheet.find(&self.of.clause, self.of.step);
        let Some(budget) = sheet.find(&self.of.clause, Step::BudgetToDate).or(annual) else { return };
        let Some(cost) = self.programme_cost(sheet, facts) else { return };

        let pool = sheet.line(Step::Pool, budget - cost);
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
}

impl ProgrammePool {
    fn programme_cost(&self, sheet: &mut Worksheet, facts: &Facts) -> Option<Figure<Money>> {
        let mut costs = Vec::new();
        let mut recoveries = Vec::new();
        for item in &self.cost {
            match item {
                CostItem::Own => costs.push(own_cost(sheet, facts)?),
                CostItem::Subcontracts => costs.extend(subcontract_lines(sheet, facts)?),
                CostItem::LessStopLoss => recoveries.extend(sheet.find("stop_loss", Step::PoolPayment)),
            }
        }
        Some(sheet.line(Step::ProgrammeCost, net(costs, recoveries)))
    }
}

/// The payee's own cost; months without a report are named.
fn own_cost(sheet: &mut Worksheet, facts: &Facts) -> Option<Figure<Money>> {
    let (given, missing) = facts.cost_of(facts.payee());
    for month in missing {
        let text = format!("no cost of {} for {month}", facts.payee());
        sheet.missing(Step::NotReported, Some(month.to_string()), LineState::NotReported, text);
    }
    Some(sheet.given(Step::OwnCost, None, given?))
}
