//! `GET /v1/key`: the public key that checks checkpoints and proofs.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{MethodRouter, get};

use super::{Desk, Endpoint, Query, Unanswered};

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    route,
    ..super::sealed_read("/v1/key", "key", "The public key that checks checkpoints and proofs")
};

fn route() -> MethodRouter<Desk> {
    get(key)
}

async fn key(State(desk): State<Desk>, query: Query, headers: HeaderMap) -> Result<Response, Unanswered> {
    super::only(&query, &ENDPOINT)?;
    let key = desk.app.public_key()?.to_string();
    let at = desk.app.at(query.times()?).await?;
    super::sealed(&desk, at.entry, &headers, format!("{key}\n")).await
}
