//! Worked example 38: four partnerships pool 30% of their results.

use proptest::prelude::*;

use domain::statement::Statement;

use crate::cases::Desk;
use crate::report::{MONTHS, check, faults, pence, pounds};

const SYSTEM: &str = r#"
contract: places
title: Partnerships within a system
parties: {commissioner: board, lead: p1, members: [p2, p3, p4]}
years: {kind: nhs, from: 2025/26, to: 2026/27}
rounding: {unit: 0.01, at: line}
pay:
  - clause: "3"
    kind: nested_pools
    passed_up: {gain: 30%, loss: 30%}
    partnerships:
      - {party: p1, budget: "120000000.00", population: place-1}
      - {party: p2, budget: "96000000.00", population: place-2}
      - {party: p3, budget: "72000000.00", population: place-3}
      - {party: p4, budget: "48000000.00", population: place-4}
"#;

const PARTIES: [&str; 4] = ["p1", "p2", "p3", "p4"];
const BUDGETS: [i64; 4] = [12_000_000_000, 9_600_000_000, 7_200_000_000, 4_800_000_000];

fn desk(terms: &str, people: [i64; 4]) -> Desk {
    let mut desk = Desk::default();
    desk.award(terms);
    let bands: Vec<String> = people
        .iter()
        .enumerate()
        .map(|(i, n)| format!(r#"{{"band":"place-{}","count":"{n}"}}"#, i + 1))
        .collect();
    let body = format!(r#"{{"contract":"places","period":"2025-04","bands":[{}]}}"#, bands.join(","));
    desk.run("report-population", &body).unwrap();
    desk
}

fn year(terms: &str, people: [i64; 4], results: [i64; 4]) -> Statement {
    let mut desk = desk(terms, people);
    for ((party, budget), result) in PARTIES.iter().zip(BUDGETS).zip(results) {
        desk.cost("places", party, "2025/26", &pounds(budget - result));
    }
    desk.settle("places", "2025/26", "2026-03-31")
}

const PEOPLE: [i64; 4] = [500_000, 400_000, 300_000, 200_000];

/// Gain and loss passed up, people, results (pence), the pool, what is left to each.
type Year = (&'static str, [i64; 4], [i64; 4], &'static str, [&'static str; 4]);

const YEARS: &[Year] = &[
    // The worked example.
    (
        "{gain: 30%, loss: 30%}",
        PEOPLE,
        [120_000_000, -40_000_000, 60_000_000, -200_000_000],
        "-180000.00",
        ["775714.29", "-331428.57", "381428.57", "-1425714.29"],
    ),
    // All of it pooled, equal populations: 1,200,000 - 400,000 + 600,000 - 2,000,000 = -600,000, a quarter
    // each.
    (
        "{gain: 100%, loss: 100%}",
        [1, 1, 1, 1],
        [120_000_000, -40_000_000, 60_000_000, -200_000_000],
        "-600000.00",
        ["-150000.00", "-150000.00", "-150000.00", "-150000.00"],
    ),
    // Nothing pooled: everybody keeps the result.
    (
        "{gain: 0%, loss: 0%}",
        PEOPLE,
        [120_000_000, -40_000_000, 60_000_000, -200_000_000],
        "0.00",
        ["1200000.00", "-400000.00", "600000.00", "-2000000.00"],
    ),
    // Half of gains, no losses: 600,000 + 300,000 = 900,000 comes back as 5:4:3:2 of 14: 321,428.5714,
    // 257,142.8571, 192,857.1429 and 128,571.4286; rounded down they leave two pennies, to the largest
    // remainders, .86 and .71 of one.
    (
        "{gain: 50%, loss: 0%}",
        PEOPLE,
        [120_000_000, -40_000_000, 60_000_000, -200_000_000],
        "900000.00",
        ["921428.57", "-142857.14", "492857.14", "-1871428.57"],
    ),
    // One penny of loss: 30% of it is 0.003, nothing at line; it stays where it is.
    ("{gain: 30%, loss: 30%}", PEOPLE, [-1, 0, 0, 0], "0.00", ["-0.01", "0.00", "0.00", "0.00"]),
    // A place without people has nothing back: 30% of 1,000,000 from p1 goes to 4:3:2 of 9: 133,333.33,
    // 100,000.00, 66,666.67.
    (
        "{gain: 30%, loss: 30%}",
        [0, 400_000, 300_000, 200_000],
        [100_000_000, 0, 0, 0],
        "300000.00",
        ["700000.00", "133333.33", "100000.00", "66666.67"],
    ),
];

#[test]
fn what_is_pooled_comes_back_by_population() {
    for (passed_up, people, results, pool, left) in YEARS {
        let terms = SYSTEM.replace("{gain: 30%, loss: 30%}", passed_up);
        let statement = year(&terms, *people, *results);
        check(&statement, &[("3/system-pool", pool)]);
        for (party, left) in PARTIES.iter().zip(left) {
            check(&statement, &[(&format!("3/after-pooling/{party}"), left)]);
        }
    }
    let example = year(SYSTEM, PEOPLE, [120_000_000, -40_000_000, 60_000_000, -200_000_000]);
    check(
        &example,
        &[
            ("3/pooled/p1", "360000.00"),
            ("3/pooled/p2", "-120000.00"),
            ("3/returned/p1", "-64285.71"),
            ("3/returned/p4", "-25714.29"),
            ("total/payable/board-to-p1", "-424285.71"),
        ],
    );
}

/// Three months: budgets of 30m, 24m, 18m and 12m against 29.7m, 24m, 18m and 12m: 300,000, of which 90,000
/// is pooled and comes back as 32,142.86, 25,714.29, 19,285.71 and 12,857.14.
#[test]
fn in_the_year_budgets_are_taken_at_twelfths() {
    let mut desk = desk(SYSTEM, PEOPLE);
    for (party, cost) in PARTIES.iter().zip(["9900000.00", "8000000.00", "6000000.00", "4000000.00"]) {
        for month in &MONTHS[..3] {
            desk.cost("places", party, month, cost);
        }
    }
    let statement = desk.settle("places", "2025/26", "2025-07-30");
    check(
        &statement,
        &[
            ("3/budget-to-date/p1", "30000000.00"),
            ("3/system-pool", "90000.00"),
            ("3/returned/p1", "32142.86"),
            ("3/returned/p2", "25714.29"),
            ("3/returned/p3", "19285.71"),
            ("3/returned/p4", "12857.14"),
            ("3/after-pooling/p1", "242142.86"),
        ],
    );
}

#[test]
fn a_population_that_is_not_reported_stops_the_pool() {
    let mut desk = Desk::default();
    desk.award(SYSTEM);
    let statement = desk.settle("places", "2025/26", "2025-04-30");
    check(&statement, &[("3/system-pool", "none"), ("3/population/p1", "none")]);
    assert!(!statement.complete);
}

#[test]
fn terms_without_a_part_to_pool_are_refused() {
    let without = SYSTEM.replace("    passed_up: {gain: 30%, loss: 30%}\n", "");
    assert!(faults(&without).contains("`passed_up` is missing"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// What moves sums to zero: what is left to all is what all came to; the pool comes back whole.
    #[test]
    fn pooling_makes_and_loses_nothing(
        results in prop::array::uniform4(-400_000_000i64..400_000_000),
        people in prop::array::uniform4(1i64..1_000_000),
    ) {
        let statement = year(SYSTEM, people, results);
        let of = |step: &str| PARTIES.map(|p| pence(&statement, &format!("3/{step}/{p}")));
        prop_assert_eq!(of("after-pooling").iter().sum::<i64>(), results.iter().sum::<i64>());
        prop_assert_eq!(of("transfer").iter().sum::<i64>(), 0);
        prop_assert_eq!(of("returned").iter().sum::<i64>(), pence(&statement, "3/system-pool"));
        for (pooled, result) in of("pooled").iter().zip(results) {
            prop_assert!((pooled - result * 3 / 10).abs() <= 1);
        }
    }
}
