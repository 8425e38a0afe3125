//! Outcome pots: points and exclusions (worked example 13), a share growing by year (29), too few cases, and
//! what must hold of any value.

use domain::terms::Terms;
use proptest::prelude::*;

use crate::cases::Desk;
use crate::paying::{check, contract, faults, pence};
use crate::report::pounds;

fn points(indicator: &str) -> Desk {
    contract(&format!(
        r#"
outcomes:
  - {{indicator: flu, direction: higher, floor: 80, target: 86{indicator}}}
pay:
  - {{clause: "1", kind: outcome_pot, point_value: "200.00", measures: [{{indicator: flu, points: 40}}], deadline: 60 days, late: zero}}
"#
    ))
}

fn cases(
    desk: &mut Desk,
    value: &str,
    n: u32,
    d: u32,
    excluded: u32,
) -> Result<(), domain::refusal::Refusal> {
    desk.run(
        "measure-outcome",
        &format!(
            r#"{{"contract":"c","indicator":"flu","period":"2025/26","value":"{value}","cases":{{"numerator":"{n}","denominator":"{d}","excluded":"{excluded}"}}}}"#
        ),
    )
}

/// Worked example 13: 75%, not 60%, and below the lower threshold; then 83%, half way.
#[test]
fn points_are_earned_on_what_is_left_after_exclusions() {
    let mut desk = points("");
    cases(&mut desk, "75", 600, 1000, 200).unwrap();
    check(
        &desk.statement("2026-03-31"),
        &[("1/measured/flu", "75"), ("1/points-earned/flu", "0"), ("1/outcome-earned", "0.00")],
    );
    cases(&mut desk, "83", 664, 1000, 200).unwrap();
    check(
        &desk.statement("2026-03-31"),
        &[
            ("1/measured/flu", "83"),
            ("1/score/flu", "0.5"),
            ("1/points-earned/flu", "20"),
            ("1/pot", "8000.00"),
            ("1/outcome-earned", "4000.00"),
            ("1/outcome-forfeited", "4000.00"),
            ("total/payable/icb-to-trust", "4000.00"),
        ],
    );
    check(&desk.statement("2025-12-31"), &[("1/still-to-play-for", "8000.00"), ("1/not-yet-due", "none")]);
}

/// Worked by hand: 40 points at 200.00 between 80% and 86%.
#[test]
fn further_cases_worked_by_hand() {
    for (value, n, d, excluded, pays) in [
        ("86", 86, 100, 0, "8000.00"),
        ("100", 7, 10, 3, "8000.00"),
        ("80", 80, 100, 0, "0.00"),
        ("84", 21, 25, 0, "5333.33"), // two thirds of 8000
        ("83.3", 5, 6, 0, "4444.44"), // 250/3% is 10/3 above 80: 5/9 of 8000
        ("0", 0, 10, 0, "0.00"),
    ] {
        let mut desk = points("");
        cases(&mut desk, value, n, d, excluded).unwrap();
        check(&desk.statement("2026-03-31"), &[("1/outcome-earned", pays)]);
    }
}

#[test]
fn cases_must_come_to_the_value_and_be_allowed() {
    let mut desk = points("");
    let refused = |r: Result<(), domain::refusal::Refusal>| r.unwrap_err().to_string();
    assert!(refused(cases(&mut desk, "60", 600, 1000, 200)).contains("not the percentage"));
    assert!(refused(cases(&mut desk, "60", 600, 200, 200)).contains("not the percentage"));
    let mut strict = points(", exclusions: refused");
    assert!(refused(cases(&mut strict, "75", 600, 1000, 200)).contains("leave no case"));
    let mut least = points(", minimum_denominator: 30");
    let bare = r#"{"contract":"c","indicator":"flu","period":"2025/26","value":"90"}"#;
    assert!(refused(least.run("measure-outcome", bare)).contains("minimum of cases"));
}

const TWO: &str = r#"
outcomes:
  - {indicator: flu, direction: higher, floor: 80, target: 86, minimum_denominator: 30}
  - {indicator: waits, direction: lower, steps: [{below: 30, scores: 40%}, {to: 20, scores: 100%}]}
pay:
  - {clause: "1", kind: core, budget: "1000000.00", withheld: 10%}
  - {clause: "2", kind: outcome_pot, of: core.withheld, measures: [{indicator: flu, weight: 60%}, {indicator: waits, weight: 40%}], deadline: 60 days, late: zero}
"#;

/// With 29 cases the weight falls to the other measure; with 30 it counts.
#[test]
fn too_few_cases_leave_the_weight_to_the_others() {
    let mut desk = contract(TWO);
    desk.year_measured("waits", "25");
    cases(&mut desk, "100", 29, 29, 0).unwrap();
    let few = desk.statement("2026-03-31");
    check(
        &few,
        &[
            ("2/enough-cases/flu", "not met"),
            ("2/outcome-earned/waits", "40000.00"),
            ("2/outcome-earned", "40000.00"),
        ],
    );
    cases(&mut desk, "100", 30, 31, 1).unwrap();
    let enough = desk.statement("2026-03-31");
    check(&enough, &[("2/outcome-earned/flu", "60000.00"), ("2/outcome-earned/waits", "16000.00")]);
}

