//! The contracts of a ledger: who is party to each, and what each of its years comes to beside its plan, with
//! what is still open.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::book::{Book, Case, DrawnUp};
use domain::drafts::Drafts;
use domain::exact::Exact;
use domain::money::{Currency, Money};
use domain::name::{ClauseRef, ContractId, PartyId};
use domain::names::Names;
use domain::refusal::Refusal;
use domain::statement::{Payable, Statement, Status};
use domain::terms::Document;
use domain::time::{AsOf, Entry, KnownAt};
use domain::worksheet::{Line, LineState, Stage, Step};
use domain::year::ContractYear;
use serde::Serialize;

use crate::kept::Kept;
use crate::settlements::years_begun;
use crate::words;

/// A contract, with what each of its years begun comes to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Contract {
    /// The contract.
    pub contract: ContractId,
    /// The contract it is under.
    pub under: Option<ContractId>,
    /// Its title.
    pub title: String,
    /// Who pays.
    pub payer: Party,
    /// Who is paid.
    pub payee: Party,
    /// The stop-loss pool, where there is one.
    pub pool: Option<Party>,
    /// Who shares in it besides these: members, and commissioners who bear it beside the payer.
    pub members: Vec<Party>,
    /// The contracts under it.
    pub subcontracts: BTreeSet<ContractId>,
    /// The currency of every amount.
    pub currency: Currency,
    /// Its first year.
    pub from: ContractYear,
    /// Its last year.
    pub to: ContractYear,
    /// When it was signed.
    pub signed_on: NaiveDate,
    /// The entry of its award.
    pub awarded: Entry,
    /// Its years begun, oldest first.
    pub years: Vec<Year>,
}

/// A contract with its terms.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Detail {
    /// The contract.
    #[serde(flatten)]
    pub contract: Contract,
    /// Its paying clauses in plain words.
    pub clauses: Vec<Clause>,
    /// Its terms as written.
    pub terms: Document,
}

/// A paying clause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Clause {
    /// Its number.
    pub clause: ClauseRef,
    /// How it pays, by its word in terms.
    pub kind: String,
    /// What it says, in plain words.
    pub says: String,
}

/// An organisation with its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Party {
    /// By which the ledger knows it.
    pub party: PartyId,
    /// Its full name.
    pub name: String,
    /// Its official code.
    pub code: Option<String>,
}

/// What a contract year comes to: of the statement in force, else of a draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Year {
    /// The contract year.
    pub year: ContractYear,
    /// Where it stands.
    pub status: Status,
    /// The entry of the statement in force.
    pub drawn_up: Option<Entry>,
    /// The weakest stage of any amount.
    pub stage: Stage,
    /// Whether no report or measurement is missing.
    pub complete: bool,
    /// What the clauses set for the same months beforehand, where they set anything.
    pub plan: Option<Money>,
    /// What the payer, with the commissioners who bear the contract beside it, owes all others, before
    /// payments; a pool's payments are not in it.
    pub payable: Option<Money>,
    /// Payable less plan.
    pub against_plan: Option<Money>,
    /// What of that was paid.
    pub paid: Money,
    /// Payable less paid.
    pub balance: Option<Money>,
    /// The payee's result, where the contract comes to one.
    pub result: Option<Money>,
    /// Whether the payee's own cost is in its result; without it the result is what it receives.
    pub cost_recorded: bool,
    /// What is missing, provisional or to be done next, in words.
    pub open: Vec<String>,
}

/// Every contract known, by name.
///
/// # Errors
/// As [`Kept::at`] and [`domain::settle::settle`].
pub fn ask(kept: &Kept, as_of: AsOf, known_at: KnownAt) -> Result<Vec<Contract>, Refusal> {
    let book = kept.at(known_at)?;
    let drafts = Drafts::of(&book, as_of);
    book.contracts.values().map(|case| contract(&drafts, case)).collect()
}

/// One contract with its terms.
///
/// # Errors
/// Refuses a contract that was not known then; else as [`ask`].
pub fn one(kept: &Kept, name: &ContractId, as_of: AsOf, known_at: KnownAt) -> Result<Detail, Refusal> {
    let book = kept.at(known_at)?;
    let case = book.case(name)?;
    Ok(Detail {
        contract: contract(&Drafts::of(&book, as_of), case)?,
        clauses: words::clauses(&case.terms, &book.names_on(as_of.0)),
        terms: case.terms.document().clone(),
    })
}

