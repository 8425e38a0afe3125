//! What a year would come to otherwise: held to hand working, to ledgers that were told otherwise, and to
//! itself.

use api::app::App;
use api::problem::{Exit, Problem};
use domain::book::Book;
use domain::exact::Exact;
use domain::settle::settle;
use domain::statement::Statement;
use domain::time::Entry;
use projections::what_if::{Amounts, Change, Changes, WhatIf};
use proptest::prelude::*;
use serde_json::Value;

use crate::binary::Place;
use crate::examples::{Example, figure};
use crate::invariants::recorded;
use crate::ledger::{text, times, value};
use crate::random::{CONTRACTS, Told, YEAR, anything, begun, cases, opening, tell};
use crate::reckon::reckon;
use crate::working::working;

const AT: (&str, &str) = ("2014-06-30", "2014-07-31");

async fn asked(app: &App, contract: &str, set: &str) -> Result<WhatIf, Vec<Problem>> {
    let Changes(changes) = set.parse().unwrap_or_else(|e| panic!("{e}"));
    app.what_if(&contract.parse().unwrap(), "2013/14".parse().unwrap(), &changes, times(AT.0, AT.1)).await
}

async fn answered(app: &App, contract: &str, set: &str) -> WhatIf {
    asked(app, contract, set).await.unwrap_or_else(|e| panic!("{set}: {e:#?}"))
}

async fn refused(app: &App, contract: &str, set: &str) -> (Exit, String, String) {
    let problems = asked(app, contract, set).await.unwrap_err();
    (problems[0].exit, problems[0].message.clone(), problems[0].hint.clone())
}

/// What the steps of a bridge add up to on each line that they touch, beside what the line changed by in all.
fn assert_sums(answer: &WhatIf) {
    let contract = &answer.contract;
    let amount = |statement: &Statement, id: &str| -> Exact {
        let value = statement.line(id).and_then(|line| line.value.clone());
        value.map_or_else(Exact::zero, |value| value.parse().unwrap())
    };
    let changes = || answer.causes.iter().flat_map(|cause| &cause.changes);
    for id in changes().map(|change| &change.line) {
        let told: Exact = changes().filter(|change| change.line == *id).map(|change| change.by()).sum();
        let by = amount(&answer.after[contract], id) - amount(&answer.before[contract], id);
        assert_eq!(told, by, "{id}");
    }
    let lines = |statement: &Statement| statement.payables.iter().map(|p| p.entitled).collect::<Vec<_>>();
    let moved = lines(&answer.before[contract]) != lines(&answer.after[contract]);
    assert!(!moved || changes().any(|change| change.payable), "a payable moved and no step tells it");
}

/// `contract,year,as_of,known_at,set,line,amount,hand`, as `figures.csv` has it, with what is otherwise in
/// `set`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_what_if_answered_by_hand_is_what_the_engine_says() {
    let mut running = tokio::task::JoinSet::new();
    for example in Example::all().into_iter().filter(|example| example.path("what-if.csv").exists()) {
        running.spawn(async move { differences(&example).await });
    }
    let wrong: Vec<Vec<String>> = running.join_all().await;
    assert!(!wrong.is_empty(), "no example has a what-if.csv");
    assert!(wrong.iter().all(Vec::is_empty), "{}", wrong.concat().join("\n"));
}

async fn differences(example: &Example) -> Vec<String> {
    let (app, readme) = (example.loaded().await, example.read("README.md"));
    let by_hand = working(&readme);
    let mut wrong = Vec::new();
    for row in example.table("what-if.csv") {
        let cell = |name: &str| row.fields.get(name).and_then(Value::as_str).unwrap_or_default();
        let place = format!("{}/what-if.csv:{}", example.name(), row.line);
        let Changes(changes) = cell("set").parse().unwrap_or_else(|e| panic!("{place}: {e}"));
        let (contract, year) = (cell("contract").parse().unwrap(), cell("year").parse().unwrap());
        let answer = app.what_if(&contract, year, &changes, times(cell("as_of"), cell("known_at"))).await;
        let answer = answer.unwrap_or_else(|e| panic!("{place}: {e:#?}"));
        assert_sums(&answer);
        answer.after.values().for_each(|statement| statement.audit().unwrap());
        let (amount, found) = (cell("amount"), figure(&answer.after[&contract], cell("line")));
        if found != amount {
            wrong.push(format!("{place}: {} is {found}, by hand {amount}", cell("line")));
        }
        let hand = cell("hand");
        let worked = by_hand.iter().any(|l| l.name == hand && reckon(l.value) == reckon(amount));
        if !hand.is_empty() && !worked {
            wrong.push(format!("{place}: the README does not work out `{hand}` as {amount}"));
        }
    }
    wrong
}

