//! `/contracts/{contract}/history`: everything recorded about a contract, with a filter.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use domain::name::ContractId;
use projections::history::Happening;

use super::frame::{Frame, encoded};
use super::{Desk, Query, Unanswered, show};

/// Entries on a page.
const PAGE: usize = 100;

pub fn route() -> MethodRouter<Desk> {
    get(history)
}

#[derive(Template)]
#[template(path = "history.html")]
struct Page {
    frame: Frame,
    title: String,
    event: String,
    text: String,
    kinds: Vec<(String, String)>,
    count: String,
    rows: Vec<Row>,
    before: Option<String>,
    after: Option<String>,
    /// The public key, where the server signs.
    key: Option<String>,
}

struct Row {
    entry: u64,
    when: String,
    what: String,
    said: String,
    key: String,
    hash: String,
    who: String,
}

async fn history(
    State(desk): State<Desk>,
    Path(name): Path<String>,
    query: Query,
) -> Result<Response, Unanswered> {
    query.only(&["as_of", "known_at", "event", "text", "page"])?;
    let id: ContractId = super::part(&name)?;
    let path = format!("/contracts/{}/history", encoded(&name));
    let frame = Frame::of(&desk.app, path.clone(), &query).await?;
    let times = frame.at.pinned();
    let title = desk.app.contract(&id, times).await?.contract.title;
    let all = desk.app.history(&id, &[], times).await?;
    let above = [(title.as_str(), frame.to_contract(&name))];
    let frame = frame.titled(format!("Everything recorded: {title}"), &above);
    let kinds: BTreeMap<&str, String> = all.iter().map(|h| (h.event, show::event(h.event))).collect();
    let kinds = kinds.into_iter().map(|(kind, words)| (kind.to_owned(), words)).collect();
    let event: String = query.get("event")?.unwrap_or_default();
    let text: String = query.get("text")?.unwrap_or_default();
    let kept: Vec<&Happening> = all.iter().filter(|h| matches(h, &event, &text)).collect();
    let page = query.get::<usize>("page")?.unwrap_or(1).max(1);
    let skip = (page - 1).saturating_mul(PAGE);
    let link =
        |to: usize| frame.with(&path, &[("event", &event), ("text", &text), ("page", &to.to_string())]);
    let before = (page > 1).then(|| link(page - 1));
    let after = (skip.saturating_add(PAGE) < kept.len()).then(|| link(page + 1));
    let rows: Vec<Row> = kept.iter().skip(skip).take(PAGE).map(|h| row(&frame, h)).collect();
    let count = match (kept.len(), all.len()) {
        (kept, all) if kept == all => format!("{all} events."),
        (kept, all) => format!("{kept} of {all} events."),
    };
    let key = desk.app.public_key().ok().map(ToString::to_string);
    super::page(Page { title, event, text, kinds, count, rows, before, after, key, frame })
}

fn matches(happening: &Happening, event: &str, text: &str) -> bool {
    let words = || format!("{happening} {}", happening.key).to_lowercase();
    (event.is_empty() || happening.event == event)
        && (text.is_empty() || words().contains(&text.to_lowercase()))
}

fn row(frame: &Frame, happening: &Happening) -> Row {
    Row {
        entry: happening.entry.0,
        when: happening.recorded_at.shown(frame.at.zone),
        what: show::event(happening.event),
        said: happening.said(),
        key: happening.key.to_string(),
        hash: happening.hash.to_string(),
        who: frame.who(&happening.actor),
    }
}
