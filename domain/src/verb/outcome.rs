//! `measure-outcome`: one indicator's value for a period. A later measurement of the same indicator and period replaces the
//! earlier one.

use serde::{Deserialize, Serialize};

use super::{Verb, entered_in};
use crate::book::Book;
use crate::name::{ContractId, IndicatorId, StreamId};
use crate::rate::Count;
use crate::refusal::Refusal;
use crate::year::Span;

/// An indicator was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutcomeMeasured {
    /// The contract.
    pub contract: ContractId,
    /// The indicator, as the terms name it.
    pub indicator: IndicatorId,
    /// The month or contract year measured.
    pub period: Span,
    /// Its value.
    pub value: Count,
    /// Whether the value may still change.
    #[serde(default)]
    pub provisional: bool,
}

impl Verb for OutcomeMeasured {
    type Makes = OutcomeMeasured;

    fn stream(&self) -> StreamId {
        StreamId::of("outcome", &self.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        vec![StreamId::of("contract", &self.contract)]
    }

    fn decide(self, book: &Book) -> Result<OutcomeMeasured, Refusal> {
        let case = book.case(&self.contract)?;
        if case.terms.indicator(&self.indicator).is_none() {
            let message = format!("`{}` has no indicator `{}`", self.contract, self.indicator);
            let known: Vec<&str> = case.terms.outcomes.iter().map(|i| i.indicator.as_str()).collect();
            let hint = format!("its indicators are: {}", known.join(", "));
            return Err(Refusal::rule("unknown-indicator", message, hint).at("/indicator"));
        }
        case.covers(self.period).map_err(|refusal| refusal.at("/period"))?;
        Ok(self)
    }
}

entered_in!(OutcomeMeasured, measurements);
