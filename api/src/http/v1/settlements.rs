//! `GET /v1/settlements`: one row for each contract year and pair of parties.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{MethodRouter, get};

use super::page::{CURSOR, LIMIT, Page};
use super::{AS_OF, Desk, Endpoint, JSON, KNOWN_AT, Param, Query, Unanswered};

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    query: &[
        AS_OF,
        KNOWN_AT,
        Param::optional(
            "draft",
            "Flag",
            "true for a draft of every contract year begun instead of those drawn up",
        ),
        LIMIT,
        CURSOR,
    ],
    answers: &[(200, JSON, "Settlements")],
    route,
    ..super::read(
        "/v1/settlements",
        "settlements",
        "Drawn-up settlements, one row for each contract year and pair of parties",
    )
};

fn route() -> MethodRouter<Desk> {
    get(settlements)
}

async fn settlements(
    State(desk): State<Desk>,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Unanswered> {
    super::only(&query, &ENDPOINT)?;
    let page = Page::of(&query)?;
    let draft = query.get("draft")?.unwrap_or(false);
    let at = page.at(&desk.app, query.times()?).await?;
    let rows = desk.app.settlements(draft, at.pinned()).await?;
    super::answer(&at, &headers, page.cut(&at, rows))
}
