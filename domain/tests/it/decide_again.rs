//! An event decided again on the same book is the same event: its consequences are not drawn twice.

use domain::verb::Event;
use domain::verb::activity::ActivityReported;
use domain::worksheet::Stage;

use crate::cases::Desk;

const TERMS: &str = r#"
contract: acute
title: Activity
parties: {commissioner: icb, lead: trust}
years: {kind: nhs, from: 2025/26, to: 2025/26}
rounding: {unit: 0.01, at: line}
pay:
  - {clause: "2", kind: activity_at_price}
"#;

#[test]
fn an_estimate_after_the_freeze_stays_what_it_became() {
    let mut desk = Desk::default();
    desk.award(TERMS);
    let report = |stage: &str, more: &str| {
        format!(
            r#"{{"contract":"acute","provider":"trust","month":"2025-04","flow":"PLCM","stage":"{stage}","value":"900.00"{more}}}"#
        )
    };
    desk.run("report-activity", &report("freeze", "")).unwrap();
    let estimate = r#","estimate":{"author":"sam","method":"a third of the quarter"}"#;
    let body: ActivityReported = serde_json::from_str(&report("estimated", estimate)).unwrap();
    let late = Event::ActivityReported(body).decide_again(&desk.book).unwrap();
    let Event::ActivityReported(report) = &late else { panic!("{late:?}") };
    assert_eq!((report.stage, report.estimate.is_some()), (Stage::AfterFreeze, true));
    assert_eq!(late.clone().decide_again(&desk.book).unwrap(), late);
}
