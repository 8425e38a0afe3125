//! Worked example 39: savings of £330,000.00 on £9,200,000.00, and populations that make them more or less
//! than chance.

use proptest::prelude::*;

use domain::statement::Statement;

use crate::cases::Desk;
use crate::report::{check, faults, pence, pounds};

const SHARE: &str = r#"
contract: minimum
title: Risk share above a minimum population
parties: {commissioner: ccg, lead: provider}
years: {kind: nhs, from: 2025/26, to: 2026/27}
rounding: {unit: 0.01, at: line}
pay:
  - clause: "7"
    kind: minimum_population
    budget: "9200000.00"
    population: list
    minimum: 5000
    gain: [{party: ccg, share: 50%}, {party: provider, share: 50%}]
    loss: [{party: ccg, share: 70%}, {party: provider, share: 30%}]
"#;

fn year(people: &str, cost: &str) -> Statement {
    let mut desk = Desk::default();
    desk.award(SHARE);
    let body = format!(
        r#"{{"contract":"minimum","period":"2025/26","bands":[{{"band":"list","count":"{people}"}}]}}"#
    );
    desk.run("report-population", &body).unwrap();
    desk.cost("minimum", "provider", "2025/26", cost);
    desk.settle("minimum", "2025/26", "2026-03-31")
}

/// People, cost, minimum rate, what the provider is due (`none` where nothing is).
const YEARS: &[[&str; 4]] = &[
    // The worked example; 4,200 people are below the minimum and have no rate.
    ["7450", "8870000.00", "0.033099099099", "165000.00"],
    ["5333", "8870000.00", "0.038", "0.00"],
    ["4200", "8870000.00", "no line", "0.00"],
    // Exactly the minimum population, 3.9% of 9,200,000 is 358,800: savings of exactly that are shared.
    ["5000", "8841200.00", "0.039", "179400.00"],
    // A penny less is not.
    ["5000", "8841200.01", "0.039", "0.00"],
    // A loss of 400,000 at 10,000 people (3.0%, 276,000): 30% is the provider's.
    ["10000", "9600000.00", "0.03", "-120000.00"],
    // A loss of 200,000 is below 276,000.
    ["10000", "9400000.00", "0.03", "0.00"],
    // Above the scale's end 2% holds, 184,000: savings of 200,000 are shared from the first pound.
    ["80000", "9000000.00", "0.02", "100000.00"],
    // In the middle of 20,000 to 49,999: 2.5% × 15,000/29,999 + 2.2% × 14,999/29,999 = 2.350005%; savings of
    // 216,201 on 9,200,000 are 2.350011%: shared, half is 108,100.50.
    ["34999", "8983799.00", "0.023500050002", "108100.50"],
];

#[test]
fn savings_count_where_the_population_makes_them_more_than_chance() {
    for [people, cost, rate, provider] in YEARS {
        let statement = year(people, cost);
        if *rate == "no line" {
            assert!(statement.line("minimum/7/minimum-rate").is_none());
            check(&statement, &[("7/population-reached", "not met")]);
        } else {
            check(&statement, &[("7/minimum-rate", rate)]);
        }
        check(&statement, &[("total/payable/ccg-to-provider", provider)]);
        assert_eq!(*provider == "0.00", statement.line("minimum/7/nothing-due").is_some(), "{statement}");
    }
}

#[test]
fn before_the_year_has_ended_there_is_no_minimum_to_reach() {
    let mut desk = Desk::default();
    desk.award(SHARE);
    check(&desk.settle("minimum", "2025/26", "2026-02-28"), &[("7/not-yet-due", "none")]);
}

#[test]
fn a_population_that_is_not_reported_is_not_below_the_minimum() {
    let mut desk = Desk::default();
    desk.award(SHARE);
    desk.cost("minimum", "provider", "2025/26", "8870000.00");
    let statement = desk.settle("minimum", "2025/26", "2026-03-31");
    check(&statement, &[("7/population", "none")]);
    assert!(!statement.complete && statement.line("minimum/7/nothing-due").is_none());
}

#[test]
fn shares_of_losses_are_needed_too() {
    let without: String = SHARE.lines().filter(|l| !l.contains("loss:")).map(|l| format!("{l}\n")).collect();
    assert!(faults(&without).contains("loss"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Below the minimum population nothing; with more people savings are never less likely to count; the
    /// shares are of all savings or of none.
    #[test]
    fn a_larger_population_never_shares_less(people in 1i64..70_000, more in 0i64..10_000, cost in 850_000_000i64..920_000_000) {
        let due = |people: i64| {
            let statement = year(&people.to_string(), &pounds(cost));
            Some(pence(&statement, "total/payable/ccg-to-provider")).filter(|share| *share != 0)
        };
        let half = (920_000_000 - cost) / 2;
        let then = due(people);
        prop_assert!(people >= 5_000 || then.is_none());
        prop_assert!(then.is_none_or(|share| (share - half).abs() <= 1));
        prop_assert!(then.is_none() || due(people + more) == then);
    }
}
