//! The auditor's path: a ledger signed, exported, checked without it, restored; and every way of tampering
//! with it found, at its first bad entry.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use api::app::App;
use api::app::check::{Checked, Mismatch};
use rusqlite::Connection;
use store::proof::{Checkpoint, PublicKey};
use tempfile::TempDir;

use crate::binary::Place;
use crate::ledger::somebody;

const PENNINE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/pennine-msk");

/// A signed ledger with the Pennine example in it.
struct Signed {
    place: Place,
    public: String,
}

static SIGNED: LazyLock<Signed> = LazyLock::new(|| {
    let place = Place::new();
    let public = place.answer(&["keys", "new", "northmoor.example/riskshare"]).trim().to_owned();
    place.answer(&["--signing-key", "riskshare.key", "load", PENNINE]);
    // The file is copied by its own engine, so that nothing is left behind in a journal.
    let loaded = Connection::open(place.path().join("riskshare.db")).unwrap();
    loaded.execute("VACUUM INTO ?1", [place.path().join("untouched.db").to_str().unwrap()]).unwrap();
    Signed { place, public }
});

impl Signed {
    fn run(&self, arguments: &[&str]) -> crate::binary::Run {
        self.place.run(&[&["--signing-key", "riskshare.key"], arguments].concat())
    }

    fn answer(&self, arguments: &[&str]) -> String {
        self.place.answer(&[&["--signing-key", "riskshare.key"], arguments].concat())
    }

    fn file(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }
}

#[test]
fn a_ledger_is_exported_checked_without_it_and_restored_with_the_same_root() {
    let signed = &*SIGNED;
    let exported = signed.answer(&["export", "whole"]);
    let root = exported.split("root ").nth(1).unwrap().split(',').next().unwrap().to_owned();
    let told = signed.answer(&["verify", "whole", "--key", &signed.public]);
    assert_eq!(
        told,
        format!(
            "ledger `main`: 147 entries, root {root}\n\
             6 checkpoints signed by northmoor.example/riskshare, the last at entry 147\n\
             5 statements worked out again, 0 files of evidence held to their names\n\
             verified\n"
        )
    );
    let restored = signed.answer(&["--ledger", "sqlite:again.db", "import", "ledger", "whole"]);
    assert_eq!(restored, format!("ledger `main`: 147 entries, root {root}\n"));
    let settle = ["settle", "pennine-msk", "--year", "2013/14", "--as-of", "2014-06-30"];
    assert_eq!(
        signed.answer(&[&["--ledger", "sqlite:again.db"][..], &settle[..]].concat()),
        signed.answer(&settle)
    );
    let twice = signed.run(&["--ledger", "sqlite:again.db", "import", "ledger", "whole"]);
    assert_eq!(twice.exit, 5, "{}", twice.err);
    let unsigned = signed.place.run(&["--ledger", "sqlite:again.db", "export", "unsigned"]);
    assert!(unsigned.out.contains("not signed: give --signing-key"), "{}", unsigned.out);
    let unsigned = signed.place.run(&["verify", "unsigned", "--key", &signed.public]);
    assert_eq!(unsigned.exit, 1, "{}", unsigned.out);
    assert!(unsigned.out.contains("UNSIGNED  entries 1 to 147"), "{}", unsigned.out);
}

#[test]
fn a_statement_and_the_growth_of_the_ledger_are_proved_by_one_file_each() {
    let signed = &*SIGNED;
    // Entry 146 is the head contract's drawn-up statement.
    signed.place.write("statement.proof", signed.answer(&["proof", "--entry", "146"]));
    signed.place.write("key.txt", &signed.public);
    let told = signed.answer(&["verify", "statement.proof", "--key", "key.txt"]);
    assert!(told.contains("a proof that entry 146 is in the ledger `main`"), "{told}");
    assert!(told.contains("settlement-drawn-up") && told.ends_with("verified\n"), "{told}");
    let folder = signed.file("older");
    if !folder.is_dir() {
        signed.answer(&["export", "older"]);
    }
    let oldest =
        std::fs::read_dir(folder.join("checkpoints")).unwrap().map(|f| f.unwrap().path()).min().unwrap();
    let oldest = oldest.to_str().unwrap();
    signed.place.write("growth.proof", signed.answer(&["proof", "--since", oldest]));
    let told = signed.answer(&["verify", "growth.proof", "--key", &signed.public]);
    assert!(told.contains("at entry 147 only grew out of what it was at entry 142"), "{told}");
    let forged =
        std::fs::read_to_string(signed.file("growth.proof")).unwrap().replacen("\n147\n", "\n148\n", 1);
    signed.place.write("forged.proof", forged);
    let forged = signed.run(&["verify", "forged.proof", "--key", &signed.public]);
    assert_eq!(forged.exit, 6, "{}", forged.out);
    assert!(forged.out.ends_with("NOT verified\n"), "{}", forged.out);
}

