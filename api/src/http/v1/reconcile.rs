//! `GET /v1/reconcile`: what two parties and the ledger say of what they owe each other.

use axum::routing::{MethodRouter, get};
use projections::reconcile::Reconciled;

use super::ask::{Asked, Call, list};
use super::{AS_OF, Desk, Endpoint, JSON, KNOWN_AT, Param, Unanswered};

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
    get(|call: Call| list(call, &ENDPOINT, reconcile))
}

async fn reconcile(asked: Asked) -> Result<Vec<Reconciled>, Unanswered> {
    let query = &asked.query;
    let (party, with) = (query.needed("party", "northmoor")?, query.needed("with", "msk-partnership")?);
    Ok(asked.app.reconcile(&party, &with, asked.times()).await?)
}
