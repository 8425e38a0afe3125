//! One `jsonb` event a line in a keyed table of PostgreSQL: binary COPY in, COPY out with nothing decoded,
//! size.

use std::path::PathBuf;
use std::pin::pin;
use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{Json, Type};
use tokio_postgres::{Client, NoTls};

use crate::Asked;
use crate::lines::Lines;
use crate::measure::Table;
use crate::process;
use crate::system::System;

const TABLE: &str = "CREATE TABLE line (ledger text NOT NULL, entry bigint NOT NULL, payload jsonb NOT NULL, \
                     PRIMARY KEY (ledger, entry))";

/// Imports, replays and weighs the same lines both ways.
pub async fn against_the_ledger(asked: &Asked, system: &System, table: &mut Table) {
    if !(table.wants("import into PostgreSQL") || table.wants("full replay") || table.wants("storage")) {
        return;
    }
    let server = connect(&asked.postgres).await;
    for name in ["benchmark_jsonb", "benchmark_ledger"] {
        let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        server.batch_execute(&drop).await.unwrap();
        server.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE template0")).await.unwrap();
    }
    let (plain, ledger) =
        (beside(&asked.postgres, "benchmark_jsonb"), beside(&asked.postgres, "benchmark_ledger"));
    let client = connect(&plain).await;
    client.batch_execute(TABLE).await.unwrap();

    server.batch_execute("CHECKPOINT").await.unwrap();
    let (lines, peer) = copy_in(&client, &system.files()).await;
    system.begin(asked, &ledger);
    server.batch_execute("CHECKPOINT").await.unwrap();
    let import = system.import(asked, &ledger);
    table.times(
        "import into PostgreSQL, all checks included",
        "binary COPY, a jsonb event a line",
        lines,
        import.took,
        peer,
        4.0,
    );
    table.memory("memory during import into PostgreSQL", import.peak);

    let out = copy_out(&client).await;
    let check = process::run(&asked.riskshare, &["--ledger", &ledger, "check"]);
    table.times(
        "full replay: hashes, totals, projections",
        "raw COPY OUT of the jsonb rows",
        lines,
        check.took,
        out,
        15.0,
    );
    table.memory("memory during replay", check.peak);

    let size = |client, tables| size(client, tables);
    let (jsonb, ours) = (size(&client, "line").await, size(&connect(&ledger).await, "event, file").await);
    table.sizes("storage of lines, PostgreSQL", "the jsonb rows with their key", lines, ours, jsonb, 10.0);
    // The rows take most of the room that the next cases need.
    server.batch_execute("DROP DATABASE benchmark_jsonb WITH (FORCE)").await.unwrap();
}

/// A connection to one database.
pub async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// The same server, another database.
pub fn beside(server: &str, database: &str) -> String {
    let (host, _) = server.rsplit_once('/').unwrap();
    format!("{host}/{database}")
}

async fn copy_in(client: &Client, files: &[PathBuf]) -> (usize, Duration) {
    let began = Instant::now();
    let sink = client.copy_in("COPY line FROM STDIN (FORMAT binary)").await.unwrap();
    let mut rows = pin!(BinaryCopyInWriter::new(sink, &[Type::TEXT, Type::INT8, Type::JSONB]));
    let (mut lines, mut entry) = (Lines::of(files), 0i64);
    while let Some(line) = lines.next() {
        entry += 1;
        rows.as_mut().write(&[&"main", &entry, &Json(line)]).await.unwrap();
    }
    rows.finish().await.unwrap();
    (entry as usize, began.elapsed())
}

async fn copy_out(client: &Client) -> Duration {
    let began = Instant::now();
    let mut rows = pin!(client.copy_out("COPY line TO STDOUT (FORMAT binary)").await.unwrap());
    while rows.try_next().await.unwrap().is_some() {}
    began.elapsed()
}

/// Bytes of tables with their keys and what is stored out of line.
async fn size(client: &Client, tables: &str) -> u64 {
    let mut all = 0;
    for table in tables.split(", ") {
        let row =
            client.query_one("SELECT pg_total_relation_size($1::text::regclass)", &[&table]).await.unwrap();
        all += row.get::<_, i64>(0) as u64;
    }
    all
}
