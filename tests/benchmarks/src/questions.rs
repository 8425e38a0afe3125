//! Questions at random pairs of times, of a small ledger and of a large one: the lines must not make them
//! slower.

use std::time::Instant;

use api::app::{App, Times};
use chrono::{Days, NaiveDate};
use domain::actor::Actor;
use domain::time::{AsOf, Entry, KnownAt};
use projections::contracts::Contract;

use crate::Asked;
use crate::measure::{Table, median};
use crate::system::System;

/// How many pairs are asked.
const PAIRS: usize = 200;

/// The business dates that are asked: each contract on the last day of the year, which nobody has asked about
/// before; then the days of the year in a fixed stride; then its last day again, on which everything is due.
const DATES: [(&str, usize, fn(usize) -> u64); 3] = [
    ("after opening, at the year's end", 23, |_| 364),
    ("at random times", PAIRS, |pair| (pair * 37 % 365) as u64),
    ("at the year's end", PAIRS, |_| 364),
];

/// Asks both ledgers, made on SQLite, the same questions in turn.
pub async fn small_against_large(asked: &Asked, small: &System, large: &System, table: &mut Table) {
    if !table.wants("question") {
        return;
    }
    let (small, large) = (ledger(asked, small, "small").await, ledger(asked, large, "large").await);
    let against = format!("the same with {} lines", asked.small);
    for (when, pairs, date) in DATES {
        let (mut statements, mut positions) = ([vec![], vec![]], [vec![], vec![]]);
        for pair in 0..pairs {
            for (which, (app, contracts)) in [&small, &large].into_iter().enumerate() {
                let (statement, position) = ask(app, contracts, pair, date(pair)).await;
                statements[which].push(statement);
                positions[which].push(position);
            }
        }
        for (what, figures) in [("statement", &statements), ("position", &positions)] {
            for (which, of) in [("a", median as fn(&[f64]) -> f64), ("the slowest", most)] {
                let work = format!("question: {which} {what} {when}");
                table.at_most(&work, &against, of(&figures[1]), of(&figures[0]), 1.5);
            }
        }
    }
}

fn most(figures: &[f64]) -> f64 {
    figures.iter().copied().fold(0.0, f64::max)
}

/// A ledger with its contracts.
async fn ledger(asked: &Asked, system: &System, name: &str) -> (App, Vec<Contract>) {
    let file = asked.folder.join(format!("questions-{name}-{}.db", system.files().len()));
    let url = format!("sqlite:{}", file.display());
    if !file.exists() {
        system.begin(asked, &url);
        system.import(asked, &url);
    }
    let actor = Actor { person: "auditor".into(), party: "auditor".parse().unwrap(), role: "audit".into() };
    let app = App::open(&url, actor).await.unwrap();
    let contracts = app.contracts(Times { as_of: None, known_at: KnownAt::Now }).await.unwrap();
    (app, contracts)
}

/// Microseconds of a statement and of a position so many days into the year, and as known at an entry that
/// goes with the number of the pair.
async fn ask(app: &App, contracts: &[Contract], pair: usize, days: u64) -> (f64, f64) {
    let contract = &contracts[pair % contracts.len()];
    let last = app.kept().await.unwrap().entry().0;
    let awarded = contracts.iter().map(|c| c.awarded.0).max().unwrap_or_default();
    // Fixed strides through the times: the same pairs in every run.
    let day = NaiveDate::from_ymd_opt(2025, 4, 1).unwrap() + Days::new(days);
    let known = Entry(last - (pair as u64 * 61 % (last - awarded)));
    let times = Times { as_of: Some(AsOf(day)), known_at: KnownAt::Entry(known) };
    let began = Instant::now();
    app.settle(&contract.contract, contract.from, times).await.unwrap();
    let statement = began.elapsed().as_micros() as f64;
    let began = Instant::now();
    app.position(&contract.payee.party, times).await.unwrap();
    (statement, began.elapsed().as_micros() as f64)
}
