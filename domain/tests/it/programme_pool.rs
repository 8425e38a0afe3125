//! A programme pool on a capitated budget that is shared only where so many people make it more than chance,
//! and what must hold of any pool.

use proptest::prelude::*;

use crate::cases::value;
use crate::paying::{check, contract, faults, pence};
use crate::report::pounds;

const POOL: &str = r#"
  - {clause: "2", kind: capitation, budget: "9200000.00", list: quarterly, bands: [{band: list, weight: 1, baseline: 8000}]}
  - clause: "3"
    kind: programme_pool
    of: capitation.capitation
    cost: [own]
    gain: [{party: icb, share: 50%}, {party: trust, share: 50%}]
    loss: [{party: icb, share: 70%}, {party: trust, share: 30%}]
    minimum_population: {population: list, minimum: 5000}
"#;

/// The year with this list in every quarter and this cost.
fn year(people: &str, cost: &str) -> crate::cases::Desk {
    let mut desk = contract(POOL);
    for month in ["2025-04", "2025-07", "2025-10", "2026-01"] {
        desk.list(month, &[("list", people)]);
    }
    desk.cost("c", "trust", "2025/26", cost);
    desk
}

/// £9,200,000.00 for 8,000 people is £1,150.00 a head. 7,450 people are paid £8,567,500.00 and need savings
/// of (3.4% × 549 + 3.2% × 450) / 999 = 3.30991% of it, £283,576.53. Of each: people, cost, what the trust is
/// due.
const YEARS: &[[&str; 3]] = &[
    // Savings of exactly the minimum: half of them, 141,788.27 with the odd penny, is the commissioner's.
    ["7450", "8283923.47", "8425711.73"],
    // A penny less, and the trust keeps them all.
    ["7450", "8283923.48", "8567500.00"],
    // A loss of 432,500.00: the commissioner adds 70%, 302,750.00.
    ["7450", "9000000.00", "8870250.00"],
    // A loss of 200,000.00 is chance, and the trust's.
    ["7450", "8767500.00", "8567500.00"],
    // 5,000 people are enough: £5,750,000.00, 3.9% of it is 224,250.00, savings 750,000.00.
    ["5000", "5000000.00", "5375000.00"],
    // 4,999 are not, at £5,748,850.00, whatever is saved or lost.
    ["4999", "4000000.00", "5748850.00"],
    ["4999", "6000000.00", "5748850.00"],
];

/// Where only payables are rounded, a share is exact: halves of 0.01 are 0.005 each, and the payable of
/// 100.00 - 0.005 = 99.995 is 100.00, halves away from zero.
#[test]
fn a_share_is_rounded_only_where_lines_are() {
    let pool = r#"
  - {clause: "1", kind: core, budget: "100.00"}
  - {clause: "2", kind: programme_pool, of: core.budget, cost: [own],
     gain: [{party: icb, share: 50%}, {party: trust, share: 50%}], loss: [{party: trust, share: 100%}]}
"#;
    let terms = crate::paying::terms(pool).replace("at: line", "at: payable");
    let mut desk = crate::cases::Desk::default();
    desk.award(&terms);
    desk.cost("c", "trust", "2025/26", "99.99");
    let exact = |id: &str| desk.statement("2026-03-31").line(id).unwrap().exact.clone().unwrap().to_string();
    assert_eq!(
        (exact("c/2/pool-share/icb"), exact("c/2/pool-share/trust")),
        ("0.005".into(), "0.005".into())
    );
    assert_eq!(desk.payable("2026-03-31"), "100.00");
}

#[test]
fn a_pool_is_shared_where_the_population_makes_it_more_than_chance() {
    for [people, cost, due] in YEARS {
        assert_eq!(year(people, cost).payable("2026-03-31"), *due, "{people} people, {cost}");
    }
    let statement = year("7450", "8283923.47").statement("2026-03-31");
    check(
        &statement,
        &[("3/pool", "283576.53"), ("3/minimum", "283576.53"), ("3/pool-share/icb", "141788.27")],
    );
}

