//! Worked example 19: planned at-risk compensation of $5,000,000.00 against medical service costs of
//! $100,000,000.00.

use proptest::prelude::*;

use crate::cases::Desk;
use crate::report::{check, faults, pence, pounds};

const AGREEMENT: &str = r#"
contract: medical-services
title: Medical service agreement
currency: USD
parties: {commissioner: health-plan, lead: medical-group}
years: {kind: calendar, from: 2025, to: 2026}
rounding: {unit: 0.01, at: line}
pay:
  - {clause: "K", kind: at_risk, planned: "5000000.00", gain: 50%, loss: 50%, limit: 10%}
"#;

fn year(turnover: &str, cost: &str, services: &str) -> domain::statement::Statement {
    let mut desk = Desk::default();
    desk.award(AGREEMENT);
    desk.turnover("medical-services", "health-plan", "2025", turnover);
    desk.cost("medical-services", "health-plan", "2025", cost);
    desk.cost("medical-services", "medical-group", "2025", services);
    desk.settle("medical-services", "2025", "2025-12-31")
}

/// Turnover, cost, medical service costs, at-risk compensation.
const YEARS: &[[&str; 4]] = &[
    // The worked example: 0, +8m, +14m, -6m, -12m.
    ["900000000.00", "900000000.00", "100000000.00", "5000000.00"],
    ["908000000.00", "900000000.00", "100000000.00", "9000000.00"],
    ["914000000.00", "900000000.00", "100000000.00", "10000000.00"],
    ["894000000.00", "900000000.00", "100000000.00", "2000000.00"],
    ["888000000.00", "900000000.00", "100000000.00", "0.00"],
    // +10m: 5m + 5m reaches the limit of 10m exactly.
    ["910000000.00", "900000000.00", "100000000.00", "10000000.00"],
    // -10m: half is 5m, exactly what was planned.
    ["890000000.00", "900000000.00", "100000000.00", "0.00"],
    // A cent of surplus: half of it is 0.005, which makes a cent.
    ["900000000.01", "900000000.00", "100000000.00", "5000000.01"],
    // Three cents of deficit: 0.015 rounds to 0.02 off.
    ["900000000.00", "900000000.03", "100000000.00", "4999999.98"],
    // +2m with smaller services of 55m: 6m, but not above 5.5m.
    ["902000000.00", "900000000.00", "55000000.00", "5500000.00"],
];

#[test]
fn compensation_moves_with_the_net_revenue_of_the_programme() {
    for [turnover, cost, services, at_risk] in YEARS {
        let statement = year(turnover, cost, services);
        check(&statement, &[("K/at-risk", at_risk), ("total/payable/health-plan-to-medical-group", at_risk)]);
    }
}

#[test]
fn before_the_year_has_ended_it_is_not_yet_due() {
    let mut desk = Desk::default();
    desk.award(AGREEMENT);
    let statement = desk.settle("medical-services", "2025", "2025-06-30");
    check(&statement, &[("K/planned-at-risk", "5000000.00"), ("K/not-yet-due", "none")]);
    assert!(statement.payables[0].entitled.is_none());
}

#[test]
fn what_is_not_reported_is_named_and_pays_nothing() {
    let mut desk = Desk::default();
    desk.award(AGREEMENT);
    desk.turnover("medical-services", "health-plan", "2025", "1.00");
    let statement = desk.settle("medical-services", "2025", "2025-12-31");
    check(&statement, &[("K/not-reported/health-plan cost 2025-01", "none"), ("K/at-risk", "none")]);
    assert!(!statement.complete && statement.payables[0].entitled.is_none());
}

#[test]
fn a_part_above_the_whole_is_refused() {
    assert!(
        faults(&AGREEMENT.replace("loss: 50%", "loss: 150%")).contains("/pay/0/loss: 150% is not a part")
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// It is never negative, with a surplus never above the limit, and never falls as the turnover rises
    /// while services are large enough that the limit lies above what was planned.
    #[test]
    fn it_stays_within_its_limits(turnover in 0i64..4_000_000_000, more in 0i64..1_000_000_000) {
        let at_risk = |turnover: i64| {
            pence(&year(&pounds(turnover), "20000000.00", "100000000.00"), "K/at-risk")
        };
        let (then, with_more) = (at_risk(turnover), at_risk(turnover + more));
        prop_assert!((0..=1_000_000_000).contains(&then));
        prop_assert!(with_more >= then);
    }
}
