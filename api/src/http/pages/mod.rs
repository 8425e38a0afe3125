//! The pages: one file for each, one row in the list below. Templates are in `api/templates`; there is one
//! stylesheet and no script. Every page has the two times of its question in its address and in the bar at
//! its top.

mod chart;
mod compare;
mod contract;
mod frame;
mod history;
mod home;
mod line;
mod lines;
mod months;
mod party;
mod risk;
mod show;
mod style;
mod what_if;
mod year;

use askama::Template;
use axum::Router;
use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::MethodRouter;

use super::{Desk, Query, Unanswered};
use crate::problem::{Exit, Problem};

/// A path with the route that answers it.
type Page = (&'static str, fn() -> MethodRouter<Desk>);

/// Every page.
const ALL: &[Page] = &[
    ("/", home::route),
    ("/contracts/{contract}", contract::route),
    ("/contracts/{contract}/statement", year::route),
    ("/contracts/{contract}/months", months::route),
    ("/contracts/{contract}/compare", compare::route),
    ("/contracts/{contract}/what-if", what_if::route),
    ("/contracts/{contract}/history", history::route),
    ("/contracts/{contract}/lines", lines::route),
    ("/lines", line::route),
    ("/parties/{party}", party::route),
    ("/style.css", style::route),
    ("/favicon.ico", style::icon),
];

/// The routes of all pages.
pub fn routes() -> Router<Desk> {
    ALL.iter().fold(Router::new(), |router, (path, route)| router.route(path, route()))
}

/// Whether the caller wants a page rather than data.
pub fn wanted(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains("text/html"))
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    title: &'a str,
    message: &'a str,
    hint: &'a str,
    status: u16,
    code: &'a str,
}

/// A problem as a page, with a way back.
pub fn problem(unanswered: &Unanswered) -> Response {
    let Problem { code, message, hint, .. } = unanswered.problem.as_ref();
    let title = unanswered.title();
    let page = ProblemPage { title, message, hint, status: unanswered.status.as_u16(), code };
    match page.render() {
        Ok(text) => (unanswered.status, Html(text)).into_response(),
        Err(_) => unanswered.clone().into_response(),
    }
}

/// A page made from its template.
fn page(template: impl Template) -> Result<Response, Unanswered> {
    let text = template
        .render()
        .map_err(|e| Problem::new(Exit::Integrity, "page", e, "please report the page that led here"))?;
    Ok(Html(text).into_response())
}

/// A part of the path, read.
fn part<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T, Unanswered> {
    let hint = "go back to the list of contracts and choose from there";
    Ok(text.parse().map_err(|e: T::Err| Problem::usage("path", e, hint))?)
}
