//! Settling a contract year: every clause in its turn, then what it makes payable, then each party's result.
//!
//! The order is that of a lead-provider chain: base payments, outcomes, sanctions, stop-loss, then the share
//! of the cumulative result. Subcontracts are settled before the contract they are under.

use std::sync::Arc;

use crate::book::{Book, Entered};
use crate::drafts::Drafts;
use crate::exact::Exact;
use crate::facts::{Facts, SubSettlement};
use crate::mechanism::{Envelope, Mechanism, Phase};
use crate::money::Money;
use crate::name::{ContractId, PartyId};
use crate::refusal::Refusal;
use crate::statement::{Payable, Scheduled, Statement, Status};
use crate::time::AsOf;
use crate::verb::fixed_sum::FixedSumAgreed;
use crate::worksheet::{
    ByStage, Figure, Given, Line, LineState, SheetFault, Source, Stage, Step, Worksheet, net, sum,
};
use crate::year::{ContractYear, Span};

/// The engine named on every statement.
pub const ENGINE: &str = concat!("riskshare ", env!("CARGO_PKG_VERSION"));

/// Settles a contract year from the book, as measured by `as_of`. Records nothing. Several questions of the
/// same times are asked of [`Drafts`].
///
/// # Errors
/// Refuses an unknown contract and a year outside its term; reports figures beyond any contract as an
/// integrity fault.
pub fn settle(
    book: &Book,
    contract: &ContractId,
    year: ContractYear,
    as_of: AsOf,
) -> Result<Statement, Refusal> {
    let settled = Drafts::of(book, as_of).settle(contract, year)?;
    Ok(Arc::unwrap_or_clone(settled))
}

/// A contract year settled; what it rests on is found among the drafts, or added to them.
pub(crate) fn draft(
    drafts: &Drafts,
    contract: &ContractId,
    year: ContractYear,
) -> Result<Statement, Refusal> {
    let case = drafts.book().case(contract)?;
    case.covers(Span::Year(year)).map_err(|refusal| refusal.at("/year"))?;
    let subcontracts = drafts.of_subcontracts(case, year)?;
    let facts = Facts { subcontracts, ..drafts.facts(case, year) };
    let mut sheet = Worksheet::new(contract.clone(), case.terms.currency, case.terms.rounding);
    let clauses = case.terms.in_order_of_settlement();
    let of_the_result = clauses.iter().position(|c| c.mechanism.phase() == Phase::Result);
    for (i, clause) in clauses.iter().enumerate() {
        if Some(i) == of_the_result {
            adjustments(&mut sheet, &facts);
        }
        sheet.under(&clause.clause, clause.mechanism.kind());
        clause.mechanism.settle(&mut sheet, &facts, &clause.clause);
    }
    if of_the_result.is_none() {
        adjustments(&mut sheet, &facts);
    }
    ends_and_successors(&mut sheet, &facts);
    crate::prior_year::write(&mut sheet, &facts)?;
    let payables = payables(&mut sheet, &facts);
    results(&mut sheet, &facts, &payables);
    statement(sheet, &facts, &payables, crate::schedule::of(&facts)).map_err(|fault| {
        Refusal::integrity(
            "cannot-settle",
            fault,
            "check the terms and figures named; this is no business result",
        )
    })
}

type PayableLine = (PartyId, PartyId, Option<Figure<Money>>);

/// What is due between every two parties; nothing where no clause could say.
fn payables(sheet: &mut Worksheet, facts: &Facts) -> Vec<PayableLine> {
    let mut pairs = vec![(facts.now(facts.payer()), facts.now(facts.payee()))];
    for (from, to) in sheet.owed_pairs().into_iter().chain(facts.paid_pairs()) {
        if !pairs.contains(&(from.clone(), to.clone())) && !pairs.contains(&(to.clone(), from.clone())) {
            pairs.push((from, to));
        }
    }
    sheet.payables(pairs, facts.year_ended())
}

/// Says since when another stands in a party's place, and when the contract was terminated; what is owed
/// stands in the successors' names from here on.
fn ends_and_successors(sheet: &mut Worksheet, facts: &Facts) {
    sheet.under(&crate::worksheet::total(), "total");
    if let Some(end) = facts.case.terminations.last() {
        let text = format!("on {}: {}", end.fact.on, end.fact.reason);
        sheet.note_of(Step::ContractEnded, &facts.case.terms.contract, text, vec![Source::Entry(end.entry)]);
    }
    for step in facts.book.moves(facts.case, facts.as_of.0) {
        let text = format!("succeeded by {} from {}: {}", step.to, step.on, step.reason);
        sheet.note_of(Step::Successor, step.from, text, vec![Source::Entry(step.entry)]);
    }
    sheet.stand(|party| facts.now(party));
}

