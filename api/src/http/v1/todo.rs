//! `GET /v1/todo`: what is to be done, by everybody or by one party.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{MethodRouter, get};

use super::{AS_OF, Desk, Endpoint, JSON, KNOWN_AT, Listed, Param, Query, Unanswered};

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    query: &[Param::optional("party", "Name", "only what this party has to do"), AS_OF, KNOWN_AT],
    answers: &[(200, JSON, "TodoList")],
    route,
    ..super::read("/v1/todo", "todo", "What is to be done: whose turn it is, by when, worth how much")
};

fn route() -> MethodRouter<Desk> {
    get(todo)
}

async fn todo(State(desk): State<Desk>, query: Query, headers: HeaderMap) -> Result<Response, Unanswered> {
    super::only(&query, &ENDPOINT)?;
    let party = query.get("party")?;
    let at = desk.app.at(query.times()?).await?;
    let all = desk.app.todo(party.as_ref(), at.pinned()).await?;
    super::answer(&at, &headers, Listed::whole(&at, all))
}
