//! `/contracts/{contract}/lines`: the activity lines behind a figure, as the provider stated them.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use domain::exact::Exact;
use domain::name::ContractId;
use domain::verb::activity::Flow;

use super::frame::{Frame, encoded};
use super::{Desk, Query, Unanswered, show};
use crate::app::lines::Line;

pub fn route() -> MethodRouter<Desk> {
    get(lines)
}

/// How many lines a page has.
const PAGE: usize = 50;
/// What a contract tells lines apart by; the rest of what a line states is folded away.
const TELLING: &[&str] = &[
    "point_of_delivery_code",
    "activity_treatment_function_code",
    "tariff_code",
    "organisation_identifier_code_of_commissioner",
    "organisation_site_identifier_of_treatment",
    "local_contract_code",
];
/// What has columns of its own.
const FIGURES: &[&str] = &["count", "value"];
/// What the page asks with, besides the two times.
const ASKED: &[&str] = &["month", "provider", "flow", "clause", "where"];

#[derive(Template)]
#[template(path = "lines.html")]
struct Page {
    frame: Frame,
    title: String,
    typed: Typed,
    /// Every return, and whether it is the one asked for.
    flows: Vec<(Flow, bool)>,
    rows: Vec<Row>,
    /// The same month without a clause or a column.
    all: Option<String>,
    before: Option<String>,
    after: Option<String>,
}

struct Typed {
    month: String,
    provider: String,
    clause: String,
    states: String,
}

struct Row {
    row: i64,
    /// What it states that a contract reads.
    what: Vec<(String, String)>,
    /// What else it states.
    more: Vec<(String, String)>,
    report: String,
    count: String,
    value: String,
    clause: String,
}

async fn lines(
    State(desk): State<Desk>,
    Path(name): Path<String>,
    query: Query,
) -> Result<Response, Unanswered> {
    query.only(&[&["as_of", "known_at", "page"], ASKED].concat())?;
    let contract: ContractId = super::part(&name)?;
    let path = format!("/contracts/{}/lines", encoded(&name));
    let frame = Frame::of(&desk.app, path.clone(), &query).await?;
    let times = frame.at.pinned();
    let title = desk.app.contract(&contract, times).await?.contract.title;
    let above = [(title.as_str(), frame.to_contract(&name))];
    let frame = frame.titled(format!("Activity lines: {title}"), &above);
    let page = query.get::<usize>("page")?.unwrap_or(1).max(1);
    let wanted = query.lines(contract, ((page - 1).saturating_mul(PAGE), PAGE))?;
    let found = desk.app.lines(&wanted, times).await?;
    let typed = |name: &str| query.0.get(name).cloned().unwrap_or_default();
    let link = |to: usize| {
        let mut asked: Vec<(&str, String)> = ASKED.iter().map(|name| (*name, typed(name))).collect();
        asked.push(("page", to.to_string()));
        let asked: Vec<(&str, &str)> = asked.iter().map(|(name, value)| (*name, value.as_str())).collect();
        frame.with(&path, &asked)
    };
    let flows = [Flow::Acm, Flow::Plcm, Flow::DrPlcm, Flow::DePlcm, Flow::Local];
    let narrowed = wanted.clause.is_some() || wanted.outside || !wanted.columns.is_empty();
    super::page(Page {
        title,
        flows: flows.map(|flow| (flow, wanted.flow == Some(flow))).to_vec(),
        rows: found.lines.iter().map(|line| row(&frame, line)).collect(),
        all: narrowed.then(|| frame.with(&path, &[("month", &typed("month"))])),
        before: (page > 1).then(|| link(page - 1)),
        after: found.more.then(|| link(page + 1)),
        typed: Typed {
            month: typed("month"),
            provider: typed("provider"),
            clause: typed("clause"),
            states: typed("where"),
        },
        frame,
    })
}

fn row(frame: &Frame, line: &Line) -> Row {
    let stated_as = |name: &str| line.stated.iter().find(|(column, _)| column == name).map(|(_, text)| text);
    let value = stated_as("value").and_then(|text| text.parse::<Exact>().ok());
    let stated =
        line.stated.iter().filter(|(column, text)| !FIGURES.contains(&column.as_str()) && !text.is_empty());
    let (what, more): (Vec<_>, Vec<_>) = stated.partition(|(column, _)| TELLING.contains(&column.as_str()));
    let words = |all: Vec<&(String, String)>| {
        all.into_iter()
            .map(|(column, text)| (show::sentence(&column.replace('_', " ")), text.clone()))
            .collect()
    };
    Row {
        row: line.row,
        what: words(what),
        more: words(more),
        report: format!("{} of {}, entry {}", line.flow, frame.name(&line.provider), line.entry),
        count: stated_as("count").cloned().unwrap_or_default(),
        value: value.map_or_else(String::new, |value| show::number(&value)),
        clause: line.clause.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string),
    }
}
