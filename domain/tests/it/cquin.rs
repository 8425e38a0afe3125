//! CQUIN: worked examples 10 and 12, further inputs worked by hand, and what must hold of any score.

use domain::worksheet::LineState;
use proptest::prelude::*;

use crate::cases::Desk;
use crate::paying::{check, contract, faults, pence};

const STEPS_2017: &str =
    "[{above: 50, scores: 25%}, {from: 60, scores: 50%}, {from: 65, scores: 75%}, {from: 70, scores: 100%}]";
const STEPS_2018: &str =
    "[{above: 50, scores: 25%}, {from: 60, scores: 50%}, {from: 65, scores: 75%}, {from: 75, scores: 100%}]";

/// £200,000,000.00, 0.25% of it on three indicators, paid on result.
fn flu(scale: &str) -> Desk {
    contract(&format!(
        r#"
outcomes:
  - {{indicator: flu, direction: higher, {scale}}}
  - {{indicator: food, direction: higher, scale: pass_fail, target: 1}}
  - {{indicator: wellbeing, direction: higher, scale: pass_fail, target: 1}}
pay:
  - {{clause: "1", kind: block, amount: "200000000.00"}}
  - {{clause: "2", kind: cquin, of: block.block, share: 0.25%, indicators: [flu, food, wellbeing], paid: on_result, deadline: 60 days, late: zero}}
"#
    ))
}

/// Worked example 12: the published steps, with a value on an edge in the higher band.
#[test]
fn steps_score_by_the_best_one_reached() {
    for (steps, uptakes) in [
        (
            STEPS_2017,
            [
                ("50", "0"),
                ("55", "0.25"),
                ("60", "0.5"),
                ("64.9", "0.5"),
                ("65", "0.75"),
                ("68", "0.75"),
                ("70", "1"),
                ("72", "1"),
                ("75", "1"),
            ],
        ),
        (
            STEPS_2018,
            [
                ("50", "0"),
                ("55", "0.25"),
                ("60", "0.5"),
                ("64.9", "0.5"),
                ("65", "0.75"),
                ("68", "0.75"),
                ("70", "0.75"),
                ("72", "0.75"),
                ("75", "1"),
            ],
        ),
    ] {
        for (uptake, score) in uptakes {
            let mut desk = flu(&format!("steps: {steps}"));
            desk.year_measured("flu", uptake);
            check(&desk.statement("2026-03-31"), &[("2/score/flu", score)]);
        }
    }
}

/// Worked example 12: what 68% pays, and how the pot is split.
#[test]
fn the_pot_is_split_without_losing_a_penny() {
    let mut desk = flu(&format!("steps: {STEPS_2017}"));
    desk.year_measured("flu", "68");
    desk.year_measured("food", "0");
    let open = desk.statement("2026-03-31");
    check(
        &open,
        &[
            ("2/pot", "500000.00"),
            ("2/indicator-value/flu", "166666.67"),
            ("2/indicator-value/food", "166666.67"),
            ("2/indicator-value/wellbeing", "166666.66"),
            ("2/outcome-earned/flu", "125000.00"),
            ("2/outcome-forfeited/food", "166666.67"),
            ("2/still-to-play-for/wellbeing", "166666.66"),
            ("2/outcome-earned", "125000.00"),
            ("total/payable/icb-to-trust", "200125000.00"),
        ],
    );
    assert!(!open.complete);
    // After the deadline what was not measured scores nothing.
    check(&desk.statement("2026-06-30"), &[("2/outcome-forfeited/wellbeing", "166666.66")]);
}

/// Worked example 12: the sliding scale of 2019/20, on £500,000.00.
#[test]
fn the_sliding_scale_runs_from_floor_to_target() {
    for (uptake, score, pays) in [
        ("59.9", "0", "0.00"),
        ("60", "0", "0.00"),
        ("74", "0.7", "350000.00"),
        ("80", "1", "500000.00"),
        ("85", "1", "500000.00"),
    ] {
        let mut desk = contract(
            r#"
outcomes:
  - {indicator: flu, direction: higher, floor: 60, target: 80}
pay:
  - {clause: "1", kind: block, amount: "40000000.00"}
  - {clause: "2", kind: cquin, of: block.block, share: 1.25%, indicators: [flu], paid: on_result, deadline: 60 days, late: zero}
"#,
        );
        desk.year_measured("flu", uptake);
        check(&desk.statement("2026-03-31"), &[("2/score/flu", score), ("2/outcome-earned/flu", pays)]);
    }
}

