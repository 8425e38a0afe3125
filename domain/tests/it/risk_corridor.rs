//! Worked example 16: a corridor of four bands around a target of £50,000,000.00.

use proptest::prelude::*;

use crate::cases::Desk;
use crate::report::{MONTHS, check, faults, pence, pounds};

const CORRIDOR: &str = r#"
contract: corridor
title: Risk corridor
parties: {commissioner: ccg, lead: trust}
years: {kind: nhs, from: 2025/26, to: 2026/27}
rounding: {unit: 0.01, at: line}
pay:
  - {clause: "1", kind: block, amount: "50000000.00"}
  - clause: "2"
    kind: risk_corridor
    on: cost
    target: "50000000.00"
    first: provider
    loss: [{up_to: 2%, share: 100%}, {up_to: 5%, share: 50%}, {up_to: 10%, share: 20%}, {share: 0%}]
    gain: [{up_to: 2%, share: 100%}, {up_to: 5%, share: 50%}, {up_to: 10%, share: 20%}, {share: 0%}]
"#;

/// Cost, what provider and commissioner bear of the deviation, what the commissioner pays in all.
const YEARS: &[[&str; 4]] = &[
    // The worked example.
    ["54000000.00", "2050000.00", "1950000.00", "51950000.00"],
    ["48000000.00", "-1500000.00", "-500000.00", "49500000.00"],
    ["50500000.00", "500000.00", "0.00", "50000000.00"],
    ["58000000.00", "2250000.00", "5750000.00", "55750000.00"],
    // On target: nothing deviates.
    ["50000000.00", "0.00", "0.00", "50000000.00"],
    // At the first edge of 1,000,000: all of it is the provider's.
    ["51000000.00", "1000000.00", "0.00", "50000000.00"],
    // At the second edge of 2,500,000: 1,000,000 + half of 1,500,000 = 1,750,000.
    ["52500000.00", "1750000.00", "750000.00", "50750000.00"],
    // At the third edge of 5,000,000: 1,750,000 + a fifth of 2,500,000 = 2,250,000, and no more above it.
    ["55000000.00", "2250000.00", "2750000.00", "52750000.00"],
    // 6,000,000 under: the same 2,250,000 is kept, 3,750,000 goes back.
    ["44000000.00", "-2250000.00", "-3750000.00", "46250000.00"],
    // 2,500,000.03 over: 1,750,000 + 20% of 0.03 = 1,750,000.006, a penny; the rest 750,000.02.
    ["52500000.03", "1750000.01", "750000.02", "50750000.02"],
];

#[test]
fn each_slice_of_a_deviation_is_shared_at_its_own_rate() {
    for [cost, provider, commissioner, paid] in YEARS {
        let mut desk = Desk::default();
        desk.award(CORRIDOR);
        desk.cost("corridor", "trust", "2025/26", cost);
        let statement = desk.settle("corridor", "2025/26", "2026-03-31");
        check(
            &statement,
            &[
                ("2/band-edge/2%", "1000000.00"),
                ("2/band-edge/5%", "2500000.00"),
                ("2/band-edge/10%", "5000000.00"),
                ("2/borne/trust", provider),
                ("2/borne/ccg", commissioner),
                ("total/payable/ccg-to-trust", paid),
            ],
        );
    }
}

/// Six months: target 25,000,000, edges 500,000, 1,250,000 and 2,500,000; a cost of 27,000,000 deviates by
/// 2,000,000: 500,000 + half of 750,000 + a fifth of 750,000 = 1,025,000.
#[test]
fn in_the_year_target_and_edges_are_taken_at_twelfths() {
    let mut desk = Desk::default();
    desk.award(CORRIDOR);
    desk.monthly_cost("corridor", "trust", 6, "4500000.00");
    let statement = desk.settle("corridor", "2025/26", "2025-10-15");
    check(
        &statement,
        &[
            ("2/target-to-date", "25000000.00"),
            ("2/deviation", "2000000.00"),
            ("2/borne/trust", "1025000.00"),
            ("2/borne/ccg", "975000.00"),
            ("total/payable/ccg-to-trust", "25975000.00"),
        ],
    );
}

