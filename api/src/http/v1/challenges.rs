//! `GET /v1/challenges`: what is disputed, for how long, and who is to act.

use axum::routing::{MethodRouter, get};
use projections::challenges::Challenge;

use super::ask::{Asked, Call, list};
use super::{Desk, Endpoint, JSON, Unanswered};

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    answers: &[(200, JSON, "Challenges")],
    route,
    ..super::read(
        "/v1/challenges",
        "challenges",
        "Every challenge with its value, age and deadline, and who is to act; what is open is not payable",
    )
};

fn route() -> MethodRouter<Desk> {
    get(|call: Call| list(call, &ENDPOINT, challenges))
}

async fn challenges(asked: Asked) -> Result<Vec<Challenge>, Unanswered> {
    Ok(asked.app.challenges(asked.times()).await?)
}
