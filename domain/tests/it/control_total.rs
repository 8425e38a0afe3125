//! Worked example 37: four organisations, one of which misses by more than the others make up.

use proptest::prelude::*;

use domain::statement::Statement;

use crate::cases::Desk;
use crate::report::{check, faults, pence, pounds};

const SYSTEM: &str = r#"
contract: system
title: System control total
parties: {commissioner: icb, lead: a, members: [b, c, d]}
years: {kind: nhs, from: 2025/26, to: 2026/27}
rounding: {unit: 0.01, at: line}
pay:
  - clause: "2"
    kind: control_total
    organisations:
      - {party: a, total: "1000000.00"}
      - {party: b, total: "2000000.00"}
      - {party: c, total: "-500000.00"}
      - {party: d, total: "500000.00"}
"#;

const PARTIES: [&str; 4] = ["a", "b", "c", "d"];

fn year(turnovers: [i64; 4], results: [i64; 4]) -> Statement {
    let mut desk = Desk::default();
    desk.award(SYSTEM);
    for ((party, turnover), result) in PARTIES.iter().zip(turnovers).zip(results) {
        desk.turnover("system", party, "2025/26", &pounds(turnover));
        desk.cost("system", party, "2025/26", &pounds(turnover - result));
    }
    desk.settle("system", "2025/26", "2026-03-31")
}

/// £400m, £300m, £200m and £100m.
const TURNOVERS: [i64; 4] = [40_000_000_000, 30_000_000_000, 20_000_000_000, 10_000_000_000];

/// Turnovers, results (pence), the system's variance and the transfers.
type Year = ([i64; 4], [i64; 4], &'static str, [&'static str; 4]);

const YEARS: &[Year] = &[
    // The worked example.
    (
        TURNOVERS,
        [40_000_000, 110_000_000, -20_000_000, -150_000_000],
        "-3200000.00",
        ["-680000.00", "-60000.00", "-940000.00", "1680000.00"],
    ),
    // Only a misses, by 1,000,000: 400,000 stays with it, the others give 300,000, 200,000 and 100,000.
    (
        TURNOVERS,
        [0, 200_000_000, -50_000_000, 50_000_000],
        "-1000000.00",
        ["600000.00", "-300000.00", "-200000.00", "-100000.00"],
    ),
    // Everybody misses in proportion to turnover (400, 300, 200, 100 pounds): nothing needs to move.
    (
        TURNOVERS,
        [99_960_000, 199_970_000, -50_020_000, 49_990_000],
        "-1000.00",
        ["0.00", "0.00", "0.00", "0.00"],
    ),
    // A miss of a penny, by d: its exact shares are .4, .3, .2 and .1 of a penny, so a bears it: a gives d a
    // penny.
    (
        TURNOVERS,
        [100_000_000, 200_000_000, -50_000_000, 49_999_999],
        "-0.01",
        ["-0.01", "0.00", "0.00", "0.01"],
    ),
    // Equal turnovers, b ahead by 1,000,000, c behind by 3,000,000: the miss of 2,000,000 is 500,000 each;
    // transfers are -500,000 - 0, -500,000 - 1,000,000, -500,000 + 3,000,000, -500,000.
    (
        [10_000_000_000; 4],
        [100_000_000, 300_000_000, -350_000_000, 50_000_000],
        "-2000000.00",
        ["-500000.00", "-1500000.00", "2500000.00", "-500000.00"],
    ),
];

#[test]
fn a_miss_of_the_system_is_borne_by_turnover() {
    for (turnovers, results, system, transfers) in YEARS {
        let statement = year(*turnovers, *results);
        check(&statement, &[("2/system-variance", system)]);
        for (party, transfer) in PARTIES.iter().zip(transfers) {
            check(
                &statement,
                &[
                    (&format!("2/transfer/{party}"), transfer),
                    (&format!("total/payable/icb-to-{party}"), transfer),
                ],
            );
        }
    }
}

/// One organisation misses, the others make up for it.
#[test]
fn where_the_system_reaches_its_total_nothing_moves() {
    let statement = year(TURNOVERS, [0, 300_000_000, -50_000_000, 50_000_000]);
    check(&statement, &[("2/system-variance", "0.00"), ("2/nothing-due", "none")]);
    assert!(statement.payables.iter().all(|p| p.entitled == Some(domain::money::Money::ZERO)));
}

#[test]
fn before_the_year_has_ended_nothing_is_due() {
    let mut desk = Desk::default();
    desk.award(SYSTEM);
    let statement = desk.settle("system", "2025/26", "2025-12-31");
    check(&statement, &[("2/not-yet-due", "none")]);
    assert!(statement.complete);
}

#[test]
fn a_result_that_is_not_reported_is_not_nothing() {
    let mut desk = Desk::default();
    desk.award(SYSTEM);
    desk.turnover("system", "a", "2025/26", "1.00");
    let statement = desk.settle("system", "2025/26", "2026-03-31");
    check(&statement, &[("2/system-variance", "none"), ("2/not-reported/a cost 2025-04", "none")]);
    assert!(!statement.complete);
}

#[test]
fn an_organisation_outside_the_contract_is_named() {
    assert!(faults(&SYSTEM.replace("members: [b, c, d]", "members: [b, c]")).contains("`d` is not named"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Transfers sum to zero; after them every organisation's variance is its share of the miss; shares sum
    /// to it.
    #[test]
    fn transfers_sum_to_zero(
        turnovers in prop::array::uniform4(1i64..50_000_000_000),
        results in prop::array::uniform4(-500_000_000i64..500_000_000),
    ) {
        // A turnover below the result would mean a negative cost.
        let turnovers = turnovers.map(|t| t + 1_000_000_000);
        let statement = year(turnovers, results);
        let system = pence(&statement, "2/system-variance");
        if system >= 0 {
            prop_assert!(statement.payables.iter().all(|p| p.entitled == Some(domain::money::Money::ZERO)));
            return Ok(());
        }
        let of = |step: &str| PARTIES.map(|p| pence(&statement, &format!("2/{step}/{p}")));
        prop_assert_eq!(of("transfer").iter().sum::<i64>(), 0);
        prop_assert_eq!(of("system-share").iter().sum::<i64>(), system);
        for i in 0..4 {
            prop_assert_eq!(of("variance")[i] + of("transfer")[i], of("system-share")[i]);
        }
    }
}
