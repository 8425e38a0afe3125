//! `set-benchmark`: what spending is measured against in a contract year. A later one replaces the earlier.

use serde::{Deserialize, Serialize};

use super::{Verb, entered_in};
use crate::book::Book;
use crate::money::Money;
use crate::name::{ContractId, StreamId};
use crate::rate::Rate;
use crate::refusal::Refusal;
use crate::year::{ContractYear, Span};

/// A benchmark was set for a contract year.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BenchmarkSet {
    /// The contract.
    pub contract: ContractId,
    /// The contract year.
    pub year: ContractYear,
    /// The benchmark for all members, whole year.
    pub amount: Money,
    /// Benchmark less expenditure as its setter states it, where it was made from unrounded figures; it then
    /// counts before the difference of the rounded ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stated_savings: Option<Money>,
    /// The minimum rate of savings as its setter states it, where no rule of the terms gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stated_minimum_rate: Option<Rate>,
    /// Revenue of the organisation's participants, where losses are limited by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub participant_revenue: Option<Money>,
}

impl Verb for BenchmarkSet {
    type Makes = BenchmarkSet;

    fn stream(&self) -> StreamId {
        StreamId::of("benchmark", &self.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        vec![StreamId::of("contract", &self.contract)]
    }

    fn decide(self, book: &Book) -> Result<BenchmarkSet, Refusal> {
        let case = book.case(&self.contract)?;
        case.covers(Span::Year(self.year)).map_err(|refusal| refusal.at("/year"))?;
        if self.amount.is_negative() {
            let hint = "write the benchmark as an amount of spending";
            return Err(
                Refusal::rule("negative-benchmark", "a benchmark is not negative", hint).at("/amount")
            );
        }
        Ok(self)
    }
}

entered_in!(BenchmarkSet, benchmarks);
