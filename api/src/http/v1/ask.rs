//! What reads of one shape have in common: an endpoint adds its question.

use std::future::Future;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::name::ContractId;
use domain::year::ContractYear;
use serde::Serialize;

use super::{Desk, Endpoint, Listed, Query, Unanswered};
use crate::app::{App, At, Times};

/// A call that reads.
pub(super) type Call = (State<Desk>, Query, HeaderMap);

/// What a question is asked with, its two times resolved.
pub(super) struct Asked {
    pub(super) app: Arc<App>,
    pub(super) query: Query,
    pub(super) at: At,
}

impl Asked {
    /// The times to ask with.
    pub(super) fn times(&self) -> Times {
        self.at.pinned()
    }
}

/// A read that is answered whole.
pub(super) async fn one<T, F>(
    (State(desk), query, headers): Call,
    endpoint: &Endpoint,
    question: impl FnOnce(Asked) -> F,
) -> Result<Response, Unanswered>
where
    T: Serialize,
    F: Future<Output = Result<T, Unanswered>>,
{
    super::only(&query, endpoint)?;
    let at = desk.app.at(query.times()?).await?;
    let answer = question(Asked { app: desk.app, query, at }).await?;
    super::answer(&at, &headers, answer)
}

/// A read that is answered with a list.
pub(super) async fn list<T, F>(
    call: Call,
    endpoint: &Endpoint,
    question: impl FnOnce(Asked) -> F,
) -> Result<Response, Unanswered>
where
    T: Serialize,
    F: Future<Output = Result<Vec<T>, Unanswered>>,
{
    one(call, endpoint, async |asked| {
        let at = asked.at;
        Ok(Listed::whole(&at, question(asked).await?))
    })
    .await
}

/// A read about a contract year, which stands in the path and the query.
pub(super) async fn of_year<T, F>(
    (Path(contract), call): (Path<String>, Call),
    endpoint: &Endpoint,
    question: impl FnOnce(Asked, ContractId, ContractYear) -> F,
) -> Result<Response, Unanswered>
where
    T: Serialize,
    F: Future<Output = Result<T, Unanswered>>,
{
    let contract: ContractId = super::part(&contract)?;
    one(call, endpoint, async |asked| {
        let year = asked.query.needed("year", "2025/26")?;
        question(asked, contract, year).await
    })
    .await
}
