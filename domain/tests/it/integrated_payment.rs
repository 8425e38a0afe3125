//! Worked example 21: £244m a year, 10% for improvement, half of what acute care costs less than £80m.

use proptest::prelude::*;

use domain::statement::Statement;

use crate::cases::Desk;
use crate::report::{check, faults, pence, pounds};

const MCP: &str = r#"
contract: mcp
title: Multispecialty community provider
parties: {commissioner: ccg, lead: mcp-trust}
years: {kind: nhs, from: 2025/26, to: 2029/30}
rounding: {unit: 0.01, at: line}
outcomes:
  - {indicator: improvement, direction: higher, floor: 0, target: 1}
pay:
  - clause: "4"
    kind: integrated_payment
    annual: "244000000.00"
    improvement: {part: 10%, score: improvement, deadline: 90 days, late: zero}
    acute: {party: acute-trust, expected: "80000000.00", gain: 50%, loss: 50%, limit: 2%}
"#;

fn year(score: &str, acute: &str) -> Statement {
    let mut desk = Desk::default();
    desk.award(MCP);
    desk.measure("mcp", "improvement", "2025/26", score);
    desk.cost("mcp", "acute-trust", "2025/26", acute);
    desk.settle("mcp", "2025/26", "2026-04-30")
}

/// Score, acute cost, improvement payment, share of gain or loss, payable.
const YEARS: &[[&str; 5]] = &[
    // The worked example.
    ["0.825", "78400000.00", "20130000.00", "800000.00", "240530000.00"],
    // Full score, acute care as expected: the annual sum.
    ["1", "80000000.00", "24400000.00", "0.00", "244000000.00"],
    // No score, acute care 1,000,000 over: half of it is off: 219,600,000 - 500,000.
    ["0", "81000000.00", "0.00", "-500000.00", "219100000.00"],
    // 10,000,000 under: half is 5,000,000, limited to 2% of 219,600,000, 4,392,000; half score 12,200,000.
    ["0.5", "70000000.00", "12200000.00", "4392000.00", "236192000.00"],
    // 10,000,000 over: the loss has the same limit.
    ["0.5", "90000000.00", "12200000.00", "-4392000.00", "227408000.00"],
    // Exactly at the limit: 8,784,000 under.
    ["0", "71216000.00", "0.00", "4392000.00", "223992000.00"],
    // A penny under: half a penny rounds to one. A score of 1/3 of 24,400,000 in hand: 0.3333 × is 8,132,520.
    ["0.3333", "79999999.99", "8132520.00", "0.01", "227732520.01"],
];

#[test]
fn three_elements_make_the_sum() {
    for [score, acute, improvement, share, payable] in YEARS {
        let statement = year(score, acute);
        check(
            &statement,
            &[
                ("4/withheld", "24400000.00"),
                ("4/whole-population", "219600000.00"),
                ("4/gain-limit", "4392000.00"),
                ("4/outcome-earned/improvement", improvement),
                ("4/gain-share", share),
                ("total/payable/ccg-to-mcp-trust", payable),
            ],
        );
        assert!(statement.schedule.iter().all(|month| month.amount.to_string() == "18300000.00"));
    }
}

/// Three months: 54,900,000 of 219,600,000; acute 20,000,000 expected, 19,000,000 spent: half of 1,000,000,
/// within 2% of 54,900,000, 1,098,000. The improvement payment is not yet due.
#[test]
fn in_the_year_improvement_is_still_to_play_for() {
    let mut desk = Desk::default();
    desk.award(MCP);
    desk.monthly_cost("mcp", "acute-trust", 2, "6000000.00");
    desk.cost("mcp", "acute-trust", "2025-06", "7000000.00");
    let statement = desk.settle("mcp", "2025/26", "2025-06-30");
    check(
        &statement,
        &[
            ("4/whole-population-to-date", "54900000.00"),
            ("4/gain-share", "500000.00"),
            ("4/gain-limit", "1098000.00"),
            ("4/still-to-play-for", "24400000.00"),
            ("total/payable/ccg-to-mcp-trust", "55400000.00"),
        ],
    );
}

#[test]
fn acute_care_that_is_not_reported_is_no_gain() {
    let mut desk = Desk::default();
    desk.award(MCP);
    let statement = desk.settle("mcp", "2025/26", "2025-06-30");
    check(&statement, &[("4/gain-or-loss", "none"), ("total/payable/ccg-to-mcp-trust", "54900000.00")]);
    assert!(!statement.complete);
}

#[test]
fn an_indicator_that_is_not_defined_is_named() {
    assert!(
        faults(&MCP.replace("score: improvement", "score: unknown")).contains("`unknown` is not defined")
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The share is never above its limit either way, the three elements sum to what is payable, and a better
    /// score never pays less.
    #[test]
    fn the_elements_sum_to_the_payable(score in 0u32..1000, acute in 0i64..20_000_000_000) {
        let at = |score: u32| year(&format!("0.{score:03}"), &pounds(acute));
        let statement = at(score);
        let of = |id: &str| pence(&statement, id);
        prop_assert!(of("4/gain-share").abs() <= 439_200_000);
        let sum = of("4/whole-population") + of("4/gain-share") + of("4/outcome-earned");
        prop_assert_eq!(sum, of("total/payable/ccg-to-mcp-trust"));
        let better = pence(&at((score + 50).min(999)), "total/payable/ccg-to-mcp-trust");
        prop_assert!(better >= sum);
    }
}
