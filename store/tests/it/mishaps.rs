//! What happens to a log from outside: killed writers, broken connections, addresses that lead nowhere.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use domain::time::Entry;
use store::{Log, StoreError};
use tempfile::TempDir;
use tokio_postgres::NoTls;

use crate::bench::{Bench, amount, append};

/// Set for the process that is going to be killed: the address it writes to.
const WRITE_TO: &str = "RISKSHARE_TEST_WRITE_TO";

/// Not a test of its own: [`kill_a_writer`] runs it in a process of its own.
#[tokio::test]
async fn write_until_killed() {
    let Ok(url) = std::env::var(WRITE_TO) else {
        return;
    };
    let log = Log::open(&url).await.unwrap();
    for n in log.head().await.unwrap().entry.0.. {
        log.append(&append(&format!("{}-{n}", std::process::id()), &["a/1", "b/1"])).await.unwrap();
        println!("\nacknowledged {}-{n}", std::process::id());
    }
}

/// Kills a writing process at some moment, several times: what was acknowledged is there, and nothing is
/// there in part.
async fn kill_a_writer(bench: &Bench) {
    let mut acknowledged = Vec::new();
    for kill in 0..amount(4, 60) {
        let arguments = ["--exact", "mishaps::write_until_killed", "--nocapture"];
        let mut writer = Command::new(std::env::current_exe().unwrap())
            .args(arguments)
            .env(WRITE_TO, bench.url())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(writer.stdout.take().unwrap()).lines().map_while(Result::ok);
        let keys = lines.filter_map(|line| Some(line.strip_prefix("acknowledged ")?.to_owned()));
        let before = acknowledged.len();
        acknowledged.extend(keys.take(3 + kill % 7));
        assert!(acknowledged.len() > before, "the writer did not write");
        writer.kill().unwrap();
        writer.wait().unwrap();

        let log = bench.log().await;
        let head = log.verify().await.unwrap();
        assert_eq!(head.entry.0 % 2, 0, "half a command");
        for key in &acknowledged {
            assert!(log.command(&key.parse().unwrap()).await.unwrap().is_some(), "{key} was lost");
        }
    }
    bench.log().await.append(&append("after", &["a/1"])).await.unwrap();
}

#[tokio::test]
async fn a_killed_writer_leaves_what_it_acknowledged_on_sqlite() {
    kill_a_writer(&Bench::sqlite().await.unwrap()).await;
}

#[tokio::test]
async fn a_killed_writer_leaves_what_it_acknowledged_on_postgres() {
    if let Some(bench) = Bench::postgres().await {
        kill_a_writer(&bench).await;
    }
}

/// Connections break under four writers: each command is carried out all the same, and once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn broken_connections_are_replaced() {
    let Some(bench) = Bench::postgres().await else {
        return;
    };
    let log = bench.log().await;
    let mut writers = Vec::new();
    for w in 0..4 {
        let log = log.clone();
        writers.push(tokio::spawn(async move {
            for n in 0..50 {
                log.append(&append(&format!("{w}-{n}"), &["a/1"])).await.unwrap();
            }
        }));
    }
    let over = Arc::new(AtomicBool::new(false));
    let breaking = tokio::spawn(break_connections(bench.url(), over.clone()));
    for writer in writers {
        writer.await.unwrap();
    }
    over.store(true, Ordering::Relaxed);
    assert!(breaking.await.unwrap() >= 3);
    assert_eq!(log.verify().await.unwrap().entry, Entry(200));
}

/// Breaks all connections to a database, and again whenever some more was recorded, so that even a slow
/// machine gets on; how many were broken.
pub async fn break_connections(url: String, over: Arc<AtomicBool>) -> usize {
    let (client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
    tokio::spawn(connection);
    let breaking = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                    WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let (mut seen, mut broken) = (0, 0);
    while !over.load(Ordering::Relaxed) {
        let entry: i64 = client.query_one("SELECT entry FROM head", &[]).await.unwrap().get(0);
        if entry >= seen + 8 {
            seen = entry;
            broken += client.query(breaking, &[]).await.unwrap().len();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    broken
}

#[tokio::test]
async fn an_address_that_leads_nowhere_says_so() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("letter.txt");
    std::fs::write(&file, "Dear Sir or Madam, please find enclosed the signed contract. ".repeat(20))
        .unwrap();
    let not_a_database = Log::open(&format!("sqlite:{}", file.display())).await.unwrap_err();
    assert!(matches!(not_a_database, StoreError::Corrupt(_)), "{not_a_database}");
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("Dear"));

    let nowhere = Log::open(&format!("sqlite:{}/none/a.db", folder.path().display())).await.unwrap_err();
    assert!(matches!(nowhere, StoreError::Unavailable(_)), "{nowhere}");

    let nobody = Log::open("postgres://ada:secret@127.0.0.1:1/none").await.unwrap_err();
    assert!(matches!(nobody, StoreError::Unavailable(_)), "{nobody}");
    for error in [not_a_database, nowhere, nobody] {
        assert!(!error.to_string().contains("secret") && !error.hint().is_empty(), "{error}");
    }
}
