//! `GET /v1/contracts/{contract}/lines`: the activity lines behind a figure.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{MethodRouter, get};

use super::page::{CURSOR, LIMIT, Page};
use super::{AS_OF, Desk, Endpoint, JSON, KNOWN_AT, Param, Query, Unanswered};

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    query: &[
        Param::needed("month", "Month", "the month of care, such as 2025-04"),
        Param::optional("provider", "Name", "only lines of this provider"),
        Param::optional("flow", "Text", "only lines of this return: ACM, PLCM, DrPLCM, DePLCM or local"),
        Param::optional(
            "clause",
            "Text",
            "only lines that this clause pays for; `none` for those that none does",
        ),
        Param::optional(
            "where",
            "Text",
            "only lines that state this: column=value, several with a semicolon between",
        ),
        AS_OF,
        KNOWN_AT,
        LIMIT,
        CURSOR,
    ],
    answers: &[(200, JSON, "Lines")],
    route,
    ..super::read(
        "/v1/contracts/{contract}/lines",
        "lines",
        "The activity lines of a month's payable reports, with the clause that pays for each",
    )
};

fn route() -> MethodRouter<Desk> {
    get(lines)
}

async fn lines(
    State(desk): State<Desk>,
    Path(contract): Path<String>,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Unanswered> {
    super::only(&query, &ENDPOINT)?;
    let page = Page::of(&query)?;
    let wanted = query.lines(super::part(&contract)?, page.window())?;
    let at = page.at(&desk.app, query.times()?).await?;
    let found = desk.app.lines(&wanted, at.pinned()).await?;
    super::answer(&at, &headers, page.of_more(&at, found.lines, found.more))
}
