//! `GET /v1/todo`: what is to be done, by everybody or by one party.

use axum::routing::{MethodRouter, get};
use projections::todo::Todo;

use super::ask::{Asked, Call, list};
use super::{AS_OF, Desk, Endpoint, JSON, KNOWN_AT, Param, Unanswered};

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    query: &[Param::optional("party", "Name", "only what this party has to do"), AS_OF, KNOWN_AT],
    answers: &[(200, JSON, "TodoList")],
    route,
    ..super::read("/v1/todo", "todo", "What is to be done: whose turn it is, by when, worth how much")
};

fn route() -> MethodRouter<Desk> {
    get(|call: Call| list(call, &ENDPOINT, todo))
}

async fn todo(asked: Asked) -> Result<Vec<Todo>, Unanswered> {
    let party = asked.query.get("party")?;
    Ok(asked.app.todo(party.as_ref(), asked.times()).await?)
}
