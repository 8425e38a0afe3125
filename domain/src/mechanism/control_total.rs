//! # System control total
//!
//! **What it pays.** Each organisation has its own total first: the result (turnover less cost) that it is to
//! reach. Its variance is result less total. Where the variances together are negative, the system misses,
//! and each organisation bears the miss in proportion to its turnover; its transfer is that share less its
//! own variance. Transfers go through the contract's payer, who holds nothing of them: they sum to zero.
//!
//! **When nothing is due.** Before the contract year has ended: a control total exists only for the whole
//! year. While the turnover or cost of any organisation is missing. Where the system as a whole reaches its
//! total, nothing moves.
//!
//! **Clause.** NHS England, system control totals: own total first, the system's miss shared.
//!
//! **Worked example.** Totals of £1,000,000.00, £2,000,000.00, -£500,000.00 and £500,000.00, results of
//! £400,000.00, £1,100,000.00, -£200,000.00 and -£1,500,000.00, turnovers as 4 : 3 : 2 : 1: the system misses
//! by £3,200,000.00 and the transfers are -680,000.00, -60,000.00, -940,000.00 and +1,680,000.00.

use super::{Pays, Phase, Told, all, due, members};
use crate::exposure::{Exposure, Limit};
use crate::facts::Facts;
use crate::money::Money;
use crate::name::{ClauseRef, PartyId};
use crate::terms::{Fault, Fields, Terms};
use crate::worksheet::{Figure, Given, Step, Worksheet, sum};

/// Own totals, and a system's miss shared by turnover.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlTotal {
    organisations: Vec<Organisation>,
}

/// An organisation and the result it is to reach in a contract year.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Organisation {
    party: PartyId,
    total: Money,
}

/// What an organisation's year came to.
struct Year {
    turnover: Figure<Money>,
    variance: Figure<Money>,
}

impl Pays for ControlTotal {
    const KIND: &'static str = "control_total";
    const PHASE: Phase = Phase::RiskShare;

    fn read(fields: &Fields) -> ControlTotal {
        let organisations = fields.list("organisations", |f| Organisation {
            party: f.required("party"),
            total: f.required("total"),
        });
        if organisations.is_empty() {
            fields.missing(
                "organisations",
                "a system has organisations",
                "write `organisations: [{party: .., total: ..}]`",
            );
        }
        ControlTotal { organisations }
    }

    fn check(&self, terms: &Terms) -> Vec<Fault> {
        members::check("organisations", self.organisations.iter().map(|o| &o.party), terms)
    }

    fn writes(&self) -> Vec<Step> {
        vec![Step::SystemVariance]
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, _: &ClauseRef) {
        if due::waits_for_the_year(sheet, facts, "control totals are measured") {
            return;
        }
        let years: Vec<Option<Year>> = self.organisations.iter().map(|o| o.year(sheet, facts)).collect();
        let Some(years) = years.into_iter().collect::<Option<Vec<Year>>>() else {
            return due::not_reported(
                sheet,
                Step::SystemVariance,
                "the result of an organisation is not reported",
            );
        };

        let system = sheet.line(Step::SystemVariance, sum(years.iter().map(|y| y.variance)));
        if !sheet.amount(system).is_negative() {
            sheet.note(Step::NothingDue, "the system reaches its total: nothing moves");
            return;
        }
        let parties = self.organisations.iter().map(|o| &o.party);
        let turnovers: Vec<(&PartyId, Figure<Money>)> =
            parties.zip(years.iter().map(|y| y.turnover)).collect();
        let shares = sheet.shares_by(Step::SystemShare, system, &turnovers);
        for ((organisation, year), share) in self.organisations.iter().zip(&years).zip(shares) {
            let transfer = sheet.line_of(Step::Transfer, &organisation.party, share - year.variance);
            members::owes(sheet, facts, &organisation.party, transfer);
        }
    }

    fn parties(&self) -> Vec<PartyId> {
        self.organisations.iter().map(|o| o.party.clone()).collect()
    }

    fn exposures(&self, _: &Terms) -> Vec<Exposure> {
        let each = |organisation: &Organisation| {
            let reason = "the miss of a system has no limit";
            Exposure::of(&organisation.party, Limit::Without(reason), Limit::Without(reason))
        };
        self.organisations.iter().map(each).collect()
    }

    fn words(&self, told: &Told) -> String {
        let totals =
            self.organisations.iter().map(|o| format!("{} {}", told.party(&o.party), told.money(o.total)));
        format!(
            "Each organisation has a result of its own to reach: {}. Where they miss together, each bears the system's miss \
             by its turnover; what it bears more or less than its own goes through {}.",
            all(totals),
            told.payer()
        )
    }
}

impl Organisation {
    /// Result less own total.
    fn year(&self, sheet: &mut Worksheet, facts: &Facts) -> Option<Year> {
        let turnover = due::turnover(sheet, facts, Step::Turnover, &self.party);
        let cost = due::cost(sheet, facts, Step::Spend, &self.party);
        let (turnover, cost) = (turnover?, cost?);
        let result = sheet.line_of(Step::OwnResult, &self.party, turnover - cost);
        let stated = Given::new(self.total, "as the clause states", Vec::new());
        let total: Figure<Money> = sheet.given(Step::OwnTotal, Some(self.party.to_string()), stated);
        Some(Year { turnover, variance: sheet.line_of(Step::Variance, &self.party, result - total) })
    }
}
