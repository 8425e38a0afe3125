//! What stands before every route: who may call, how many at once, for how long; headers that hold a browser
//! to what the pages need; one line in the log.

use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::{Desk, Unanswered, pages};

/// Nothing but our own stylesheet and forms; no script at all.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'";

const HEADERS: &[(HeaderName, &str)] = &[
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::VARY, "Accept"),
];

/// Answers a call within its limits.
pub async fn guard(State(desk): State<Desk>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let for_people = !path.starts_with("/v1") && pages::wanted(request.headers());
    let answered = if is_local(&request) {
        within_limits(&desk, request, next).await
    } else {
        let hint = "call it as localhost, 127.0.0.1 or [::1]";
        Err(Unanswered::new(
            StatusCode::MISDIRECTED_REQUEST,
            "not-this-machine",
            "this server answers to no other name",
            hint,
        ))
    };
    let mut response = match answered.and_then(told) {
        Ok(response) => response,
        Err(unanswered) if for_people => pages::problem(&unanswered),
        Err(unanswered) => unanswered.into_response(),
    };
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    let kept_by_nobody = HeaderValue::from_static("private, no-cache");
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(kept_by_nobody);
    desk.log.call(&method, &path, response.status(), started.elapsed());
    response
}

/// A problem in the one shape, where a route or the router itself answered with one.
fn told(response: Response) -> Result<Response, Unanswered> {
    if let Some(unanswered) = response.extensions().get::<Unanswered>() {
        return Err(unanswered.clone());
    }
    let hint = "the routes are in /openapi.json";
    match response.status() {
        StatusCode::NOT_FOUND => {
            Err(Unanswered::new(StatusCode::NOT_FOUND, "no-route", "nothing is served at this address", hint))
        }
        StatusCode::METHOD_NOT_ALLOWED => Err(Unanswered::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method",
            "this address does not take calls of this method",
            hint,
        )),
        status if status.is_client_error() => {
            let hint = "encode the signs in the address as %XX";
            Err(Unanswered::new(status, "unreadable", "the call cannot be read", hint))
        }
        _ => Ok(response),
    }
}

/// The call goes on by itself, so that a command is carried out whole though its caller hangs up.
async fn within_limits(desk: &Desk, request: Request, next: Next) -> Result<Response, Unanswered> {
    let unavailable = |code, message: &str, hint| {
        Err(Unanswered::new(StatusCode::SERVICE_UNAVAILABLE, code, message, hint))
    };
    let Ok(place) = desk.free.clone().try_acquire_owned() else {
        return unavailable("busy", "too many calls are being answered at once", "try again in a moment");
    };
    let call = tokio::spawn(async move {
        let response = next.run(request).await;
        drop(place);
        response
    });
    match tokio::time::timeout(desk.limits.time, call).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(_)) => Err(Unanswered::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "fault",
            "the answer could not be made, through a fault of the program",
            "please report the call that led here",
        )),
        Err(_) => unavailable(
            "too-slow",
            "the answer took too long",
            "ask a narrower question, or send the command again: with the same key it is carried out once",
        ),
    }
}

/// Whether the call names this machine: a page elsewhere can make a browser call a loopback address, under
/// its own name.
fn is_local(request: &Request) -> bool {
    let named = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let host = named.or_else(|| request.uri().host()).unwrap_or("localhost");
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}
