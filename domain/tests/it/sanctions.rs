//! Sanctions computed from counts: worked example 14, waivers, the cap, further inputs worked by hand, and
//! what must hold of any counts.

use proptest::prelude::*;

use crate::cases::Desk;
use crate::paying::{check, contract, faults, pence};

fn ae(rate: &str, floor: &str) -> Desk {
    contract(&format!(
        r#"
  - {{clause: "1", kind: block, amount: "50000000.00"}}
  - clause: "2"
    kind: sanctions
    standards:
      - {{standard: ae-4h, breaches: ae breaches, of: ae attendances, target: 95%, floor: {floor}, rate: "{rate}"}}
"#
    ))
}

fn quarter(desk: &mut Desk, attendances: u32, breaches: u32) {
    for month in ["2025-04", "2025-05"] {
        desk.volume(month, "ae attendances", 0);
        desk.volume(month, "ae breaches", 0);
    }
    desk.volume("2025-06", "ae attendances", attendances);
    desk.volume("2025-06", "ae breaches", breaches);
}

/// Worked example 14: of 10,000 attendances so many within four hours.
#[test]
fn breaches_beyond_the_target_cost_no_further_than_the_floor() {
    for (rate, floor, within, due) in [
        ("200.00", "92%", 8900, "60000.00"),
        ("120.00", "85%", 8900, "72000.00"),
        ("120.00", "85%", 8400, "120000.00"),
        ("120.00", "85%", 9600, "0.00"),
    ] {
        let mut desk = ae(rate, floor);
        quarter(&mut desk, 10000, 10000 - within);
        let statement = desk.statement("2025-06-30");
        check(&statement, &[("2/sanction-due/ae-4h", due), ("2/sanction/ae-4h", due)]);
        // A quarter of the block is 12500000.00.
        let left = format!("{}", 1_250_000_000 - pence(due));
        assert_eq!(pence(&desk.payable("2025-06-30")).to_string(), left);
    }
}

const RTT: &str = r#"
  - {clause: "1", kind: block, amount: "200000000.00"}
  - clause: "2"
    kind: sanctions
    cap: 2.5%
    cap_of: block.block-to-date
    standards:
      - {standard: admitted, breaches: admitted, rate: "400.00"}
      - {standard: non-admitted, breaches: non-admitted, rate: "100.00"}
      - {standard: incomplete, breaches: incomplete, rate: "150.00"}
"#;

fn rtt(admitted: u32, non_admitted: u32, incomplete: u32) -> Desk {
    let mut desk = contract(RTT);
    for (what, n) in [("admitted", admitted), ("non-admitted", non_admitted), ("incomplete", incomplete)] {
        desk.volume("2025-04", what, n);
        desk.volume("2025-05", what, 0);
        desk.volume("2025-06", what, 0);
    }
    desk
}

/// Worked example 14: 12 x 400 + 40 x 100 + 200 x 150 = 38800.00.
#[test]
fn every_breach_counts_where_there_is_no_target() {
    check(
        &rtt(12, 40, 200).statement("2025-06-30"),
        &[("2/sanction", "38800.00"), ("2/above-sanction-limit", "0.00")],
    );
}

/// Worked example 14: £1,400,000.00 raw on a quarter worth £50,000,000.00 takes £1,250,000.00.
#[test]
fn sanctions_take_no_more_than_their_cap() {
    let mut desk = rtt(3500, 0, 0);
    let statement = desk.statement("2025-06-30");
    check(
        &statement,
        &[
            ("2/sanction-due/admitted", "1400000.00"),
            ("2/sanction-limit", "1250000.00"),
            ("2/sanction", "1250000.00"),
            ("2/above-sanction-limit", "150000.00"),
            ("total/payable/icb-to-trust", "48750000.00"),
        ],
    );
    let spend = r#"{"contract":"c","month":"2025-06","amount":"1000.00","purpose":"discharge nurses"}"#;
    desk.run("reinvest-sanction", spend).unwrap();
    let after = desk.statement("2025-06-30");
    assert_eq!(after.payables, statement.payables);
    assert!(
        after.lines.iter().any(|l| l.name.slug() == "reinvested" && l.value.as_deref() == Some("1000.00"))
    );
}

/// The block is £200,000,000.00 a year, £50,000,000.00 a quarter, whichever of the two `cap_of` names: 2.5%
/// is £1,250,000.00 at the end of June and £5,000,000.00 at the year's end, of 40,000 x 150.00 =
/// £6,000,000.00.
#[test]
fn a_cap_on_an_amount_per_year_counts_to_date_and_holds_at_the_years_end() {
    for named in ["block.block", "block.block-to-date"] {
        let mut desk = contract(&RTT.replace("block.block-to-date", named));
        for what in ["admitted", "non-admitted", "incomplete"] {
            for month in crate::paying::MONTHS {
                let n = if (what, month) == ("incomplete", "2025-04") { 40_000 } else { 0 };
                desk.volume(month, what, n);
            }
        }
        check(
            &desk.statement("2025-06-30"),
            &[("2/sanction-limit", "1250000.00"), ("2/sanction", "1250000.00")],
        );
        let year = desk.statement("2026-03-31");
        check(&year, &[("2/sanction-limit", "5000000.00"), ("2/above-sanction-limit", "1000000.00")]);
        assert_eq!(desk.payable("2026-03-31"), "195000000.00", "{named}");
    }
}