#[test]
fn a_missing_month_of_cost_is_not_an_underspend() {
    let mut desk = Desk::default();
    desk.award(CORRIDOR);
    desk.monthly_cost("corridor", "trust", 5, "4500000.00");
    let statement = desk.settle("corridor", "2025/26", "2025-09-30");
    assert!(!statement.complete);
    assert!(statement.line("corridor/2/deviation").is_none());
    check(&statement, &[("2/not-reported/trust cost 2025-09", "none")]);
}

const ON_PRICE: &str = r#"
contract: priced
title: Risk corridor on the price of activity
parties: {commissioner: ccg, lead: trust}
years: {kind: nhs, from: 2025/26, to: 2026/27}
rounding: {unit: 0.01, at: line}
pay:
  - {clause: "1", kind: activity_at_price}
  - clause: "2"
    kind: risk_corridor
    on: price
    of: activity_at_price.activity-value
    target: "12000000.00"
    first: commissioner
    loss: [{up_to: 5%, share: 100%}, {share: 40%}]
    gain: [{up_to: 5%, share: 100%}, {share: 50%}]
"#;

/// Ten months reported of 1,100,000 each against a target of 10,000,000 for ten months: 1,000,000 over. The
/// commissioner bears 500,000 (5%) and 40% of the other 500,000; the provider 300,000. Of 11,000,000 stated,
/// 10,700,000 is paid.
#[test]
fn on_price_the_provider_s_part_comes_off_what_activity_pays() {
    let mut desk = Desk::default();
    desk.award(ON_PRICE);
    for month in &MONTHS[..10] {
        let body = format!(
            r#"{{"contract":"priced","provider":"trust","month":"{month}","flow":"local","stage":"freeze","value":"1100000.00"}}"#
        );
        desk.run("report-activity", &body).unwrap();
    }
    let statement = desk.settle("priced", "2025/26", "2026-03-31");
    check(
        &statement,
        &[
            ("2/target-to-date", "10000000.00"),
            ("2/borne/trust", "300000.00"),
            ("2/borne/ccg", "700000.00"),
            ("total/payable/ccg-to-trust", "10700000.00"),
        ],
    );
}

#[test]
fn bands_that_leave_a_gap_are_named() {
    let gap = CORRIDOR.replacen("{up_to: 10%, share: 20%}, {share: 0%}]", "{up_to: 4%, share: 20%}]", 1);
    assert!(faults(&gap).contains("/pay/1/loss: the bands of `loss` do not cover every deviation once"));
}

fn year(cost: i64) -> (i64, i64, i64) {
    let mut desk = Desk::default();
    desk.award(CORRIDOR);
    desk.cost("corridor", "trust", "2025/26", &pounds(cost));
    let statement = desk.settle("corridor", "2025/26", "2026-03-31");
    let of = |id: &str| pence(&statement, id);
    (of("2/borne/trust"), of("2/borne/ccg"), of("total/payable/ccg-to-trust"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The parts sum to the deviation; the provider never bears or keeps more than 2,250,000; of a higher
    /// cost nobody bears less; the commissioner pays the target and its own part.
    #[test]
    fn the_parts_of_a_deviation_are_the_whole(cost in 0i64..10_000_000_000, more in 0i64..1_000_000_000) {
        let (provider, commissioner, paid) = year(cost);
        prop_assert_eq!(provider + commissioner, cost - 5_000_000_000);
        prop_assert!(provider.abs() <= 225_000_000);
        prop_assert_eq!(paid, 5_000_000_000 + commissioner);
        let (provider_then, commissioner_then, _) = year(cost + more);
        prop_assert!(provider_then >= provider && commissioner_then >= commissioner);
    }
}
