//! `GET /v1/exposure`: who carries the risk under every contract.

use axum::routing::{MethodRouter, get};
use projections::exposure::Row;

use super::ask::{Asked, Call, list};
use super::{Desk, Endpoint, JSON, Unanswered};

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    answers: &[(200, JSON, "Exposures")],
    route,
    ..super::read(
        "/v1/exposure",
        "exposure",
        "The most that each party can gain and lose under each contract in a full year, and where there is no limit",
    )
};

fn route() -> MethodRouter<Desk> {
    get(|call: Call| list(call, &ENDPOINT, exposure))
}

async fn exposure(asked: Asked) -> Result<Vec<Row>, Unanswered> {
    Ok(asked.app.exposure(asked.times()).await?)
}
