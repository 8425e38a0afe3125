//! The log of calls: one JSON object on a line of standard error. Paths are logged without their queries.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use chrono::{SecondsFormat, Utc};

/// Which calls are logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Log {
    /// All.
    Calls,
    /// Those that failed through a fault of this side.
    Faults,
}

impl Log {
    /// Logs a call.
    pub(super) fn call(self, method: &Method, path: &str, status: StatusCode, took: Duration) {
        if self == Log::Calls || status.is_server_error() {
            let line = serde_json::json!({
                "at": Utc::now().to_rfc3339_opts(SecondsFormat::Micros, true),
                "level": if status.is_server_error() { "error" } else { "info" },
                "method": method.as_str(),
                "path": path,
                "status": status.as_u16(),
                "microseconds": took.as_micros() as u64,
            });
            eprintln!("{line}");
        }
    }
}
