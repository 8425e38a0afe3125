//! The flows of a month's activity: what patients' lines, drugs and devices come to is what the aggregate
//! return says, and the aggregate is never added to them.

use crate::paying::{check, contract};

const CLAUSE: &str = r#"
  - {clause: "1", kind: activity_at_price}
"#;

fn report(flow: &str, value: &str) -> String {
    format!(
        r#"{{"contract":"c","provider":"trust","month":"2025-04","flow":"{flow}","stage":"freeze","value":"{value}"}}"#
    )
}

/// Worked example 28: patients' lines 69,745.50 and a block adjustment of 50,000.00, drugs 12,500.00, devices
/// 8,800.00; the aggregate return and the invoice say 141,045.50.
#[test]
fn the_aggregate_return_is_a_control_total() {
    let mut desk = contract(CLAUSE);
    for (flow, value) in [
        ("PLCM", "119745.50"), // 69,745.50 + 50,000.00
        ("DrPLCM", "12500.00"),
        ("DePLCM", "8800.00"),
    ] {
        desk.run("report-activity", &report(flow, value)).unwrap();
    }
    let before = desk.payable("2025-04-30");
    assert_eq!(before, "141045.50");
    desk.run("report-activity", &report("ACM", "141045.50")).unwrap();
    check(
        &desk.statement("2025-04-30"),
        &[("1/activity-value", "141045.50"), ("total/payable/icb-to-trust", "141045.50")],
    );
}