#[tokio::test]
async fn nothing_is_recorded() {
    let app = Example::named("pennine-msk").loaded().await;
    let head = app.ledger().log().head().await.unwrap();
    let (contract, year) = ("pennine-msk".parse().unwrap(), "2013/14".parse().unwrap());
    let draft = app.settle(&contract, year, times(AT.0, AT.1)).await.unwrap().draft;
    let set = "/pay/0/budget=24000000.00; pennine-acute:/pay/0/cap=10%";
    let answer = answered(&app, "pennine-msk", set).await;
    assert_ne!(answer.before, answer.after);
    assert_eq!(app.ledger().log().head().await.unwrap(), head);
    assert_eq!(app.settle(&contract, year, times(AT.0, AT.1)).await.unwrap().draft, draft);
}

/// The subcontract and the head are drawn up by then: the change shows all the same. Without its cap of 5%
/// the hospital is paid 120,000.00 more, half of which northmoor gives up of its share.
#[tokio::test]
async fn a_changed_subcontract_reaches_its_head() {
    let app = Example::named("pennine-msk").loaded().await;
    let answer = answered(&app, "pennine-msk", "pennine-acute:/pay/0/cap=10%").await;
    let head = &answer.after[&answer.contract];
    assert_eq!(value(head, "pennine-msk/5.1/subcontract/pennine-acute"), "10398000.00");
    assert_eq!(figure(head, "payable"), "22012561.72", "21,952,561.72 + 60,000.00");
    let moved: Vec<_> =
        answer.parties.iter().map(|p| (p.party.as_str(), text(p.entitled.difference))).collect();
    let moved: Vec<_> =
        moved.iter().filter(|(_, by)| by != "0.00").map(|(p, by)| (*p, by.as_str())).collect();
    let expected =
        [("harrowfell-hospitals", "120000.00"), ("msk-partnership", "-60000.00"), ("northmoor", "-60000.00")];
    assert_eq!(moved, expected);
}

/// What each party would have got under Payment by Results, as the table of the README has it and works it
/// out by hand.
#[tokio::test]
async fn each_party_gets_under_payment_by_results_what_the_readme_says() {
    let example = Example::named("payment-by-results");
    let (app, readme) = (example.loaded().await, example.read("README.md"));
    let other = |file: &str| {
        let terms =
            domain::terms::Terms::from_yaml(&example.read(file)).unwrap_or_else(|e| panic!("{file}: {e:?}"));
        Change::Terms { terms: Box::new(terms), file: file.to_owned() }
    };
    let changes = ["what-if/pbr-hub.yaml", "what-if/pbr-hub-surgery.yaml"].map(other);
    let (contract, year) = ("pbr-hub".parse().unwrap(), "2013/14".parse().unwrap());
    let answer = app.what_if(&contract, year, &changes, times(AT.0, AT.1)).await.unwrap();
    assert_sums(&answer);
    assert_eq!(answer.causes.len(), 1, "other terms are one cause");
    let said = |amount: Option<domain::money::Money>| amount.map_or("none".to_owned(), |m| m.show_plain());
    let rows: Vec<String> = answer
        .parties
        .iter()
        .map(|p| {
            let (Amounts { before, after, difference }, result) = (p.entitled, p.result);
            let cells = [before, after, difference, result.before, result.after].map(said);
            format!("| {} | {} |", p.party, cells.join(" | "))
        })
        .collect();
    let told: Vec<&str> =
        readme.lines().filter(|l| rows.iter().any(|row| row[..20] == l[..l.len().min(20)])).collect();
    assert_eq!(told, rows);
    let by_hand = working(&readme);
    for (name, of) in [("eastmere at tariff", 0), ("trust at tariff", 1), ("clinics at tariff", 2)] {
        let worked = by_hand.iter().find(|line| line.name == name).unwrap();
        let entitled = answer.parties[of].entitled.after.unwrap().show_plain();
        assert_eq!(reckon(worked.value), reckon(entitled.trim_start_matches('-')), "{name}");
    }
    let left_out: Vec<_> = answer.left_out.iter().map(|left| (left.event, left.entries.len())).collect();
    assert_eq!(left_out, [("payment-made", 12), ("outcome-measured", 2)]);
}

