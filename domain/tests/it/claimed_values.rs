//! Worked example 42: the commissioner claims a year of £500,000.00, the lead one of £2,000,000.00.

use proptest::prelude::*;

use domain::statement::Statement;

use crate::cases::Desk;
use crate::report::{check, faults, pence, pounds};

fn terms(commissioner: &str, lead: &str) -> String {
    format!(
        r#"
contract: disputed
title: Two claimed values
parties: {{commissioner: ccg, lead: lead}}
years: {{kind: nhs, from: 2025/26, to: 2026/27}}
rounding: {{unit: 0.01, at: line}}
outcomes:
  - {{indicator: score, direction: higher, floor: 0, target: 1}}
pay:
  - clause: "1"
    kind: claimed_values
    claims: [{{party: ccg, value: "{commissioner}"}}, {{party: lead, value: "{lead}"}}]
    at_risk: 25%
    score: score
"#
    )
}

fn year(commissioner: &str, lead: &str, score: &str) -> Statement {
    let mut desk = Desk::default();
    desk.award(&terms(commissioner, lead));
    desk.measure("disputed", "score", "2025/26", score);
    desk.settle("disputed", "2025/26", "2026-03-31")
}

/// Claimed by commissioner and lead, score, entitled under each, disputed; the lower is payable.
const YEARS: &[[&str; 6]] = &[
    // The worked example.
    ["500000.00", "2000000.00", "0.8", "475000.00", "1900000.00", "1425000.00"],
    // The same value: nothing is disputed.
    ["500000.00", "500000.00", "1", "500000.00", "500000.00", "0.00"],
    // No score: three quarters of each.
    ["500000.00", "2000000.00", "0", "375000.00", "1500000.00", "1125000.00"],
    // The lead claims less than the commissioner offers: the lower is payable all the same.
    ["2000000.00", "500000.00", "0.8", "1900000.00", "475000.00", "1425000.00"],
    // 25% of 100.01 is 25.0025, at line 25.00; 75.01 + half of 25.00 = 87.51; 150 + 25 = 175.
    ["100.01", "200.00", "0.5", "87.51", "175.00", "87.49"],
    // The commissioner denies the contract any value.
    ["0.00", "1000000.00", "1", "0.00", "1000000.00", "1000000.00"],
];

#[test]
fn the_lower_of_two_claims_is_payable() {
    for [commissioner, lead, score, under_one, under_other, disputed] in YEARS {
        let statement = year(commissioner, lead, score);
        let lower = if pence(&statement, "1/entitled-under/ccg") < pence(&statement, "1/entitled-under/lead")
        {
            under_one
        } else {
            under_other
        };
        check(
            &statement,
            &[
                ("1/entitled-under/ccg", under_one),
                ("1/entitled-under/lead", under_other),
                ("1/disputed", disputed),
                ("total/payable/ccg-to-lead", lower),
            ],
        );
    }
}

/// Six months: half of 375,000 and of 1,500,000; 125,000 of the lower value is still to play for.
#[test]
fn in_the_year_the_part_at_risk_is_still_to_play_for() {
    let mut desk = Desk::default();
    desk.award(&terms("500000.00", "2000000.00"));
    let statement = desk.settle("disputed", "2025/26", "2025-09-30");
    check(
        &statement,
        &[
            ("1/entitled-under/ccg", "187500.00"),
            ("1/entitled-under/lead", "750000.00"),
            ("1/disputed", "562500.00"),
            ("1/still-to-play-for", "125000.00"),
            ("total/payable/ccg-to-lead", "187500.00"),
        ],
    );
    assert!(statement.complete);
}

#[test]
fn a_score_that_is_not_measured_is_said() {
    let mut desk = Desk::default();
    desk.award(&terms("500000.00", "2000000.00"));
    let statement = desk.settle("disputed", "2025/26", "2026-03-31");
    check(&statement, &[("1/measured/score", "none"), ("total/payable/ccg-to-lead", "375000.00")]);
    assert!(!statement.complete);
}

#[test]
fn two_values_of_one_party_are_no_dispute() {
    assert!(
        faults(&terms("1.00", "2.00").replace("{party: lead,", "{party: ccg,")).contains("`ccg` claims two")
    );
    assert!(faults(&terms("1.00", "2.00").replace("score: score", "score: other")).contains("/pay/0/score"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Payable and disputed make the higher claim; nothing is payable above either; a higher claim by one
    /// party never lowers what is payable.
    #[test]
    fn never_more_than_either_claim(one in 0i64..1_000_000_000, other in 0i64..1_000_000_000, more in 0i64..1_000_000) {
        let statement = year(&pounds(one), &pounds(other), "0.7");
        let of = |id: &str| pence(&statement, id);
        let payable = of("total/payable/ccg-to-lead");
        let (a, b) = (of("1/entitled-under/ccg"), of("1/entitled-under/lead"));
        prop_assert_eq!(payable, a.min(b));
        prop_assert_eq!(payable + of("1/disputed"), a.max(b));
        prop_assert!(a <= one && b <= other);
        let then = year(&pounds(one + more), &pounds(other), "0.7");
        prop_assert!(pence(&then, "total/payable/ccg-to-lead") >= payable);
    }
}

/// With a deadline of 90 days the part at risk is open at midsummer, and nothing once the deadline has
/// passed.
#[test]
fn after_the_deadline_the_late_data_rule_decides() {
    let timed = terms("500000.00", "2000000.00") + "    deadline: 90 days\n    late: zero\n";
    let mut desk = Desk::default();
    desk.award(&timed);
    let open = desk.settle("disputed", "2025/26", "2026-06-29");
    check(&open, &[("1/still-to-play-for", "125000.00"), ("1/lower-claim", "375000.00")]);
    let late = desk.settle("disputed", "2025/26", "2026-06-30");
    assert!(late.complete && late.line("disputed/1/still-to-play-for").is_none(), "{late}");
    check(&late, &[("1/score/score", "0"), ("1/lower-claim", "375000.00")]);
    let excluded = timed.replace("late: zero", "late: exclude");
    assert!(faults(&excluded).contains("/pay/0/late: there is no other measure"), "{}", faults(&excluded));
}
