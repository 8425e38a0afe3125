//! What is told about the Pennine example beyond its figures.

use api::app::table;

use crate::examples::Example;
use crate::ledger::times;

/// The month that has no report yet is why the half year has no gain to share.
#[tokio::test]
async fn a_half_year_with_a_month_missing_shares_nothing_and_says_why() {
    let app = Example::named("pennine-msk").loaded().await;
    let asked = app
        .settle(
            &"pennine-msk".parse().unwrap(),
            "2013/14".parse().unwrap(),
            times("2013-09-30", "2013-09-30"),
        )
        .await
        .unwrap();
    let draft = asked.draft;
    assert!(!draft.complete);
    for id in [
        "pennine-msk/5.1/not-reported/2013-09",
        "pennine-msk/5.1/not-reported/pennine-acute",
        "pennine-msk/5.1/not-reported/pennine-isp",
        "pennine-msk/5.1/pool",
        "pennine-msk/total/result/msk-partnership",
    ] {
        let line = draft.line(id).unwrap_or_else(|| panic!("no line {id} in\n{draft}"));
        assert_eq!(
            (line.state, line.value.as_deref()),
            (domain::worksheet::LineState::NotReported, None),
            "{id}"
        );
    }
    assert!(draft.line("pennine-msk/5.1/pool-share/northmoor").is_none());
    // August is flex, 791,863.45; the cap does not bite, so the rest of 4,264,811.35 is frozen.
    let acute = draft.line("pennine-msk/5.1/subcontract/pennine-acute").unwrap().by_stage.unwrap();
    assert_eq!((acute.frozen.to_string(), acute.flex.to_string()), ("3472947.90".into(), "791863.45".into()));
}

/// The table of three dates repeats figures.csv.
#[test]
fn the_readmes_three_answers_are_those_of_the_figures() {
    let pennine = Example::named("pennine-msk");
    let readme = pennine.read("README.md");
    let rows = pennine.table("figures.csv");
    let figure = |as_of: &str, known_at: &str, contract: &str, line: &str| {
        let cell = |row: &table::Row, name: &str| row.fields[name].as_str().unwrap().to_owned();
        let of = [("as_of", as_of), ("known_at", known_at), ("contract", contract), ("line", line)];
        let row = rows.iter().find(|row| of.iter().all(|(name, text)| cell(row, name) == *text)).unwrap();
        cell(row, "amount")
    };
    let table = readme.lines().filter(|line| line.starts_with("| 20"));
    let mut seen = 0;
    for line in table {
        let cells: Vec<String> = line.split('|').map(|cell| cell.trim().replace(',', "")).collect();
        let [_, as_of, known_at, entitled, paid, balance, acute, _] = cells.as_slice() else {
            panic!("{line}");
        };
        let head = |what: &str| figure(as_of, known_at, "pennine-msk", what);
        assert_eq!((entitled, paid, balance), (&head("payable"), &head("paid"), &head("balance")), "{line}");
        assert_eq!(*acute, figure(as_of, known_at, "pennine-acute", "payable"), "{line}");
        seen += 1;
    }
    assert_eq!(seen, 3);
}
