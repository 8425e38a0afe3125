//! `award-contract`: a contract or subcontract comes into force with its terms.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Happened, Verb};
use crate::book::{Book, Case};
use crate::name::StreamId;
use crate::refusal::Refusal;
use crate::terms::Terms;
use crate::time::Entry;

/// A contract was awarded with its terms; a subcontract too, under another contract.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContractAwarded {
    /// When it was signed.
    #[serde(with = "crate::time::day")]
    pub signed_on: NaiveDate,
    /// Its terms, as written.
    pub terms: Terms,
}

impl Verb for ContractAwarded {
    type Makes = ContractAwarded;

    fn stream(&self) -> StreamId {
        StreamId::of("contract", &self.terms.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        let parties = self.terms.all_parties();
        let mut streams: Vec<StreamId> = parties.iter().map(|p| StreamId::of("party", p)).collect();
        streams.extend(self.terms.under.iter().map(|head| StreamId::of("contract", head)));
        streams
    }

    fn decide(self, book: &Book) -> Result<ContractAwarded, Refusal> {
        let terms = &self.terms;
        if book.contracts.contains_key(&terms.contract) {
            let message = format!("contract `{}` is already awarded", terms.contract);
            let hint = "vary it with vary-contract, or choose another name";
            return Err(Refusal::conflict("contract-exists", message, hint).at("/terms/contract"));
        }
        if let Some(fault) = terms.contradictions().into_iter().next() {
            let refusal = Refusal::rule("contradictory-terms", fault.message, fault.hint);
            return Err(refusal.at(format!("/terms{}", fault.pointer)));
        }
        if let Some(party) = terms.all_parties().iter().find(|p| !book.parties.contains_key(*p)) {
            return Err(book.unknown_party(party).at("/terms/parties"));
        }
        for party in terms.all_parties() {
            // A body may be named before it begins, and not after it has ended.
            book.not_ended(&party, self.signed_on).map_err(|refusal| refusal.at("/terms/parties"))?;
        }
        let Some(under) = &terms.under else { return Ok(self) };
        let head = book.case(under).map_err(|refusal| refusal.at("/terms/under"))?;
        if !(head.terms.years.include(terms.years.from) && head.terms.years.include(terms.years.to)) {
            let message = format!(
                "a subcontract's years {} to {} must lie within those of `{under}`, {} to {}",
                terms.years.from, terms.years.to, head.terms.years.from, head.terms.years.to
            );
            let hint = "shorten the subcontract's years, or extend the head contract first";
            return Err(Refusal::rule("outside-head-term", message, hint).at("/terms/years"));
        }
        if head.terms.currency != terms.currency {
            let message =
                format!("`{under}` is in {}, this subcontract in {}", head.terms.currency, terms.currency);
            let hint = "write both in one currency";
            return Err(Refusal::rule("currency-differs", message, hint).at("/terms/currency"));
        }
        if head.terms.parties.payee != terms.parties.payer {
            let message = format!(
                "the lead of this subcontract is `{}`, but `{under}` is held by `{}`",
                terms.parties.payer, head.terms.parties.payee
            );
            let hint = "only the provider that holds a contract can subcontract it";
            return Err(Refusal::rule("not-the-holder", message, hint).at("/terms/parties/lead"));
        }
        Ok(self)
    }
}

impl Happened for ContractAwarded {
    fn stream(&self) -> StreamId {
        Verb::stream(self)
    }

    fn apply(self, book: &mut Book, entry: Entry) {
        book.award(Case::new(self.terms, self.signed_on, entry));
    }

    fn decide_again(self, book: &Book) -> Result<ContractAwarded, Refusal> {
        Verb::decide(self, book)
    }
}
