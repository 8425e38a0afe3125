//! Worked example 18: five patients, a threshold of £50,000, coinsurance of 20% and a pool of £150,000.

use proptest::prelude::*;

use crate::cases::Desk;
use crate::report::{check, pence, pounds};

fn terms(limit: &str) -> String {
    format!(
        r#"
contract: stop-loss
title: Stop-loss
parties: {{commissioner: ccg, lead: provider, pool: {{party: pool, host: ccg}}}}
years: {{kind: nhs, from: 2025/26, to: 2026/27}}
rounding: {{unit: 0.01, at: line}}
pay:
  - {{clause: "1", kind: stop_loss, pool: pool, per: patient-year, threshold: "50000.00", coinsurance: 20%{limit}}}
"#
    )
}

fn year(limit: &str, costs: &[&str], as_of: &str) -> domain::statement::Statement {
    let mut desk = Desk::default();
    desk.award(&terms(limit));
    for (i, cost) in costs.iter().enumerate() {
        let day = if i % 2 == 0 { "2025-09-30" } else { "2026-03-31" };
        let body = format!(
            r#"{{"contract":"stop-loss","year":"2025/26","patient":"P{}","up_to":"{day}","cost":"{cost}"}}"#,
            i + 1
        );
        desk.run("claim-stop-loss", &body).unwrap();
    }
    desk.settle("stop-loss", "2025/26", as_of)
}

const COSTS: [&str; 5] = ["120000.00", "75000.00", "51000.00", "49999.00", "200000.00"];

