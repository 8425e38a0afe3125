//! `GET /v1/contracts/{contract}`: one contract with its terms, in plain words and as written.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use domain::time::{AsOf, Entry};
use projections::contracts::Detail;
use serde::Serialize;

use super::{Desk, Endpoint, JSON, Query, Unanswered};

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    answers: &[(200, JSON, "ContractDetail")],
    route,
    ..super::read(
        "/v1/contracts/{contract}",
        "contract",
        "One contract with its terms, in plain words and as written",
    )
};

fn route() -> MethodRouter<Desk> {
    get(contract)
}

#[derive(Serialize)]
struct Body {
    as_of: AsOf,
    known_at: String,
    entry: Entry,
    #[serde(flatten)]
    detail: Detail,
}

async fn contract(
    State(desk): State<Desk>,
    Path(contract): Path<String>,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Unanswered> {
    super::only(&query, &ENDPOINT)?;
    let at = desk.app.at(query.times()?).await?;
    let detail = desk.app.contract(&super::part(&contract)?, at.pinned()).await?;
    let body = Body { as_of: at.as_of, known_at: at.known_at.to_string(), entry: at.entry, detail };
    super::answer(&at, &headers, body)
}
