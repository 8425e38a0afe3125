//! Capitation: worked examples 07 and 40, further inputs worked by hand, and what must hold of any list.

use proptest::prelude::*;

use crate::cases::Desk;
use crate::paying::{check, contract, faults, pence};

const CLAUSE: &str = r#"
  - clause: "1"
    kind: capitation
    budget: "30000000.00"
    list: quarterly
    bands:
      - {band: 0-64, weight: 0.60, baseline: 40000}
      - {band: 65-74, weight: 1.80, baseline: 6000}
      - {band: 75+, weight: 3.50, baseline: 4000}
"#;

const LISTS: [(&str, [&str; 3]); 4] = [
    ("2025-04", ["40000", "6000", "4000"]),
    ("2025-07", ["40500", "5900", "4200"]),
    ("2025-10", ["40600", "5950", "4150"]),
    ("2026-01", ["40200", "6100", "4300"]),
];

fn example() -> crate::cases::Desk {
    let mut desk = contract(CLAUSE);
    for (month, [young, old, oldest]) in LISTS {
        desk.list(month, &[("0-64", young), ("65-74", old), ("75+", oldest)]);
    }
    desk
}

/// Worked example 07.
#[test]
fn each_quarter_pays_by_the_list_of_its_first_month() {
    let year = example().statement("2026-03-31");
    check(
        &year,
        &[
            ("1/weighted-list/baseline", "48800"),
            ("1/head-rate", "614.7541"),
            ("1/weighted-list/2025-07", "49620"),
            ("1/weighted-list/2025-10", "49595"),
            ("1/weighted-list/2026-01", "50150"),
            ("1/capitation/2025-04", "7500000.02"),
            ("1/capitation/2025-07", "7626024.61"),
            ("1/capitation/2025-10", "7622182.40"),
            ("1/capitation/2026-01", "7707479.53"),
            ("1/capitation", "30455686.56"),
            ("1/rate-rounding", "0.08"),
            ("1/against-budget", "455686.56"),
            ("total/payable/icb-to-trust", "30455686.56"),
        ],
    );
}

/// Five whole months: a quarter, and two months of the next: 49620 x 614.7541 x 2/12 = 5084016.407.
#[test]
fn within_a_quarter_the_months_ended_are_paid() {
    let part = example().statement("2025-09-15");
    check(
        &part,
        &[
            ("1/capitation/2025-04", "7500000.02"),
            ("1/capitation/2025-07", "5084016.41"),
            ("1/capitation", "12584016.43"),
        ],
    );
    // 48800 x 614.7541 = 30000000.08; times 5/12 less 12500000.00.
    check(&part, &[("1/rate-rounding", "0.03"), ("1/against-budget", "84016.43")]);
}

/// Worked example 40: growth of the risk score from 1.00 to 1.05 is paid for up to 3%.
#[test]
fn the_score_cap_withholds_what_better_coding_would_bring() {
    let mut desk = contract(
        r#"
  - {clause: "1", kind: capitation, budget: "12000000.00", list: yearly, score_growth_cap: 3%,
     bands: [{band: low, weight: 0.5, baseline: 5000}, {band: high, weight: 1.5, baseline: 5000}]}
"#,
    );
    desk.list("2025-04", &[("low", "4500"), ("high", "5500")]);
    check(
        &desk.statement("2026-03-31"),
        &[
            ("1/risk-score/baseline", "1"),
            ("1/score-limit", "1.03"),
            ("1/weighted-list/2025-04", "10500"),
            ("1/capped-list/2025-04", "10300"),
            ("1/cap-withheld/2025-04", "240000.00"),
            ("1/capitation", "12360000.00"),
            ("1/against-budget", "360000.00"),
        ],
    );
}

fn one_band(more: &str, baseline: &str, list: &str, as_of: &str) -> String {
    let mut desk = contract(&format!(
        "\n  - {{clause: \"1\", kind: capitation, budget: \"1200000.00\", list: yearly, {more}\n     \
         bands: [{{band: all, weight: 1, baseline: {baseline}}}]}}\n"
    ));
    desk.list("2025-04", &[("all", list)]);
    desk.payable(as_of)
}

