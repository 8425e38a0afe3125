//! Values that change within the term: each month pays by what is in force in it.

use proptest::prelude::*;

use crate::cases::Desk;
use crate::paying::{check, contract, faults, terms};

const TWICE: &str = r#"pay:
  - clause: "1"
    kind: block
    amount:
      - {from: 2025-04-01, to: 2025-09-30, value: "1200000.00"}
      - {from: 2025-10-01, value: "1260000.00"}
  - clause: "2"
    kind: core
    withheld: 10%
    budget: [{from: 2025-04-01, value: "1200000.00"}, {from: 2025-10-01, value: "1260000.00"}]
"#;

/// Six months of 100,000 and six of 105,000 are 1,230,000; two of the latter are in by the end of November.
#[test]
fn a_fixed_sum_pays_twelfths_of_what_is_in_force_in_each_month() {
    let desk = contract(TWICE);
    check(
        &desk.statement("2025-11-30"),
        &[
            ("1/in-force/block 2025-04 to 2025-09", "1200000.00"),
            ("1/in-force/block 2025-10 to 2026-03", "1260000.00"),
            ("1/block", "1230000.00"),
            ("1/block-to-date", "810000.00"),
            ("2/withheld", "123000.00"),
            ("2/core", "1107000.00"),
            ("2/budget-to-date", "810000.00"),
            ("2/core-to-date", "729000.00"),
            ("total/payable/icb-to-trust", "1539000.00"),
        ],
    );
    check(&desk.statement("2026-03-31"), &[("total/payable/icb-to-trust", "2337000.00")]);
    check(&desk.settle("c", "2026/27", "2027-03-31"), &[("1/block", "1260000.00"), ("2/core", "1134000.00")]);
}

#[test]
fn the_schedule_follows_what_is_in_force() {
    let statement = contract(TWICE).statement("2025-04-30");
    let paid: Vec<(String, String)> = statement
        .schedule
        .iter()
        .filter(|row| ["2025-09", "2025-10"].contains(&row.month.to_string().as_str()))
        .map(|row| (format!("{} {}", row.stream, row.month), row.amount.to_string()))
        .collect();
    let expected = [
        ("1 2025-09", "100000.00"),
        ("1 2025-10", "105000.00"),
        ("2 2025-09", "90000.00"),
        ("2 2025-10", "94500.00"),
    ];
    assert_eq!(paid, expected.map(|(row, amount)| (row.to_owned(), amount.to_owned())));
}

const SHARED: &str = r#"
contract: c
title: Shares that change on 1 October
parties:
  commissioner: icb
  lead: trust
  commissioners:
    - {from: 2025-04-01, value: [{party: icb, share: 60%}, {party: council, share: 40%}]}
    - {from: 2025-10-01, value: [{party: icb, share: 50%}, {party: council, share: 50%}]}
years: {kind: nhs, from: 2025/26, to: 2026/27}
rounding: {unit: 0.01, at: line}
pay:
  - {clause: "1", kind: activity_at_price}
  - {clause: "2", kind: block, amount: "1200000.00"}
  - clause: "3"
    kind: block
    amount: [{from: 2025-04-01, value: "100000.00"}, {from: 2026-01-01, value: "200000.00"}]
  - {clause: "4", kind: split, by: shares}
"#;

