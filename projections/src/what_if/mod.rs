//! What a contract year would come to under other terms, or had other facts been recorded. Nothing is
//! recorded.
//!
//! The log is folded again with the changed events in their place, and both books are settled by the same
//! function. The statements drawn up for the year are set aside on both sides, so that a changed subcontract
//! reaches its head contract; statements of other years stand. The changes are taken one after the other, and
//! what a line changed by with each is that change's doing: the steps sum to the whole difference, to the
//! penny.

mod change;
mod replay;
mod show;

use std::collections::{BTreeMap, BTreeSet};

use domain::book::Book;
use domain::exact::Exact;
use domain::money::{Currency, Money};
use domain::name::{ContractId, PartyId};
use domain::refusal::Refusal;
use domain::settle::settle;
use domain::statement::Statement;
use domain::time::{AsOf, Entry, KnownAt};
use domain::year::ContractYear;
use serde::Serialize;

use crate::bridge::{self, Change as LineChange};
use crate::contracts::cost_recorded;
use crate::kept::Kept;
use replay::{Edits, replay};

pub use change::{Change, Changes, NotAChange, Whose};
pub use replay::LeftOut;

/// The statements of a contract and of those below it.
pub type Statements = BTreeMap<ContractId, Statement>;

/// A contract year as it is and as it would be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WhatIf {
    /// The contract.
    pub contract: ContractId,
    /// The contract year.
    pub year: ContractYear,
    /// The business date asked for.
    pub as_of: AsOf,
    /// What the ledger knew, as asked.
    pub known_at: String,
    /// The entry that comes to.
    pub entry: Entry,
    /// The currency of every amount.
    pub currency: Currency,
    /// What is taken otherwise.
    pub changed: Vec<Changed>,
    /// Which lines of the contract's statement that changes, change by change.
    pub causes: Vec<Cause>,
    /// What is payable between each two parties, under the contract, those below it and those changed.
    pub payables: Vec<Pair>,
    /// What each party comes to under all of these contracts.
    pub parties: Vec<Standing>,
    /// Recorded facts that the changes would have had refused.
    pub left_out: Vec<LeftOut>,
    /// The drafts as it is.
    #[serde(skip)]
    pub before: Statements,
    /// The drafts as it would be.
    #[serde(skip)]
    pub after: Statements,
}

/// A change, with what it replaces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// The change as written.
    pub change: String,
    /// The entry of the event it is made to.
    pub entry: Entry,
    /// That event.
    pub event: &'static str,
    /// The value recorded; nothing where the field is not there, or where the terms are others as a whole.
    pub was: Option<String>,
}

/// What one change does to the statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// The change; several where none of them holds without the others.
    pub because: String,
    /// The lines it changes, payables last.
    pub changes: Vec<LineChange>,
}

/// An amount as it is and as it would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Amounts {
    /// As it is; nothing where there is no such amount.
    pub before: Option<Money>,
    /// As it would be.
    pub after: Option<Money>,
    /// After less before. What is not payable counts as nothing; a result that is not there is none, and has
    /// no difference.
    pub difference: Option<Money>,
}

/// What is payable between two parties.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pair {
    /// The contract.
    pub contract: ContractId,
    /// The payer, or the pool.
    pub from: PartyId,
    /// The party paid.
    pub to: PartyId,
    /// + from `from` to `to`, before payments.
    pub payable: Amounts,
}

/// What a party comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// The party.
    pub party: PartyId,
    /// What it is entitled to less what it owes; + is to be received.
    pub entitled: Amounts,
    /// Its results added up, where these contracts come to any.
    pub result: Amounts,
    /// Whether its own cost is in each of them; without it a result is what it receives.
    pub cost_recorded: bool,
}

impl Amounts {
    fn of(before: Option<Money>, after: Option<Money>) -> Amounts {
        let exact = |side: Option<Money>| side.map_or_else(Exact::zero, Exact::from);
        Amounts { before, after, difference: (exact(after) - exact(before)).as_money() }
    }

    fn of_results(before: Option<Money>, after: Option<Money>) -> Amounts {
        let both = before.is_some() && after.is_some();
        let amounts = Amounts::of(before, after);
        Amounts { difference: amounts.difference.filter(|_| both), ..amounts }
    }
}

