//! Worked example 41: a budget of £24,000,000.00 with a £1,000,000.00 outcome pot, and a hospital that never
//! signed.

use proptest::prelude::*;

use domain::statement::Statement;

use crate::cases::Desk;
use crate::report::{MONTHS, check, faults, pence, pounds};

const CAPITATED: &str = r#"
contract: capitated
title: Capitated budget
parties: {commissioner: ccg, lead: lead}
years: {kind: nhs, from: 2025/26, to: 2026/27}
rounding: {unit: 0.01, at: line}
outcomes:
  - {indicator: score, direction: higher, floor: 0, target: 1}
pay:
  - {clause: "1", kind: paid_outside, of: core.core}
  - {clause: "2", kind: core, budget: "24000000.00", withheld: WITHHELD}
  - {clause: "3", kind: outcome_pot, of: core.withheld, score: score, deadline: 90 days, late: zero}
"#;

fn terms() -> String {
    // 1,000,000 of 24,000,000.
    CAPITATED.replace("WITHHELD", "100/24%")
}

fn year(paid: &[(&str, &str)], score: &str, as_of: &str) -> Statement {
    let mut desk = Desk::default();
    desk.award(&terms());
    desk.run("register-party", r#"{"party":"hospital","name":"Hospital"}"#).unwrap();
    desk.measure("capitated", "score", "2025/26", score);
    for (month, amount) in paid {
        let body = format!(
            r#"{{"contract":"capitated","provider":"hospital","month":"{month}","amount":"{amount}","reference":"tariff"}}"#
        );
        desk.run("pay-outside", &body).unwrap();
    }
    desk.settle("capitated", "2025/26", as_of)
}

/// What was paid outside, all of it, what is left of the core, what is payable; score 0.6, so outcomes of
/// 600,000.
type Year = (&'static [(&'static str, &'static str)], &'static str, &'static str, &'static str);

const YEARS: &[Year] = &[
    // The worked example, in two lines.
    (&[("2025-06", "1000000.00"), ("2026-01", "184220.50")], "1184220.50", "21815779.50", "22415779.50"),
    // One penny.
    (&[("2025-04", "0.01")], "0.01", "22999999.99", "23599999.99"),
    // Two lines of one month, and a credit note: 100.00 + 200.00 - 50.00 = 250.00.
    (
        &[("2025-05", "100.00"), ("2025-05", "200.00"), ("2025-07", "-50.00")],
        "250.00",
        "22999750.00",
        "23599750.00",
    ),
    // The whole core: only outcomes are left.
    (&[("2025-05", "23000000.00")], "23000000.00", "0.00", "600000.00"),
    // More than the core: the lead owes the rest, 1,000,000 less its outcomes.
    (&[("2025-05", "24000000.00")], "24000000.00", "-1000000.00", "-400000.00"),
    // A line of every one of three months: 3 × 333,333.33 = 999,999.99.
    (
        &[("2025-04", "333333.33"), ("2025-05", "333333.33"), ("2025-06", "333333.33")],
        "999999.99",
        "22000000.01",
        "22600000.01",
    ),
];

#[test]
fn what_is_paid_outside_comes_off_the_budget_line_by_line() {
    for (paid, all, left, payable) in YEARS {
        let statement = year(paid, "0.6", "2026-03-31");
        check(
            &statement,
            &[
                ("2/core", "23000000.00"),
                ("1/paid-outside", all),
                ("1/after-deductions", left),
                ("3/outcome-earned", "600000.00"),
                ("total/payable/ccg-to-lead", payable),
            ],
        );
        let lines = statement.lines.iter().filter(|l| l.id.starts_with("capitated/1/paid-outside/")).count();
        assert_eq!(lines, paid.len());
    }
}

/// Six months: half of the core, 11,500,000, less what was paid for those months only.
#[test]
fn in_the_year_only_months_that_have_ended_count() {
    let statement = year(&[("2025-06", "1000000.00"), ("2026-01", "184220.50")], "0.6", "2025-09-30");
    check(&statement, &[("1/paid-outside", "1000000.00"), ("total/payable/ccg-to-lead", "10500000.00")]);
}

/// The commissioner's result is its envelope less all it paid: 24,000,000 - 22,415,779.50 - 1,184,220.50 =
/// 400,000, the outcomes that were not earned.
#[test]
fn the_commissioner_s_result_counts_what_it_paid_outside() {
    let statement = year(YEARS[0].0, "0.6", "2026-03-31");
    check(&statement, &[("total/result/ccg", "400000.00")]);
}

#[test]
fn nothing_paid_outside_is_said() {
    check(
        &year(&[], "0.6", "2026-03-31"),
        &[("1/nothing-due", "none"), ("total/payable/ccg-to-lead", "23600000.00")],
    );
}

#[test]
fn the_holder_of_the_contract_is_not_outside_it() {
    let mut desk = Desk::default();
    desk.award(&terms());
    let body = r#"{"contract":"capitated","provider":"lead","month":"2025-04","amount":"1.00"}"#;
    assert!(desk.run("pay-outside", body).unwrap_err().to_string().contains("holds this contract"));
    let body = body.replace(r#""lead""#, r#""nobody""#);
    assert!(desk.run("pay-outside", &body).unwrap_err().to_string().contains("nobody"));
    assert!(faults(&terms().replace("of: core.core", "of: block.block")).contains("/pay/0/of"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Every pound paid outside is a pound less payable, in whatever months and however many lines.
    #[test]
    fn every_pound_outside_is_a_pound_less(paid in prop::collection::vec((0usize..12, 1i64..100_000_000), 1..8)) {
        let texts: Vec<(&str, String)> = paid.iter().map(|(month, p)| (MONTHS[*month], pounds(*p))).collect();
        let rows: Vec<(&str, &str)> = texts.iter().map(|(month, p)| (*month, p.as_str())).collect();
        let statement = year(&rows, "0.6", "2026-03-31");
        let all: i64 = paid.iter().map(|(_, p)| p).sum();
        prop_assert_eq!(pence(&statement, "total/payable/ccg-to-lead"), 2_360_000_000 - all);
    }
}
