//! `GET /v1/contracts/{contract}/headroom`: what a programme leaves at plan, at forecast and at worst.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use projections::headroom::Asked;

use super::{AS_OF, Desk, Endpoint, JSON, KNOWN_AT, Param, Query, Unanswered, YEAR};

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    query: &[
        YEAR,
        Param { meaning: "taken and told again: the question is of the whole year", ..AS_OF },
        KNOWN_AT,
    ],
    answers: &[(200, JSON, "Headroom")],
    route,
    ..super::read(
        "/v1/contracts/{contract}/headroom",
        "headroom",
        "What a programme's budget leaves at plan, at forecast and at the contractual worst case",
    )
};

fn route() -> MethodRouter<Desk> {
    get(headroom)
}

async fn headroom(
    State(desk): State<Desk>,
    Path(contract): Path<String>,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Unanswered> {
    super::only(&query, &ENDPOINT)?;
    let (contract, year) = (super::part(&contract)?, query.needed("year", "2025/26")?);
    let at = desk.app.at(query.times()?).await?;
    let asked = desk.app.headroom(&contract, year, at.pinned().known_at).await?;
    super::answer(&at, &headers, Asked { known_at: at.known_at.to_string(), ..asked })
}
