//! # Core payment
//!
//! **What it pays.** An annual budget less the part withheld for outcomes, in equal monthly parts. The
//! withheld part is earned, if at all, under an `outcome_pot` clause that names `core.withheld`. A
//! subcontract with part of its value at risk on outcomes is written the same way. The part may grow from
//! year to year: `withheld_by_year` lists it, and its last value holds for all later years.
//!
//! **When nothing is due.** Before the first month of the year has ended.
//!
//! **Clause.** Local; programme budgets and capitated outcome-based contracts.
//!
//! **Worked example.** A budget of £23,000,000.00 with 10% withheld pays a core of £20,700,000.00 and leaves
//! £2,300,000.00 for outcomes. £4,000,000.00 with 25%, 30% and 40% withheld in its first three years leaves
//! £1,000,000.00, £1,200,000.00 and £1,600,000.00.

use super::twelfths::{self, Annual};
use super::{Pays, Phase, Told, all};
use crate::exact::Exact;
use crate::facts::Facts;
use crate::headroom::Commitment;
use crate::money::Money;
use crate::name::ClauseRef;
use crate::rate::Rate;
use crate::statement::Scheduled;
use crate::terms::{Dated, Fields, Terms};
use crate::worksheet::{Step, Worksheet, sum};
use crate::year::Month;

/// A budget less what is withheld for outcomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorePayment {
    /// The budget per contract year.
    budget: Dated<Money>,
    /// The part withheld for outcomes in each year of the contract; the last holds for all later years.
    withheld: Vec<Rate>,
}

impl CorePayment {
    /// The part withheld in the year asked for.
    fn withheld(&self, facts: &Facts) -> Rate {
        let number = facts.case.terms.years.number_of(facts.year);
        let of_year = self.withheld.get(number - 1).or(self.withheld.last());
        of_year.cloned().unwrap_or_else(|| Rate::of(Exact::zero()))
    }
}

impl Pays for CorePayment {
    const KIND: &'static str = "core";
    const PHASE: Phase = Phase::Base;

    fn read(fields: &Fields) -> CorePayment {
        super::twelfths_only(fields);
        let mut withheld: Vec<Rate> = fields.optional("withheld").into_iter().collect();
        let by_year: Vec<Rate> = fields.values("withheld_by_year");
        if !withheld.is_empty() && !by_year.is_empty() {
            let message = "`withheld` and `withheld_by_year` say the same thing twice";
            fields.fault("withheld_by_year", message, "keep one of them");
        }
        let single = !withheld.is_empty();
        withheld.extend(by_year);
        let no_part = |rate: &&Rate| rate.exact().is_negative() || *rate.exact() > Exact::one();
        if let Some(rate) = withheld.iter().find(no_part) {
            let field = if single { "withheld" } else { "withheld_by_year" };
            fields.fault(field, format!("{rate} is not a part of the budget"), "write 0% to 100%");
        }
        CorePayment { budget: fields.dated("budget"), withheld }
    }

    fn writes(&self) -> Vec<Step> {
        let mut lines = vec![Step::Budget, Step::BudgetToDate, Step::Core, Step::CoreToDate];
        lines.extend((!self.withheld.is_empty()).then_some(Step::Withheld));
        lines
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, _: &ClauseRef) {
        let budget = Annual::write(sheet, Step::Budget, &self.budget, facts);
        let part = self.withheld(facts);
        let core = if self.withheld.is_empty() {
            sheet.line(Step::Core, sum([budget.year]))
        } else {
            let withheld = sheet.line(Step::Withheld, &part * budget.year);
            sheet.line(Step::Core, budget.year - withheld)
        };
        let to_date = budget.to_date(sheet, Step::BudgetToDate, facts);
        let due = if budget.has_ended() {
            core
        } else if budget.is_plain() {
            twelfths::to_date(sheet, Step::CoreToDate, core, facts)
        } else {
            sheet.line(Step::CoreToDate, to_date - &part * to_date)
        };
        budget.spread(sheet, due);
        sheet.owes(facts.payer(), facts.payee(), due);
    }

    fn commitment(&self, _: &Terms) -> Option<Commitment> {
        Some(Commitment::fixed(*self.budget.latest()))
    }

    fn schedule(&self, facts: &Facts, clause: &ClauseRef) -> Vec<Scheduled> {
        let part = self.withheld(facts);
        let core = |month: Month| {
            let budget = Exact::from(*self.budget.in_force(month));
            let withheld = &budget * part.exact();
            budget - withheld.to_unit(facts.case.terms.rounding.unit)
        };
        twelfths::schedule_of(facts, clause, core)
    }

    fn yearly(&self, step: Step) -> Option<Exact> {
        let budget = Exact::from(*self.budget.latest());
        let most_withheld =
            self.withheld.iter().max().map_or_else(Exact::zero, |rate| &budget * rate.exact());
        match step {
            Step::Budget => Some(budget),
            Step::Withheld => Some(most_withheld),
            _ => None,
        }
    }

    fn words(&self, told: &Told) -> String {
        let withheld = match self.withheld.as_slice() {
            [] => String::new(),
            [part] => format!(", less {part} that is withheld until outcomes are measured"),
            [parts @ .., last] => format!(
                ", less a part that is withheld until outcomes are measured: {} in its first years, {last} after",
                all(parts)
            ),
        };
        format!(
            "{} pays {} a budget of {} a year in equal monthly parts{withheld}.",
            told.payer(),
            told.payee(),
            told.dated(&self.budget)
        )
    }
}
