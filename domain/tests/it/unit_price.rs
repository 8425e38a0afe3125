//! Unit price: worked example 02, further lines worked by hand, and what must hold of any line.

use proptest::prelude::*;

use crate::cases::Desk;
use crate::paying::{check, contract, faults, pence};

const CLAUSE: &str = r#"
  - clause: "1"
    kind: unit_price
    when: {pod: [EL, NELST, OPFASPCL]}
    mff: [{from: 2025-04-01, factor: 1.0461}, {from: 2025-10-01, factor: 1.1}]
    topups: [{flag: orthopaedic, rate: 24%}]
    prices:
      - {tariff_code: HN22A, pod: EL, from: 2025-04-01, price: "2000.00", trim_point: 5, excess_day: "250.00"}
      - {tariff_code: DZ11A, pod: NELST, from: 2025-04-01, price: "2400.00", short_stay: "1080.00"}
      - {tariff_code: WF01B, pod: OPFASPCL, from: 2025-04-01, to: 2025-09-30, price: "186.00"}
      - {tariff_code: WF01B, pod: OPFASPCL, from: 2025-10-01, price: "200.00"}
"#;

fn report(desk: &mut Desk, month: &str, value: &str, lines: &str) -> Result<(), domain::refusal::Refusal> {
    desk.run(
        "report-activity",
        &format!(
            r#"{{"contract":"c","provider":"trust","month":"{month}","flow":"PLCM","stage":"freeze","value":"{value}","lines":[{lines}]}}"#
        ),
    )
}

const A: &str = r#"{"pod":"EL","tariff_code":"HN22A","count":"1","length_of_stay":8,"flags":["orthopaedic"],"value":"3378.90"}"#;
const B: &str = r#"{"pod":"NELST","tariff_code":"DZ11A","count":"1","length_of_stay":1,"value":"1129.79"}"#;
const C: &str = r#"{"pod":"OPFASPCL","tariff_code":"WF01B","count":"1","value":"194.57"}"#;

fn entry(desk: &Desk) -> String {
    desk.book.entry.to_string()
}

/// Worked example 02: adjusted first, then the market forces factor, each line rounded.
#[test]
fn each_line_is_priced_and_rounded() {
    let mut desk = contract(CLAUSE);
    report(&mut desk, "2025-04", "4703.26", &format!("{A},{B},{C}")).unwrap();
    let at = entry(&desk);
    let line = |n: u32| format!("1/priced-activity/2025-04 @{} {n}", at.trim_start_matches('@'));
    check(
        &desk.statement("2025-04-30"),
        &[
            (&line(1), "3378.90"),
            (&line(2), "1129.79"),
            (&line(3), "194.57"),
            ("1/priced-activity", "4703.26"),
            ("1/against-stated", "0.00"),
            ("total/payable/icb-to-trust", "4703.26"),
        ],
    );
}

/// A working names a top-up, excess days and a factor only where the line has them.
#[test]
fn a_price_alone_is_read_as_a_price() {
    let mut desk = contract(
        "\n  - {clause: \"1\", kind: unit_price, prices: [{tariff_code: A, pod: COM, from: 2025-04-01, price: \"43.15\"}], \
         topups: [{flag: home-visit, rate: 30%}]}\n",
    );
    let lines = r#"{"pod":"COM","tariff_code":"A","count":"18"},{"pod":"COM","tariff_code":"A","count":"1","flags":["home-visit"]}"#;
    report(&mut desk, "2025-04", "832.80", lines).unwrap();
    let at = entry(&desk).trim_start_matches('@').to_owned();
    let statement = desk.statement("2025-04-30");
    let text = |n: u32| {
        let id = format!("c/1/priced-activity/2025-04 @{at} {n}");
        statement.line(&id).unwrap().working.text.clone()
    };
    assert_eq!(text(1), "43.15 × line 1");
    assert_eq!(text(2), "(43.15 plus 30% of 43.15) × line 3");
    // 18 x 43.15 = 776.70, and 43.15 + 12.945 = 56.095, rounded up.
    assert_eq!(desk.payable("2025-04-30"), "832.80");
}

