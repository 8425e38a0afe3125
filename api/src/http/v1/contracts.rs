//! `GET /v1/contracts`: every contract, with what its years come to beside their plans.

use axum::routing::{MethodRouter, get};
use projections::contracts::Contract;

use super::ask::{Asked, Call, list};
use super::{Desk, Endpoint, JSON, Unanswered};

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    answers: &[(200, JSON, "Contracts")],
    route,
    ..super::read(
        "/v1/contracts",
        "contracts",
        "Every contract, with what its years come to beside their plans",
    )
};

fn route() -> MethodRouter<Desk> {
    get(|call: Call| list(call, &ENDPOINT, contracts))
}

async fn contracts(asked: Asked) -> Result<Vec<Contract>, Unanswered> {
    Ok(asked.app.contracts(asked.times()).await?)
}
