//! Marginal rate: worked example 03, further inputs worked by hand, and what must hold of any activity.

use proptest::prelude::*;

use crate::cases::Desk;
use crate::paying::{MONTHS, check, contract, end_of, faults, pence};

fn clause(rate: &str) -> Desk {
    contract(&format!(
        "\n  - {{clause: \"1\", kind: marginal_rate, baseline: \"10000000.00\", rate: {rate}}}\n"
    ))
}

/// A year worth `value`, all of it in its first month.
fn year(rate: &str, value: &str) -> Desk {
    let mut desk = clause(rate);
    for (i, month) in MONTHS.iter().enumerate() {
        desk.activity(month, if i == 0 { value } else { "0.00" }, 0);
    }
    desk
}

/// Worked example 03.
#[test]
fn above_the_baseline_activity_pays_at_the_marginal_rate() {
    for (rate, value, pays, retained) in [
        ("30%", "11200000.00", "10360000.00", "840000.00"),
        ("50%", "11200000.00", "10600000.00", "600000.00"),
        ("70%", "11200000.00", "10840000.00", "360000.00"),
        ("30%", "9500000.00", "9500000.00", "0.00"),
    ] {
        let statement = year(rate, value).statement("2026-03-31");
        check(
            &statement,
            &[("1/activity-payable", pays), ("1/retained", retained), ("total/payable/icb-to-trust", pays)],
        );
    }
}

/// Worked example 03: two months together stay below two twelfths; month by month the answer would be
/// 1603333.33.
#[test]
fn the_baseline_is_measured_against_the_year_to_date() {
    let mut desk = clause("30%");
    desk.activity("2025-04", "900000.00", 0);
    desk.activity("2025-05", "750000.00", 0);
    check(
        &desk.statement("2025-05-31"),
        &[("1/baseline", "1666666.67"), ("1/above-baseline", "0.00"), ("1/activity-payable", "1650000.00")],
    );
    // After the first month alone: 833333.33 + 30% of 66666.67 = 853333.33.
    assert_eq!(desk.payable("2025-04-30"), "853333.33");
}

/// Worked by hand.
#[test]
fn further_values_worked_by_hand() {
    assert_eq!(year("30%", "10000000.00").payable("2026-03-31"), "10000000.00");
    assert_eq!(year("0%", "12345678.90").payable("2026-03-31"), "10000000.00");
    assert_eq!(year("100%", "12345678.90").payable("2026-03-31"), "12345678.90");
    assert_eq!(year("70%", "10000000.01").payable("2026-03-31"), "10000000.01"); // 0.007 rounds to 1p
    assert_eq!(year("30%", "10000000.01").payable("2026-03-31"), "10000000.00"); // 0.003 rounds to nothing
    // one of three months reported: 11 twelfths less of baseline; 833333.33 + 30% of 166666.67
    let mut gap = clause("30%");
    gap.activity("2025-04", "1000000.00", 0);
    assert_eq!(gap.payable("2025-06-30"), "883333.33");
    assert_eq!(clause("30%").payable("2025-06-30"), "none");
}

#[test]
fn a_rate_above_the_whole_is_refused() {
    let found = faults("\n  - {clause: \"1\", kind: marginal_rate, baseline: \"1.00\", rate: 130%}\n");
    assert!(found[0].contains("130% is not a marginal rate"), "{found:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// What is paid and what is retained are the whole; more activity never pays less; it never pays above
    /// its value.
    #[test]
    fn paid_and_retained_are_the_whole(values in prop::collection::vec(0i64..200_000_000, 12), rate in 0u32..=100) {
        let mut desk = clause(&format!("{rate}%"));
        let mut last = 0;
        for (month, value) in MONTHS.iter().zip(&values) {
            desk.activity(month, &format!("{}.{:02}", value / 100, value % 100), 0);
            let statement = desk.statement(&end_of(month));
            let line = |id: &str| pence(crate::cases::value(&statement, &format!("c/1/{id}")));
            prop_assert_eq!(line("activity-payable") + line("retained"), line("activity-value"));
            prop_assert!(line("retained") >= 0);
            prop_assert!(line("activity-payable") >= last || rate < 100);
            last = line("activity-payable");
        }
    }
}
