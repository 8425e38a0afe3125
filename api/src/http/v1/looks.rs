//! `GET /v1/looks`: who looked at prices of contracts that are not their party's.

use axum::Json;
use axum::extract::State;
use axum::routing::{MethodRouter, get};
use serde::Serialize;

use super::{Desk, Endpoint, JSON, Param, Query, Unanswered};
use crate::app::looks::{BELIEVED, Look};

/// The endpoint. A look is no part of the ledger: it has no entry, no pair of times, and no `ETag` made of
/// them.
pub const ENDPOINT: Endpoint = Endpoint {
    query: &[Param::optional("contract", "Name", "only looks at this contract")],
    headers: &[],
    answers: &[(200, JSON, "Looks")],
    route,
    ..super::read(
        "/v1/looks",
        "looks",
        "The access log: who looked at prices of contracts that are not their party's",
    )
};

fn route() -> MethodRouter<Desk> {
    get(looks)
}

#[derive(Serialize)]
struct Looks {
    note: &'static str,
    items: Vec<Look>,
}

async fn looks(State(desk): State<Desk>, query: Query) -> Result<Json<Looks>, Unanswered> {
    super::only(&query, &ENDPOINT)?;
    let contract = query.get("contract")?;
    Ok(Json(Looks { note: BELIEVED, items: desk.app.looks(contract.as_ref()).await? }))
}
