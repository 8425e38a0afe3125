//! `/contracts/{contract}/what-if`: a contract year with one thing or several otherwise, and the bridge
//! there.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use domain::exact::Exact;
use domain::money::{Currency, Money};
use domain::name::ContractId;
use projections::bridge::Change;
use projections::what_if::{Amounts, Changes, WhatIf};

use super::frame::{Frame, OfYear};
use super::{Desk, Query, Unanswered, show};
use crate::problem::Problem;

pub fn route() -> MethodRouter<Desk> {
    get(what_if)
}

#[derive(Template)]
#[template(path = "what_if.html")]
struct Page {
    frame: Frame,
    title: String,
    contract: ContractId,
    year: String,
    set: String,
    answer: Option<Answer>,
}

struct Answer {
    currency: Currency,
    changed: Vec<String>,
    causes: Vec<(String, Vec<Row>)>,
    payables: Vec<Row>,
    parties: Vec<Standing>,
    left_out: Vec<String>,
}

/// What a party is entitled to, and its result.
struct Standing {
    entitled: Row,
    result: Row,
    receipts_only: bool,
}

struct Row {
    name: String,
    total: bool,
    before: String,
    after: String,
    difference: String,
}

async fn what_if(
    State(desk): State<Desk>,
    Path(name): Path<String>,
    query: Query,
) -> Result<Response, Unanswered> {
    query.only(&["as_of", "known_at", "year", "set"])?;
    let page = ("what-if", "What if");
    let OfYear { contract, year, title, frame } = OfYear::of(&desk.app, &name, page, &query).await?;
    let times = frame.at.pinned();
    let answer = match query.get::<Changes>("set")? {
        None => None,
        Some(Changes(changes)) => {
            let asked = desk.app.what_if(&contract, year, &changes, times).await;
            Some(shown(&frame, &asked.map_err(Problem::of_several)?))
        }
    };
    let set = query.0.get("set").cloned().unwrap_or_default();
    super::page(Page { frame, title, contract, year: year.to_string(), set, answer })
}

fn shown(frame: &Frame, answer: &WhatIf) -> Answer {
    let changed = answer.changed.iter().map(|changed| {
        let was = changed.was.as_ref().map(|was| format!(", recorded as {was}")).unwrap_or_default();
        format!("{} ({}, entry {}{was})", changed.change, show::event(changed.event), changed.entry)
    });
    let left_out = answer.left_out.iter().map(|left_out| {
        let entries: Vec<String> = left_out.entries.iter().map(ToString::to_string).collect();
        format!("{}, entry {}: {}", show::event(left_out.event), entries.join(", "), left_out.why)
    });
    Answer {
        currency: answer.currency,
        changed: changed.collect(),
        causes: answer
            .causes
            .iter()
            .map(|c| (c.because.clone(), c.changes.iter().map(|change| line(frame, change)).collect()))
            .collect(),
        payables: answer
            .payables
            .iter()
            .map(|p| {
                let name = {
                    let (from, to) = (frame.name(&p.from), frame.name(&p.to));
                    format!("{from} to {to} ({})", frame.contract(&p.contract))
                };
                row(name, &p.payable)
            })
            .collect(),
        parties: answer
            .parties
            .iter()
            .map(|p| Standing {
                entitled: row(frame.name(&p.party), &p.entitled),
                result: row(frame.name(&p.party), &p.result),
                receipts_only: !p.cost_recorded,
            })
            .collect(),
        left_out: left_out.collect(),
    }
}

fn line(frame: &Frame, change: &Change) -> Row {
    let side = |side: &Option<Exact>| side.as_ref().map_or_else(|| "none".to_owned(), show::number);
    Row {
        name: frame.names.in_label(&change.name),
        total: change.payable,
        before: side(&change.before),
        after: side(&change.after),
        difference: show::number(&change.by()),
    }
}

fn row(name: String, amounts: &Amounts) -> Row {
    let side = |side: Option<Money>| side.map_or_else(|| "none".to_owned(), |m| show::number(&m.into()));
    Row {
        name,
        total: false,
        before: side(amounts.before),
        after: side(amounts.after),
        difference: side(amounts.difference),
    }
}
