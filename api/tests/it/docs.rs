//! What the documents show is true: every command they show can be read, and none is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use domain::request::Request;
use domain::verb::Command;

#[test]
fn every_command_is_shown_once_and_can_be_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/COMMANDS.md");
    let text = std::fs::read_to_string(path).unwrap();
    let mut shown = BTreeSet::new();
    for line in text.lines().filter(|line| line.starts_with("{\"command\"")) {
        let request = Request::from_json(line).unwrap_or_else(|why| panic!("{why}\n{line}"));
        shown.insert(request.command.name());
    }
    let all: BTreeSet<&str> = Command::NAMES.iter().map(|row| row.0).collect();
    assert_eq!(shown, all);
}

/// `docs/MECHANISMS.md` is the headers of the mechanisms, in the order of their files, each with its cases
/// and the examples that use it. With `RISKSHARE_REWRITE_MECHANISMS` set the test writes it instead of
/// comparing.
#[test]
fn the_manual_of_mechanisms_is_their_headers() {
    let mut manual = String::from(
        "# Mechanisms\n\nEvery way of paying and of sharing risk that a clause can name, from the headers of the files in\n\
         `domain/src/mechanism`, each with its cases and the examples that use it.\n",
    );
    let examples = used_in_examples();
    for file in files("domain/src/mechanism", "rs") {
        let text = std::fs::read_to_string(&file).unwrap();
        let header: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("//!")).collect();
        if !header.first().is_some_and(|line| line.starts_with(" # ")) {
            continue;
        }
        let kind = text.split("const KIND: &'static str = \"").nth(1).and_then(|rest| rest.split('"').next());
        let kind = kind.unwrap_or_else(|| panic!("{} has a page and no kind", file.display()));
        manual.push('\n');
        for (i, line) in header.iter().enumerate() {
            let line = line.strip_prefix(' ').unwrap_or(line);
            manual.push_str(&if i == 0 { format!("#{line} (`{kind}`)") } else { line.to_owned() });
            manual.push('\n');
        }
        manual.push_str(&format!("\n**Code and cases.** {}.\n", cases(&file, kind)));
        let link = |name: &String| format!("[{name}](../examples/{name})");
        let used: Vec<String> = examples.get(kind).into_iter().flatten().map(link).collect();
        if !used.is_empty() {
            manual.push_str(&format!("\n**Used in.** {}.\n", used.join(", ")));
        }
    }
    manual.push_str(&worked_examples());
    let path = root().join("docs/MECHANISMS.md");
    if std::env::var_os("RISKSHARE_REWRITE_MECHANISMS").is_some() {
        std::fs::write(&path, &manual).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(&path).unwrap_or_default(),
        manual,
        "docs/MECHANISMS.md is out of date"
    );
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The files of a folder with an ending, by name.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join(folder)).unwrap_or_else(|e| panic!("{folder}: {e}"));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|e| e == ending));
    files.sort();
    files
}

/// The mechanism's file, its tests and its table of worked inputs.
fn cases(file: &Path, kind: &str) -> String {
    let name = file.file_name().unwrap().to_string_lossy().into_owned();
    let places = [
        format!("domain/src/mechanism/{name}"),
        format!("domain/tests/it/{name}"),
        format!("domain/tests/reckoned/{kind}.yaml"),
    ];
    let there = places.iter().filter(|place| root().join(place).is_file());
    there.map(|place| format!("[{place}](../{place})")).collect::<Vec<_>>().join(", ")
}

/// The example folders by the kinds of their clauses.
fn used_in_examples() -> BTreeMap<String, BTreeSet<String>> {
    let mut used: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    // Medicare's contracts are made by the import.
    used.entry("shared_savings".to_owned()).or_default().insert("us-aco".to_owned());
    for example in crate::examples::Example::all() {
        for terms in example.terms() {
            for clause in &terms.pay {
                used.entry(clause.mechanism.kind().to_owned()).or_default().insert(example.name());
            }
        }
    }
    used
}

/// Where each of the 42 worked examples of the field is a case: every test that names its number. None is
/// left out.
fn worked_examples() -> String {
    let mut found: BTreeMap<u32, BTreeSet<String>> = BTreeMap::new();
    for folder in ["domain/tests/it", "api/tests/it"] {
        for file in files(folder, "rs") {
            let text = std::fs::read_to_string(&file).unwrap();
            let place = format!("{folder}/{}", file.file_name().unwrap().to_string_lossy());
            for line in text.lines().filter(|line| line.trim_start().starts_with("//")) {
                for after in line.split("orked example").skip(1) {
                    let numbers = after.trim_start_matches(['s', ' ']);
                    let number = numbers.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
                    if let Ok(number) = number.parse() {
                        found.entry(number).or_default().insert(place.clone());
                    }
                }
            }
        }
    }
    let missing: Vec<u32> = (1..=42).filter(|number| !found.contains_key(number)).collect();
    assert_eq!(missing, [0; 0], "the worked examples that no test carries");
    let mut table = String::from(
        "\n## Worked examples\n\nWhere the worked examples of the field are cases of the tests.\n\n| example | cases |\n|---|---|\n",
    );
    for (number, places) in found.range(1..=42) {
        let links: Vec<String> = places.iter().map(|place| format!("[{place}](../{place})")).collect();
        table.push_str(&format!("| {number:02} | {} |\n", links.join(", ")));
    }
    table
}
