//! What the documents show is true: every command they show can be read, and none is left out.

use std::collections::BTreeSet;
use std::path::Path;

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

/// `docs/MECHANISMS.md` is the headers of the mechanisms, in the order of their files. With
/// `RISKSHARE_REWRITE_MECHANISMS` set the test writes it instead of comparing.
#[test]
fn the_manual_of_mechanisms_is_their_headers() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files: Vec<_> = std::fs::read_dir(root.join("domain/src/mechanism"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let mut manual = String::from(
        "# Mechanisms\n\nEvery way of paying and of sharing risk that a clause can name, from the headers of the files in\n\
         `domain/src/mechanism`.\n",
    );
    for file in files {
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
    }
    let path = root.join("docs/MECHANISMS.md");
    if std::env::var_os("RISKSHARE_REWRITE_MECHANISMS").is_some() {
        std::fs::write(&path, &manual).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(&path).unwrap_or_default(),
        manual,
        "docs/MECHANISMS.md is out of date"
    );
}
