//! Cost and volume: the example of its page, further inputs worked by hand, and what must hold of any activity.

use proptest::prelude::*;

use crate::paying::{MONTHS, check, contract, faults, pence};

const CLAUSE: &str = "\n  - {clause: \"1\", kind: cost_and_volume, amount: \"1000000.00\", low: 9500, high: 10500, price_up: \"80.00\", price_down: \"50.00\"}\n";

/// A year whose first month reports `units`, and whose other months report none.
fn year(units: u32) -> crate::cases::Desk {
    let mut desk = contract(CLAUSE);
    for (i, month) in MONTHS.iter().enumerate() {
        desk.activity(month, "0.00", if i == 0 { units } else { 0 });
    }
    desk
}

#[test]
fn activity_outside_the_corridor_moves_the_sum() {
    check(
        &year(10700).statement("2026-03-31"),
        &[
            ("1/block", "1000000.00"),
            ("1/activity-count", "10700"),
            ("1/corridor-low", "9500"),
            ("1/corridor-high", "10500"),
            ("1/above-corridor", "200"),
            ("1/marginal-payment", "16000.00"),
            ("1/below-corridor", "0"),
            ("1/marginal-deduction", "0.00"),
            ("total/payable/icb-to-trust", "1016000.00"),
        ],
    );
    check(
        &year(9300).statement("2026-03-31"),
        &[("1/below-corridor", "200"), ("1/marginal-deduction", "10000.00")],
    );
}

/// Worked by hand.
#[test]
fn further_activity_worked_by_hand() {
    assert_eq!(year(9300).payable("2026-03-31"), "990000.00"); // less 200 x 50
    assert_eq!(year(10000).payable("2026-03-31"), "1000000.00");
    assert_eq!(year(10500).payable("2026-03-31"), "1000000.00"); // on the edge
    assert_eq!(year(9500).payable("2026-03-31"), "1000000.00");
    assert_eq!(year(10501).payable("2026-03-31"), "1000080.00");
    assert_eq!(year(0).payable("2026-03-31"), "525000.00"); // less 9500 x 50 = 475000
    // three months: 250000.00, corridor 2375 to 2625, 2700 units are 75 above: 6000.00
    assert_eq!(year(2700).payable("2025-06-30"), "256000.00");
}

/// The corridor counts the months reported; the sum runs on by the calendar.
#[test]
fn a_month_without_a_count_moves_the_corridor_not_the_sum() {
    let mut desk = contract(CLAUSE);
    assert_eq!(desk.payable("2025-06-30"), "250000.00");
    desk.activity("2025-04", "0.00", 1000);
    let quarter = desk.statement("2025-06-30");
    assert!(!quarter.complete);
    // one month: edges 791.67 and 875; 125 above pay 10000.00
    check(
        &quarter,
        &[("1/corridor-high", "875"), ("1/marginal-payment", "10000.00"), ("1/not-reported/2025-05", "none")],
    );
    assert_eq!(quarter.payables[0].entitled.unwrap().to_string(), "260000.00");
}

#[test]
fn a_corridor_upside_down_is_refused() {
    let found = faults(
        "\n  - {clause: \"1\", kind: cost_and_volume, amount: \"1.00\", low: 10, high: 9, price_up: \"1.00\", price_down: \"-1.00\"}\n",
    );
    assert_eq!(found.len(), 2, "{found:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// More activity never pays less; between the edges it pays the sum.
    #[test]
    fn pays_more_for_more(units in 0u32..20000, more in 0u32..500) {
        let pay = |units| pence(&year(units).payable("2026-03-31"));
        prop_assert!(pay(units) <= pay(units + more));
        prop_assert!(!(9500..=10500).contains(&units) || pay(units) == 100_000_000);
    }
}
