//! Worked example 36: a joint venture's result of £1,234,567.89 by 40/30/20/10.

use proptest::prelude::*;

use domain::statement::Statement;

use crate::cases::Desk;
use crate::report::{check, faults, pence, pounds};

const SHARES: &str =
    "{party: a, share: 40%}, {party: b, share: 30%}, {party: c, share: 20%}, {party: d, share: 10%}";

fn terms() -> String {
    format!(
        r#"
contract: venture
title: Joint venture
parties: {{commissioner: ccg, lead: llp}}
years: {{kind: nhs, from: 2025/26, to: 2026/27}}
rounding: {{unit: 0.01, at: line}}
pay:
  - {{clause: "12", kind: equity, gain: [{SHARES}], loss: [{SHARES}]}}
  - {{clause: "1", kind: block, amount: "20000000.00"}}
"#
    )
}

fn year(cost: &str) -> Statement {
    let mut desk = Desk::default();
    desk.award(&terms());
    desk.cost("venture", "llp", "2025/26", cost);
    desk.settle("venture", "2025/26", "2026-03-31")
}

/// Cost, result, the owners' shares.
type Year = (&'static str, &'static str, [&'static str; 4]);

const YEARS: &[Year] = &[
    // The worked example.
    ("18765432.11", "1234567.89", ["493827.15", "370370.37", "246913.58", "123456.79"]),
    // The same as a loss.
    ("21234567.89", "-1234567.89", ["-493827.15", "-370370.37", "-246913.58", "-123456.79"]),
    // Nothing to share.
    ("20000000.00", "0.00", ["0.00", "0.00", "0.00", "0.00"]),
    // A penny: .4, .3, .2 and .1 of it: the largest remainder is a's.
    ("19999999.99", "0.01", ["0.01", "0.00", "0.00", "0.00"]),
    // Three pence: 1.2, 0.9, 0.6, 0.3: one to a, then b (.9) and c (.6).
    ("19999999.97", "0.03", ["0.01", "0.01", "0.01", "0.00"]),
    // Five pence: 2, 1.5, 1, 0.5: b and d tie for the last penny, b is named first.
    ("19999999.95", "0.05", ["0.02", "0.02", "0.01", "0.00"]),
    // No cost but nothing: all of 20,000,000.
    ("0.00", "20000000.00", ["8000000.00", "6000000.00", "4000000.00", "2000000.00"]),
];

#[test]
fn a_result_goes_to_the_owners_by_equity() {
    for (cost, result, shares) in YEARS {
        let statement = year(cost);
        check(&statement, &[("12/joint-result", result), ("total/result/llp", "0.00")]);
        for (owner, share) in ["a", "b", "c", "d"].iter().zip(shares) {
            check(
                &statement,
                &[
                    (&format!("12/equity-share/{owner}"), share),
                    (&format!("total/payable/llp-to-{owner}"), share),
                    (&format!("total/result/{owner}"), share),
                ],
            );
        }
    }
}

#[test]
fn in_the_year_nothing_is_shared() {
    let mut desk = Desk::default();
    desk.award(&terms());
    desk.monthly_cost("venture", "llp", 6, "1000000.00");
    let statement = desk.settle("venture", "2025/26", "2025-09-30");
    check(
        &statement,
        &[
            ("12/not-yet-due", "none"),
            ("total/payable/ccg-to-llp", "10000000.00"),
            ("total/result/llp", "4000000.00"),
        ],
    );
}

#[test]
fn a_cost_that_is_not_reported_is_not_a_surplus() {
    let mut desk = Desk::default();
    desk.award(&terms());
    let statement = desk.settle("venture", "2025/26", "2026-03-31");
    check(&statement, &[("12/joint-result", "none")]);
    assert!(!statement.complete);
}

#[test]
fn a_joint_venture_does_not_own_itself() {
    assert!(faults(&terms().replace("{party: d,", "{party: llp,")).contains("`llp` is the joint venture"));
}

/// The venture's year with an own cost of 10,000,000.00 and a subcontract of 1,200,000.00.
fn with_costs(venture: &str) -> Statement {
    let mut desk = Desk::default();
    desk.award(venture);
    desk.award(
        "contract: sub\ntitle: Part of the care\nunder: venture\nparties: {lead: llp, provider: trust}\n\
         years: {kind: nhs, from: 2025/26, to: 2026/27}\nrounding: {unit: 0.01, at: line}\n\
         pay: [{clause: \"1\", kind: block, amount: \"1200000.00\"}]\n",
    );
    desk.cost("venture", "llp", "2025/26", "10000000.00");
    desk.settle("venture", "2025/26", "2026-03-31")
}

/// 20,000,000.00 less an own cost of 10,000,000.00 and a subcontract of 1,200,000.00 leaves 8,800,000.00.
#[test]
fn what_subcontractors_are_paid_is_a_cost() {
    let statement = with_costs(&terms());
    check(&statement, &[("12/joint-result", "8800000.00"), ("12/equity-share/a", "3520000.00")]);
}

/// A programme pool before it has written cost and subcontract already: each stands and counts once. Of
/// 20,000,000.00 a cost of 10,000,000.00 and a subcontract of 1,200,000.00 leave 8,800,000.00; the
/// commissioner's half of the pool comes off it.
#[test]
fn a_cost_that_another_clause_has_written_counts_once() {
    let halves = "[{party: ccg, share: 50%}, {party: llp, share: 50%}]";
    let pool = format!(
        "  - {{clause: \"2\", kind: programme_pool, of: 1.block, cost: [own, subcontracts], gain: {halves}, loss: {halves}}}\n"
    );
    let statement = with_costs(&format!("{}{pool}", terms()));
    check(&statement, &[("2/pool", "8800000.00"), ("12/joint-result", "4400000.00")]);
    let written = statement.lines.iter().filter(|line| line.name.slug() == "subcontract");
    assert_eq!(written.count(), 1, "{statement}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Shares sum to the result, and no share is a penny or more from its exact part.
    #[test]
    fn shares_sum_to_the_result(cost in 0i64..4_000_000_000) {
        let statement = year(&pounds(cost));
        let result = 2_000_000_000 - cost;
        prop_assert_eq!(pence(&statement, "12/joint-result"), result);
        let share = |owner: &str| pence(&statement, &format!("12/equity-share/{owner}"));
        prop_assert_eq!(["a", "b", "c", "d"].map(share).iter().sum::<i64>(), result);
        for (owner, percent) in [("a", 40), ("b", 30), ("c", 20), ("d", 10)] {
            prop_assert!((share(owner) * 100 - result * percent).abs() < 100);
        }
    }
}
