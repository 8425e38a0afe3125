//! `make-payment`: money that moved between two parties of a contract, on account or in settlement.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Verb, entered_in};
use crate::book::Book;
use crate::money::Money;
use crate::name::{ContractId, PartyId, StreamId};
use crate::refusal::Refusal;
use crate::year::{ContractYear, Span};

/// A payment was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentMade {
    /// The contract.
    pub contract: ContractId,
    /// The contract year it is paid for.
    pub year: ContractYear,
    /// Who paid.
    pub from: PartyId,
    /// Who was paid.
    pub to: PartyId,
    /// How much; always positive, a repayment goes the other way.
    pub amount: Money,
    /// When the money moved.
    #[serde(with = "crate::time::day")]
    pub paid_on: NaiveDate,
    /// The payer's or the bank's reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

impl Verb for PaymentMade {
    type Makes = PaymentMade;

    fn stream(&self) -> StreamId {
        StreamId::of("payment", &self.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        vec![StreamId::of("contract", &self.contract)]
    }

    fn decide(self, book: &Book) -> Result<PaymentMade, Refusal> {
        let case = book.case(&self.contract)?;
        case.covers(Span::Year(self.year)).map_err(|refusal| refusal.at("/year"))?;
        book.party_to(case, &self.from, self.paid_on).map_err(|refusal| refusal.at("/from"))?;
        book.party_to(case, &self.to, self.paid_on).map_err(|refusal| refusal.at("/to"))?;
        if self.from == self.to {
            let hint = "name the party that paid and the party that was paid";
            return Err(
                Refusal::rule("paid-itself", "a payment goes from one party to another", hint).at("/to")
            );
        }
        if self.amount.is_negative() || self.amount == Money::ZERO {
            let hint = "write a repayment as a payment the other way";
            return Err(Refusal::rule("not-positive", "a payment is more than nothing", hint).at("/amount"));
        }
        Ok(self)
    }
}

entered_in!(PaymentMade, payments);