/// A factor that begins after the term leaves care without one, which is not a factor of 1.
#[test]
fn care_before_the_first_factor_is_not_priced_without_one() {
    let late = CLAUSE.replace("mff: [{from: 2025-04-01, factor: 1.0461}, ", "mff: [");
    let found = faults(&late).concat();
    assert!(found.contains("care from 2025-04-01 has no market forces factor until 2025-10-01"), "{found}");
    // Another provider than the one whose factor the clause states.
    let mut desk = contract(&CLAUSE.replace(
        "mff: [{from: 2025-04-01, factor: 1.0461}, {from: 2025-10-01, factor: 1.1}]",
        "mff: [{provider: icb, from: 2025-04-01, factor: 1.0461}]",
    ));
    report(&mut desk, "2025-04", "194.57", C).unwrap();
    let statement = desk.statement("2025-04-30");
    let id = format!("c/1/no-price/2025-04 @{} 1", entry(&desk).trim_start_matches('@'));
    let line = statement.line(&id).unwrap_or_else(|| panic!("no line {id} in\n{statement}"));
    assert!(line.working.text.starts_with("no market forces factor of trust"), "{}", line.working.text);
    assert_eq!((statement.payables[0].entitled, statement.complete), (None, false));
}

fn one(month: &str, line: &str) -> String {
    let mut desk = contract(CLAUSE);
    report(&mut desk, month, "1.00", line).unwrap();
    desk.payable(&crate::paying::end_of(month))
}

