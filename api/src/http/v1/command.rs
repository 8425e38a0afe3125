//! `POST /v1/commands`: one command.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, post};
use domain::name::StreamId;
use domain::request::Request;
use domain::time::Entry;
use projections::history::Happening;
use serde::Serialize;
use serde_json::value::RawValue;

use super::{Desk, Endpoint, JSON, Param, Query, Unanswered};
use crate::problem::{Place, Problem};

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    method: "post",
    query: &[],
    headers: &[
        Param::optional("Idempotency-Key", "Text", "the command's key, where the body has none"),
        Param::optional(
            "If-Match",
            "Text",
            "streams at the versions the caller decided on, such as \"contract/pennine-msk@1\"; 412 where one moved",
        ),
    ],
    body: Some((JSON, "Command")),
    answers: &[(200, JSON, "Done")],
    problems: &[400, 404, 408, 409, 412, 413, 415, 422, 500, 503],
    route,
    ..super::read(
        "/v1/commands",
        "command",
        "Carries out one command; sent again with the same key and body, it answers what it answered first",
    )
};

/// Says that a command had been carried out before.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
const KEY: &str = "idempotency-key";

fn route() -> MethodRouter<Desk> {
    post(command)
}

/// What became of a command.
#[derive(Serialize)]
struct Done {
    entry: Entry,
    events: Vec<Happening>,
}

async fn command(
    State(desk): State<Desk>,
    query: Query,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Unanswered> {
    super::only(&query, &ENDPOINT)?;
    let text = read(&desk, &headers, body, JSON, desk.limits.body).await?;
    let text = std::str::from_utf8(&text)
        .map_err(|why| crate::app::apply::not_utf8("body", 1, &text, why.valid_up_to()))?;
    let mut request = with_key(text, &headers)?;
    let named = if_match(&headers)?;
    let guarded = !named.is_empty();
    request.expect.extend(named);
    let done = desk.app.send(&request).await.map_err(|problem| {
        let moved = guarded && problem.code == "stale-version";
        let unanswered = Unanswered::from(problem);
        if moved { Unanswered { status: StatusCode::PRECONDITION_FAILED, ..unanswered } } else { unanswered }
    })?;
    let events = done.events.iter().map(projections::history::happening).collect();
    let text = serde_json::to_string(&Done { entry: done.entry(), events }).map_err(|e| {
        Problem::new(crate::problem::Exit::Integrity, "json", e, "please report this command")
    })?;
    let mut response = ([(header::CONTENT_TYPE, JSON)], text).into_response();
    if done.replayed {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// The body of a command, of the kind it must be and no longer than it may be.
pub(super) async fn read(
    desk: &Desk,
    headers: &HeaderMap,
    body: Body,
    kind: &str,
    limit: usize,
) -> Result<axum::body::Bytes, Unanswered> {
    let said = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    // Asked for by name, so that no form of another site can send a command through somebody's browser.
    if !said.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(kind) {
        let message = format!("the body is sent as `{said}`");
        let hint = format!("send it with the header Content-Type: {kind}");
        return Err(Unanswered::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media-type", message, &hint));
    }
    // A body that never comes must not hold its place for ever.
    let come = tokio::time::timeout(desk.limits.time / 2, axum::body::to_bytes(body, limit)).await;
    let read = come.map_err(|_| {
        let hint = "send it again: with the same key a command is carried out once";
        Unanswered::new(StatusCode::REQUEST_TIMEOUT, "too-slow", "the body did not come in time", hint)
    })?;
    read.map_err(|_| {
        let message = format!("the body is longer than {limit} bytes, or broke off");
        Unanswered::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", message, "send it in several calls")
    })
}

/// The command, with its key taken from the header where it has none itself.
fn with_key(text: &str, headers: &HeaderMap) -> Result<Request, Problem> {
    let unreadable = |why: &domain::request::Unreadable| Problem::unreadable(why, "body", 1);
    let Some(key) = headers.get(KEY) else { return Request::from_json(text).map_err(|e| unreadable(&e)) };
    let key = key.to_str().unwrap_or_default().trim();
    let key = key.strip_prefix('"').and_then(|k| k.strip_suffix('"')).unwrap_or(key);
    let fields: Option<BTreeMap<String, &RawValue>> = serde_json::from_str(text).ok();
    let (Some(fields), Some(brace)) = (fields, text.find('{')) else {
        return Request::from_json(text).map_err(|e| unreadable(&e));
    };
    let quoted = serde_json::Value::from(key).to_string();
    match fields.get("key") {
        Some(own) if own.get() == quoted => Request::from_json(text).map_err(|e| unreadable(&e)),
        Some(own) => {
            let message = format!("the command's key is {}, and the header says {quoted}", own.get());
            Err(Problem::usage("two-keys", message, "give one key, or the same in both places"))
        }
        None => {
            let more = format!("\"key\":{quoted},");
            let (before, after) = text.split_at(brace + 1);
            let read = Request::from_json(&format!("{before}{more}{after}"));
            read.map_err(|mut why| {
                let line = before.matches('\n').count() + 1;
                if why.line == line {
                    why.column = why.column.saturating_sub(more.chars().count()).max(1);
                }
                unreadable(&why)
            })
        }
    }
}

/// The streams of `If-Match`, each with its version.
fn if_match(headers: &HeaderMap) -> Result<Vec<(StreamId, u64)>, Problem> {
    let Some(given) = headers.get(header::IF_MATCH) else { return Ok(Vec::new()) };
    let tags = given.to_str().unwrap_or_default().split(',').map(|tag| tag.trim().trim_matches('"'));
    let read = tags.map(|tag| {
        let (stream, version) = tag.rsplit_once('@')?;
        Some((stream.parse().ok()?, version.parse().ok()?))
    });
    read.collect::<Option<_>>().ok_or_else(|| {
        let problem = Problem::usage(
            "if-match",
            "If-Match names no stream with its version",
            "write If-Match: \"contract/pennine-msk@1\", several separated by commas",
        );
        Problem { place: Some(Place::Pointer { pointer: "/If-Match".to_owned() }), ..problem }
    })
}
