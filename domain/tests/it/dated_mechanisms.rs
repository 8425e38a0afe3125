//! Prices, weights and rates that change within the term, mechanism by mechanism: care is paid by what was in
//! force in its month.

use crate::cases::Desk;
use crate::paying::{MONTHS, check, contract, faults};

/// Twelve months of counts, nothing where none is given.
fn volumes(desk: &mut Desk, what: &str, counts: &[(&str, i64)]) {
    for month in MONTHS {
        let count = counts.iter().find(|(of, _)| *of == month).map_or(0, |(_, count)| *count);
        desk.volume(month, what, count);
    }
}

/// 100 × 4.25 + 10 × 12.50 in September, 200 × 4.50 + 20 × 12.50 in October.
#[test]
fn processes_are_paid_at_the_price_of_their_month() {
    let mut desk = contract(
        r#"pay:
  - clause: "1"
    kind: per_process
    processes: done
    complete: all
    price: [{from: 2025-04-01, value: "4.25"}, {from: 2025-10-01, value: "4.50"}]
    bonus: "12.50"
"#,
    );
    volumes(&mut desk, "done", &[("2025-09", 100), ("2025-10", 200)]);
    volumes(&mut desk, "all", &[("2025-09", 10), ("2025-10", 20)]);
    check(
        &desk.statement("2026-03-31"),
        &[
            ("1/process-payment/trust 2025-04 to 2025-09", "550.00"),
            ("1/process-payment/trust 2025-10 to 2026-03", "1150.00"),
            ("1/process-payment/trust", "1700.00"),
            ("total/payable/icb-to-trust", "1700.00"),
        ],
    );
}

/// At a factor of 1.1: 6 × 1,335.00 × 1.1 = 8,811.00 and 5 × 1,400.00 × 1.1 = 7,700.00.
#[test]
fn best_practice_pays_the_differential_of_its_month() {
    let mut desk = contract(
        r#"pay:
  - clause: "1"
    kind: best_practice_tariff
    spells: spells
    compliant: compliant
    mff: 1.1
    differential: [{from: 2025-04-01, value: "1335.00"}, {from: 2025-10-01, value: "1400.00"}]
"#,
    );
    volumes(&mut desk, "spells", &[("2025-04", 10), ("2025-10", 10)]);
    volumes(&mut desk, "compliant", &[("2025-04", 6), ("2025-10", 5)]);
    check(
        &desk.statement("2026-03-31"),
        &[
            ("1/top-up/2025-04 to 2025-09", "8811.00"),
            ("1/top-up/2025-10 to 2026-03", "7700.00"),
            ("total/payable/icb-to-trust", "16511.00"),
        ],
    );
}

/// 40% of 1,850.00 for ten who begin in April, 60% of 1,900.00 for ten who end in October; one moves away
/// half way in November and leaves half of 1,900.00.
#[test]
fn a_stage_is_paid_by_the_price_in_force_when_it_is_reached() {
    let mut desk = contract(
        r#"pay:
  - clause: "1"
    kind: pathway_bundle
    price: [{from: 2025-04-01, value: "1850.00"}, {from: 2025-10-01, value: "1900.00"}]
    instalments: [{stage: begun, share: 40%}, {stage: ended, share: 60%}]
"#,
    );
    volumes(&mut desk, "begun", &[("2025-04", 10)]);
    volumes(&mut desk, "ended", &[("2025-10", 10)]);
    let moved = r#"{"contract":"c","patient":"p1","on":"2025-11-20","direction":"out","days_elapsed":90,"days_total":180}"#;
    desk.run("transfer-pathway", moved).unwrap();
    check(
        &desk.statement("2026-03-31"),
        &[
            ("1/stage-earned/begun 2025-04 to 2025-09", "7400.00"),
            ("1/stage-earned/ended 2025-10 to 2026-03", "11400.00"),
            ("1/transfer-outgoing/2025-11-20 p1", "950.00"),
            ("1/pathway-income", "19750.00"),
        ],
    );
}

/// A hundred patients: six months of 100.00 and six of 105.00 each. One joins in August: two of 100.00 and
/// six of 105.00.
#[test]
fn a_year_of_care_pays_each_price_for_its_months() {
    let mut desk = contract(
        r#"pay:
  - clause: "1"
    kind: year_of_care
    bands: [{band: one, price: [{from: 2025-04-01, value: "1200.00"}, {from: 2025-10-01, value: "1260.00"}]}]
"#,
    );
    desk.list("2025-04", &[("one", "100")]);
    check(&desk.statement("2025-11-30"), &[("1/care-to-date", "81000.00")]);
    desk.volume("2025-08", "joined one", 1);
    check(
        &desk.statement("2026-03-31"),
        &[
            ("1/year-of-care", "123000.00"),
            ("1/joiner-paid/one 2025-08", "830.00"),
            ("total/payable/icb-to-trust", "123830.00"),
        ],
    );
}

