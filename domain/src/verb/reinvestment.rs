//! `reinvest-sanction`: the payer spends what sanctions brought, and says on what. It changes nothing that is
//! payable.

use serde::{Deserialize, Serialize};

use super::{Verb, entered_in};
use crate::book::Book;
use crate::mechanism::Mechanism;
use crate::money::Money;
use crate::name::{ContractId, StreamId};
use crate::refusal::Refusal;
use crate::year::{Month, Span};

/// What sanctions brought was spent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SanctionReinvested {
    /// The contract.
    pub contract: ContractId,
    /// The month in which it was spent.
    pub month: Month,
    /// How much.
    pub amount: Money,
    /// On what.
    pub purpose: String,
}

impl Verb for SanctionReinvested {
    type Makes = SanctionReinvested;

    fn stream(&self) -> StreamId {
        StreamId::of("sanction", &self.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        vec![StreamId::of("contract", &self.contract)]
    }

    fn decide(self, book: &Book) -> Result<SanctionReinvested, Refusal> {
        let case = book.case(&self.contract)?;
        if !case.terms.pay.iter().any(|c| matches!(c.mechanism, Mechanism::Sanctions(_))) {
            let message = format!("`{}` has no sanctions clause", self.contract);
            let hint = "only what sanctions brought can be reinvested";
            return Err(Refusal::rule("no-sanctions-clause", message, hint).at("/contract"));
        }
        case.covers(Span::Month(self.month)).map_err(|refusal| refusal.at("/month"))?;
        if self.amount.is_negative() {
            let hint = "write how much was spent, without a sign";
            return Err(
                Refusal::rule("negative-reinvestment", "what is spent is not negative", hint).at("/amount")
            );
        }
        Ok(self)
    }
}

entered_in!(SanctionReinvested, reinvestments);
