//! `/contracts/{contract}/statement`: the statement of a contract year, from plan to result and line by line.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use domain::name::ContractId;
use domain::statement::Statement;
use domain::worksheet::Step;
use domain::year::ContractYear;
use projections::contracts::Contract;
use projections::statement::Asked;
use projections::waterfall;

use super::chart::{LINE, Scale, in_lines};
use super::frame::{Frame, encoded};
use super::risk::Risk;
use super::show::{self, Tag};
use super::{Desk, Query, Unanswered};
use crate::problem::Problem;

pub fn route() -> MethodRouter<Desk> {
    get(year)
}

#[derive(Template)]
#[template(path = "year.html")]
struct Page {
    frame: Frame,
    statement: Statement,
    as_of: String,
    tags: Vec<Tag>,
    year: String,
    standing: String,
    /// The words and address of the other statement of the year.
    other: Option<(String, String)>,
    payables: Vec<Pair>,
    open: Vec<String>,
    /// The heading of the waterfall: not every contract has a plan.
    way: &'static str,
    bars: Vec<Bar>,
    height: usize,
    zero: i64,
    lines: Vec<Row>,
    schedule: Vec<(String, String, String, String)>,
    risk: Risk,
    months: String,
    compare: String,
    what_if: String,
    data: String,
    workbook: String,
    signers: Vec<String>,
    sealed: String,
}

struct Pair {
    pair: String,
    entitled: String,
    paid: String,
    balance: String,
}

struct Bar {
    label: String,
    /// The label as it stands in the drawing, line by line.
    words: Vec<(usize, String)>,
    /// Where its label begins.
    top: usize,
    link: Option<String>,
    amount: String,
    reached: String,
    total: bool,
    class: &'static str,
    x: i64,
    /// Where the bar is, below its label.
    y: usize,
    width: i64,
}

struct Row {
    n: u32,
    label: String,
    link: String,
    working: String,
    amount: String,
    clause: String,
    total: bool,
}

async fn year(
    State(desk): State<Desk>,
    Path(name): Path<String>,
    query: Query,
) -> Result<Response, Unanswered> {
    query.only(&["as_of", "known_at", "year", "which"])?;
    let id: ContractId = super::part(&name)?;
    let year: ContractYear = query.needed("year", "2025/26")?;
    let path = format!("/contracts/{}/statement", encoded(&name));
    let frame = Frame::of(&desk.app, path, &query).await?;
    let contract = desk.app.contract(&id, frame.at.pinned()).await?.contract;
    let asked = desk.app.settle(&id, year, frame.at.pinned()).await?;
    let above = [(contract.title.as_str(), frame.to_contract(&name))];
    let frame = frame.titled(format!("{}, contract year {}", contract.title, show::year(year)), &above);
    let draft = match query.get::<String>("which")?.as_deref() {
        None => asked.in_force.is_none(),
        Some("draft") => true,
        Some(other) => {
            let message = format!("`{other}` is not a kind of statement");
            return Err(Problem::usage("query", message, "write which=draft, or leave it out").into());
        }
    };
    let risk = Risk::of(&desk, &frame, &id, year, contract.currency).await?;
    super::page(page(frame, &contract, asked, draft, risk))
}

fn page(frame: Frame, contract: &Contract, asked: Asked, draft: bool, risk: Risk) -> Page {
    let year = asked.draft.year;
    let text = year.to_string();
    let (standing, other) = standing(&frame, &asked, draft);
    let sealed = match &asked.in_force {
        Some(drawn_up) if !draft => {
            let digest = drawn_up.digest.map_or_else(String::new, |d| format!(", digest {d}"));
            format!("entry {}{digest}", drawn_up.entry)
        }
        _ => format!("not recorded, made at entry {}", asked.draft.entry),
    };
    let paid = asked.draft.payables.clone();
    let statement = match asked.in_force {
        Some(drawn_up) if !draft => drawn_up.fact.statement.clone(),
        _ => asked.draft,
    };
    let (bars, height, zero) = bars(&frame, &statement, contract);
    let of_year = contract.years.iter().find(|y| y.year == year);
    let signers = [contract.payer.name.clone(), contract.payee.name.clone()];
    let data = format!("/v1/contracts/{}", encoded(contract.contract.as_str()));
    let which = if draft { "draft" } else { "in_force" };
    let months = format!("/contracts/{}/months", encoded(contract.contract.as_str()));
    let compare = format!("/contracts/{}/compare", encoded(contract.contract.as_str()));
    let what_if = format!("/contracts/{}/what-if", encoded(contract.contract.as_str()));
    Page {
        as_of: show::day(frame.at.as_of.0),
        tags: show::tags(statement.status, statement.stage, statement.complete),
        year: show::year(year),
        standing,
        other,
        payables: pairs(&frame, &statement, &paid),
        open: of_year.map(|y| y.open.clone()).unwrap_or_default(),
        way: if bars.first().is_some_and(|bar| bar.total) {
            "From plan to result"
        } else {
            "How the result is made up"
        },
        bars,
        height,
        zero,
        lines: statement.lines.iter().map(|line| row(&frame, line, &text)).collect(),
        schedule: schedule(&statement),
        months: frame.with(&months, &[("year", &text)]),
        compare: frame.with(&compare, &[("year", &text)]),
        what_if: frame.with(&what_if, &[("year", &text)]),
        data: frame.with(&format!("{data}/statement"), &[("year", &text), ("which", which)]),
        workbook: frame.with(&format!("{data}/workbook"), &[("year", &text), ("which", which)]),
        signers: signers.to_vec(),
        sealed,
        risk,
        statement,
        frame,
    }
}

