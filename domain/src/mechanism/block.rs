//! # Block
//!
//! **What it pays.** A fixed sum per contract year, in equal monthly parts, whatever the activity. Signed
//! variations add their full-year effect from the month they take effect; what fell before the month of
//! signature is paid as arrears. A dated `amount` pays twelfths of each value in the months in which it is in
//! force.
//!
//! **When nothing is due.** Before the first month of the year has ended.
//!
//! **Clause.** Local; the common form of community and mental health contracts.
//!
//! **Worked example.** `£1,000,000.00` a year pays 83,333.33, 83,333.34, 83,333.33 and so on, exactly the
//! whole over the year. A variation of £120,000 a year from month 7, signed in month 9, adds £60,000.00 in
//! the year, and month 9 pays 83,333.33 + 10,000.00 + arrears of 20,000.00 = 113,333.33.

use super::twelfths::{self, Annual};
use super::{Envelope, Pays, Phase, Told};
use crate::exact::Exact;
use crate::facts::Facts;
use crate::headroom::Commitment;
use crate::money::Money;
use crate::name::ClauseRef;
use crate::statement::Scheduled;
use crate::terms::{Dated, Fields, Terms};
use crate::worksheet::{Step, Worksheet};

/// A fixed sum whatever the activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The amount per contract year.
    amount: Dated<Money>,
}

impl Block {
    /// A block of nothing, standing in for a clause whose kind is unknown.
    pub(super) fn nothing() -> Block {
        Block { amount: Dated::plain(Money::ZERO) }
    }
}

impl Pays for Block {
    const KIND: &'static str = "block";
    const PHASE: Phase = Phase::Base;

    fn read(fields: &Fields) -> Block {
        super::twelfths_only(fields);
        Block { amount: fields.dated("amount") }
    }

    fn writes(&self) -> Vec<Step> {
        vec![Step::Block, Step::BlockToDate]
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, clause: &ClauseRef) {
        let annual = Annual::write(sheet, Step::Block, &self.amount, facts);
        let due = annual.to_date(sheet, Step::BlockToDate, facts);
        annual.spread(sheet, due);
        sheet.owes(facts.payer(), facts.payee(), due);
        twelfths::variations(sheet, facts, clause);
    }

    fn schedule(&self, facts: &Facts, clause: &ClauseRef) -> Vec<Scheduled> {
        twelfths::schedule_of(facts, clause, |month| (*self.amount.in_force(month)).into())
    }

    fn envelope(&self) -> Option<Envelope> {
        Some(Envelope { year: Step::Block, to_date: Some(Step::BlockToDate) })
    }

    fn commitment(&self, _: &Terms) -> Option<Commitment> {
        Some(Commitment::fixed(*self.amount.latest()))
    }

    fn can_be_varied(&self) -> bool {
        true
    }

    fn yearly(&self, step: Step) -> Option<Exact> {
        (step == Step::Block).then(|| (*self.amount.latest()).into())
    }

    fn words(&self, told: &Told) -> String {
        format!(
            "{} pays {} a fixed {} a year in equal monthly parts, whatever the activity.",
            told.payer(),
            told.payee(),
            told.dated(&self.amount)
        )
    }
}
