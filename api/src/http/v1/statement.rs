//! `GET /v1/contracts/{contract}/statement`: what a contract year comes to, line by line.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{MethodRouter, get};

use super::{AS_OF, Answer, Desk, Endpoint, JSON, KNOWN_AT, Param, Query, Unanswered, YEAR};
use crate::problem::{Exit, Problem};

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    query: &[
        YEAR,
        AS_OF,
        KNOWN_AT,
        Param::optional(
            "which",
            "Which",
            "a fresh draft, or the statement in force as it was drawn up; the draft if left out",
        ),
    ],
    answers: &[(200, JSON, "Statement")],
    route,
    ..super::read(
        "/v1/contracts/{contract}/statement",
        "statement",
        "What a contract year comes to, line by line; records nothing",
    )
};

fn route() -> MethodRouter<Desk> {
    get(statement)
}

async fn statement(
    State(desk): State<Desk>,
    Path(contract): Path<String>,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Unanswered> {
    super::only(&query, &ENDPOINT)?;
    let (contract, year) = (super::part(&contract)?, query.needed("year", "2025/26")?);
    let times = query.times()?;
    let asked = desk.app.settle(&contract, year, times).await?;
    let (as_of, entry) = (asked.draft.as_of, asked.draft.entry);
    let which: Option<String> = query.get("which")?;
    let statement = match which.as_deref() {
        None | Some("draft") => asked.draft,
        Some("in_force") => match asked.in_force {
            Some(drawn_up) => drawn_up.fact.statement.clone(),
            None => {
                let message = format!("no statement of `{contract}` for {year} was in force");
                let hint = "draw it up with draw-up-settlement, or ask for the draft";
                return Err(Problem::new(Exit::NotFound, "not-drawn-up", message, hint).into());
            }
        },
        Some(other) => {
            let message = format!("`{other}` is not a kind of statement");
            return Err(Problem::usage("query", message, "write which=draft or which=in_force").into());
        }
    };
    Answer { as_of, known_at: times.known_at.to_string(), entry, body: statement }.json(&headers)
}
