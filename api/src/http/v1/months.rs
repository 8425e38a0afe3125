//! `GET /v1/contracts/{contract}/months`: a contract year month by month, entitlement beside payments.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use projections::months::Months;

use super::{AS_OF, Desk, Endpoint, JSON, KNOWN_AT, Param, Query, Unanswered, YEAR};

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    query: &[
        YEAR,
        Param::optional("from", "KnownAt", "an earlier time: what it believed stands beside each month"),
        AS_OF,
        KNOWN_AT,
    ],
    answers: &[(200, JSON, "Months")],
    route,
    ..super::read(
        "/v1/contracts/{contract}/months",
        "months",
        "What was payable and paid to the end of each month, how far payments were off, and what an earlier time believed",
    )
};

fn route() -> MethodRouter<Desk> {
    get(months)
}

async fn months(
    State(desk): State<Desk>,
    Path(contract): Path<String>,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Unanswered> {
    super::only(&query, &ENDPOINT)?;
    let (contract, year) = (super::part(&contract)?, query.needed("year", "2025/26")?);
    let at = desk.app.at(query.times()?).await?;
    let months = desk.app.months(&contract, year, query.get("from")?, at.pinned()).await?;
    super::answer(&at, &headers, Months { known_at: at.known_at.to_string(), ..months })
}
