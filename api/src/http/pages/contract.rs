//! `/contracts/{contract}`: parties and tiers, terms in plain words, years, timeline.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use domain::name::ContractId;
use projections::contracts::{Clause, Contract};
use projections::history::Happening;

use super::chart::{LINE, in_lines};
use super::frame::Frame;
use super::show::{self, Tag};
use super::{Desk, Query, Unanswered};

pub fn route() -> MethodRouter<Desk> {
    get(contract)
}

#[derive(Template)]
#[template(path = "contract.html")]
struct Page {
    frame: Frame,
    contract: Contract,
    signed: String,
    term: String,
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
    height: i64,
    /// The name line by line, each at its height; the role is under it.
    name: Vec<(i64, String)>,
    role: (i64, String),
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
    let history = desk.app.history(&id, &[], times).await?;
    let contract = detail.contract;
    let programme = programme(desk.app.contracts(times).await?, &contract);
    let frame = frame.titled(contract.title.clone(), &[]);
    let (timeline, routine) = timeline(&frame, &history);
    super::page(Page {
        signed: show::day(contract.signed_on),
        term: if contract.from == contract.to {
            show::year(contract.from)
        } else {
            format!("{} to {}", contract.from, contract.to)
        },
        years: years(&frame, &contract),
        tiers: tiers(&programme, &contract.contract),
        programme,
        clauses: detail.clauses,
        written: detail.terms.to_yaml(),
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
        year: show::year(year.year),
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

/// Between two boxes.
const GAP: i64 = 14;

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
        tiers.join((x, y), (inner, place));
        places.push((contract.contract.clone(), inner, place));
        for member in &contract.members {
            let role = format!("shares in {}", contract.contract);
            let (member, below) = tiers.add(inner + 26, &member.name, &role, false);
            tiers.join((inner, place), (member, below));
        }
        if let Some(pool) = &contract.pool {
            let role = format!("pays {} for costly patients", contract.payee.name);
            let (pool, below) = tiers.add(inner + 26, &pool.name, &role, false);
            tiers.join((inner, place), (pool, below));
        }
    }
    tiers
}

impl Tiers {
    /// A box below those there are; its name takes as many lines as it needs.
    fn add(&mut self, x: i64, name: &str, role: &str, here: bool) -> (i64, i64) {
        let y = if self.boxes.is_empty() { 2 } else { self.height + GAP };
        let width = 438 - x;
        let fitting = |unit: i64| usize::try_from((width - 20) / unit).unwrap_or(0);
        let mut base = y + 3;
        let mut next = |text: String| {
            base += LINE as i64;
            (base, text)
        };
        let name = in_lines(name, fitting(8)).into_iter().map(&mut next).collect();
        let role = next(role.to_owned());
        let height = base + 9 - y;
        self.boxes.push(Tier { x, y, width, height, name, role, here });
        self.height = y + height + 2;
        (x, y)
    }

    /// A line from under a box to the side of one further in.
    fn join(&mut self, (x, y): (i64, i64), (inner, place): (i64, i64)) {
        let above = self.boxes.iter().find(|tier| tier.y == y).map_or(0, |tier| tier.height);
        self.lines.push(format!("M{} {}V{}H{inner}", x + 13, y + above, place + 23));
    }
}

/// More events of a kind than this are those of every month, which the timeline only counts.
const SEVERAL: usize = 6;

fn timeline(frame: &Frame, history: &[Happening]) -> (Vec<Event>, String) {
    let mut kinds = BTreeMap::<&str, usize>::new();
    history.iter().for_each(|h| *kinds.entry(h.event).or_default() += 1);
    kinds.retain(|_, times| *times > SEVERAL);
    let told = history.iter().filter(|h| !kinds.contains_key(h.event)).map(|h| Event {
        when: h.recorded_at.shown(frame.at.zone),
        what: show::event(h.event),
        who: frame.who(&h.actor),
        entry: h.entry.0,
    });
    let counted = kinds.iter().map(|(kind, times)| format!("{} ({times})", show::event(kind).to_lowercase()));
    let counted: Vec<String> = counted.collect();
    let left_out = if counted.is_empty() {
        String::new()
    } else {
        format!("Left out here, as there are many: {}.", counted.join(", "))
    };
    (told.collect(), left_out)
}
