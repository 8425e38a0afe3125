//! `publish-sanction`: the payer publishes which sanctions of a month it applied or waived, as the contract
//! asks. It changes nothing that is payable.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Verb, entered_in};
use crate::book::Book;
use crate::mechanism::Mechanism;
use crate::name::{ContractId, StreamId};
use crate::refusal::Refusal;
use crate::year::{Month, Span};

/// The sanctions of a month were published.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SanctionPublished {
    /// The contract.
    pub contract: ContractId,
    /// The month of the breaches.
    pub month: Month,
    /// When it was published.
    #[serde(with = "crate::time::day")]
    pub on: NaiveDate,
    /// Where: the page, paper or register.
    pub place: String,
}

impl Verb for SanctionPublished {
    type Makes = SanctionPublished;

    fn stream(&self) -> StreamId {
        StreamId::of("sanction", &self.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        vec![StreamId::of("contract", &self.contract)]
    }

    fn decide(self, book: &Book) -> Result<SanctionPublished, Refusal> {
        let case = book.case(&self.contract)?;
        if !case.terms.pay.iter().any(|c| matches!(c.mechanism, Mechanism::Sanctions(_))) {
            let message = format!("`{}` has no sanctions clause", self.contract);
            let hint = "only what a `sanctions` clause brought can be published";
            return Err(Refusal::rule("no-sanctions-clause", message, hint).at("/contract"));
        }
        case.covers(Span::Month(self.month)).map_err(|refusal| refusal.at("/month"))?;
        if self.on < self.month.first_day() {
            let message = format!("{} is before the breaches of {}", self.on, self.month);
            return Err(Refusal::rule("published-before", message, "check the day and the month").at("/on"));
        }
        Ok(self)
    }
}

entered_in!(SanctionPublished, publications);
