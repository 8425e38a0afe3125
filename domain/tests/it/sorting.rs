//! Which clause takes which line of a report, and that only what no clause looks at is added up.

use domain::drafts::Drafts;
use domain::mechanism::taken_by;
use domain::verb::Command;
use domain::verb::activity::{ActivityLine, ActivityReported, Totals};

use crate::cases::{Desk, giver};
use crate::paying::{check, contract};

fn reported(lines: &str) -> ActivityReported {
    let lines: Vec<ActivityLine> = serde_json::from_str(lines).unwrap();
    let value: domain::exact::Exact = lines.iter().filter_map(|line| line.value).map(Into::into).sum();
    let body = format!(
        r#"{{"contract":"c","provider":"trust","month":"2025-04","flow":"PLCM","stage":"freeze","value":"{}"}}"#,
        value.show(2)
    );
    ActivityReported { lines, ..serde_json::from_str(&body).unwrap() }
}

/// A desk with a contract of these clauses and one report.
fn with(clauses: &str, report: &ActivityReported) -> Desk {
    let mut desk = contract(clauses);
    desk.take(&giver("a.tester@tests"), Command::ActivityReported(report.clone())).unwrap();
    desk
}

const LINES: &str = r#"[{"pod":"EL","count":"1","value":"100.00"},
    {"pod":"EL","count":"1","value":"20.00","flags":["urgent"]},
    {"pod":"NEL","count":"1","value":"3.00"}]"#;

const FLAGGED: &str = r#"
  - {clause: "1", kind: block, amount: "0.00"}
  - {clause: "2", kind: activity_at_price, when: {flags: [urgent]}}
  - {clause: "3", kind: activity_at_price}
"#;

/// Two lines that differ in a flag alone are told apart where a clause asks for it, and what no clause
/// chooses goes to the one that chooses nothing: not to a clause that does not pay by activity.
#[test]
fn a_flag_decides_which_clause_takes_a_line() {
    let desk = with(FLAGGED, &reported(LINES));
    check(&desk.statement("2025-04-30"), &[("2/activity-value", "20.00"), ("3/activity-value", "103.00")]);
}

#[test]
fn every_line_says_who_takes_it() {
    let chosen = r#"
  - {clause: "1", kind: block, amount: "0.00"}
  - {clause: "2", kind: activity_at_price, when: {flags: [urgent]}}
  - {clause: "3", kind: activity_at_price, when: {pod: [NEL]}}
"#;
    let report = reported(LINES);
    for (clauses, takers) in [(FLAGGED, ["3", "2", "3"]), (chosen, ["", "2", "3"])] {
        let desk = with(clauses, &report);
        let drafts = Drafts::of(&desk.book, "2025-04-30".parse().unwrap());
        let case = desk.book.case(&"c".parse().unwrap()).unwrap();
        let facts = drafts.facts(case, "2025/26".parse().unwrap());
        let taken = taken_by(&facts, &report);
        let taken: Vec<&str> = taken.into_iter().map(|clause| clause.map_or("", |c| c.as_str())).collect();
        assert_eq!(taken, takers);
    }
}

/// A stay of ten days with a trim point of five has five excess days; beside it one of two days has none.
/// Either kind of price by days keeps stays of different lengths apart.
#[test]
fn stays_of_different_lengths_are_priced_apart() {
    let stays = r#"[{"pod":"EL","tariff_code":"A","count":"1","length_of_stay":10,"value":"0.00"},
        {"pod":"EL","tariff_code":"A","count":"1","length_of_stay":1,"value":"0.00"}]"#;
    for (by_days, priced) in [
        (r#"trim_point: 5, excess_day: "10.00""#, "250.00"),
        (r#"short_stay: "30.00""#, "130.00"),
        (r#"trim_point: 5, excess_day: "10.00", short_stay: "30.00""#, "180.00"),
    ] {
        let clause = format!(
            "\n  - {{clause: \"1\", kind: unit_price, prices: [{{tariff_code: A, pod: EL, from: 2025-04-01, price: \"100.00\", {by_days}}}]}}\n"
        );
        let desk = with(&clause, &reported(stays));
        check(&desk.statement("2025-04-30"), &[("1/priced-activity", priced)]);
    }
}

/// Totals that two contracts share remember for each of them how it sorts them.
#[test]
fn totals_are_sorted_anew_for_another_contract() {
    let lines: Vec<ActivityLine> = reported(LINES).lines;
    let block = Totals::block(&lines).unwrap();
    let report =
        ActivityReported { lines: Vec::new(), blocks: Some(crate::blocks::of(&block)), ..reported(LINES) };
    let by_pod = "\n  - {clause: \"1\", kind: activity_at_price, when: {pod: [NEL]}}\n";
    for _ in 0..2 {
        let flagged = with(FLAGGED, &report);
        check(
            &flagged.statement("2025-04-30"),
            &[("2/activity-value", "20.00"), ("3/activity-value", "103.00")],
        );
        check(&with(by_pod, &report).statement("2025-04-30"), &[("1/activity-value", "3.00")]);
    }
}
