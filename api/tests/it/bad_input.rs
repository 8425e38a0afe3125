//! What the ledger refuses, and how it says so: each fault is one file under `refusals/`, with a call, the
//! files it is given, what it answers and what it ends with. After each of them the ledger is as it was.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use api::app::App;
use api::app::apply::{How, Outcome, Verdicts, apply};
use api::problem::Place as Where;
use domain::mechanism::Mechanism;
use domain::verb::Command;
use serde_json::Value;

use crate::binary::Place;
use crate::ledger::{Desk, line, somebody};

/// Rewrites what the answers say. Every change is to be read before it is committed.
const REWRITE: &str = "RISKSHARE_REWRITE_REFUSALS";

/// A refusal: what is wrong, the call, its files, the exit code and the answer.
struct Case {
    name: String,
    text: String,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/refusals")
}

fn cases() -> Vec<Case> {
    let mut names: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
        .into_iter()
        .map(|name| Case { text: std::fs::read_to_string(folder().join(&name)).unwrap(), name })
        .collect()
}

impl Case {
    /// What comes before the exit code and the answer.
    fn given(&self) -> &str {
        self.text.split("== exit ").next().unwrap()
    }

    fn call(&self) -> Vec<&str> {
        let call = self.given().lines().find_map(|l| l.strip_prefix("$ riskshare "));
        call.unwrap_or_else(|| panic!("{}: no call", self.name)).split(' ').collect()
    }

    /// Files by name; `\xa3` stands for the byte.
    fn files(&self) -> Vec<(&str, Vec<u8>)> {
        let sections = self.given().split("\n== ").skip(1);
        sections
            .map(|section| {
                let (name, text) = section.split_once('\n').unwrap();
                let mut bytes = Vec::new();
                let mut parts = text.trim_end_matches('\n').split("\\x");
                bytes.extend(parts.next().unwrap().bytes());
                for part in parts {
                    bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
                    bytes.extend(part[2..].bytes());
                }
                (name, bytes)
            })
            .collect()
    }
}

/// A ledger with contracts in several states: a head with a subcontract of which two months are reported, a
/// block, and a contract whose year is drawn up.
async fn base() -> Place {
    let place = Place::new();
    let mut desk = Desk::over(App::open_or_create(&ledger(&place), somebody()).await.unwrap());
    for yaml in [
        r#"{contract: care, title: Care, parties: {commissioner: northmoor, lead: tarn-lead},
          years: {kind: nhs, from: 2024/25, to: 2025/26}, rounding: {unit: 0.01, at: line},
          outcomes: [{indicator: score, direction: higher, floor: 0, target: 1}],
          pay: [{clause: "1", kind: core, budget: "1200000.00", withheld: 10%},
            {clause: "2", kind: outcome_pot, of: core.withheld, score: score, deadline: 90 days, late: zero}]}"#,
        r#"{contract: care-beds, under: care, title: Beds, parties: {lead: tarn-lead, provider: hospital},
          years: {kind: nhs, from: 2024/25, to: 2024/25}, rounding: {unit: 0.01, at: line},
          pay: [{clause: "1", kind: activity_at_price}, {clause: "2", kind: sanctions}]}"#,
        r#"{contract: care-block, title: Block, parties: {commissioner: northmoor, lead: tarn-lead},
          years: {kind: nhs, from: 2024/25, to: 2024/25}, rounding: {unit: 0.01, at: line},
          pay: [{clause: "1", kind: block, amount: "120000.00"}]}"#,
        r#"{contract: settled, title: Settled, parties: {commissioner: northmoor, lead: tarn-lead},
          years: {kind: nhs, from: 2024/25, to: 2024/25}, rounding: {unit: 0.01, at: line},
          pay: [{clause: "1", kind: block, amount: "120000.00"}]}"#,
    ] {
        desk.award(yaml).await;
    }
    for (command, key, body) in [
        (
            "report-activity",
            "base:april",
            r#"{"contract":"care-beds","provider":"hospital","month":"2024-04","flow":"local","stage":"freeze","value":"5000.00"}"#,
        ),
        (
            "report-activity",
            "base:may",
            r#"{"contract":"care-beds","provider":"hospital","month":"2024-05","flow":"local","stage":"flex","value":"6000.00"}"#,
        ),
        (
            "make-payment",
            "base:payment",
            r#"{"contract":"care","year":"2024/25","from":"northmoor","to":"tarn-lead","amount":"90000.00","paid_on":"2024-04-15"}"#,
        ),
        (
            "draw-up-settlement",
            "base:settled",
            r#"{"contract":"settled","year":"2024/25","as_of":"2025-06-30"}"#,
        ),
    ] {
        let request = domain::request::Request::from_json(&line(command, key, body)).unwrap();
        desk.app.send(&request).await.unwrap_or_else(|e| panic!("{e}"));
    }
    place
}