#[test]
fn a_key_that_is_there_is_not_overwritten_and_none_is_asked_for_by_name() {
    let signed = &*SIGNED;
    let again = signed.place.run(&["keys", "new", "northmoor.example/riskshare"]);
    assert_eq!(again.exit, 7, "{}", again.err);
    let without = signed.place.run(&["checkpoint"]);
    assert_eq!(without.exit, 4, "{}", without.err);
    assert!(without.err.contains("riskshare keys new NAME"), "{}", without.err);
    let beyond = signed.run(&["proof", "--entry", "148"]);
    assert_eq!(beyond.exit, 3, "{}", beyond.err);
}

/// A copy of the signed ledger for one act of tampering.
struct Copy {
    dir: TempDir,
}

impl Copy {
    fn new() -> Copy {
        let dir = tempfile::tempdir().unwrap();
        std::fs::copy(SIGNED.file("untouched.db"), dir.path().join("copy.db")).unwrap();
        Copy { dir }
    }

    fn tamper(&self, sql: &str) {
        let connection = Connection::open(self.path()).unwrap();
        connection.execute_batch(sql).unwrap_or_else(|e| panic!("{sql}: {e}"));
        assert!(connection.total_changes() > 0, "{sql} changed nothing");
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("copy.db")
    }

    async fn check(&self, elsewhere: Option<&Checkpoint>) -> Checked {
        let app = App::open(&format!("sqlite:{}", self.path().display()), somebody()).await.unwrap();
        let key: PublicKey = SIGNED.public.parse().unwrap();
        app.check(Some(&key), elsewhere, false).await.unwrap()
    }
}

