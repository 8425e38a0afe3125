//! Cost and volume: the example of its page, further inputs worked by hand, and what must hold of any
//! activity.

use proptest::prelude::*;

use crate::paying::{MONTHS, check, contract, faults, pence};

const CLAUSE: &str = "\n  - {clause: \"1\", kind: cost_and_volume, amount: \"1000000.00\", low: 9500, high: 10500, price_up: \"80.00\", price_down: \"50.00\"}\n";

/// A year whose first month reports `units`, and whose other months report none.
fn year(units: u32) -> crate::cases::Desk {
    let mut desk = contract(CLAUSE);
    for (i, month) in MONTHS.iter().enumerate() {
        desk.activity(month, "0.00", if i == 0 { units } else { 0 });
    }
    desk
}

#[test]
fn activity_outside_the_corridor_moves_the_sum() {
    check(
        &year(10700).statement("2026-03-31"),
        &[
            ("1/block", "1000000.00"),
            ("1/activity-count", "10700"),
            ("1/corridor-low", "9500"),
            ("1/corridor-high", "10500"),
            ("1/above-corridor", "200"),
            ("1/marginal-payment", "16000.00"),
            ("1/below-corridor", "0"),
            ("1/marginal-deduction", "0.00"),
            ("total/payable/icb-to-trust", "1016000.00"),
        ],
    );
    check(
        &year(9300).statement("2026-03-31"),
        &[("1/below-corridor", "200"), ("1/marginal-deduction", "10000.00")],
    );
}

/// Worked by hand.
#[test]
fn further_activity_worked_by_hand() {
    assert_eq!(year(9300).payable("2026-03-31"), "990000.00"); // less 200 x 50
    assert_eq!(year(10000).payable("2026-03-31"), "1000000.00");
    assert_eq!(year(10500).payable("2026-03-31"), "1000000.00"); // on the edge
    assert_eq!(year(9500).payable("2026-03-31"), "1000000.00");
    assert_eq!(year(10501).payable("2026-03-31"), "1000080.00");
    assert_eq!(year(0).payable("2026-03-31"), "525000.00"); // less 9500 x 50 = 475000
    // three months: 250000.00, corridor 2375 to 2625, 2700 units are 75 above: 6000.00
    assert_eq!(year(2700).payable("2025-06-30"), "256000.00");
}

/// The corridor counts the months reported; the sum runs on by the calendar.
#[test]
fn a_month_without_a_count_moves_the_corridor_not_the_sum() {
    let mut desk = contract(CLAUSE);
    assert_eq!(desk.payable("2025-06-30"), "250000.00");
    desk.activity("2025-04", "0.00", 1000);
    let quarter = desk.statement("2025-06-30");
    assert!(!quarter.complete);
    // one month: edges 791.67 and 875; 125 above pay 10000.00
    check(
        &quarter,
        &[("1/corridor-high", "875"), ("1/marginal-payment", "10000.00"), ("1/not-reported/2025-05", "none")],
    );
    assert_eq!(quarter.payables[0].entitled.unwrap().to_string(), "260000.00");
}

#[test]
fn a_corridor_upside_down_is_refused() {
    let found = faults(
        "\n  - {clause: \"1\", kind: cost_and_volume, amount: \"1.00\", low: 10, high: 9, price_up: \"1.00\", price_down: \"-1.00\"}\n",
    );
    assert_eq!(found.len(), 2, "{found:?}");
}

const PRICED: &str = r#"
  - clause: "1"
    kind: cost_and_volume
    amount: "1000000.00"
    low: 9500
    high: 10500
    price_down: "50.00"
    rate_up: 60%
    prices: [{tariff_code: A, pod: OP, from: 2025-04-01, price: "40.00"}, {tariff_code: B, pod: OP, from: 2025-04-01, price: "250.00"}]
"#;

/// A year whose first month has so many units of A and of B, and whose other months have none.
fn priced(a: u32, b: u32, stage: &str) -> crate::cases::Desk {
    let mut desk = contract(PRICED);
    for (i, month) in MONTHS.iter().enumerate() {
        let (a, b) = if i == 0 { (a, b) } else { (0, 0) };
        let body = format!(
            r#"{{"contract":"c","provider":"trust","month":"{month}","flow":"local","stage":"{stage}","value":"0.00",
              "lines":[{{"pod":"OP","tariff_code":"A","count":"{a}"}},{{"pod":"OP","tariff_code":"B","count":"{b}"}}]}}"#
        );
        desk.run("report-activity", &body).unwrap();
    }
    desk
}

