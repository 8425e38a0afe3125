//! The API under `/v1`: one file for each endpoint, one row in the list below, from which both the routes and
//! the OpenAPI document are made.

mod ask;
mod balances;
mod bulk;
mod challenges;
mod checkpoint;
mod command;
mod contract;
mod contracts;
mod diff;
mod explain;
mod exposure;
mod flows;
mod growth;
mod headroom;
mod history;
mod key;
mod lines;
mod live;
mod looks;
mod months;
pub mod openapi;
mod over_time;
mod page;
mod parties;
mod position;
mod proof;
mod ready;
mod reconcile;
pub mod schema;
mod settlements;
mod spend;
mod statement;
mod todo;
mod what_if;
mod workbook;

use axum::Router;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::MethodRouter;

use super::{Answer, Desk, Query, Unanswered};
use crate::app::At;

/// Every endpoint.
pub const ALL: &[Endpoint] = &[
    command::ENDPOINT,
    bulk::ENDPOINT,
    contracts::ENDPOINT,
    contract::ENDPOINT,
    statement::ENDPOINT,
    workbook::ENDPOINT,
    diff::ENDPOINT,
    what_if::ENDPOINT,
    months::ENDPOINT,
    headroom::ENDPOINT,
    flows::ENDPOINT,
    spend::ENDPOINT,
    history::ENDPOINT,
    lines::ENDPOINT,
    explain::ENDPOINT,
    settlements::ENDPOINT,
    parties::ENDPOINT,
    position::ENDPOINT,
    todo::ENDPOINT,
    challenges::ENDPOINT,
    exposure::ENDPOINT,
    looks::ENDPOINT,
    reconcile::ENDPOINT,
    balances::ENDPOINT,
    over_time::ENDPOINT,
    checkpoint::ENDPOINT,
    proof::ENDPOINT,
    growth::ENDPOINT,
    key::ENDPOINT,
    live::ENDPOINT,
    ready::ENDPOINT,
    openapi::ENDPOINT,
];

/// One endpoint, as it is routed and as it is described.
#[derive(Clone, Copy, Debug)]
pub struct Endpoint {
    /// `get` or `post`.
    pub method: &'static str,
    /// The path, with its parts in braces.
    pub path: &'static str,
    /// Its name for programs made from the description.
    pub id: &'static str,
    /// What it answers.
    pub summary: &'static str,
    /// The names it takes in the query.
    pub query: &'static [Param],
    /// The headers it reads.
    pub headers: &'static [Param],
    /// The media type and schema of its body.
    pub body: Option<(&'static str, &'static str)>,
    /// Status, media type and schema of its answers, besides problems.
    pub answers: &'static [(u16, &'static str, &'static str)],
    /// The statuses of its problems.
    pub problems: &'static [u16],
    /// Its handler.
    pub route: fn() -> MethodRouter<Desk>,
}

/// A part of a call.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// Its name.
    pub name: &'static str,
    /// Whether it must be there.
    pub needed: bool,
    /// The schema of its value.
    pub schema: &'static str,
    /// What it means.
    pub meaning: &'static str,
}

impl Param {
    const fn optional(name: &'static str, schema: &'static str, meaning: &'static str) -> Param {
        Param { name, needed: false, schema, meaning }
    }

    const fn needed(name: &'static str, schema: &'static str, meaning: &'static str) -> Param {
        Param { name, needed: true, schema, meaning }
    }
}

const AS_OF: Param =
    Param::optional("as_of", "Date", "business date: what had been measured by then; today if left out");
const KNOWN_AT: Param = Param::optional(
    "known_at",
    "KnownAt",
    "what the ledger knew: a date (its end), a moment, or an entry such as @123; now if left out",
);
const YEAR: Param = Param::needed("year", "Year", "the contract year, such as 2025/26");
const WHICH: Param = Param::optional(
    "which",
    "Which",
    "a fresh draft, or the statement in force as it was drawn up; the draft if left out",
);
const IF_NONE_MATCH: Param = Param::optional(
    "If-None-Match",
    "Text",
    "the ETag of an answer that the caller has; 304 where it still holds",
);
const JSON: &str = "application/json";
const TEXT: &str = "text/plain; charset=utf-8";

/// A read: the parts that all of them share.
const fn read(path: &'static str, id: &'static str, summary: &'static str) -> Endpoint {
    Endpoint {
        method: "get",
        path,
        id,
        summary,
        query: &[AS_OF, KNOWN_AT],
        headers: &[IF_NONE_MATCH],
        body: None,
        answers: &[],
        problems: &[400, 404, 422, 500, 503],
        route: live::route,
    }
}

/// A read of the ledger under its seal: of the ledger as it is now, and as text that `verify` reads.
const fn sealed_read(path: &'static str, id: &'static str, summary: &'static str) -> Endpoint {
    Endpoint { query: &[], headers: &[], answers: &[(200, TEXT, "Text")], ..read(path, id, summary) }
}

/// Every route.
pub fn routes() -> Router<Desk> {
    ALL.iter().fold(Router::new(), |router, endpoint| router.route(endpoint.path, (endpoint.route)()))
}

/// Refuses names that an endpoint does not take.
fn only(query: &Query, endpoint: &Endpoint) -> Result<(), Unanswered> {
    let names: Vec<&str> = endpoint.query.iter().map(|param| param.name).collect();
    Ok(query.only(&names)?)
}

/// A part of the path, read.
fn part<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T, Unanswered> {
    let hint = "correct it in the address";
    Ok(text.parse().map_err(|e: T::Err| crate::problem::Problem::usage("path", e, hint))?)
}

/// Answers about a pair of times that was resolved first.
fn answer<T: serde::Serialize>(at: &At, headers: &HeaderMap, body: T) -> Result<Response, Unanswered> {
    Answer { as_of: at.as_of, known_at: at.known_at.to_string(), entry: at.entry, body }.json(headers)
}

/// A text under the ledger's seal, which stands for the ledger as it is now.
async fn sealed(
    desk: &Desk,
    entry: domain::time::Entry,
    headers: &HeaderMap,
    text: String,
) -> Result<Response, Unanswered> {
    let at = desk.app.at(Query::default().times()?).await?;
    let answer = Answer { as_of: at.as_of, known_at: at.known_at.to_string(), entry, body: () };
    Ok(answer.respond(headers, TEXT, text))
}

/// A list with the times it stands for.
#[derive(Debug, serde::Serialize)]
struct Listed<T> {
    as_of: domain::time::AsOf,
    known_at: String,
    entry: domain::time::Entry,
    items: Vec<T>,
    /// Where the next page begins; none on the last.
    next: Option<String>,
}

impl<T> Listed<T> {
    fn whole(at: &At, items: Vec<T>) -> Listed<T> {
        Listed { as_of: at.as_of, known_at: at.known_at.to_string(), entry: at.entry, items, next: None }
    }
}
