//! `/contracts/{contract}/compare`: the bridge between two pairs of times. The time bar is the later pair.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use domain::exact::Exact;
use domain::time::{AsOf, KnownAt};
use projections::bridge::{self, Change, End};

use super::frame::{Frame, OfYear};
use super::{Desk, Query, Unanswered, show};

pub fn route() -> MethodRouter<Desk> {
    get(compare)
}

#[derive(Template)]
#[template(path = "compare.html")]
struct Page {
    frame: Frame,
    title: String,
    year: String,
    from: String,
    from_as_of: String,
    bridge: Option<Bridge>,
}

struct Bridge {
    currency: domain::money::Currency,
    from: String,
    to: String,
    payables: Vec<Row>,
    causes: Vec<Cause>,
}

struct Cause {
    what: String,
    at: Option<String>,
    changes: Vec<Row>,
}

struct Row {
    name: String,
    link: String,
    payable: bool,
    before: String,
    after: String,
    by: String,
    told: String,
}

async fn compare(
    State(desk): State<Desk>,
    Path(name): Path<String>,
    query: Query,
) -> Result<Response, Unanswered> {
    query.only(&["as_of", "known_at", "year", "from", "from_as_of"])?;
    let page = ("compare", "Compare two times");
    let OfYear { contract: id, year, title, frame } = OfYear::of(&desk.app, &name, page, &query).await?;
    let times = frame.at.pinned();
    let (from, from_as_of) = (query.get::<KnownAt>("from")?, query.get::<AsOf>("from_as_of")?);
    let bridge = match from {
        None => None,
        Some(from) => {
            let to = (times.as_of, times.known_at);
            let told = desk.app.bridge(&id, year, (from_as_of, from), to).await?;
            Some(shown(&frame, &told))
        }
    };
    let typed = |name: &str| query.0.get(name).cloned().unwrap_or_default();
    super::page(Page {
        title,
        year: year.to_string(),
        from: typed("from"),
        from_as_of: typed("from_as_of"),
        bridge,
        frame,
    })
}

fn shown(frame: &Frame, told: &bridge::Bridge) -> Bridge {
    let end = |end: &End| {
        let known = if end.known_at.starts_with('@') && end.entry == frame.at.entry {
            show::known_at(&frame.at.known_at.to_string())
        } else {
            show::known_at(&end.known_at)
        };
        format!("{}, as known {known} (entry {}),", show::day(end.as_of.0), end.entry)
    };
    let year = told.year.to_string();
    let cause = |cause: &bridge::Cause| Cause {
        what: cause.entry.map_or_else(
            || {
                format!(
                    "The business date moves from {} to {}",
                    show::day(told.from.as_of.0),
                    show::day(told.to.as_of.0)
                )
            },
            |entry| format!("{}, entry {entry}", show::event(&cause.what)),
        ),
        at: cause.recorded_at.map(|at| format!("recorded {}", at.shown(frame.at.zone))),
        changes: cause.changes.iter().map(|change| row(frame, change)).collect(),
    };
    Bridge {
        currency: told.currency,
        from: end(&told.from),
        to: end(&told.to),
        payables: told.to.payables.iter().map(|(id, after)| payable(frame, told, &year, id, after)).collect(),
        causes: told.causes.iter().map(cause).collect(),
    }
}

fn row(frame: &Frame, change: &Change) -> Row {
    let side = |side: &Option<Exact>| side.as_ref().map_or_else(|| "none".to_owned(), show::number);
    Row {
        name: frame.names.in_label(&change.name),
        link: String::new(),
        payable: change.payable,
        before: side(&change.before),
        after: side(&change.after),
        by: show::number(&change.by()),
        told: String::new(),
    }
}

fn payable(frame: &Frame, told: &bridge::Bridge, year: &str, id: &str, after: &Option<Exact>) -> Row {
    let before = told.from.payables.get(id).cloned().flatten();
    let amount = |side: &Option<Exact>| side.clone().unwrap_or_else(Exact::zero);
    let causes: Exact =
        told.causes.iter().flat_map(|c| &c.changes).filter(|c| c.line == id).map(Change::by).sum();
    let show = |side: &Option<Exact>| {
        side.as_ref().map_or_else(|| "none".to_owned(), |e| show::exact(e, told.currency))
    };
    Row {
        name: frame.names.in_subject(id.rsplit('/').next().unwrap_or(id)),
        link: frame.to_line(id, year),
        payable: true,
        before: show(&before),
        after: show(after),
        by: show::exact(&(amount(after) - amount(&before)), told.currency),
        told: show::exact(&causes, told.currency),
    }
}
