//! `apply-sanction`: a sanction of the contract reduces what a month pays.

use serde::{Deserialize, Serialize};

use super::{Verb, entered_in};
use crate::book::Book;
use crate::mechanism::Mechanism;
use crate::money::Money;
use crate::name::{ContractId, StreamId};
use crate::refusal::Refusal;
use crate::year::{Month, Span};

/// A sanction was applied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SanctionApplied {
    /// The contract.
    pub contract: ContractId,
    /// The month of the breach.
    pub month: Month,
    /// By how much it reduces what is payable.
    pub amount: Money,
    /// Which standard was missed.
    pub reason: String,
}

impl Verb for SanctionApplied {
    type Makes = SanctionApplied;

    fn stream(&self) -> StreamId {
        StreamId::of("sanction", &self.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        vec![StreamId::of("contract", &self.contract)]
    }

    fn decide(self, book: &Book) -> Result<SanctionApplied, Refusal> {
        let case = book.case(&self.contract)?;
        if !case.terms.pay.iter().any(|c| matches!(c.mechanism, Mechanism::Sanctions(_))) {
            let message = format!("`{}` has no sanctions clause", self.contract);
            let hint = "only a contract whose terms have a `sanctions` clause can be sanctioned";
            return Err(Refusal::rule("no-sanctions-clause", message, hint).at("/contract"));
        }
        case.covers(Span::Month(self.month)).map_err(|refusal| refusal.at("/month"))?;
        if self.amount.is_negative() {
            let hint = "write the amount of the sanction without a sign";
            return Err(Refusal::rule("negative-sanction", "a sanction is not negative", hint).at("/amount"));
        }
        Ok(self)
    }
}

entered_in!(SanctionApplied, sanctions);
