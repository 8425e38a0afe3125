//! `GET /readyz`: whether the ledger can be read, and up to which entry.

use axum::Json;
use axum::extract::State;
use axum::routing::{MethodRouter, get};
use domain::time::{Entry, KnownAt};
use serde::Serialize;

use super::{Desk, Endpoint, JSON, Unanswered};
use crate::app::Times;

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    query: &[],
    headers: &[],
    answers: &[(200, JSON, "Ready")],
    problems: &[500, 503],
    route,
    ..super::read("/readyz", "ready", "Whether the ledger can be read, and up to which entry")
};

fn route() -> MethodRouter<Desk> {
    get(ready)
}

#[derive(Serialize)]
struct Ready {
    status: &'static str,
    entry: Entry,
    version: &'static str,
}

async fn ready(State(desk): State<Desk>) -> Result<Json<Ready>, Unanswered> {
    let at = desk.app.at(Times { as_of: None, known_at: KnownAt::Now }).await?;
    Ok(Json(Ready { status: "ready", entry: at.entry, version: env!("CARGO_PKG_VERSION") }))
}
