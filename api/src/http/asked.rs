//! What a call asks, and the answer with the times it stands for.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::name::ContractId;
use domain::time::{AsOf, Entry, KnownAt};
use serde::Serialize;

use super::Unanswered;
use crate::app::Times;
use crate::app::lines::Wanted;
use crate::problem::{Place, Problem};

/// Names that may stand several times in a query: what each says is joined by `; `.
const SEVERAL: &[&str] = &["set", "event"];

/// The query of a call, name by name. A name that is empty counts as left out, as a form sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(pub BTreeMap<String, String>);

impl Query {
    /// A value, read.
    pub fn get<T: FromStr<Err: Display>>(&self, name: &str) -> Result<Option<T>, Problem> {
        let read = |text: &String| {
            text.trim().parse().map_err(|e: T::Err| {
                let hint = format!("correct `{name}` in the address, or leave it out");
                let problem = Problem::usage("query", e, hint);
                Problem { place: Some(Place::Pointer { pointer: format!("/{name}") }), ..problem }
            })
        };
        self.0.get(name).map(read).transpose()
    }

    /// A value that must be there.
    pub fn needed<T: FromStr<Err: Display>>(&self, name: &str, such_as: &str) -> Result<T, Problem> {
        self.get(name)?.ok_or_else(|| {
            let hint = format!("add {name}={such_as}");
            let problem = Problem::usage("query", format!("`{name}` is missing from the address"), hint);
            Problem { place: Some(Place::Pointer { pointer: format!("/{name}") }), ..problem }
        })
    }

    /// The two times.
    pub fn times(&self) -> Result<Times, Problem> {
        let known_at = self.get::<KnownAt>("known_at")?.unwrap_or(KnownAt::Now);
        Ok(Times { as_of: self.get("as_of")?, known_at })
    }

    /// Which lines of a contract are asked for: so many to pass over, so many to give.
    pub fn lines(&self, contract: ContractId, (skip, limit): (usize, usize)) -> Result<Wanted, Problem> {
        let outside = self.get::<String>("clause")?.as_deref() == Some("none");
        Ok(Wanted {
            contract,
            month: self.needed("month", "2025-04")?,
            provider: self.get("provider")?,
            flow: self.get("flow")?,
            clause: if outside { None } else { self.get("clause")? },
            outside,
            columns: self.columns()?,
            skip,
            limit,
        })
    }

    /// What lines are to state, column by column.
    fn columns(&self) -> Result<Vec<(String, String)>, Problem> {
        let Some(text) = self.get::<String>("where")? else { return Ok(Vec::new()) };
        let column = |part: &str| {
            let hint = "write it as column=value, such as point_of_delivery_code=EL";
            let (name, value) = part
                .split_once('=')
                .ok_or_else(|| Problem::usage("query", format!("`{part}` asks nothing of a column"), hint))?;
            Ok((name.trim().to_lowercase(), value.trim().to_owned()))
        };
        text.split(';').map(column).collect()
    }

    /// Refuses names that mean nothing here: a mistyped `asof` would otherwise ask about today.
    pub fn only(&self, names: &[&str]) -> Result<(), Problem> {
        match self.0.keys().find(|name| !names.contains(&name.as_str())) {
            None => Ok(()),
            Some(name) => {
                let hint = format!("the names are: {}", names.join(", "));
                Err(Problem::usage("query", format!("`{name}` means nothing here"), hint))
            }
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Unanswered;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Query, Unanswered> {
        let pairs: Result<axum::extract::Query<Vec<(String, String)>>, _> =
            axum::extract::Query::try_from_uri(&parts.uri);
        let pairs = pairs
            .map_err(|e| Problem::usage("query", e, "encode signs such as / as %2F, or leave them out"))?;
        let mut values = BTreeMap::<String, String>::new();
        for (name, value) in pairs.0.into_iter().filter(|(_, value)| !value.trim().is_empty()) {
            match values.get_mut(&name) {
                None => {
                    values.insert(name, value);
                }
                Some(before) if SEVERAL.contains(&name.as_str()) => *before = format!("{before}; {value}"),
                Some(_) => {
                    let message = format!("`{name}` stands twice in the address");
                    return Err(Problem::usage("query", message, "give it once").into());
                }
            }
        }
        Ok(Query(values))
    }
}

/// An answer, with the times and the entry it stands for in its headers, and an `ETag` made of them.
#[derive(Debug)]
pub struct Answer<T> {
    /// The business date.
    pub as_of: AsOf,
    /// What the ledger knew, as asked.
    pub known_at: String,
    /// The entry that comes to.
    pub entry: Entry,
    /// The answer.
    pub body: T,
}

/// The business date of an answer.
pub const AS_OF: HeaderName = HeaderName::from_static("x-riskshare-as-of");
/// What the ledger knew.
pub const KNOWN_AT: HeaderName = HeaderName::from_static("x-riskshare-known-at");
/// The entry that comes to.
pub const ENTRY: HeaderName = HeaderName::from_static("x-riskshare-entry");

impl<T: Serialize> Answer<T> {
    /// As JSON; not at all where the caller has it already.
    pub fn json(&self, headers: &HeaderMap) -> Result<Response, Unanswered> {
        let text = serde_json::to_string(&self.body).map_err(|e| {
            Problem::new(crate::problem::Exit::Integrity, "json", e, "please report the call that led here")
        })?;
        Ok(self.respond(headers, "application/json", text))
    }
}

impl<T> Answer<T> {
    /// As a file of some kind; not at all where the caller has it already.
    pub fn respond(&self, asked: &HeaderMap, kind: &'static str, file: impl Into<Body>) -> Response {
        let tag = format!("\"{}.{}\"", self.entry, self.as_of);
        let has_it = |given: &HeaderValue| {
            let given = given.to_str().unwrap_or_default();
            given.split(',').any(|t| t.trim().trim_start_matches("W/") == tag || t.trim() == "*")
        };
        let mut response = if asked.get(header::IF_NONE_MATCH).is_some_and(has_it) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            ([(header::CONTENT_TYPE, kind)], file.into()).into_response()
        };
        let values = [
            (header::ETAG, tag),
            (AS_OF, self.as_of.to_string()),
            (KNOWN_AT, self.known_at.clone()),
            (ENTRY, self.entry.to_string()),
        ];
        for (name, value) in values {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}