/// Until September 1,200,000 ÷ 1,000 = 1,200.00 a head; from October the old weigh 2, and 1,200,000 ÷ 1,500 =
/// 800.00. A hundred more of the old are listed from October on: 500 + 2 × 600 = 1,700 heads.
#[test]
fn a_capitation_has_one_rate_for_each_set_of_weights() {
    let mut desk = contract(
        r#"pay:
  - clause: "1"
    kind: capitation
    budget: "1200000.00"
    list: quarterly
    bands:
      - {band: young, weight: 1, baseline: 500}
      - {band: old, baseline: 500, weight: [{from: 2025-04-01, value: 1}, {from: 2025-10-01, value: 2}]}
"#,
    );
    for (month, old) in [("2025-04", "500"), ("2025-07", "500"), ("2025-10", "600"), ("2026-01", "600")] {
        desk.list(month, &[("young", "500"), ("old", old)]);
    }
    check(
        &desk.statement("2026-03-31"),
        &[
            ("1/head-rate/2025-04 to 2025-09", "1200"),
            ("1/head-rate/2025-10 to 2026-03", "800"),
            ("1/capitation/2025-07", "300000.00"),
            ("1/capitation/2025-10", "340000.00"),
            ("1/capitation", "1280000.00"),
            ("1/against-budget", "80000.00"),
        ],
    );
}

/// A quarter is paid by its first list; where the budget rises within it, each part of it at its own rate:
/// 100,000 for April, and 2 × 110,000 for May and June.
#[test]
fn a_quarter_that_a_change_cuts_keeps_its_list() {
    let mut desk = contract(
        r#"pay:
  - clause: "1"
    kind: capitation
    budget: [{from: 2025-04-01, value: "1200000.00"}, {from: 2025-05-01, value: "1320000.00"}]
    bands: [{band: all, weight: 1, baseline: 1000}]
"#,
    );
    desk.list("2025-04", &[("all", "1000")]);
    check(
        &desk.statement("2025-06-30"),
        &[("1/capitation/2025-04", "100000.00"), ("1/capitation/2025-05", "220000.00")],
    );
}

/// What is measured against the year to date belongs to no month: its price changes with a contract year
/// only.
#[test]
fn a_marginal_rate_changes_with_a_contract_year() {
    let clause = |from: &str| {
        format!(
            "pay: [{{clause: \"1\", kind: marginal_rate, baseline: \"1200.00\", rate: [{{from: 2025-04-01, value: 30%}}, {{from: {from}, value: 50%}}]}}]"
        )
    };
    assert_eq!(
        faults(&clause("2025-10-01")),
        ["/pay/0/rate: `rate` changes in 2025-10, within a contract year"]
    );
    let mut desk = contract(&clause("2026-04-01"));
    for month in ["2025-04", "2026-04"] {
        desk.activity(month, "300.00", 1);
    }
    // 100.00 in full and 200.00 at the rate of the year.
    check(&desk.statement("2025-04-30"), &[("total/payable/icb-to-trust", "160.00")]);
    check(&desk.settle("c", "2026/27", "2026-04-30"), &[("total/payable/icb-to-trust", "200.00")]);
    let corridor = r#"pay: [{clause: "1", kind: cost_and_volume, amount: "1.00", low: 1, high: 2, price_down: "1.00",
        price_up: [{from: 2025-04-01, value: "80.00"}, {from: 2025-07-01, value: "90.00"}]}]"#;
    assert_eq!(faults(corridor), ["/pay/0/price_up: `price_up` changes in 2025-07, within a contract year"]);
}