#[test]
fn the_command_line_takes_other_terms_from_files() {
    let (place, example) = (Place::new(), Example::named("payment-by-results"));
    let file = |name: &str| example.path(name).display().to_string();
    place.answer(&["load", &file("")]);
    let asked = ["what-if", "pbr-hub", "--year", "2013/14", "--as-of", AT.0, "--output", "csv", "--terms"];
    let (hub, surgery) = (file("what-if/pbr-hub.yaml"), file("what-if/pbr-hub-surgery.yaml"));
    let said = place.answer(&[&asked[..], &[&hub, "--terms", &surgery]].concat());
    let because = format!("terms of pbr-hub from {hub}; terms of pbr-hub-surgery from {surgery}");
    for row in [
        "what,of,name,before,after,difference,because".to_owned(),
        format!("line,pbr-hub/3/pool,Pool,200087.64,,-200087.64,{because}"),
        "payable,pbr-hub,eastmere to ortho-hub,6857956.18,1803975.36,-5053980.82,".to_owned(),
        "entitled,ortho-hub,,1656456.18,1803975.36,147519.18,".to_owned(),
        "result,eastmere,,142043.82,,,".to_owned(),
    ] {
        assert!(said.lines().any(|line| line == row), "{row}\n{said}");
    }
    let faulty = std::fs::read_to_string(&hub).unwrap().replace("\"137.00\"", "\"137.005\"");
    place.write("faulty.yaml", faulty);
    let run = place.run(&[&asked[..], &["faulty.yaml"]].concat());
    assert_eq!(run.exit, 2, "{}", run.err);
    assert!(run.err.starts_with("faulty.yaml:11:") && run.err.contains("below the penny"), "{}", run.err);
}

/// Neither share holds alone: the two are one cause. An amount that the terms leave out is none.
#[tokio::test]
async fn changes_that_hold_only_together_are_taken_together() {
    let app = Example::named("pennine-msk").loaded().await;
    let shares = "/pay/2/gain/0/share=60%; /pay/2/gain/1/share=40%";
    let answer = answered(&app, "pennine-msk", &format!("@140/value=0.80; {shares}")).await;
    let because: Vec<&str> = answer.causes.iter().map(|cause| cause.because.as_str()).collect();
    assert_eq!(because, ["@140/value=0.80", shares]);
    assert_sums(&answer);
    assert_eq!(answer.changed[0].was.as_deref(), Some("0.72"));
    let uncapped = answered(&app, "pennine-acute", "/pay/0/cap=").await;
    assert_eq!(
        figure(&uncapped.after[&uncapped.contract], "payable"),
        "10398000.00",
        "10,410,000.00 - 12,000.00"
    );
}

/// A fact that the other terms have no place for is left out, and named.
#[tokio::test]
async fn facts_that_would_have_been_refused_are_left_out_and_named() {
    let app = Example::named("pennine-msk").loaded().await;
    let set = "/outcomes/0/indicator=patient-score; /pay/1/score=patient-score";
    let answer = answered(&app, "pennine-msk", set).await;
    let [left_out] = answer.left_out.as_slice() else { panic!("{:#?}", answer.left_out) };
    assert_eq!(
        (left_out.event, left_out.entries.as_slice()),
        ("outcome-measured", &[Entry(135), Entry(140)][..])
    );
    assert_eq!(left_out.why, "`pennine-msk` has no indicator `programme-score`");
    assert_eq!(figure(&answer.after[&answer.contract], "result:msk-partnership"), "-1896561.73");
}

