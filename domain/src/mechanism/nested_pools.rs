//! # Nested pools
//!
//! **What it pays.** Each partnership's result is its budget less its cost. It keeps the most of it and
//! passes a part, of a gain or of a loss, up to the system's pool; the pool comes back by population. What
//! moves is what comes back less what was passed up, through the contract's payer: all of it sums to zero.
//!
//! **When nothing is due.** Before the first month has ended; while the cost of any partnership or its
//! population is missing. Budgets are taken at twelfths.
//!
//! **Clause.** Local; partnerships or localities within one system.
//!
//! **Worked example.** Results of £1,200,000.00, -£400,000.00, £600,000.00 and -£2,000,000.00, 30% pooled:
//! the pool is -£180,000.00 and comes back by populations as 5 : 4 : 3 : 2, leaving £775,714.29,
//! -£331,428.57, £381,428.57 and -£1,425,714.29.

use super::{Pays, Phase, Told, all, due, members, part, twelfths};
use crate::exact::Exact;
use crate::exposure::{Exposure, Limit};
use crate::facts::Facts;
use crate::money::Money;
use crate::name::{ClauseRef, PartyId};
use crate::rate::{Count, Rate};
use crate::terms::{Fault, Fields, Terms};
use crate::worksheet::{Figure, Given, LineState, Step, Worksheet, sum};

/// Results kept in part and pooled in part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NestedPools {
    /// The part of a gain that is passed up.
    gain: Rate,
    /// The part of a loss that is passed up.
    loss: Rate,
    partnerships: Vec<Partnership>,
}

/// A partnership, its budget per contract year, and the band that counts its people.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Partnership {
    party: PartyId,
    budget: Money,
    population: String,
}

impl Pays for NestedPools {
    const KIND: &'static str = "nested_pools";
    const PHASE: Phase = Phase::RiskShare;

    fn read(fields: &Fields) -> NestedPools {
        let partnerships = fields.list("partnerships", |f| Partnership {
            party: f.required("party"),
            budget: f.required("budget"),
            population: f.required("population"),
        });
        if partnerships.is_empty() {
            let hint = "write `partnerships: [{party: .., budget: .., population: ..}]`";
            fields.missing("partnerships", "a system has partnerships", hint);
        }
        let passed_up = fields.map("passed_up", |f| (part(f, "gain"), part(f, "loss")));
        let (gain, loss) = passed_up.unwrap_or_else(|| {
            fields.missing(
                "passed_up",
                "`passed_up` is missing",
                "write `passed_up: {gain: 30%, loss: 30%}`",
            );
            (Rate::of(Exact::zero()), Rate::of(Exact::zero()))
        });
        NestedPools { gain, loss, partnerships }
    }

    fn check(&self, terms: &Terms) -> Vec<Fault> {
        members::check("partnerships", self.partnerships.iter().map(|p| &p.party), terms)
    }

    fn writes(&self) -> Vec<Step> {
        vec![Step::SystemPool]
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, _: &ClauseRef) {
        if due::nothing_ended(sheet, facts) {
            return;
        }
        let results: Vec<_> = self.partnerships.iter().map(|p| p.result(sheet, facts)).collect();
        let populations: Vec<_> = self.partnerships.iter().map(|p| p.counted(sheet, facts)).collect();
        let results: Option<Vec<Figure<Money>>> = results.into_iter().collect();
        let populations: Option<Vec<Figure<Count>>> = populations.into_iter().collect();
        let (Some(results), Some(populations)) = (results, populations) else {
            return due::not_reported(sheet, Step::SystemPool, "a cost or a population is not reported");
        };

        let pooled: Vec<Figure<Money>> = self
            .partnerships
            .iter()
            .zip(&results)
            .map(|(p, result)| self.pooled(sheet, p, *result))
            .collect();
        let pool = sheet.line(Step::SystemPool, sum(pooled.iter().copied()));
        let parties = self.partnerships.iter().map(|p| &p.party);
        let weights: Vec<(&PartyId, Figure<Count>)> = parties.zip(populations).collect();
        let returned = sheet.shares_by(Step::Returned, pool, &weights);
        for (((partnership, result), pooled), returned) in
            self.partnerships.iter().zip(results).zip(pooled).zip(returned)
        {
            let transfer = sheet.line_of(Step::Transfer, &partnership.party, returned - pooled);
            sheet.line_of(Step::AfterPooling, &partnership.party, result + transfer);
            members::owes(sheet, facts, &partnership.party, transfer);
        }
    }

    fn parties(&self) -> Vec<PartyId> {
        self.partnerships.iter().map(|p| p.party.clone()).collect()
    }

    fn exposures(&self, terms: &Terms) -> Vec<Exposure> {
        let each = |partnership: &Partnership| {
            let own = &Exact::from(partnership.budget) * self.gain.exact();
            let all: Exact = self.partnerships.iter().map(|p| Exact::from(p.budget)).sum();
            let of_others = &all * self.gain.exact() - own;
            let reason = match partnership.party == terms.parties.payer {
                true => "the losses that others pool have no limit",
                false => "what the system's pool passes back has no limit",
            };
            Exposure::of(&partnership.party, Limit::at(of_others), Limit::Without(reason))
        };
        self.partnerships.iter().map(each).collect()
    }

    fn words(&self, told: &Told) -> String {
        let budgets =
            self.partnerships.iter().map(|p| format!("{} {}", told.party(&p.party), told.money(p.budget)));
        format!(
            "Each partnership has a budget of its own: {}. It passes {} of what it is under, and {} of what it is over, to the \
             system's pool; the pool comes back by population, through {}.",
            all(budgets),
            self.gain,
            self.loss,
            told.payer()
        )
    }
}

impl NestedPools {
    fn pooled(
        &self,
        sheet: &mut Worksheet,
        partnership: &Partnership,
        result: Figure<Money>,
    ) -> Figure<Money> {
        let rate = if sheet.amount(result).is_negative() { &self.loss } else { &self.gain };
        sheet.line_of(Step::Pooled, &partnership.party, rate * result)
    }
}

impl Partnership {
    /// Budget to date less cost.
    fn result(&self, sheet: &mut Worksheet, facts: &Facts) -> Option<Figure<Money>> {
        let cost = due::cost(sheet, facts, Step::Spend, &self.party)?;
        let budget = twelfths::stated_to_date(sheet, Step::BudgetToDate, &self.party, self.budget, facts);
        Some(sheet.line_of(Step::OwnResult, &self.party, budget - cost))
    }

    fn counted(&self, sheet: &mut Worksheet, facts: &Facts) -> Option<Figure<Count>> {
        let Some((people, source)) = facts.population(&self.population) else {
            let text = format!("no population of band `{}` is reported", self.population);
            sheet.missing(Step::Population, Some(self.party.to_string()), LineState::NotReported, text);
            return None;
        };
        let said = format!("people of band `{}`", self.population);
        let given = Given::new(people.exact().clone(), said, vec![source]);
        Some(sheet.given(Step::Population, Some(self.party.to_string()), given))
    }
}
