//! The command line as people and programs meet it.

use std::path::PathBuf;

use insta::assert_snapshot;
use serde_json::{Value, json};
use store::StoreError;

use crate::binary::Place;
use crate::ledger::line;

const CARE: &str = r#"contract: care
title: Community care, one budget
parties: {commissioner: northmoor, lead: tarn-lead}
years: {kind: nhs, from: 2024/25, to: 2025/26}
rounding: {unit: 0.01, at: line}
outcomes:
  - {indicator: score, direction: higher, floor: 0, target: 1}
pay:
  - {clause: "1", kind: core, budget: "1200000.00", withheld: 10%}
  - {clause: "2", kind: outcome_pot, of: core.withheld, score: score, deadline: 90 days, late: zero}
"#;

fn pennine() -> String {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples/pennine-msk").display().to_string()
}

/// A folder with the contract `care` awarded, its year measured and 1,080,000.00 paid.
fn care() -> (Place, Vec<String>) {
    let place = Place::new();
    let parties: Vec<String> = ["northmoor", "tarn-lead"]
        .iter()
        .map(|p| {
            line(
                "register-party",
                &format!("register:{p}"),
                &format!(r#"{{"party":"{p}","name":"The {p}"}}"#),
            )
        })
        .collect();
    place.write("parties.ndjson", parties.join("\n"));
    place.write("care.yaml", CARE);
    let facts = [
        line(
            "measure-outcome",
            "score",
            r#"{"contract":"care","indicator":"score","period":"2024/25","value":"0.75"}"#,
        ),
        line(
            "make-payment",
            "paid",
            r#"{"contract":"care","year":"2024/25","from":"northmoor","to":"tarn-lead","amount":"1080000.00","paid_on":"2025-03-15"}"#,
        ),
    ];
    place.write("facts.ndjson", facts.join("\n"));
    let said = vec![
        place.answer(&["apply", "parties.ndjson"]),
        place.answer(&["award", "care.yaml", "--signed-on", "2024-03-01"]),
        place.answer(&["apply", "facts.ndjson"]),
    ];
    (place, said)
}

#[test]
fn the_demo_ends_with_a_year_settled_to_the_penny() {
    let run = Place::new().run(&["demo", "--no-serve"]);
    assert_eq!(run.exit, 0, "{}", run.err);
    let titles = run.out.lines().filter(|l| l.starts_with("Contract pennine-")).count();
    assert_eq!(titles, 5, "a head statement and four of subcontracts");
    for said in [
        "northmoor to msk-partnership: payable £21,952,561.72, paid £20,700,000.00, balance £1,252,561.72",
        "stop-loss-pool to msk-partnership: payable £35,000.00, paid £35,000.00, balance £0.00",
        "msk-partnership to harrowfell-hospitals: payable £10,278,000.00, paid £9,800,000.00, balance £478,000.00",
        "msk-partnership to tarnbeck-surgical: payable £3,225,123.45, paid £3,100,000.00, balance £125,123.45",
        "msk-partnership to millrace-physio: payable £2,400,000.00, paid £2,400,000.00, balance £0.00",
        "msk-partnership to moorland-support: payable £175,000.00, paid £150,000.00, balance £25,000.00",
        "Balances of all parties sum to 0.00, results to 16,850,000.00.",
    ] {
        assert!(run.out.lines().any(|l| l == said), "missing: {said}\n{}", run.out);
    }
    let result = run.out.lines().find(|l| l.contains("Result: msk-partnership")).unwrap();
    assert!(result.contains(" -240,561.73 "), "{result}");
    for (party, net) in [
        ("northmoor", "-£1,252,561.72"),
        ("msk-partnership", "£624,438.27"),
        ("harrowfell-hospitals", "£478,000.00"),
        ("tarnbeck-surgical", "£125,123.45"),
        ("millrace-physio", "£0.00"),
        ("moorland-support", "£25,000.00"),
        ("stop-loss-pool", "£0.00"),
    ] {
        let title = format!("Position of {party} in GBP");
        let position = run.out.split(&title).nth(1).unwrap_or_else(|| panic!("no position of {party}"));
        let sums = position.lines().find(|l| l.starts_with("  to receive")).unwrap();
        assert!(sums.ends_with(&format!("net {net}")), "{party}: {sums}");
    }
    assert_snapshot!("demo", run.out);
}

#[test]
fn a_contract_from_award_to_settlement() {
    let (place, mut said) = care();
    let mut ask = |arguments: &[&str]| {
        said.push(format!("$ riskshare {}\n{}", arguments.join(" "), place.answer(arguments)));
    };
    ask(&["settle", "care", "--year", "2024/25", "--as-of", "2024-09-30"]);
    ask(&["settle", "care", "--year", "2024/25", "--as-of", "2025-06-30"]);
    ask(&["settle", "care", "--year", "2024/25", "--as-of", "2025-06-30", "--known-at", "@4"]);
    ask(&["settlements", "--as-of", "2025-06-30"]);
    ask(&["settlements", "--draft", "--as-of", "2025-06-30"]);
    ask(&["draw-up", "care", "--year", "2024/25", "--as-of", "2025-06-30"]);
    ask(&["draw-up", "care", "--year", "2024/25", "--as-of", "2025-06-30"]);
    ask(&["settlements", "--as-of", "2025-06-30"]);
    ask(&["settle", "care", "--year", "2024/25", "--as-of", "2025-06-30"]);
    ask(&["position", "--party", "tarn-lead", "--as-of", "2025-03-31"]);
    ask(&["position", "--party", "northmoor", "--as-of", "2025-03-31", "--output", "csv"]);
    ask(&["history", "care", "--as-of", "2025-06-30"]);
    ask(&["history", "care", "--as-of", "2025-01-31"]);
    assert_snapshot!("award_to_settlement", said.join("\n"));
}

#[test]
fn commands_sent_twice_are_recorded_once() {
    let (place, _) = care();
    assert_eq!(
        place.answer(&["apply", "facts.ndjson"]),
        "line 1: recorded before, entry 5\nline 2: recorded before, entry 6\n0 accepted, 2 recorded before, 0 rejected\n"
    );
    assert_eq!(
        place.answer(&["award", "care.yaml", "--signed-on", "2024-03-01"]),
        "care was awarded before, entry 4\n"
    );
}

#[test]
fn an_example_is_loaded_once_however_often_it_is_asked() {
    let place = Place::new();
    let first = place.answer(&["load", &pennine()]);
    assert_eq!(first, "pennine-msk: 147 recorded, 0 there already, in sqlite:riskshare.db\n");
    let again = place.answer(&["load", &pennine()]);
    assert_eq!(again, "pennine-msk: 0 recorded, 147 there already, in sqlite:riskshare.db\n");
    let settle =
        ["settle", "pennine-msk", "--year", "2013/14", "--as-of", "2013-09-30", "--known-at", "2013-09-30"];
    assert_snapshot!("half_year", place.answer(&settle));
    let history = ["history", "pennine-vcs", "--as-of", "2013-06-30", "--known-at", "2013-06-30"];
    assert_snapshot!("history_as_known", place.answer(&history));
}

#[test]
fn every_example_is_loaded_into_a_ledger_of_its_own() {
    let place = Place::new();
    let examples = PathBuf::from(pennine()).parent().unwrap().display().to_string();
    let said = place.answer(&["load", "--each", &examples, "--into", "ledgers"]);
    assert!(
        said.contains("pennine-msk: 147 recorded, 0 there already, in sqlite:ledgers/pennine-msk.db\n"),
        "{said}"
    );
    let ledger = "sqlite:ledgers/pennine-msk.db";
    assert!(said.contains("us-aco: 143 recorded, 0 there already, in sqlite:ledgers/us-aco.db\n"), "{said}");
    // The same place where none is named, and nothing is recorded twice.
    let again = place.answer(&["load", "--each", &examples]);
    assert_eq!(again.lines().count(), said.lines().count());
    assert!(
        again.lines().all(|line| line.contains(": 0 recorded, ") && line.contains("sqlite:ledgers/")),
        "{again}"
    );
    let list = place.answer(&["--ledger", ledger, "settlements", "--as-of", "2014-06-30"]);
    assert!(list.starts_with("contract,year,from,to,payable"), "{list}");
    assert!(list.contains("\npennine-msk,2013/14,northmoor,msk-partnership,21952561.72,"), "{list}");
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

#[test]
fn a_statement_as_json_has_the_shape_that_is_promised() {
    let (place, _) = care();
    let settle = ["settle", "care", "--year", "2024/25", "--as-of", "2025-06-30", "--output", "json"];
    let statement = parsed(&place.answer(&settle));
    let promised = [
        "as_of",
        "complete",
        "contract",
        "currency",
        "engine",
        "entry",
        "known_at",
        "lines",
        "notes",
        "payables",
        "rounding",
        "schedule",
        "stage",
        "status",
        "terms_version",
        "title",
        "under",
        "year",
    ];
    assert_eq!(keys(&statement), promised);
    let head = [
        ("contract", json!("care")),
        ("under", Value::Null),
        ("year", json!("2024/25")),
        ("as_of", json!("2025-06-30")),
        ("known_at", json!("now")),
        ("entry", json!(6)),
        ("status", json!("draft")),
        ("stage", json!("freeze")),
        ("complete", json!(true)),
        ("currency", json!("GBP")),
        ("terms_version", json!(1)),
        ("engine", json!(format!("riskshare {}", env!("CARGO_PKG_VERSION")))),
        ("rounding", json!({"unit": "0.01", "at": "line"})),
    ];
    for (name, expected) in head {
        assert_eq!(statement[name], expected, "{name}");
    }
}

#[test]
fn the_lines_of_a_statement_as_json_have_the_shape_that_is_promised() {
    let (place, _) = care();
    let settle = ["settle", "care", "--year", "2024/25", "--as-of", "2025-06-30", "--output", "json"];
    let statement = parsed(&place.answer(&settle));
    // 1,080,000.00 + 0.75 x 120,000.00 = 1,170,000.00, of which 1,080,000.00 is paid.
    assert_eq!(
        statement["payables"],
        json!([{"from": "northmoor", "to": "tarn-lead", "entitled": "1170000.00", "paid": "1080000.00", "balance": "90000.00"}])
    );
    assert_eq!(statement["schedule"].as_array().unwrap().len(), 12);
    assert_eq!(
        statement["schedule"][0],
        json!({"month": "2024-04", "stream": "1", "amount": "90000.00", "arrears": "0.00"})
    );
    let line = |id: &str| {
        let lines = statement["lines"].as_array().unwrap();
        lines.iter().find(|l| l["id"] == id).unwrap_or_else(|| panic!("no line {id}")).clone()
    };
    assert_eq!(
        line("care/1/withheld"),
        json!({
            "id": "care/1/withheld", "n": 2, "name": "withheld", "subject": null, "clause": "1", "kind": "money",
            "value": "120000.00", "exact": "120000", "unit": "GBP", "by_stage": null, "state": "ok",
            "working": {
                "text": "10% of line 1",
                "expr": {"op": "mul", "args": [{"const": "0.1"}, "care/1/budget"]},
            },
            "sources": [],
        })
    );
    assert_eq!(line("care/2/measured/score")["sources"], json!([5]));
    assert_eq!(line("care/2/score/score")["kind"], json!("rate"));
    assert_eq!(line("care/2/score/score")["value"], json!("0.75"));
    for line in statement["lines"].as_array().unwrap() {
        assert_eq!(
            keys(line),
            [
                "by_stage", "clause", "exact", "id", "kind", "n", "name", "sources", "state", "subject",
                "unit", "value", "working"
            ]
        );
    }
}

#[test]
fn a_position_as_json_has_the_shape_that_is_promised() {
    let (place, _) = care();
    let ask =
        ["position", "--party", "tarn-lead", "--as-of", "2025-03-31", "--known-at", "@6", "--output", "json"];
    let expected = json!({
        "party": "tarn-lead", "as_of": "2025-03-31", "known_at": "@6", "entry": 6, "currency": "GBP",
        "rows": [{
            "contract": "care", "year": "2024/25", "counterparty": "northmoor", "entitled": "1170000.00",
            "by_stage": null, "disputed": "0.00", "paid": "1080000.00", "balance": "90000.00", "accrued": "0.00",
            "result": "1170000.00",
            "exposure": {"max_gain": "0.00", "max_loss": "0.00", "unbounded": false, "reason": ""},
        }],
        "receivable": "90000.00", "payable": "0.00", "net": "90000.00",
    });
    assert_eq!(parsed(&place.answer(&ask)), expected);
}

#[test]
fn verdicts_and_problems_as_json_have_the_shape_that_is_promised() {
    let (place, _) = care();
    place.write(
        "mixed.ndjson",
        [
            line("register-party", "new", r#"{"party":"new","name":"New"}"#),
            line("register-party", "again", r#"{"party":"tarn-lead","name":"Again"}"#),
        ]
        .join("\n"),
    );
    let run = place.run(&["apply", "mixed.ndjson", "--output", "json"]);
    assert_eq!(run.exit, 1);
    let verdicts: Vec<Value> = run.out.lines().map(parsed).collect();
    let problem = json!({
        "code": "party-exists", "message": "party `tarn-lead` is already registered",
        "hint": "use it, or choose another name", "where": {"file": "mixed.ndjson", "line": 2, "column": 118},
    });
    assert_eq!(
        verdicts,
        [
            json!({"line": 1, "verdict": "accepted", "entry": 7}),
            json!({"line": 2, "verdict": "rejected", "problem": problem})
        ]
    );
    let run = place.run(&["settle", "other", "--year", "2024/25", "--output", "json"]);
    assert_eq!((run.exit, run.out.as_str()), (3, ""));
    assert_eq!(
        parsed(&run.err),
        json!({
            "code": "unknown-contract", "message": "there is no contract `other` in this ledger",
            "hint": "award it first, or check its name", "where": {"pointer": "/contract"},
        })
    );
}

/// One call for each way in which a run can end.
#[test]
fn every_exit_code_is_reached() {
    let (place, _) = care();
    let ended = |arguments: &[&str]| {
        let run = place.run(arguments);
        assert_eq!(run.exit == 0, run.err.is_empty(), "{arguments:?}\n{}", run.err);
        run.exit
    };
    assert_eq!(ended(&["settle", "care", "--year", "2024/25"]), 0);
    place.write("bad.ndjson", "{}\n");
    assert_eq!(place.run(&["apply", "bad.ndjson"]).exit, 1);
    assert_eq!(ended(&["settle", "care", "--year", "2024-25"]), 2);
    assert_eq!(ended(&["settle"]), 2);
    assert_eq!(ended(&["position", "--party", "nobody"]), 3);
    assert_eq!(ended(&["--ledger", "sqlite:elsewhere.db", "settle", "care", "--year", "2024/25"]), 3);
    assert_eq!(ended(&["draw-up", "care", "--year", "2024/25", "--as-of", "2025-03-30"]), 4);
    assert_eq!(ended(&["draw-up", "care", "--year", "2024/25", "--as-of", "2025-06-30"]), 0);
    assert_eq!(ended(&["draw-up", "care", "--year", "2024/25", "--as-of", "2025-07-31"]), 5);
    assert_eq!(
        ended(&["--ledger", "postgres://nobody@127.0.0.1:1/none", "settle", "care", "--year", "2024/25"]),
        7
    );
    tamper(&place, r#""amount":"1080000.00""#, r#""amount":"1800000.00""#);
    assert_eq!(ended(&["settle", "care", "--year", "2024/25", "--as-of", "2025-06-30"]), 6);
}

/// Changes an event in the ledger's file without the ledger.
fn tamper(place: &Place, sealed: &str, forged: &str) {
    assert_eq!(sealed.len(), forged.len());
    let path = place.path().join("riskshare.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let found: Vec<usize> =
        (0..bytes.len() - sealed.len()).filter(|&at| bytes[at..].starts_with(sealed.as_bytes())).collect();
    assert!(!found.is_empty(), "the file holds no {sealed}");
    for at in found {
        bytes[at..at + forged.len()].copy_from_slice(forged.as_bytes());
    }
    std::fs::write(&path, bytes).unwrap();
}

/// A changed event is found by whoever reads it, and nothing is built on it.
#[test]
fn a_tampered_event_is_told_and_nothing_is_recorded_after_it() {
    let (place, _) = care();
    tamper(&place, r#""amount":"1080000.00""#, r#""amount":"1800000.00""#);
    place.write("more.ndjson", line("register-party", "more", r#"{"party":"more","name":"More"}"#));
    for arguments in [
        &["settle", "care", "--year", "2024/25", "--as-of", "2025-06-30"][..],
        &["position", "--party", "tarn-lead"],
        &["history", "care"],
        &["settlements"],
        &["apply", "more.ndjson"],
        &["draw-up", "care", "--year", "2024/25"],
    ] {
        let run = place.run(arguments);
        assert_eq!(
            (run.exit, run.err.as_str()),
            (
                6,
                "error: the log is damaged: entry 6 is not what was sealed\n\
                 hint: stop writing to it, and compare it with a backup or an export\n"
            ),
            "{arguments:?}\n{}",
            run.out
        );
        assert_eq!(run.out, "", "{arguments:?}");
    }
}

#[test]
fn every_fault_of_the_store_ends_with_its_own_exit_code() {
    let stream = || "contract/care".parse().unwrap();
    for (error, exit) in [
        (StoreError::Unsealable { stream: stream(), reason: "a float".into() }, 4),
        (StoreError::KeyReused { key: "k".parse().unwrap(), first: domain::time::Entry(1) }, 5),
        (StoreError::Stale { stream: stream(), expected: 1, found: 2 }, 5),
        (StoreError::Address { url: "x".into(), reason: "no engine".into() }, 2),
        (StoreError::NotFound("sqlite:x".into()), 3),
        (StoreError::NewerSchema { found: 9, known: 1 }, 7),
        (StoreError::Unavailable("gone".into()), 7),
        (StoreError::Corrupt("torn".into()), 6),
    ] {
        let problem = api::problem::Problem::from(error);
        assert_eq!(problem.exit as u8, exit, "{problem}");
        assert!(!problem.hint.is_empty());
    }
}
