//! `GET /v1/contracts`: every contract, with what its years come to beside their plans.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{MethodRouter, get};

use super::{Desk, Endpoint, JSON, Listed, Query, Unanswered};

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    answers: &[(200, JSON, "Contracts")],
    route,
    ..super::read(
        "/v1/contracts",
        "contracts",
        "Every contract, with what its years come to beside their plans",
    )
};

fn route() -> MethodRouter<Desk> {
    get(contracts)
}

async fn contracts(
    State(desk): State<Desk>,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Unanswered> {
    super::only(&query, &ENDPOINT)?;
    let at = desk.app.at(query.times()?).await?;
    let contracts = desk.app.contracts(at.pinned()).await?;
    super::answer(&at, &headers, Listed::whole(&at, contracts))
}
