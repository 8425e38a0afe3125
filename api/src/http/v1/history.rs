//! `GET /v1/contracts/{contract}/history`: everything recorded about a contract.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{MethodRouter, get};

use super::page::{CURSOR, LIMIT, Page};
use super::{AS_OF, Desk, Endpoint, JSON, KNOWN_AT, Param, Query, Unanswered};

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    query: &[
        Param::optional("event", "EventName", "only events of this kind; several stand in an `event` each"),
        AS_OF,
        KNOWN_AT,
        LIMIT,
        CURSOR,
    ],
    answers: &[(200, JSON, "History")],
    route,
    ..super::read(
        "/v1/contracts/{contract}/history",
        "history",
        "Everything recorded about a contract, with who and when, in the order of recording",
    )
};

fn route() -> MethodRouter<Desk> {
    get(history)
}

async fn history(
    State(desk): State<Desk>,
    Path(contract): Path<String>,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Unanswered> {
    super::only(&query, &ENDPOINT)?;
    let page = Page::of(&query)?;
    let at = page.at(&desk.app, query.times()?).await?;
    let events: String = query.get("event")?.unwrap_or_default();
    let events: Vec<String> = events.split("; ").filter(|e| !e.is_empty()).map(str::to_owned).collect();
    let history = desk.app.history(&super::part(&contract)?, &events, at.pinned()).await?;
    super::answer(&at, &headers, page.cut(&at, history))
}
