//! Worked example 32: VAT of £5,000,000.00 a year that an NHS body would have recovered.

use proptest::prelude::*;

use domain::statement::Statement;

use crate::cases::Desk;
use crate::report::{check, faults, pence, pounds};

fn terms(vatable: &str, rate: &str, before: &str, after: &str) -> String {
    format!(
        r#"
contract: partnership
title: VAT leakage
parties: {{commissioner: ccg, lead: llp}}
years: {{kind: nhs, from: 2025/26, to: 2026/27}}
rounding: {{unit: 0.01, at: line}}
pay:
  - {{clause: "1", kind: block, amount: "152000000.00"}}
  - clause: "2"
    kind: vat_leakage
    envelope: "152000000.00"
    planned: "150000000.00"
    vatable: "{vatable}"
    rate: {rate}
    recoverable: {{before: {before}, after: {after}}}
"#
    )
}

fn year(vatable: &str, rate: &str, before: &str, after: &str) -> Statement {
    let mut desk = Desk::default();
    desk.award(&terms(vatable, rate, before, after));
    desk.settle("partnership", "2025/26", "2026-03-31")
}

/// Vatable inputs, rate, recoverable before and after, leakage, headroom after.
const YEARS: &[[&str; 6]] = &[
    // The worked example.
    ["25000000.00", "20%", "100%", "0%", "5000000.00", "-3000000.00"],
    // Nothing changes: no leakage.
    ["25000000.00", "20%", "100%", "100%", "0.00", "2000000.00"],
    // Half is still recovered.
    ["25000000.00", "20%", "100%", "50%", "2500000.00", "-500000.00"],
    // The reduced rate: 1,250,000.
    ["25000000.00", "5%", "100%", "0%", "1250000.00", "750000.00"],
    // From 60% to 10%: half of 5,000,000.
    ["25000000.00", "20%", "60%", "10%", "2500000.00", "-500000.00"],
    // Three pence of inputs: 0.006 of VAT rounds to a penny.
    ["0.03", "20%", "100%", "0%", "0.01", "1999999.99"],
    // A lead that recovers what others could not gains headroom.
    ["25000000.00", "20%", "0%", "100%", "-5000000.00", "7000000.00"],
];

#[test]
fn vat_that_is_no_longer_recovered_is_a_line_of_the_envelope() {
    for [vatable, rate, before, after, leakage, headroom] in YEARS {
        let statement = year(vatable, rate, before, after);
        check(
            &statement,
            &[
                ("2/headroom-before", "2000000.00"),
                ("2/vat-leakage", leakage),
                ("2/headroom-after", headroom),
                ("total/payable/ccg-to-llp", "152000000.00"),
            ],
        );
    }
}

#[test]
fn in_the_year_it_is_the_figure_of_the_whole_year_and_still_nothing_is_owed_for_it() {
    let mut desk = Desk::default();
    desk.award(&terms("25000000.00", "20%", "100%", "0%"));
    let statement = desk.settle("partnership", "2025/26", "2025-06-30");
    check(&statement, &[("2/vat-leakage", "5000000.00"), ("total/payable/ccg-to-llp", "38000000.00")]);
}

#[test]
fn what_was_recoverable_must_be_said() {
    let terms =
        terms("1.00", "20%", "100%", "0%").replace("    recoverable: {before: 100%, after: 0%}\n", "");
    assert!(faults(&terms).contains("`recoverable` is missing"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// The leakage is never more than the VAT, and headroom before is headroom after and leakage.
    #[test]
    fn leakage_is_never_more_than_the_vat(vatable in 0i64..10_000_000_000, before in 0u32..=100, lost in 0u32..=100) {
        let after = before.saturating_sub(lost);
        let statement = year(&pounds(vatable), "20%", &format!("{before}%"), &format!("{after}%"));
        let of = |id: &str| pence(&statement, id);
        prop_assert!((0..=of("2/vat")).contains(&of("2/vat-leakage")));
        prop_assert_eq!(of("2/headroom-after") + of("2/vat-leakage"), of("2/headroom-before"));
    }
}
