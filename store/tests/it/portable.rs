//! The portable profile: what the log asks of its database, so that a distributed PostgreSQL can carry it
//! with the ledger as the shard (`docs/SCALE.md`). Held on the statements and migrations as they are written,
//! and on the database that they make.

use std::path::Path;

use tokio_postgres::NoTls;

use crate::bench::Bench;

/// Tables of the database as a whole, which no ledger owns.
const SHARED: &[&str] = &["schema_version"];

/// A word that some distributed PostgreSQL lacks or means otherwise, or SQLite does; `*` stands for any
/// ending.
const WORDS: &[(&str, &str)] = &[
    ("serial", "a sequence: numbers come from the head row"),
    ("bigserial", "a sequence: numbers come from the head row"),
    ("smallserial", "a sequence: numbers come from the head row"),
    ("sequence", "a sequence: numbers come from the head row"),
    ("identity", "a sequence: numbers come from the head row"),
    ("autoincrement", "a sequence: numbers come from the head row"),
    ("nextval", "a sequence: numbers come from the head row"),
    ("currval", "a sequence: numbers come from the head row"),
    ("setval", "a sequence: numbers come from the head row"),
    ("generated", "a computed column: the application computes"),
    ("pg_advisory*", "an advisory lock: lock the head row"),
    ("pg_try_advisory*", "an advisory lock: lock the head row"),
    ("lock", "a table lock: lock the head row"),
    ("nowait", "a lock mode not everywhere there"),
    ("skip", "a lock mode not everywhere there"),
    ("listen", "LISTEN/NOTIFY: a reader asks for what comes after its entry"),
    ("unlisten", "LISTEN/NOTIFY: a reader asks for what comes after its entry"),
    ("notify", "LISTEN/NOTIFY: a reader asks for what comes after its entry"),
    ("pg_notify", "LISTEN/NOTIFY: a reader asks for what comes after its entry"),
    ("savepoint", "a savepoint: the whole transaction is tried again"),
    ("release", "a savepoint: the whole transaction is tried again"),
    ("trigger", "code in the database"),
    ("function", "code in the database"),
    ("procedure", "code in the database"),
    ("call", "code in the database"),
    ("language", "code in the database"),
    ("rule", "code in the database"),
    ("references", "a foreign key: it may lead to another shard"),
    ("foreign", "a foreign key: it may lead to another shard"),
    ("exclude", "an exclusion constraint"),
    ("deferrable", "a deferred constraint"),
    ("json", "JSON in the database: payloads are sealed bytes"),
    ("jsonb", "JSON in the database: payloads are sealed bytes"),
    ("jsonb_*", "JSON in the database: payloads are sealed bytes"),
    ("json_*", "JSON in the database: payloads are sealed bytes"),
    ("xmin", "a number of one server's transactions"),
    ("xmax", "a number of one server's transactions"),
    ("ctid", "a place on one server's disk"),
    ("txid_*", "a number of one server's transactions"),
    ("pg_current_xact*", "a number of one server's transactions"),
    ("pg_snapshot*", "a number of one server's transactions"),
    ("pg_locks", "one server's locks"),
    ("materialized", "a materialized view"),
    ("view", "a view: reporting views stand outside the log"),
    ("unlogged", "a table that a crash empties"),
    ("temp", "a table of one connection"),
    ("temporary", "a table of one connection"),
    ("inherits", "inheritance of tables"),
    ("tablespace", "a place on one server's disk"),
    ("copy", "COPY, which has a protocol of its own"),
    ("truncate", "nothing recorded is ever deleted"),
    ("delete", "nothing recorded is ever deleted"),
    ("declare", "a cursor of one connection"),
    ("prepare", "a name of one connection, which a pooler does not keep"),
    ("deallocate", "a name of one connection, which a pooler does not keep"),
    ("session", "a setting of one connection, which a pooler does not keep"),
    ("now", "the database's clock: times come from the log's"),
    ("current_timestamp", "the database's clock: times come from the log's"),
    ("random", "the database's randomness"),
    ("gen_random_uuid", "the database's randomness"),
];

