//! `propose-fixed-sum` and `agree-fixed-sum`: one side puts a sum for the year to the other, and a person of
//! the other side agrees it. From then on it replaces what was calculated.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::agree::{acts_for, for_another};
use super::{Verb, entered_by};
use crate::actor::Giver;
use crate::book::{Book, Case, Entered};
use crate::money::Money;
use crate::name::{ContractId, PartyId, StreamId};
use crate::refusal::Refusal;
use crate::time::Entry;
use crate::year::{ContractYear, Span};

/// A sum for a contract year was put to the other side. A later proposal replaces an earlier one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FixedSumProposed {
    /// The contract.
    pub contract: ContractId,
    /// The contract year.
    pub year: ContractYear,
    /// What the payee would be entitled to for the year.
    pub amount: Money,
    /// Why.
    pub reason: String,
    /// The side that proposes it: payer or payee.
    pub party: PartyId,
}

/// A fixed sum was agreed for a contract year. From the year's end on it is what the payee is entitled to;
/// the difference from what was calculated is shown. A later agreement replaces the earlier one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FixedSumAgreed {
    /// The contract.
    pub contract: ContractId,
    /// The contract year.
    pub year: ContractYear,
    /// What the payee is entitled to for the year.
    pub amount: Money,
    /// Why the parties agreed it.
    pub reason: String,
    /// The entry of the other side's proposal; events of the first version have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<Entry>,
    /// The party that agrees, where it has no users of its own and the proposer's side records its agreement.
    /// Needs evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<PartyId>,
}

/// Refuses a year outside the contract's, and one that is drawn up.
fn open_year(case: &Case, year: ContractYear) -> Result<(), Refusal> {
    case.covers(Span::Year(year)).map_err(|refusal| refusal.at("/year"))?;
    if case.standing(year).is_none() {
        return Ok(());
    }
    let message = format!("{year} of `{}` is already drawn up", case.terms.contract);
    let hint = "a sum is agreed before the year is drawn up, or once it is reopened";
    Err(Refusal::conflict("already-drawn-up", message, hint).at("/year"))
}

/// Payer and payee, as they stand.
fn sides(book: &Book, case: &Case) -> [PartyId; 2] {
    let parties = &case.terms.parties;
    [&parties.payer, &parties.payee].map(|side| book.now(case, side, NaiveDate::MAX))
}

fn a_side(book: &Book, case: &Case, party: &PartyId) -> Result<(), Refusal> {
    let sides = sides(book, case);
    if sides.contains(party) {
        return Ok(());
    }
    let message = format!("`{party}` is not a side of `{}`", case.terms.contract);
    Err(Refusal::rule("not-a-side", message, format!("its sides are: {}, {}", sides[0], sides[1])))
}

impl Case {
    /// The sum proposed last for a year, where it waits to be agreed.
    pub fn proposed_sum(&self, year: ContractYear) -> Option<&Entered<FixedSumProposed>> {
        let last = self.proposed_sums.iter().rfind(|p| p.fact.year == year)?;
        (!self.fixed_sums.iter().any(|sum| sum.fact.proposal == Some(last.entry))).then_some(last)
    }
}

impl Verb for FixedSumProposed {
    type Makes = FixedSumProposed;

    fn stream(&self) -> StreamId {
        StreamId::of("contract", &self.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        Vec::new()
    }

    fn decide(self, book: &Book) -> Result<FixedSumProposed, Refusal> {
        let case = book.case(&self.contract)?;
        open_year(case, self.year)?;
        a_side(book, case, &self.party).map_err(|refusal| refusal.at("/party"))?;
        Ok(self)
    }
}

impl FixedSumProposed {
    fn permits(&self, _: &Book, giver: &Giver) -> Result<(), Refusal> {
        acts_for(giver, &self.party)
    }
}

entered_by!(FixedSumProposed, proposed_sums);

impl Verb for FixedSumAgreed {
    type Makes = FixedSumAgreed;

    fn stream(&self) -> StreamId {
        StreamId::of("contract", &self.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        Vec::new()
    }

    fn decide(self, book: &Book) -> Result<FixedSumAgreed, Refusal> {
        let case = book.case(&self.contract)?;
        open_year(case, self.year)?;
        let proposed = self.proposed(case)?;
        if proposed.fact.amount != self.amount {
            let proposed = proposed.fact.amount.show(case.terms.currency);
            let message = format!("{} is not the {proposed} that was proposed", self.amount);
            let hint = "agree what was proposed, or propose another sum";
            return Err(Refusal::conflict("another-amount", message, hint).at("/amount"));
        }
        Ok(self)
    }
}

impl FixedSumAgreed {
    /// The proposal that it agrees: the last of its year, and not agreed yet.
    fn proposed<'a>(&self, case: &'a Case) -> Result<&'a Entered<FixedSumProposed>, Refusal> {
        let proposed = case.proposed_sum(self.year);
        if let Some(proposed) = proposed.filter(|proposed| self.proposal == Some(proposed.entry)) {
            return Ok(proposed);
        }
        let (message, hint) = match proposed {
            Some(last) => (
                format!("the sum to be agreed for {} is that of entry {}", self.year, last.entry),
                "name its entry as `proposal`".to_owned(),
            ),
            None => (
                format!("no sum waits to be agreed for {} of `{}`", self.year, self.contract),
                "let one side send propose-fixed-sum; a person of the other agrees it".to_owned(),
            ),
        };
        Err(Refusal::rule("not-proposed", message, hint).at("/proposal"))
    }

    /// The other side agrees: another person, and for their own party unless that has no users.
    fn permits(&self, book: &Book, giver: &Giver) -> Result<(), Refusal> {
        let case = book.case(&self.contract)?;
        let proposed = self.proposed(case)?;
        if book.signed_by(proposed.entry).is_some_and(|person| person.is(&giver.actor)) {
            let message = format!("{} proposed the sum", giver.actor);
            return Err(Refusal::rule("proposed-it", message, "let a person of the other side agree it"));
        }
        let agrees = self.on_behalf_of.as_ref().unwrap_or(&giver.actor.party);
        a_side(book, case, agrees)?;
        a_side(book, case, &giver.actor.party)?;
        if *agrees == book.now(case, &proposed.fact.party, NaiveDate::MAX) {
            let message = format!("`{agrees}` proposed the sum, and the other side agrees it");
            let hint =
                "let a person of the other side agree it; for a party without users, say `on_behalf_of`";
            return Err(Refusal::rule("one-side", message, hint));
        }
        self.on_behalf_of.as_ref().map_or(Ok(()), |party| for_another(book, giver, party))
    }
}

entered_by!(FixedSumAgreed, fixed_sums);
