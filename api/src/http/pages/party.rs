//! `/parties/{party}`: what a party is owed and owes, and the same over time, as known then and as known now.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use domain::exact::Exact;
use domain::money::{Currency, Money};
use domain::name::PartyId;
use projections::over_time::{AtMonthEnd, OverTime};
use projections::position::Position;
use projections::reconcile::{Claimed, Reconciled};

use super::chart::{Scale, path};
use super::frame::{Frame, encoded};
use super::{Desk, Query, Unanswered, show};

pub fn route() -> MethodRouter<Desk> {
    get(party)
}

#[derive(Template)]
#[template(path = "party.html")]
struct Page {
    frame: Frame,
    position: Position,
    name: String,
    code: Option<String>,
    receivable: String,
    payable: String,
    net: String,
    owes: bool,
    rows: Vec<Row>,
    two_sides: Vec<TwoSides>,
    exposures: Vec<String>,
    chart: Chart,
    months: Vec<Month>,
}

struct Row {
    link: String,
    contract: String,
    year: String,
    with: String,
    with_name: String,
    entitled: String,
    paid: String,
    balance: String,
    disputed: String,
    result: String,
}

/// A balance as the ledger and both parties have it, from this party's side.
struct TwoSides {
    link: String,
    year: String,
    basis: String,
    with: String,
    ledger: String,
    first: String,
    second: String,
    /// Why a party says something else than the ledger.
    why: Vec<String>,
}

#[derive(Default)]
struct Chart {
    zero: i64,
    then: String,
    now: String,
    then_points: Vec<(i64, i64)>,
    now_points: Vec<(i64, i64)>,
    top: String,
    bottom: String,
    first: String,
    last: String,
}

struct Month {
    day: String,
    then: String,
    now: String,
    since: String,
}

async fn party(
    State(desk): State<Desk>,
    Path(name): Path<String>,
    query: Query,
) -> Result<Response, Unanswered> {
    query.only(&["as_of", "known_at"])?;
    let id: PartyId = super::part(&name)?;
    let frame = Frame::of(&desk.app, format!("/parties/{}", encoded(&name)), &query).await?;
    let times = frame.at.pinned();
    let position = desk.app.position(&id, times).await?;
    let over_time = desk.app.over_time(&id, times).await?;
    let two_sides = two_sides(&desk, &frame, &position).await?;
    let parties = desk.app.organisations(times).await?;
    let known = parties.iter().find(|p| p.party == id);
    let (name, code) = known.map_or((name, None), |p| (p.name.clone(), p.code.clone()));
    let frame = frame.titled(name.clone(), &[]);
    let currency = position.currency;
    super::page(Page {
        receivable: show::money(position.receivable, currency),
        payable: show::money(position.payable, currency),
        net: show::money(position.net, currency),
        owes: position.net.is_negative(),
        rows: rows(&frame, &position),
        two_sides,
        exposures: exposures(&frame, &position),
        chart: chart(&over_time),
        months: months(&over_time),
        name,
        code,
        position,
        frame,
    })
}

/// What this party and each other says of what they owe each other, where one of them says anything.
async fn two_sides(desk: &Desk, frame: &Frame, position: &Position) -> Result<Vec<TwoSides>, Unanswered> {
    let others: BTreeSet<&PartyId> = position.rows.iter().map(|row| &row.counterparty).collect();
    let mut all = Vec::new();
    for with in others {
        let reconciled = desk.app.reconcile(&position.party, with, frame.at.pinned()).await?;
        all.extend(reconciled.iter().map(|one| TwoSides::of(frame, position.currency, with, one)));
    }
    Ok(all)
}

impl TwoSides {
    fn of(frame: &Frame, currency: Currency, with: &PartyId, one: &Reconciled) -> TwoSides {
        let show = |amount: &Exact| show::exact(amount, currency);
        let says = |claimed: &Option<Claimed>| {
            claimed.as_ref().map_or_else(|| "says nothing".to_owned(), |claimed| show(&claimed.says))
        };
        let why = |claimed: &Claimed| {
            let explained = claimed.explained.iter().map(|why| {
                let entry = why.entry.map(|entry| format!(", entry {entry}")).unwrap_or_default();
                format!("{}{entry}: {}", show::event(&why.what), show(&why.amount))
            });
            let mut told: Vec<String> = explained.collect();
            if !claimed.unexplained.is_zero() {
                told.push(format!("not explained: {}", show(&claimed.unexplained)));
            }
            (!told.is_empty()).then(|| format!("{} – {}", frame.name(&claimed.party), told.join("; ")))
        };
        TwoSides {
            link: frame.to_year(one.contract.as_str(), &one.year.to_string()),
            year: frame.contract_year(&one.contract, one.year),
            basis: show::event(&one.basis.to_string()),
            with: frame.name(with),
            ledger: one.ledger.as_ref().map_or_else(|| "not reported".to_owned(), show),
            first: says(&one.first),
            second: says(&one.second),
            why: [&one.first, &one.second].into_iter().flatten().filter_map(why).collect(),
        }
    }
}

