//! `publish-code-map`: what a provider's own codes in a column mean in the standard ones that terms and price
//! lists name.
//!
//! A map is whole: the one recorded last of those in force in the month of care counts, and one of a contract
//! before one for all of the provider's contracts. Lines keep what the provider stated; they are read through
//! the map. A map recorded late changes what earlier months should have been from its entry on, and nothing
//! that was said before.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::activity::Column;
use super::{Happened, Verb};
use crate::book::{Book, Entered};
use crate::name::{ContractId, PartyId, StreamId};
use crate::refusal::Refusal;
use crate::time::Entry;
use crate::year::Month;

/// A map of a provider's local codes was published.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeMapPublished {
    /// The provider that uses the local codes.
    pub provider: PartyId,
    /// The contract whose lines it is for; all contracts of the provider where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<ContractId>,
    /// The column that has the codes.
    pub column: Column,
    /// The first day on which it is in force: the first of a month.
    #[serde(with = "crate::time::day")]
    pub from: NaiveDate,
    /// What each local code means. A code that is not named means itself.
    pub codes: Vec<LocalCode>,
}

/// A local code and the standard one that it means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocalCode {
    /// As the provider states it.
    pub local: String,
    /// As terms and price lists name it.
    pub standard: String,
}

impl Book {
    /// The map of each column that is in force for a provider's lines under a contract in a month, as far as
    /// it is recorded.
    pub fn code_maps(
        &self,
        provider: &PartyId,
        contract: &ContractId,
        month: Month,
    ) -> Vec<&Entered<CodeMapPublished>> {
        let concerns = |map: &&Entered<CodeMapPublished>| {
            map.fact.provider == *provider
                && map.fact.contract.as_ref().is_none_or(|of| of == contract)
                && map.fact.from <= month.first_day()
        };
        let maps: Vec<_> = self.code_maps.iter().filter(concerns).collect();
        let in_force = |column: Column| {
            let of_column = maps.iter().copied().filter(|map| map.fact.column == column);
            of_column.max_by_key(|map| (map.fact.contract.is_some(), map.entry))
        };
        Column::ALL.into_iter().filter_map(in_force).collect()
    }
}

impl Verb for CodeMapPublished {
    type Makes = CodeMapPublished;

    fn stream(&self) -> StreamId {
        StreamId::of("code-map", &self.provider)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        let contract = self.contract.iter().map(|contract| StreamId::of("contract", contract));
        [StreamId::of("party", &self.provider)].into_iter().chain(contract).collect()
    }

    fn decide(self, book: &Book) -> Result<CodeMapPublished, Refusal> {
        book.known_party(&self.provider).map_err(|refusal| refusal.at("/provider"))?;
        if let Some(contract) = &self.contract {
            let case = book.case(contract)?;
            book.party_to(case, &self.provider, self.from).map_err(|refusal| refusal.at("/provider"))?;
        }
        if self.column == Column::Provider {
            let message = "the provider of a report is not a code of its lines";
            let hint = "map another column; a provider is named by the report itself";
            return Err(Refusal::rule("column-not-mapped", message, hint).at("/column"));
        }
        if self.from != Month::of(self.from).first_day() {
            let message = format!("{} is not the first day of a month", self.from);
            let hint = "codes come into force with a month";
            return Err(Refusal::rule("not-a-whole-month", message, hint).at("/from"));
        }
        if self.codes.is_empty() {
            let hint = "write each local code with the standard one that it means";
            return Err(Refusal::rule("no-codes", "a code map has codes", hint).at("/codes"));
        }
        let mut seen = BTreeSet::new();
        for (i, code) in self.codes.iter().enumerate() {
            if !seen.insert(&code.local) {
                let message = format!("the local code {} stands twice", code.local);
                return Err(Refusal::rule("code-twice", message, "keep the one that counts")
                    .at(format!("/codes/{i}")));
            }
        }
        Ok(self)
    }
}

impl Happened for CodeMapPublished {
    fn stream(&self) -> StreamId {
        Verb::stream(self)
    }

    fn apply(self, book: &mut Book, entry: Entry) {
        book.code_maps.push(Entered { entry, fact: self });
    }

    fn decide_again(self, book: &Book) -> Result<CodeMapPublished, Refusal> {
        Verb::decide(self, book)
    }
}