fn ledger(place: &Place) -> String {
    format!("sqlite:{}", place.path().join("riskshare.db").display())
}

async fn head(place: &Place) -> store::Head {
    store::Log::open_existing(&ledger(place)).await.unwrap().head().await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_is_told_with_its_place_and_records_nothing() {
    let place = base().await;
    let before = head(&place).await;
    let mut differ = String::new();
    for case in cases() {
        for (name, bytes) in case.files() {
            place.write(name, bytes);
        }
        let run = place.run(&case.call());
        assert_ne!(run.exit, 0, "{} is no refusal", case.name);
        assert_eq!(head(&place).await, before, "{} recorded something", case.name);
        let said = format!(
            "{}== exit {}\n{}",
            case.given(),
            run.exit,
            shortened(&format!("{}{}", run.out, run.err))
        );
        if said == case.text {
            continue;
        }
        if std::env::var_os(REWRITE).is_some() {
            std::fs::write(folder().join(&case.name), said).unwrap();
        } else {
            write!(differ, "--- {}, expected:\n{}\n--- found:\n{said}\n", case.name, case.text).unwrap();
        }
    }
    assert!(differ.is_empty(), "{differ}");
}

/// Without the lists that grow with every command and every kind of clause; that they are whole is seen here.
fn shortened(answer: &str) -> String {
    let commands: Vec<&str> = Command::NAMES.iter().map(|row| row.0).collect();
    answer
        .replace(&commands.join(", "), "[every command]")
        .replace(&Mechanism::KINDS.join(", "), "[every kind of clause]")
}

/// What programs are told: every problem in an answer as JSON, as its code, its message and its hint.
fn problems(answer: &str) -> Vec<[String; 3]> {
    fn below(value: &Value, found: &mut Vec<[String; 3]>) {
        match value {
            Value::Object(map) => {
                match ["code", "message", "hint"].map(|name| map.get(name).and_then(Value::as_str)) {
                    [Some(code), Some(message), Some(hint)] => {
                        found.push([code, message, hint].map(shortened));
                    }
                    _ => map.values().for_each(|value| below(value, found)),
                }
            }
            Value::Array(items) => items.iter().for_each(|item| below(item, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    let values = serde_json::Deserializer::from_str(answer).into_iter::<Value>();
    values.map_while(Result::ok).for_each(|value| below(&value, &mut found));
    found
}

/// `docs/ERRORS.md` is what the refusals tell programs, by code. The switch that rewrites them rewrites it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_catalogue_of_errors_is_what_the_tests_provoke() {
    let place = base().await;
    let mut by_code: BTreeMap<String, String> = BTreeMap::new();
    for case in cases() {
        for (name, bytes) in case.files() {
            place.write(name, bytes);
        }
        let run = place.run(&[case.call(), vec!["--output", "json"]].concat());
        let told = [problems(&run.out), problems(&run.err)].concat();
        // The command line itself answers a call that it cannot read, in its own words.
        assert!(
            !told.is_empty() || run.err.contains("For more information, try"),
            "{}: {}",
            case.name,
            run.err
        );
        let (what, exit) = (case.text.lines().next().unwrap(), run.exit);
        for (i, [code, message, hint]) in told.into_iter().enumerate() {
            let entry = by_code.entry(code).or_default();
            if i == 0 || entry.is_empty() {
                write!(entry, "\n{what} Exit code {exit}.\n").unwrap();
            }
            write!(entry, "\n```\nerror: {message}\nhint: {hint}\n```\n").unwrap();
        }
    }
    let mut text = "# Errors\n\nEvery error by its code, which is the same on the command line (`--output json`), in verdicts and over \
         HTTP, with what it says,\nwhat to do next and the exit code. Each is provoked by a test, one file for each in \
         `api/tests/it/refusals`; an error in a\nfile also names the file, the line and the column.\n\n\
         Exit codes: 0 done; 1 findings (lines rejected, a needed fact not recorded); 2 usage; 3 not found; 4 refused by a \
         rule;\n5 conflict (version, key, closed); 6 integrity; 7 unavailable.\n"
        .to_owned();
    by_code.iter().for_each(|(code, entry)| text += &format!("\n## `{code}`\n{entry}"));
    assert!(by_code.len() >= 20, "only {} codes are provoked", by_code.len());
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/ERRORS.md");
    if std::env::var_os(REWRITE).is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    assert!(std::fs::read_to_string(&path).unwrap_or_default() == text, "docs/ERRORS.md is out of date");
}

/// Every fault tells what to do next, and where in the file where it is in one.
#[test]
fn every_refusal_has_a_hint_and_a_place() {
    let cases = cases();
    assert!(cases.len() >= 45, "only {} refusals are tested", cases.len());
    for Case { name, text } in cases {
        let (exit, answer) = text.split("== exit ").nth(1).unwrap().split_once('\n').unwrap();
        assert!(["1", "2", "3", "4", "5"].contains(&exit), "{name} ends with {exit}");
        let of_the_call = answer.contains("For more information, try '--help'");
        assert!(answer.contains("\nhint: ") || of_the_call, "{name} has no hint");
        for (file, _) in (Case { name: name.clone(), text: text.clone() }).files() {
            let error = answer.lines().find(|l| l.contains("error: ") || l.contains("caution: ")).unwrap();
            let mut place = error
                .strip_prefix(&format!("{file}:"))
                .unwrap_or_else(|| panic!("{name}: {error}"))
                .split(':');
            let (line, column) =
                (place.next().unwrap().parse::<usize>(), place.next().unwrap().parse::<usize>());
            assert!(line.is_ok() && column.is_ok(), "{name}: {error}");
        }
    }
}

/// Five lines, of which the second cannot be read and the fourth is refused.
fn mixed() -> String {
    let party =
        |name: &str| line("register-party", name, &format!(r#"{{"party":"{name}","name":"The {name}"}}"#));
    [
        party("one"),
        "{\"command\":".to_owned(),
        party("two"),
        line("register-party", "again", r#"{"party":"one","name":"Another"}"#),
        String::new(),
        party("three"),
    ]
    .join("\n")
}

async fn applied(desk: &Desk, how: How) -> Verdicts {
    apply(&desk.app, "mixed.ndjson", mixed().as_bytes(), how, |_| ()).await.unwrap()
}

fn outcomes(verdicts: &Verdicts) -> Vec<(usize, Outcome, Option<u64>)> {
    verdicts.lines.iter().map(|v| (v.line, v.verdict, v.entry)).collect()
}

#[tokio::test]
async fn a_rejected_line_leaves_the_others_alone() {
    let desk = Desk::new().await;
    let verdicts = applied(&desk, How::default()).await;
    let expected = [
        (1, Outcome::Accepted, Some(2)),
        (2, Outcome::Rejected, None),
        (3, Outcome::Accepted, Some(3)),
        (4, Outcome::Rejected, None),
        (6, Outcome::Accepted, Some(4)),
    ];
    assert_eq!(outcomes(&verdicts), expected);
    assert!(verdicts.recorded);
    let places: Vec<(usize, usize)> = verdicts
        .lines
        .iter()
        .filter_map(|v| match v.problem.as_ref()?.place.as_ref()? {
            Where::File { line, column, .. } => Some((*line, *column)),
            Where::Pointer { .. } => None,
        })
        .collect();
    assert_eq!(places, [(2, 11), (4, 118)]);
    let parties: Vec<String> = desk.app.parties().await.unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(parties, ["one", "three", "two"]);
    // Sent again: what was recorded is known, what was refused is refused.
    let again = applied(&desk, How::default()).await;
    let told: Vec<Outcome> = again.lines.iter().map(|v| v.verdict).collect();
    use Outcome::{Duplicate, Rejected};
    assert_eq!(told, [Duplicate, Rejected, Duplicate, Rejected, Duplicate]);
    assert_eq!(desk.head().await.entry.0, 4);
}

#[tokio::test]
async fn an_atomic_input_with_a_rejected_line_records_nothing() {
    let desk = Desk::new().await;
    let before = desk.head().await;
    let verdicts = applied(&desk, How { atomic: true, dry_run: false }).await;
    assert_eq!(verdicts.count(Outcome::Rejected), 2);
    assert!(!verdicts.recorded);
    assert_eq!(desk.head().await, before);
    assert!(desk.app.parties().await.unwrap().is_empty());
}

#[tokio::test]
async fn an_atomic_input_without_a_fault_is_recorded_whole() {
    let desk = Desk::new().await;
    let good: Vec<String> =
        mixed().lines().enumerate().filter(|(i, _)| ![1, 3].contains(i)).map(|(_, l)| l.to_owned()).collect();
    let how = How { atomic: true, dry_run: false };
    let verdicts = apply(&desk.app, "good.ndjson", good.join("\n").as_bytes(), how, |_| ()).await.unwrap();
    assert_eq!((verdicts.count(Outcome::Accepted), verdicts.recorded), (3, true));
    assert_eq!(desk.head().await.entry.0, 4);
    assert_eq!(desk.app.parties().await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_dry_run_gives_the_verdicts_of_the_real_run_and_records_nothing() {
    for atomic in [false, true] {
        let desk = Desk::new().await;
        let before = desk.head().await;
        let rehearsed = applied(&desk, How { atomic, dry_run: true }).await;
        assert!(!rehearsed.recorded);
        assert_eq!(desk.head().await, before);
        assert!(desk.app.parties().await.unwrap().is_empty());
        let real = applied(&desk, How { atomic, dry_run: false }).await;
        assert_eq!(rehearsed.lines, real.lines);
    }
}
