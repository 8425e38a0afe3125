//! Aligned payment: worked example 10, further inputs worked by hand, and what must hold of any activity.

use proptest::prelude::*;

use crate::paying::{check, contract, faults, pence};

const CLAUSE: &str = "\n  - {clause: \"1\", kind: aligned_payment, fixed: \"200000000.00\", baseline: \"50000000.00\", baseline_built: 104% of the value of 2019/20, above: 75%, below: 50%}\n";

fn year(clause: &str, value: &str) -> domain::statement::Statement {
    let mut desk = contract(clause);
    desk.year_of_activity(value);
    desk.statement("2026-03-31")
}

/// Worked example 10.
#[test]
fn activity_around_the_baseline_moves_the_fixed_element() {
    for (value, added, taken, total) in [
        ("54000000.00", "3000000.00", "0.00", "203000000.00"),
        ("47000000.00", "0.00", "1500000.00", "198500000.00"),
        ("50000000.00", "0.00", "0.00", "200000000.00"),
    ] {
        check(
            &year(CLAUSE, value),
            &[
                ("1/marginal-payment", added),
                ("1/marginal-deduction", taken),
                ("total/payable/icb-to-trust", total),
            ],
        );
    }
    let statement = year(CLAUSE, "50000000.00");
    assert_eq!(statement.line("c/1/annual-baseline").unwrap().working.text, "104% of the value of 2019/20");
}

/// Worked example 10, 2023/24 and after: all elective activity is variable.
#[test]
fn without_a_baseline_all_activity_is_variable() {
    let clause = "\n  - {clause: \"1\", kind: aligned_payment, fixed: \"150000000.00\", above: 100%}\n";
    check(&year(clause, "54000000.00"), &[("total/payable/icb-to-trust", "204000000.00")]);
}

/// Worked example 10: the CQUIN of the fixed element.
#[test]
fn its_cquin_is_a_share_of_the_fixed_element() {
    let mut desk = contract(&format!(
        "\noutcomes:\n  - {{indicator: a, direction: higher, floor: 0, target: 1}}\npay:{CLAUSE}  - {{clause: \"2\", kind: cquin, of: aligned_payment.block, share: 1.25%, indicators: [a], paid: in_advance, deadline: 60 days, late: zero}}\n"
    ));
    desk.year_of_activity("54000000.00");
    desk.year_measured("a", "0.64");
    // 36% of 2500000.00 is not earned
    check(
        &desk.statement("2026-03-31"),
        &[("2/pot", "2500000.00"), ("total/payable/icb-to-trust", "202100000.00")],
    );
}

/// Worked by hand.
#[test]
fn further_activity_worked_by_hand() {
    let total = |value: &str| year(CLAUSE, value).payables[0].entitled.unwrap().to_string();
    assert_eq!(total("50000000.01"), "200000000.01"); // 0.0075 rounds to 1p
    assert_eq!(total("49999999.99"), "199999999.99"); // 0.005 rounds to 1p off
    assert_eq!(total("0.00"), "175000000.00"); // less half of 50000000
    assert_eq!(total("100000000.00"), "237500000.00"); // plus 75% of 50000000
    assert_eq!(total("51234567.89"), "200925925.92"); // 75% of 1234567.89 = 925925.9175
    // a quarter: fixed 50000000; one month of 5000000 against a twelfth, 4166666.67: 75% of 833333.33
    let mut desk = contract(CLAUSE);
    desk.activity("2025-05", "5000000.00", 0);
    assert_eq!(desk.payable("2025-06-30"), "50625000.00");
    assert!(!desk.statement("2025-06-30").complete);
}

#[test]
fn a_rate_below_no_baseline_is_refused() {
    let found =
        faults("\n  - {clause: \"1\", kind: aligned_payment, fixed: \"1.00\", above: -1%, below: 50%}\n");
    assert_eq!(found.len(), 2, "{found:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// More activity never pays less, and no activity pays no less than the fixed element less `below` of the
    /// baseline.
    #[test]
    fn more_activity_never_pays_less(value in 0i64..20_000_000_000, more in 0i64..1_000_000) {
        let pay = |p: i64| pence(&year(CLAUSE, &format!("{}.{:02}", p / 100, p % 100)).payables[0].entitled.unwrap().to_string());
        prop_assert!(pay(value) <= pay(value + more));
        prop_assert!(pay(value) >= 17_500_000_000);
    }
}