#[test]
fn claims_above_the_limit_are_scaled_to_it() {
    let statement = year(r#", limit: "150000.00""#, &COSTS, "2026-03-31");
    check(
        &statement,
        &[
            ("1/claim/P1", "56000.00"),
            ("1/claim/P2", "20000.00"),
            ("1/claim/P3", "800.00"),
            ("1/claim/P4", "0.00"),
            ("1/claim/P5", "120000.00"),
            ("1/claims", "196800.00"),
            ("1/pool-payment/P1", "42682.93"),
            ("1/pool-payment/P2", "15243.90"),
            ("1/pool-payment/P3", "609.76"),
            ("1/pool-payment/P4", "0.00"),
            ("1/pool-payment/P5", "91463.41"),
            ("1/pool-payment", "150000.00"),
            ("1/borne/P1", "77317.07"),
            ("1/borne/P2", "59756.10"),
            ("1/borne/P3", "50390.24"),
            ("1/borne/P4", "49999.00"),
            ("1/borne/P5", "108536.59"),
            ("total/payable/pool-to-provider", "150000.00"),
        ],
    );
}

/// By 30 September P1, P3 and P5 were claimed for: 56,000 + 800 + 120,000 = 176,800 against 150,000. Scaled:
/// 56,000 × 150/176.8 = 47,511.3122, 800 × = 678.7330, 120,000 × = 101,809.9548: 47,511.31 + 678.73 +
/// 101,809.95 leaves a penny for the largest remainder, .9548 - .95.
#[test]
fn in_the_year_claims_so_far_share_the_limit() {
    let statement = year(r#", limit: "150000.00""#, &COSTS, "2025-10-31");
    check(
        &statement,
        &[
            ("1/pool-payment/P1", "47511.31"),
            ("1/pool-payment/P3", "678.73"),
            ("1/pool-payment/P5", "101809.96"),
            ("1/pool-payment", "150000.00"),
        ],
    );
}

/// Limit and rule, costs, payment for each patient.
type Case = (&'static str, &'static [&'static str], &'static [&'static str]);

const CASES: &[Case] = &[
    // First come: 56,000 and 20,000 and 800 in full, P4 has no claim, P5 gets the 73,200 that are left of
    // 150,000.
    (
        r#", limit: "150000.00", when_short: first_come"#,
        &COSTS,
        &["56000.00", "20000.00", "800.00", "0.00", "73200.00"],
    ),
    // First come after the pool is empty: 56,000 of 56,000, then nothing.
    (r#", limit: "56000.00", when_short: first_come"#, &["120000.00", "75000.00"], &["56000.00", "0.00"]),
    // No limit: every claim in full.
    ("", &["120000.00", "75000.00"], &["56000.00", "20000.00"]),
    // Claims of 76,000 exactly at the limit: in full.
    (r#", limit: "76000.00""#, &["120000.00", "75000.00"], &["56000.00", "20000.00"]),
    // A limit of a penny between equal claims: the first named has it.
    (r#", limit: "0.01""#, &["60000.00", "60000.00", "60000.00"], &["0.01", "0.00", "0.00"]),
    // 100.00 among three equal claims: 33.34, 33.33, 33.33.
    (r#", limit: "100.00""#, &["60000.00", "60000.00", "60000.00"], &["33.34", "33.33", "33.33"]),
    // At the threshold and a penny above: 80% of 0.01 is 0.008, a penny.
    (r#", limit: "100.00""#, &["50000.00", "50000.01"], &["0.00", "0.01"]),
];

#[test]
fn the_pool_pays_patient_by_patient() {
    for (limit, costs, payments) in CASES {
        let statement = year(limit, costs, "2026-03-31");
        for (i, payment) in payments.iter().enumerate() {
            check(&statement, &[(&format!("1/pool-payment/P{}", i + 1), payment)]);
        }
    }
}

/// What a patient's lines rest on does not grow with the number of patients, however the pool is shared out.
#[test]
fn a_patient_s_lines_do_not_name_every_other_patient() {
    let names = |limit: &str, patients: usize| {
        let costs = vec!["90000.00"; patients];
        let statement = year(limit, &costs, "2026-03-31");
        statement
            .lines
            .iter()
            .flat_map(|line| &line.working.expr)
            .map(|expr| expr.lines().len())
            .sum::<usize>()
    };
    for limit in ["", r#", limit: "1000.00""#, r#", limit: "1000.00", when_short: first_come"#] {
        let [ten, twenty, thirty] = [10, 20, 30].map(|patients| names(limit, patients));
        assert_eq!(thirty - twenty, twenty - ten, "{limit}");
    }
}

/// Coinsurance is a part of the excess: from nothing to all of it.
#[test]
fn coinsurance_is_a_part() {
    for (rate, refused) in [("0%", false), ("100%", false), ("-1%", true), ("101%", true)] {
        let clause = format!(
            "contract: c\ntitle: C\nparties: {{commissioner: icb, lead: trust, pool: {{party: pool, host: icb}}}}\n\
             years: {{kind: nhs, from: 2025/26, to: 2025/26}}\nrounding: {{unit: 0.01, at: line}}\npay:\n\
             - {{clause: \"1\", kind: stop_loss, pool: pool, per: patient-year, threshold: \"50.00\", coinsurance: {rate}}}\n"
        );
        let read = domain::terms::Terms::from_yaml(&clause);
        let told: Vec<String> = read.err().into_iter().flatten().map(|fault| fault.message).collect();
        let expected: Vec<String> =
            refused.then(|| format!("{rate} is not a part of the excess")).into_iter().collect();
        assert_eq!(told, expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Payments sum to the lesser of claims and limit; nobody is paid more than claimed; payment and what is
    /// borne make the cost.
    #[test]
    fn payments_sum_to_what_the_pool_pays(
        costs in prop::collection::vec(0i64..30_000_000, 1..7),
        limit in 0i64..30_000_000,
        first_come in any::<bool>(),
    ) {
        let rule = if first_come { "first_come" } else { "scale" };
        let limit_text = format!(", limit: \"{}\", when_short: {rule}", pounds(limit));
        let texts: Vec<String> = costs.iter().map(|c| pounds(*c)).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let statement = year(&limit_text, &texts, "2026-03-31");
        let of = |step: &str, i: usize| pence(&statement, &format!("1/{step}/P{}", i + 1));
        let paid: i64 = (0..costs.len()).map(|i| of("pool-payment", i)).sum();
        prop_assert_eq!(paid, pence(&statement, "1/claims").min(limit));
        for (i, cost) in costs.iter().enumerate() {
            prop_assert!((0..=of("claim", i)).contains(&of("pool-payment", i)));
            prop_assert_eq!(of("pool-payment", i) + of("borne", i), *cost);
        }
    }
}
