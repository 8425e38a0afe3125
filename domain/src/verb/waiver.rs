//! `waive-sanction`: the payer waives a sanction that is due, in whole or in part, and says why.

use serde::{Deserialize, Serialize};

use super::{Verb, entered_in};
use crate::book::Book;
use crate::mechanism::Mechanism;
use crate::money::Money;
use crate::name::{ContractId, StreamId};
use crate::refusal::Refusal;
use crate::year::{Month, Span};

/// A sanction due was waived.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SanctionWaived {
    /// The contract.
    pub contract: ContractId,
    /// The month up to which it was due.
    pub month: Month,
    /// The standard that was missed, as the terms name it.
    pub standard: String,
    /// How much of what is due is waived.
    pub amount: Money,
    /// Why.
    pub reason: String,
}

impl Verb for SanctionWaived {
    type Makes = SanctionWaived;

    fn stream(&self) -> StreamId {
        StreamId::of("sanction", &self.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        vec![StreamId::of("contract", &self.contract)]
    }

    fn decide(self, book: &Book) -> Result<SanctionWaived, Refusal> {
        let case = book.case(&self.contract)?;
        let known: Vec<&str> = case
            .terms
            .pay
            .iter()
            .filter_map(|c| match &c.mechanism {
                Mechanism::Sanctions(sanctions) => Some(sanctions.standards()),
                _ => None,
            })
            .flatten()
            .collect();
        let none = "its terms compute no sanction; a recorded one is taken back with record-in-error";
        case.known_name("standard", &self.standard, &known, none)?;
        case.covers(Span::Month(self.month)).map_err(|refusal| refusal.at("/month"))?;
        if self.amount.is_negative() {
            let hint = "write how much is waived, without a sign";
            return Err(Refusal::rule("negative-waiver", "a waiver is not negative", hint).at("/amount"));
        }
        Ok(self)
    }
}

entered_in!(SanctionWaived, waivers);