/// 12,000.00 a year with 5% above and 10% below; from the second year 24,000.00 with nothing above and 20%
/// below. Within a year the limits hold for all of the year to date, and cannot change.
#[test]
fn plan_cap_and_collar_change_with_a_contract_year() {
    let clause = |from: &str| {
        format!(
            "pay: [{{clause: \"1\", kind: activity_at_price,
               plan: [{{from: 2025-04-01, value: \"12000.00\"}}, {{from: {from}, value: \"24000.00\"}}],
               cap: [{{from: 2025-04-01, value: 5%}}, {{from: {from}, value: 0%}}],
               collar: [{{from: 2025-04-01, value: 10%}}, {{from: {from}, value: 20%}}]}}]"
        )
    };
    let within = ["plan", "cap", "collar"]
        .map(|name| format!("/pay/0/{name}: `{name}` changes in 2025-10, within a contract year"));
    assert_eq!(faults(&clause("2025-10-01")), within);
    let mut desk = contract(&clause("2026-04-01"));
    for (month, value) in
        [("2025-04", "5000.00"), ("2025-05", "0.00"), ("2026-04", "5000.00"), ("2026-05", "0.00")]
    {
        desk.activity(month, value, 1);
    }
    let first = |as_of: &str| desk.statement(as_of).payables[0].entitled.unwrap().to_string();
    assert_eq!((first("2025-04-30"), first("2025-05-31")), ("1050.00".to_owned(), "2100.00".to_owned()));
    let second = |as_of: &str| desk.settle("c", "2026/27", as_of);
    check(&second("2026-04-30"), &[("1/annual-plan", "24000.00"), ("1/activity-payable", "2000.00")]);
    check(&second("2026-05-31"), &[("1/collar", "3200.00"), ("1/activity-payable", "4000.00")]);
    // What the contract commits its payer to in a year is by the latest of them.
    let terms = domain::terms::Terms::from_yaml(&crate::paying::terms(&clause("2026-04-01"))).unwrap();
    let commits = terms.pay[0].mechanism.commitment(&terms).unwrap();
    let amounts = [commits.planned.unwrap(), commits.most.unwrap(), commits.least].map(|a| a.show(2));
    assert_eq!(amounts, ["24000.00", "24000.00", "19200.00"]);
}

/// What each clause measures activity of the year to date against, in two years: fixed sums, plans,
/// baselines, corridors and the rates outside them.
#[test]
fn what_activity_is_measured_against_changes_with_a_contract_year() {
    let dated = |from: &str, first: &str, second: &str| {
        format!("[{{from: 2025-04-01, value: {first}}}, {{from: {from}, value: {second}}}]")
    };
    let aligned = |from: &str| {
        let [fixed, baseline, above, below] =
            [("120.00", "24.00"), ("1200.00", "2400.00"), ("75%", "50%"), ("50%", "25%")]
                .map(|(first, second)| dated(from, first, second));
        format!("kind: aligned_payment, fixed: {fixed}, baseline: {baseline}, above: {above}, below: {below}")
    };
    let blended = |from: &str| {
        let (plan, rate) = (dated(from, "1200.00", "2400.00"), dated(from, "20%", "50%"));
        format!("kind: blended_payment, plan: {plan}, rate: {rate}")
    };
    let corridor = |from: &str| {
        let (low, high) = (dated(from, "120", "60"), dated(from, "240", "72"));
        format!(
            "kind: cost_and_volume, amount: \"120.00\", price_up: \"2.00\", price_down: \"1.00\", low: {low}, high: {high}"
        )
    };
    // April of either year has 10 units worth 180.00.
    type Case<'a> = (&'static str, &'a dyn Fn(&str) -> String, &'static str, &'static str);
    let cases: [Case; 3] = [
        // 10.00 and 75% of 80.00 above 100.00; then 2.00 less 25% of 20.00 below 200.00.
        ("fixed baseline above below", &aligned, "70.00", "-3.00"),
        // 100.00 and 20% of 80.00; then 200.00 less half of 20.00.
        ("plan rate", &blended, "116.00", "190.00"),
        // 10 units within 10 to 20; then 4 above 6.
        ("low high", &corridor, "10.00", "18.00"),
    ];
    for (fields, clause, first, second) in cases {
        let clause = |from: &str| format!("pay: [{{clause: \"1\", {}}}]", clause(from));
        let within: Vec<String> = fields
            .split(' ')
            .map(|name| format!("/pay/0/{name}: `{name}` changes in 2025-10, within a contract year"))
            .collect();
        assert_eq!(faults(&clause("2025-10-01")), within);
        let mut desk = contract(&clause("2026-04-01"));
        for month in ["2025-04", "2026-04"] {
            desk.activity(month, "180.00", 10);
        }
        assert_eq!(desk.payable("2025-04-30"), first, "{fields}");
        check(&desk.settle("c", "2026/27", "2026-04-30"), &[("total/payable/icb-to-trust", second)]);
    }
    let turned = "pay: [{clause: \"1\", kind: cost_and_volume, amount: \"1.00\", price_up: \"1.00\", price_down: \"1.00\", high: 10,
        low: [{from: 2025-04-01, value: 9}, {from: 2026-04-01, value: 11}]}]";
    assert_eq!(faults(turned), ["/pay/0/high: the corridor from 9, and 11 from 2026-04-01 to 10 is none"]);
}
