//! `GET /v1/contracts/{contract}/what-if`: a contract year under other terms, or with other facts.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use projections::what_if::Changes;

use super::{AS_OF, Answer, Desk, Endpoint, JSON, KNOWN_AT, Param, Query, Unanswered, YEAR};
use crate::problem::Problem;

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    query: &[
        YEAR,
        Param::needed(
            "set",
            "Text",
            "what is otherwise: /pay/0/budget=24000000.00 in the contract's terms, CONTRACT:/pay/0/cap=5% in another's, \
             @41/value=0.80 in the fact recorded at an entry; an empty value leaves the field out; several stand one after \
             the other with `; ` between them, or in a `set` each",
        ),
        AS_OF,
        KNOWN_AT,
    ],
    answers: &[(200, JSON, "WhatIf")],
    route,
    ..super::read(
        "/v1/contracts/{contract}/what-if",
        "whatIf",
        "What a contract year would come to under other terms or with other facts, and the bridge there; records nothing",
    )
};

fn route() -> MethodRouter<Desk> {
    get(what_if)
}

async fn what_if(
    State(desk): State<Desk>,
    Path(contract): Path<String>,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Unanswered> {
    super::only(&query, &ENDPOINT)?;
    let (contract, year) = (super::part(&contract)?, query.needed("year", "2025/26")?);
    let Changes(changes) = query.needed("set", "/pay/0/budget=24000000.00")?;
    let asked = desk.app.what_if(&contract, year, &changes, query.times()?).await;
    let answer = asked.map_err(Problem::of_several)?;
    let (as_of, known_at, entry) = (answer.as_of, answer.known_at.clone(), answer.entry);
    Answer { as_of, known_at, entry, body: answer }.json(&headers)
}
