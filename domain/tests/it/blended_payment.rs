//! Blended payment: worked example 11, further inputs worked by hand, and what must hold of any activity.

use proptest::prelude::*;

use crate::paying::{check, contract, faults, pence};

const CLAUSE: &str =
    "\n  - {clause: \"1\", kind: blended_payment, plan: \"40000000.00\", rate: 20%, break_glass: 10%}\n";

fn year(value: &str) -> domain::statement::Statement {
    let mut desk = contract(CLAUSE);
    desk.year_of_activity(value);
    desk.statement("2026-03-31")
}

/// Worked example 11: + is what the provider is short of the full price, - what it keeps.
#[test]
fn a_fifth_of_the_difference_moves_the_payment() {
    for (value, pays, short) in
        [("42000000.00", "40400000.00", "1600000.00"), ("37000000.00", "39400000.00", "-2400000.00")]
    {
        let statement = year(value);
        check(
            &statement,
            &[("1/unpaid", short), ("1/within-break-glass", "met"), ("total/payable/icb-to-trust", pays)],
        );
        assert!(statement.line("c/1/interim").is_none());
    }
}

/// Worked example 11: 15% above plan.
#[test]
fn beyond_the_limit_the_payment_is_interim() {
    let statement = year("46000000.00");
    check(
        &statement,
        &[
            ("1/plan-deviation", "0.15"),
            ("1/within-break-glass", "not met"),
            ("total/payable/icb-to-trust", "41200000.00"),
        ],
    );
    assert!(statement.line("c/1/interim").is_some());
    // As far below plan: 34000000 is 15% short.
    check(&year("34000000.00"), &[("1/plan-deviation", "-0.15"), ("1/within-break-glass", "not met")]);
}

/// Worked by hand.
#[test]
fn further_activity_worked_by_hand() {
    let total = |value: &str| year(value).payables[0].entitled.unwrap().to_string();
    assert_eq!(total("40000000.00"), "40000000.00");
    assert_eq!(total("0.00"), "32000000.00");
    assert_eq!(total("80000000.00"), "48000000.00");
    assert_eq!(total("40000000.03"), "40000000.01"); // 0.006
    assert_eq!(total("39999999.97"), "39999999.99");
    check(&year("44000000.00"), &[("1/within-break-glass", "met")]); // exactly 10% is within
    check(&year("44000000.01"), &[("1/within-break-glass", "not met")]);
    // a half: 20000000; six months worth 21000000 are 1000000 above: plus 200000
    let mut desk = contract(CLAUSE);
    for month in &crate::paying::MONTHS[..6] {
        desk.activity(month, "3500000.00", 0);
    }
    assert_eq!(desk.payable("2025-09-30"), "20200000.00");
}

#[test]
fn a_plan_of_nothing_is_refused() {
    let found = faults("\n  - {clause: \"1\", kind: blended_payment, plan: \"0.00\", rate: 120%}\n");
    assert_eq!(found.len(), 2, "{found:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// More activity never pays less; what is paid and what is not paid for are the activity.
    #[test]
    fn paid_and_unpaid_are_the_activity(value in 0i64..10_000_000_000, more in 0i64..1_000_000) {
        let at = |p: i64| year(&format!("{}.{:02}", p / 100, p % 100));
        let pays = |s: &domain::statement::Statement| pence(&s.payables[0].entitled.unwrap().to_string());
        let statement = at(value);
        prop_assert!(pays(&statement) <= pays(&at(value + more)));
        let unpaid = pence(crate::cases::value(&statement, "c/1/unpaid"));
        prop_assert_eq!(pays(&statement) + unpaid, value);
    }
}
