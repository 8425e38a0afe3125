//! What must hold of any activity between a cap and a collar.

use proptest::prelude::*;

use crate::cases::value;
use crate::paying::{check, contract, pence};
use crate::report::pounds;

fn year(months: &[i64]) -> crate::cases::Desk {
    let clause = "\n  - {clause: \"1\", kind: activity_at_price, plan: \"12000.00\", cap: 5%, collar: 10%}\n";
    let mut desk = contract(clause);
    for (month, value) in crate::paying::MONTHS.iter().zip(months) {
        desk.activity(month, &pounds(*value), 0);
    }
    desk
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// It pays no less than the collar and no more than the cap of the months reported; what is paid and what
    /// is not are the activity; more activity never pays less; the months in any order pay the same; no
    /// report pays nothing.
    #[test]
    fn it_stays_between_collar_and_cap(
        mut months in prop::collection::vec(-20_000i64..250_000, 1..13),
        more in 0i64..50_000,
    ) {
        let statement = year(&months).statement("2026-03-31");
        let of = |line: &str| pence(value(&statement, &format!("c/1/{line}")));
        let (paid, all) = (of("activity-payable"), months.iter().sum::<i64>());
        prop_assert!(of("collar") <= paid && paid <= of("cap"));
        prop_assert_eq!(of("cap"), 105_000 * months.len() as i64);
        let above = statement.line("c/1/paid-above").is_some();
        let unpaid = if above { -of("paid-above") } else { of("unpaid") };
        prop_assert_eq!(above, unpaid < 0);
        prop_assert_eq!((of("activity-value"), paid + unpaid), (all, all));
        prop_assert_eq!(paid, all.clamp(of("collar"), of("cap")));
        months.reverse();
        prop_assert_eq!(pence(&year(&months).payable("2026-03-31")), paid);
        months[0] += more;
        prop_assert!(pence(&year(&months).payable("2026-03-31")) >= paid);
        prop_assert_eq!(year(&[]).payable("2026-03-31"), "none");
    }
}

const PRICES: &str = r#"prices: [{tariff_code: ATT, pod: OP, from: 2025-04-01, to: 2025-09-30, price: "100.00"},
        {tariff_code: ATT, pod: OP, from: 2025-10-01, price: "110.00"}], mff: [{from: 2025-04-01, factor: 1.05}]"#;

fn attend(desk: &mut crate::cases::Desk, month: &str, count: u32, value: &str) {
    let body = format!(
        r#"{{"contract":"c","provider":"trust","month":"{month}","flow":"local","stage":"freeze","value":"{value}",
          "lines":[{{"pod":"OP","tariff_code":"ATT","count":"{count}","value":"{value}"}}]}}"#
    );
    desk.run("report-activity", &body).unwrap();
}

/// A plan of 1,000 a month with 5% either way. April: 12 × 100 × 1.05 = 1,260.00, stated as 1,300.00.
/// October: 8 × 110 × 1.05 = 924.00, stated as 900.00. Together 2,184.00 of a plan of 2,000.00: 2,100.00 is
/// paid, 84.00 is not.
#[test]
fn with_prices_a_line_pays_its_count_times_its_price() {
    let clause = |prices: &str| {
        format!(
            "\n  - {{clause: \"1\", kind: activity_at_price, plan: \"12000.00\", cap: 5%, collar: 5%{prices}}}\n"
        )
    };
    let mut desk = contract(&clause(&format!(", {PRICES}")));
    attend(&mut desk, "2025-04", 12, "1300.00");
    attend(&mut desk, "2025-10", 8, "900.00");
    crate::paying::check(
        &desk.statement("2025-10-31"),
        &[
            ("1/priced-activity", "2184.00"),
            ("1/activity-value", "2200.00"),
            ("1/against-stated", "-16.00"),
            ("1/plan", "2000.00"),
            ("1/activity-payable", "2100.00"),
            ("1/unpaid", "84.00"),
        ],
    );
    // The same reports without prices: the stated value pays.
    let mut stated = contract(&clause(""));
    attend(&mut stated, "2025-04", 12, "1300.00");
    attend(&mut stated, "2025-10", 8, "900.00");
    crate::paying::check(
        &stated.statement("2025-10-31"),
        &[("1/activity-value", "2200.00"), ("1/activity-payable", "2100.00"), ("1/unpaid", "100.00")],
    );
}

