//! `raise-challenge` and `resolve-challenge`: the payer disputes part of a month's activity, and the dispute
//! ends.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Verb, entered_in};
use crate::book::Book;
use crate::money::Money;
use crate::name::{ChallengeId, ClauseRef, ContractId, StreamId};
use crate::refusal::Refusal;
use crate::terms::Terms;
use crate::year::{Month, Span};

/// Part of a month's activity was challenged: a duplicate, a wrong commissioner, a wrong code, no approval.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChallengeRaised {
    /// The contract.
    pub contract: ContractId,
    /// The challenge, as the payer numbers it.
    pub challenge: ChallengeId,
    /// The month of the activity.
    pub month: Month,
    /// How much of its value is in dispute.
    pub amount: Money,
    /// Why.
    pub reason: String,
    /// By when the provider is to answer.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::time::day::optional")]
    pub answer_by: Option<NaiveDate>,
    /// The clause that pays for the activity, where the contract has several that pay by activity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<ClauseRef>,
}

impl ChallengeRaised {
    /// The clause whose activity is in dispute: the one named, else the contract's first that pays by
    /// activity.
    pub(crate) fn paid_under<'a>(&'a self, terms: &'a Terms) -> Option<&'a ClauseRef> {
        self.clause.as_ref().or_else(|| by_activity(terms).next())
    }
}

/// The clauses of a contract that pay by activity.
fn by_activity(terms: &Terms) -> impl Iterator<Item = &ClauseRef> {
    terms.pay.iter().filter(|c| c.mechanism.by_activity()).map(|c| &c.clause)
}

/// A challenge was resolved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChallengeResolved {
    /// The contract.
    pub contract: ContractId,
    /// The challenge.
    pub challenge: ChallengeId,
    /// How much of it was upheld; the rest is paid.
    pub upheld: Money,
    /// How it was resolved.
    pub reason: String,
}

impl Verb for ChallengeRaised {
    type Makes = ChallengeRaised;

    fn stream(&self) -> StreamId {
        StreamId::of("challenge", &self.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        vec![StreamId::of("contract", &self.contract)]
    }

    fn decide(self, book: &Book) -> Result<ChallengeRaised, Refusal> {
        let case = book.case(&self.contract)?;
        case.covers(Span::Month(self.month)).map_err(|refusal| refusal.at("/month"))?;
        if case.challenges.iter().any(|c| c.fact.challenge == self.challenge) {
            let message = format!("challenge `{}` was raised before", self.challenge);
            return Err(Refusal::conflict("challenge-exists", message, "give it a number of its own")
                .at("/challenge"));
        }
        if self.amount.is_negative() || self.amount == Money::ZERO {
            let hint = "write how much of the month's value is in dispute";
            return Err(
                Refusal::rule("not-positive", "a challenge disputes more than nothing", hint).at("/amount")
            );
        }
        let known: Vec<&str> = by_activity(&case.terms).map(ClauseRef::as_str).collect();
        let unclear = match &self.clause {
            Some(clause) => !known.contains(&clause.as_str()),
            None => known.len() > 1,
        };
        if unclear {
            let named = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            let message = format!("the clauses of `{}` that pay by activity: {named}", self.contract);
            let hint = "name the one that pays for the activity in dispute";
            return Err(Refusal::rule("which-activity", message, hint).at("/clause"));
        }
        Ok(self)
    }
}

impl Verb for ChallengeResolved {
    type Makes = ChallengeResolved;

    fn stream(&self) -> StreamId {
        StreamId::of("challenge", &self.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        vec![StreamId::of("contract", &self.contract)]
    }

    fn decide(self, book: &Book) -> Result<ChallengeResolved, Refusal> {
        let case = book.case(&self.contract)?;
        let Some(raised) = case.challenges.iter().find(|c| c.fact.challenge == self.challenge) else {
            let message = format!("`{}` has no challenge `{}`", self.contract, self.challenge);
            return Err(Refusal::not_found("unknown-challenge", message, "check its number").at("/challenge"));
        };
        if case.resolutions.iter().any(|r| r.fact.challenge == self.challenge) {
            let message = format!("challenge `{}` is already resolved", self.challenge);
            let hint = "a resolution is final; raise a new challenge if there is new ground";
            return Err(Refusal::conflict("challenge-resolved", message, hint).at("/challenge"));
        }
        if self.upheld.is_negative() || self.upheld > raised.fact.amount {
            let message = format!("{} is not a part of the {} in dispute", self.upheld, raised.fact.amount);
            return Err(Refusal::rule("upheld-too-much", message, "uphold nothing, a part or all of it")
                .at("/upheld"));
        }
        Ok(self)
    }
}

entered_in!(ChallengeRaised, challenges);
entered_in!(ChallengeResolved, resolutions);