/// Worked by hand, one band of weight 1 and a budget of 1,200,000.00.
#[test]
fn further_lists_worked_by_hand() {
    // 1200000 / 1000 = 1200; 1100 x 1200 = 1320000.00
    assert_eq!(one_band("", "1000", "1100", "2026-03-31"), "1320000.00");
    // 1200000 / 7000 = 171.428571.. held to 171.4286; 7000 x 171.4286 = 1200000.20
    assert_eq!(one_band("", "7000", "7000", "2026-03-31"), "1200000.20");
    // held to no places: 171 x 7000 = 1197000.00; half of the year 598500.00
    assert_eq!(one_band("rate_decimals: 0,", "7000", "7000", "2025-09-30"), "598500.00");
    // a movement of 19 of 1000 is below 2%: the baseline pays
    assert_eq!(one_band("tolerance: 2%,", "1000", "1019", "2026-03-31"), "1200000.00");
    // a movement of exactly 2% counts whole: 1020 x 1200 = 1224000.00; a fall likewise, 980 x 1200 =
    // 1176000.00
    assert_eq!(one_band("tolerance: 2%,", "1000", "1020", "2026-03-31"), "1224000.00");
    assert_eq!(one_band("tolerance: 2%,", "1000", "980", "2026-03-31"), "1176000.00");
    // nobody on the list pays nothing
    assert_eq!(one_band("", "1000", "0", "2026-03-31"), "0.00");
    // before the first month has ended there is no amount at all
    assert_eq!(one_band("", "1000", "1100", "2025-04-29"), "none");
}

#[test]
fn a_list_that_is_missing_has_no_amount_and_is_named() {
    let mut desk = contract(CLAUSE);
    desk.list("2025-04", &[("0-64", "40000"), ("65-74", "6000"), ("75+", "4000")]);
    desk.list("2025-07", &[("0-64", "40000"), ("65-74", "6000"), ("85+", "3")]);
    let statement = desk.statement("2025-12-31");
    assert!(!statement.complete);
    assert!(statement.line("c/1/not-reported/2025-07").unwrap().working.text.contains("75+"));
    check(&statement, &[("1/capitation", "7500000.02"), ("1/not-reported/2025-10", "none")]);
    assert!(statement.line("c/1/against-budget").is_none());
}

#[test]
fn a_restated_list_replaces_the_earlier_one() {
    let mut desk = example();
    desk.list("2025-07", &[("0-64", "40000"), ("65-74", "6000"), ("75+", "4000")]);
    check(&desk.statement("2025-09-30"), &[("1/capitation/2025-07", "7500000.02")]);
}

#[test]
fn terms_that_give_no_rate_are_refused() {
    let none = faults("\n  - {clause: \"1\", kind: capitation, budget: \"1.00\"}\n");
    assert!(none[0].contains("no rate per head"), "{none:?}");
    let twice = faults(
        "\n  - {clause: \"1\", kind: capitation, budget: \"1.00\", bands: [{band: a, weight: 1, baseline: 1}, {band: a, weight: 1, baseline: 1}]}\n",
    );
    assert!(twice[0].contains("`a` stands twice"), "{twice:?}");
    let places = faults(
        "\n  - {clause: \"1\", kind: capitation, budget: \"1.00\", rate_decimals: 1.5, bands: [{band: a, weight: 1, baseline: 1}]}\n",
    );
    assert!(places[0].contains("1.5 is not a number of decimal places"), "{places:?}");
}

/// 30,000,000.00 a year to September and 36,000,000.00 from October: 15,000,000.00 + 18,000,000.00.
#[test]
fn a_budget_that_changes_is_so_much_of_each() {
    let desk = contract(
        "\n  - {clause: \"1\", kind: capitation, budget: [{from: 2025-04-01, value: \"30000000.00\"}, {from: 2025-10-01, value: \"36000000.00\"}], \
         list: yearly, bands: [{band: all, weight: 1, baseline: 1000}]}\n",
    );
    check(&desk.statement("2026-03-31"), &[("1/budget", "33000000.00")]);
}