#[test]
fn within_the_year_the_pool_is_shown_and_not_shared() {
    let mut desk = contract(POOL);
    desk.list("2025-04", &[("list", "7450")]);
    for month in ["2025-04", "2025-05", "2025-06"] {
        desk.cost("c", "trust", month, "600000.00");
    }
    let statement = desk.statement("2025-06-30");
    // A quarter of 8,567,500.00 is 2,141,875.00.
    check(&statement, &[("3/pool", "341875.00"), ("3/not-yet-due", "none")]);
    assert_eq!(desk.payable("2025-06-30"), "2141875.00");
    assert!(statement.complete);
}

/// Three quarters of the budget against four of the cost would be a loss that is none.
#[test]
fn a_budget_that_lacks_a_list_has_no_pool() {
    let mut desk = contract(POOL);
    for month in ["2025-04", "2025-07", "2025-10"] {
        desk.list(month, &[("list", "7450")]);
    }
    desk.cost("c", "trust", "2025/26", "8283923.47");
    let statement = desk.statement("2026-03-31");
    check(&statement, &[("3/pool", "none")]);
    assert!(!statement.complete && statement.line("c/3/pool-share/icb").is_none());
}

#[test]
fn a_minimum_population_says_whom_it_counts_and_how_many() {
    let found = faults(&POOL.replace("population: list, minimum: 5000", "population: list"));
    assert_eq!(found, ["/pay/1/minimum_population: `minimum` is missing"]);
}

const SIMPLE: &str = r#"
  - {clause: "1", kind: core, budget: "10000.00", withheld: 0%}
  - clause: "2"
    kind: programme_pool
    of: core.budget
    cost: [own]
    gain: [{party: icb, share: 37.5%}, {party: trust, share: 62.5%}]
    loss: [{party: icb, share: 12.5%}, {party: trust, share: 87.5%}]
"#;

/// The pool, the payer's and the payee's share, and what is payable.
fn simple(cost: i64) -> [i64; 4] {
    let mut desk = contract(SIMPLE);
    desk.cost("c", "trust", "2025/26", &pounds(cost));
    let statement = desk.statement("2026-03-31");
    let lines = ["2/pool", "2/pool-share/icb", "2/pool-share/trust", "total/payable/icb-to-trust"];
    lines.map(|line| pence(value(&statement, &format!("c/{line}"))))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The shares sum to the pool and have its sign; the payer pays the budget less its share; a higher cost
    /// never pays less, and leaves neither party better off; a pool of nothing moves nothing.
    #[test]
    fn shares_sum_to_the_pool(cost in 0i64..2_500_000, more in 0i64..100_000) {
        let [pool, payer, payee, payable] = simple(cost);
        prop_assert_eq!((pool, payer + payee, payable), (1_000_000 - cost, pool, 1_000_000 - payer));
        prop_assert!(payer * pool >= 0 && payee * pool >= 0);
        let [_, then_payer, then_payee, then_payable] = simple(cost + more);
        prop_assert!(then_payable >= payable && then_payer <= payer && then_payee <= payee);
        prop_assert_eq!(simple(1_000_000), [0, 0, 0, 1_000_000]);
    }
}

/// What no clause pays cannot be taken off: left alone it would be nothing, without a word.
#[test]
fn a_stop_loss_that_no_clause_pays_is_a_fault() {
    let pool = "- {clause: \"1\", kind: core, budget: \"100.00\"}\n- {clause: \"5\", kind: programme_pool, of: core.budget, cost: [own, less stop_loss], unbounded: accepted,\n   gain: [{party: trust, share: 100%}], loss: [{party: trust, share: 100%}]}\n";
    assert_eq!(
        crate::paying::faults(pool),
        [
            "/pay/1/cost/1: `less stop_loss` takes off what a stop-loss pool pays, and no clause is a stop_loss"
        ]
    );
}
