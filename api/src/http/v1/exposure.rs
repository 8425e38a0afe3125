//! `GET /v1/exposure`: who carries the risk under every contract.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{MethodRouter, get};

use super::{Desk, Endpoint, JSON, Listed, Query, Unanswered};

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    answers: &[(200, JSON, "Exposures")],
    route,
    ..super::read(
        "/v1/exposure",
        "exposure",
        "The most that each party can gain and lose under each contract in a full year, and where there is no limit",
    )
};

fn route() -> MethodRouter<Desk> {
    get(exposure)
}

async fn exposure(
    State(desk): State<Desk>,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Unanswered> {
    super::only(&query, &ENDPOINT)?;
    let at = desk.app.at(query.times()?).await?;
    let all = desk.app.exposure(at.pinned()).await?;
    super::answer(&at, &headers, Listed::whole(&at, all))
}