/// Settles a contract year as it is and with `changes`, as measured by `as_of` and as known at `known_at`.
///
/// # Errors
/// Refuses no changes at all, a change of something that is not there, and a changed event that its command
/// would be refused; faulty terms come fault by fault. Else as [`Kept::at`] and [`settle`].
pub fn ask(
    kept: &Kept,
    contract: &ContractId,
    year: ContractYear,
    (as_of, known_at): (AsOf, KnownAt),
    changes: &[Change],
) -> Result<WhatIf, Vec<Refusal>> {
    let one = |refusal: Refusal| vec![refusal];
    if changes.is_empty() {
        let hint = "name what is to be otherwise, such as --set /pay/0/budget=24000000.00";
        return Err(one(Refusal::rule("nothing-changed", "a what-if question changes something", hint)));
    }
    let entry = kept.resolve(known_at).map_err(one)?;
    let mut book = kept.at(KnownAt::Entry(entry)).map_err(one)?.as_ref().clone();
    book.set_aside(year);
    let asked = Asked { kept, contract, year, as_of, entry };
    let draft = settle(&book, contract, year, as_of).map_err(one)?;
    let places = changes.iter().map(|change| asked.place(&book, change)).collect::<Result<Vec<_>, _>>();
    let places = places.map_err(one)?;
    let (after, causes, left_out) = asked.take_in_turn(changes, &places, &draft)?;
    let mut contracts = BTreeSet::new();
    below(&book, contract, &mut contracts);
    below(&after, contract, &mut contracts);
    contracts.extend(places.iter().filter_map(|place| asked.contract_at(*place)));
    let before = asked.drafts(&book, &contracts).map_err(one)?;
    let after = asked.drafts(&after, &contracts).map_err(one)?;
    Ok(WhatIf {
        contract: contract.clone(),
        year,
        as_of,
        known_at: known_at.to_string(),
        entry,
        currency: draft.currency,
        changed: changes.iter().zip(&places).map(|(change, place)| asked.changed(change, *place)).collect(),
        causes,
        payables: pairs(&before, &after),
        parties: standings(&before, &after),
        left_out,
        before,
        after,
    })
}

struct Asked<'a> {
    kept: &'a Kept,
    contract: &'a ContractId,
    year: ContractYear,
    as_of: AsOf,
    entry: Entry,
}

impl Asked<'_> {
    /// The entry of the event a change is made to.
    fn place(&self, book: &Book, change: &Change) -> Result<Entry, Refusal> {
        let entry = change.entry(book, self.contract)?;
        if entry.0 == 0 || entry > self.entry {
            let message = format!("nothing was recorded at entry {entry} by then");
            let hint = "`riskshare history CONTRACT` shows the entries";
            return Err(Refusal::not_found("unknown-entry", message, hint));
        }
        Ok(entry)
    }

    /// Takes the changes one after the other, each together with those before it. What does not hold without
    /// the next change (shares that no longer sum to 100%) is taken together with it, and so are terms as a
    /// whole.
    fn take_in_turn(
        &self,
        changes: &[Change],
        places: &[Entry],
        draft: &Statement,
    ) -> Result<(Book, Vec<Cause>, Vec<LeftOut>), Vec<Refusal>> {
        let mut causes = Vec::new();
        let (mut now, mut because, mut reached) = (draft.clone(), Vec::new(), None);
        let mut edits = Edits::new();
        let mut why_not = Vec::new();
        for (number, (change, place)) in (1..).zip(changes.iter().zip(places)) {
            edits.entry(*place).or_default().push(change);
            because.push(change.to_string());
            if let (Change::Terms { .. }, Some(Change::Terms { .. })) = (change, changes.get(number)) {
                continue;
            }
            match self.settled(&edits) {
                Ok((next, book, left_out)) => {
                    let because = std::mem::take(&mut because).join("; ");
                    causes.push(Cause { because, changes: bridge::changes(&now, &next) });
                    (now, reached) = (next, Some((book, left_out)));
                }
                Err(refusals) => (why_not, reached) = (refusals, None),
            }
        }
        let (book, left_out) = reached.ok_or(why_not)?;
        Ok((book, causes, left_out))
    }

    fn settled(&self, edits: &Edits) -> Result<(Statement, Book, Vec<LeftOut>), Vec<Refusal>> {
        let (mut book, left_out) = replay(self.kept, edits, self.entry)?;
        book.set_aside(self.year);
        let statement =
            settle(&book, self.contract, self.year, self.as_of).map_err(|refusal| vec![refusal])?;
        Ok((statement, book, left_out))
    }

    fn drafts(&self, book: &Book, contracts: &BTreeSet<ContractId>) -> Result<Statements, Refusal> {
        let runs = |contract: &&ContractId| {
            book.contracts.get(*contract).is_some_and(|case| case.runs_in_year(self.year))
        };
        let running = contracts.iter().filter(runs);
        running.map(|c| Ok((c.clone(), settle(book, c, self.year, self.as_of)?))).collect()
    }

    /// The contract whose award or fact stands at an entry.
    fn contract_at(&self, entry: Entry) -> Option<ContractId> {
        let (_, thing) = self.recorded(entry)?.stream.as_str().split_once('/')?;
        thing.parse().ok()
    }

    fn recorded(&self, entry: Entry) -> Option<&domain::recorded::Recorded> {
        self.kept.events().get(entry.0 as usize - 1).map(AsRef::as_ref)
    }

    fn changed(&self, change: &Change, entry: Entry) -> Changed {
        let recorded = self.recorded(entry);
        let payload = recorded.and_then(|r| r.event.payload().ok());
        let was = payload.and_then(|mut payload| change.put(&mut payload).ok().flatten());
        Changed { change: change.to_string(), entry, event: recorded.map_or("", |r| r.event.kind()), was }
    }
}

