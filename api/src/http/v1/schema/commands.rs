//! Commands as they are sent, and what becomes of them.

use std::collections::BTreeSet;

use domain::verb::Command;
use serde_json::json;

use super::{Table, object, words};

pub(super) fn table() -> Table {
    let names: Vec<&str> = Command::NAMES.iter().map(|row| row.0).collect();
    let events: BTreeSet<&str> = Command::NAMES.iter().map(|row| row.1).collect();
    vec![
        ("CommandName", words("what is asked", &names)),
        ("EventName", words("what was recorded", &events.into_iter().collect::<Vec<_>>())),
        (
            "Command",
            object(
                "one command; docs/COMMANDS.md shows the body of each",
                &[
                    "command: CommandName",
                    "key?: Text",
                    "actor: Actor",
                    "recorded_at?: Moment",
                    "evidence?: [Evidence]",
                    "late_because?: Text",
                    "salt?: Text",
                    "expect?: Versions",
                    "body: Any",
                ],
            ),
        ),
        ("Versions", json!({"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}})),
        ("Done", object("what became of a command", &["entry: Entry", "events: [Happening]"])),
    ]
}

pub(super) fn verdicts() -> Table {
    vec![
        (
            "Verdict",
            object(
                "what became of a line",
                &["line: Whole", "verdict: Outcome", "entry?: Entry", "problem?: Told"],
            ),
        ),
        ("Outcome", words("the kinds of verdict", &["accepted", "duplicate", "rejected"])),
        (
            "Told",
            object(
                "a problem as every face tells it",
                &["code: Text", "message: Text", "hint: Text", "where?: Place"],
            ),
        ),
        (
            "Problem",
            object(
                "a problem (RFC 9457), with what every face tells of it",
                &[
                    "type: Text",
                    "title: Text",
                    "status: Whole",
                    "detail: Text",
                    "code: Text",
                    "message: Text",
                    "hint: Text",
                    "where?: Place",
                ],
            ),
        ),
        (
            "Place",
            json!({"description": "where a problem is", "anyOf": [
                object("in a file or body", &["file: Text", "line: Whole", "column: Whole"]),
                object("in the body of a command or the query", &["pointer: Text"]),
            ]}),
        ),
    ]
}
