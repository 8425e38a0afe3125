//! `reopen-year`: a contract year that was soft-closed or drawn up is opened again, for a reason and by two
//! people.

use serde::{Deserialize, Serialize};

use super::{Verb, entered_by};
use crate::actor::{Actor, Giver};
use crate::book::{Book, Case};
use crate::name::{ContractId, StreamId};
use crate::refusal::Refusal;
use crate::year::ContractYear;

/// A contract year was reopened. Its statement stays in force until the year is restated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearReopened {
    /// The contract.
    pub contract: ContractId,
    /// The contract year.
    pub year: ContractYear,
    /// Why.
    pub reason: String,
    /// The second approver; the first gives the command.
    pub approved_by: Actor,
}

/// Refuses a second approver who is the first, and either where they act for no party of the contract.
pub(super) fn two_of_the_parties(
    book: &Book,
    case: &Case,
    giver: &Giver,
    second: &Actor,
) -> Result<(), Refusal> {
    if giver.actor.is(second) {
        let message = format!("{second} cannot approve twice");
        let hint = "let another person approve it too";
        return Err(Refusal::rule("one-approver", message, hint));
    }
    for party in [&giver.actor.party, &second.party] {
        if !book.has_a_place(case, party) {
            case.known_party(party)?;
        }
    }
    Ok(())
}

impl Verb for YearReopened {
    type Makes = YearReopened;

    fn stream(&self) -> StreamId {
        StreamId::of("contract", &self.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        Vec::new()
    }

    fn decide(self, book: &Book) -> Result<YearReopened, Refusal> {
        let case = book.case(&self.contract)?;
        if case.soft_closed(self.year).is_none() && case.standing(self.year).is_none() {
            let message = format!("{} of `{}` is open", self.year, self.contract);
            let hint = "only a year that was soft-closed or drawn up is reopened";
            return Err(Refusal::conflict("year-open", message, hint).at("/year"));
        }
        Ok(self)
    }
}

impl YearReopened {
    fn permits(&self, book: &Book, giver: &Giver) -> Result<(), Refusal> {
        two_of_the_parties(book, book.case(&self.contract)?, giver, &self.approved_by)
            .map_err(|refusal| refusal.at("/approved_by"))
    }
}

entered_by!(YearReopened, reopenings);
