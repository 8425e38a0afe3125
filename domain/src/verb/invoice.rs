//! `receive-invoice` and `credit-invoice`: what a party asked to be paid for a month or a year, and what it
//! took back of it. Neither is owed for being asked: they stand beside the returns and the claims, and
//! explain where those differ.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Verb, entered_in};
use crate::book::{Book, Case, Entered};
use crate::exact::Exact;
use crate::money::Money;
use crate::name::{ContractId, ItemId, PartyId, StreamId};
use crate::refusal::Refusal;
use crate::year::{ContractYear, Span};

/// An invoice was received.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvoiceReceived {
    /// The contract.
    pub contract: ContractId,
    /// Its number, each used once by its sender under a contract.
    pub invoice: ItemId,
    /// Who asks to be paid.
    pub from: PartyId,
    /// Who is asked to pay.
    pub to: PartyId,
    /// The month or contract year it is for.
    pub period: Span,
    /// How much.
    pub amount: Money,
    /// When it was received.
    #[serde(with = "crate::time::day")]
    pub received_on: NaiveDate,
}

/// An invoice was credited, whole or in part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvoiceCredited {
    /// The contract.
    pub contract: ContractId,
    /// The invoice.
    pub invoice: ItemId,
    /// Who sent it.
    pub from: PartyId,
    /// How much is taken back.
    pub amount: Money,
    /// When.
    #[serde(with = "crate::time::day")]
    pub on: NaiveDate,
    /// Why.
    pub reason: String,
}

impl InvoiceCredited {
    pub(super) fn is_of(&self, invoice: &InvoiceReceived) -> bool {
        self.invoice == invoice.invoice && self.from == invoice.from
    }
}

impl Case {
    /// What an invoice asks for by a day, less what was credited.
    pub fn invoiced(&self, invoice: &InvoiceReceived, day: NaiveDate) -> Exact {
        if day < invoice.received_on {
            return Exact::zero();
        }
        let of_it = |c: &&Entered<InvoiceCredited>| c.fact.is_of(invoice) && c.fact.on <= day;
        let credited: Exact = self.credits.iter().filter(of_it).map(|c| c.fact.amount.into()).sum();
        Exact::from(invoice.amount) - credited
    }

    /// The invoices for a contract year, or for months of it, that were received by a day.
    pub fn invoices_of(&self, year: ContractYear, day: NaiveDate) -> Vec<&Entered<InvoiceReceived>> {
        let invoices = self.invoices.iter();
        invoices.filter(|i| i.fact.period.within(year) && i.fact.received_on <= day).collect()
    }
}

fn positive(amount: Money) -> Result<(), Refusal> {
    if amount.is_negative() || amount == Money::ZERO {
        let hint = "write the amount without a sign; what is taken back is credited with credit-invoice";
        return Err(
            Refusal::rule("not-positive", "an invoice or credit is more than nothing", hint).at("/amount")
        );
    }
    Ok(())
}

impl Verb for InvoiceReceived {
    type Makes = InvoiceReceived;

    fn stream(&self) -> StreamId {
        StreamId::of("payment", &self.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        vec![StreamId::of("contract", &self.contract)]
    }

    fn decide(self, book: &Book) -> Result<InvoiceReceived, Refusal> {
        let case = book.case(&self.contract)?;
        case.covers(self.period).map_err(|refusal| refusal.at("/period"))?;
        book.party_to(case, &self.from, self.received_on).map_err(|refusal| refusal.at("/from"))?;
        book.party_to(case, &self.to, self.received_on).map_err(|refusal| refusal.at("/to"))?;
        if self.from == self.to {
            let hint = "name the party that asks to be paid and the party that is asked";
            return Err(
                Refusal::rule("invoiced-itself", "an invoice goes from one party to another", hint).at("/to")
            );
        }
        let same = |i: &Entered<InvoiceReceived>| i.fact.invoice == self.invoice && i.fact.from == self.from;
        if let Some(earlier) = case.invoices.iter().find(|i| same(i)) {
            let message = format!(
                "invoice `{}` of `{}` was received at entry {}",
                self.invoice, self.from, earlier.entry
            );
            let hint = "credit it with credit-invoice, or check the number";
            return Err(Refusal::conflict("invoice-exists", message, hint).at("/invoice"));
        }
        positive(self.amount)?;
        Ok(self)
    }
}

impl Verb for InvoiceCredited {
    type Makes = InvoiceCredited;

    fn stream(&self) -> StreamId {
        StreamId::of("payment", &self.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        vec![StreamId::of("contract", &self.contract)]
    }

    fn decide(self, book: &Book) -> Result<InvoiceCredited, Refusal> {
        let case = book.case(&self.contract)?;
        let Some(invoice) = case.invoices.iter().find(|i| self.is_of(&i.fact)) else {
            let message = format!("`{}` has no invoice `{}` of `{}`", self.contract, self.invoice, self.from);
            return Err(Refusal::not_found("unknown-invoice", message, "check its number and its sender")
                .at("/invoice"));
        };
        positive(self.amount)?;
        let left = case.invoiced(&invoice.fact, NaiveDate::MAX);
        if Exact::from(self.amount) > left {
            let message =
                format!("{} is more than the {} left of `{}`", self.amount, left.show(2), self.invoice);
            let hint = "credit what is left of it at most";
            return Err(Refusal::rule("credited-too-much", message, hint).at("/amount"));
        }
        Ok(self)
    }
}

entered_in!(InvoiceReceived, invoices);
entered_in!(InvoiceCredited, credits);