/// A contract with everything below it.
fn below(book: &Book, contract: &ContractId, all: &mut BTreeSet<ContractId>) {
    if all.insert(contract.clone())
        && let Some(case) = book.contracts.get(contract)
    {
        case.subcontracts.iter().for_each(|sub| below(book, sub, all));
    }
}

fn pairs(before: &Statements, after: &Statements) -> Vec<Pair> {
    let entitled = |statements: &Statements| -> BTreeMap<(ContractId, PartyId, PartyId), Option<Money>> {
        let all = statements.values().flat_map(|s| s.payables.iter().map(move |p| (s, p)));
        all.map(|(s, p)| ((s.contract.clone(), p.from.clone(), p.to.clone()), p.entitled)).collect()
    };
    let (before, after) = (entitled(before), entitled(after));
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let pair = |key: &(ContractId, PartyId, PartyId)| {
        let (contract, from, to) = key.clone();
        let [before, after] = [&before, &after].map(|side| side.get(key).copied().flatten());
        Pair { contract, from, to, payable: Amounts::of(before, after) }
    };
    keys.into_iter().map(pair).collect()
}

fn standings(before: &Statements, after: &Statements) -> Vec<Standing> {
    let payables = before.values().chain(after.values()).flat_map(|s| &s.payables);
    let parties: BTreeSet<PartyId> = payables.flat_map(|p| [p.from.clone(), p.to.clone()]).collect();
    let standing = |party: PartyId| {
        let entitled = Amounts::of(entitled(before, &party), entitled(after, &party));
        let result = Amounts::of_results(result(before, &party), result(after, &party));
        let mut all = before.values().chain(after.values()).filter(|s| s.result(&party).is_some());
        let cost_recorded = all.all(|s| cost_recorded(s, &party));
        Standing { party, entitled, result, cost_recorded }
    };
    parties.into_iter().map(standing).collect()
}

/// What a party is entitled to less what it owes; nothing where it has no payable, or part of one is not
/// reported.
fn entitled(statements: &Statements, party: &PartyId) -> Option<Money> {
    let mine = statements.values().flat_map(|s| &s.payables).filter(|p| p.to == *party || p.from == *party);
    let signed = mine.map(|p| {
        let amount = Exact::from(p.entitled?);
        Some(if p.to == *party { amount } else { -amount })
    });
    total(signed.collect::<Option<Vec<Exact>>>()?)
}

fn result(statements: &Statements, party: &PartyId) -> Option<Money> {
    total(statements.values().filter_map(|s| s.result(party)).map(Exact::from).collect())
}

fn total(amounts: Vec<Exact>) -> Option<Money> {
    if amounts.is_empty() { None } else { amounts.into_iter().sum::<Exact>().as_money() }
}
