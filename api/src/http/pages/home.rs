//! `/`: every contract with what its years come to beside their plans, and what needs doing next.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use domain::name::ContractId;
use projections::contracts::{Contract, Party, Year};

use super::frame::Frame;
use super::show::{self, Tag};
use super::{Desk, Query, Unanswered};

pub fn route() -> MethodRouter<Desk> {
    get(home)
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    frame: Frame,
    rows: Vec<Row>,
    todo: Vec<Todo>,
    /// What is to be done later than the first things.
    later: Vec<Todo>,
    open: Vec<Task>,
    parties: Vec<Party>,
}

#[derive(Default)]
struct Row {
    contract: String,
    title: String,
    under: bool,
    link: String,
    year: Option<String>,
    year_link: String,
    plan: String,
    payable: String,
    against_plan: String,
    balance: String,
    result: String,
    /// Whether the result is only what was received.
    receipts_only: bool,
    tags: Vec<Tag>,
}

struct Task {
    name: String,
    link: String,
    what: Vec<String>,
}

/// One thing to be done.
struct Todo {
    whose: String,
    whose_link: String,
    what: String,
    link: String,
    year: String,
    by: String,
    overdue: bool,
    worth: String,
}

async fn home(State(desk): State<Desk>, query: Query) -> Result<Response, Unanswered> {
    query.only(&["as_of", "known_at"])?;
    let frame = Frame::of(&desk.app, "/".to_owned(), &query).await?.titled("Contracts", &[]);
    let contracts = in_tiers(desk.app.contracts(frame.at.pinned()).await?);
    let parties = desk.app.organisations(frame.at.pinned()).await?;
    let mut todo: Vec<Todo> =
        desk.app.todo(None, frame.at.pinned()).await?.iter().map(|one| todo_of(&frame, one)).collect();
    let later = todo.split_off(todo.len().min(FIRST));
    let mut rows = Vec::new();
    let mut open = Vec::new();
    for contract in &contracts {
        if contract.years.is_empty() {
            rows.push(row(&frame, contract, None));
        }
        for year in contract.years.iter().rev() {
            rows.push(row(&frame, contract, Some(year)));
            if !year.open.is_empty() {
                let text = year.year.to_string();
                let link = frame.to_year(contract.contract.as_str(), &text);
                open.push(Task {
                    name: format!("{}, {}", contract.title, show::year(year.year)),
                    link,
                    what: year.open.clone(),
                });
            }
        }
    }
    super::page(Home { frame, rows, todo, later, open, parties })
}

/// How many things to be done stand on the page unfolded.
const FIRST: usize = 10;

fn todo_of(frame: &Frame, todo: &projections::todo::Todo) -> Todo {
    let year = todo.year.to_string();
    Todo {
        whose: frame.name(&todo.whose),
        whose_link: frame.to_party(todo.whose.as_str()),
        what: show::sentence(&todo.what),
        link: frame.to_year(todo.contract.as_str(), &year),
        year: frame.contract_year(&todo.contract, todo.year),
        by: todo.by.map_or_else(String::new, show::day),
        overdue: todo.overdue,
        worth: show::amount(todo.worth, todo.currency, ""),
    }
}

/// Head contracts by name, each followed by its subcontracts.
pub fn in_tiers(contracts: Vec<Contract>) -> Vec<Contract> {
    let below = |head: Option<&ContractId>| -> Vec<&Contract> {
        contracts.iter().filter(|c| c.under.as_ref() == head).collect()
    };
    let mut waiting = below(None);
    waiting.reverse();
    let mut all = Vec::new();
    while let Some(contract) = waiting.pop() {
        all.push(contract.clone());
        waiting.extend(below(Some(&contract.contract)).into_iter().rev());
    }
    all
}

fn row(frame: &Frame, contract: &Contract, year: Option<&Year>) -> Row {
    let name = contract.contract.as_str();
    let mut row = Row {
        contract: name.to_owned(),
        title: contract.title.clone(),
        under: contract.under.is_some(),
        link: frame.to_contract(name),
        ..Row::default()
    };
    if let Some(year) = year {
        let show = |amount, none| show::amount(amount, contract.currency, none);
        row.year_link = frame.to_year(name, &year.year.to_string());
        row.plan = show(year.plan, "no plan");
        row.payable = show(year.payable, "not reported");
        row.against_plan = show(year.against_plan, "");
        row.balance = show(year.balance, "");
        row.result = show(year.result, "");
        row.receipts_only = year.result.is_some() && !year.cost_recorded;
        row.tags = show::tags(year.status, year.stage, year.complete);
        row.year = Some(show::year(year.year));
    }
    row
}
