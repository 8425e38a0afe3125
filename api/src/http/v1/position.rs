//! `GET /v1/parties/{party}/position`: where a party stands under all its contracts.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{MethodRouter, get};

use super::{Answer, Desk, Endpoint, JSON, Query, Unanswered};

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    answers: &[(200, JSON, "Position")],
    route,
    ..super::read(
        "/v1/parties/{party}/position",
        "position",
        "What a party is entitled to, has been paid, is owed and owes, under all its contracts",
    )
};

fn route() -> MethodRouter<Desk> {
    get(position)
}

async fn position(
    State(desk): State<Desk>,
    Path(party): Path<String>,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Unanswered> {
    super::only(&query, &ENDPOINT)?;
    let position = desk.app.position(&super::part(&party)?, query.times()?).await?;
    let (as_of, known_at, entry) = (position.as_of, position.known_at.clone(), position.entry);
    Answer { as_of, known_at, entry, body: position }.json(&headers)
}
