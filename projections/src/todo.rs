//! What is to be done: what, whose turn, by when, worth how much. Everything on the list follows from what is
//! recorded and what is missing; nothing is put on it by hand but open items and other expectations.

use std::fmt;

use chrono::{Days, NaiveDate};
use domain::book::{Book, Case, Entered};
use domain::drafts::Drafts;
use domain::exact::Exact;
use domain::money::{Currency, Money};
use domain::name::{ContractId, PartyId};
use domain::refusal::Refusal;
use domain::statement::Statement;
use domain::time::{AsOf, Entry, KnownAt};
use domain::verb::activity::ActivityReported;
use domain::verb::fixed_sum::FixedSumProposed;
use domain::worksheet::{LineState, Stage};
use domain::year::{ContractYear, Month};
use serde::Serialize;

use crate::contracts::label;
use crate::kept::Kept;
use crate::settlements::years_begun;

/// One thing to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Todo {
    /// The contract.
    pub contract: ContractId,
    /// The contract year.
    pub year: ContractYear,
    /// Whose turn it is.
    pub whose: PartyId,
    /// What is to be done.
    pub what: String,
    /// By when, where a day is set.
    pub by: Option<NaiveDate>,
    /// Whether that day has passed.
    pub overdue: bool,
    /// What hangs on it, where that is an amount.
    pub worth: Option<Money>,
    /// The currency of the amount.
    pub currency: Currency,
    /// The entry it goes back to, where it goes back to one.
    pub entry: Option<Entry>,
}

/// Everything to be done under every contract, or by one party: what has a day first, the earliest first.
///
/// # Errors
/// Refuses an unknown party; else as [`Kept::at`] and [`domain::settle::settle`].
pub fn ask(
    kept: &Kept,
    party: Option<&PartyId>,
    as_of: AsOf,
    known_at: KnownAt,
) -> Result<Vec<Todo>, Refusal> {
    let book = kept.at(known_at)?;
    party.map(|party| book.known_party(party)).transpose()?;
    let (drafts, mut all) = (Drafts::of(&book, as_of), Vec::new());
    for case in book.contracts.values() {
        for year in years_begun(case, as_of) {
            let of_year = OfYear { drafts: &drafts, book: &book, case, year, as_of };
            of_year.life(&mut all)?;
            of_year.challenges(&mut all);
            of_year.freezes(&mut all);
            of_year.expectations(&mut all);
            of_year.guarantees(&mut all);
        }
    }
    all.retain(|todo| party.is_none_or(|party| todo.whose == *party));
    all.sort_by_key(|todo| (todo.by.is_none(), todo.by));
    Ok(all)
}

/// A contract year of which something may be to be done.
struct OfYear<'a> {
    drafts: &'a Drafts<'a>,
    book: &'a Book,
    case: &'a Case,
    year: ContractYear,
    as_of: AsOf,
}