/// Where less is better, `to` takes its own value and `below` does not.
#[test]
fn steps_run_downwards_where_less_is_better() {
    for (waits, score) in [("30", "0"), ("29.9", "0.4"), ("20.1", "0.4"), ("20", "1"), ("0", "1")] {
        let mut desk = contract(TWO);
        desk.year_measured("waits", waits);
        check(&desk.statement("2026-03-31"), &[("2/score/waits", score)]);
    }
}

/// Whoever asks why a score is what it is comes to the measurement, whatever the scale.
#[test]
fn a_score_by_steps_and_one_that_passes_or_fails_cite_their_measurement() {
    for scale in
        ["scale: pass_fail, target: 86", "steps: [{from: 80, scores: 50%}, {from: 86, scores: 100%}]"]
    {
        let mut desk = contract(&format!(
            r#"
outcomes: [{{indicator: flu, direction: higher, {scale}}}]
pay: [{{clause: "1", kind: outcome_pot, point_value: "200.00", measures: [{{indicator: flu, points: 40}}], deadline: 60 days, late: zero}}]
"#
        ));
        desk.year_measured("flu", "87.5");
        let statement = desk.statement("2026-03-31");
        let score = statement.line("c/1/score/flu").unwrap();
        assert_eq!(score.sources, [domain::worksheet::Source::Entry(desk.book.entry)], "{statement}");
    }
}

/// A gateway may be one of the measures it opens.
#[test]
fn a_gateway_may_be_one_of_the_measures() {
    let mut desk = contract(
        r#"
outcomes:
  - {indicator: safety, direction: higher, floor: 90, target: 100}
pay:
  - {clause: "1", kind: core, budget: "1000000.00", withheld: 10%}
  - {clause: "2", kind: outcome_pot, of: core.withheld, score: safety, gateway: {indicator: safety, at_least: 95.0}, deadline: 60 days, late: zero}
"#,
    );
    desk.year_measured("safety", "96");
    check(&desk.statement("2026-03-31"), &[("2/outcome-earned/safety", "60000.00")]);
}

