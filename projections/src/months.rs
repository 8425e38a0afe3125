//! A contract year month by month: what payer owed payee to the end of each month beside what it had paid,
//! and how both were believed at an earlier time.

use domain::exact::Exact;
use domain::money::{Currency, Money};
use domain::name::ContractId;
use domain::refusal::Refusal;
use domain::settle::settle;
use domain::time::{AsOf, Entry, KnownAt};
use domain::year::ContractYear;
use serde::Serialize;

use crate::kept::Kept;

/// The months of a contract year between payer and payee.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Months {
    /// The contract.
    pub contract: ContractId,
    /// The contract year.
    pub year: ContractYear,
    /// What the ledger knew, as asked.
    pub known_at: String,
    /// The entry that comes to.
    pub entry: Entry,
    /// The currency of every amount.
    pub currency: Currency,
    /// Month by month, oldest first.
    pub months: Vec<AtMonthEnd>,
}

/// Payer and payee at the end of a month, from the beginning of the contract year; + is due to the payee.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AtMonthEnd {
    /// The last day of the month.
    pub as_of: AsOf,
    /// What the payee was entitled to; nothing where nothing is reported.
    pub payable: Option<Money>,
    /// What the payer had paid.
    pub paid: Money,
    /// Payable less paid.
    pub balance: Option<Money>,
    /// Paid less payable, as a part of payable: + is paid too much.
    pub off: Option<Exact>,
    /// What the payee was entitled to as known at the earlier time, where one is asked for.
    pub before: Option<Money>,
    /// Payable less what was known before.
    pub change: Option<Money>,
}

/// The months of a contract year that ended by `as_of`, as known at `known_at`, beside what was known at
/// `from`.
///
/// # Errors
/// As [`settle`] and [`Kept::at`].
pub fn ask(
    kept: &Kept,
    contract: &ContractId,
    year: ContractYear,
    as_of: AsOf,
    (from, known_at): (Option<KnownAt>, KnownAt),
) -> Result<Months, Refusal> {
    let book = kept.at(known_at)?;
    let earlier = from.map(|from| kept.at(from)).transpose()?;
    let case = book.case(contract)?;
    let less = |a: Option<Money>, b: Option<Money>| (Exact::from(a?) - Exact::from(b?)).as_money();
    let mut months = Vec::new();
    let ended = case.months_of(year).into_iter().map(|m| m.last_day()).filter(|day| *day <= as_of.0);
    for day in ended.map(AsOf) {
        // The first payable is always that between payer and payee.
        let first = settle(&book, contract, year, day)?.payables.into_iter().next();
        let (payable, paid) = first.map_or((None, Money::ZERO), |p| (p.entitled, p.paid));
        let before = match &earlier {
            Some(earlier) => settle(earlier, contract, year, day)?.payables.first().and_then(|p| p.entitled),
            None => None,
        };
        let balance = less(payable, Some(paid));
        let off = balance.and_then(|b| (-Exact::from(b)).checked_div(&Exact::from(payable?)));
        months.push(AtMonthEnd {
            as_of: day,
            payable,
            paid,
            balance,
            off,
            before,
            change: less(payable, before),
        });
    }
    Ok(Months {
        contract: contract.clone(),
        year,
        known_at: known_at.to_string(),
        entry: book.entry,
        currency: case.terms.currency,
        months,
    })
}