/// 10,000 at 40.00 and 1,000 at 250.00 are 650,000.00 for 11,000 units: of 500 above 60% is 17,727.27. All of
/// it is flex, as are the 25,000.00 that 9,000 units take off.
#[test]
fn priced_units_outside_the_corridor_keep_the_stage_of_their_report() {
    let stage = |statement: &domain::statement::Statement, step: &str| {
        statement.line(&format!("c/1/{step}")).unwrap().by_stage.unwrap().flex.to_string()
    };
    let above = priced(10_000, 1_000, "flex").statement("2026-03-31");
    assert_eq!(stage(&above, "marginal-payment"), "17727.27");
    let below = priced(9_000, 0, "flex").statement("2026-03-31");
    assert_eq!(stage(&below, "marginal-deduction"), "25000.00");
    assert_eq!(below.payables[0].entitled.unwrap().to_string(), "975000.00");
}

/// A unit above the corridor has one price: an amount, or a part of the average where there are prices.
#[test]
fn what_a_unit_above_adds_is_said_once() {
    let both = |clause: String| faults(&clause).join("; ");
    assert_eq!(
        both(PRICED.replace("rate_up: 60%", "price_up: \"80.00\"")),
        "/pay/0: `rate_up` is missing; /pay/0/price_up: `price_up` is not known here"
    );
    assert_eq!(
        both(CLAUSE.replace("price_up: \"80.00\"", "rate_up: 60%")),
        "/pay/0: `price_up` is missing; /pay/0/rate_up: `rate_up` is not known here"
    );
    let negative = faults(&PRICED.replace("60%", "-60%"));
    assert_eq!(negative, ["/pay/0/rate_up: a price is not negative"]);
    let dated = "rate_up: [{from: 2025-04-01, value: 60%}, {from: 2025-10-01, value: 70%}]";
    let within = faults(&PRICED.replace("rate_up: 60%", dated));
    assert_eq!(within, ["/pay/0/rate_up: `rate_up` changes in 2025-10, within a contract year"]);
}

/// Units above that add a part of their price are paid without a cap; those that add nothing are not.
#[test]
fn a_part_of_the_average_has_no_limit_unless_it_is_nothing() {
    let why = |rate: &str| {
        let terms = crate::paying::terms(&PRICED.replace("60%", rate));
        domain::terms::Terms::from_yaml(&terms).unwrap().pay[0].mechanism.unbounded()
    };
    assert_eq!(why("60%"), Some("activity above the corridor is paid without a cap"));
    assert_eq!(why("0%"), None);
}

#[test]
fn a_price_of_the_average_is_told_in_plain_words() {
    let terms = domain::terms::Terms::from_yaml(&crate::paying::terms(PRICED)).unwrap();
    assert_eq!(
        terms.pay[0].words(&terms, &domain::names::Names::default()),
        "icb pays trust a fixed £1,000,000 a year in equal monthly parts for 9500 to 10500 units of the activity reported. \
         Each unit above adds 60% of what a unit to date costs on average, at the prices of 2 tariff codes, each below takes \
         £50 off."
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// One unit more never pays less, of whichever code, although a cheap one lowers the average; what units
    /// above add is no more than all of them at the dearest price.
    #[test]
    fn a_priced_unit_more_never_pays_less(a in 0u32..12000, b in 0u32..12000, more in 1u32..500) {
        let pay = |a, b| pence(&priced(a, b, "freeze").payable("2026-03-31"));
        prop_assert!(pay(a, b) <= pay(a + more, b));
        prop_assert!(pay(a, b) <= pay(a, b + more));
        let above = i64::from((a + b).saturating_sub(10_500));
        prop_assert!(pay(a, b) <= 100_000_000 + above * 15_000);
    }

    /// More activity never pays less; between the edges it pays the sum.
    #[test]
    fn pays_more_for_more(units in 0u32..20000, more in 0u32..500) {
        let pay = |units| pence(&year(units).payable("2026-03-31"));
        prop_assert!(pay(units) <= pay(units + more));
        prop_assert!(!(9500..=10500).contains(&units) || pay(units) == 100_000_000);
    }
}
