//! The headroom of a programme as known at a time: what its head contract pays beside what its subcontracts
//! and its own items cost, at plan, at forecast and at the contractual worst case.

use domain::book::Book;
use domain::exact::Exact;
use domain::headroom::Headroom;
use domain::money::Currency;
use domain::name::ContractId;
use domain::refusal::Refusal;
use domain::time::{Entry, KnownAt};
use domain::verb::expectation::Kind;
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
    /// What is expected and not so yet, and would change the headroom at forecast.
    pub pending: Vec<Pending>,
    /// Headroom at forecast with all of it: every variation signed, and no saving made that is not delivered.
    pub after_pending: Option<Exact>,
    /// The subcontracts that can pay without limit.
    pub unbounded: Vec<String>,
    /// The subcontracts of which no forecast is recorded; headroom at forecast has no figure then.
    pub not_forecast: Vec<String>,
}

/// A variation expected, or a saving promised and not made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pending {
    /// Under which contract.
    pub contract: ContractId,
    /// Its name.
    pub item: String,
    /// What it is.
    pub kind: String,
    /// How likely it is, where that was said; its amount stands in full all the same.
    pub probability: Option<String>,
    /// What it does to the headroom: a variation of the head contract adds to it, of a subcontract takes from
    /// it; a saving not made takes from it.
    pub effect: Exact,
}

/// What stands between the headroom at forecast and what it may come to.
fn pending(book: &Book, contract: &ContractId, year: ContractYear) -> Result<Vec<Pending>, Refusal> {
    let head = book.case(contract)?;
    let mut all = Vec::new();
    for name in std::iter::once(contract).chain(&head.subcontracts) {
        for open in book.case(name)?.expected().into_iter().filter(|o| o.expected.year == year) {
            let left = Exact::from(open.left);
            let effect = match open.kind {
                Kind::Variation if name == contract => left,
                Kind::Variation | Kind::Saving => -left,
                Kind::Accrual | Kind::OpenItem | Kind::Deadline => continue,
            };
            all.push(Pending {
                contract: name.clone(),
                item: open.expected.item.to_string(),
                kind: open.kind.to_string(),
                probability: open.expected.probability.as_ref().map(ToString::to_string),
                effect,
            });
        }
    }
    Ok(all)
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
    let pending = pending(&book, contract, year)?;
    let of_pending: Exact = pending.iter().map(|p| p.effect.clone()).sum();
    let owned = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
    Ok(Asked {
        contract: contract.clone(),
        year,
        known_at: known_at.to_string(),
        entry: book.entry,
        currency: book.case(contract)?.terms.currency,
        after_pending: headroom.at_forecast.clone().map(|left| left + of_pending),
        pending,
        unbounded: owned(headroom.unbounded()),
        not_forecast: owned(headroom.not_forecast()),
        headroom,
    })
}
