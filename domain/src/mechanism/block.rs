//! # Block
//!
//! **What it pays.** A fixed sum per contract year, in equal monthly parts, whatever the activity. Signed variations add
//! their full-year effect from the month they take effect; what fell before the month of signature is paid as arrears.
//!
//! **When nothing is due.** Before the first month of the year has ended.
//!
//! **Clause.** Local; the common form of community and mental health contracts.
//!
//! **Worked example.** `£1,000,000.00` a year pays 83,333.33, 83,333.34, 83,333.33 and so on, exactly the whole over the
//! year. A variation of £120,000 a year from month 7, signed in month 9, adds £60,000.00 in the year, and month 9 pays
//! 83,333.33 + 10,000.00 + arrears of 20,000.00 = 113,333.33.

use super::{Pays, Phase, Told, twelfths};
use crate::exact::Exact;
use crate::facts::Facts;
use crate::headroom::Commitment;
use crate::money::Money;
use crate::name::ClauseRef;
use crate::statement::Scheduled;
use crate::terms::{Fields, Terms};
use crate::worksheet::{Step, Worksheet};

/// A fixed sum whatever the activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The amount per contract year.
    amount: Money,
}

impl Block {
    /// A block of nothing, standing in for a clause whose kind is unknown.
    pub(super) fn nothing() -> Block {
        Block { amount: Money::ZERO }
    }
}

impl Pays for Block {
    const KIND: &'static str = "block";
    const PHASE: Phase = Phase::Base;

    fn read(fields: &Fields) -> Block {
        super::twelfths_only(fields);
        Block { amount: fields.required("amount") }
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, clause: &ClauseRef) {
        let annual = sheet.stated(Step::Block, self.amount);
        let due = twelfths::to_date(sheet, Step::BlockToDate, annual, facts);
        sheet.owes(facts.payer(), facts.payee(), due);
        twelfths::variations(sheet, facts, clause);
    }

    fn schedule(&self, facts: &Facts, clause: &ClauseRef) -> Vec<Scheduled> {
        twelfths::schedule(&self.amount.into(), facts, clause)
    }

    fn commitment(&self, _: &Terms) -> Option<Commitment> {
        Some(Commitment::fixed(self.amount))
    }

    fn can_be_varied(&self) -> bool {
        true
    }

    fn yearly(&self, step: Step) -> Option<Exact> {
        (step == Step::Block).then(|| self.amount.into())
    }

    fn words(&self, told: &Told) -> String {
        format!(
            "{} pays {} a fixed {} a year in equal monthly parts, whatever the activity.",
            told.payer(),
            told.payee(),
            told.money(self.amount)
        )
    }
}
