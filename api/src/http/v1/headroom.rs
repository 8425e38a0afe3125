//! `GET /v1/contracts/{contract}/headroom`: what a programme leaves at plan, at forecast and at worst.

use axum::extract::Path;
use axum::routing::{MethodRouter, get};
use domain::name::ContractId;
use domain::year::ContractYear;
use projections::headroom;

use super::ask::{Asked, Call, of_year};
use super::{AS_OF, Desk, Endpoint, JSON, KNOWN_AT, Param, Unanswered, YEAR};

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    query: &[
        YEAR,
        Param { meaning: "taken and told again: the question is of the whole year", ..AS_OF },
        KNOWN_AT,
    ],
    answers: &[(200, JSON, "Headroom")],
    route,
    ..super::read(
        "/v1/contracts/{contract}/headroom",
        "headroom",
        "What a programme's budget leaves at plan, at forecast and at the contractual worst case",
    )
};

fn route() -> MethodRouter<Desk> {
    get(|contract: Path<String>, call: Call| of_year((contract, call), &ENDPOINT, headroom))
}

async fn headroom(
    asked: Asked,
    contract: ContractId,
    year: ContractYear,
) -> Result<headroom::Asked, Unanswered> {
    let headroom = asked.app.headroom(&contract, year, asked.times().known_at).await?;
    Ok(headroom::Asked { known_at: asked.at.known_at.to_string(), ..headroom })
}