/// A line of a month is split by that month's shares: 1,000.00 of April by 60/40, 500.01 of October in
/// halves, the odd penny to the first named. Half of 1,200,000 falls on either half of the year. Of the block
/// that doubles in January, 50,000 fall on the first half; 25,000 and 50,000 on the second. A variation from
/// October, 60,000 in the year, is split in halves.
#[test]
fn a_share_that_changes_on_1_october_splits_each_month_by_what_is_in_force() {
    let mut desk = Desk::default();
    desk.award(SHARED);
    desk.year_of_activity("1000.00");
    let october = r#"{"contract":"c","provider":"icb","month":"2025-10","flow":"local","stage":"freeze","value":"500.01"}"#;
    desk.run("report-activity", october).unwrap();
    let vary = r#"{"contract":"c","number":1,"signed_on":"2025-12-10","effective_from":"2025-10-01","clause":"2","full_year_effect":"120000.00"}"#;
    desk.run("vary-contract", vary).unwrap();
    let statement = desk.statement("2026-03-31");
    check(
        &statement,
        &[
            ("4/commissioner-part/icb 1/activity-value 2025-04 to 2025-09", "600.00"),
            ("4/commissioner-part/council 1/activity-value 2025-04 to 2025-09", "400.00"),
            ("4/commissioner-part/icb 1/activity-value 2025-10 to 2026-03", "250.01"),
            ("4/commissioner-part/council 1/activity-value 2025-10 to 2026-03", "250.00"),
            ("4/commissioner-part/icb 2/block 2025-04 to 2025-09", "360000.00"),
            ("4/commissioner-part/council 2/block 2025-10 to 2026-03", "300000.00"),
            ("4/commissioner-part/council 2/variation-to-date/1 2025-10 to 2026-03", "30000.00"),
            ("3/block", "125000.00"),
            ("4/of-months/3/block 2025-04 to 2025-09", "50000.00"),
            ("4/of-months/3/block 2025-10 to 2026-03", "75000.00"),
            // 600.00 + 250.01 + 660,000 + 30,000 + 30,000 + 37,500
            ("total/payable/icb-to-trust", "758350.01"),
            // 400.00 + 250.00 + 540,000 + 30,000 + 20,000 + 37,500
            ("total/payable/council-to-trust", "628150.00"),
        ],
    );
}

/// Three months of a contract that begins on 1 January, and eight of one that ends on 30 November: months
/// outside the term are neither expected nor paid.
#[test]
fn a_term_that_begins_or_ends_within_a_year_is_paid_for_its_months() {
    let clauses =
        r#"pay: [{clause: "1", kind: block, amount: "1200000.00"}, {clause: "2", kind: activity_at_price}]"#;
    let part = "from: 2025/26, to: 2027/28, starts_on: 2026-01-01, ends_on: 2027-11-30}";
    let yaml = terms(clauses).replace("from: 2025/26, to: 2027/28}", part);
    let mut desk = Desk::default();
    desk.award(&yaml);
    assert!(desk.statement("2025-12-31").complete);
    assert_eq!(desk.payable("2025-12-31"), "0.00");
    for month in ["2026-01", "2026-02", "2026-03"] {
        desk.activity(month, "10.00", 1);
    }
    let statement = desk.statement("2026-03-31");
    assert!(statement.complete, "{statement}");
    check(&statement, &[("1/block", "300000.00"), ("total/payable/icb-to-trust", "300030.00")]);
    check(&desk.settle("c", "2027/28", "2028-03-31"), &[("1/block", "800000.00")]);
    let outside = r#"{"contract":"c","provider":"trust","month":"2025-12","flow":"local","stage":"freeze","value":"1.00"}"#;
    assert_eq!(desk.run("report-activity", outside).unwrap_err().code, "outside-term");
}

