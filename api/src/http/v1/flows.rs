//! `GET /v1/contracts/{contract}/flows`: the aggregate return of each month beside its patient-level returns.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{MethodRouter, get};

use super::{AS_OF, Desk, Endpoint, JSON, KNOWN_AT, Listed, Query, Unanswered, YEAR};

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    query: &[YEAR, AS_OF, KNOWN_AT],
    answers: &[(200, JSON, "Flows")],
    route,
    ..super::read(
        "/v1/contracts/{contract}/flows",
        "flows",
        "The aggregate return of each month beside the sum of its patient-level returns",
    )
};

fn route() -> MethodRouter<Desk> {
    get(flows)
}

async fn flows(
    State(desk): State<Desk>,
    Path(contract): Path<String>,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Unanswered> {
    super::only(&query, &ENDPOINT)?;
    let (contract, year) = (super::part(&contract)?, query.needed("year", "2025/26")?);
    let at = desk.app.at(query.times()?).await?;
    let returns = desk.app.flows(&contract, year, at.pinned()).await?;
    super::answer(&at, &headers, Listed::whole(&at, returns))
}
