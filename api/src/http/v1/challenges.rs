//! `GET /v1/challenges`: what is disputed, for how long, and who is to act.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{MethodRouter, get};

use super::{Desk, Endpoint, JSON, Listed, Query, Unanswered};

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    answers: &[(200, JSON, "Challenges")],
    route,
    ..super::read(
        "/v1/challenges",
        "challenges",
        "Every challenge with its value, age and deadline, and who is to act; what is open is not payable",
    )
};

fn route() -> MethodRouter<Desk> {
    get(challenges)
}

async fn challenges(
    State(desk): State<Desk>,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Unanswered> {
    super::only(&query, &ENDPOINT)?;
    let at = desk.app.at(query.times()?).await?;
    let all = desk.app.challenges(at.pinned()).await?;
    super::answer(&at, &headers, Listed::whole(&at, all))
}
