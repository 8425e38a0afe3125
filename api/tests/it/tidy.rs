//! The rules of the house that no lint knows.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use domain::verb::Command;

const CRATES: [&str; 4] = ["domain", "projections", "store", "api"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every Rust file of the workspace's crates, by its path from the root.
fn sources() -> Vec<(String, String)> {
    fn below(dir: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                below(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }
    let mut paths = Vec::new();
    for name in CRATES {
        for part in ["src", "tests", "benches"] {
            let dir = root().join(name).join(part);
            if dir.is_dir() {
                below(&dir, &mut paths);
            }
        }
    }
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect()
}

/// What a crate depends on: in a section of its Cargo.toml.
fn dependencies(name: &str, section: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(root().join(name).join("Cargo.toml")).unwrap();
    let begin = format!("[{section}]");
    let lines = text.lines().skip_while(|line| *line != begin).skip(1);
    let of_section = lines.take_while(|line| !line.starts_with('['));
    let entries = of_section.filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    entries.map(|line| line.split(['=', '.', ' ']).next().unwrap().to_owned()).collect()
}

#[test]
fn crates_know_only_the_crates_below_them() {
    for (place, name) in CRATES.iter().enumerate() {
        let all = dependencies(name, "dependencies");
        assert!(!all.is_empty(), "{name} has no dependencies: was its Cargo.toml read?");
        for above in &CRATES[place..] {
            assert!(!all.contains(*above), "{name} depends on {above}");
        }
    }
    let below = dependencies("api", "dependencies");
    assert!(CRATES[..3].iter().all(|name| below.contains(*name)));
}

#[test]
fn the_domain_is_pure_and_the_faces_know_no_sql() {
    let allowed = [
        "chrono",
        "chrono-tz",
        "cqrs-es",
        "marked-yaml",
        "num-bigint",
        "num-integer",
        "num-rational",
        "num-traits",
        "rust_decimal",
        "serde",
        "serde_json",
        "thiserror",
    ];
    let domain = dependencies("domain", "dependencies");
    assert_eq!(domain, allowed.iter().map(ToString::to_string).collect(), "the domain's own dependencies");
    let projections = dependencies("projections", "dependencies");
    let allowed = ["chrono", "domain", "serde", "serde_json", "thiserror"];
    assert!(projections.iter().all(|name| allowed.contains(&name.as_str())), "{projections:?}");
    // The tests of proofs play the vandal, who goes around the store; nobody else may.
    for (section, vandal) in [("dependencies", None), ("dev-dependencies", Some("rusqlite"))] {
        let api = dependencies("api", section);
        let sql = ["rusqlite", "tokio-postgres", "postgres", "sqlx", "diesel", "sea-orm"];
        let there: Vec<&str> = sql.into_iter().filter(|name| api.contains(*name)).collect();
        assert_eq!(there, vandal.into_iter().collect::<Vec<_>>(), "{section}");
    }
}

#[test]
fn no_file_is_a_drawer_for_odds_and_ends() {
    for (name, text) in sources() {
        let stem = Path::new(&name).file_stem().unwrap().to_string_lossy().into_owned();
        let drawers = ["utils", "util", "helpers", "helper", "primitives", "common", "misc"];
        assert!(!drawers.contains(&stem.as_str()), "{name} says nothing of what is in it");
        assert!(text.lines().count() <= 600, "{name} has {} lines: split it", text.lines().count());
    }
}

#[test]
fn nothing_is_left_over_from_writing() {
    // Put together here, so that this file does not find itself.
    let left_over =
        [concat!("todo", "!("), concat!("dbg", "!("), concat!("unimplemented", "!("), concat!("FIX", "ME")];
    for (name, text) in sources() {
        for (number, line) in (1..).zip(text.lines()) {
            assert!(!left_over.iter().any(|sign| line.contains(sign)), "{name}:{number}: {line}");
            assert!(!line.trim_start().starts_with(concat!("#[ign", "ore")), "{name}:{number}: {line}");
        }
    }
}

/// Events are facts: past tense, and never that a row changed.
#[test]
fn events_say_what_happened() {
    let irregular = ["made", "set", "met", "given", "drawn-up", "recorded-in-error"];
    let kinds: BTreeSet<&str> = Command::NAMES.iter().map(|(_, kind, _)| *kind).collect();
    assert_eq!(kinds.len(), Command::NAMES.len(), "two commands make one event");
    for kind in kinds {
        let past = kind.ends_with("ed") || irregular.iter().any(|end| kind.ends_with(end));
        assert!(past, "`{kind}` is not past tense");
        let of_rows = ["created", "updated", "changed", "deleted"].iter().any(|word| kind.contains(word));
        assert!(!of_rows || kind == "ledger-created", "`{kind}` says that a row changed");
    }
}

/// A mechanism's header is its page of the manual.
#[test]
fn every_mechanism_tells_what_it_pays_when_nothing_is_due_by_which_clause_and_an_example() {
    let mechanisms: Vec<(String, String)> = sources()
        .into_iter()
        .filter(|(name, text)| name.starts_with("domain/src/mechanism/") && text.contains("impl Pays for "))
        .collect();
    assert!(mechanisms.len() >= 8, "only {} mechanisms were found", mechanisms.len());
    for (name, text) in mechanisms {
        let header: Vec<&str> = text.lines().take_while(|line| line.starts_with("//!")).collect();
        assert!(header.first().is_some_and(|title| title.starts_with("//! # ")), "{name} has no title");
        let mut at = 0;
        for section in ["**What it pays.**", "**When nothing is due.**", "**Clause.**", "**Worked example.**"]
        {
            let found = header[at..].iter().position(|line| line.starts_with(&format!("//! {section}")));
            at += found.unwrap_or_else(|| panic!("{name} has no section {section} in its place"));
        }
    }
}

/// Whatever is recorded goes through the ledger: nothing else appends to a log.
#[test]
fn there_is_one_write_path() {
    let may = |name: &str| {
        ["store/src/ledger.rs", "store/src/staging.rs", "store/src/log.rs", "store/src/lib.rs"]
            .contains(&name)
            // Restoring an export decides nothing: it records what was recorded, or nothing.
            || name == "store/src/archive.rs"
            || name.starts_with("store/tests/")
            || name.starts_with("store/src/engine/")
    };
    let calls = [".append(", ".append_all(", ".append_after("];
    let mut writers = BTreeSet::new();
    for (name, text) in sources() {
        for (number, line) in (1..).zip(text.lines()) {
            if calls.iter().any(|call| line.contains(call)) && !line.trim_start().starts_with("//") {
                assert!(
                    may(&name) || name.ends_with("it/tidy.rs"),
                    "{name}:{number} appends to a log: {line}"
                );
                writers.insert(name.clone());
            }
        }
    }
    for writer in ["store/src/ledger.rs", "store/src/staging.rs"] {
        assert!(
            writers.contains(writer),
            "{writer} no longer appends: is this test still looking for the right thing?"
        );
    }
}