impl OfYear<'_> {
    fn todo(&self, whose: &PartyId, what: String, worth: Option<Money>, entry: Option<Entry>) -> Todo {
        Todo {
            contract: self.case.terms.contract.clone(),
            year: self.year,
            whose: self.book.stands(self.case, whose, self.as_of.0),
            what,
            by: None,
            overdue: false,
            worth,
            currency: self.case.terms.currency,
            entry,
        }
    }

    fn due(&self, todo: Todo, by: Option<NaiveDate>) -> Todo {
        Todo { by, overdue: by.is_some_and(|by| by < self.as_of.0), ..todo }
    }

    /// What brings the year to its close: data, the statement, each side's agreement, a restatement.
    fn life(&self, all: &mut Vec<Todo>) -> Result<(), Refusal> {
        let (case, payer) = (self.case, &self.case.terms.parties.payer);
        match case.statement(self.year, self.as_of.0) {
            Some(statement) => {
                let reopened = case.reopened_after(self.year, statement.entry);
                if let Some(reopened) = reopened {
                    let what = format!("restate the year reopened for: {}", reopened.fact.reason);
                    all.push(self.todo(payer, what, worth(&statement.fact.statement), Some(reopened.entry)));
                    return Ok(());
                }
                for party in case.yet_to_agree(statement) {
                    let what = format!("agree the statement of entry {}", statement.entry);
                    let worth = worth(&statement.fact.statement);
                    all.push(self.todo(party, what, worth, Some(statement.entry)));
                }
            }
            None if case.end_of(self.year) <= self.as_of.0 => {
                let draft = self.drafts.settle(&case.terms.contract, self.year)?;
                let waits = draft.lines.iter().any(|l| l.state == LineState::NotYetDue);
                if draft.complete && !waits {
                    all.push(self.todo(payer, "draw the settlement up".to_owned(), worth(&draft), None));
                }
                self.measurements(all, &draft);
            }
            None => {}
        }
        if let Some(proposed) = case.proposed_sum(self.year) {
            self.sum_to_be_agreed(all, proposed);
        }
        Ok(())
    }

    /// Indicators of a year that has ended and that nobody has measured, each by the deadline of its clause.
    fn measurements(&self, all: &mut Vec<Todo>, draft: &Statement) {
        let open = draft.lines.iter().filter(|l| l.state == LineState::NotMeasured && l.subject.is_some());
        for line in open {
            let what = format!("measure {} (clause {})", label(line), line.clause);
            let clause = self.case.terms.clause(&line.clause);
            let days = clause.and_then(|clause| clause.mechanism.measures_due());
            let by = days.and_then(|days| self.year.last_day().checked_add_days(Days::new(days)));
            all.push(self.due(self.todo(&self.case.terms.parties.payee, what, None, None), by));
        }
    }

    /// A sum for the year that one side proposed: the other side's turn.
    fn sum_to_be_agreed(&self, all: &mut Vec<Todo>, proposed: &Entered<FixedSumProposed>) {
        let parties = &self.case.terms.parties;
        let stands = |party: &PartyId| self.book.stands(self.case, party, self.as_of.0);
        let by_payer = stands(&parties.payer) == stands(&proposed.fact.party);
        let other = if by_payer { &parties.payee } else { &parties.payer };
        let what = format!("agree the sum proposed for the year: {}", proposed.fact.reason);
        all.push(self.todo(other, what, Some(proposed.fact.amount), Some(proposed.entry)));
    }

    /// Guarantees that end within the year and can still be called.
    fn guarantees(&self, all: &mut Vec<Todo>) {
        let ends = |until: NaiveDate| self.year.contains(until) && self.as_of.0 <= until;
        for given in self.case.guarantees.iter().filter(|g| ends(g.fact.until)) {
            let fact = &given.fact;
            let party = self.book.name_on(&fact.party, self.as_of.0);
            let what =
                format!("renew guarantee {} for {party}, or let it end: {}", fact.guarantee, fact.reason);
            let mut todo = self.todo(&fact.guarantor, what, Some(fact.amount), Some(given.entry));
            todo.whose = fact.guarantor.clone();
            all.push(self.due(todo, Some(fact.until)));
        }
    }

    /// Challenges that the provider has to answer.
    fn challenges(&self, all: &mut Vec<Todo>) {
        for challenge in self.case.challenges.iter().filter(|c| self.has(c.fact.month)) {
            let fact = &challenge.fact;
            if !self.case.resolutions.iter().any(|r| r.fact.challenge == fact.challenge) {
                let what = format!("answer challenge {}: {}", fact.challenge, fact.reason);
                let payee = &self.case.terms.parties.payee;
                let todo = self.todo(payee, what, Some(fact.amount), Some(challenge.entry));
                all.push(self.due(todo, fact.answer_by));
            }
        }
    }

    /// Months reported and never frozen.
    fn freezes(&self, all: &mut Vec<Todo>) {
        let reports = self.case.reports.iter().filter(|r| self.has(r.fact.month));
        for report in reports.filter(|r| r.fact.month.last_day() <= self.as_of.0) {
            let later = |r: &ActivityReported| r.same_key(&report.fact);
            let frozen = self.case.reports.iter().any(|r| later(&r.fact) && r.fact.stage >= Stage::Freeze);
            let replaced = self.case.reports.iter().any(|r| r.entry > report.entry && later(&r.fact));
            if !frozen && !replaced {
                let ActivityReported { flow, month, .. } = &report.fact;
                let what = format!("freeze {flow} of {month}, reported as {}", report.fact.stage);
                let worth = Some(report.fact.value);
                all.push(self.todo(&report.fact.provider, what, worth, Some(report.entry)));
            }
        }
    }

    /// What is expected and not so yet.
    fn expectations(&self, all: &mut Vec<Todo>) {
        for open in self.case.expected().into_iter().filter(|o| o.expected.year == self.year) {
            let likely = open.expected.probability.as_ref().map(|p| format!(", likely at {p}"));
            let what = format!(
                "{} {}: {}{}",
                open.kind,
                open.expected.item,
                open.expected.reason,
                likely.unwrap_or_default()
            );
            let todo = self.todo(&open.expected.owner, what, Some(open.left), Some(open.entry));
            all.push(self.due(todo, Some(open.expected.by)));
        }
    }

    fn has(&self, month: Month) -> bool {
        self.year.contains(month.first_day())
    }
}

/// What payer and payee settle by a statement, without its sign.
fn worth(statement: &Statement) -> Option<Money> {
    let entitled = statement.payables.first()?.entitled?;
    Exact::from(entitled).abs().as_money()
}

impl fmt::Display for Todo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by = self.by.map_or_else(|| "no day set".to_owned(), |by| format!("by {by}"));
        let overdue = if self.overdue { ", overdue" } else { "" };
        let worth = self.worth.map_or_else(String::new, |worth| format!(", {}", worth.show(self.currency)));
        writeln!(f, "{}, {} {}: {} ({by}{overdue}{worth})", self.whose, self.contract, self.year, self.what)
    }
}
