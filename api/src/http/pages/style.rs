//! The one stylesheet, and the icon that browsers ask for and there is none of.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};

use super::Desk;

pub fn route() -> MethodRouter<Desk> {
    get(style)
}

async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("style.css")).into_response()
}

/// There is no icon.
pub fn icon() -> MethodRouter<Desk> {
    get(async || StatusCode::NO_CONTENT)
}
