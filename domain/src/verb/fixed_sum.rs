//! `agree-fixed-sum`: payer and payee agree a sum for the year, which replaces what was calculated.

use serde::{Deserialize, Serialize};

use super::{Verb, entered_in};
use crate::book::Book;
use crate::money::Money;
use crate::name::{ContractId, StreamId};
use crate::refusal::Refusal;
use crate::year::{ContractYear, Span};

/// A fixed sum was agreed for a contract year. From the year's end on it is what the payee is entitled to; the
/// difference from what was calculated is shown. A later agreement replaces the earlier one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FixedSumAgreed {
    /// The contract.
    pub contract: ContractId,
    /// The contract year.
    pub year: ContractYear,
    /// What the payee is entitled to for the year.
    pub amount: Money,
    /// Why the parties agreed it.
    pub reason: String,
}

impl Verb for FixedSumAgreed {
    type Makes = FixedSumAgreed;

    fn stream(&self) -> StreamId {
        StreamId::of("contract", &self.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        Vec::new()
    }

    fn decide(self, book: &Book) -> Result<FixedSumAgreed, Refusal> {
        let case = book.case(&self.contract)?;
        case.covers(Span::Year(self.year)).map_err(|refusal| refusal.at("/year"))?;
        if case.standing(self.year).is_some() {
            let message = format!("{} of `{}` is already drawn up", self.year, self.contract);
            let hint = "a sum is agreed before the year is drawn up, or once it is reopened";
            return Err(Refusal::conflict("already-drawn-up", message, hint).at("/year"));
        }
        Ok(self)
    }
}

entered_in!(FixedSumAgreed, fixed_sums);