/// A sanction of a subcontract is told to reach the head contract's pool only where there is one.
#[test]
fn only_a_head_contract_with_a_pool_has_it_reached() {
    let pool = "  - {clause: \"2\", kind: programme_pool, of: core.budget, cost: [own, subcontracts], \
                gain: [{party: trust, share: 100%}], loss: [{party: trust, share: 100%}]}\n";
    for (clauses, noted) in [(pool, true), ("", false)] {
        let head = format!("\n  - {{clause: \"1\", kind: core, budget: \"9000000.00\"}}\n{clauses}");
        let sub = crate::paying::terms(
            "\n  - {clause: \"1\", kind: block, amount: \"1200000.00\"}\n  - {clause: \"2\", kind: sanctions, passed_up: 60%}\n",
        );
        let sub = sub.replace("contract: c", "contract: s\nunder: c");
        let mut desk = contract(&head);
        desk.award(&sub.replace("commissioner: icb, lead: trust", "lead: trust, provider: charity"));
        let body = r#"{"contract":"s","month":"2025-04","amount":"100.00","reason":"late letters"}"#;
        desk.run("apply-sanction", body).unwrap();
        let statement = desk.settle("s", "2025/26", "2025-04-30");
        assert_eq!(statement.line("s/2/through-the-pool").is_some(), noted, "{statement}");
        assert_eq!(crate::cases::value(&statement, "s/2/passed-up"), "60.00");
    }
}

/// A cap of activity that nobody has reported limits nothing, and the statement says so.
#[test]
fn a_cap_of_a_line_without_an_amount_is_told() {
    let clauses = RTT.replace("block.block-to-date", "activity_at_price.activity-value");
    let mut desk = contract(&format!("{clauses}  - {{clause: \"3\", kind: activity_at_price}}\n"));
    for what in ["admitted", "non-admitted", "incomplete"] {
        desk.volume("2025-04", what, 1);
    }
    let statement = desk.statement("2025-04-30");
    check(&statement, &[("2/sanction-limit", "none"), ("2/sanction", "650.00")]);
    assert!(!statement.complete);
}

/// Due, waived and applied are lines of their own; more than is due cannot be waived.
#[test]
fn what_is_waived_is_not_applied() {
    let mut desk = ae("120.00", "85%");
    quarter(&mut desk, 10000, 1100);
    let waive = |desk: &mut Desk, amount: &str| {
        let body = format!(
            r#"{{"contract":"c","month":"2025-06","standard":"ae-4h","amount":"{amount}","reason":"winter"}}"#
        );
        desk.run("waive-sanction", &body)
    };
    waive(&mut desk, "50000.00").unwrap();
    check(
        &desk.statement("2025-06-30"),
        &[("2/sanction-due/ae-4h", "72000.00"), ("2/sanction/ae-4h", "22000.00")],
    );
    waive(&mut desk, "50000.00").unwrap();
    check(&desk.statement("2025-06-30"), &[("2/sanction/ae-4h", "0.00")]);
    let body = r#"{"contract":"c","month":"2025-06","standard":"rtt","amount":"1.00","reason":"x"}"#;
    let refusal = desk.run("waive-sanction", body).unwrap_err();
    assert!(refusal.to_string().contains("no standard `rtt`"), "{refusal}");
    assert!(waive(&mut desk, "-1.00").is_err());
}

/// Worked by hand, £200.00 beyond 5% and a floor of 92%.
#[test]
fn further_counts_worked_by_hand() {
    for (attendances, breaches, due) in [
        (1000, 50, "0.00"), // exactly what is allowed
        (1000, 51, "200.00"),
        (1000, 80, "6000.00"), // exactly the floor: 30
        (1000, 81, "6000.00"),
        (1010, 51, "100.00"), // 50.5 allowed: half a breach
        (0, 0, "0.00"),
    ] {
        let mut desk = ae("200.00", "92%");
        quarter(&mut desk, attendances, breaches);
        check(&desk.statement("2025-06-30"), &[("2/sanction-due/ae-4h", due)]);
    }
}

/// A month with breaches but no attendances would be a rate that is none.
#[test]
fn a_month_that_lacks_a_count_does_not_count() {
    let mut desk = ae("200.00", "92%");
    desk.volume("2025-04", "ae attendances", 1000);
    desk.volume("2025-04", "ae breaches", 60);
    desk.volume("2025-05", "ae breaches", 900);
    let statement = desk.statement("2025-05-31");
    assert!(!statement.complete);
    check(
        &statement,
        &[("2/sanction-due/ae-4h", "2000.00"), ("2/not-reported/ae attendances 2025-05", "none")],
    );
}

#[test]
fn a_standard_that_cannot_be_read_is_refused() {
    let found = faults(
        "\n  - {clause: \"2\", kind: sanctions, cap: 2%, standards: [{standard: a, breaches: b, of: c, target: 85%, floor: 95%, rate: \"1.00\"}]}\n",
    );
    assert_eq!(found.len(), 2, "{found:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Never below nothing, never beyond the floor, and never less for more breaches.
    #[test]
    fn more_breaches_never_cost_less(attendances in 0u32..5000, breaches in 0u32..5000, more in 0u32..50) {
        let due = |breaches: u32| {
            let mut desk = ae("200.00", "92%");
            quarter(&mut desk, attendances, breaches);
            pence(crate::cases::value(&desk.statement("2025-06-30"), "c/2/sanction-due/ae-4h"))
        };
        let cost = due(breaches);
        prop_assert!(cost >= 0 && cost <= i64::from(attendances) * 600);
        prop_assert!(due(breaches + more) >= cost);
    }
}
