//! What a contract year was spent per head of its population and per unit of its activity, beside another
//! year: the baseline. Each month ended counts; years of which as many months had ended compare as they
//! stand, others by the month.

use domain::book::Case;
use domain::drafts::Drafts;
use domain::exact::Exact;
use domain::facts::Facts;
use domain::money::{Currency, Money};
use domain::name::ContractId;
use domain::refusal::Refusal;
use domain::time::{AsOf, Entry, KnownAt};
use domain::year::{ContractYear, Span};
use serde::Serialize;

use crate::kept::Kept;

/// Two years of a contract side by side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Spend {
    /// The contract.
    pub contract: ContractId,
    /// The business date asked for.
    pub as_of: AsOf,
    /// What the ledger knew, as asked.
    pub known_at: String,
    /// The entry that comes to.
    pub entry: Entry,
    /// The currency of every amount.
    pub currency: Currency,
    /// The year asked about, and the year it is held against.
    pub years: [OfYear; 2],
    /// By what part the spend per head and month is above (+) or below (-) that of the other year.
    pub change: Option<Exact>,
}

/// One year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OfYear {
    /// The year.
    pub year: ContractYear,
    /// Its months that had ended.
    pub months: usize,
    /// What payee is entitled to from payer; nothing where it is not known.
    pub entitled: Option<Money>,
    /// The population as reported last in the year, over all its bands.
    pub population: Exact,
    /// Entitled by head.
    pub per_head: Option<Exact>,
    /// The same by month.
    pub per_head_and_month: Option<Exact>,
    /// Units of activity in the payable reports, where every one of them counts them.
    pub activity: Option<Exact>,
    /// Entitled by unit of activity.
    pub per_unit: Option<Exact>,
}

/// What two years of a contract were spent per head and per unit of activity.
///
/// # Errors Refuses a year outside the contract's term, and one of which no population was reported; else as
/// [`Kept::at`] and [`domain::settle::settle`].
pub fn ask(
    kept: &Kept,
    contract: &ContractId,
    [year, against]: [ContractYear; 2],
    as_of: AsOf,
    known_at: KnownAt,
) -> Result<Spend, Refusal> {
    let book = kept.at(known_at)?;
    let case = book.case(contract)?;
    let drafts = Drafts::of(&book, as_of);
    let of = |year: ContractYear| -> Result<OfYear, Refusal> {
        case.covers(Span::Year(year)).map_err(|refusal| refusal.at("/year"))?;
        let draft = drafts.settle(contract, year)?;
        let in_force = case.statement(year, as_of.0).map(|s| &s.fact.statement);
        let entitled = in_force.unwrap_or(&draft).payables.first().and_then(|p| p.entitled);
        of_year(&drafts.facts(case, year), entitled)
    };
    let years = [of(year)?, of(against)?];
    let [this, other] = years.each_ref().map(|y| y.per_head_and_month.clone());
    let change = this.zip(other).and_then(|(this, other)| (this - other.clone()).checked_div(&other));
    let (contract, currency) = (contract.clone(), case.terms.currency);
    Ok(Spend { contract, as_of, known_at: known_at.to_string(), entry: book.entry, currency, years, change })
}

fn of_year(facts: &Facts, entitled: Option<Money>) -> Result<OfYear, Refusal> {
    let Some(population) = population(facts.case, facts.year, facts.as_of) else {
        let message = format!("not recorded: population-reported of {}", facts.year);
        let hint = "report the list or the population with report-population";
        return Err(Refusal::not_recorded(message, hint));
    };
    let months = facts.months_ended().len();
    let activity = activity(facts);
    let spent = entitled.map(Exact::from);
    let by = |of: &Exact| spent.clone().and_then(|spent| spent.checked_div(of));
    let per_head = by(&population);
    Ok(OfYear {
        year: facts.year,
        months,
        entitled,
        per_head_and_month: per_head.clone().and_then(|head| head.checked_div(&Exact::from(months as i64))),
        per_head,
        per_unit: activity.as_ref().and_then(by),
        population,
        activity,
    })
}

/// Everybody of the latest report of a year.
fn population(case: &Case, year: ContractYear, as_of: AsOf) -> Option<Exact> {
    let of_year = case
        .populations
        .iter()
        .filter(|p| p.fact.period.within(year) && p.fact.period.last_day().min(year.last_day()) <= as_of.0);
    let latest = of_year.max_by_key(|p| (p.fact.period.last_day(), p.entry))?;
    Some(latest.fact.bands.iter().map(|band| band.count.exact().clone()).sum())
}

/// The units of activity of the months ended, where every payable report counts them.
fn activity(facts: &Facts) -> Option<Exact> {
    let reports: Vec<_> = facts.months_ended().into_iter().flat_map(|m| facts.payable_reports(m)).collect();
    if reports.is_empty() {
        return None;
    }
    reports.into_iter().map(|r| r.fact.count.as_ref().map(|count| count.exact().clone())).sum()
}
