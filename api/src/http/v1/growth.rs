//! `GET /v1/checkpoints/{entry}/growth`: that the ledger only grew since a checkpoint.

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
        "/v1/checkpoints/{entry}/growth",
        "growth",
        "The proof that the ledger only grew since the checkpoint that was kept at an entry",
    )
};

fn route() -> MethodRouter<Desk> {
    get(growth)
}

async fn growth(
    State(desk): State<Desk>,
    Path(entry): Path<String>,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Unanswered> {
    super::only(&query, &ENDPOINT)?;
    let older = desk.app.kept_checkpoint(Entry(super::part(&entry)?)).await?;
    let proof = desk.app.consistency(older).await?;
    super::sealed(&desk, proof.newer.entry, &headers, proof.to_string()).await
}