fn told(mismatches: &[Mismatch]) -> String {
    let line = |m: &Mismatch| format!("{}: {:?}: {}", m.kind, m.entry.map(|e| e.0), m.what);
    mismatches.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn an_untouched_ledger_holds() {
    let checked = Copy::new().check(None).await;
    assert_eq!(checked.mismatches, [], "{checked}");
    assert_eq!((checked.statements, checked.checkpoints), (5, 5));
}

/// What is done to the stored ledger, and what `check` then names.
const TAMPERING: &[(&str, &str)] = &[
    ("UPDATE event SET stream = 'contract/other' WHERE entry = 20", "entry 20"),
    ("UPDATE event SET version = version + 100 WHERE entry = 20", "entry 20"),
    ("UPDATE event SET recorded_at = recorded_at + 1 WHERE entry = 20", "entry 20"),
    ("UPDATE event SET person = person || 'x' WHERE entry = 20", "entry 20"),
    ("UPDATE event SET party = party || 'x' WHERE entry = 20", "entry 20"),
    ("UPDATE event SET role = role || 'x' WHERE entry = 20", "entry 20"),
    ("UPDATE event SET command_key = command_key || 'x' WHERE entry = 20", "entry 20"),
    ("UPDATE event SET kind = kind || 'x' WHERE entry = 20", "entry 20"),
    ("UPDATE event SET v = 2 WHERE entry = 20", "entry 20"),
    (
        "UPDATE event SET envelope = CAST(replace(CAST(envelope AS TEXT), '\"v\":1', '\"v\":2') AS BLOB) WHERE entry = 20",
        "entry 20",
    ),
    ("UPDATE event SET hash = zeroblob(32) WHERE entry = 20", "entry 20"),
    ("UPDATE event SET ledger = 'other' WHERE entry = 20", "entry 20"),
    ("DELETE FROM event WHERE entry = 20", "entry 20"),
    // Two events change places.
    (
        "UPDATE event SET entry = -1 WHERE entry = 20; UPDATE event SET entry = 20 WHERE entry = 30; UPDATE event SET entry = 30 WHERE entry = -1",
        "entry 20",
    ),
    // One is put in, and all after it move up.
    (
        "UPDATE event SET entry = -entry - 1 WHERE entry > 20; UPDATE event SET entry = -entry WHERE entry < 0; \
      INSERT INTO event SELECT ledger, 21, stream || 'x', version, recorded_at, person, party, role, command_key, kind, v, envelope, hash FROM event WHERE entry = 20",
        "entry 21",
    ),
    ("DELETE FROM event WHERE entry > 140", "entry 141"),
    ("UPDATE head SET entry = 140", "damaged"),
    ("UPDATE head SET frontier = zeroblob(length(frontier))", "the head does not belong to the events"),
    // The head contract's statement.
    (
        "UPDATE event SET envelope = CAST(replace(CAST(envelope AS TEXT), '21952561.72', '21952561.73') AS BLOB) WHERE entry = 146",
        "entry 146",
    ),
    ("UPDATE command SET command_key = command_key || 'x' WHERE first_entry = 20", "Some(20)"),
    ("UPDATE command SET last_entry = last_entry + 1 WHERE first_entry = 20", "Some(21)"),
    ("DELETE FROM command WHERE first_entry = 20", "Some(20)"),
    // The digest by which a command is known again: of a plain fact, of a statement drawn up, and of an
    // agreement.
    ("UPDATE command SET digest = zeroblob(32) WHERE first_entry = 20", "Some(20)"),
    ("UPDATE command SET digest = zeroblob(32) WHERE first_entry = 146", "Some(146)"),
    (
        "UPDATE checkpoint SET note = replace(note, 'ledger main', 'ledger mine') WHERE entry = 146",
        "Some(146)",
    ),
    ("UPDATE checkpoint SET entry = 139 WHERE entry = 146", "Some(139)"),
    (
        "INSERT INTO file VALUES ('main', 'aa', CAST('another minute' AS BLOB))",
        "the file aa has other content",
    ),
];

#[tokio::test]
async fn every_way_of_tampering_is_found_at_its_first_bad_entry() {
    for (sql, named) in TAMPERING {
        let copy = Copy::new();
        copy.tamper(sql);
        let url = format!("sqlite:{}", copy.path().display());
        let app = App::open(&url, somebody()).await.unwrap();
        let key: PublicKey = SIGNED.public.parse().unwrap();
        let found = match app.check(Some(&key), None, false).await {
            Ok(checked) => {
                checked.mismatches.first().map(|m| told(std::slice::from_ref(m))).unwrap_or_default()
            }
            Err(problem) => format!("{}: {}", problem.code, problem.message),
        };
        assert!(found.contains(named), "{sql}\nfound: {found}");
    }
}

/// A ledger cut short, head and all, holds by itself; the checkpoint that somebody kept names what is
/// missing.
#[tokio::test]
async fn a_truncated_tail_is_named_by_an_earlier_checkpoint() {
    let signed = &*SIGNED;
    let last = Checkpoint::read(&signed.answer(&["checkpoint"])).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("export");
    signed.answer(&["export", whole.to_str().unwrap()]);
    let short = forged(&whole, folder.path(), 140, |envelope| envelope);
    let checked = short.check(None).await;
    assert_eq!(checked.mismatches, [], "{checked}");
    let checked = short.check(Some(&last)).await;
    assert!(told(&checked.mismatches).contains("Some(141)"), "{checked}");
}

/// A ledger written again with one figure altered, every hash made anew: the figure no longer follows from
/// its working, and the checkpoint that somebody kept does not fit.
#[tokio::test]
async fn a_forged_statement_is_found_by_its_working_and_by_the_checkpoint() {
    let signed = &*SIGNED;
    let last = Checkpoint::read(&signed.answer(&["checkpoint"])).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("export");
    signed.answer(&["export", whole.to_str().unwrap()]);
    let forged = forged(&whole, folder.path(), 147, |text| text.replace("21952561.72", "21952561.73"));
    let checked = forged.check(Some(&last)).await;
    let found = told(&checked.mismatches);
    assert!(found.contains("working: Some(146)"), "{found}");
    assert!(found.contains("checkpoint: Some(147)"), "{found}");
}

/// An export made again with fewer or altered events, restored: what somebody would do who writes a ledger
/// anew.
fn forged(export: &Path, folder: &Path, entries: usize, change: impl Fn(String) -> String) -> Copy {
    let text = |name: &str| std::fs::read_to_string(export.join(name)).unwrap();
    let events: Vec<String> =
        text("events.ndjson").lines().take(entries).map(|l| change(l.to_owned())).collect();
    let hashes: Vec<[u8; 32]> = events.iter().map(|event| store::leaf_hash(event.as_bytes())).collect();
    let leaves = store::proof::Leaves::of(hashes.iter().copied()).unwrap();
    let root = leaves.root(domain::time::Entry(entries as u64)).unwrap();
    let manifest = text("ledger.json");
    let old: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    let manifest = manifest
        .replace(old["root"].as_str().unwrap(), &hex::encode(root))
        .replace("147", &entries.to_string());
    let commands: Vec<String> = text("commands.ndjson").lines().take(entries).map(str::to_owned).collect();
    let forged = folder.join("forged");
    std::fs::create_dir_all(forged.join("files")).unwrap();
    for (name, lines) in [("events.ndjson", events), ("commands.ndjson", commands)] {
        std::fs::write(forged.join(name), lines.join("\n") + "\n").unwrap();
    }
    std::fs::write(forged.join("ledger.json"), manifest).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let copy = Copy { dir };
    let url = format!("sqlite:{}", copy.path().display());
    SIGNED.answer(&["--ledger", &url, "import", "ledger", forged.to_str().unwrap()]);
    copy
}

#[tokio::test]
async fn years_are_settled_again_by_the_rules_of_now_where_that_is_asked() {
    let url = format!("sqlite:{}", SIGNED.file("riskshare.db").display());
    let app = App::open(&url, somebody()).await.unwrap();
    let checked = app.check(None, None, true).await.unwrap();
    assert_eq!(checked.differences, [], "{checked}");
    let check = SIGNED.place.run(&["check", "--rules", "as-now"]);
    assert_eq!(check.exit, 0, "{}", check.out);
    assert!(check.out.ends_with("everything holds\n"), "{}", check.out);
}
