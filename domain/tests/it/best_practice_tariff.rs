//! Best practice tariff: worked example 04, further inputs worked by hand, and what must hold of any counts.

use proptest::prelude::*;

use crate::paying::{check, contract, faults, pence};

fn settled(more: &str, spells: u32, compliant: u32) -> domain::statement::Statement {
    let mut desk = contract(&format!(
        "\n  - {{clause: \"1\", kind: best_practice_tariff, spells: hip spells, compliant: hip compliant, differential: \"1335.00\"{more}}}\n"
    ));
    desk.volume("2025-04", "hip spells", spells);
    desk.volume("2025-04", "hip compliant", compliant);
    desk.statement("2025-04-30")
}

/// Worked example 04.
#[test]
fn spells_that_comply_add_the_differential() {
    check(
        &settled(", base_price: \"5000.00\"", 200, 120),
        &[
            ("1/base-payment", "1000000.00"),
            ("1/top-up", "160200.00"),
            ("1/forgone", "106800.00"),
            ("total/payable/icb-to-trust", "1160200.00"),
        ],
    );
}

/// Worked by hand.
#[test]
fn further_counts_worked_by_hand() {
    let pays = |more: &str, spells, compliant| {
        settled(more, spells, compliant).payables[0].entitled.unwrap().to_string()
    };
    assert_eq!(pays("", 200, 120), "160200.00"); // the top-up alone
    assert_eq!(pays("", 200, 0), "0.00");
    assert_eq!(pays(", mff: 1.0461", 10, 3), "4189.63"); // 4005 x 1.0461 = 4189.6305
    assert_eq!(pays(", assumed: 60%", 200, 120), "0.00"); // as assumed
    assert_eq!(pays(", assumed: 60%", 200, 130), "13350.00"); // ten more
    assert_eq!(pays(", assumed: 60%", 200, 100), "-26700.00"); // twenty fewer are taken off
}

#[test]
fn a_month_without_its_counts_is_named() {
    let mut desk = contract(
        "\n  - {clause: \"1\", kind: best_practice_tariff, spells: s, compliant: c, differential: \"445.00\"}\n",
    );
    desk.volume("2025-04", "s", 10);
    let statement = desk.statement("2025-04-30");
    check(&statement, &[("1/not-reported/c 2025-04", "none")]);
    assert_eq!(desk.payable("2025-04-30"), "none");
}

#[test]
fn counts_that_are_one_are_refused() {
    let found = faults(
        "\n  - {clause: \"1\", kind: best_practice_tariff, spells: s, compliant: s, differential: \"1.00\", mff: 0, assumed: 101%}\n",
    );
    assert_eq!(found.len(), 3, "{found:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Top-up and forgone are the differential of every spell; one more that complies pays one differential
    /// more.
    #[test]
    fn top_up_and_forgone_are_the_whole(spells in 1u32..5000, part in 0u32..5000) {
        let compliant = part % spells;
        let line = |s: &domain::statement::Statement, id: &str| pence(crate::cases::value(s, &format!("c/1/{id}")));
        let (one, more) = (settled("", spells, compliant), settled("", spells, compliant + 1));
        prop_assert_eq!(line(&one, "top-up") + line(&one, "forgone"), i64::from(spells) * 133_500);
        prop_assert_eq!(line(&more, "top-up") - line(&one, "top-up"), 133_500);
    }
}
