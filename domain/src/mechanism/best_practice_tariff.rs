//! # Best practice tariff
//!
//! **What it pays.** A differential for each spell that met every criterion of best practice, times the
//! market forces factor if there is one. With a `base_price`, each spell is paid as well; without, spells are
//! paid under another clause. Where a fixed payment assumes that a part of the spells complies (`assumed`),
//! only the difference from it is paid, or taken off. Prices and factor may be dated. What spells that did
//! not comply would have brought is shown as forgone.
//!
//! **When nothing is due.** A month without the count of spells or of those that complied has no amount and
//! is named.
//!
//! **Clause.** Best practice tariffs, such as hip fracture: £445 at the start, £1,335 in 2012/13 and 2013/14.
//!
//! **Worked example.** 200 spells at £5,000.00, of which 120 comply at £1,335.00: £1,000,000.00 and
//! £160,200.00; £106,800.00 is forgone.

use super::parts::{Part, parts};
use super::{Pays, Phase, Told, volumes};
use crate::exact::Exact;
use crate::exposure::{Exposure, Limit, between};
use crate::facts::Facts;
use crate::headroom::Commitment;
use crate::money::Money;
use crate::name::ClauseRef;
use crate::rate::{Count, Rate};
use crate::terms::{Dated, Fields, Terms};
use crate::worksheet::{Step, Worksheet};

/// A differential for spells that meet every criterion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BestPracticeTariff {
    spells: String,
    compliant: String,
    differential: Dated<Money>,
    base_price: Option<Dated<Money>>,
    mff: Dated<Count>,
    assumed: Option<Rate>,
}

/// Why the payer's exposure has no limit.
const NO_LIMIT: &str = "spells are paid for without a limit";

impl Pays for BestPracticeTariff {
    const KIND: &'static str = "best_practice_tariff";
    const PHASE: Phase = Phase::Base;

    fn read(fields: &Fields) -> BestPracticeTariff {
        let terms = BestPracticeTariff {
            spells: fields.required("spells"),
            compliant: fields.required("compliant"),
            differential: fields.dated("differential"),
            base_price: fields.dated_if_any("base_price"),
            mff: fields.dated_if_any("mff").unwrap_or(Dated::plain(Count::of(1))),
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
        if terms.mff.values().any(|mff| mff.exact().is_negative() || mff.exact().is_zero()) {
            fields.fault("mff", "a market forces factor is above 0", "write it as 1.0461, or leave it out");
        }
        terms
    }

    fn writes(&self) -> Vec<Step> {
        let mut lines = vec![Step::TopUp, Step::Forgone];
        lines.extend(self.base_price.as_ref().map(|_| Step::BasePayment));
        if self.assumed.is_some() {
            lines.extend([Step::TopUpAssumed, Step::TopUpDifference]);
        }
        lines
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, _: &ClauseRef) {
        let base = self.base_price.iter().flat_map(Dated::changes);
        let changes = self.differential.changes().chain(self.mff.changes()).chain(base);
        for part in parts(facts, changes) {
            self.settle_part(sheet, facts, &part);
        }
    }

    fn volumes(&self) -> Vec<String> {
        vec![self.spells.clone(), self.compliant.clone()]
    }

    fn commitment(&self, _: &Terms) -> Option<Commitment> {
        Some(Commitment { planned: None, most: None, least: Exact::zero() })
    }

    fn unbounded(&self) -> Option<&'static str> {
        Some(NO_LIMIT)
    }

    fn exposures(&self, terms: &Terms) -> Vec<Exposure> {
        let less = match &self.assumed {
            Some(_) => {
                Limit::Without("every spell assumed to comply that does not takes its differential off")
            }
            None => Limit::nothing(),
        };
        between(terms, Limit::Without(NO_LIMIT), less)
    }

    fn words(&self, told: &Told) -> String {
        let base = self
            .base_price
            .as_ref()
            .map(|price| format!("{} for each of `{}`, and ", told.dated(price), self.spells));
        let assumed = self.assumed.as_ref().map(|part| {
            format!(" A fixed payment assumes that {part} of `{}` comply; only the difference is paid, or taken off.", self.spells)
        });
        let factor = if self.mff == Dated::plain(Count::of(1)) {
            String::new()
        } else {
            format!(", times the market forces factor {}", self.mff)
        };
        format!(
            "{} pays {} {}{} for each of `{}`{factor}.{}",
            told.payer(),
            told.payee(),
            base.unwrap_or_default(),
            told.dated(&self.differential),
            self.compliant,
            assumed.unwrap_or_default()
        )
    }
}

impl BestPracticeTariff {
    /// Writes what the spells of one part of the year pay.
    fn settle_part(&self, sheet: &mut Worksheet, facts: &Facts, part: &Part) {
        let whats = [self.spells.as_str(), &self.compliant];
        let Some(counts) = volumes::counted_in(sheet, facts, part, &whats, None) else { return };
        let [spells, compliant] = *counts.as_slice() else { return };
        let (differential, mff) = (*part.value(&self.differential), part.value(&self.mff));
        let of = part.name.as_deref();
        if let Some(price) = &self.base_price {
            let base = sheet.line_if_of(Step::BasePayment, of, spells * *part.value(price) * mff);
            sheet.owes(facts.payer(), facts.payee(), base);
        }
        let top_up = sheet.line_if_of(Step::TopUp, of, compliant * differential * mff);
        sheet.line_if_of(Step::Forgone, of, (spells - compliant) * differential * mff);
        let Some(assumed) = &self.assumed else {
            sheet.owes(facts.payer(), facts.payee(), top_up);
            return;
        };
        let expected = sheet.line_if_of(Step::TopUpAssumed, of, assumed * spells * differential * mff);
        let difference = sheet.line_if_of(Step::TopUpDifference, of, top_up - expected);
        sheet.owes(facts.payer(), facts.payee(), difference);
    }
}
