//! # Unit price
//!
//! **What it pays.** Each line of a report at the price of its tariff code and point of delivery in the month
//! of care: adjusted first (a top-up for a flag, excess days beyond the trim point, a short-stay price for
//! stays under two days), then times the market forces factor of the month, and rounded once, line by line.
//! The top-up is a part of the price alone, or with `topup_base: price_and_excess_days` of the excess days as
//! well. A short stay has no excess days. A line shows how the total differs from what the provider states.
//! `when` chooses the lines. With `price_list` prices and factors are those of the published list that is in
//! force in the month of care; a factor of `mff` may name its `provider`.
//!
//! **When nothing is due.** A line whose code has no price is named and has no amount, never zero; nor has
//! one of a provider without a market forces factor in the month of care, where others have one. A challenge
//! comes off what is priced, while it is open and as far as it is upheld. A month without a report, or whose
//! report carries no lines, has no amount.
//!
//! **Clause.** Payment by Results, the National Tariff, unit prices of the NHS Payment Scheme.
//!
//! **Worked example.** At a factor of 1.0461: £2,000.00 with 24% top-up and three excess days at £250.00 pays
//! £3,378.90; a short stay at £1,080.00 pays £1,129.79; a first attendance at £186.00 pays £194.57; together
//! £4,703.26.

use super::by_activity::ByActivity;
use super::{Pays, Phase, Told};
use crate::exact::Exact;
use crate::facts::Facts;
use crate::headroom::Commitment;
use crate::name::ClauseRef;
use crate::terms::{Fields, Terms};
use crate::worksheet::{Step, Worksheet};

/// Activity at the prices of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitPrice {
    activity: ByActivity,
}

impl Pays for UnitPrice {
    const KIND: &'static str = "unit_price";
    const PHASE: Phase = Phase::Base;

    fn read(fields: &Fields) -> UnitPrice {
        UnitPrice { activity: ByActivity::at_prices(fields) }
    }

    fn writes(&self) -> Vec<Step> {
        self.activity.writes()
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, clause: &ClauseRef) {
        if let Some(payable) = self.activity.payable(sheet, facts, clause) {
            sheet.owes(facts.payer(), facts.payee(), payable.value);
        }
    }

    fn activity(&self) -> Option<&ByActivity> {
        Some(&self.activity)
    }

    fn unbounded(&self) -> Option<&'static str> {
        Some("activity is paid without a cap")
    }

    fn commitment(&self, _: &Terms) -> Option<Commitment> {
        Some(Commitment { planned: None, most: None, least: Exact::zero() })
    }

    fn words(&self, told: &Told) -> String {
        format!(
            "{} pays {} for {} line by line, {}.{}",
            told.payer(),
            told.payee(),
            told.activity(self.activity.selection()),
            self.activity.valued(),
            self.activity.topups_told()
        )
    }
}
