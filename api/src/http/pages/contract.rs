//! `/contracts/{contract}`: parties and tiers, terms in plain words, years, timeline.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use domain::name::ContractId;
use projections::contracts::{Clause, Contract};
use projections::history::Happening;

use super::frame::Frame;
use super::show::{self, Tag};
use super::{Desk, Query, Unanswered};
use crate::problem::{Exit, Problem};

pub fn route() -> MethodRouter<Desk> {
    get(contract)
}

#[derive(Template)]
#[template(path = "contract.html")]
struct Page {
    frame: Frame,
    contract: Contract,
    signed: String,
    years: Vec<Row>,
    tiers: Tiers,
    programme: Vec<Contract>,
    clauses: Vec<Clause>,
    written: String,
    timeline: Vec<Event>,
    routine: String,
}

struct Row {
    year: String,
    link: String,
    plan: String,
    payable: String,
    paid: String,
    balance: String,
    tags: Vec<Tag>,
}

/// The diagram: boxes from top to bottom, moved in by tier.
struct Tiers {
    height: i64,
    boxes: Vec<Tier>,
    lines: Vec<String>,
}

struct Tier {
    x: i64,
    y: i64,
    width: i64,
    name: String,
    role: String,
    here: bool,
}

struct Event {
    when: String,
    what: String,
    who: String,
    entry: u64,
}

async fn contract(
    State(desk): State<Desk>,
    Path(name): Path<String>,
    query: Query,
) -> Result<Response, Unanswered> {
    query.only(&["as_of", "known_at"])?;
    let id: ContractId = super::part(&name)?;
    let frame = Frame::of(&desk.app, format!("/contracts/{}", super::frame::encoded(&name)), &query).await?;
    let times = frame.at.pinned();
    let detail = desk.app.contract(&id, times).await?;
    let history = desk.app.history(&id, times).await?;
    let contract = detail.contract;
    let programme = programme(desk.app.contracts(times).await?, &contract);
    let frame = frame.titled(contract.title.clone(), &[]);
    let written = serde_json::to_string_pretty(&detail.terms)
        .map_err(|e| Problem::new(Exit::Integrity, "json", e, "please report this page"))?;
    let (timeline, routine) = timeline(&frame, &history);
    super::page(Page {
        signed: show::day(contract.signed_on),
        years: years(&frame, &contract),
        tiers: tiers(&programme, &contract.contract),
        programme,
        clauses: detail.clauses,
        written,
        timeline,
        routine,
        contract,
        frame,
    })
}

fn years(frame: &Frame, contract: &Contract) -> Vec<Row> {
    let show = |amount, none| show::amount(amount, contract.currency, none);
    let row = |year: &projections::contracts::Year| Row {
        link: frame.to_year(contract.contract.as_str(), &year.year.to_string()),
        year: year.year.to_string(),
        plan: show(year.plan, "no plan"),
        payable: show(year.payable, "not reported"),
        paid: show(Some(year.paid), ""),
        balance: show(year.balance, ""),
        tags: show::tags(year.status, year.stage, year.complete),
    };
    contract.years.iter().rev().map(row).collect()
}

/// The contract's head and everything under it.
fn programme(all: Vec<Contract>, contract: &Contract) -> Vec<Contract> {
    let mut head = contract;
    while let Some(above) = head.under.as_ref().and_then(|name| all.iter().find(|c| c.contract == *name)) {
        head = above;
    }
    let head = head.contract.clone();
    let mut kept: Vec<Contract> = Vec::new();
    for contract in super::home::in_tiers(all) {
        let below = contract.under.as_ref().is_some_and(|name| kept.iter().any(|c| c.contract == *name));
        if below || contract.contract == head {
            kept.push(contract);
        }
    }
    kept
}

const STEP: i64 = 62;

fn tiers(programme: &[Contract], here: &ContractId) -> Tiers {
    let mut tiers = Tiers { height: 0, boxes: Vec::new(), lines: Vec::new() };
    let mut places: Vec<(ContractId, i64, i64)> = Vec::new();
    for contract in programme {
        let above = places.iter().find(|(name, ..)| contract.under.as_ref() == Some(name)).cloned();
        let (x, y) = match above {
            Some((_, x, y)) => (x, y),
            None => tiers.add(2, &contract.payer.name, "pays", false),
        };
        let role = format!("is paid under {}", contract.contract);
        let (inner, place) = tiers.add(x + 26, &contract.payee.name, &role, contract.contract == *here);
        tiers.lines.push(format!("M{} {}V{}H{inner}", x + 13, y + 46, place + 23));
        places.push((contract.contract.clone(), inner, place));
        if let Some(pool) = &contract.pool {
            let role = format!("pays {} for costly patients", contract.payee.name);
            let (pool, below) = tiers.add(inner + 26, &pool.name, &role, false);
            tiers.lines.push(format!("M{} {}V{}H{pool}", inner + 13, place + 46, below + 23));
        }
    }
    tiers
}

impl Tiers {
    fn add(&mut self, x: i64, name: &str, role: &str, here: bool) -> (i64, i64) {
        let y = if self.boxes.is_empty() { 2 } else { self.height + STEP - 46 };
        let width = 438 - x;
        let fits = |text: &str, unit: i64| -> String {
            let most = usize::try_from((width - 20) / unit).unwrap_or(0);
            if text.chars().count() <= most {
                return text.to_owned();
            }
            text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
        };
        let (name, role) = (fits(name, 7), fits(role, 6));
        self.boxes.push(Tier { x, y, width, name, role, here });
        self.height = y + 48;
        (x, y)
    }
}

/// Events of every month, which the timeline only counts.
const ROUTINE: &[&str] = &["activity-reported", "cost-reported", "payment-made", "population-reported"];

fn timeline(frame: &Frame, history: &[Happening]) -> (Vec<Event>, String) {
    let routine = history.iter().filter(|h| ROUTINE.contains(&h.event)).count();
    let told = history.iter().filter(|h| !ROUTINE.contains(&h.event)).map(|h| Event {
        when: h.recorded_at.shown(frame.at.zone),
        what: show::event(h.event),
        who: format!("{} for {}", h.actor.person, h.actor.party),
        entry: h.entry.0,
    });
    let counted = match routine {
        0 => "No monthly reports or payments were recorded.".to_owned(),
        1 => "One monthly report or payment is left out here.".to_owned(),
        n => format!("{n} monthly reports and payments are left out here."),
    };
    (told.collect(), counted)
}