/// What changes the sum of all clauses: sanctions passed up, and a sum that the parties fixed. A share of the
/// result of all clauses comes after it.
fn adjustments(sheet: &mut Worksheet, facts: &Facts) {
    passed_up(sheet, facts);
    crate::mechanism::write_outside(sheet, facts);
    if let Some(fixed) = facts.fixed_sum() {
        agree(sheet, facts, fixed);
    }
}

/// A fixed sum replaces what was calculated between payer and payee; the difference is a line of its own.
fn agree(sheet: &mut Worksheet, facts: &Facts, fixed: &Entered<FixedSumAgreed>) {
    let source = vec![Source::Entry(fixed.entry)];
    let given = Given::new(fixed.fact.amount, format!("agreed: {}", fixed.fact.reason), source);
    let calculated = sheet.owed_between(facts.payer(), facts.payee());
    let sum = sheet.given(Step::FixedSum, None, given);
    let adjustment = match calculated {
        Some(calculated) => {
            let calculated = sheet.line(Step::Calculated, calculated);
            sheet.line(Step::SettlementAdjustment, sum - calculated)
        }
        None => sum,
    };
    sheet.owes(facts.payer(), facts.payee(), adjustment);
}

/// What subcontracts pass up of their sanctions is taken off what the commissioner pays.
fn passed_up(sheet: &mut Worksheet, facts: &Facts) {
    sheet.under(&crate::worksheet::total(), "total");
    for sub in &facts.subcontracts {
        let statement = &sub.statement;
        let passed = statement.lines.iter().find(|l| l.name == Step::PassedUp);
        let Some((line, amount)) = passed.and_then(|l| Some((l, l.value.as_deref()?.parse::<Money>().ok()?)))
        else {
            continue;
        };
        if amount != Money::ZERO {
            let source = Source::Line { line: line.id.clone(), statement: sub.cited_as.clone() };
            let said = format!("passed up by {}", statement.contract);
            let given = Given::new(amount, said, vec![source]);
            let figure = sheet.given(Step::PassedUp, Some(statement.contract.to_string()), given);
            sheet.owes_less(facts.payer(), facts.payee(), figure);
        }
    }
}

/// Each party's result, where this contract comes to one.
///
/// The payee's is what it receives under the contract, from the payer and the pool, less its own cost and
/// what it pays its subcontractors; its receipts alone where its cost is not recorded. The commissioner's is
/// the envelope less what it pays, where the contract states one; where it states none, a note says why there
/// is no result. A pool's is what it pays, taken away.
fn results(sheet: &mut Worksheet, facts: &Facts, payables: &[PayableLine]) {
    let parties = &facts.case.terms.parties;
    let without = payers_result(sheet, facts, payables).err();
    payees_result(sheet, facts, payables);
    members_results(sheet, facts, payables);
    for (from, _, line) in payables {
        let is_pool = parties.pool.as_ref().is_some_and(|pool| facts.now(&pool.party) == *from);
        if let (true, Some(line)) = (is_pool, line) {
            sheet.line_of(Step::Result, from, net(Vec::new(), vec![*line]));
        }
    }
    for (_, owner, line) in payables.iter().filter(|(from, ..)| *from == facts.now(&parties.payee)) {
        if let Some(line) = line {
            sheet.line_of(Step::Result, owner, sum([*line]));
        }
    }
    let payer = facts.now(facts.payer());
    if let Some(why) = without.filter(|_| !sheet.has(Step::Result, &payer)) {
        sheet.note_of(Step::Result, payer, why, Vec::new());
    }
}

/// The envelope of a head contract less what its payer pays under it and outside, or why there is none. A
/// lead's result is its head contract's, and without a payable there is nothing to measure.
fn payers_result(sheet: &mut Worksheet, facts: &Facts, payables: &[PayableLine]) -> Result<(), String> {
    let payer = &facts.now(facts.payer());
    if facts.case.terms.under.is_some() || !matches!(payables.first(), Some((.., Some(_)))) {
        return Ok(());
    }
    let mut income = envelope(sheet, facts)?;
    let lines = |is_payers: &dyn Fn(&PayableLine) -> bool| -> Vec<Figure<Money>> {
        payables.iter().filter(|row| is_payers(row)).filter_map(|(.., line)| *line).collect()
    };
    income.extend(lines(&|(_, to, _)| to == payer));
    let mut spent = lines(&|(from, ..)| from == payer);
    spent.extend(sheet.find("paid_outside", Step::PaidOutside));
    sheet.line_of(Step::Result, payer, net(income, spent));
    Ok(())
}

