//! `transfer-pathway`: a patient moved to or from another provider on the way through a pathway. A later
//! report of the same patient and direction replaces the earlier one.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Verb, entered_in};
use crate::book::Book;
use crate::mechanism::Mechanism;
use crate::name::{ClauseRef, ContractId, Pseudonym, StreamId};
use crate::refusal::Refusal;
use crate::terms::Terms;
use crate::text::serde_as_text;
use crate::year::{Month, Span};

/// A pathway changed provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PathwayTransferred {
    /// The contract.
    pub contract: ContractId,
    /// The patient, by the sender's pseudonym.
    pub patient: Pseudonym,
    /// The day of the transfer.
    #[serde(with = "crate::time::day")]
    pub on: NaiveDate,
    /// Whether the payee gave the pathway away or took it over.
    pub direction: Direction,
    /// Days of the pathway before the transfer.
    #[serde(deserialize_with = "crate::text::whole")]
    pub days_elapsed: u32,
    /// Days of the whole pathway.
    #[serde(deserialize_with = "crate::text::whole")]
    pub days_total: u32,
    /// The clause that pays for the pathway, where the contract has several such clauses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<ClauseRef>,
}

impl PathwayTransferred {
    /// The clause that pays for the pathway: the one named, else the contract's first.
    pub(crate) fn paid_under<'a>(&'a self, terms: &'a Terms) -> Option<&'a ClauseRef> {
        self.clause.as_ref().or_else(|| pathways(terms).next())
    }
}

/// The clauses of a contract that pay for pathways.
fn pathways(terms: &Terms) -> impl Iterator<Item = &ClauseRef> {
    let paid = terms.pay.iter().filter(|c| matches!(c.mechanism, Mechanism::PathwayBundle(_)));
    paid.map(|clause| &clause.clause)
}

/// Which way a pathway moved, from the payee's side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To another provider.
    Out,
    /// From another provider.
    In,
}

impl std::fmt::Display for Direction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Direction::Out => "out",
            Direction::In => "in",
        })
    }
}

impl std::str::FromStr for Direction {
    type Err = String;

    fn from_str(text: &str) -> Result<Direction, String> {
        match text {
            "out" => Ok(Direction::Out),
            "in" => Ok(Direction::In),
            other => Err(format!("`{other}` is not a direction; write out or in")),
        }
    }
}

serde_as_text!(Direction, "a direction: out or in");

impl Verb for PathwayTransferred {
    type Makes = PathwayTransferred;

    fn stream(&self) -> StreamId {
        StreamId::of("volume", &self.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        vec![StreamId::of("contract", &self.contract)]
    }

    fn decide(self, book: &Book) -> Result<PathwayTransferred, Refusal> {
        let case = book.case(&self.contract)?;
        let known: Vec<&ClauseRef> = pathways(&case.terms).collect();
        if known.is_empty() {
            let message = format!("`{}` has no pathway_bundle clause", self.contract);
            let hint = "only a pathway paid by one price is split between providers";
            return Err(Refusal::rule("no-pathway", message, hint).at("/contract"));
        }
        let unclear = match &self.clause {
            Some(clause) => !known.contains(&clause),
            None => known.len() > 1,
        };
        if unclear {
            let named: Vec<&str> = known.iter().map(|clause| clause.as_str()).collect();
            let message =
                format!("the clauses of `{}` that pay for pathways are {}", self.contract, named.join(", "));
            let hint = "name the one that pays for this pathway";
            return Err(Refusal::rule("which-pathway", message, hint).at("/clause"));
        }
        case.covers(Span::Month(Month::of(self.on))).map_err(|refusal| refusal.at("/on"))?;
        if self.days_total == 0 || self.days_elapsed > self.days_total {
            let message =
                format!("{} of {} days is no part of a pathway", self.days_elapsed, self.days_total);
            let hint = "write the days before the transfer and the days of the whole pathway";
            return Err(Refusal::rule("no-part", message, hint).at("/days_elapsed"));
        }
        Ok(self)
    }
}

entered_in!(PathwayTransferred, transfers);
