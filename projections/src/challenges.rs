//! The challenges of a ledger: what is disputed of a month's activity, how long it has been, and who is to
//! act.

use chrono::NaiveDate;
use domain::book::{Case, Entered};
use domain::money::Money;
use domain::name::{ChallengeId, ContractId, PartyId};
use domain::refusal::Refusal;
use domain::time::{AsOf, Entry, KnownAt};
use domain::verb::challenge::ChallengeRaised;
use domain::year::Month;
use serde::Serialize;

use crate::kept::Kept;

/// One challenge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Challenge {
    /// The contract.
    pub contract: ContractId,
    /// The challenge.
    pub challenge: ChallengeId,
    /// The month of the activity.
    pub month: Month,
    /// How much is disputed.
    pub amount: Money,
    /// Why.
    pub reason: String,
    /// The entry at which it was raised.
    pub entry: Entry,
    /// The day on which it was raised.
    pub raised_on: NaiveDate,
    /// The day on which it was resolved.
    pub resolved_on: Option<NaiveDate>,
    /// Days from raising to resolution, or to the business date while it is open.
    pub days: i64,
    /// By when the provider is to answer.
    pub answer_by: Option<NaiveDate>,
    /// Whether that day has passed while it is open.
    pub overdue: bool,
    /// How much was upheld.
    pub upheld: Option<Money>,
    /// Who is to act while it is open: the payee answers. Until it is resolved the amount is not payable.
    pub to_act: Option<PartyId>,
}

/// Every challenge raised by `known_at` and `as_of`, oldest first.
///
/// # Errors
/// Refuses where none was ever raised; else as [`Kept::at`].
pub fn ask(kept: &Kept, as_of: AsOf, known_at: KnownAt) -> Result<Vec<Challenge>, Refusal> {
    let book = kept.at(known_at)?;
    let day = |entry: Entry| {
        let event = (entry.0 as usize).checked_sub(1).and_then(|at| kept.events().get(at));
        event.map_or(NaiveDate::MIN, |event| event.recorded_at.day(book.zone()))
    };
    let told = |case: &Case, raised: &Entered<ChallengeRaised>| {
        let fact = &raised.fact;
        let known = case.resolutions.iter().find(|r| r.fact.challenge == fact.challenge);
        let resolved = known.filter(|r| day(r.entry) <= as_of.0);
        let (raised_on, resolved_on) = (day(raised.entry), resolved.map(|r| day(r.entry)));
        Challenge {
            contract: fact.contract.clone(),
            challenge: fact.challenge.clone(),
            month: fact.month,
            amount: fact.amount,
            reason: fact.reason.clone(),
            entry: raised.entry,
            raised_on,
            resolved_on,
            days: (resolved_on.unwrap_or(as_of.0) - raised_on).num_days(),
            answer_by: fact.answer_by,
            overdue: resolved.is_none() && fact.answer_by.is_some_and(|by| by < as_of.0),
            upheld: resolved.map(|r| r.fact.upheld),
            to_act: resolved.is_none().then(|| book.stands(case, &case.terms.parties.payee, as_of.0)),
        }
    };
    let mut all: Vec<Challenge> = Vec::new();
    for case in book.contracts.values() {
        let raised = case.challenges.iter().filter(|c| day(c.entry) <= as_of.0);
        all.extend(raised.map(|c| told(case, c)));
    }
    if all.is_empty() {
        let hint = "a payer disputes part of a month's activity with raise-challenge";
        return Err(Refusal::not_recorded("not recorded: challenge-raised", hint));
    }
    all.sort_by_key(|c| c.entry);
    Ok(all)
}
