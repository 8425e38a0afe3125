//! `measure-outcome`: one indicator's value for a period. A later measurement of the same indicator and
//! period replaces the earlier one.

use serde::{Deserialize, Serialize};

use super::{Verb, entered_in};
use crate::book::Book;
use crate::exact::Exact;
use crate::name::{ContractId, IndicatorId, StreamId};
use crate::rate::Count;
use crate::refusal::Refusal;
use crate::terms::{Exclusions, Indicator};
use crate::worksheet::MOST_PLACES;
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
    /// The cases behind a value that is a percentage of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cases: Option<Cases>,
    /// Whether the value may still change.
    #[serde(default)]
    pub provisional: bool,
}

/// The cases behind a percentage: the numerator of the denominator less what is excluded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cases {
    /// Cases that meet the measure.
    pub numerator: Count,
    /// Cases that could.
    pub denominator: Count,
    /// Cases left out: who refused, or for whom it is not suitable.
    #[serde(default = "nobody")]
    pub excluded: Count,
}

fn nobody() -> Count {
    Count::of(0)
}

impl Cases {
    /// The denominator without what is excluded.
    pub fn counted(&self) -> Exact {
        self.denominator.exact() - self.excluded.exact()
    }

    /// Whether `value` is the percentage they come to, at the places to which it is given.
    fn come_to(&self, value: &Exact) -> bool {
        let percentage = self.numerator.exact() * &Exact::from(100);
        let percentage = percentage.checked_div(&self.counted());
        let given_to = (0..=MOST_PLACES).find(|places| value.to_places(*places) == *value);
        percentage
            .is_some_and(|p| p == *value || given_to.is_some_and(|places| p.to_places(places) == *value))
    }
}

impl OutcomeMeasured {
    /// Refuses cases that the indicator does not allow, or that do not come to the value.
    fn check_cases(&self, indicator: &Indicator) -> Result<(), Refusal> {
        let Some(cases) = &self.cases else {
            if indicator.minimum_denominator.is_none() {
                return Ok(());
            }
            let message = format!("`{}` is scored only on a minimum of cases", self.indicator);
            let hint = "add `cases: {numerator, denominator, excluded}`";
            return Err(Refusal::rule("no-cases", message, hint).at("/cases"));
        };
        if indicator.exclusions == Exclusions::Refused && !cases.excluded.exact().is_zero() {
            let message = format!("the terms leave no case of `{}` out", self.indicator);
            let hint = "measure it over every case of the denominator";
            return Err(Refusal::rule("exclusions-refused", message, hint).at("/cases/excluded"));
        }
        let numbers = [&cases.numerator, &cases.denominator, &cases.excluded];
        if numbers.iter().any(|n| n.exact().is_negative()) || !cases.come_to(self.value.exact()) {
            let message = format!("the value {} is not the percentage that its cases come to", self.value);
            let hint = "the value is 100 x numerator / (denominator - excluded), at any number of places";
            return Err(Refusal::rule("cases-differ", message, hint).at("/value"));
        }
        Ok(())
    }
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
        let known: Vec<&str> = case.terms.outcomes.iter().map(|i| i.indicator.as_str()).collect();
        case.known_name("indicator", self.indicator.as_str(), &known, "its terms have no `outcomes`")?;
        case.covers(self.period).map_err(|refusal| refusal.at("/period"))?;
        case.terms.indicator(&self.indicator).map_or(Ok(()), |indicator| self.check_cases(indicator))?;
        Ok(self)
    }
}

entered_in!(OutcomeMeasured, measurements);
