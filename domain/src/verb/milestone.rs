//! `reach-milestone`: a milestone of the contract was reached on a day. A later report of the same milestone
//! replaces the earlier one.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Verb, entered_in};
use crate::book::Book;
use crate::mechanism::Mechanism;
use crate::name::{ContractId, StreamId};
use crate::refusal::Refusal;
use crate::year::{Month, Span};

/// A milestone was reached.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MilestoneReached {
    /// The contract.
    pub contract: ContractId,
    /// The milestone, as the terms name it.
    pub milestone: String,
    /// The day on which it was reached.
    #[serde(with = "crate::time::day")]
    pub on: NaiveDate,
}

impl Verb for MilestoneReached {
    type Makes = MilestoneReached;

    fn stream(&self) -> StreamId {
        StreamId::of("milestone", &self.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        vec![StreamId::of("contract", &self.contract)]
    }

    fn decide(self, book: &Book) -> Result<MilestoneReached, Refusal> {
        let case = book.case(&self.contract)?;
        let known: Vec<&str> = case
            .terms
            .pay
            .iter()
            .filter_map(|c| match &c.mechanism {
                Mechanism::Milestones(milestones) => Some(milestones.names()),
                _ => None,
            })
            .flatten()
            .collect();
        case.known_name("milestone", &self.milestone, &known, "its terms have no milestones clause")?;
        case.covers(Span::Month(Month::of(self.on))).map_err(|refusal| refusal.at("/on"))?;
        Ok(self)
    }
}

entered_in!(MilestoneReached, milestones);
