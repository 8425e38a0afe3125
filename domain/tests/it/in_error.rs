//! A fact recorded in error reads from then on as if it had not been; what relies on it keeps it.

use crate::cases::{Desk, value};

const TERMS: &str = r#"
contract: acute
title: Activity
parties: {commissioner: icb, lead: trust}
years: {kind: nhs, from: 2025/26, to: 2025/26}
rounding: {unit: 0.01, at: line}
pay:
  - {clause: "2", kind: activity_at_price}
"#;

fn report(stage: &str, value: &str) -> String {
    format!(
        r#"{{"contract":"acute","provider":"trust","month":"2025-04","flow":"PLCM","stage":"{stage}","value":"{value}"}}"#
    )
}

fn desk() -> Desk {
    let mut desk = Desk::default();
    desk.award(TERMS); // entries 1 to 3: two parties, the award
    desk.run("report-activity", &report("flex", "100.00")).unwrap(); // entry 4
    desk.run("report-activity", &report("flex", "900.00")).unwrap(); // entry 5
    desk
}

#[test]
fn the_fact_before_it_counts_again() {
    let mut desk = desk();
    let total = "acute/2/activity-value";
    assert_eq!(value(&desk.settle("acute", "2025/26", "2025-04-30"), total), "900.00");
    desk.run("record-in-error", r#"{"contract":"acute","entry":5,"reason":"sent for another trust"}"#)
        .unwrap();
    assert_eq!(value(&desk.settle("acute", "2025/26", "2025-04-30"), total), "100.00");
    let again =
        desk.run("record-in-error", r#"{"contract":"acute","entry":5,"reason":"again"}"#).unwrap_err();
    assert_eq!(again.code, "no-such-fact");
}

#[test]
fn what_later_events_rely_on_stays_and_they_are_named() {
    let mut desk = desk();
    desk.run("report-activity", &report("freeze", "905.00")).unwrap(); // entry 6
    desk.run("report-activity", &report("flex", "910.00")).unwrap(); // entry 7, after freeze
    let refusal = desk.run("record-in-error", r#"{"contract":"acute","entry":6,"reason":"x"}"#).unwrap_err();
    assert_eq!(refusal.code, "relied-on");
    assert!(refusal.message.contains("entry 7, a report after this freeze"), "{}", refusal.message);
    desk.run("record-in-error", r#"{"contract":"acute","entry":7,"reason":"x"}"#).unwrap();
    desk.run("record-in-error", r#"{"contract":"acute","entry":6,"reason":"x"}"#).unwrap();
    // The month is open again: a report is flex once more.
    desk.run("report-activity", &report("flex", "920.00")).unwrap();
    let statement = desk.settle("acute", "2025/26", "2025-04-30");
    assert_eq!(value(&statement, "acute/2/activity-value"), "920.00");
}

#[test]
fn terms_and_statements_are_not_taken_back() {
    let mut desk = desk();
    let refusal = desk.run("record-in-error", r#"{"contract":"acute","entry":3,"reason":"x"}"#).unwrap_err();
    assert_eq!(refusal.code, "no-such-fact");
}
