//! `soft-close-year`: from here on, what is reported about a contract year is late, and needs its reason.

use serde::{Deserialize, Serialize};

use super::{Event, Verb, entered_in};
use crate::actor::Giver;
use crate::book::Book;
use crate::name::{ContractId, StreamId};
use crate::refusal::Refusal;
use crate::year::{ContractYear, Span};

/// A contract year was soft-closed. Late facts are still accepted, each with the reason why it is late.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearSoftClosed {
    /// The contract.
    pub contract: ContractId,
    /// The contract year.
    pub year: ContractYear,
}

impl Verb for YearSoftClosed {
    type Makes = YearSoftClosed;

    fn stream(&self) -> StreamId {
        StreamId::of("contract", &self.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        Vec::new()
    }

    fn decide(self, book: &Book) -> Result<YearSoftClosed, Refusal> {
        let case = book.case(&self.contract)?;
        case.covers(Span::Year(self.year)).map_err(|refusal| refusal.at("/year"))?;
        let (year, contract) = (self.year, &self.contract);
        if let Some(closed) = case.soft_closed(year) {
            let message = format!("{year} of `{contract}` is soft-closed already, at entry {}", closed.entry);
            let hint = "draw its settlement up, or reopen it with reopen-year";
            return Err(Refusal::conflict("already-soft-closed", message, hint).at("/year"));
        }
        if let Some(drawn_up) = case.standing(year) {
            let message = format!("{year} of `{contract}` is drawn up already, at entry {}", drawn_up.entry);
            let hint = "agree its settlement, or reopen it with reopen-year";
            return Err(Refusal::conflict("already-drawn-up", message, hint).at("/year"));
        }
        Ok(self)
    }
}

entered_in!(YearSoftClosed, soft_closes);

/// Refuses what is measured in a soft-closed year and does not say why it is late. Payments are never late:
/// they follow the settlement.
pub(super) fn in_time(event: &Event, book: &Book, giver: &Giver) -> Result<(), Refusal> {
    if giver.late_because.as_ref().is_some_and(|reason| !reason.trim().is_empty()) {
        return Ok(());
    }
    let stream = event.stream();
    let Some((noun, contract)) = stream.as_str().split_once('/').filter(|(noun, _)| *noun != "payment")
    else {
        return Ok(());
    };
    let case = contract.parse::<ContractId>().ok().and_then(|contract| book.contracts.get(&contract));
    let Some((day, case)) = event.measured_on().zip(case) else { return Ok(()) };
    let Some(closed) = case.terms.years.containing(day).and_then(|year| case.soft_closed(year)) else {
        return Ok(());
    };
    let message = format!(
        "{} of `{contract}` was soft-closed at entry {}, and this {noun} is about it",
        closed.fact.year, closed.entry
    );
    let hint = "say why it is late: give the command `late_because`, beside its body";
    Err(Refusal::conflict("year-soft-closed", message, hint))
}
