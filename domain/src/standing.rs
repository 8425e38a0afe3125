//! Who stands where: bodies that succeeded others, contracts that others took over, and what a body was
//! called on a day.
//!
//! A contract keeps the names it was signed with. Whoever asks on or after the day of a succession finds
//! payables, positions and results in the successor's name; what was paid to or by either counts.

use chrono::NaiveDate;

use crate::book::{Book, Case, Entered};
use crate::exact::Exact;
use crate::money::Money;
use crate::name::PartyId;
use crate::names::Names;
use crate::refusal::Refusal;
use crate::statement::{Payable, Statement};
use crate::time::Entry;
use crate::verb::succeed::PartySucceeded;
use crate::worksheet::{Line, Step};

/// A party's place was taken by another.
#[derive(Clone, Copy, Debug)]
pub struct Move<'a> {
    /// Whose place.
    pub from: &'a PartyId,
    /// By whom.
    pub to: &'a PartyId,
    /// From when.
    pub on: NaiveDate,
    /// Why.
    pub reason: &'a str,
    /// The entry that recorded it.
    pub entry: Entry,
}

impl Book {
    /// The succession of a party that has ended.
    pub fn successor(&self, party: &PartyId) -> Option<&Entered<PartySucceeded>> {
        self.successions.iter().find(|s| s.fact.party == *party)
    }

    /// Every move of the places of a contract by `day`, in the order in which they took effect.
    pub fn moves<'a>(&'a self, case: &'a Case, day: NaiveDate) -> Vec<Move<'a>> {
        let succeeded = self.successions.iter().map(|s| Move {
            from: &s.fact.party,
            to: &s.fact.by,
            on: s.fact.on,
            reason: &s.fact.reason,
            entry: s.entry,
        });
        let novated = case.novations.iter().map(|n| Move {
            from: &n.fact.from,
            to: &n.fact.to,
            on: n.fact.effective_from,
            reason: &n.fact.reason,
            entry: n.entry,
        });
        let mut moves: Vec<Move> = succeeded.chain(novated).filter(|m| m.on <= day).collect();
        moves.sort_by_key(|m| (m.on, m.entry));
        if moves.is_empty() {
            return moves;
        }
        let mut holders = case.terms.all_parties();
        moves.retain(|m| {
            let moved = holders.contains(m.from);
            if moved {
                holders.insert(m.to.clone());
            }
            moved
        });
        moves
    }

    /// Who stands in a party's place under a contract on a day: itself where nobody took it.
    pub fn now(&self, case: &Case, party: &PartyId, day: NaiveDate) -> PartyId {
        let stands =
            |holder: &PartyId, m: &Move| if m.from == holder { m.to.clone() } else { holder.clone() };
        self.moves(case, day).iter().fold(party.clone(), |holder, m| stands(&holder, m))
    }

    /// The same, but where one body took both places of a contract: then the old names stand, so that what
    /// they owed each other can be seen.
    pub fn stands(&self, case: &Case, party: &PartyId, day: NaiveDate) -> PartyId {
        let parties = &case.terms.parties;
        let one = self.now(case, &parties.payer, day) == self.now(case, &parties.payee, day);
        if one { party.clone() } else { self.now(case, party, day) }
    }

    /// The payables of a statement in the names of who stands in the parties' places on a day.
    pub fn payables_on(&self, case: &Case, payables: &[Payable], day: NaiveDate) -> Vec<Payable> {
        let plus = |a: Money, b: Money| (Exact::from(a) + Exact::from(b)).as_money().unwrap_or(a);
        let either = |a: Option<Money>, b: Option<Money>| match (a, b) {
            (Some(a), Some(b)) => Some(plus(a, b)),
            (a, b) => a.or(b),
        };
        let mut all: Vec<Payable> = Vec::new();
        for payable in payables {
            let (from, to) = (self.stands(case, &payable.from, day), self.stands(case, &payable.to, day));
            match all.iter_mut().find(|p| p.from == from && p.to == to) {
                Some(same) => {
                    same.entitled = either(same.entitled, payable.entitled);
                    same.balance = either(same.balance, payable.balance);
                    same.paid = plus(same.paid, payable.paid);
                }
                None if from == to => {}
                None => all.push(Payable { from, to, ..payable.clone() }),
            }
        }
        all
    }

