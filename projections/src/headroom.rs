//! The headroom of a programme as known at a time: what its head contract pays beside what its subcontracts and its own
//! items cost, at plan, at forecast and at the contractual worst case.

use domain::headroom::Headroom;
use domain::money::Currency;
use domain::name::ContractId;
use domain::refusal::Refusal;
use domain::time::{Entry, KnownAt};
use domain::year::ContractYear;
use serde::Serialize;

use crate::kept::Kept;

/// The headroom of a contract year, with what it was asked of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Asked {
    /// The head contract.
    pub contract: ContractId,
    /// The contract year.
    pub year: ContractYear,
    /// What the ledger knew, as asked.
    pub known_at: String,
    /// The entry that comes to.
    pub entry: Entry,
    /// The currency of every amount.
    pub currency: Currency,
    /// The envelope, its items and what they leave.
    #[serde(flatten)]
    pub headroom: Headroom,
    /// The subcontracts that can pay without limit.
    pub unbounded: Vec<String>,
    /// The subcontracts of which no forecast is recorded; headroom at forecast has no figure then.
    pub not_forecast: Vec<String>,
}

/// The headroom of a contract year as known at `known_at`.
///
/// # Errors
/// As [`Headroom::of`] and [`Kept::at`].
pub fn ask(
    kept: &Kept,
    contract: &ContractId,
    year: ContractYear,
    known_at: KnownAt,
) -> Result<Asked, Refusal> {
    let book = kept.at(known_at)?;
    let headroom = Headroom::of(&book, contract, year)?;
    let owned = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
    Ok(Asked {
        contract: contract.clone(),
        year,
        known_at: known_at.to_string(),
        entry: book.entry,
        currency: book.case(contract)?.terms.currency,
        unbounded: owned(headroom.unbounded()),
        not_forecast: owned(headroom.not_forecast()),
        headroom,
    })
}