/// Worked example 10: paid in advance, what is not earned is taken off the fixed element.
#[test]
fn paid_in_advance_what_is_not_earned_is_taken_off() {
    let names = ["a", "b", "c", "d", "e"];
    let outcomes: String = names
        .iter()
        .map(|n| format!("  - {{indicator: {n}, direction: higher, floor: 0, target: 1}}\n"))
        .collect();
    let mut desk = contract(&format!(
        r#"
outcomes:
{outcomes}
pay:
  - {{clause: "1", kind: block, amount: "200000000.00"}}
  - {{clause: "2", kind: cquin, of: block.block, share: 1.25%, indicators: [a, b, c, d, e], paid: in_advance, deadline: 60 days, late: zero}}
"#
    ));
    for (name, score) in names.iter().zip(["1", "1", "0.7", "0", "0.5"]) {
        desk.year_measured(name, score);
    }
    check(
        &desk.statement("2026-03-31"),
        &[
            ("2/pot", "2500000.00"),
            ("2/indicator-value/a", "500000.00"),
            ("2/outcome-forfeited", "900000.00"),
            ("total/payable/icb-to-trust", "199100000.00"),
        ],
    );
    // Half way through the year nothing is judged, and the advance is paid.
    let half = desk.statement("2025-09-30");
    check(&half, &[("2/not-yet-due", "none"), ("2/still-to-play-for", "2500000.00")]);
    check(&half, &[("total/payable/icb-to-trust", "100000000.00")]);
}

/// Worked by hand on £166,666.67 (first of three) and the steps of 2017/18.
#[test]
fn further_uptakes_worked_by_hand() {
    for (uptake, pays) in [
        ("0", "0.00"),
        ("50.01", "41666.67"), // 25%: 41666.6675
        ("59.99", "41666.67"),
        ("60", "83333.34"),    // 50%: 83333.335, the half goes up
        ("69.9", "125000.00"), // 75%: 125000.0025
        ("100", "166666.67"),
    ] {
        let mut desk = flu(&format!("steps: {STEPS_2017}"));
        desk.year_measured("flu", uptake);
        check(&desk.statement("2026-03-31"), &[("2/outcome-earned/flu", pays)]);
    }
}

#[test]
fn steps_that_cannot_be_read_are_refused() {
    let bad = |scale: &str| {
        faults(&format!(
            "\noutcomes:\n  - {{indicator: flu, direction: higher, {scale}}}\npay:\n  - {{clause: \"1\", kind: block, amount: \"1.00\"}}\n"
        ))
    };
    assert!(bad("scale: steps, floor: 1, target: 2")[0].contains("a stepped scale has `steps`"));
    assert!(bad("steps: [{from: 60, above: 50, scores: 25%}]")[0].contains("either `from` or `above`"));
    assert!(bad("steps: [{from: 60, scores: 25%}, {from: 50, scores: 50%}]")[0].contains("not better"));
    assert!(bad("steps: [{from: 60, scores: 25%}, {from: 70, scores: 20%}]")[0].contains("not better"));
    assert!(bad("steps: [{from: 60, scores: 0.25}]")[0].contains("percent sign"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Earned and forfeited are the pot; a better value never earns less; nothing earns above the pot.
    #[test]
    fn earned_and_forfeited_are_the_pot(uptake in 0u32..=1000, better in 0u32..200, food in 0u32..=1, wellbeing in 0u32..=1) {
        let earned = |uptake: u32| {
            let mut desk = flu(&format!("steps: {STEPS_2018}"));
            desk.year_measured("flu", &format!("{}.{}", uptake / 10, uptake % 10));
            desk.year_measured("food", &food.to_string());
            desk.year_measured("wellbeing", &wellbeing.to_string());
            let statement = desk.statement("2026-03-31");
            let line = |id: &str| pence(crate::cases::value(&statement, id));
            (line("c/2/outcome-earned"), line("c/2/outcome-forfeited"))
        };
        let (won, lost) = earned(uptake);
        prop_assert_eq!(won + lost, 50_000_000);
        prop_assert!(won >= 0 && lost >= 0);
        prop_assert!(earned(uptake + better).0 >= won);
    }
}

/// A share of activity waits for it: while no month has ended it is not yet due and nothing is missing; after
/// April it is the report of April that is.
#[test]
fn a_share_of_activity_waits_for_its_months() {
    let desk = contract(
        "outcomes: [{indicator: flu, direction: higher, floor: 0, target: 1}]\npay:
  - {clause: \"1\", kind: activity_at_price}
  - {clause: \"2\", kind: cquin, of: 1.activity-value, share: 1%, indicators: [flu], paid: on_result, deadline: 60 days, late: zero}\n",
    );
    for (as_of, state, complete) in
        [("2025-04-29", LineState::NotYetDue, true), ("2025-04-30", LineState::NotReported, false)]
    {
        let statement = desk.statement(as_of);
        assert_eq!(statement.line("c/2/pot").unwrap().state, state, "{as_of}");
        assert_eq!(statement.complete, complete, "{as_of}");
    }
}