    /// A party's result by a statement, with the results of those in whose places it stands on a day.
    pub fn result_on(
        &self,
        case: &Case,
        statement: &Statement,
        party: &PartyId,
        day: NaiveDate,
    ) -> Option<Money> {
        let of_party = |line: &&Line| {
            let subject = line.subject.as_deref().and_then(|s| s.parse::<PartyId>().ok());
            line.name == Step::Result && subject.is_some_and(|own| self.stands(case, &own, day) == *party)
        };
        let results =
            statement.lines.iter().filter(of_party).map(|l| l.value.as_deref()?.parse::<Money>().ok());
        let results: Vec<Money> = results.collect::<Option<_>>()?;
        if results.is_empty() {
            return None;
        }
        results.into_iter().map(Exact::from).sum::<Exact>().as_money()
    }

    /// Refuses a party that is unknown, does not exist yet on `day`, or has ended by then.
    pub fn in_office(&self, party: &PartyId, day: NaiveDate) -> Result<(), Refusal> {
        self.known_party(party)?;
        self.not_ended(party, day)?;
        let begun = self.parties.get(party).and_then(|party| party.valid_from);
        if let Some(begun) = begun.filter(|begun| day < *begun) {
            let message = format!("`{party}` exists from {begun} on, and {day} is before it");
            let hint = "check the day, or name the body that came before it";
            return Err(Refusal::rule("party-not-begun", message, hint));
        }
        Ok(())
    }

    /// Refuses a party that has ended by `day`, and says who came after it.
    pub fn not_ended(&self, party: &PartyId, day: NaiveDate) -> Result<(), Refusal> {
        if let Some(succession) = self.successor(party).filter(|s| s.fact.on <= day) {
            let PartySucceeded { by, on, .. } = &succession.fact;
            let message = format!("`{party}` ended before {on}, and {day} is not before it");
            return Err(Refusal::rule("party-ended", message, format!("name its successor, `{by}`")));
        }
        let ended = self.parties.get(party).and_then(|party| party.valid_to);
        if let Some(ended) = ended.filter(|ended| *ended < day) {
            let message = format!("`{party}` ended on {ended}, and {day} is after it");
            let hint = match self.successor(party) {
                Some(succession) => format!("name its successor, `{}`", succession.fact.by),
                None => "name the body that came after it; succeed-party says which that is".to_owned(),
            };
            return Err(Refusal::rule("party-ended", message, hint));
        }
        Ok(())
    }

    /// Refuses who is no party of a contract, nor stands in the place of one, on a day.
    pub fn party_to(&self, case: &Case, party: &PartyId, day: NaiveDate) -> Result<(), Refusal> {
        if !self.moves(case, day).iter().any(|m| m.to == party) {
            case.known_party(party)?;
        }
        self.in_office(party, day)
    }

    /// What every party is called on a day.
    pub fn names_on(&self, day: NaiveDate) -> Names {
        let names: Names =
            self.parties.keys().map(|party| (party.clone(), self.name_on(party, day))).collect();
        names.with_contracts(self.contracts.iter().map(|(id, case)| (id.clone(), case.terms.title.clone())))
    }

    /// A party's full name on a day.
    pub fn name_on(&self, party: &PartyId, day: NaiveDate) -> String {
        let of_party = self.renamings.iter().filter(|r| r.fact.party == *party && r.fact.on <= day);
        match of_party.max_by_key(|r| (r.fact.on, r.entry)) {
            Some(renaming) => renaming.fact.name.clone(),
            None => self.parties.get(party).map_or_else(|| party.to_string(), |p| p.name.clone()),
        }
    }
}
