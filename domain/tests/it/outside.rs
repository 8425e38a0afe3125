//! Activity that no clause is about is shown, never dropped and never paid; no activity is paid twice.

use domain::terms::Terms;

use crate::cases::{Desk, value};

const HEAD: &str = r#"
contract: acute
title: Two clauses of activity
parties: {commissioner: icb, lead: trust}
years: {kind: nhs, from: 2025/26, to: 2025/26}
rounding: {unit: 0.01, at: line}
pay:
"#;

const REPORT: &str = r#"{"contract":"acute","provider":"trust","month":"2025-04","flow":"PLCM","stage":"freeze","value":"600.00",
    "lines":[{"pod":"NEL","count":"1","value":"100.00"},{"pod":"EL","count":"2","value":"200.00"},{"pod":"DRUG","count":"3","value":"300.00"}]}"#;

fn settled(clauses: &str) -> domain::statement::Statement {
    let mut desk = Desk::default();
    desk.award(&format!("{HEAD}{clauses}"));
    desk.run("report-activity", REPORT).unwrap();
    desk.settle("acute", "2025/26", "2025-04-30")
}

#[test]
fn lines_that_no_clause_is_about_are_shown_and_not_paid() {
    let statement = settled(
        "  - {clause: \"1\", kind: activity_at_price, when: {pod: [NEL]}}\n  - {clause: \"2\", kind: activity_at_price, when: {pod: [EL]}}\n",
    );
    // 100 + 200 are paid; three units of drugs at 300 are nobody's.
    assert_eq!(value(&statement, "acute/total/payable/icb-to-trust"), "300.00");
    assert_eq!(value(&statement, "acute/total/outside-contract/2025-04"), "300.00");
    let line = statement.line("acute/total/outside-contract/2025-04").unwrap();
    assert!(line.working.text.starts_with("lines: 1, units: 3,"), "{}", line.working.text);
}

#[test]
fn a_clause_without_lines_of_its_own_takes_the_rest() {
    let statement = settled(
        "  - {clause: \"1\", kind: activity_at_price, when: {pod: [NEL]}}\n  - {clause: \"2\", kind: activity_at_price}\n",
    );
    assert_eq!(value(&statement, "acute/total/payable/icb-to-trust"), "600.00");
    assert!(statement.line("acute/total/outside-contract/2025-04").is_none());
}

#[test]
fn two_clauses_for_the_same_activity_are_refused() {
    let faults = Terms::from_yaml(&format!(
        "{HEAD}  - {{clause: \"1\", kind: activity_at_price}}\n  - {{clause: \"2\", kind: activity_at_price}}\n"
    ))
    .unwrap_err();
    assert!(faults[0].message.contains("clause 2 pays for activity that another"), "{faults:?}");
}