/// Signs that are not of the profile.
const SIGNS: &[(&str, &str)] = &[
    ("::", "a cast in PostgreSQL's own notation"),
    ("->", "an operator of JSON"),
    ("@>", "an operator of JSON or arrays"),
    ("<@", "an operator of JSON or arrays"),
    ("#>", "an operator of JSON"),
    ("&&", "an operator of arrays and ranges"),
    ("$$", "code in the database"),
];

/// What in one statement, or part of one, is outside the profile.
fn faults(statement: &str) -> Vec<String> {
    let statement = &statement.to_lowercase();
    let words: Vec<&str> =
        statement.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|w| !w.is_empty()).collect();
    let is = |word: &str, wanted: &str| match wanted.strip_suffix('*') {
        Some(beginning) => word.starts_with(beginning),
        None => word == wanted,
    };
    let of_words = WORDS.iter().filter(|(wanted, _)| words.iter().any(|word| is(word, wanted)));
    let of_signs = SIGNS.iter().filter(|(sign, _)| statement.contains(sign));
    let mut faults: Vec<String> =
        of_words.chain(of_signs).map(|(what, why)| format!("`{what}`: {why}")).collect();
    if words.windows(2).any(|pair| pair == ["do", "update"]) {
        faults.push("`DO UPDATE`: only the head is ever updated".to_owned());
    }
    match words.first() {
        Some(&"set") if statement.starts_with("set") => {
            faults.push("`SET`: a setting of one connection, which a pooler does not keep".to_owned());
        }
        Some(&"create") => faults.extend(outside_the_schema(statement, &words)),
        Some(&"select" | &"insert" | &"update") => faults.extend(across_ledgers(statement, &words)),
        _ => (),
    }
    faults
}

/// A table has TEXT, BIGINT and BYTEA that are not null, a primary key, and the ledger first in every key.
fn outside_the_schema(statement: &str, words: &[&str]) -> Vec<String> {
    let mut faults = Vec::new();
    let keys: Vec<&str> = statement
        .match_indices("primary key (")
        .chain(statement.match_indices("unique ("))
        .map(|(at, key)| &statement[at + key.len()..])
        .collect();
    let Some((_, inside)) = statement.split_once('(') else {
        return vec!["neither a table nor an index".to_owned()];
    };
    if words.contains(&"index") {
        if !inside.starts_with("ledger,") {
            faults.push("an index that does not begin with the ledger".to_owned());
        }
        return faults;
    }
    let shared = words.get(2).is_some_and(|table| SHARED.contains(table));
    if !words.windows(2).any(|pair| pair == ["primary", "key"]) {
        faults.push("a table without a primary key".to_owned());
    }
    if !shared && !keys.iter().all(|key| key.starts_with("ledger")) {
        faults.push("a key that does not begin with the ledger".to_owned());
    }
    let columns = inside.lines().map(|line| line.trim().trim_end_matches(',')).filter(|line| {
        !["primary", "unique", ")", ""]
            .iter()
            .any(|start| *line == *start || line.starts_with(&format!("{start} ")))
    });
    for column in columns.filter(|column| column.split(' ').count() > 1) {
        let mut parts = column.split(' ').skip(1);
        if !["text", "bigint", "bytea"].contains(&parts.next().unwrap_or_default()) {
            faults.push(format!("`{column}`: a type that is not TEXT, BIGINT or BYTEA"));
        }
        if !shared && column.contains("primary key") {
            faults.push(format!("`{column}`: a key of one column that is not the ledger"));
        }
        if !column.contains("not null") {
            faults.push(format!("`{column}`: a column that may be null"));
        }
    }
    faults
}

