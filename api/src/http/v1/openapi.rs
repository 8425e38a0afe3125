//! `GET /openapi.json`: the description of the API, made from the list of endpoints and the schemas.

use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use serde_json::{Map, Value, json};

use super::{ALL, Desk, Endpoint, JSON, Param, schema};

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    query: &[],
    headers: &[],
    answers: &[(200, JSON, "Any")],
    problems: &[503],
    route,
    ..super::read("/openapi.json", "openapi", "This description")
};

fn route() -> MethodRouter<Desk> {
    get(openapi)
}

async fn openapi() -> Response {
    ([(axum::http::header::CONTENT_TYPE, JSON)], text()).into_response()
}

/// The description as text, as it is committed in `docs/openapi.json`.
pub fn text() -> String {
    format!("{:#}\n", document())
}

/// The description.
pub fn document() -> Value {
    let mut paths = Map::new();
    for endpoint in ALL {
        let path = paths.entry(endpoint.path).or_insert_with(|| json!({}));
        path[endpoint.method] = operation(endpoint);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "riskshare",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The ledger of risk and payments under accountable-care contracts. Every read takes two \
                times, `as_of` and `known_at`, and answers with the entry they come to, in its headers and its body. \
                Money is a string with the currency's places.",
            "license": {"name": "Apache-2.0 OR MIT", "identifier": "Apache-2.0 OR MIT"},
        },
        "servers": [{"url": "http://localhost:8080", "description": "as `riskshare serve` starts it"}],
        "security": [],
        "paths": paths,
        "components": {"schemas": schema::all()},
    })
}

fn operation(endpoint: &Endpoint) -> Value {
    let inside = endpoint.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let mut parameters: Vec<Value> = inside
        .map(|name| json!({"name": name, "in": "path", "required": true, "schema": schema::named("Name")}))
        .collect();
    parameters.extend(endpoint.query.iter().map(|param| parameter(param, "query")));
    parameters.extend(endpoint.headers.iter().map(|param| parameter(param, "header")));
    let mut responses = Map::new();
    for (status, kind, name) in endpoint.answers {
        let mut content = Map::new();
        content.insert((*kind).to_owned(), json!({"schema": schema::named(name)}));
        responses.insert(status.to_string(), json!({"description": "as asked", "content": content}));
    }
    if endpoint.headers.iter().any(|param| param.name == "If-None-Match") {
        responses.insert("304".to_owned(), json!({"description": "the caller has this answer already"}));
    }
    for status in endpoint.problems {
        let content = json!({"application/problem+json": {"schema": schema::named("Problem")}});
        responses.insert(status.to_string(), json!({"description": meaning(*status), "content": content}));
    }
    let mut operation = json!({
        "operationId": endpoint.id, "summary": endpoint.summary, "parameters": parameters, "responses": responses,
    });
    if let Some((kind, name)) = endpoint.body {
        let mut content = Map::new();
        content.insert(kind.to_owned(), json!({"schema": schema::named(name)}));
        operation["requestBody"] = json!({"required": true, "content": content});
    }
    operation
}

fn parameter(param: &Param, place: &str) -> Value {
    json!({
        "name": param.name, "in": place, "required": param.needed, "description": param.meaning,
        "schema": schema::named(param.schema),
    })
}

fn meaning(status: u16) -> &'static str {
    match status {
        400 => "the call cannot be read",
        404 => "what it names is not there",
        408 => "the body did not come in time",
        409 => "a version, a key or a closed year stands against it",
        412 => "a stream named by If-Match has moved",
        413 => "the body is too long",
        415 => "the body is of another media type",
        422 => "a rule refuses it, or a needed fact is not recorded",
        500 => "the ledger contradicts itself",
        _ => "not available now; try again",
    }
}