#[tokio::test]
async fn what_cannot_be_otherwise_is_refused_with_the_reason() {
    let app = Example::named("pennine-msk").loaded().await;
    for (contract, set, exit, message, hint) in [
        (
            "pennine-msk",
            "/pay/9/budget=1",
            Exit::NotFound,
            "there is nothing at `/pay/9/budget`",
            "1 (3.2 outcome_pot)",
        ),
        ("pennine-msk", "/pay/-=1", Exit::NotFound, "nothing at `/pay/-`", "0 (3.1 core)"),
        ("pennine-msk", "/pay/0/budgte=1", Exit::Refused, "`budgte` is not known here", "known are: budget"),
        ("pennine-msk", "/pay/0/budget=much", Exit::Refused, "(at /pay/0/budget)", "an amount such as"),
        ("pennine-msk", "/pay/2/gain/0/share=60%", Exit::Refused, "sum to 110%, not to 100%", "every party"),
        ("pennine-msk", "@140/indicator=other", Exit::Refused, "has no indicator `other`", "programme-score"),
        ("pennine-msk", "@140/valeu=1", Exit::Refused, "unknown field `valeu`", "COMMANDS.md"),
        ("pennine-msk", "@140/period/x=1", Exit::NotFound, "nothing at `/period/x`", "the value \"2013/14\""),
        (
            "pennine-msk",
            "@146/statement/year=2014/15",
            Exit::Refused,
            "made from facts",
            "the terms or the facts",
        ),
        ("pennine-msk", "@148/value=1", Exit::NotFound, "nothing was recorded at entry 148", "history"),
        ("pennine-msk", "@0/value=1", Exit::NotFound, "nothing was recorded at entry 0", "history"),
        ("pennine-msk", "other:/pay/0/cap=5%", Exit::NotFound, "no contract `other`", "its name"),
        (
            "pennine-vcs",
            "/under=pennine-isp",
            Exit::Refused,
            "the lead of this subcontract",
            "holds a contract",
        ),
        ("pennine-vcs", "/parties/provider=nobody", Exit::NotFound, "no party `nobody`", "register-party"),
    ] {
        let (found, said, next) = refused(&app, contract, set).await;
        assert_eq!(found, exit, "{set}: {said}");
        assert!(said.contains(message) && next.contains(hint), "{set}: {said}\n{next}");
    }
    let faults = asked(&app, "pennine-msk", "/pay/0/budget=much; /pay/0/withheld=some").await.unwrap_err();
    assert_eq!(faults.len(), 2, "each fault of the terms: {faults:#?}");
    let (contract, year) = ("pennine-msk".parse().unwrap(), "2013/14".parse().unwrap());
    let nothing = app.what_if(&contract, year, &[], times(AT.0, AT.1)).await.unwrap_err();
    assert_eq!(nothing[0].code, "nothing-changed");
}

/// The scalars of a payload by their pointers, with the text that sets each to what it is.
fn scalars(value: &Value, pointer: &str, all: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, inner)| scalars(inner, &format!("{pointer}/{name}"), all))
        }
        Value::Array(items) => {
            (0..).zip(items).for_each(|(i, inner): (usize, _)| scalars(inner, &format!("{pointer}/{i}"), all))
        }
        Value::String(text) => all.push((pointer.to_owned(), text.clone())),
        other => all.push((pointer.to_owned(), other.to_string())),
    }
}