/// Where the statement shown stands, and the way to the other one.
fn standing(frame: &Frame, asked: &Asked, draft: bool) -> (String, Option<(String, String)>) {
    let (year, contract) = (asked.draft.year.to_string(), asked.draft.contract.as_str());
    match &asked.in_force {
        None => ("A draft: nothing is recorded as the settlement of this year.".to_owned(), None),
        Some(drawn_up) if draft => {
            let text = format!("A fresh draft, beside the statement drawn up at entry {}.", drawn_up.entry);
            (text, Some(("Show the statement in force".to_owned(), frame.to_year(contract, &year))))
        }
        Some(drawn_up) => {
            let statement = &drawn_up.fact.statement;
            let entitled = |s: &Statement| s.payables.iter().map(|p| p.entitled).collect::<Vec<_>>();
            let same = entitled(statement) == entitled(&asked.draft);
            let differs = if same { "does not differ" } else { "differs" };
            let text = format!(
                "In force: {} at entry {}, as of {}. A fresh draft {differs}.",
                statement.status.in_force(),
                drawn_up.entry,
                show::day(statement.as_of.0)
            );
            let path = format!("/contracts/{}/statement", encoded(contract));
            let link = frame.with(&path, &[("year", &year), ("which", "draft")]);
            (text, Some(("Show the fresh draft".to_owned(), link)))
        }
    }
}

/// What is entitled by the statement, with what has been paid by now.
fn pairs(frame: &Frame, statement: &Statement, paid: &[domain::statement::Payable]) -> Vec<Pair> {
    let show = |amount| show::amount(amount, statement.currency, "not reported");
    let pair = |payable: &domain::statement::Payable| {
        let moved = paid.iter().find(|p| p.from == payable.from && p.to == payable.to);
        let paid = moved.map_or(payable.paid, |p| p.paid);
        let balance = payable.entitled.and_then(|entitled| {
            (domain::exact::Exact::from(entitled) - domain::exact::Exact::from(paid)).as_money()
        });
        Pair {
            pair: format!("{} to {}", frame.name(&payable.from), frame.name(&payable.to)),
            entitled: show(payable.entitled),
            paid: show(Some(paid)),
            balance: show(balance),
        }
    };
    statement.payables.iter().map(pair).collect()
}

fn bars(frame: &Frame, statement: &Statement, contract: &Contract) -> (Vec<Bar>, usize, i64) {
    let waterfall = waterfall::of(statement, &contract.payee.party);
    let scale = Scale::over(waterfall.bars.iter().map(|bar| &bar.reached), 0, 440);
    let zero = domain::exact::Exact::zero();
    let mut before = zero.clone();
    let mut bars = Vec::new();
    let mut y = 0;
    for bar in &waterfall.bars {
        let (from, to) = (scale.at(if bar.total { &zero } else { &before }), scale.at(&bar.reached));
        let class = match (bar.total, bar.amount.is_negative()) {
            (true, _) => "whole",
            (false, true) => "minus",
            (false, false) => "plus",
        };
        let amount = show::exact(&bar.amount, statement.currency);
        let signed = if bar.total || bar.amount.is_negative() { amount } else { format!("+{amount}") };
        let label = frame.names.in_label(&bar.label);
        let words = in_lines(&label, LETTERS.saturating_sub(signed.chars().count()));
        let words: Vec<(usize, String)> = (1..).zip(words).map(|(n, line)| (y + n * LINE, line)).collect();
        let top = y;
        y += words.len() * LINE + 6;
        bars.push(Bar {
            label,
            words,
            top,
            link: bar.line.as_ref().map(|line| frame.to_line(line, &statement.year.to_string())),
            amount: signed,
            reached: show::exact(&bar.reached, statement.currency),
            total: bar.total,
            class,
            x: from.min(to),
            y,
            width: (from - to).abs().max(1),
        });
        before = bar.reached.clone();
        y += 24;
    }
    (bars, y, scale.at(&zero))
}

/// How many letters fit on a line of the drawing.
const LETTERS: usize = 46;

fn row(frame: &Frame, line: &domain::worksheet::Line, year: &str) -> Row {
    Row {
        n: line.n,
        label: frame.label(line),
        link: frame.to_line(&line.id, year),
        working: frame.names.in_working(line),
        amount: show::line(line),
        clause: line.clause.to_string(),
        total: matches!(line.name, Step::Payable | Step::Result),
    }
}

fn schedule(statement: &Statement) -> Vec<(String, String, String, String)> {
    let row = |s: &domain::statement::Scheduled| {
        let show = |amount| show::money(amount, statement.currency);
        (s.month.first_day().format("%B %Y").to_string(), s.stream.clone(), show(s.amount), show(s.arrears))
    };
    statement.schedule.iter().map(row).collect()
}
