//! # Per process
//!
//! **What it pays.** A price for each care process done, and a bonus for each patient who had all of them.
//! With `practices`, each is counted and paid by itself; without, the payee is. Counts are reported as
//! volumes. Price and bonus may be dated: a month pays by those in force.
//!
//! **When nothing is due.** A month of a practice that lacks one of its counts has no amount and is named.
//!
//! **Clause.** Local enhanced services, such as the eight care processes of diabetes.
//!
//! **Worked example.** £4.25 a process and £12.50 a patient with all eight: 2,960 processes and 301 patients
//! pay £16,342.50, 1,874 and 190 £10,339.50, 655 and 52 £3,433.75; together £30,115.75.

use super::parts::parts;
use super::{Pays, Phase, Told, volumes};
use crate::exact::Exact;
use crate::exposure::{Exposure, Limit};
use crate::facts::Facts;
use crate::headroom::Commitment;
use crate::money::Money;
use crate::name::{ClauseRef, PartyId};
use crate::terms::{Dated, Fields, Terms};
use crate::worksheet::{Figure, Step, Worksheet, sum};

/// A price for each process, a bonus for each patient who had all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PerProcess {
    processes: String,
    price: Dated<Money>,
    complete: String,
    bonus: Dated<Money>,
    practices: Vec<PartyId>,
}

/// Why the payer's exposure has no limit.
const NO_LIMIT: &str = "processes are paid for without a limit";

impl Pays for PerProcess {
    const KIND: &'static str = "per_process";
    const PHASE: Phase = Phase::Base;

    fn read(fields: &Fields) -> PerProcess {
        let terms = PerProcess {
            processes: fields.required("processes"),
            price: fields.dated("price"),
            complete: fields.required("complete"),
            bonus: fields.dated("bonus"),
            practices: fields.values("practices"),
        };
        super::distinct(fields, "practices", terms.practices.iter().map(PartyId::as_str));
        if terms.processes == terms.complete {
            let hint = "name what counts processes and what counts patients with all of them";
            fields.fault("complete", "processes and patients with all of them are two counts", hint);
        }
        for (name, price) in [("price", &terms.price), ("bonus", &terms.bonus)] {
            if price.values().any(Money::is_negative) {
                fields.fault(name, "a price is not negative", "write what one pays");
            }
        }
        terms
    }

    fn writes(&self) -> Vec<Step> {
        vec![Step::ProcessPayment]
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, _: &ClauseRef) {
        if self.practices.is_empty() {
            self.settle_one(sheet, facts, None);
            return;
        }
        let paid: Vec<Figure<Money>> = self
            .practices
            .iter()
            .filter_map(|practice| self.settle_one(sheet, facts, Some(practice)))
            .collect();
        if !paid.is_empty() {
            sheet.line(Step::ProcessPayment, sum(paid));
        }
    }

    fn parties(&self) -> Vec<PartyId> {
        self.practices.clone()
    }

    fn volumes(&self) -> Vec<String> {
        vec![self.processes.clone(), self.complete.clone()]
    }

    fn unbounded(&self) -> Option<&'static str> {
        Some(NO_LIMIT)
    }

    fn commitment(&self, _: &Terms) -> Option<Commitment> {
        Some(Commitment { planned: None, most: None, least: Exact::zero() })
    }

    fn exposures(&self, terms: &Terms) -> Vec<Exposure> {
        let limit = || Limit::Without(NO_LIMIT);
        let payer = Exposure::of(&terms.parties.payer, Limit::nothing(), limit());
        let paid = if self.practices.is_empty() {
            vec![terms.parties.payee.clone()]
        } else {
            self.practices.clone()
        };
        let paid = paid.iter().map(|party| Exposure::of(party, limit(), Limit::nothing()));
        [payer].into_iter().chain(paid).collect()
    }

    fn words(&self, told: &Told) -> String {
        let to = if self.practices.is_empty() { told.payee() } else { told.parties(&self.practices) };
        format!(
            "{} pays {to} {} for each of `{}` and {} for each of `{}`.",
            told.payer(),
            told.dated(&self.price),
            self.processes,
            told.dated(&self.bonus),
            self.complete
        )
    }
}

impl PerProcess {
    /// Writes what one practice is paid; nothing where no month of it is counted.
    fn settle_one(
        &self,
        sheet: &mut Worksheet,
        facts: &Facts,
        practice: Option<&PartyId>,
    ) -> Option<Figure<Money>> {
        let paid = practice.unwrap_or_else(|| facts.payee());
        let parts = parts(facts, self.price.changes().chain(self.bonus.changes()));
        let mut payments = Vec::new();
        for part in &parts {
            let whats = [self.processes.as_str(), &self.complete];
            let Some(counts) = volumes::counted_in(sheet, facts, part, &whats, practice) else { continue };
            let [processes, complete] = counts.as_slice() else { continue };
            let payment = *processes * *part.value(&self.price) + *complete * *part.value(&self.bonus);
            payments.push(sheet.line_of(Step::ProcessPayment, part.of(paid.as_str()), payment));
        }
        let line = match (parts.as_slice(), payments.as_slice()) {
            (_, []) => return None,
            ([_], [only]) => *only,
            _ => sheet.line_of(Step::ProcessPayment, paid, sum(payments)),
        };
        sheet.owes(facts.payer(), paid, line);
        Some(line)
    }
}
