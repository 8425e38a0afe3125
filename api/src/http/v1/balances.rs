//! `GET /v1/balances`: every balance of the ledger as both parties state it.

use axum::routing::{MethodRouter, get};
use domain::money::Money;
use projections::balances::{Above, Balance};

use super::ask::{Asked, Call, list};
use super::{AS_OF, Desk, Endpoint, JSON, KNOWN_AT, Param, Unanswered};

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    query: &[
        Param::optional("above", "Money", "only what is still owed by more than this; 0.00 if left out"),
        Param::optional("income_above", "Money", "only years worth more than this; as `above` if left out"),
        AS_OF,
        KNOWN_AT,
    ],
    answers: &[(200, JSON, "Balances")],
    route,
    ..super::read(
        "/v1/balances",
        "balances",
        "Every balance as both parties state it, side by side; /v1/reconcile tells why two of them differ",
    )
};

fn route() -> MethodRouter<Desk> {
    get(|call: Call| list(call, &ENDPOINT, balances))
}

async fn balances(asked: Asked) -> Result<Vec<Balance>, Unanswered> {
    let receivable = asked.query.get("above")?.unwrap_or(Money::ZERO);
    let above = Above { receivable, income: asked.query.get("income_above")?.unwrap_or(receivable) };
    Ok(asked.app.balances(above, asked.times()).await?)
}
