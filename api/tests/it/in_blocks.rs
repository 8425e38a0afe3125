//! Activity in blocks from outside: the lines behind a figure, the dataset for other engines, claims from
//! lines, and a check that sums every block up again.

use api::app::Times;
use api::app::blocks::Written;
use api::app::lines::{Page, Wanted};
use api::app::stop_loss::Claimed;
use domain::columns::{Column, Columns, Values};
use domain::time::KnownAt;
use domain::verb::activity::{ActivityLine, Totals};
use serde_json::json;
use store::block::{decode, encode};
use tempfile::TempDir;

use crate::ledger::Desk;

const TERMS: &str = r#"
contract: acute
title: Acute care
parties: {commissioner: icb, lead: trust, pool: {party: risk-pool, host: icb}}
years: {kind: nhs, from: 2025/26, to: 2025/26}
rounding: {unit: 0.01, at: line}
pay:
  - {clause: "1", kind: activity_at_price, plan: "120000.00", when: {pod: [EL]}}
  - {clause: "2", kind: activity_at_price, plan: "60000.00", when: {pod: [NEL], commissioner: [icb]}}
  - {clause: "3", kind: stop_loss, per: patient-year, threshold: "500.00", coinsurance: 20%, pool: risk-pool, limit: "10000.00"}
"#;

const NOW: Times = Times { as_of: None, known_at: KnownAt::Now };

