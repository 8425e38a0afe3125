//! Questions at random pairs of times, of a small ledger and of a large one: the lines must not make them slower.

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

/// Asks both ledgers, made on SQLite, the same questions in turn.
pub async fn small_against_large(asked: &Asked, small: &System, large: &System, table: &mut Table) {
    if !table.wants("question") {
        return;
    }
    let (small, large) = (ledger(asked, small, "small").await, ledger(asked, large, "large").await);
    let (mut settle, mut position) = ([vec![], vec![]], [vec![], vec![]]);
    for pair in 0..PAIRS {
        for (which, (app, contracts)) in [&small, &large].into_iter().enumerate() {
            let (statement, party) = ask(app, contracts, pair).await;
            settle[which].push(statement);
            position[which].push(party);
        }
    }
    let against = format!("the same with {} lines", asked.small);
    table.at_most(
        "question: a statement at random times",
        &against,
        median(&settle[1]),
        median(&settle[0]),
        1.5,
    );
    table.at_most(
        "question: a position at random times",
        &against,
        median(&position[1]),
        median(&position[0]),
        1.5,
    );
    table.at_most("question: the slowest statement", &against, most(&settle[1]), most(&settle[0]), 1.5);
    table.at_most("question: the slowest position", &against, most(&position[1]), most(&position[0]), 1.5);
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

/// Microseconds of a statement and of a position at the pair of times with this number.
async fn ask(app: &App, contracts: &[Contract], pair: usize) -> (f64, f64) {
    let contract = &contracts[pair % contracts.len()];
    let last = app.kept().await.unwrap().entry().0;
    let awarded = contracts.iter().map(|c| c.awarded.0).max().unwrap_or_default();
    // Fixed strides through the times: the same pairs in every run.
    let day = NaiveDate::from_ymd_opt(2025, 4, 1).unwrap() + Days::new((pair * 37 % 365) as u64);
    let known = Entry(last - (pair as u64 * 61 % (last - awarded)));
    let times = Times { as_of: Some(AsOf(day)), known_at: KnownAt::Entry(known) };
    let began = Instant::now();
    app.settle(&contract.contract, contract.from, times).await.unwrap();
    let statement = began.elapsed().as_micros() as f64;
    let began = Instant::now();
    app.position(&contract.payee.party, times).await.unwrap();
    (statement, began.elapsed().as_micros() as f64)
}
