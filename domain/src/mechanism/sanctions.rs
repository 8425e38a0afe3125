//! # Sanctions
//!
//! **What it pays.** A sanction applied takes its amount off what the month pays. `passed_up` says which part of it the
//! holder of the head contract passes on to the commissioner; the rest stays with the holder.
//!
//! **When nothing is due.** No sanction was applied to a month that has ended.
//!
//! **Clause.** NHS Standard Contract, national and local quality requirements.
//!
//! **Worked example.** A sanction of £12,000.00 on activity of £10,290,000.00 leaves £10,278,000.00 payable. Passed up at
//! 0%, no sanction reaches the commissioner; but a lower subcontract payable raises a head contract's pool, whose shares
//! reach the commissioner all the same, and the statement says so.

use super::{Pays, Phase};
use crate::exact::Exact;
use crate::facts::Facts;
use crate::name::ClauseRef;
use crate::rate::Rate;
use crate::terms::Fields;
use crate::worksheet::{Figure, Given, Source, Step, Worksheet, sum};

/// Sanctions on what a provider is paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sanctions {
    /// The part that is passed on to the commissioner of the head contract.
    passed_up: Rate,
}

impl Pays for Sanctions {
    const KIND: &'static str = "sanctions";
    const PHASE: Phase = Phase::Sanction;

    fn read(fields: &Fields) -> Sanctions {
        let passed_up: Rate = fields.optional("passed_up").unwrap_or_else(|| Rate::of(Exact::zero()));
        if passed_up.exact().is_negative() || *passed_up.exact() > Exact::one() {
            fields.fault("passed_up", format!("{passed_up} is not a part of a sanction"), "write 0% to 100%");
        }
        Sanctions { passed_up }
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, _: &ClauseRef) {
        let sanctions = facts.sanctions();
        if sanctions.is_empty() {
            return;
        }
        let lines: Vec<Figure<_>> = sanctions
            .iter()
            .map(|applied| {
                let subject = format!("{} @{}", applied.fact.month, applied.entry);
                let source = vec![Source::Entry(applied.entry)];
                let given =
                    Given::new(applied.fact.amount, format!("applied: {}", applied.fact.reason), source);
                let line = sheet.given(Step::Sanction, Some(subject), given);
                sheet.owes_less(facts.payer(), facts.payee(), line);
                line
            })
            .collect();
        if facts.case.terms.under.is_none() {
            return;
        }
        let all = sheet.line(Step::Sanction, sum(lines));
        sheet.line(Step::PassedUp, &self.passed_up * all);
        let text = "what a sanction takes off this payable lowers the cost of the programme, and so reaches the head \
                    contract's pool, whether or not it is passed up";
        sheet.note(Step::ThroughThePool, text);
    }
}