/// Worked by hand.
#[test]
fn further_lines_worked_by_hand() {
    let el = |more: &str| format!(r#"{{"pod":"EL","tariff_code":"HN22A","count":"1"{more}}}"#);
    assert_eq!(one("2025-04", &el("")), "2092.20"); // 2000 x 1.0461
    assert_eq!(one("2025-04", &el(r#","length_of_stay":5"#)), "2092.20"); // at the trim point
    assert_eq!(one("2025-04", &el(r#","length_of_stay":6"#)), "2353.73"); // 2250 x 1.0461 = 2353.725
    assert_eq!(one("2025-10", &el("")), "2200.00"); // the factor of the month of care
    let ten = r#"{"pod":"OPFASPCL","tariff_code":"WF01B","count":"10"}"#;
    assert_eq!(one("2025-09", ten), "1945.75"); // 1860 x 1.0461 = 1945.746
    assert_eq!(one("2025-10", ten), "2200.00"); // the later price
    let longer = r#"{"pod":"NELST","tariff_code":"DZ11A","count":"1","length_of_stay":2}"#;
    assert_eq!(one("2025-04", longer), "2510.64"); // no short stay: 2400 x 1.0461
}

#[test]
fn a_code_without_a_price_is_named_and_never_zero() {
    let mut desk = contract(CLAUSE);
    let unknown = r#"{"pod":"EL","tariff_code":"UZ01Z","count":"1","value":"99.00"}"#;
    report(&mut desk, "2025-04", "3477.90", &format!("{A},{unknown}")).unwrap();
    let statement = desk.statement("2025-04-30");
    assert!(!statement.complete);
    check(&statement, &[("1/priced-activity", "3378.90"), ("1/against-stated", "0.00")]);
    assert!(statement.lines.iter().any(|l| l.name.slug() == "no-price" && l.value.is_none()));
}

#[test]
fn lines_must_sum_to_the_report_and_be_no_more_than_a_thousand() {
    let mut desk = contract(CLAUSE);
    let refusal = report(&mut desk, "2025-04", "4703.27", &format!("{A},{B},{C}")).unwrap_err();
    assert!(refusal.to_string().contains("sum to 4703.26"), "{refusal}");
    let many = vec![r#"{"pod":"EL","count":"1"}"#; 1001].join(",");
    assert!(report(&mut desk, "2025-04", "1.00", &many).unwrap_err().to_string().contains("1001 lines"));
}

/// A line belongs to the first clause that matches it.
#[test]
fn no_line_is_paid_twice() {
    let mut desk = contract(&format!(
        "{CLAUSE}{}",
        CLAUSE.replace("\"1\"", "\"2\"").replace("[EL, NELST, OPFASPCL]", "[EL]")
    ));
    report(&mut desk, "2025-04", "3378.90", A).unwrap();
    assert_eq!(desk.payable("2025-04-30"), "3378.90");
}

/// A clause with `when` takes its lines by their stated values, and one without takes what no clause chooses.
#[test]
fn clauses_divide_a_report_between_them() {
    let mut desk = contract(
        r#"
  - {clause: "1", kind: marginal_rate, when: {pod: [NELST]}, baseline: "12000.00", rate: 30%}
  - {clause: "2", kind: cost_and_volume, when: {tariff_code: [WF01B]}, amount: "1200.00", low: 0, high: 0, price_up: "10.00", price_down: "0.00"}
  - {clause: "3", kind: activity_at_price}
"#,
    );
    report(&mut desk, "2025-04", "4703.26", &format!("{A},{B},{C}")).unwrap();
    check(
        &desk.statement("2025-04-30"),
        &[
            // 1000.00 in full and 30% of 129.79
            ("1/activity-value", "1129.79"),
            ("1/activity-payable", "1038.94"),
            ("2/activity-count", "1"),
            ("2/marginal-payment", "10.00"),
            ("3/activity-value", "3378.90"),
            // 1038.94 + 100.00 + 10.00 + 3378.90
            ("total/payable/icb-to-trust", "4527.84"),
        ],
    );
}

/// What is priced from flex data is flex.
#[test]
fn priced_lines_keep_the_stage_of_their_report() {
    let mut desk = contract(CLAUSE);
    let body = format!(
        r#"{{"contract":"c","provider":"trust","month":"2025-04","flow":"PLCM","stage":"flex","value":"3378.90","lines":[{A}]}}"#
    );
    desk.run("report-activity", &body).unwrap();
    let statement = desk.statement("2025-04-30");
    assert_eq!(statement.stage.to_string(), "flex");
    let split = statement.line("c/1/priced-activity").unwrap().by_stage.unwrap();
    assert_eq!(split.flex.to_string(), "3378.90");
}

#[test]
fn two_prices_at_one_time_are_refused() {
    let found = faults(
        "\n  - {clause: \"1\", kind: unit_price, prices: [{tariff_code: A, pod: EL, from: 2025-04-01, price: \"1.00\"}, {tariff_code: A, pod: EL, from: 2025-10-01, price: \"2.00\"}]}\n",
    );
    assert!(found[0].contains("two prices at one time"), "{found:?}");
}

/// A top-up of 24% on price and excess days: (2,000.00 + 3 x 250.00) x 1.24 = 3,410.00. On the day of the
/// trim point there is no excess: 2,480.00.
#[test]
fn a_top_up_may_be_of_the_excess_days_as_well() {
    let clause = CLAUSE.replace("    when:", "    topup_base: price_and_excess_days\n    when:");
    let clause = clause.replace("factor: 1.0461", "factor: 1");
    for (days, payable) in [("8", "3410.00"), ("5", "2480.00")] {
        let mut desk = contract(&clause);
        let line = A.replace("\"length_of_stay\":8", &format!("\"length_of_stay\":{days}"));
        report(&mut desk, "2025-04", "3378.90", &line).unwrap();
        check(&desk.statement("2025-04-30"), &[("total/payable/icb-to-trust", payable)]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// A longer stay beyond two days, and more units, never pay less.
    #[test]
    fn longer_stays_and_more_units_never_pay_less(units in 0u32..50, days in 2u32..40, more in 0u32..9) {
        let pay = |units: u32, days: u32| {
            pence(&one("2025-04", &format!(r#"{{"pod":"EL","tariff_code":"HN22A","count":"{units}","length_of_stay":{days}}}"#)))
        };
        prop_assert!(pay(units, days) <= pay(units, days + more));
        prop_assert!(pay(units, days) <= pay(units + more, days));
        prop_assert!(units > 0 || pay(units, days) == 0);
    }
}
