//! # Payment from a stop-loss pool
//!
//! **What it pays.** For each patient and contract year, the cost above the threshold less coinsurance; all
//! claims together no more than the pool's limit. The pool, a party with a host, pays the provider, patient
//! by patient. Where the claims come to more than the limit, `when_short` says who goes without: `scale`
//! (also where nothing is said) pays every claim its part of the limit, `first_come` pays in the order in
//! which patients were first claimed for. What the pool does not pay of a patient's cost is borne by the
//! provider.
//!
//! **When nothing is due.** No patient was claimed for.
//!
//! **Clause.** Local; the United States rule truncates at the 99th percentile instead (42 CFR 425.606).
//!
//! **Worked example.** A patient who cost £93,750.00, threshold £50,000.00, coinsurance 20%: the pool pays
//! 80% of £43,750.00, that is £35,000.00. Patients who cost £120,000, £75,000, £51,000, £49,999 and £200,000
//! have claims of £196,800; a limit of £150,000 pays £42,682.93, £15,243.90, £609.76, nothing and £91,463.41.

use super::{Pays, Phase, Told};
use crate::book::Entered;
use crate::exact::Exact;
use crate::exposure::{Exposure, Limit};
use crate::facts::Facts;
use crate::money::Money;
use crate::name::{ClauseRef, PartyId};
use crate::rate::Rate;
use crate::terms::{Fault, Fields, Terms, reader};
use crate::verb::stop_loss::StopLossClaimed;
use crate::worksheet::{Figure, Given, Operand, Source, Step, Worksheet, sum};

/// Excess cost of single patients, met by a pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StopLoss {
    /// The pool that pays.
    pool: PartyId,
    /// What a patient's year may cost before the pool pays.
    threshold: Money,
    /// The part of the excess that the provider bears.
    coinsurance: Rate,
    /// The most the pool pays in a year.
    limit: Option<Money>,
    when_short: WhenShort,
}

/// Who goes without where the claims come to more than the pool has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WhenShort {
    Scale,
    FirstCome,
}
reader::words!(WhenShort { Scale = "scale", FirstCome = "first_come" });

/// One patient's cost and claim.
struct Patient {
    name: String,
    cost: Figure<Money>,
    claim: Figure<Money>,
}

/// What a threshold is counted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Per {
    PatientYear,
}
reader::words!(Per { PatientYear = "patient-year" });

impl Pays for StopLoss {
    const KIND: &'static str = "stop_loss";
    const PHASE: Phase = Phase::StopLoss;

    fn read(fields: &Fields) -> StopLoss {
        let _: Per = fields.required("per");
        let coinsurance: Rate = fields.optional("coinsurance").unwrap_or_else(|| Rate::of(Exact::zero()));
        if coinsurance.exact().is_negative() || *coinsurance.exact() > Exact::one() {
            fields.fault(
                "coinsurance",
                format!("{coinsurance} is not a part of the excess"),
                "write 0% to 100%",
            );
        }
        StopLoss {
            pool: fields.required("pool"),
            threshold: fields.required("threshold"),
            coinsurance,
            limit: fields.optional("limit"),
            when_short: fields.optional("when_short").unwrap_or(WhenShort::Scale),
        }
    }

    fn check(&self, terms: &Terms) -> Vec<Fault> {
        if terms.parties.pool.as_ref().is_some_and(|pool| pool.party == self.pool) {
            return Vec::new();
        }
        let message = format!("`{}` is not the pool of this contract", self.pool);
        let hint = "name it under `parties: {pool: {party: .., host: ..}}`";
        vec![Fault::new("/pool", message, hint)]
    }

    fn writes(&self) -> Vec<Step> {
        vec![Step::Threshold, Step::Claims, Step::PoolPayment]
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, _: &ClauseRef) {
        let claimed = facts.claims();
        if claimed.is_empty() {
            sheet.note(Step::NothingDue, "no patient was claimed for");
            return;
        }
        let threshold = sheet.stated(Step::Threshold, self.threshold);
        let patients: Vec<Patient> =
            claimed.into_iter().map(|claim| self.patient(sheet, threshold, claim)).collect();
        let claims = sheet.line(Step::Claims, sum(patients.iter().map(|p| p.claim)));
        let (paid, payments) = self.payments(sheet, &patients, claims);
        for (patient, payment) in patients.iter().zip(payments) {
            sheet.line_of(Step::Borne, &patient.name, patient.cost - payment);
        }
        sheet.owes(&self.pool, facts.payee(), paid);
    }

