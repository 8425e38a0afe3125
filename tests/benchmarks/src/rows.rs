//! The same rows in SQLite: batched inserts in one transaction, `synchronous=FULL`.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::Asked;
use crate::lines::Lines;
use crate::measure::Table;
use crate::system::System;

/// With a rollback journal, to which rows that are only added write nothing: a write-ahead log would take
/// every page of so long a transaction twice. A large cache, so that no page is written before it is full.
const TABLE: &str = "PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL; PRAGMA cache_size=-1000000; \
                     CREATE TABLE line (ledger TEXT NOT NULL, entry BIGINT NOT NULL, payload TEXT NOT NULL, \
                     PRIMARY KEY (ledger, entry))";

/// Imports the same lines both ways.
pub fn against_the_ledger(asked: &Asked, system: &System, table: &mut Table) {
    if !table.wants("import into SQLite") {
        return;
    }
    let (rows, file) = (asked.folder.join("rows.db"), asked.folder.join("ledger.db"));
    for old in [&rows, &file] {
        for suffix in ["", "-wal", "-shm"] {
            let _absent = std::fs::remove_file(format!("{}{suffix}", old.display()));
        }
    }
    let (lines, peer) = insert(&rows, &system.files());
    let ledger = format!("sqlite:{}", file.display());
    system.begin(asked, &ledger);
    let import = system.import(asked, &ledger);
    table.times(
        "import into SQLite, all checks included",
        "batched inserts, one transaction",
        lines,
        import.took,
        peer,
        2.0,
    );
    table.memory("memory during import into SQLite", import.peak);
    std::fs::remove_file(rows).unwrap();
}

fn insert(path: &Path, files: &[PathBuf]) -> (usize, Duration) {
    let began = Instant::now();
    let mut connection = Connection::open(path).unwrap();
    connection.execute_batch(TABLE).unwrap();
    let transaction = connection.transaction().unwrap();
    let mut entry = 0usize;
    {
        let mut insert =
            transaction.prepare("INSERT INTO line (ledger, entry, payload) VALUES ('main', ?1, ?2)").unwrap();
        let mut lines = Lines::of(files);
        while let Some(line) = lines.next() {
            entry += 1;
            insert.execute((entry as i64, serde_json::to_string(&line).unwrap())).unwrap();
        }
    }
    transaction.commit().unwrap();
    (entry, began.elapsed())
}
