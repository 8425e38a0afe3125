//! `/contracts/{contract}/months`: a contract year month by month, entitlement beside payments, and the
//! returns of each month beside each other.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use domain::money::Money;
use domain::time::KnownAt;
use projections::flows::Returns;
use projections::months::AtMonthEnd;

use super::frame::{Frame, OfYear};
use super::risk::none_recorded;
use super::{Desk, Query, Unanswered, show};

pub fn route() -> MethodRouter<Desk> {
    get(months)
}

#[derive(Template)]
#[template(path = "months.html")]
struct Page {
    frame: Frame,
    title: String,
    year: String,
    from: String,
    /// Names of the columns after the first.
    columns: Vec<&'static str>,
    rows: Vec<(String, Vec<String>)>,
    returns: Vec<(String, Vec<String>)>,
}

const COLUMNS: &[&str] = &["Payable", "Paid", "Balance", "Off by", "Believed then", "Learned since"];
/// How many of them there are without an earlier time to compare with.
const ALONE: usize = 4;
const RETURNS: &[&str] = &["Aggregate", "Patients", "Drugs", "Devices", "Difference"];

async fn months(
    State(desk): State<Desk>,
    Path(name): Path<String>,
    query: Query,
) -> Result<Response, Unanswered> {
    query.only(&["as_of", "known_at", "year", "from"])?;
    let page = ("months", "Month by month");
    let OfYear { contract, year, title, frame } = OfYear::of(&desk.app, &name, page, &query).await?;
    let times = frame.at.pinned();
    let from = query.get::<KnownAt>("from")?;
    let months = desk.app.months(&contract, year, from, times).await?;
    let returns = none_recorded(desk.app.flows(&contract, year, times).await)?;
    let count = if from.is_some() { COLUMNS.len() } else { ALONE };
    let show = |amount: Option<Money>, none: &str| show::amount(amount, months.currency, none);
    let row = |month: &AtMonthEnd| {
        let off = month.off.as_ref().map(|off| show::minus(&off.show_percent(1))).unwrap_or_default();
        let mut cells = vec![
            show(month.payable, "not reported"),
            show(Some(month.paid), ""),
            show(month.balance, ""),
            off,
            show(month.before, "not known"),
            show(month.change, ""),
        ];
        cells.truncate(count);
        (show::day(month.as_of.0), cells)
    };
    let returned = |one: &Returns| {
        let amounts = [one.acm, one.plcm, one.drplcm, one.deplcm, one.difference];
        let name = format!("{}, {}", one.month.first_day().format("%B %Y"), frame.name(&one.provider));
        (name, amounts.map(|amount| show(amount, "")).to_vec())
    };
    super::page(Page {
        title,
        year: year.to_string(),
        from: query.0.get("from").cloned().unwrap_or_default(),
        columns: COLUMNS[..count].to_vec(),
        rows: months.months.iter().map(row).collect(),
        returns: returns.iter().map(returned).collect(),
        frame,
    })
}
