//! `GET /v1/balances`: every balance of the ledger as both parties state it.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use domain::money::Money;
use projections::balances::Above;

use super::{AS_OF, Desk, Endpoint, JSON, KNOWN_AT, Listed, Param, Query, Unanswered};

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
    get(balances)
}

async fn balances(
    State(desk): State<Desk>,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Unanswered> {
    super::only(&query, &ENDPOINT)?;
    let receivable = query.get("above")?.unwrap_or(Money::ZERO);
    let above = Above { receivable, income: query.get("income_above")?.unwrap_or(receivable) };
    let at = desk.app.at(query.times()?).await?;
    let all = desk.app.balances(above, at.pinned()).await?;
    super::answer(&at, &headers, Listed::whole(&at, all))
}
