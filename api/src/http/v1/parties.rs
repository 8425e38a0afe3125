//! `GET /v1/parties`: every organisation registered.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{MethodRouter, get};

use super::{Desk, Endpoint, JSON, Listed, Query, Unanswered};

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    answers: &[(200, JSON, "Parties")],
    route,
    ..super::read("/v1/parties", "parties", "Every organisation registered, with its name")
};

fn route() -> MethodRouter<Desk> {
    get(parties)
}

async fn parties(State(desk): State<Desk>, query: Query, headers: HeaderMap) -> Result<Response, Unanswered> {
    super::only(&query, &ENDPOINT)?;
    let at = desk.app.at(query.times()?).await?;
    let parties = desk.app.organisations(at.pinned()).await?;
    super::answer(&at, &headers, Listed::whole(&at, parties))
}