/// A challenge comes off what is priced, before the cap.
#[test]
fn a_challenge_comes_off_priced_activity() {
    let mut desk = contract(&format!("\n  - {{clause: \"1\", kind: activity_at_price, {PRICES}}}\n"));
    attend(&mut desk, "2025-04", 12, "1300.00");
    let body = r#"{"contract":"c","challenge":"C1","month":"2025-04","amount":"60.00","reason":"not ours","answer_by":"2025-07-09"}"#;
    desk.run("raise-challenge", body).unwrap();
    crate::paying::check(
        &desk.statement("2025-04-30"),
        &[
            ("1/after-challenges", "1200.00"),
            ("1/if-rejected", "1260.00"),
            ("total/payable/icb-to-trust", "1200.00"),
        ],
    );
}

/// Other clauses price activity in the same way: 2,184.00 against a baseline of 2,000.00 at 70%, and against
/// a plan of the same at 20%.
#[test]
fn baselines_and_plans_are_compared_with_priced_activity() {
    for (clause, expected) in [
        ("kind: marginal_rate, baseline: \"12000.00\", rate: 70%", [("1/marginal-payment", "128.80")]),
        ("kind: blended_payment, plan: \"12000.00\", rate: 20%", [("1/variable-payment", "36.80")]),
        (
            "kind: aligned_payment, fixed: \"0.00\", baseline: \"12000.00\", above: 75%",
            [("1/marginal-payment", "138.00")],
        ),
    ] {
        let mut desk = contract(&format!("\n  - {{clause: \"1\", {clause}, {PRICES}}}\n"));
        attend(&mut desk, "2025-04", 12, "1300.00");
        attend(&mut desk, "2025-10", 8, "900.00");
        crate::paying::check(&desk.statement("2025-10-31"), &expected);
    }
}

#[test]
fn factors_without_prices_are_refused() {
    let found = crate::paying::faults(
        "\n  - {clause: \"1\", kind: activity_at_price, mff: [{from: 2025-04-01, factor: 1.05}]}\n",
    );
    assert_eq!(found, ["/pay/0: factors and top-ups are of prices, and there are none"]);
}

/// A cap alone makes what is payable a line of its own, that other clauses may name: 1,000.00 a month with a
/// cap of 5% pays 1,050.00 of 1,300.00, and sanctions of 40.00 take no more than 2% of that, 21.00.
#[test]
fn what_is_payable_within_a_cap_can_be_named() {
    let mut desk = contract(
        r#"pay:
  - {clause: "1", kind: activity_at_price, plan: "12000.00", cap: 5%}
  - {clause: "2", kind: sanctions, cap: 2%, cap_of: activity_at_price.activity-payable}
"#,
    );
    desk.activity("2025-04", "1300.00", 1);
    let sanction = r#"{"contract":"c","month":"2025-04","amount":"40.00","reason":"late letters"}"#;
    desk.run("apply-sanction", sanction).unwrap();
    let statement = desk.statement("2025-04-30");
    check(&statement, &[("1/activity-payable", "1050.00"), ("total/payable/icb-to-trust", "1029.00")]);
}

/// One price, two sites: the contract asks no site, so that 2 × 33.33 × 1.05 = 69.993 is one line and rounded
/// once. A stay of its own would be a line of its own only where prices ask for days.
#[test]
fn lines_that_the_contract_does_not_tell_apart_are_priced_together() {
    let prices = r#"prices: [{tariff_code: ATT, pod: OP, from: 2025-04-01, price: "33.33"}], mff: [{from: 2025-04-01, factor: 1.05}]"#;
    let mut desk = contract(&format!("\n  - {{clause: \"1\", kind: unit_price, {prices}}}\n"));
    let line = |site: &str, days: u32| {
        format!(
            r#"{{"pod":"OP","tariff_code":"ATT","site":"{site}","length_of_stay":{days},"count":"1","value":"35.00"}}"#
        )
    };
    let body = format!(
        r#"{{"contract":"c","provider":"trust","month":"2025-04","flow":"local","stage":"freeze","value":"70.00",
          "lines":[{},{}]}}"#,
        line("RXX01", 0),
        line("RXX02", 3)
    );
    desk.run("report-activity", &body).unwrap();
    let entry = desk.book.entry;
    let statement = desk.statement("2025-04-30");
    assert_eq!(value(&statement, &format!("c/1/activity-count/2025-04 @{entry} 1")), "2");
    assert_eq!(value(&statement, &format!("c/1/priced-activity/2025-04 @{entry} 1")), "69.99");
    assert_eq!(value(&statement, "c/1/priced-activity"), "69.99");
    assert_eq!(value(&statement, "c/1/against-stated"), "-0.01");
}
