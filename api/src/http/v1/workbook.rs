//! `GET /v1/contracts/{contract}/workbook`: the statement of a contract year as a workbook that recomputes
//! it.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use axum::routing::{MethodRouter, get};

use super::{AS_OF, Answer, Desk, Endpoint, KNOWN_AT, Query, Unanswered, WHICH, YEAR};
use crate::app::workbook::Which;

/// The media type of a workbook.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    query: &[YEAR, AS_OF, KNOWN_AT, WHICH],
    answers: &[(200, XLSX, "File")],
    route,
    ..super::read(
        "/v1/contracts/{contract}/workbook",
        "workbook",
        "The statement of a contract year as a workbook whose formulas recompute it; records nothing",
    )
};

fn route() -> MethodRouter<Desk> {
    get(workbook)
}

async fn workbook(
    State(desk): State<Desk>,
    Path(contract): Path<String>,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Unanswered> {
    super::only(&query, &ENDPOINT)?;
    let (contract, year) = (super::part(&contract)?, query.needed("year", "2025/26")?);
    let at = desk.app.at(query.times()?).await?;
    let which = query.get("which")?.unwrap_or(Which::Draft);
    let book = desk.app.workbook(&contract, year, which, at.pinned()).await?;
    let answer = Answer { as_of: at.as_of, known_at: at.known_at.to_string(), entry: at.entry, body: () };
    let mut response = answer.respond(&headers, XLSX, book);
    let name = format!("attachment; filename=\"{contract}-{}.xlsx\"", year.to_string().replace('/', "-"));
    if let Ok(name) = HeaderValue::from_str(&name) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}
