//! # Best practice tariff
//!
//! **What it pays.** A differential for each spell that met every criterion of best practice, times the market forces
//! factor if there is one. With a `base_price`, each spell is paid as well; without, spells are paid under another
//! clause. Where a fixed payment assumes that a part of the spells complies (`assumed`), only the difference from it is
//! paid, or taken off. What spells that did not comply would have brought is shown as forgone.
//!
//! **When nothing is due.** A month without the count of spells or of those that complied has no amount and is named.
//!
//! **Clause.** Best practice tariffs, such as hip fracture: £445 at the start, £1,335 in 2012/13 and 2013/14.
//!
//! **Worked example.** 200 spells at £5,000.00, of which 120 comply at £1,335.00: £1,000,000.00 and £160,200.00;
//! £106,800.00 is forgone.

use super::{Pays, Phase, Told, volumes};
use crate::exact::Exact;
use crate::exposure::{Exposure, Limit, between};
use crate::facts::Facts;
use crate::headroom::Commitment;
use crate::money::Money;
use crate::name::ClauseRef;
use crate::rate::{Count, Rate};
use crate::terms::{Fields, Terms};
use crate::worksheet::{Step, Worksheet};

/// A differential for spells that meet every criterion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BestPracticeTariff {
    spells: String,
    compliant: String,
    differential: Money,
    base_price: Option<Money>,
    mff: Count,
    assumed: Option<Rate>,
}

impl Pays for BestPracticeTariff {
    const KIND: &'static str = "best_practice_tariff";
    const PHASE: Phase = Phase::Base;

    fn read(fields: &Fields) -> BestPracticeTariff {
        let terms = BestPracticeTariff {
            spells: fields.required("spells"),
            compliant: fields.required("compliant"),
            differential: fields.required("differential"),
            base_price: fields.optional("base_price"),
            mff: fields.optional("mff").unwrap_or(Count::of(1)),
            assumed: fields.optional("assumed"),
        };
        if terms.spells == terms.compliant {
            let hint = "name what counts spells and what counts those that complied";
            fields.fault("compliant", "spells and those that complied are two counts", hint);
        }
        if terms.assumed.as_ref().is_some_and(|a| a.exact().is_negative() || *a.exact() > Exact::one()) {
            fields.fault(
                "assumed",
                "no part of the spells",
                "write what part is assumed to comply, 0% to 100%",
            );
        }
        if terms.mff.exact().is_negative() || terms.mff.exact().is_zero() {
            fields.fault("mff", "a market forces factor is above 0", "write it as 1.0461, or leave it out");
        }
        terms
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, _: &ClauseRef) {
        let Some(counts) = volumes::counted(sheet, facts, &[&self.spells, &self.compliant], None) else {
            return;
        };
        let [spells, compliant] = counts.as_slice() else { return };
        let (spells, compliant) = (*spells, *compliant);
        if let Some(price) = self.base_price {
            let base = sheet.line(Step::BasePayment, spells * price * &self.mff);
            sheet.owes(facts.payer(), facts.payee(), base);
        }
        let top_up = sheet.line(Step::TopUp, compliant * self.differential * &self.mff);
        sheet.line(Step::Forgone, (spells - compliant) * self.differential * &self.mff);
        let Some(assumed) = &self.assumed else {
            sheet.owes(facts.payer(), facts.payee(), top_up);
            return;
        };
        let expected = sheet.line(Step::TopUpAssumed, assumed * spells * self.differential * &self.mff);
        let difference = sheet.line(Step::TopUpDifference, top_up - expected);
        sheet.owes(facts.payer(), facts.payee(), difference);
    }

    fn volumes(&self) -> Vec<String> {
        vec![self.spells.clone(), self.compliant.clone()]
    }

    fn commitment(&self, _: &Terms) -> Option<Commitment> {
        Some(Commitment { planned: None, most: None, least: Exact::zero() })
    }

    fn unbounded(&self) -> Option<&'static str> {
        Some("spells are paid for without a limit")
    }

    fn exposures(&self, terms: &Terms) -> Vec<Exposure> {
        let less = match &self.assumed {
            Some(_) => {
                Limit::Without("every spell assumed to comply that does not takes its differential off")
            }
            None => Limit::nothing(),
        };
        between(terms, Limit::Without("spells are paid for without a limit"), less)
    }

    fn words(&self, told: &Told) -> String {
        let base =
            self.base_price.map(|price| format!("{} for each of `{}`, and ", told.money(price), self.spells));
        let assumed = self.assumed.as_ref().map(|part| {
            format!(" A fixed payment assumes that {part} of `{}` comply; only the difference is paid, or taken off.", self.spells)
        });
        let factor = if *self.mff.exact() == Exact::one() {
            String::new()
        } else {
            format!(", times the market forces factor {}", self.mff)
        };
        format!(
            "{} pays {} {}{} for each of `{}`{factor}.{}",
            told.payer(),
            told.payee(),
            base.unwrap_or_default(),
            told.money(self.differential),
            self.compliant,
            assumed.unwrap_or_default()
        )
    }
}