/// Worked example 29: 25%, 30% and 40% in the first three years.
#[test]
fn the_share_at_risk_grows_from_year_to_year() {
    let mut desk = contract(
        r#"
outcomes:
  - {indicator: results, direction: higher, floor: 0, target: 1}
pay:
  - {clause: "1", kind: core, budget: "4000000.00", withheld_by_year: [25%, 30%, 40%]}
  - {clause: "2", kind: outcome_pot, of: core.withheld, score: results, deadline: 60 days, late: zero}
"#,
    );
    for (year, as_of, score, withheld, paid) in [
        ("2025/26", "2026-03-31", "0.60", "1000000.00", "3600000.00"),
        ("2026/27", "2027-03-31", "0.75", "1200000.00", "3700000.00"),
        ("2027/28", "2028-03-31", "0.80", "1600000.00", "3680000.00"),
    ] {
        let body = format!(r#"{{"contract":"c","indicator":"results","period":"{year}","value":"{score}"}}"#);
        desk.run("measure-outcome", &body).unwrap();
        let statement = desk.settle("c", year, as_of);
        check(&statement, &[("1/withheld", withheld), ("total/payable/icb-to-trust", paid)]);
        let core: i64 = statement.schedule.iter().map(|row| pence(&row.amount.to_string())).sum();
        assert_eq!(core, 400_000_000 - pence(withheld));
    }
}

#[test]
fn points_and_shares_that_mean_nothing_are_refused() {
    let found = faults(
        "\noutcomes:\n  - {indicator: a, direction: higher, floor: 0, target: 1}\npay:\n  - {clause: \"1\", kind: outcome_pot, point_value: \"1.00\", measures: [{indicator: a, points: 0}], deadline: 60 days, late: zero}\n",
    );
    assert!(found[0].contains("no points to earn"), "{found:?}");
    let found = faults(
        "\n  - {clause: \"1\", kind: core, budget: \"1.00\", withheld: 10%, withheld_by_year: [20%, 130%]}\n",
    );
    assert_eq!(found.len(), 2, "{found:?}");
    // More than the pot cannot be earned by missing a gateway.
    let found = faults(
        &POT.replace(
            "deadline: 60 days",
            "gateway: {indicator: a, at_least: 5, otherwise: 150%}\n    deadline: 60 days",
        )
        .replace("POT", "1.00"),
    );
    assert_eq!(found, ["/pay/1/gateway/otherwise: 150% is not a part of anything"]);
}

const POT: &str = r#"
outcomes:
  - {indicator: a, direction: higher, floor: 0, target: 10}
  - {indicator: b, direction: higher, floor: 0, target: 10}
  - {indicator: c, direction: higher, floor: 0, target: 10}
pay:
  - {clause: "1", kind: core, budget: "POT", withheld: 100%}
  - clause: "2"
    kind: outcome_pot
    of: core.withheld
    measures: [{indicator: a, weight: 50%}, {indicator: b, weight: 30%}, {indicator: c, weight: 20%}]
    deadline: 60 days
    late: zero
"#;

/// A measure left out is no part of the pot: the others, which have its weight, earn theirs rounded one by
/// one. By hand: 5/8 x 0.8 x 1,000.01 = 500.005, so 500.01, and 3/8 x 1,000.01 = 375.00375, so 375.00; 125.00
/// is forfeited.
#[test]
fn a_measure_left_out_takes_no_penny_from_the_others() {
    let mut desk = contract(
        r#"
outcomes:
  - {indicator: housing, direction: higher, floor: 0, target: 1}
  - {indicator: returns, direction: higher, floor: 0, target: 1}
  - {indicator: employment, direction: higher, floor: 0, target: 1}
pay:
  - {clause: "1", kind: core, budget: "10000.10", withheld: 10%}
  - clause: "2"
    kind: outcome_pot
    of: core.withheld
    measures:
      - {indicator: housing, weight: 50%}
      - {indicator: returns, weight: 30%}
      - {indicator: employment, weight: 20%}
    deadline: 60 days
    late: exclude
"#,
    );
    desk.year_measured("housing", "0.8");
    desk.year_measured("returns", "1");
    check(
        &desk.statement("2026-05-31"),
        &[
            ("2/outcome-earned/housing", "500.01"),
            ("2/outcome-earned/returns", "375.00"),
            ("2/outcome-forfeited", "125.00"),
            ("total/payable/icb-to-trust", "9875.10"),
        ],
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// More of the cases never earns less, and never more than all the points.
    #[test]
    fn more_cases_met_never_earn_less(d in 1u32..500, n in 0u32..500) {
        prop_assume!(n < d);
        let pay = |n: u32| {
            let mut desk = points("");
            // As a sender states it: the percentage at two places.
            let percentage = domain::exact::Exact::ratio(i64::from(n) * 100, i64::from(d)).show(2);
            cases(&mut desk, &percentage, n, d, 0).unwrap();
            pence(&desk.payable("2026-03-31"))
        };
        let (less, more) = (pay(n), pay(n + 1));
        prop_assert!(0 <= less && less <= more && more <= 800_000);
    }

    /// What is earned, open and forfeited is the pot, and none of it is negative; nothing scored earns
    /// nothing, and who meets every target has all of it.
    #[test]
    fn earned_open_and_forfeited_are_the_pot(pot in 0i64..300, scores in prop::array::uniform3(0u32..=11)) {
        let mut desk = contract(&POT.replace("POT", &pounds(pot)));
        for (name, score) in ["a", "b", "c"].iter().zip(scores).filter(|(_, score)| *score <= 10) {
            desk.year_measured(name, &score.to_string());
        }
        let statement = desk.statement("2026-03-31");
        let of = |step: &str| ["a", "b", "c"].map(|name| {
            let line = statement.line(&format!("c/2/{step}/{name}"));
            line.and_then(|l| l.value.as_deref()).map_or(0, pence)
        });
        let forfeited = pence(crate::cases::value(&statement, "c/2/outcome-forfeited"));
        let parts = [of("outcome-earned"), of("still-to-play-for")].concat();
        prop_assert_eq!(parts.iter().sum::<i64>() + forfeited, pot);
        prop_assert!(forfeited >= 0 && parts.iter().all(|part| *part >= 0));
        if scores == [10; 3] {
            prop_assert_eq!(forfeited, 0);
        }
        if scores == [0; 3] {
            prop_assert_eq!(forfeited, pot);
        }
    }
}

/// Whoever is to measure reads here by when: the days after the year's end that a clause allows, where it
/// scores at all.
#[test]
fn a_clause_says_by_when_it_is_to_be_measured() {
    let outcomes = "outcomes: [{indicator: i, direction: higher, floor: 0, target: 1}]\npay:\n";
    let due = |clause: &str| {
        let text = format!(
            "{outcomes}  - {{clause: \"1\", kind: block, amount: \"100.00\"}}\n  - {{clause: \"2\", {clause}}}\n"
        );
        let terms =
            Terms::from_yaml(&crate::paying::terms(&text)).unwrap_or_else(|faults| panic!("{faults:#?}"));
        (terms.pay[0].mechanism.measures_due(), terms.pay[1].mechanism.measures_due())
    };
    let claims = r#"claims: [{party: icb, value: "1.00"}, {party: trust, value: "2.00"}]"#;
    for (clause, days) in [
        ("kind: outcome_pot, of: block.block, score: i, deadline: 90 days, late: zero".to_owned(), Some(90)),
        ("kind: cquin, of: block.block, share: 1%, indicators: [i], paid: on_result, deadline: 60 days, late: zero".to_owned(), Some(60)),
        (r#"kind: integrated_payment, annual: "10.00", improvement: {part: 10%, score: i, deadline: 30 days, late: zero}"#.to_owned(), Some(30)),
        (format!("kind: claimed_values, {claims}, at_risk: 25%, score: i, deadline: 20 days, late: zero"), Some(20)),
        (format!("kind: claimed_values, {claims}, at_risk: 25%, score: i"), None),
    ] {
        assert_eq!(due(&clause), (None, days), "{clause}");
    }
}
