//! `GET /v1/parties/{party}/position/over-time`: a party's net position month by month.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{MethodRouter, get};

use super::{Answer, Desk, Endpoint, JSON, Query, Unanswered};

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    answers: &[(200, JSON, "OverTime")],
    route,
    ..super::read(
        "/v1/parties/{party}/position/over-time",
        "overTime",
        "A party's net position at the end of each month, as known then and as known now",
    )
};

fn route() -> MethodRouter<Desk> {
    get(over_time)
}

async fn over_time(
    State(desk): State<Desk>,
    Path(party): Path<String>,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Unanswered> {
    super::only(&query, &ENDPOINT)?;
    let over_time = desk.app.over_time(&super::part(&party)?, query.times()?).await?;
    let (as_of, known_at, entry) = (over_time.as_of, over_time.known_at.clone(), over_time.entry);
    Answer { as_of, known_at, entry, body: over_time }.json(&headers)
}
