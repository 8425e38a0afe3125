//! Grant and milestones: worked example 34, further inputs worked by hand, and what must hold of any day.

use proptest::prelude::*;

use crate::cases::Desk;
use crate::paying::{check, contract, faults, pence};

const CLAUSE: &str = r#"
  - clause: "1"
    kind: milestones
    grant: "180000.00"
    late: 50%
    milestones:
      - {milestone: M1, value: "25000.00", due: 2025-09-30}
      - {milestone: M2, value: "25000.00", due: 2025-12-31}
      - {milestone: M3, value: "50000.00", due: 2026-06-30}
"#;

fn reach(desk: &mut Desk, milestone: &str, on: &str) -> Result<(), domain::refusal::Refusal> {
    desk.run("reach-milestone", &format!(r#"{{"contract":"c","milestone":"{milestone}","on":"{on}"}}"#))
}

fn example() -> Desk {
    let mut desk = contract(CLAUSE);
    reach(&mut desk, "M1", "2025-09-24").unwrap();
    reach(&mut desk, "M2", "2026-01-20").unwrap();
    desk
}

/// Worked example 34.
#[test]
fn in_time_pays_in_full_and_late_pays_a_part() {
    let year = example().statement("2026-03-31");
    check(
        &year,
        &[
            ("1/grant", "180000.00"),
            ("1/milestone-earned/M1", "25000.00"),
            ("1/milestone-earned/M2", "12500.00"),
            ("1/milestone-forfeited/M2", "12500.00"),
            ("1/still-to-play-for/M3", "50000.00"),
            ("total/payable/icb-to-trust", "217500.00"),
        ],
    );
    // Nine months: a grant of 135000 and M1; M2 was not yet reached, and due on that very day.
    let nine = example().statement("2025-12-31");
    check(&nine, &[("1/still-to-play-for/M2", "25000.00"), ("total/payable/icb-to-trust", "160000.00")]);
}

/// A day outside the term is no due date: what is reached is paid in a contract year.
#[test]
fn a_milestone_is_due_within_the_term() {
    let due = |day: &str| {
        let clause = format!(
            "\n  - {{clause: \"1\", kind: milestones, late: 30%, milestones: [{{milestone: M, value: \"1.00\", due: {day}}}]}}\n"
        );
        faults(&clause).concat()
    };
    for day in ["2025-03-31", "2028-04-01"] {
        let found = due(day);
        assert!(found.contains(&format!("`M` is due on {day}, outside the contract's term")), "{found}");
    }
}

/// Worked by hand.
#[test]
fn further_days_worked_by_hand() {
    let pays = |on: &str| {
        let mut desk = contract(
            "\n  - {clause: \"1\", kind: milestones, late: 30%, milestones: [{milestone: M, value: \"1000.00\", due: 2025-09-30}]}\n",
        );
        reach(&mut desk, "M", on).unwrap();
        desk.payable("2026-03-31")
    };
    assert_eq!(pays("2025-04-01"), "1000.00");
    assert_eq!(pays("2025-09-30"), "1000.00"); // on the day
    assert_eq!(pays("2025-10-01"), "300.00");
    assert_eq!(pays("2026-03-31"), "300.00");
    assert_eq!(pays("2026-04-01"), "0.00"); // in the next contract year
}

/// What is reached in the next year is paid there, and only there.
#[test]
fn a_milestone_is_paid_in_the_year_in_which_it_is_reached() {
    let mut desk = example();
    // Past its day, half of M3 can still be earned.
    check(
        &desk.settle("c", "2026/27", "2026-07-31"),
        &[("1/still-to-play-for/M3", "25000.00"), ("1/milestone-forfeited/M3", "25000.00")],
    );
    reach(&mut desk, "M3", "2026-06-30").unwrap();
    check(
        &desk.settle("c", "2026/27", "2027-03-31"),
        &[("1/milestone-earned/M3", "50000.00"), ("total/payable/icb-to-trust", "230000.00")],
    );
    let earlier = desk.settle("c", "2025/26", "2027-03-31");
    check(&earlier, &[("1/nothing-due/M3", "none"), ("total/payable/icb-to-trust", "217500.00")]);
}

#[test]
fn a_milestone_that_is_not_in_the_terms_is_refused() {
    let refusal = reach(&mut example(), "M9", "2025-09-24").unwrap_err();
    assert!(refusal.to_string().contains("no milestone `M9`"), "{refusal}");
    let found = faults("\n  - {clause: \"1\", kind: milestones, late: 130%}\n");
    assert_eq!(found.len(), 2, "{found:?}");
}

/// A full-year effect adds to a grant; values of milestones have no full year, and are varied by a new text.
#[test]
fn only_a_grant_is_varied_by_a_full_year_effect() {
    let vary = r#"{"contract":"c","number":1,"signed_on":"2025-06-10","effective_from":"2025-07-01","clause":"1","full_year_effect":"1200.00"}"#;
    let clause = |grant: &str| {
        contract(&format!(
            "\n  - {{clause: \"1\", kind: milestones, {grant} late: 0%, milestones: [{{milestone: M, value: \"1000.00\", due: 2025-09-30}}]}}\n"
        ))
    };
    let refused = clause("").run("vary-contract", vary).unwrap_err();
    assert_eq!(refused.code, "not-a-fixed-amount");
    let mut granted = clause("grant: \"12000.00\",");
    granted.run("vary-contract", vary).unwrap();
    // Three twelfths of 12,000.00, and one of 1,200.00.
    assert_eq!(granted.payable("2025-07-31"), "4100.00");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Earned, forfeited and still to play for are the value, on every day; later never pays more.
    #[test]
    fn the_parts_are_the_value(on in 0u64..364, later in 0u64..30, asked in 0u64..364) {
        let day = |n: u64| (domain::time::date("2025-04-01").unwrap() + chrono::Days::new(n)).to_string();
        let statement = |on: u64, asked: u64| {
            let mut desk = contract("\n  - {clause: \"1\", kind: milestones, late: 37%, milestones: [{milestone: M, value: \"999.99\", due: 2025-09-30}]}\n");
            reach(&mut desk, "M", &day(on)).unwrap();
            desk.statement(&day(asked))
        };
        let of = |s: &domain::statement::Statement, id: &str| {
            s.line(&format!("c/1/{id}/M")).and_then(|l| l.value.clone()).map_or(0, |v| pence(&v))
        };
        let whole = statement(on, asked);
        let parts = ["milestone-earned", "milestone-forfeited", "still-to-play-for"].map(|id| of(&whole, id));
        prop_assert_eq!(parts.iter().sum::<i64>(), 99_999);
        let end = |on: u64| of(&statement(on, 364), "milestone-earned");
        prop_assert!(end((on + later).min(364)) <= end(on));
    }
}
