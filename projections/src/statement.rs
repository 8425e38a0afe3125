//! The statement of a contract year at a pair of times: the one in force, or a draft.

use std::sync::Arc;

use domain::book::DrawnUp;
use domain::name::ContractId;
use domain::refusal::Refusal;
use domain::settle::settle;
use domain::statement::Statement;
use domain::time::{AsOf, KnownAt};
use domain::year::ContractYear;

use crate::kept::Kept;

/// A draft, and the drawn-up statement beside which it stands, if there is one.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What the year comes to at the pair asked for.
    pub draft: Statement,
    /// The statement in force then.
    pub in_force: Option<DrawnUp>,
}

/// Settles a contract year as measured by `as_of` and as known at `known_at`. Records nothing.
///
/// # Errors
/// As [`settle`] and [`Kept::at`].
pub fn ask(
    kept: &Kept,
    contract: &ContractId,
    year: ContractYear,
    as_of: AsOf,
    known_at: KnownAt,
) -> Result<Asked, Refusal> {
    let book = kept.at(known_at)?;
    let draft = Statement { known_at: known_at.to_string(), ..settle(&book, contract, year, as_of)? };
    let case = book.case(contract)?;
    let in_force = case.statement(year, as_of.0).map(|drawn_up| {
        let mut shown = drawn_up.clone();
        // What was recorded says that it was drawn up; that both sides agreed it is known only since.
        Arc::make_mut(&mut shown.fact).statement.status = case.status(drawn_up);
        shown
    });
    Ok(Asked { draft, in_force })
}
