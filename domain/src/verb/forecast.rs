//! `forecast`: what a contract year, or one item of the holder's own cost, is expected to come to. A forecast
//! never mixes with a settlement; a programme's headroom is asked from it. A later forecast of the same item
//! replaces the earlier one.

use serde::{Deserialize, Serialize};

use super::{Verb, entered_in};
use crate::book::Book;
use crate::money::Money;
use crate::name::{ContractId, StreamId};
use crate::refusal::Refusal;
use crate::year::{ContractYear, Span};

/// A forecast of a contract year was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForecastMade {
    /// The contract.
    pub contract: ContractId,
    /// The contract year.
    pub year: ContractYear,
    /// An item of the holder's own cost, such as `overhead`; absent: what the contract itself pays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// What an item was planned to cost; the terms say what a contract was planned to pay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Money>,
    /// What is expected now.
    pub amount: Money,
}

impl Verb for ForecastMade {
    type Makes = ForecastMade;

    fn stream(&self) -> StreamId {
        StreamId::of("forecast", &self.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        vec![StreamId::of("contract", &self.contract)]
    }

    fn decide(self, book: &Book) -> Result<ForecastMade, Refusal> {
        let case = book.case(&self.contract)?;
        case.covers(Span::Year(self.year)).map_err(|refusal| refusal.at("/year"))?;
        if self.item.is_none() && self.plan.is_some() {
            let message = "the plan of a contract stands in its terms";
            let hint = "leave the plan out, or name the item of own cost it is for";
            return Err(Refusal::rule("plan-in-terms", message, hint).at("/plan"));
        }
        Ok(self)
    }
}

entered_in!(ForecastMade, forecasts);
