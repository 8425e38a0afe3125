//! # Paid outside the contract
//!
//! **What it pays.** Nothing: it takes off. What the commissioner pays a provider that never signed, for care
//! that the contract's budget covers, is deducted from what the budget pays, line by line. So the holder of
//! the budget bears the price and the volume of work it has no contract for.
//!
//! **When nothing is due.** Nothing was paid outside for a month that has ended.
//!
//! **Clause.** Local; capitated budgets with hospitals that stay on tariff.
//!
//! **Worked example.** A core of £23,000,000.00 and £1,184,220.50 paid outside leave £21,815,779.50; with
//! £600,000.00 of outcomes £22,415,779.50 is payable.

use super::reference::Reference;
use super::{Pays, Phase, Told};
use crate::exposure::{Exposure, Limit};
use crate::facts::Facts;
use crate::money::Money;
use crate::name::ClauseRef;
use crate::terms::{Fault, Fields, Terms};
use crate::worksheet::{Figure, Given, Source, Step, Worksheet, sum};

/// Work paid for outside the contract, taken off a budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaidOutside {
    /// What it comes off.
    of: Reference,
}

impl Pays for PaidOutside {
    const KIND: &'static str = "paid_outside";
    const PHASE: Phase = Phase::Sanction;

    fn read(fields: &Fields) -> PaidOutside {
        PaidOutside { of: fields.required("of") }
    }

    fn check(&self, terms: &Terms) -> Vec<Fault> {
        self.of.check("of", terms)
    }

    fn writes(&self) -> Vec<Step> {
        vec![Step::PaidOutside, Step::AfterDeductions]
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, _: &ClauseRef) {
        let paid = facts.paid_outside();
        if paid.is_empty() {
            sheet.note(Step::NothingDue, "nothing was paid outside the contract");
            return;
        }
        let lines: Vec<Figure<Money>> = paid
            .iter()
            .map(|paid| {
                let subject = format!("{} {} @{}", paid.fact.provider, paid.fact.month, paid.entry);
                let said =
                    paid.fact.reference.clone().unwrap_or_else(|| "paid by the commissioner".to_owned());
                let given = Given::new(paid.fact.amount, said, vec![Source::Entry(paid.entry)]);
                let line = sheet.given(Step::PaidOutside, Some(subject), given);
                sheet.owes_less(facts.payer(), facts.payee(), line);
                line
            })
            .collect();
        let all = sheet.line(Step::PaidOutside, sum(lines));
        if let Some(budget) = self.of.find(sheet, facts, Step::AfterDeductions) {
            sheet.line(Step::AfterDeductions, budget - all);
        }
    }

    fn uses(&self) -> Vec<(&'static str, &Reference)> {
        vec![("of", &self.of)]
    }

    fn exposures(&self, terms: &Terms) -> Vec<Exposure> {
        let loss = Limit::Without("what is paid outside the contract has no limit");
        vec![Exposure::of(&terms.parties.payee, Limit::nothing(), loss)]
    }

    fn words(&self, told: &Told) -> String {
        format!(
            "What {} pays others outside the contract, for care that {} covers, is taken off what it pays {}.",
            told.payer(),
            told.line(&self.of),
            told.payee()
        )
    }
}
