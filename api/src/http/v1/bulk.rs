//! `POST /v1/commands/bulk`: commands as newline-delimited JSON, with a verdict for every line.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, post};

use super::{Desk, Endpoint, Param, Query, Unanswered};
use crate::app::apply::{How, apply};

const NDJSON: &str = "application/x-ndjson";

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    method: "post",
    query: &[
        Param::optional("atomic", "Flag", "record every line or none"),
        Param::optional("dry_run", "Flag", "take the same path, and record nothing"),
    ],
    headers: &[],
    body: Some((NDJSON, "Command")),
    answers: &[(200, NDJSON, "Verdict")],
    problems: &[400, 408, 413, 415, 500, 503],
    route,
    ..super::read(
        "/v1/commands/bulk",
        "bulk",
        "Carries out commands, one JSON object on a line, with a verdict for every line",
    )
};

/// Whether anything was recorded.
pub const RECORDED: HeaderName = HeaderName::from_static("x-riskshare-recorded");

fn route() -> MethodRouter<Desk> {
    post(bulk)
}

async fn bulk(
    State(desk): State<Desk>,
    query: Query,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Unanswered> {
    super::only(&query, &ENDPOINT)?;
    let flag = |name: &str| query.get(name).map(|given| given.unwrap_or(false));
    let how = How { atomic: flag("atomic")?, dry_run: flag("dry_run")? };
    let input = super::command::read(&desk, &headers, body, NDJSON, desk.limits.bulk).await?;
    let mut lines = String::new();
    let verdicts = apply(&desk.app, "body", &input, how, |verdict| {
        lines.push_str(&serde_json::to_string(verdict).unwrap_or_default());
        lines.push('\n');
    })
    .await?;
    let mut response = ([(header::CONTENT_TYPE, NDJSON)], lines).into_response();
    let recorded = HeaderValue::from_static(if verdicts.recorded { "true" } else { "false" });
    response.headers_mut().insert(RECORDED, recorded);
    Ok(response)
}
