//! `GET /livez`: whether the program answers at all.

use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};

use super::{Desk, Endpoint, JSON};

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    query: &[],
    headers: &[],
    answers: &[(200, JSON, "Health")],
    problems: &[503],
    route,
    ..super::read("/livez", "live", "Whether the program answers")
};

/// Its route.
pub fn route() -> MethodRouter<Desk> {
    get(live)
}

async fn live() -> Response {
    ([(axum::http::header::CONTENT_TYPE, JSON)], r#"{"status":"live"}"#).into_response()
}