/// A statement about a ledger's rows names the ledger, as an equal or as the first column it writes.
fn across_ledgers(statement: &str, words: &[&str]) -> Vec<String> {
    let after = |word: &str| words.iter().position(|w| *w == word).and_then(|at| words.get(at + 1));
    let table =
        after("into").or_else(|| after("from")).or_else(|| after("update")).copied().unwrap_or_default();
    let first = statement.split_once('(').map_or("", |(_, inside)| inside);
    let named = match words.first() {
        Some(&"insert") => first.starts_with("ledger,"),
        _ => statement.contains("ledger = $"),
    };
    let mut faults = Vec::new();
    if !named && !SHARED.contains(&table) {
        faults.push("rows of any ledger: the statement does not name one".to_owned());
    }
    if words.first() == Some(&"update") && table != "head" {
        faults.push(format!("an update of `{table}`: only the head is ever updated"));
    }
    faults
}

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The statements of all migrations, each with the name of its file.
fn migrations() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations");
    let mut statements = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        let text = read(&format!("../migrations/{name}"));
        let code: Vec<&str> = text.lines().filter(|line| !line.starts_with("--")).collect();
        for statement in code.join("\n").split(';').map(str::trim).filter(|s| !s.is_empty()) {
            statements.push((name.clone(), statement.to_owned()));
        }
    }
    statements
}

/// Every text in the source of the statements, its tests left out.
fn texts() -> Vec<String> {
    let source = read("src/sql.rs");
    let (code, _) = source.split_once("#[cfg(test)]").unwrap();
    let code: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join("\n");
    let texts = code.split('"').skip(1).step_by(2);
    texts.map(|text| text.split("\\\n").map(str::trim_start).collect::<String>()).collect()
}

#[test]
fn every_statement_keeps_to_the_portable_profile() {
    let (texts, migrations) = (texts(), migrations());
    assert!(texts.iter().any(|text| text.starts_with("SELECT entry, recorded_at, frontier FROM head")));
    assert!(migrations.iter().any(|(_, statement)| statement.starts_with("CREATE TABLE event (")));
    let of_source = texts.into_iter().map(|text| ("sql.rs".to_owned(), text));
    for (file, statement) in of_source.chain(migrations) {
        assert_eq!(faults(&statement), [""; 0], "{file}: {statement}");
    }
}

