//! `GET /v1/reconcile`: what two parties and the ledger say of what they owe each other.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{MethodRouter, get};

use super::{AS_OF, Desk, Endpoint, JSON, KNOWN_AT, Listed, Param, Query, Unanswered};

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    query: &[
        Param::needed("party", "Name", "the party from whose side amounts are told"),
        Param::needed("with", "Name", "the other party"),
        AS_OF,
        KNOWN_AT,
    ],
    answers: &[(200, JSON, "Reconciliation")],
    route,
    ..super::read(
        "/v1/reconcile",
        "reconcile",
        "What two parties and the ledger say of each balance, and which events explain each difference",
    )
};

fn route() -> MethodRouter<Desk> {
    get(reconcile)
}

async fn reconcile(
    State(desk): State<Desk>,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Unanswered> {
    super::only(&query, &ENDPOINT)?;
    let (party, with) = (query.needed("party", "northmoor")?, query.needed("with", "msk-partnership")?);
    let at = desk.app.at(query.times()?).await?;
    let balances = desk.app.reconcile(&party, &with, at.pinned()).await?;
    super::answer(&at, &headers, Listed::whole(&at, balances))
}
