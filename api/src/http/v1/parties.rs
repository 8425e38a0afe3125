//! `GET /v1/parties`: every organisation registered.

use axum::routing::{MethodRouter, get};
use projections::contracts::Party;

use super::ask::{Asked, Call, list};
use super::{Desk, Endpoint, JSON, Unanswered};

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    answers: &[(200, JSON, "Parties")],
    route,
    ..super::read("/v1/parties", "parties", "Every organisation registered, with its name")
};

fn route() -> MethodRouter<Desk> {
    get(|call: Call| list(call, &ENDPOINT, parties))
}

async fn parties(asked: Asked) -> Result<Vec<Party>, Unanswered> {
    Ok(asked.app.organisations(asked.times()).await?)
}