/// What the payer sets aside by now: the budget of a core payment, which is that of the whole programme; else
/// what each clause states, with its variations, where every clause that plans to pay anything states it.
/// Where several commissioners bear the contract, what is set aside is nobody's alone.
fn envelope(sheet: &Worksheet, facts: &Facts) -> Result<Vec<Figure<Money>>, String> {
    let terms = &facts.case.terms;
    if terms.parties.commissioners.is_some() {
        return Err(
            "none: several commissioners bear the contract, and its envelope is nobody's alone".to_owned()
        );
    }
    if let Some(core) = sheet.find_to_date("core", Step::Budget) {
        return Ok(vec![core]);
    }
    let mut parts = Vec::new();
    for clause in &terms.pay {
        let find = |step: Step| sheet.find(clause.clause.as_str(), step);
        match clause.mechanism.envelope() {
            Some(Envelope { to_date: None, .. }) if !facts.year_ended() => {}
            Some(Envelope { year, to_date }) => {
                let aside = to_date.and_then(find).or_else(|| find(year));
                let why =
                    || format!("none yet: what is set aside for clause {} has no amount", clause.clause);
                parts.push(aside.ok_or_else(why)?);
            }
            None => {
                let plans = clause.mechanism.commitment(terms);
                if plans.is_some_and(|plans| plans.planned.is_none_or(|planned| !planned.is_zero())) {
                    return Err(format!(
                        "none: what is set aside for clause {} is not stated",
                        clause.clause
                    ));
                }
            }
        }
    }
    parts.extend(sheet.all(Step::VariationToDate));
    if parts.is_empty() { Err("none: no clause sets anything aside by now".to_owned()) } else { Ok(parts) }
}

fn payees_result(sheet: &mut Worksheet, facts: &Facts, payables: &[PayableLine]) {
    let payee = &facts.now(facts.payee());
    let received: Vec<Figure<Money>> =
        payables.iter().filter(|(_, to, _)| to == payee).filter_map(|(.., line)| *line).collect();
    // A cost that measures what the payer spends with a party is no cost of that party's; and a partner of a
    // fund has its result from the fund.
    let of_a_fund = sheet.has(Step::Contribution, facts.payee());
    if received.is_empty() || of_a_fund || sheet.has(Step::Spend, facts.payee()) {
        return;
    }
    let (mut paid_on, subcontracts_known) = match sheet.all(Step::Subcontract) {
        lines if lines.is_empty() => subcontract_lines(sheet, facts),
        lines => (lines, facts.subcontracts.iter().all(|sub| sub.statement.complete)),
    };
    let (cost, missing) = facts.cost_of(payee);
    if !subcontracts_known || (cost.is_some() && !missing.is_empty()) {
        let text = "part of its cost is not reported";
        sheet.missing(Step::Result, Some(payee.to_string()), LineState::NotReported, text);
        return;
    }
    match (sheet.all(Step::OwnCost).pop(), cost) {
        (Some(line), _) => paid_on.push(line),
        (None, Some(cost)) => paid_on.push(sheet.given(Step::OwnCost, Some(payee.to_string()), cost)),
        (None, None) => sheet.note_of(Step::OwnCost, payee, "cost not recorded".to_owned(), Vec::new()),
    }
    paid_on.extend(payables.iter().filter(|(from, ..)| from == payee).filter_map(|(.., line)| *line));
    sheet.line_of(Step::Result, payee, net(received, paid_on));
}

/// Beside the payee's, the results of an alliance's members: what each receives less its direct cost, which
/// is open to all.
fn members_results(sheet: &mut Worksheet, facts: &Facts, payables: &[PayableLine]) {
    for (_, member, line) in payables.iter().filter(|(_, to, _)| to != facts.payee()) {
        let (cost, missing) = facts.cost_of(member);
        let whole = sheet.has(Step::Limb1, member) && missing.is_empty();
        if let (Some(line), Some(cost), true) = (line, cost, whole) {
            let cost = sheet.given(Step::OwnCost, Some(member.to_string()), cost);
            sheet.line_of(Step::Result, member, net(vec![*line], vec![cost]));
        }
    }
}

