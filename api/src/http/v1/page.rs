//! Pages of a list: an opaque cursor says where the next one begins, on the ledger as it was when the first
//! was asked for.

use domain::time::{Entry, KnownAt};

use super::{Listed, Param, Query};
use crate::app::{App, At, Times};
use crate::problem::Problem;

/// How many items a page has unless asked otherwise, and at most.
const USUAL: usize = 100;
const MOST: usize = 1000;

/// How many items a page has.
pub const LIMIT: Param =
    Param::optional("limit", "Limit", "how many items a page has: 100 if left out, at most 1,000");
/// Where a page begins.
pub const CURSOR: Param = Param::optional(
    "cursor",
    "Text",
    "`next` of the page before; the other parts of the call stay as they were",
);

/// A page as asked for.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    limit: usize,
    skip: usize,
    entry: Option<Entry>,
}

impl Page {
    /// Reads `limit` and `cursor`.
    pub fn of(query: &Query) -> Result<Page, Problem> {
        let limit: Option<usize> = query.get("limit")?;
        let limit = limit.unwrap_or(USUAL);
        if limit == 0 || limit > MOST {
            let hint = format!("write 1 to {MOST}, or leave it out");
            return Err(Problem::usage("query", format!("a page of {limit} items is not made"), hint));
        }
        let cursor: Option<String> = query.get("cursor")?;
        let Some(cursor) = cursor else { return Ok(Page { limit, skip: 0, entry: None }) };
        let (skip, entry) = opened(&cursor).ok_or_else(|| {
            let hint = "take it from `next` of the page before, unchanged";
            Problem::usage("cursor", "this cursor is none that was given out", hint)
        })?;
        Ok(Page { limit, skip, entry: Some(entry) })
    }

    /// The times of the list: those asked for, at the entry at which the first page was made.
    pub async fn at(&self, app: &App, times: Times) -> Result<At, Problem> {
        let at = app.at(times).await?;
        match self.entry {
            Some(entry) if times.known_at == KnownAt::Now && entry <= at.entry => Ok(At { entry, ..at }),
            Some(entry) if entry != at.entry => {
                let hint = "begin again without a cursor";
                Err(Problem::usage("cursor", "this cursor belongs to a list at another time", hint))
            }
            _ => Ok(at),
        }
    }

    /// How many items come before the page, and how many it has.
    pub fn window(&self) -> (usize, usize) {
        (self.skip, self.limit)
    }

    /// A page that was cut already.
    pub fn of_more<T>(&self, at: &At, items: Vec<T>, more: bool) -> Listed<T> {
        let end = self.skip.saturating_add(self.limit);
        Listed { next: more.then(|| cursor(end, at)), ..Listed::whole(at, items) }
    }

    /// The page of a list.
    pub fn cut<T>(&self, at: &At, items: Vec<T>) -> Listed<T> {
        let end = self.skip.saturating_add(self.limit);
        let next = (end < items.len()).then(|| cursor(end, at));
        let items = items.into_iter().skip(self.skip).take(self.limit).collect();
        Listed { next, ..Listed::whole(at, items) }
    }
}

fn cursor(end: usize, at: &At) -> String {
    hex::encode(format!("{end}@{}", at.entry))
}

fn opened(cursor: &str) -> Option<(usize, Entry)> {
    let text = String::from_utf8(hex::decode(cursor).ok()?).ok()?;
    let (skip, entry) = text.split_once('@')?;
    Some((skip.parse().ok()?, Entry(entry.parse().ok()?)))
}
