//! `GET /v1/contracts/{contract}/spend`: what a contract year was spent per head, beside a baseline year.

use axum::extract::Path;
use axum::routing::{MethodRouter, get};
use domain::name::ContractId;
use domain::year::ContractYear;
use projections::spend::Spend;

use super::ask::{Asked, Call, of_year};
use super::{AS_OF, Desk, Endpoint, JSON, KNOWN_AT, Param, Unanswered, YEAR};

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    query: &[
        YEAR,
        Param::needed("against", "Year", "the year to hold it against: the baseline"),
        AS_OF,
        KNOWN_AT,
    ],
    answers: &[(200, JSON, "Spend")],
    route,
    ..super::read(
        "/v1/contracts/{contract}/spend",
        "spend",
        "What a contract year was spent per head of its population and per unit of activity, beside a baseline year",
    )
};

fn route() -> MethodRouter<Desk> {
    get(|contract: Path<String>, call: Call| of_year((contract, call), &ENDPOINT, spend))
}

async fn spend(asked: Asked, contract: ContractId, year: ContractYear) -> Result<Spend, Unanswered> {
    let against = asked.query.needed("against", "2024/25")?;
    let spend = asked.app.spend(&contract, [year, against], asked.times()).await?;
    Ok(Spend { known_at: asked.at.known_at.to_string(), ..spend })
}