    fn parties(&self) -> Vec<PartyId> {
        vec![self.pool.clone()]
    }

    fn exposures(&self, terms: &Terms) -> Vec<Exposure> {
        let most = || match self.limit {
            Some(limit) => Limit::at(limit.into()),
            None => Limit::Without("what the pool pays has no limit"),
        };
        vec![
            Exposure::of(&self.pool, Limit::nothing(), most()),
            Exposure::of(&terms.parties.payee, most(), Limit::nothing()),
        ]
    }

    fn words(&self, told: &Told) -> String {
        let less = match self.coinsurance.exact().is_zero() {
            true => String::new(),
            false => format!(", less {} of it", self.coinsurance),
        };
        let limit = self.limit.map(|limit| {
            let short = match self.when_short {
                WhenShort::Scale => "every claim is paid its part",
                WhenShort::FirstCome => "first come is first paid",
            };
            format!(", no more than {} a year in all; where that does not suffice {short}", told.money(limit))
        });
        format!(
            "{} pays {} for each patient whose year costs more than {}: the cost above that{less}{}.",
            told.party(&self.pool),
            told.payee(),
            told.money(self.threshold),
            limit.unwrap_or_default()
        )
    }
}

impl StopLoss {
    /// What a patient's year may cost before the pool pays.
    pub fn threshold(&self) -> Money {
        self.threshold
    }

    /// A patient's cost, and the claim for what lies above the threshold, less coinsurance.
    fn patient(
        &self,
        sheet: &mut Worksheet,
        threshold: Figure<Money>,
        claim: &Entered<StopLossClaimed>,
    ) -> Patient {
        let name = claim.fact.patient.to_string();
        let said = format!("cost up to {}", claim.fact.up_to);
        let given = Given::new(claim.fact.cost, said, vec![Source::Entry(claim.entry)]);
        let cost = sheet.given(Step::PatientCost, Some(name.clone()), given);
        let excess = (cost - threshold).not_below(Money::ZERO);
        let pool_share = Rate::of(Exact::one() - self.coinsurance.exact().clone());
        let claim = sheet.line_of(Step::Claim, &name, &pool_share * excess);
        Patient { name, cost, claim }
    }

    /// What the pool pays in all, within its limit, and of that for each patient.
    fn payments(
        &self,
        sheet: &mut Worksheet,
        patients: &[Patient],
        claims: Figure<Money>,
    ) -> (Figure<Money>, Vec<Figure<Money>>) {
        let limit = self.limit.map(|limit| sheet.stated(Step::PoolLimit, limit));
        match (limit, self.when_short) {
            (Some(limit), WhenShort::Scale) => {
                let paid = sheet.line(Step::PoolPayment, claims.at_most(limit));
                let weights: Vec<(&str, Figure<Money>)> =
                    patients.iter().map(|p| (p.name.as_str(), p.claim)).collect();
                let each = sheet.shares_of_sum(Step::PoolPayment, paid, claims, &weights);
                (paid, each)
            }
            (Some(limit), WhenShort::FirstCome) => {
                let (mut left, mut each) = (limit, Vec::new());
                for patient in patients {
                    let payment =
                        sheet.line_of(Step::PoolPayment, &patient.name, patient.claim.at_most(left));
                    left = sheet.line_of(Step::LeftInPool, &patient.name, left - payment);
                    each.push(payment);
                }
                (sheet.line(Step::PoolPayment, sum(each.clone())), each)
            }
            (None, _) => {
                let each: Vec<Figure<Money>> =
                    patients.iter().map(|p| sheet.line_of(Step::PoolPayment, &p.name, p.claim)).collect();
                (sheet.line(Step::PoolPayment, sum(each.clone())), each)
            }
        }
    }
}