/// Terms otherwise, and how the question says so.
const OTHERWISE: [(&str, &str, &str); 4] = [
    (r#""withheld":"10%""#, r#""withheld":"12.5%""#, "care:/pay/0/withheld=12.5%"),
    (r#""amount":"100000.00""#, r#""amount":"117000.55""#, "block:/pay/0/amount=117000.55"),
    (r#""plan":"600000.00","cap":"5%""#, r#""plan":"600000.00","cap":"1%""#, "beds:/pay/0/cap=1%"),
    (r#""threshold":"5000.00""#, r#""threshold":"4000.00""#, "care:/pay/3/threshold=4000.00"),
];

proptest! {
    #![proptest_config(cases(4))]

    /// Setting a field of any fact to what it is changes nothing, and has nothing left out.
    #[test]
    fn setting_what_is_there_already_changes_nothing(
        history in prop::collection::vec(anything(), 20..60),
        picks in prop::collection::vec(any::<(prop::sample::Index, prop::sample::Index)>(), 6),
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let (app, first) = begun("memory:").await;
            tell(&app, first, &history).await;
            let log = app.ledger().log().read(Entry(0), usize::MAX).await.unwrap();
            let facts: Vec<_> = log.iter().filter(|stored| stored.kind != "settlement-drawn-up").collect();
            for (event, field) in picks {
                let event = event.get(&facts);
                let mut fields = Vec::new();
                scalars(&event.payload, "", &mut fields);
                fields.retain(|(_, value)| !value.is_empty());
                let (pointer, value) = field.get(&fields);
                let set = format!("@{}{pointer}={value}", event.entry);
                for contract in CONTRACTS {
                    let change: Change = set.parse().unwrap();
                    let (contract, year) = (contract.parse().unwrap(), YEAR.parse().unwrap());
                    let answer = app.what_if(&contract, year, &[change], times("2025-07-31", "now")).await;
                    let answer = answer.unwrap_or_else(|e| panic!("{set}: {e:#?}"));
                    assert_eq!(answer.before, answer.after, "{set}");
                    assert!(answer.left_out.is_empty(), "{set}: {:?}", answer.left_out);
                    assert!(answer.causes.iter().all(|cause| cause.changes.is_empty()), "{set}");
                }
            }
        });
    }

    /// A question answers what a ledger settles that was told otherwise from the start, and its steps sum to
    /// the difference, in whichever order they are taken.
    #[test]
    fn an_answer_is_what_a_ledger_told_otherwise_comes_to(
        history in prop::collection::vec(anything(), 10..60),
        (one, other) in (0..OTHERWISE.len(), 1..OTHERWISE.len()).prop_map(|(a, b)| (a, (a + b) % OTHERWISE.len())),
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let (app, first) = begun("memory:").await;
            let recorded_by_it = tell(&app, first, &history).await.len();
            let told_otherwise = App::open_uncreated("memory:", crate::ledger::somebody()).await.unwrap();
            let [(from, to, set), (from_too, to_too, set_too)] = [OTHERWISE[one], OTHERWISE[other]];
            let otherwise = |told: Told| {
                let body = told.body.replace(from, to).replace(from_too, to_too);
                Told { body, ..told }
            };
            let opening: Vec<Told> = opening().into_iter().map(otherwise).collect();
            assert_eq!(tell(&told_otherwise, 0, &opening).await.len(), first);
            // Another ledger may refuse what this one took (a payable that is now due): then they are told
            // apart.
            if tell(&told_otherwise, first, &history).await.len() != recorded_by_it {
                return;
            }
            let log = told_otherwise.ledger().log().read(Entry(0), usize::MAX).await.unwrap();
            let mut book = Book::default();
            log.iter().for_each(|stored| book.fold(&recorded(stored)));
            book.set_aside(YEAR.parse().unwrap());
            for contract in CONTRACTS {
                let (contract, year) = (contract.parse().unwrap(), YEAR.parse().unwrap());
                let plain = settle(&book, &contract, year, "2025-07-31".parse().unwrap()).unwrap();
                for sets in [format!("{set}; {set_too}"), format!("{set_too}; {set}")] {
                    let Changes(changes) = sets.parse().unwrap();
                    let answer = app.what_if(&contract, year, &changes, times("2025-07-31", "now")).await;
                    let answer = answer.unwrap_or_else(|e| panic!("{sets}: {e:#?}"));
                    assert_sums(&answer);
                    let after = &answer.after[&contract];
                    assert!(*after == plain, "{sets}\n{after}\n{plain}");
                }
            }
        });
    }
}
