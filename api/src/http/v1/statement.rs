//! `GET /v1/contracts/{contract}/statement`: what a contract year comes to, line by line.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{MethodRouter, get};

use super::{AS_OF, Answer, Desk, Endpoint, JSON, KNOWN_AT, Query, Unanswered, WHICH, YEAR};
use crate::app::workbook::{Which, not_drawn_up};

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    query: &[YEAR, AS_OF, KNOWN_AT, WHICH],
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
    let statement = match (query.get("which")?.unwrap_or(Which::Draft), asked.in_force) {
        (Which::Draft, _) => asked.draft,
        (Which::InForce, Some(drawn_up)) => drawn_up.fact.statement.clone(),
        (Which::InForce, None) => return Err(not_drawn_up(&contract, year).into()),
    };
    Answer { as_of, known_at: times.known_at.to_string(), entry, body: statement }.json(&headers)
}