fn statement(
    sheet: Worksheet,
    facts: &Facts,
    payables: &[PayableLine],
    schedule: Vec<Scheduled>,
) -> Result<Statement, SheetFault> {
    let terms = &facts.case.terms;
    let payables = payables
        .iter()
        .map(|(from, to, line)| {
            let entitled = line.and_then(|figure| sheet.amount(figure).as_money());
            let paid = facts.paid(from, to);
            let balance = entitled.and_then(|e| (Exact::from(e) - paid.clone()).as_money());
            let paid = paid.as_money().unwrap_or(Money::ZERO);
            Payable { from: from.clone(), to: to.clone(), entitled, paid, balance }
        })
        .collect();
    let (lines, complete) = sheet.finish()?;
    let stage = lines.iter().filter_map(|l| l.by_stage).map(|s| s.weakest()).min().unwrap_or(Stage::Freeze);
    let entry = facts.book.entry;
    Ok(Statement {
        contract: terms.contract.clone(),
        under: terms.under.clone(),
        title: terms.title.clone(),
        year: facts.year,
        as_of: facts.as_of,
        known_at: format!("@{entry}"),
        entry,
        status: Status::Draft,
        stage,
        complete,
        currency: terms.currency,
        terms_version: 1 + facts.case.variations.len() as u32,
        engine: ENGINE.to_owned(),
        rounding: terms.rounding,
        notes: notes(facts.book),
        lines,
        payables,
        schedule,
    })
}

fn notes(book: &Book) -> Vec<String> {
    let mut notes =
        vec!["identity not authenticated: the ledger believes the actor named in each command".to_owned()];
    if book.ledger.as_ref().is_some_and(|l| l.history) {
        let end = book.history_closed.unwrap_or(book.entry);
        notes.push(format!("history as stated by its source up to entry {end}"));
    }
    notes
}

/// The subcontract payables that a head contract takes as given, one line each, and whether all of them are
/// complete.
pub(crate) fn subcontract_lines(sheet: &mut Worksheet, facts: &Facts) -> (Vec<Figure<Money>>, bool) {
    let mut lines = Vec::new();
    let mut complete = true;
    for SubSettlement { statement, cited_as } in &facts.subcontracts {
        let subject = statement.contract.to_string();
        complete &= statement.complete;
        if !statement.complete {
            let text = format!("{subject} has months that are not reported");
            sheet.missing(Step::NotReported, Some(subject.clone()), LineState::NotReported, text);
        }
        let Some(given) = owed_by_the_lead(statement, cited_as, facts.payee()) else { continue };
        lines.push(sheet.given(Step::Subcontract, Some(subject), given));
    }
    (lines, complete)
}

/// What the lead owes under a subcontract, to all it pays there less what comes back; nothing where no amount
/// is known.
fn owed_by_the_lead(statement: &Statement, cited_as: &str, lead: &PartyId) -> Option<Given> {
    let said = format!("payable by {}, {}", statement.contract, statement.status);
    let mut owed = Given { values: Vec::new(), sources: Vec::new(), said, by_stage: None };
    let mut split = ByStage::NOTHING;
    for Payable { from, to, entitled, .. } in &statement.payables {
        let subject = format!("{from}-to-{to}");
        let is_of = |l: &&Line| l.name == Step::Payable && l.subject.as_deref() == Some(&subject);
        let Some((amount, line)) = entitled.zip(statement.lines.iter().find(is_of)) else { continue };
        let part = line.by_stage.unwrap_or(ByStage::all_at(amount, Stage::Freeze));
        if from == lead {
            owed.values.push(amount.into());
            split = split.plus(part);
        } else if to == lead {
            owed.values.push(-Exact::from(amount));
            split = split.less(part);
        } else {
            continue;
        }
        owed.sources.push(Source::Line { line: line.id.clone(), statement: cited_as.to_owned() });
        owed.by_stage = line.by_stage.or(owed.by_stage);
    }
    owed.by_stage = owed.by_stage.map(|_| split);
    (!owed.values.is_empty()).then_some(owed)
}

impl crate::terms::Terms {
    /// The paying clauses in the order of settlement: by phase, then as the contract lists them.
    pub fn in_order_of_settlement(&self) -> Vec<&crate::terms::Clause> {
        let mut clauses: Vec<&crate::terms::Clause> = self.pay.iter().collect();
        clauses.sort_by_key(|clause| Mechanism::phase(&clause.mechanism));
        clauses
    }
}
