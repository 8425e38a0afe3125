//! `GET /v1/explain`: a line of a statement taken apart.

use axum::routing::{MethodRouter, get};
use projections::explain::Explanation;

use super::ask::{Asked, Call, one};
use super::{AS_OF, Desk, Endpoint, JSON, KNOWN_AT, Param, Unanswered};

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    query: &[
        Param::needed("line", "Text", "the line's id, such as pennine-msk/5.1/pool-share/northmoor"),
        Param::optional("year", "Year", "the contract year; the latest begun if left out"),
        AS_OF,
        KNOWN_AT,
    ],
    answers: &[(200, JSON, "Explanation")],
    route,
    ..super::read(
        "/v1/explain",
        "explain",
        "A line taken apart: clause, working, the lines it uses, the events behind it, people and evidence",
    )
};

fn route() -> MethodRouter<Desk> {
    get(|call: Call| one(call, &ENDPOINT, explain))
}

async fn explain(asked: Asked) -> Result<Explanation, Unanswered> {
    let line: String = asked.query.needed("line", "pennine-msk/5.1/pool")?;
    Ok(asked.app.explain(&line, asked.query.get("year")?, asked.times()).await?)
}
