//! `GET /v1/contracts/{contract}/flows`: the aggregate return of each month beside its patient-level returns.

use axum::extract::Path;
use axum::routing::{MethodRouter, get};
use domain::name::ContractId;
use domain::year::ContractYear;
use projections::flows::Returns;

use super::ask::{Asked, Call, of_year};
use super::{AS_OF, Desk, Endpoint, JSON, KNOWN_AT, Listed, Unanswered, YEAR};

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    query: &[YEAR, AS_OF, KNOWN_AT],
    answers: &[(200, JSON, "Flows")],
    route,
    ..super::read(
        "/v1/contracts/{contract}/flows",
        "flows",
        "The aggregate return of each month beside the sum of its patient-level returns",
    )
};

fn route() -> MethodRouter<Desk> {
    get(|contract: Path<String>, call: Call| of_year((contract, call), &ENDPOINT, flows))
}

async fn flows(
    asked: Asked,
    contract: ContractId,
    year: ContractYear,
) -> Result<Listed<Returns>, Unanswered> {
    Ok(Listed::whole(&asked.at, asked.app.flows(&contract, year, asked.times()).await?))
}