/// People in a band without a weight are named.
#[test]
fn nobody_is_dropped_without_a_word() {
    let mut desk = contract(
        "\n  - {clause: \"1\", kind: capitation, budget: \"12000.00\", list: yearly, bands: [{band: all, weight: 1, baseline: 1000}]}\n",
    );
    desk.list("2025-04", &[("all", "1000"), ("newborn", "7")]);
    let statement = desk.statement("2025-04-30");
    let line = statement.line("c/1/list-count/2025-04 newborn").unwrap();
    assert_eq!(line.working.text, "7 people in `newborn`, a band without a weight: not paid for");
}

const BY_A_LIST: &str = r#"pay:
  - {clause: "1", kind: capitation, budget: "1200000.00", list: quarterly, weights: needs,
     bands: [{band: young, baseline: 500}, {band: old, baseline: 500}]}
"#;

fn publish(desk: &mut Desk, from: &str, to: &str, weights: &[(&str, &str)]) {
    let to = if to.is_empty() { String::new() } else { format!(r#""to":"{to}","#) };
    let each = |(band, weight): &(&str, &str)| format!(r#"{{"band":"{band}","weight":"{weight}"}}"#);
    let weights: Vec<String> = weights.iter().map(each).collect();
    let body = format!(r#"{{"list":"needs","from":"{from}",{to}"weights":[{}]}}"#, weights.join(","));
    desk.run("publish-prices", &body).unwrap();
}

/// Until September 1,200,000 over 500 + 500 is 1,200.00 a head; a list for October on, published in December,
/// weighs the old twice, and 1,200,000 over 1,500 is 800.00. The lists are those of the contract that dates
/// its own weights: what is paid is the same, and each weight names the publication that it is from.
#[test]
fn bands_are_weighed_by_the_list_in_force_in_the_month() {
    let mut desk = contract(BY_A_LIST);
    publish(&mut desk, "2025-04-01", "", &[("old", "1"), ("young", "1")]);
    for (month, old) in [("2025-04", "500"), ("2025-07", "500"), ("2025-10", "600"), ("2026-01", "600")] {
        desk.list(month, &[("young", "500"), ("old", old)]);
    }
    // 6 x 100,000.00 and 6 x 110,000.00, as known before.
    assert_eq!(desk.payable("2026-03-31"), "1260000.00");
    publish(&mut desk, "2025-10-01", "", &[("young", "1"), ("old", "2"), ("frail", "9")]);
    let entry = desk.book.entry;
    let statement = desk.statement("2026-03-31");
    check(
        &statement,
        &[
            ("1/in-force/weight old 2025-04 to 2025-09", "1"),
            ("1/in-force/weight old 2025-10 to 2026-03", "2"),
            ("1/head-rate/2025-04 to 2025-09", "1200"),
            ("1/head-rate/2025-10 to 2026-03", "800"),
            ("1/capitation/2025-10", "340000.00"),
            ("1/capitation", "1280000.00"),
            ("1/against-budget", "80000.00"),
        ],
    );
    let weight = statement.line("c/1/in-force/weight old 2025-10 to 2026-03").unwrap();
    assert_eq!(weight.sources, [domain::worksheet::Source::Entry(entry)]);
    // The same weights published again are one range.
    publish(&mut desk, "2026-01-01", "", &[("young", "1"), ("old", "2")]);
    assert_eq!(desk.payable("2026-03-31"), "1280000.00");
    assert!(desk.statement("2026-03-31").line("c/1/head-rate/2025-10 to 2026-03").is_some());
}

/// A list that ends in September leaves October without a weight: not yet due in June, missing in October,
/// and neither zero nor the last weight then.
#[test]
fn a_month_without_a_published_weight_has_no_amount() {
    let mut desk = contract(BY_A_LIST);
    for month in ["2025-04", "2025-07", "2025-10"] {
        desk.list(month, &[("young", "500"), ("old", "500")]);
    }
    let none = desk.statement("2025-06-30");
    assert!(!none.complete && none.payables[0].entitled.is_none(), "{none}");
    publish(&mut desk, "2025-04-01", "2025-09-30", &[("young", "1"), ("old", "1")]);
    publish(&mut desk, "2025-10-01", "", &[("young", "1")]);
    let june = desk.statement("2025-06-30");
    assert!(june.complete, "{june}");
    check(&june, &[("1/budget-to-date", "300000.00"), ("total/payable/icb-to-trust", "300000.00")]);
    let october = desk.statement("2025-10-31");
    assert!(!october.complete);
    let missing = october.line("c/1/head-rate/2025-10 to 2026-03").unwrap();
    assert_eq!(missing.working.text, "needs has no weight of old in 2025-10");
    check(&october, &[("1/capitation", "600000.00")]);
    assert!(october.line("c/1/against-budget").is_none(), "{october}");
}

/// Weights are the contract's own or a list's.
#[test]
fn weights_are_said_once() {
    let both = BY_A_LIST.replace("{band: old, baseline: 500}", "{band: old, weight: 2, baseline: 500}");
    assert_eq!(faults(&both), ["/pay/0/bands/1/weight: `weight` is not known here"]);
    let neither = BY_A_LIST.replace("weights: needs,", "");
    let missing = ["/pay/0/bands/0: `weight` is missing", "/pay/0/bands/1: `weight` is missing"];
    assert_eq!(faults(&neither)[..2], missing);
    let terms = domain::terms::Terms::from_yaml(&crate::paying::terms(BY_A_LIST)).unwrap();
    assert_eq!(terms.pay[0].mechanism.price_list().unwrap().as_str(), "needs");
    let words = terms.pay[0].words(&terms, &domain::names::Names::default());
    assert!(words.contains("weighted by band (young and old, each as published in needs)"), "{words}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// More people never pay less, and a score cap never pays more than none.
    #[test]
    fn pays_more_for_more_people_and_never_more_for_a_cap(low in 0u32..9000, high in 0u32..9000, more in 0u32..500) {
        let pay = |cap: &str, low: u32, high: u32| {
            let mut desk = contract(&format!(
                "\n  - {{clause: \"1\", kind: capitation, budget: \"12000000.00\", list: yearly, {cap}\n     bands: \
                 [{{band: low, weight: 0.7, baseline: 5000}}, {{band: high, weight: 1.3, baseline: 4000}}]}}\n"
            ));
            desk.list("2025-04", &[("low", &low.to_string()), ("high", &high.to_string())]);
            pence(&desk.payable("2026-03-31"))
        };
        let free = pay("", low, high);
        prop_assert!(pay("", low + more, high) >= free);
        prop_assert!(pay("score_growth_cap: 3%,", low, high) <= free);
        prop_assert!(low + high > 0 || free == 0);
    }

    /// Quarters sum to the year, and the year's statement holds what each quarter's said.
    #[test]
    fn quarters_sum_to_the_year(lists in prop::collection::vec(1u32..90000, 4)) {
        let mut desk = contract(CLAUSE);
        for ((month, _), people) in LISTS.iter().zip(&lists) {
            desk.list(month, &[("0-64", &people.to_string()), ("65-74", "6000"), ("75+", "4000")]);
        }
        let at = |day: &str| pence(&desk.payable(day));
        let (q1, h1, year) = (at("2025-06-30"), at("2025-09-30"), at("2026-03-31"));
        prop_assert!(q1 < h1 && h1 < year);
        let quarter = |month: &str| pence(crate::cases::value(&desk.statement("2026-03-31"), &format!("c/1/capitation/{month}")));
        prop_assert_eq!(LISTS.iter().map(|(month, _)| quarter(month)).sum::<i64>(), year);
    }
}
