//! Worked example 35: a lead commissioner and two associates; and two commissioners that bear a part of every
//! line.

use proptest::prelude::*;

use domain::statement::Statement;

use crate::cases::Desk;
use crate::report::{MONTHS, check, faults, pence, pounds};

const ASSOCIATES: &str = r#"
contract: associates
title: Lead commissioner and associates
parties:
  commissioner: rochdale
  lead: trust
  commissioners:
    - {party: rochdale, share: 31%}
    - {party: oldham, share: 44%}
    - {party: bury, share: 25%}
years: {kind: nhs, from: 2025/26, to: 2026/27}
rounding: {unit: 0.01, at: line}
pay:
  - {clause: "1", kind: activity_at_price}
  - {clause: "2", kind: block, amount: "250000.00"}
  - {clause: "8", kind: split, of: [activity_at_price], by: residence}
  - {clause: "9", kind: split, of: [block], by: shares}
"#;

fn desk(terms: &str) -> Desk {
    let mut desk = Desk::default();
    desk.award(terms);
    desk.run("register-party", r#"{"party":"out-of-area","name":"Out of area"}"#).unwrap();
    desk
}

fn activity(desk: &mut Desk, month: &str, value: &str) {
    let body = format!(
        r#"{{"contract":"associates","provider":"trust","month":"{month}","flow":"local","stage":"freeze","value":"{value}"}}"#
    );
    desk.run("report-activity", &body).unwrap();
}

fn residence(desk: &mut Desk, month: &str, homes: &[(&str, u64)]) {
    let homes: Vec<String> =
        homes.iter().map(|(party, count)| format!(r#"{{"party":"{party}","count":"{count}"}}"#)).collect();
    let body = format!(r#"{{"contract":"associates","month":"{month}","homes":[{}]}}"#, homes.join(","));
    desk.run("report-residence", &body).unwrap();
}

/// A year with all of its activity in April.
fn year(value: &str, homes: &[(&str, u64)]) -> Statement {
    let mut desk = desk(ASSOCIATES);
    activity(&mut desk, "2025-04", value);
    residence(&mut desk, "2025-04", homes);
    for month in &MONTHS[1..] {
        activity(&mut desk, month, "0.00");
        residence(&mut desk, month, &[]);
    }
    desk.settle("associates", "2025/26", "2026-03-31")
}

/// Value, homes, what rochdale, oldham and bury owe (with the block's 77,500, 110,000 and 62,500), what is
/// charged home.
type Year = (&'static str, &'static [(&'static str, u64)], [&'static str; 3], &'static str);

const YEARS: &[Year] = &[
    // The worked example: 3,710 attendances at 38.60.
    (
        "143206.00",
        &[("rochdale", 1204), ("oldham", 1377), ("bury", 986), ("out-of-area", 143)],
        ["123974.40", "163152.20", "100559.60"],
        "5519.80",
    ),
    // Nobody from outside: halves of 1,000.
    ("1000.00", &[("rochdale", 1), ("oldham", 1)], ["78000.00", "110500.00", "62500.00"], "none"),
    // All from outside: only the block is borne.
    ("1000.00", &[("out-of-area", 7)], ["77500.00", "110000.00", "62500.00"], "1000.00"),
    // Thirds of 100.00: the odd penny to the first commissioner named.
    ("100.00", &[("bury", 1), ("oldham", 1), ("rochdale", 1)], ["77533.34", "110033.33", "62533.33"], "none"),
    // A quarter each of 0.02: equal remainders, the first two named.
    (
        "0.02",
        &[("rochdale", 5), ("oldham", 5), ("bury", 5), ("out-of-area", 5)],
        ["77500.01", "110000.01", "62500.00"],
        "0.00",
    ),
    // No activity: the block alone.
    ("0.00", &[("rochdale", 3), ("bury", 1)], ["77500.00", "110000.00", "62500.00"], "none"),
];

#[test]
fn activity_is_borne_by_residence_and_the_block_by_fixed_shares() {
    for (value, homes, borne, charged) in YEARS {
        let statement = year(value, homes);
        for (party, borne) in ["rochdale", "oldham", "bury"].iter().zip(borne) {
            check(&statement, &[(&format!("total/payable/{party}-to-trust"), borne)]);
        }
        let line = statement.line("associates/8/charged-home/out-of-area 1/activity-value");
        assert_eq!(line.and_then(|l| l.value.as_deref()).unwrap_or("none"), *charged, "{statement}");
    }
}

#[test]
fn each_line_is_split_by_itself() {
    let statement = year("143206.00", YEARS[0].1);
    check(
        &statement,
        &[
            ("8/commissioner-part/rochdale 1/activity-value", "46474.40"),
            ("8/commissioner-part/oldham 1/activity-value", "53152.20"),
            ("8/commissioner-part/bury 1/activity-value", "38059.60"),
            ("9/commissioner-part/rochdale 2/block", "77500.00"),
            ("9/commissioner-part/oldham 2/block", "110000.00"),
            ("9/commissioner-part/bury 2/block", "62500.00"),
        ],
    );
}

/// Two months: 41,666.67 of the block by 31/44/25: 12,916.6677, 18,333.3348, 10,416.6675: the penny over goes
/// to bury, whose .75 of a penny is the largest remainder (.67, .48).
#[test]
fn in_the_year_what_is_due_to_date_is_split() {
    let mut desk = desk(ASSOCIATES);
    for month in &MONTHS[..2] {
        activity(&mut desk, month, "1000.00");
        residence(&mut desk, month, &[("rochdale", 3), ("oldham", 1)]);
    }
    let statement = desk.settle("associates", "2025/26", "2025-05-31");
    check(
        &statement,
        &[
            ("9/commissioner-part/rochdale 2/block-to-date", "12916.67"),
            ("9/commissioner-part/oldham 2/block-to-date", "18333.33"),
            ("9/commissioner-part/bury 2/block-to-date", "10416.67"),
            ("total/payable/rochdale-to-trust", "14416.67"),
        ],
    );
}

#[test]
fn while_homes_are_not_reported_the_payer_bears_the_activity() {
    let mut desk = desk(ASSOCIATES);
    activity(&mut desk, "2025-04", "1200.00");
    let statement = desk.settle("associates", "2025/26", "2025-04-30");
    assert!(!statement.complete);
    // 20,833.33 of the block: 31% is 6,458.33.
    check(&statement, &[("8/not-reported/2025-04", "none"), ("total/payable/rochdale-to-trust", "7658.33")]);
}

const EVERY_LINE: &str = r#"
contract: both
title: Two commissioners of one contract
parties:
  commissioner: council
  lead: provider
  commissioners: [{party: council, share: 55%}, {party: ccg, share: 45%}]
years: {kind: nhs, from: 2025/26, to: 2026/27}
rounding: {unit: 0.01, at: line}
pay:
  - {clause: "1", kind: block, amount: "1000000.01"}
  - {clause: "2", kind: core, budget: "500000.00"}
  - {clause: "3", kind: sanctions}
  - {clause: "4", kind: split, by: shares}
"#;

/// 1,000,000.01 by 55/45: 550,000.0055 and 450,000.0045, the penny to the first; 275,000 and 225,000 of the
/// core; a sanction of 100.00 takes 55.00 and 45.00 off.
#[test]
fn two_commissioners_bear_a_stated_part_of_every_line() {
    let mut desk = desk(EVERY_LINE);
    let body = r#"{"contract":"both","month":"2025-07","amount":"100.00","reason":"late letters"}"#;
    desk.run("apply-sanction", body).unwrap();
    let statement = desk.settle("both", "2025/26", "2026-03-31");
    check(
        &statement,
        &[
            ("4/commissioner-part/council 1/block", "550000.01"),
            ("4/commissioner-part/ccg 1/block", "450000.00"),
            ("total/payable/council-to-provider", "824945.01"),
            ("total/payable/ccg-to-provider", "674955.00"),
        ],
    );
}

#[test]
fn a_split_without_commissioners_or_of_the_same_lines_twice_is_refused() {
    let unnamed =
        EVERY_LINE.replace("  commissioners: [{party: council, share: 55%}, {party: ccg, share: 45%}]\n", "");
    assert!(faults(&unnamed).contains("the commissioners that bear the contract are not named"));
    assert!(
        faults(&format!("{EVERY_LINE}  - {{clause: \"5\", kind: split, by: shares}}\n"))
            .contains("two splits")
    );
    assert!(
        faults(&ASSOCIATES.replace("of: [block]", "of: [core]"))
            .contains("no clause is of kind or number `core`")
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// What is borne and what is charged home are what the payee would have had of one payer.
    #[test]
    fn parts_sum_to_what_is_paid(value in 0i64..1_000_000_000, homes in prop::array::uniform4(1u64..10_000)) {
        let parties = ["rochdale", "oldham", "bury", "out-of-area"];
        let homes: Vec<(&str, u64)> = parties.into_iter().zip(homes).collect();
        let statement = year(&pounds(value), &homes);
        let of = |party: &str| pence(&statement, &format!("total/payable/{party}-to-trust"));
        let charged = pence(&statement, "8/charged-home/out-of-area 1/activity-value");
        prop_assert_eq!(of("rochdale") + of("oldham") + of("bury") + charged, value + 25_000_000);
    }
}
