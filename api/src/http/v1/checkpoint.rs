//! `GET /v1/checkpoint`: the ledger as it is now, signed.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{MethodRouter, get};

use super::{Desk, Endpoint, Query, Unanswered};

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    route,
    ..super::sealed_read(
        "/v1/checkpoint",
        "checkpoint",
        "The length and the root of the ledger as it is now, signed (C2SP tlog-checkpoint)",
    )
};

fn route() -> MethodRouter<Desk> {
    get(checkpoint)
}

async fn checkpoint(
    State(desk): State<Desk>,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Unanswered> {
    super::only(&query, &ENDPOINT)?;
    let checkpoint = desk.app.checkpoint().await?;
    super::sealed(&desk, checkpoint.entry, &headers, checkpoint.note).await
}
