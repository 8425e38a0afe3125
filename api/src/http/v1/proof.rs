//! `GET /v1/entries/{entry}/proof`: that an event is in the ledger.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use domain::time::Entry;

use super::{Desk, Endpoint, Query, Unanswered};

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    route,
    ..super::sealed_read(
        "/v1/entries/{entry}/proof",
        "proof",
        "The proof that an event is in the ledger, under a fresh checkpoint (C2SP tlog-proof)",
    )
};

fn route() -> MethodRouter<Desk> {
    get(proof)
}

async fn proof(
    State(desk): State<Desk>,
    Path(entry): Path<String>,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Unanswered> {
    super::only(&query, &ENDPOINT)?;
    let proof = desk.app.inclusion(Entry(super::part(&entry)?)).await?;
    super::sealed(&desk, proof.checkpoint.entry, &headers, proof.to_string()).await
}
