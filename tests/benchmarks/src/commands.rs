//! Commands one by one on a long stream, and of many callers at once, beside `postgres-es`.

use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use api::app::App;
use domain::actor::Actor;
use domain::request::Request;
use serde_json::json;

use crate::Asked;
use crate::jsonb::{beside, connect};
use crate::measure::{Table, median};

const EVENTS: usize = 10_000;
const COMMANDS: usize = 50;
const CALLERS: usize = 64;
const OF_A_CALLER: usize = 50;

/// Gives the same commands to both.
pub async fn against_the_peer(asked: &Asked, table: &mut Table) {
    if table.wants("one command") {
        let words = ["stream", "--events", &EVENTS.to_string(), "--commands", &COMMANDS.to_string()]
            .map(String::from);
        let theirs = median(&peer(asked, &words).await);
        let app = Arc::new(ledger(asked).await);
        pay(&app, "before", EVENTS).await;
        let mut took = Vec::new();
        for number in 0..COMMANDS {
            let began = Instant::now();
            pay(&app, &format!("then-{number}"), 1).await;
            took.push(began.elapsed().as_micros() as f64);
        }
        let work = format!("one command on a stream of {EVENTS} events, PostgreSQL");
        table.micros(&work, "postgres-es 0.5 event store", median(&took), theirs, 30.0);
    }
    if table.wants("callers") {
        let words = ["callers", "--callers", &CALLERS.to_string(), "--commands", &OF_A_CALLER.to_string()]
            .map(String::from);
        let theirs = peer(asked, &words).await[0];
        let app = Arc::new(ledger(asked).await);
        let began = Instant::now();
        let callers: Vec<_> = (0..CALLERS)
            .map(|caller| {
                let app = app.clone();
                tokio::spawn(async move { pay(&app, &format!("caller-{caller}"), OF_A_CALLER).await })
            })
            .collect();
        for caller in callers {
            caller.await.unwrap();
        }
        let all = (CALLERS * OF_A_CALLER) as f64;
        let work = format!("commands of {CALLERS} callers on one ledger, PostgreSQL, each");
        table.micros(
            &work,
            "postgres-es 0.5, a stream a caller",
            began.elapsed().as_micros() as f64 / all,
            theirs / all,
            2.0,
        );
    }
}

/// What the peer prints on a database of its own.
async fn peer(asked: &Asked, words: &[String]) -> Vec<f64> {
    let url = database(asked, "benchmark_peer").await;
    let said = Command::new(&asked.peer).arg(url).args(words).output().unwrap();
    assert!(said.status.success(), "the peer: {}", String::from_utf8_lossy(&said.stderr));
    String::from_utf8(said.stdout).unwrap().lines().map(|line| line.parse().unwrap()).collect()
}

/// A ledger with one contract, on a database of its own.
async fn ledger(asked: &Asked) -> App {
    let url = database(asked, "benchmark_commands").await;
    let actor = Actor { person: "jo".into(), party: "northmoor".parse().unwrap(), role: "finance".into() };
    let app = App::open_or_create(&url, actor).await.unwrap();
    let begin = include_str!("begin.ndjson");
    for line in begin.lines() {
        app.send(&Request::from_json(line).unwrap()).await.unwrap();
    }
    app
}

async fn database(asked: &Asked, name: &str) -> String {
    let server = connect(&asked.postgres).await;
    server.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.unwrap();
    server.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE template0")).await.unwrap();
    beside(&asked.postgres, name)
}

/// Sends so many payments, one command each, from JSON as a program would.
async fn pay(app: &App, key: &str, times: usize) {
    for number in 0..times {
        let command = json!({
            "command": "make-payment",
            "key": format!("{key}-{number}"),
            "actor": {"person": "jo.patel", "party": "northmoor", "role": "finance"},
            "body": {
                "contract": "community-nursing", "year": "2025/26", "from": "northmoor", "to": "fellside",
                "amount": "0.01", "paid_on": "2025-04-15", "reference": format!("BACS {number}"),
            },
        });
        app.send(&Request::from_json(&command.to_string()).unwrap()).await.unwrap();
    }
}
