//! `GET /v1/explain`: a line of a statement taken apart.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{MethodRouter, get};

use super::{AS_OF, Desk, Endpoint, JSON, KNOWN_AT, Param, Query, Unanswered};

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
    get(explain)
}

async fn explain(State(desk): State<Desk>, query: Query, headers: HeaderMap) -> Result<Response, Unanswered> {
    super::only(&query, &ENDPOINT)?;
    let line: String = query.needed("line", "pennine-msk/5.1/pool")?;
    let at = desk.app.at(query.times()?).await?;
    let explanation = desk.app.explain(&line, query.get("year")?, at.pinned()).await?;
    super::answer(&at, &headers, explanation)
}
