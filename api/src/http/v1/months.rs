//! `GET /v1/contracts/{contract}/months`: a contract year month by month, entitlement beside payments.

use axum::extract::Path;
use axum::routing::{MethodRouter, get};
use domain::name::ContractId;
use domain::year::ContractYear;
use projections::months::Months;

use super::ask::{Asked, Call, of_year};
use super::{AS_OF, Desk, Endpoint, JSON, KNOWN_AT, Param, Unanswered, YEAR};

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    query: &[
        YEAR,
        Param::optional("from", "KnownAt", "an earlier time: what it believed stands beside each month"),
        AS_OF,
        KNOWN_AT,
    ],
    answers: &[(200, JSON, "Months")],
    route,
    ..super::read(
        "/v1/contracts/{contract}/months",
        "months",
        "What was payable and paid to the end of each month, how far payments were off, and what an earlier time believed",
    )
};

fn route() -> MethodRouter<Desk> {
    get(|contract: Path<String>, call: Call| of_year((contract, call), &ENDPOINT, months))
}

async fn months(asked: Asked, contract: ContractId, year: ContractYear) -> Result<Months, Unanswered> {
    let months = asked.app.months(&contract, year, asked.query.get("from")?, asked.times()).await?;
    Ok(Months { known_at: asked.at.known_at.to_string(), ..months })
}