#[test]
fn ranges_that_do_not_follow_each_other_are_refused_with_their_place() {
    let block = |amount: &str| faults(&format!("pay: [{{clause: \"1\", kind: block, amount: [{amount}]}}]"));
    let first = r#"{from: 2025-04-01, to: 2025-09-30, value: "1.00"}"#;
    for (amount, expected) in [
        (
            format!(r#"{first}, {{from: 2025-11-01, value: "2.00"}}"#),
            "/pay/0/amount/1/from: the values of `amount` leave a gap between 2025-09-30 and 2025-11-01",
        ),
        (
            format!(r#"{first}, {{from: 2025-09-01, value: "2.00"}}"#),
            "/pay/0/amount/1/from: the values of `amount` overlap between 2025-09-30 and 2025-09-01",
        ),
        (
            format!(r#"{first}, {{from: 2025-04-01, value: "2.00"}}"#),
            "/pay/0/amount/1/from: 2025-04-01 is not after 2025-04-01, from which the value before it is in force",
        ),
        (
            r#"{from: 2025-05-01, value: "1.00"}"#.to_owned(),
            "/pay/0/amount/0/from: `amount` has no value before 2025-05-01, but the term begins on 2025-04-01",
        ),
        (
            first.to_owned(),
            "/pay/0/amount/0/to: `amount` has no value after 2025-09-30, but the term ends on 2028-03-31",
        ),
        (
            r#"{from: 2025-04-01, value: "1.00"}, {from: 2025-10-15, value: "2.00"}"#.to_owned(),
            "/pay/0/amount/1/from: 2025-10-15 is not the first day of a month",
        ),
    ] {
        assert_eq!(block(&amount), [expected]);
    }
}

#[test]
fn a_value_that_means_the_whole_term_is_refused_dated() {
    let withheld =
        r#"pay: [{clause: "1", kind: core, budget: "1.00", withheld: [{from: 2025-04-01, value: 5%}]}]"#;
    let message = "/pay/0/withheld: `withheld` holds for the whole term and cannot change within it";
    assert_eq!(faults(withheld)[0], message);
    let gain = r#"pay:
  - {clause: "1", kind: core, budget: "1.00"}
  - clause: "2"
    kind: programme_pool
    of: core.budget
    cost: [own]
    gain: [{from: 2025-04-01, value: [{party: icb, share: 100%}]}]
    loss: [{party: trust, share: 100%}]
"#;
    assert_eq!(
        faults(gain)[0],
        "/pay/1/gain: the shares of `gain` are of the whole year's result and cannot change within it"
    );
}

/// Months with which another range of the same value may begin.
const CUTS: [&str; 4] = ["2025-05-01", "2025-10-01", "2026-03-01", "2026-07-01"];

fn cut(value: &str, cuts: &[bool]) -> String {
    let begun = CUTS.iter().zip(cuts).filter(|(_, cut)| **cut).map(|(day, _)| *day);
    let ranges = ["2025-04-01"].into_iter().chain(begun);
    let ranges: Vec<String> = ranges.map(|from| format!("{{from: {from}, value: {value}}}")).collect();
    format!("[{}]", ranges.join(", "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// However a contract cuts the time in which a value holds, every line is that of the plain value.
    #[test]
    fn cutting_a_range_changes_nothing(cuts in prop::collection::vec(any::<bool>(), 4), month in 0usize..12) {
        let values = [
            ("amount: \"1200000.00\"", "amount", "\"1200000.00\""),
            ("amount: \"100000.01\"", "amount", "\"100000.01\""),
            (
                "commissioners: [{party: icb, share: 60%}, {party: council, share: 40%}]",
                "commissioners",
                "[{party: icb, share: 60%}, {party: council, share: 40%}]",
            ),
        ];
        let plain = r#"
contract: c
title: Plain
parties: {commissioner: icb, lead: trust, commissioners: [{party: icb, share: 60%}, {party: council, share: 40%}]}
years: {kind: nhs, from: 2025/26, to: 2026/27}
rounding: {unit: 0.01, at: line}
pay:
  - {clause: "2", kind: block, amount: "1200000.00"}
  - {clause: "3", kind: block, amount: "100000.01"}
  - {clause: "4", kind: split, by: shares}
"#;
        let dated = values.iter().fold(plain.to_owned(), |text, (written, name, value)| {
            text.replace(written, &format!("{name}: {}", cut(value, &cuts)))
        });
        let settle = |yaml: &str| {
            let mut desk = Desk::default();
            desk.award(yaml);
            desk.statement(&crate::paying::end_of(crate::paying::MONTHS[month]))
        };
        prop_assert_eq!(settle(plain), settle(&dated));
    }
}
