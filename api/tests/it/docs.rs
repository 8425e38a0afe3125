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
