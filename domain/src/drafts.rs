//! Settlements that rest on each other, each worked out once.
//!
//! A head contract rests on its subcontracts, and a year on the years before it: a question about several of
//! them, such as a party's position, would settle the lower ones again for each that rests on them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::book::{Book, Case};
use crate::facts::{Facts, SubSettlement};
use crate::name::ContractId;
use crate::refusal::Refusal;
use crate::statement::Statement;
use crate::time::AsOf;
use crate::year::ContractYear;

/// The drafts of one book as measured by one day, for as long as one question is answered.
#[derive(Debug)]
pub struct Drafts<'a> {
    book: &'a Book,
    as_of: AsOf,
    settled: Mutex<Settled>,
}

type Settled = BTreeMap<(ContractId, ContractYear), Arc<Statement>>;

impl<'a> Drafts<'a> {
    /// None yet.
    pub fn of(book: &'a Book, as_of: AsOf) -> Drafts<'a> {
        Drafts { book, as_of, settled: Mutex::default() }
    }

    /// What they are drafts of.
    pub fn book(&self) -> &'a Book {
        self.book
    }

    /// The day by which they are measured.
    pub fn as_of(&self) -> AsOf {
        self.as_of
    }

    /// A contract year settled.
    ///
    /// # Errors
    /// As [`crate::settle::settle`].
    pub fn settle(&self, contract: &ContractId, year: ContractYear) -> Result<Arc<Statement>, Refusal> {
        let asked = (contract.clone(), year);
        if let Some(settled) = self.settled().get(&asked) {
            return Ok(settled.clone());
        }
        let settled = Arc::new(crate::settle::draft(self, contract, year)?);
        self.settled().insert(asked, settled.clone());
        Ok(settled)
    }

    fn settled(&self) -> MutexGuard<'_, Settled> {
        self.settled.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The settlement that another takes as given: the statement in force, else a draft.
    pub(crate) fn given(&self, case: &Case, year: ContractYear) -> Result<SubSettlement, Refusal> {
        Ok(match case.statement(year, self.as_of.0) {
            Some(drawn_up) => SubSettlement {
                statement: Arc::new(drawn_up.fact.statement.clone()),
                cited_as: drawn_up.cited_as(),
            },
            None => SubSettlement {
                statement: self.settle(&case.terms.contract, year)?,
                cited_as: format!("draft @{}", self.book.entry),
            },
        })
    }

    /// The facts of a contract year, without the settlements of its subcontracts.
    pub fn facts(&'a self, case: &'a Case, year: ContractYear) -> Facts<'a> {
        let Drafts { book, as_of, .. } = *self;
        Facts { drafts: self, book, case, year, as_of, subcontracts: Vec::new() }
    }

    /// The settlements of the subcontracts that run in a year.
    pub(crate) fn of_subcontracts(
        &self,
        case: &Case,
        year: ContractYear,
    ) -> Result<Vec<SubSettlement>, Refusal> {
        let mut all = Vec::new();
        for contract in &case.subcontracts {
            let sub = self.book.case(contract)?;
            if sub.runs_in_year(year) {
                all.push(self.given(sub, year)?);
            }
        }
        Ok(all)
    }
}
