//! The list of settlements: one row for each contract year and pair of parties.

use domain::book::{Case, DrawnUp};
use domain::drafts::Drafts;
use domain::money::Money;
use domain::name::{ContractId, PartyId};
use domain::refusal::Refusal;
use domain::statement::{Payable, Statement, Status};
use domain::time::{AsOf, Entry, KnownAt};
use domain::year::ContractYear;
use serde::Serialize;

use crate::kept::Kept;

/// One settlement between two parties.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Settlement {
    /// The contract.
    pub contract: ContractId,
    /// The contract year.
    pub year: ContractYear,
    /// The payer, or the pool.
    pub from: PartyId,
    /// The party paid.
    pub to: PartyId,
    /// What is due before payments; + from `from` to `to`. Empty where nothing is reported.
    pub payable: Option<Money>,
    /// Where the statement stands in the life of its year.
    pub status: Status,
    /// The entry of a drawn-up statement, or at which a draft was made.
    pub entry: Entry,
}

/// The statement in force of each year drawn up by `known_at`.
///
/// # Errors
/// As [`Kept::at`].
pub fn drawn_up(kept: &Kept, as_of: AsOf, known_at: KnownAt) -> Result<Vec<Settlement>, Refusal> {
    let book = kept.at(known_at)?;
    let in_force = |case: &Case| -> Vec<Settlement> {
        let is_in_force = |s: &&DrawnUp| {
            let in_force = case.statement(s.fact.statement.year, as_of.0);
            in_force.is_some_and(|in_force| in_force.entry == s.entry)
        };
        let known = case.statements.iter().filter(is_in_force);
        known.flat_map(|s| rows(&s.fact.statement, case.status(s), s.entry)).collect()
    };
    Ok(book.contracts.values().flat_map(|case| in_force(case)).collect())
}

/// A draft of every contract year begun by `as_of`, as known at `known_at`.
///
/// # Errors
/// As [`Kept::at`] and [`domain::settle::settle`].
pub fn drafts(kept: &Kept, as_of: AsOf, known_at: KnownAt) -> Result<Vec<Settlement>, Refusal> {
    let book = kept.at(known_at)?;
    let (drafts, mut all) = (Drafts::of(&book, as_of), Vec::new());
    for (contract, case) in &book.contracts {
        for year in years_begun(case, as_of) {
            all.extend(rows(drafts.settle(contract, year)?.as_ref(), Status::Draft, book.entry));
        }
    }
    Ok(all)
}

/// The contract years that had begun by `as_of`.
pub fn years_begun(case: &Case, as_of: AsOf) -> Vec<ContractYear> {
    let years = &case.terms.years;
    let mut all = Vec::new();
    let mut next = Some(years.from);
    while let Some(year) = next.filter(|y| *y <= years.to && y.first_day() <= as_of.0) {
        all.push(year);
        next = year.next();
    }
    if years.from != years.to && years.from.next().is_none() && years.to.first_day() <= as_of.0 {
        all.push(years.to);
    }
    all.retain(|year| case.runs_in_year(*year));
    all
}

fn rows(statement: &Statement, status: Status, entry: Entry) -> Vec<Settlement> {
    let row = |payable: &Payable| Settlement {
        contract: statement.contract.clone(),
        year: statement.year,
        from: payable.from.clone(),
        to: payable.to.clone(),
        payable: payable.entitled,
        status,
        entry,
    };
    statement.payables.iter().map(row).collect()
}
