//! `reopen-freeze`: payer and payee agree that a frozen month may be frozen once more.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::activity::{ActivityReported, Flow};
use super::reopen::two_of_the_parties;
use super::{Verb, entered_by};
use crate::actor::{Actor, Giver};
use crate::book::Book;
use crate::name::{ContractId, PartyId, StreamId};
use crate::refusal::Refusal;
use crate::year::Month;

/// The freeze of a month was reopened. It goes on counting until the next freeze, which counts in its place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FreezeReopened {
    /// The contract.
    pub contract: ContractId,
    /// The provider that reported.
    pub provider: PartyId,
    /// The month.
    pub month: Month,
    /// The return.
    pub flow: Flow,
    /// Why.
    pub reason: String,
    /// Who agrees for the other side; the first side gives the command.
    pub agreed_by: Actor,
}

impl FreezeReopened {
    /// Whether a report is of the provider, month and return reopened.
    pub fn is_of(&self, report: &ActivityReported) -> bool {
        self.provider == report.provider && self.month == report.month && self.flow == report.flow
    }
}

impl Verb for FreezeReopened {
    type Makes = FreezeReopened;

    fn stream(&self) -> StreamId {
        StreamId::of("activity", &self.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        vec![StreamId::of("contract", &self.contract)]
    }

    fn decide(self, book: &Book) -> Result<FreezeReopened, Refusal> {
        let case = book.case(&self.contract)?;
        let frozen = case.reports.iter().any(|r| self.is_of(&r.fact) && case.is_frozen(&r.fact));
        if !frozen {
            let message = format!("{} of `{}` for {} is not frozen", self.flow, self.provider, self.month);
            let hint = "report the month as flex or freeze";
            return Err(Refusal::rule("not-frozen", message, hint).at("/month"));
        }
        Ok(self)
    }
}

impl FreezeReopened {
    fn permits(&self, book: &Book, giver: &Giver) -> Result<(), Refusal> {
        let case = book.case(&self.contract)?;
        two_of_the_parties(book, case, giver, &self.agreed_by).map_err(|refusal| refusal.at("/agreed_by"))?;
        let parties = &case.terms.parties;
        let sides = [&parties.payer, &parties.payee].map(|side| book.now(case, side, NaiveDate::MAX));
        let [first, second] = [&giver.actor.party, &self.agreed_by.party];
        if first != second && sides.contains(first) && sides.contains(second) {
            return Ok(());
        }
        let message = format!("{} and {} are not the two sides", giver.actor, self.agreed_by);
        let hint =
            format!("one of `{}` gives the command, and `agreed_by` names one of `{}`", sides[0], sides[1]);
        Err(Refusal::rule("one-side", message, hint).at("/agreed_by"))
    }
}

entered_by!(FreezeReopened, freeze_reopenings);
