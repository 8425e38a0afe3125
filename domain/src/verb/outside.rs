//! `pay-outside`: the commissioner paid a provider that never signed, for care that the contract's budget
//! covers. Each record is one line of the deduction.

use serde::{Deserialize, Serialize};

use super::{Verb, entered_in};
use crate::book::Book;
use crate::money::Money;
use crate::name::{ContractId, PartyId, StreamId};
use crate::refusal::Refusal;
use crate::year::{Month, Span};

/// Work was paid for outside the contract.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutsidePaymentMade {
    /// The contract whose budget it comes off.
    pub contract: ContractId,
    /// The provider that was paid.
    pub provider: PartyId,
    /// The month in which the care was given.
    pub month: Month,
    /// What was paid; a credit note is negative.
    pub amount: Money,
    /// What it was for, or the invoice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

impl Verb for OutsidePaymentMade {
    type Makes = OutsidePaymentMade;

    fn stream(&self) -> StreamId {
        StreamId::of("outside", &self.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        vec![StreamId::of("contract", &self.contract), StreamId::of("party", &self.provider)]
    }

    fn decide(self, book: &Book) -> Result<OutsidePaymentMade, Refusal> {
        let case = book.case(&self.contract)?;
        case.covers(Span::Month(self.month)).map_err(|refusal| refusal.at("/month"))?;
        book.in_office(&self.provider, self.month.first_day()).map_err(|refusal| refusal.at("/provider"))?;
        if self.provider == case.terms.parties.payee {
            let message =
                format!("`{}` holds this contract; what it is paid is not outside it", self.provider);
            let hint = "record it with make-payment";
            return Err(Refusal::rule("not-outside", message, hint).at("/provider"));
        }
        Ok(self)
    }
}

entered_in!(OutsidePaymentMade, paid_outside);
