//! `state-balance`: what a party itself says is owed under a contract. A claim is a fact about the claimant;
//! it changes no settlement, and reconciliation explains where it differs.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Verb, entered_in};
use crate::book::Book;
use crate::money::Money;
use crate::name::{ContractId, PartyId, StreamId};
use crate::refusal::Refusal;
use crate::year::{ContractYear, Span};

/// A party stated what it takes to be owed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BalanceStated {
    /// The contract.
    pub contract: ContractId,
    /// The contract year.
    pub year: ContractYear,
    /// Who states it.
    pub party: PartyId,
    /// Owed by (+) or to (-) whom.
    pub counterparty: PartyId,
    /// What kind of balance it is.
    pub basis: Basis,
    /// The amount; + is to be received by `party`.
    pub amount: Money,
    /// The business date it is stated for.
    #[serde(with = "crate::time::day")]
    pub as_of: NaiveDate,
}

/// What kind of balance a party states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// What is still owed, after payments.
    Receivable,
    /// What the year is worth, before payments.
    Income,
}

impl std::fmt::Display for Basis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Basis::Receivable => "receivable",
            Basis::Income => "income",
        })
    }
}

impl Verb for BalanceStated {
    type Makes = BalanceStated;

    fn stream(&self) -> StreamId {
        StreamId::of("claim", &self.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        vec![StreamId::of("contract", &self.contract)]
    }

    fn decide(self, book: &Book) -> Result<BalanceStated, Refusal> {
        let case = book.case(&self.contract)?;
        case.covers(Span::Year(self.year)).map_err(|refusal| refusal.at("/year"))?;
        for (party, pointer) in [(&self.party, "/party"), (&self.counterparty, "/counterparty")] {
            book.known_party(party).map_err(|refusal| refusal.at(pointer))?;
        }
        Ok(self)
    }
}

entered_in!(BalanceStated, balances);