/// The check can fail: each of these is caught, and for its own reason.
#[test]
fn statements_outside_the_profile_are_caught() {
    let event = |column: &str, key: &str| {
        format!("CREATE TABLE a (\n    ledger TEXT NOT NULL,\n    {column},\n    {key}\n)")
    };
    let key = "PRIMARY KEY (ledger, n)";
    let bad = [
        (event("n BIGSERIAL NOT NULL", key), "a sequence"),
        (event("n BIGINT NOT NULL GENERATED ALWAYS AS IDENTITY", key), "a sequence"),
        (event("n BIGINT NOT NULL REFERENCES b", key), "a foreign key"),
        (
            event("n BIGINT NOT NULL", "PRIMARY KEY (ledger, n),\n    FOREIGN KEY (n) REFERENCES b (n)"),
            "a foreign key",
        ),
        (event("n JSONB NOT NULL", key), "JSON in the database"),
        (event("n TIMESTAMPTZ NOT NULL", key), "not TEXT, BIGINT or BYTEA"),
        (event("n BIGINT", key), "may be null"),
        (event("n BIGINT NOT NULL", "PRIMARY KEY (n, ledger)"), "does not begin with the ledger"),
        (
            event("n BIGINT NOT NULL", "PRIMARY KEY (ledger, n),\n    UNIQUE (n)"),
            "does not begin with the ledger",
        ),
        (event("n BIGINT NOT NULL PRIMARY KEY", "m TEXT NOT NULL"), "that is not the ledger"),
        (event("n BIGINT NOT NULL", "m TEXT NOT NULL"), "without a primary key"),
        ("CREATE INDEX i ON event (recorded_at, ledger)".to_owned(), "does not begin with the ledger"),
        ("CREATE SEQUENCE s".to_owned(), "a sequence"),
        ("CREATE TRIGGER t BEFORE UPDATE ON event EXECUTE FUNCTION f()".to_owned(), "code in the database"),
        ("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ $$".to_owned(), "code in the database"),
        ("CALL close_year($1)".to_owned(), "code in the database"),
        ("SELECT nextval('s')".to_owned(), "a sequence"),
        ("SELECT pg_advisory_xact_lock($1)".to_owned(), "an advisory lock"),
        ("SELECT pg_try_advisory_lock($1)".to_owned(), "an advisory lock"),
        ("LOCK TABLE event".to_owned(), "a table lock"),
        ("LISTEN entries".to_owned(), "LISTEN/NOTIFY"),
        ("SELECT pg_notify('entries', $1)".to_owned(), "LISTEN/NOTIFY"),
        ("SAVEPOINT before".to_owned(), "a savepoint"),
        ("SELECT entry FROM event WHERE ledger = $1 AND xmin > $2".to_owned(), "transactions"),
        ("SELECT txid_current_snapshot()".to_owned(), "transactions"),
        ("SELECT pg_snapshot_xmin(pg_current_snapshot())".to_owned(), "transactions"),
        ("SELECT envelope->>'kind' FROM event WHERE ledger = $1".to_owned(), "an operator of JSON"),
        ("SELECT entry FROM event WHERE ledger = $1 AND envelope @> $2".to_owned(), "an operator of JSON"),
        ("SELECT entry FROM event WHERE ledger = $1 AND entry = $2::bigint".to_owned(), "a cast"),
        ("SELECT entry FROM event WHERE entry > $1".to_owned(), "does not name one"),
        ("SELECT entry FROM head FOR UPDATE SKIP LOCKED".to_owned(), "a lock mode"),
        ("INSERT INTO file (sha256, ledger, content) VALUES ($1, $2, $3)".to_owned(), "does not name one"),
        (
            "INSERT INTO head (ledger, entry) VALUES ($1, $2) ON CONFLICT (ledger) DO UPDATE SET entry = $2"
                .to_owned(),
            "only the head is ever updated",
        ),
        ("UPDATE event SET kind = $1 WHERE ledger = $2".to_owned(), "only the head is ever updated"),
        ("UPDATE head SET entry = $1".to_owned(), "does not name one"),
        ("DELETE FROM event WHERE ledger = $1".to_owned(), "ever deleted"),
        ("SET search_path TO a".to_owned(), "one connection"),
        ("PREPARE q AS SELECT 1".to_owned(), "one connection"),
        ("CREATE TEMP TABLE t (ledger TEXT NOT NULL)".to_owned(), "one connection"),
        ("COPY event FROM STDIN".to_owned(), "COPY"),
        ("INSERT INTO command (ledger, digest) VALUES ($1, now())".to_owned(), "clock"),
    ];
    for (statement, why) in bad {
        let found = faults(&statement);
        let found = found.iter().any(|fault| fault.contains(why));
        assert!(found, "{statement}: {why} is not among {:?}", faults(&statement));
    }
}

/// What the migrations make: tables with their keys and indexes. No foreign key joins two tables, so any of
/// them can be moved to the shard of its ledger.
#[tokio::test]
async fn the_database_holds_nothing_but_tables_and_their_keys() {
    let Some(bench) = Bench::postgres().await else {
        return;
    };
    bench.log().await;
    let (client, connection) = tokio_postgres::connect(&bench.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    let mine = "(SELECT oid FROM pg_namespace WHERE nspname = 'public')";
    let named = async |sql: String| -> Vec<String> {
        client.query(&sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
    };
    let tables =
        named(format!("SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = {mine}"));
    assert!(tables.await.contains(&"event".to_owned()));
    let rest = [
        // Kinds of relations besides tables and indexes; of constraints besides keys (from 18 on NOT NULL is
        // one).
        format!(
            "SELECT relname::text FROM pg_class WHERE relkind NOT IN ('r', 'i') AND relnamespace = {mine}"
        ),
        format!(
            "SELECT conname::text FROM pg_constraint WHERE contype NOT IN ('p', 'u', 'n') AND connamespace = {mine}"
        ),
        format!("SELECT proname::text FROM pg_proc WHERE pronamespace = {mine}"),
        "SELECT tgname::text FROM pg_trigger".to_owned(),
    ];
    for sql in rest {
        assert_eq!(named(sql.clone()).await, [""; 0], "{sql}");
    }
}