fn rows(frame: &Frame, position: &Position) -> Vec<Row> {
    let show = |amount, none| show::amount(amount, position.currency, none);
    let row = |row: &projections::position::Row| Row {
        link: frame.to_year(row.contract.as_str(), &row.year.to_string()),
        contract: frame.contract(&row.contract),
        year: show::year(row.year),
        with: frame.to_party(row.counterparty.as_str()),
        with_name: frame.name(&row.counterparty),
        entitled: show(row.entitled, "not reported"),
        paid: show(Some(row.paid), ""),
        balance: show(row.balance, "not reported"),
        disputed: show(Some(row.disputed), ""),
        result: show(row.result, ""),
    };
    position.rows.iter().map(row).collect()
}

fn exposures(frame: &Frame, position: &Position) -> Vec<String> {
    let mut told = Vec::new();
    for row in &position.rows {
        let (name, exposure) = (frame.contract_year(&row.contract, row.year), &row.exposure);
        let money = |amount| show::money(amount, position.currency);
        if exposure.max_gain != Money::ZERO {
            told.push(format!("{name}: up to {} more to gain", money(exposure.max_gain)));
        }
        if let Some(loss) = exposure.max_loss.filter(|loss| *loss != Money::ZERO) {
            told.push(format!("{name}: up to {} more to lose", money(loss)));
        }
        if exposure.unbounded {
            told.push(format!("{name}: no limit to what could be lost ({})", exposure.reason));
        }
    }
    told.dedup();
    told
}

fn chart(over_time: &OverTime) -> Chart {
    let amounts =
        over_time.months.iter().flat_map(|m| [m.known_then, m.known_now]).flatten().map(Exact::from);
    let amounts: Vec<Exact> = amounts.collect();
    let Some(last) = over_time.months.len().checked_sub(1) else { return Chart::default() };
    let scale = Scale::over(amounts.iter(), 206, 26);
    let place = |i: usize| 8 + i64::try_from(i * 424 / last.max(1)).unwrap_or(0);
    let points = |of: fn(&AtMonthEnd) -> Option<Money>| -> Vec<Option<(i64, i64)>> {
        let months = over_time.months.iter().enumerate();
        months.map(|(i, m)| Some((place(i), scale.at(&of(m)?.into())))).collect()
    };
    let (then, now) = (points(|m| m.known_then), points(|m| m.known_now));
    let ends: Vec<String> = over_time.months.iter().map(|m| m.as_of.0.format("%b %Y").to_string()).collect();
    let show = |amount: &Exact| show::exact(amount, over_time.currency);
    Chart {
        zero: scale.at(&Exact::zero()),
        then: path(&then),
        now: path(&now),
        then_points: then.into_iter().flatten().collect(),
        now_points: now.into_iter().flatten().collect(),
        top: show(&scale.high()),
        bottom: show(&scale.low()),
        first: ends.first().cloned().unwrap_or_default(),
        last: ends.last().cloned().unwrap_or_default(),
    }
}

fn months(over_time: &OverTime) -> Vec<Month> {
    let currency: Currency = over_time.currency;
    let show = |amount| show::amount(amount, currency, "no contract yet");
    let row = |month: &AtMonthEnd| {
        let since =
            month.known_now.zip(month.known_then).map(|(now, then)| Exact::from(now) - Exact::from(then));
        let since = since.filter(|by| !by.is_zero());
        Month {
            day: show::day(month.as_of.0),
            then: show(month.known_then),
            now: show(month.known_now),
            since: since.map_or_else(String::new, |by| show::exact(&by, currency)),
        }
    };
    over_time.months.iter().map(row).collect()
}