/// What every organisation is called at a business date.
///
/// # Errors
/// As [`Kept::at`].
pub fn names(kept: &Kept, as_of: AsOf, known_at: KnownAt) -> Result<Names, Refusal> {
    Ok(kept.at(known_at)?.names_on(as_of.0))
}

/// Every organisation known, by name.
///
/// # Errors
/// As [`Kept::at`].
pub fn parties(kept: &Kept, known_at: KnownAt) -> Result<Vec<Party>, Refusal> {
    let book = kept.at(known_at)?;
    Ok(book.parties.keys().map(|p| party(&book, p, NaiveDate::MAX)).collect())
}

fn party(book: &Book, party: &PartyId, day: NaiveDate) -> Party {
    let code = book.parties.get(party).and_then(|p| p.code.clone());
    Party { party: party.clone(), name: book.name_on(party, day), code }
}

fn contract(drafts: &Drafts, case: &Case) -> Result<Contract, Refusal> {
    let (book, as_of) = (drafts.book(), drafts.as_of());
    let terms = &case.terms;
    let years = years_begun(case, as_of);
    let now = |own: &PartyId| book.stands(case, own, as_of.0);
    Ok(Contract {
        contract: terms.contract.clone(),
        under: terms.under.clone(),
        title: terms.title.clone(),
        payer: party(book, &now(&terms.parties.payer), as_of.0),
        payee: party(book, &now(&terms.parties.payee), as_of.0),
        pool: terms.parties.pool.as_ref().map(|pool| party(book, &now(&pool.party), as_of.0)),
        members: members(case).map(|own| party(book, &now(own), as_of.0)).collect(),
        subcontracts: case.subcontracts.clone(),
        currency: terms.currency,
        from: terms.years.from,
        to: terms.years.to,
        signed_on: case.signed_on,
        awarded: case.awarded,
        years: years.into_iter().map(|y| year(drafts, case, y)).collect::<Result<_, _>>()?,
    })
}

fn year(drafts: &Drafts, case: &Case, year: ContractYear) -> Result<Year, Refusal> {
    let (book, as_of) = (drafts.book(), drafts.as_of());
    let draft = drafts.settle(&case.terms.contract, year)?;
    let in_force = case.statement(year, as_of.0);
    let statement = in_force.map_or(draft.as_ref(), |s| &s.fact.statement);
    let payers = payers(book, case, as_of);
    let payable = from_payers(statement, &payers, |p| p.entitled);
    let paid = from_payers(&draft, &payers, |p| Some(p.paid)).unwrap_or(Money::ZERO);
    // The first payable is always that between payer and payee, in whose names it stood.
    let payee = statement.payables.first().map(|p| &p.to);
    let less = |a: Option<Money>, b: Option<Money>| (Exact::from(a?) - Exact::from(b?)).as_money();
    let plan = plan(statement).and_then(|sum| sum.as_money());
    Ok(Year {
        year,
        status: in_force.map_or(Status::Draft, |s| case.status(s)),
        drawn_up: in_force.map(|s| s.entry),
        stage: statement.stage,
        complete: statement.complete,
        plan,
        payable,
        against_plan: less(payable, plan),
        paid,
        balance: less(payable, Some(paid)),
        result: payee.and_then(|payee| statement.result(payee)),
        cost_recorded: payee.is_some_and(|payee| cost_recorded(statement, payee)),
        open: open(statement, &draft, in_force.map(|s| s.entry))
            .into_iter()
            .chain(in_force.map(|s| of_its_life(case, s)).unwrap_or_default())
            .collect(),
    })
}

/// Who shares in a contract besides payer and payee, each once.
fn members(case: &Case) -> impl Iterator<Item = &PartyId> {
    let parties = &case.terms.parties;
    let beside = parties.all_commissioners().into_iter().filter(|c| !parties.members.contains(c));
    let all = beside.chain(&parties.members);
    all.filter(|party| **party != parties.payer && **party != parties.payee)
}

/// Whether a party's own cost is in its result of a statement.
pub(crate) fn cost_recorded(statement: &Statement, party: &PartyId) -> bool {
    let mut own = statement.lines.iter().filter(|l| l.name == Step::OwnCost);
    !own.any(|l| l.value.is_none() && l.subject.as_deref() == Some(party.as_str()))
}

/// The payer and the commissioners who bear the contract beside it, in their own names and in those that
/// stand now.
fn payers(book: &Book, case: &Case, as_of: AsOf) -> Vec<PartyId> {
    let parties = &case.terms.parties;
    let own = std::iter::once(&parties.payer).chain(parties.all_commissioners());
    own.flat_map(|party| [party.clone(), book.stands(case, party, as_of.0)]).collect()
}

