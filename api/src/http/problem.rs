//! A problem as HTTP tells it: `application/problem+json` (RFC 9457) to programs, a page to people.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::problem::{Exit, Problem};

/// A call that was not answered as asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unanswered {
    /// The status it comes to.
    pub status: StatusCode,
    /// Why.
    pub problem: Box<Problem>,
}

/// The body of a problem.
#[derive(Debug, Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    detail: &'a str,
    #[serde(flatten)]
    problem: &'a Problem,
}

impl Unanswered {
    /// A problem of the call itself, with a status that the command line does not know.
    pub fn new(status: StatusCode, code: &str, message: impl std::fmt::Display, hint: &str) -> Unanswered {
        Unanswered { status, problem: Box::new(Problem::usage(code, message, hint)) }
    }

    /// What kind of problem it is, in words.
    pub fn title(&self) -> &'static str {
        match self.status {
            StatusCode::BAD_REQUEST => "The call cannot be read",
            StatusCode::NOT_FOUND => "Not found",
            StatusCode::CONFLICT => "In conflict with what is recorded",
            StatusCode::PRECONDITION_FAILED => "What the command relied on has moved",
            StatusCode::UNPROCESSABLE_ENTITY => "Refused by a rule",
            StatusCode::SERVICE_UNAVAILABLE => "Not available now",
            StatusCode::INTERNAL_SERVER_ERROR => "The ledger contradicts itself",
            other => other.canonical_reason().unwrap_or("Problem"),
        }
    }
}

impl From<Problem> for Unanswered {
    fn from(problem: Problem) -> Unanswered {
        let status = match problem.exit {
            Exit::Usage => StatusCode::BAD_REQUEST,
            Exit::NotFound => StatusCode::NOT_FOUND,
            Exit::Refused | Exit::Findings => StatusCode::UNPROCESSABLE_ENTITY,
            Exit::Conflict => StatusCode::CONFLICT,
            Exit::Integrity => StatusCode::INTERNAL_SERVER_ERROR,
            Exit::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        };
        Unanswered { status, problem: Box::new(problem) }
    }
}

impl IntoResponse for Unanswered {
    fn into_response(self) -> Response {
        let body = Body {
            kind: format!("urn:riskshare:problem:{}", self.problem.code),
            title: self.title(),
            status: self.status.as_u16(),
            detail: &self.problem.message,
            problem: &self.problem,
        };
        let text = serde_json::to_string(&body).unwrap_or_default();
        let mut response = (self.status, text).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response.extensions_mut().insert(self);
        response
    }
}