/// Lines as a file has them: point of delivery, commissioner, patient, pence.
type Lines<'a> = &'a [(&'a str, &'a str, &'a str, i64)];

fn text(values: impl Iterator<Item = impl Into<String>>) -> Values {
    let values: Vec<String> = values.map(Into::into).collect();
    Values::Coded { codes: (0..values.len() as u32).collect(), values }
}

/// A block of lines whose rows begin at `row`.
fn block(lines: Lines, row: i64) -> Vec<u8> {
    let columns = vec![
        ("row", Values::Number((row..row + lines.len() as i64).collect())),
        ("point_of_delivery_code", text(lines.iter().map(|line| line.0))),
        ("organisation_identifier_code_of_commissioner", text(lines.iter().map(|line| line.1))),
        ("nhs_number", text(lines.iter().map(|line| line.2))),
        ("end_date", Values::Date(vec![Some(20_180); lines.len()])),
        ("count", Values::Decimal { scale: 3, units: vec![Some(1_000); lines.len()] }),
        ("value", Values::Decimal { scale: 2, units: lines.iter().map(|line| Some(line.3)).collect() }),
    ];
    let column = |(name, values): (&'static str, Values)| Column { name: name.into(), values };
    encode(&Columns { lines: lines.len(), columns: columns.into_iter().map(column).collect() }).unwrap()
}

fn money(pence: i64) -> String {
    format!("{}.{:02}", pence / 100, pence % 100)
}

/// Reports lines in two blocks.
async fn report(desk: &mut Desk, month: &str, stage: &str, lines: Lines<'_>) {
    let log = desk.app.ledger().log();
    let (first, second) = lines.split_at(lines.len() / 2);
    let mut blocks = Vec::new();
    for (part, row) in [(first, 2), (second, 2 + first.len() as i64)] {
        let sha256 = log.put_file(&block(part, row)).await.unwrap();
        blocks.push(json!({"sha256": sha256, "lines": part.len()}));
    }
    // A line for each: totals that are not added up are totals too.
    let totals: Vec<ActivityLine> = lines
        .iter()
        .map(|(pod, commissioner, _, pence)| {
            let commissioner = if *commissioner == "QX1" { "icb" } else { commissioner };
            let line =
                json!({"pod": pod, "commissioner": commissioner, "count": "1", "value": money(*pence)});
            serde_json::from_value(line).unwrap()
        })
        .collect();
    let totals = log.put_file(&encode(&Totals::block(&totals).unwrap()).unwrap()).await.unwrap();
    let body = json!({
        "contract": "acute", "provider": "trust", "month": month, "flow": "PLCM", "stage": stage,
        "value": money(lines.iter().map(|line| line.3).sum()), "count": lines.len().to_string(),
        "blocks": {"lines": blocks, "totals": {"sha256": totals, "lines": lines.len()}, "content": "00"},
    });
    desk.done("report-activity", &body.to_string()).await;
}

const APRIL: Lines = &[
    ("EL", "icb", "P1", 40_000),
    ("EL", "QX1", "P2", 10_050),
    ("NEL", "QX1", "P1", 20_000),
    ("NEL", "elsewhere", "P3", 70_000),
    ("AE", "icb", "", 5_000),
];

async fn acute() -> Desk {
    let mut desk = Desk::new().await;
    desk.done("register-party", r#"{"party":"icb","name":"ICB","code":"QX1"}"#).await;
    desk.award(TERMS).await;
    report(&mut desk, "2025-04", "flex", &APRIL[..2]).await;
    report(&mut desk, "2025-04", "freeze", APRIL).await;
    report(&mut desk, "2025-05", "flex", &[("EL", "icb", "P2", 3_000), ("EL", "icb", "P1", 1)]).await;
    desk
}

fn wanted() -> Wanted {
    Wanted {
        contract: "acute".parse().unwrap(),
        month: "2025-04".parse().unwrap(),
        provider: None,
        flow: None,
        clause: None,
        outside: false,
        columns: Vec::new(),
        skip: 0,
        limit: 50,
    }
}

fn rows(page: &Page) -> Vec<String> {
    let clause = |clause: &Option<_>| clause.as_ref().map_or("none".to_owned(), ToString::to_string);
    page.lines.iter().map(|line| format!("{} {}", line.row, clause(&line.clause))).collect()
}

#[tokio::test]
async fn the_lines_behind_a_figure_are_shown_with_their_clause_and_paged() {
    let desk = acute().await;
    let all = desk.app.lines(&wanted(), NOW).await.unwrap();
    assert_eq!((rows(&all).join(", "), all.more), ("2 1, 3 1, 4 2, 5 none, 6 none".to_owned(), false));
    let stated: Vec<String> =
        all.lines[1].stated.iter().map(|(name, value)| format!("{name} {value}")).collect();
    assert_eq!(
        stated,
        [
            "point_of_delivery_code EL",
            "organisation_identifier_code_of_commissioner QX1",
            "nhs_number P2",
            "end_date 2025-04-02",
            "count 1",
            "value 100.5",
        ]
    );
    // A page may begin and end within a block; the pages are the whole.
    let mut paged = Vec::new();
    for skip in (0..5).step_by(2) {
        let page = desk.app.lines(&Wanted { skip, limit: 2, ..wanted() }, NOW).await.unwrap();
        assert_eq!(page.more, skip < 4, "{skip}");
        paged.extend(page.lines);
    }
    assert_eq!(paged, all.lines);
    let of = |change: &dyn Fn(&mut Wanted)| {
        let mut wanted = wanted();
        change(&mut wanted);
        wanted
    };
    let outside = desk.app.lines(&of(&|w| w.outside = true), NOW).await.unwrap();
    assert_eq!(rows(&outside), ["5 none", "6 none"]);
    let clause = desk.app.lines(&of(&|w| w.clause = Some("2".parse().unwrap())), NOW).await.unwrap();
    assert_eq!(rows(&clause), ["4 2"]);
    let states = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
    let patient = desk.app.lines(&of(&|w| w.columns = states("nhs_number", "P1")), NOW).await.unwrap();
    assert_eq!(rows(&patient), ["2 1", "4 2"]);
    let unknown = desk.app.lines(&of(&|w| w.columns = states("hrg", "P1")), NOW).await.unwrap_err();
    assert_eq!(unknown.code, "unknown-column");
    assert!(unknown.hint.contains("point_of_delivery_code"), "{}", unknown.hint);
    let nobody = desk.app.lines(&of(&|w| w.month = "2025-06".parse().unwrap()), NOW).await.unwrap_err();
    assert_eq!(nobody.code, "not-recorded");
    // The shape of the API.
    let line = serde_json::to_value(&all.lines[0]).unwrap();
    assert_eq!(line["stated"]["nhs_number"], "P1");
    crate::http::assert_fits("ActivityLine", &line);
    // As it was known before the freeze.
    let then = Times { as_of: None, known_at: "@6".parse().unwrap() };
    assert_eq!(rows(&desk.app.lines(&wanted(), then).await.unwrap()), ["2 1", "3 1"]);
}

#[tokio::test]
async fn blocks_are_written_as_they_are_kept() {
    let desk = acute().await;
    let folder = TempDir::new().unwrap();
    let payable = folder.path().join("payable");
    let written = desk.app.export_blocks(&payable, false, NOW).await.unwrap();
    assert_eq!(written, Written { blocks: 4, lines: 7 });
    let april = payable.join("contract=acute/provider=trust/month=2025-04");
    let mut names: Vec<String> =
        std::fs::read_dir(&april).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["PLCM-7-0001.parquet", "PLCM-7-0002.parquet"]);
    assert_eq!(std::fs::read(april.join(&names[0])).unwrap(), block(&APRIL[..2], 2));
    assert_eq!(decode(&std::fs::read(april.join(&names[1])).unwrap(), None).unwrap().lines, 3);
    let again = desk.app.export_blocks(&payable, false, NOW).await.unwrap_err();
    assert_eq!(again.code, "not-empty");
    let every = desk.app.export_blocks(&folder.path().join("every"), true, NOW).await.unwrap();
    assert_eq!(every, Written { blocks: 6, lines: 9 });
    assert!(folder.path().join("every/contract=acute/provider=trust/month=2025-04/stage=flex").is_dir());
}

/// P1 costs £400.00 and £200.00 in April and a penny in May; P3 £700.00; P2 £130.50, below the threshold.
#[tokio::test]
async fn what_patients_cost_by_their_lines_is_claimed_once() {
    let desk = acute().await;
    let contract = "acute".parse().unwrap();
    let claim = async |as_of: &str| {
        let times = Times { as_of: Some(as_of.parse().unwrap()), known_at: KnownAt::Now };
        desk.app.claim_from_activity(&contract, "2025/26".parse().unwrap(), times).await.unwrap()
    };
    let claimed = Claimed { patients: 3, above: 2, recorded: 2, nameless: 1, without_lines: 0 };
    assert_eq!(claim("2025-05-31").await, claimed);
    let payable = |line: &str, statement: &domain::statement::Statement| {
        statement.line(&format!("acute/3/{line}")).and_then(|line| line.value.clone()).unwrap()
    };
    {
        let kept = desk.app.kept().await.unwrap();
        let (year, as_of) = ("2025/26".parse().unwrap(), "2025-05-31".parse().unwrap());
        let statement = domain::settle::settle(kept.book(), &contract, year, as_of).unwrap();
        assert_eq!(payable("patient-cost/P1", &statement), "600.01");
        assert_eq!(payable("claim/P1", &statement), "80.01");
        assert_eq!(payable("claim/P3", &statement), "160.00");
        let recorded = kept.events().last().unwrap();
        assert_eq!(recorded.evidence.len(), 1, "{:?}", recorded.evidence);
        assert_eq!(recorded.evidence[0].name, "lines of PLCM 2025-04 entry 7 part 2");
    }
    assert_eq!(claim("2025-05-31").await, Claimed { recorded: 0, ..claimed });
}

const HEAD: &str = r#"
contract: care
title: All care
parties: {commissioner: icb, lead: partnership, pool: {party: risk-pool, host: icb}}
years: {kind: nhs, from: 2025/26, to: 2025/26}
rounding: {unit: 0.01, at: line}
pay:
  - {clause: "1", kind: core, budget: "120000.00"}
  - {clause: "2", kind: stop_loss, per: patient-year, threshold: "500.00", coinsurance: 20%, pool: risk-pool}
"#;

const UNDER: &str = r#"
contract: acute
under: care
title: Acute care
parties: {lead: partnership, provider: trust}
years: {kind: nhs, from: 2025/26, to: 2025/26}
rounding: {unit: 0.01, at: line}
pay:
  - {clause: "1", kind: activity_at_price, unbounded: accepted}
"#;

/// P1 costs £600.00 by the lines of the subcontract, then £499.99 in the freeze; P4 was claimed for by hand
/// and has no line.
#[tokio::test]
async fn a_head_contract_claims_for_the_lines_of_its_subcontracts_and_takes_back_what_they_no_longer_cost() {
    let mut desk = Desk::new().await;
    desk.award(HEAD).await;
    desk.award(UNDER).await;
    let by_hand =
        r#"{"contract":"care","year":"2025/26","patient":"P4","up_to":"2025-04-30","cost":"700.00"}"#;
    desk.done("claim-stop-loss", by_hand).await;
    let claim = async |desk: &Desk| {
        let times = Times { as_of: Some("2025-05-31".parse().unwrap()), known_at: KnownAt::Now };
        let contract = "care".parse().unwrap();
        desk.app.claim_from_activity(&contract, "2025/26".parse().unwrap(), times).await.unwrap()
    };
    let lines = async |desk: &Desk| {
        let statement = desk.settle("care", "2025/26", "2025-05-31", "now").await;
        ["patient-cost/P1", "claim/P1", "claim/P4"]
            .map(|line| crate::ledger::value(&statement, &format!("care/2/{line}")).to_owned())
    };
    report(&mut desk, "2025-04", "flex", &[("EL", "icb", "P1", 40_000), ("EL", "icb", "P1", 20_000)]).await;
    let claimed = Claimed { patients: 1, above: 1, recorded: 1, nameless: 0, without_lines: 1 };
    assert_eq!(claim(&desk).await, claimed);
    assert_eq!(lines(&desk).await, ["600.00", "80.00", "160.00"]);
    report(&mut desk, "2025-04", "freeze", &[("EL", "icb", "P1", 40_000), ("EL", "icb", "P1", 9_999)]).await;
    assert_eq!(claim(&desk).await, Claimed { above: 0, ..claimed });
    assert_eq!(lines(&desk).await, ["499.99", "0.00", "160.00"]);
    assert_eq!(claim(&desk).await, Claimed { above: 0, recorded: 0, ..claimed });
}

#[tokio::test]
async fn a_check_sums_every_block_up_again_and_names_the_entry_of_one_that_differs() {
    let mut desk = acute().await;
    let checked = desk.app.check(None, None, false).await.unwrap();
    assert_eq!((checked.blocks, checked.mismatches.as_slice()), (6, &[][..]));
    // Lines that are not what the totals add up: the blocks of another month under the totals of this.
    let log = desk.app.ledger().log();
    let other = log.put_file(&block(&[("EL", "icb", "P9", 12_345)], 2)).await.unwrap();
    let totals: Vec<ActivityLine> =
        serde_json::from_str(r#"[{"pod":"EL","count":"1","value":"100.00"}]"#).unwrap();
    let totals = log.put_file(&encode(&Totals::block(&totals).unwrap()).unwrap()).await.unwrap();
    let body = json!({
        "contract": "acute", "provider": "trust", "month": "2025-06", "flow": "PLCM", "stage": "flex",
        "value": "100.00", "count": "1",
        "blocks": {
            "lines": [{"sha256": other, "lines": 1}],
            "totals": {"sha256": totals, "lines": 1},
            "content": "00",
        },
    });
    desk.done("report-activity", &body.to_string()).await;
    let found = desk.app.check(None, None, false).await.unwrap().mismatches;
    let told: Vec<String> = found.iter().map(|m| format!("{} {:?} {}", m.kind, m.entry, m.what)).collect();
    assert_eq!(told, ["block Some(Entry(9)) its lines sum to 123.45, the report states 100.00"]);
}