/// The sum of an amount of every payable between a payer and another party, from the payers' side; nothing
/// where one of them has none.
fn from_payers(
    statement: &Statement,
    payers: &[PartyId],
    amount: impl Fn(&Payable) -> Option<Money>,
) -> Option<Money> {
    let mut sum = Exact::zero();
    for payable in &statement.payables {
        let amount = || amount(payable).map(Exact::from);
        match (payers.contains(&payable.from), payers.contains(&payable.to)) {
            (true, false) => sum = sum + amount()?,
            (false, true) => sum = sum - amount()?,
            _ => {}
        }
    }
    sum.as_money()
}

/// What stands between a statement in force and the close of its year.
fn of_its_life(case: &Case, in_force: &DrawnUp) -> Vec<String> {
    let year = in_force.fact.statement.year;
    if let Some(reopened) = case.reopened_after(year, in_force.entry) {
        let reason = &reopened.fact.reason;
        return vec![format!("reopened at entry {}, to be restated: {reason}", reopened.entry)];
    }
    let currency = in_force.fact.statement.currency;
    let disputes = case.open_disputes(in_force).into_iter().map(|d| &d.fact);
    disputes.map(|d| format!("{} disputes {}: {}", d.party, d.amount.show(currency), d.reason)).collect()
}

/// The lines that say what was planned: to date, and for the whole year where nothing is "to date".
const PLANNED: &[(Option<Step>, Step)] = &[
    (Some(Step::BudgetToDate), Step::Budget),
    (Some(Step::BlockToDate), Step::Block),
    (Some(Step::VariationToDate), Step::Variation),
    (None, Step::Plan),
];

/// The lines of a statement that say what was planned for the months it covers.
pub(crate) fn planned(statement: &Statement) -> Vec<&Line> {
    let of = |step: Step| statement.lines.iter().filter(move |l| l.name == step);
    let mut lines = Vec::new();
    for (to_date, whole) in PLANNED {
        for line in of(*whole) {
            let same = |l: &&Line| l.clause == line.clause && l.subject == line.subject;
            lines.push(to_date.and_then(|step| of(step).find(same)).unwrap_or(line));
        }
    }
    lines
}

fn plan(statement: &Statement) -> Option<Exact> {
    let planned = planned(statement);
    if planned.is_empty() {
        return None;
    }
    let amounts = planned.iter().map(|line| line.value.as_deref()?.parse().ok());
    Some(amounts.collect::<Option<Vec<Exact>>>()?.into_iter().sum())
}

/// What a reader should know before relying on the figures, or do next.
fn open(statement: &Statement, draft: &Statement, drawn_up: Option<Entry>) -> Vec<String> {
    let mut open = Vec::new();
    for state in [LineState::NotReported, LineState::NotMeasured] {
        let missing = draft.lines.iter().filter(|l| l.state == state && l.subject.is_some());
        let told = |line: &Line| match line.name {
            Step::NotReported => line.working.text.clone(),
            _ => format!("{}: {}", label(line), line.working.text),
        };
        open.extend(missing.map(told));
    }
    if matches!(statement.stage, Stage::Estimated | Stage::Flex) {
        open.push(format!("some amounts rest on {} data and may still change", statement.stage));
    }
    let in_dispute = |step: Step| {
        let of_step = draft.lines.iter().filter(|l| l.name == step);
        of_step.filter_map(|l| l.exact.as_ref()).any(|amount| !amount.is_zero())
    };
    if in_dispute(Step::ChallengeOpen) {
        open.push("a challenge is open".to_owned());
    }
    if in_dispute(Step::Disputed) {
        open.push("the parties claim different values of the year".to_owned());
    }
    let ended = draft.year.last_day() <= draft.as_of.0;
    match drawn_up {
        None if ended && draft.complete => {
            open.push("the year has ended and its settlement can be drawn up".to_owned());
        }
        Some(entry)
            if statement
                .payables
                .iter()
                .map(|p| p.entitled)
                .ne(draft.payables.iter().map(|p| p.entitled)) =>
        {
            open.push(format!("a fresh draft differs from the statement drawn up at entry {entry}"));
        }
        _ => {}
    }
    open
}

/// A line's name with its subject.
pub fn label(line: &Line) -> String {
    let name = line.name.name();
    line.subject.as_ref().map_or(name.to_owned(), |subject| format!("{name}: {subject}"))
}
