//! # Payment from a stop-loss pool
//!
//! **What it pays.** For each patient and contract year, the cost above the threshold less coinsurance; all claims
//! together no more than the pool's limit. The pool, a party with a host, pays the provider.
//!
//! **When nothing is due.** No patient was claimed for.
//!
//! **Clause.** Local; the United States rule truncates at the 99th percentile instead (42 CFR 425.606).
//!
//! **Worked example.** A patient who cost £93,750.00, threshold £50,000.00, coinsurance 20%: the pool pays 80% of
//! £43,750.00, that is £35,000.00.

use super::{Pays, Phase};
use crate::exact::Exact;
use crate::facts::Facts;
use crate::money::Money;
use crate::name::{ClauseRef, PartyId};
use crate::rate::Rate;
use crate::terms::{Fault, Fields, Terms, reader};
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

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, _: &ClauseRef) {
        let claimed = facts.claims();
        if claimed.is_empty() {
            sheet.note(Step::NothingDue, "no patient was claimed for");
            return;
        }
        let pool_share = Rate::of(Exact::one() - self.coinsurance.exact().clone());
        let threshold = sheet.stated(Step::Threshold, self.threshold);
        let claims: Vec<Figure<Money>> = claimed
            .into_iter()
            .map(|claim| {
                let patient = claim.fact.patient.to_string();
                let source = vec![Source::Entry(claim.entry)];
                let given = Given::new(claim.fact.cost, format!("cost up to {}", claim.fact.up_to), source);
                let cost = sheet.given(Step::PatientCost, Some(patient.clone()), given);
                let excess = (cost - threshold).not_below(Money::ZERO);
                sheet.line_of(Step::Claim, patient, &pool_share * excess)
            })
            .collect();
        let all = sheet.line(Step::Claims, sum(claims));
        let limit = self.limit.map(|limit| sheet.stated(Step::PoolLimit, limit));
        let paid = match limit {
            Some(limit) => sheet.line(Step::PoolPayment, all.at_most(limit)),
            None => sheet.line(Step::PoolPayment, sum([all])),
        };
        sheet.owes(&self.pool, facts.payee(), paid);
    }

    fn parties(&self) -> Vec<PartyId> {
        vec![self.pool.clone()]
    }
}
