//! `report-turnover`: what a party took in for the work of a month or a year, from everybody. With its cost
//! it tells its result; control totals are shared by it. A later report of the same party and period replaces
//! the earlier one.

use serde::{Deserialize, Serialize};

use super::{Verb, entered_in};
use crate::book::Book;
use crate::money::Money;
use crate::name::{ContractId, PartyId, StreamId};
use crate::refusal::Refusal;
use crate::year::Span;

/// A party's turnover of a period was reported.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TurnoverReported {
    /// The contract.
    pub contract: ContractId,
    /// Whose turnover it is.
    pub party: PartyId,
    /// The month or contract year it was earned in.
    pub period: Span,
    /// The turnover.
    pub amount: Money,
}

impl Verb for TurnoverReported {
    type Makes = TurnoverReported;

    fn stream(&self) -> StreamId {
        StreamId::of("turnover", &self.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        vec![StreamId::of("contract", &self.contract)]
    }

    fn decide(self, book: &Book) -> Result<TurnoverReported, Refusal> {
        let case = book.case(&self.contract)?;
        book.party_to(case, &self.party, self.period.first_day()).map_err(|refusal| refusal.at("/party"))?;
        case.covers(self.period).map_err(|refusal| refusal.at("/period"))?;
        if self.amount.is_negative() {
            let hint = "write what came in without a sign; what went out is its cost";
            return Err(Refusal::rule("negative-turnover", "a turnover is not negative", hint).at("/amount"));
        }
        Ok(self)
    }
}

entered_in!(TurnoverReported, turnovers);
