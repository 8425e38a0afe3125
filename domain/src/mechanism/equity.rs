//! # A joint venture's result by equity
//!
//! **What it pays.** The holder of the contract is a joint venture. What it is owed under all other clauses,
//! less what it owes, its own cost and what its subcontractors are paid, is its result; it goes to its owners
//! by their shares, pennies by largest remainder. The joint venture pays its owners a gain and is paid a
//! loss.
//!
//! **When nothing is due.** Before the contract year has ended: a result is shared once. While a cost or a
//! subcontract is not complete.
//!
//! **Clause.** Local; the members' agreement of a joint venture (LLP or company).
//!
//! **Worked example.** A result of £1,234,567.89 by 40/30/20/10 gives £493,827.15, £370,370.37, £246,913.58
//! and £123,456.79; rounding each by itself would give a penny too many.

use super::{Pays, Phase, Told, due};
use crate::exposure::{Exposure, Limit};
use crate::facts::Facts;
use crate::money::Money;
use crate::name::{ClauseRef, PartyId};
use crate::settle::subcontract_lines;
use crate::terms::{Fault, Fields, Share, Terms, read_shares};
use crate::worksheet::{Figure, Step, Worksheet, net};

/// A joint venture's result, shared by its owners.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Equity {
    gain: Vec<Share>,
    loss: Vec<Share>,
}

impl Pays for Equity {
    const KIND: &'static str = "equity";
    const PHASE: Phase = Phase::Result;

    fn read(fields: &Fields) -> Equity {
        Equity { gain: read_shares(fields, "gain"), loss: read_shares(fields, "loss") }
    }

    fn check(&self, terms: &Terms) -> Vec<Fault> {
        let owns_itself = self.parties().contains(&terms.parties.payee);
        let message = format!("`{}` is the joint venture, not an owner of it", terms.parties.payee);
        let hint = "name the owners and their shares";
        if owns_itself { vec![Fault::new("", message, hint)] } else { Vec::new() }
    }

    fn writes(&self) -> Vec<Step> {
        vec![Step::JointResult]
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, _: &ClauseRef) {
        if due::waits_for_the_year(sheet, facts, "a result is shared") {
            return;
        }
        let venture = facts.payee();
        let Some(costs) = costs(sheet, facts) else {
            return due::not_reported(sheet, Step::JointResult, "part of its cost is not reported");
        };

        let (received, mut taken) = sheet.owed_to(venture);
        taken.extend(costs);
        let result = sheet.line(Step::JointResult, net(received, taken));
        let shares = if sheet.amount(result).is_negative() { &self.loss } else { &self.gain };
        let parts = sheet.shares(Step::EquityShare, result, shares);
        for ((owner, _), part) in shares.iter().zip(parts) {
            sheet.owes(venture, owner, part);
        }
    }

    fn parties(&self) -> Vec<PartyId> {
        self.gain.iter().chain(&self.loss).map(|(owner, _)| owner.clone()).collect()
    }

    fn exposures(&self, _: &Terms) -> Vec<Exposure> {
        let named = self.parties().into_iter().collect::<std::collections::BTreeSet<_>>();
        let limit = || Limit::Without("a joint venture's result has no limit");
        named.into_iter().map(|owner| Exposure::of(&owner, limit(), limit())).collect()
    }

    fn words(&self, told: &Told) -> String {
        format!(
            "{} is a joint venture. What its year leaves, after its own cost and its subcontractors, goes to its owners: a \
             gain {}, a loss {}.",
            told.payee(),
            told.shares(&self.gain, "to"),
            told.shares(&self.loss, "by")
        )
    }
}

/// Own cost and subcontracts, each written once on the sheet; nothing while any of them is not complete.
fn costs(sheet: &mut Worksheet, facts: &Facts) -> Option<Vec<Figure<Money>>> {
    let own = match sheet.all(Step::OwnCost).pop() {
        Some(line) => line,
        None => due::cost(sheet, facts, Step::OwnCost, facts.payee())?,
    };
    let (mut costs, complete) = match sheet.all(Step::Subcontract) {
        lines if lines.is_empty() => subcontract_lines(sheet, facts),
        lines => (lines, facts.subcontracts.iter().all(|sub| sub.statement.complete)),
    };
    costs.push(own);
    complete.then_some(costs)
}
