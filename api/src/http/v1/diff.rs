//! `GET /v1/contracts/{contract}/diff`: the bridge between two statements of a contract year.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use domain::time::KnownAt;

use super::{AS_OF, Answer, Desk, Endpoint, JSON, Param, Query, Unanswered, YEAR};

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    query: &[
        YEAR,
        Param::needed("from", "KnownAt", "what the ledger knew for the earlier statement"),
        Param::optional("to", "KnownAt", "what the ledger knew for the later one; now if left out"),
        AS_OF,
        Param::optional("from_as_of", "Date", "business date of the earlier statement, where it is another"),
    ],
    answers: &[(200, JSON, "Bridge")],
    route,
    ..super::read(
        "/v1/contracts/{contract}/diff",
        "diff",
        "Which events changed which line of a statement by how much, between two times",
    )
};

fn route() -> MethodRouter<Desk> {
    get(diff)
}

async fn diff(
    State(desk): State<Desk>,
    Path(contract): Path<String>,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Unanswered> {
    super::only(&query, &ENDPOINT)?;
    let (contract, year) = (super::part(&contract)?, query.needed("year", "2025/26")?);
    let from = (query.get("from_as_of")?, query.needed("from", "2025-09-30")?);
    let to = (query.get("as_of")?, query.get("to")?.unwrap_or(KnownAt::Now));
    let bridge = desk.app.bridge(&contract, year, from, to).await?;
    let (as_of, entry) = (bridge.to.as_of, bridge.to.entry);
    Answer { as_of, known_at: bridge.to.known_at.clone(), entry, body: bridge }.json(&headers)
}
