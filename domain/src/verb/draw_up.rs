//! `draw-up-settlement`: the statement of a contract year is made from the book and recorded as the year's
//! settlement.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Happened, Verb};
use crate::book::{Book, CONTRACT_STREAMS, Case, DrawnUp};
use crate::name::{ContractId, PartyId, PriceListId, StreamId};
use crate::refusal::Refusal;
use crate::settle::settle;
use crate::statement::{Statement, Status};
use crate::time::{AsOf, Entry};
use crate::worksheet::{Line, LineState, Stage, Step};
use crate::year::ContractYear;

/// Asks for the settlement of a contract year to be drawn up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrawUp {
    /// The contract.
    pub contract: ContractId,
    /// The contract year.
    pub year: ContractYear,
    /// The business date up to which facts count.
    pub as_of: AsOf,
    /// Why it is drawn up although a payable part is estimated or missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with_estimates: Option<String>,
}

/// A settlement was drawn up. The statement is the payload: nobody recomputes it later.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettlementDrawnUp {
    /// The statement.
    pub statement: Statement,
    /// Why it was drawn up although a payable part was estimated or missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with_estimates: Option<String>,
}

impl Verb for DrawUp {
    type Makes = SettlementDrawnUp;

    fn stream(&self) -> StreamId {
        StreamId::of("contract", &self.contract)
    }

    /// A statement relies on everything recorded about the contract and its subcontracts.
    fn relies_on(&self, book: &Book) -> Vec<StreamId> {
        let mut contracts = vec![&self.contract];
        let mut next = 0;
        while let Some(contract) = contracts.get(next).copied() {
            contracts.extend(book.contracts.get(contract).iter().flat_map(|case| &case.subcontracts));
            next += 1;
        }
        let streams =
            contracts.iter().flat_map(|c| CONTRACT_STREAMS.iter().map(move |noun| StreamId::of(noun, c)));
        let parties =
            contracts.iter().filter_map(|c| book.contracts.get(c)).flat_map(|c| c.terms.all_parties());
        let parties: BTreeSet<PartyId> = parties.collect();
        let cases = contracts.iter().filter_map(|c| book.contracts.get(c));
        let lists: BTreeSet<&PriceListId> =
            cases.flat_map(|c| &c.terms.pay).filter_map(|c| c.mechanism.price_list()).collect();
        let streams = streams.chain(lists.into_iter().map(|list| StreamId::of("price-list", list)));
        let reported = contracts.iter().filter_map(|c| book.contracts.get(c)).flat_map(|c| &c.reports);
        let providers: BTreeSet<&PartyId> = reported.map(|report| &report.fact.provider).collect();
        let streams = streams.chain(providers.into_iter().map(|party| StreamId::of("code-map", party)));
        let streams = streams.chain(parties.iter().map(|party| StreamId::of("party", party)));
        streams.filter(|stream| *stream != Verb::stream(self)).collect()
    }

    fn decide(self, book: &Book) -> Result<SettlementDrawnUp, Refusal> {
        let draft = self.draft(book)?;
        let (contract, year) = (&self.contract, self.year);
        if let Some(earlier) = book.case(contract)?.latest(year) {
            let message = format!("{year} of `{contract}` is already drawn up, at entry {}", earlier.entry);
            let hint = "`settle` shows what would differ today; a reopened year is restated";
            return Err(Refusal::conflict("already-drawn-up", message, hint).at("/year"));
        }
        let statement = self.final_statement(book, draft, Status::DrawnUp)?;
        Ok(SettlementDrawnUp { statement, with_estimates: self.with_estimates })
    }
}

impl DrawUp {
    /// The draft of a year that has ended.
    pub(super) fn draft(&self, book: &Book) -> Result<Statement, Refusal> {
        let year = self.year;
        let draft = settle(book, &self.contract, year, self.as_of)?;
        // A contract that ended early is settled from its end, unless something of it is due only when the
        // year has ended.
        let waits = draft.lines.iter().any(|line| line.state == LineState::NotYetDue);
        let end = if waits { year.last_day() } else { book.case(&self.contract)?.end_of(year) };
        if self.as_of.0 < end {
            let message = format!("{year} has not ended by {}", self.as_of);
            let hint = format!("a year is drawn up as of {end} or later; `settle` shows a draft");
            return Err(Refusal::rule("year-not-ended", message, hint).at("/as_of"));
        }
        Ok(draft)
    }

    /// A draft as it is recorded, audited.
    pub(super) fn final_statement(
        &self,
        book: &Book,
        draft: Statement,
        status: Status,
    ) -> Result<Statement, Refusal> {
        for sub in &book.case(&self.contract)?.subcontracts {
            self.subcontract_drawn_up(book.case(sub)?)?;
        }
        if self.with_estimates.is_none() && (!draft.complete || draft.stage == Stage::Estimated) {
            let what = if draft.complete { "estimated".to_owned() } else { missing(&draft) };
            let message = format!("part of what is payable is {what}");
            let hint = "wait for the data, or give the reason with --with-estimates REASON";
            return Err(Refusal::rule("not-final", message, hint).at("/with_estimates"));
        }
        let statement = Statement { status, ..draft };
        statement.audit().map_err(|mismatch| {
            Refusal::integrity(
                "audit-failed",
                mismatch,
                "nothing was recorded; please report this with the terms",
            )
        })?;
        Ok(statement)
    }

    /// Refuses while a subcontract of the year is not drawn up, as of this date or an earlier one.
    fn subcontract_drawn_up(&self, sub: &Case) -> Result<(), Refusal> {
        let (year, contract) = (self.year, &sub.terms.contract);
        if !sub.runs_in_year(year) || sub.statement(year, self.as_of.0).is_some() {
            return Ok(());
        }
        let later = sub.statements.iter().map(|s| &s.fact.statement).find(|s| s.year == year);
        let (message, hint) = match later {
            Some(later) => (
                format!("subcontract `{contract}` is drawn up as of {}, after {}", later.as_of, self.as_of),
                format!("draw this contract up as of {} or later", later.as_of),
            ),
            None => (
                format!("subcontract `{contract}` is not drawn up for {year}"),
                format!("draw it up first: riskshare draw-up {contract} --year {year}"),
            ),
        };
        Err(Refusal::rule("subcontract-open", message, hint))
    }
}

/// What an incomplete draft lacks: its first three gaps by name.
fn missing(draft: &Statement) -> String {
    let lacks = |line: &&Line| matches!(line.state, LineState::NotReported | LineState::NotMeasured);
    let named = draft.lines.iter().filter(lacks).filter(|l| !matches!(l.name, Step::Payable | Step::Result));
    let subjects: Vec<&str> = named.filter_map(|l| l.subject.as_deref()).collect();
    let first = subjects.iter().take(3).copied().collect::<Vec<_>>().join(", ");
    match subjects.len() {
        0 => "not reported or not measured".to_owned(),
        n if n > 3 => format!("not reported or not measured: {first} and {} more", n - 3),
        _ => format!("not reported or not measured: {first}"),
    }
}

impl Happened for SettlementDrawnUp {
    fn stream(&self) -> StreamId {
        StreamId::of("contract", &self.statement.contract)
    }

    fn apply(self, book: &mut Book, entry: Entry) {
        let contract = self.statement.contract.clone();
        let drawn_up = DrawnUp { entry, digest: None, restates: None, fact: self.into() };
        book.enter(&contract, |case| case.statements.push(drawn_up));
    }
}
