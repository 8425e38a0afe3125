//! Worked example 23: a fund of £98,000,000.00 between the NHS and a council.

use proptest::prelude::*;

use domain::statement::Statement;

use crate::cases::Desk;
use crate::report::{MONTHS, check, faults, pence, pounds};

const FUND: &str = r#"
contract: fund
title: Pooled fund
parties: {commissioner: nhs, lead: council}
years: {kind: nhs, from: 2025/26, to: 2026/27}
rounding: {unit: 0.01, at: line}
pay:
  - clause: "1"
    kind: pooled_fund
    contributions: [{party: nhs, amount: "60000000.00"}, {party: council, amount: "38000000.00"}]
    lines:
      - {provider: care, plan: "93000000.00"}
      - {provider: equipment, plan: "5000000.00"HOST}
RESERVES"#;

const RESERVES: &str =
    "    reserves: [{name: risk-pool, amount: \"500000.00\"}, {name: uncommitted, amount: \"300000.00\"}]\n";

fn terms(host: &str, reserves: &str) -> String {
    FUND.replace("HOST", host).replace("RESERVES", reserves)
}

fn year(terms: &str, care: &str, equipment: &str) -> Statement {
    let mut desk = Desk::default();
    desk.award(terms);
    desk.cost("fund", "care", "2025/26", care);
    desk.cost("fund", "equipment", "2025/26", equipment);
    desk.settle("fund", "2025/26", "2026-03-31")
}

/// Host and reserves; cost of care and equipment; what nhs and council bear of the variable lines; what the
/// council owes the fund: its contribution of 38,000,000, its part, and what it hosts.
type Year = (&'static str, &'static str, [&'static str; 2], [&'static str; 2], &'static str);

const YEARS: &[Year] = &[
    // The worked example: over by 1,500,000, under by 700,000, a fixed line over by 400,000.
    ("", "", ["94500000.00", "5000000.00"], ["918367.35", "581632.65"], "-38581632.65"),
    ("", "", ["92300000.00", "5000000.00"], ["-428571.43", "-271428.57"], "-37728571.43"),
    (", host: council", "", ["93000000.00", "5400000.00"], ["0.00", "0.00"], "-38400000.00"),
    // The same line hosted by the nhs, which holds the fund: the council owes its contribution.
    (", host: nhs", "", ["93000000.00", "5400000.00"], ["0.00", "0.00"], "-38000000.00"),
    // Variable lines are netted: 1,000,000 over and 1,000,000 under.
    ("", "", ["94000000.00", "4000000.00"], ["0.00", "0.00"], "-38000000.00"),
    // A penny: 60/98 of it against 38/98.
    ("", "", ["93000000.01", "5000000.00"], ["0.01", "0.00"], "-38000000.00"),
    // A fixed line under by 400,000 is the host's, a variable one over by 1,500,000 everybody's.
    (", host: council", "", ["94500000.00", "4600000.00"], ["918367.35", "581632.65"], "-38181632.65"),
    // Reserves of 500,000 and 300,000 leave 700,000 of 1,500,000 to the partners.
    ("", RESERVES, ["94500000.00", "5000000.00"], ["428571.43", "271428.57"], "-38271428.57"),
    // 600,000 over: the second reserve meets 100,000 and nothing is left.
    ("", RESERVES, ["93600000.00", "5000000.00"], ["0.00", "0.00"], "-38000000.00"),
    // An underspend does not touch the reserves.
    ("", RESERVES, ["92300000.00", "5000000.00"], ["-428571.43", "-271428.57"], "-37728571.43"),
];

#[test]
fn a_variance_is_borne_by_contributions_by_a_host_or_by_reserves_first() {
    for (host, reserves, [care, equipment], [nhs, council], owed) in YEARS {
        let statement = year(&terms(host, reserves), care, equipment);
        check(
            &statement,
            &[
                ("1/contribution/council", "38000000.00"),
                ("1/borne/nhs", nhs),
                ("1/borne/council", council),
                ("total/payable/nhs-to-council", owed),
            ],
        );
    }
}

#[test]
fn the_waterfall_names_what_each_reserve_met() {
    let statement = year(&terms("", RESERVES), "93600000.00", "5000000.00");
    check(
        &statement,
        &[
            ("1/fund-variance", "600000.00"),
            ("1/from-reserve/risk-pool", "500000.00"),
            ("1/from-reserve/uncommitted", "100000.00"),
            ("1/left-over/uncommitted", "0.00"),
        ],
    );
}

/// (6) Results sum to what was put in, with what the reserves met, less what care cost: over by 1,500,000
/// with 400,000 of it hosted by the council, of which the reserves meet 800,000 of the other 1,100,000. 60/98
/// of 300,000 is 183,673.47.
#[test]
fn partners_results_sum_to_the_fund_less_the_cost_of_care() {
    let statement = year(&terms(", host: council", RESERVES), "94100000.00", "5400000.00");
    check(
        &statement,
        &[
            ("1/result/nhs", "-183673.47"),
            ("1/result/council", "-516326.53"),
            ("1/left-over/uncommitted", "300000.00"),
        ],
    );
    assert_eq!(
        pence(&statement, "1/result/nhs") + pence(&statement, "1/result/council"),
        9_800_000_000 + 80_000_000 - 9_410_000_000 - 540_000_000
    );
    assert!(statement.line("fund/total/result/council").is_none(), "one result for each partner");
}

/// Six months: contributions of 30,000,000 and 19,000,000, plans of 46,500,000 and 2,500,000 against
/// 48,000,000 and 3,000,000: 2,000,000 over, 60/98 of it is 1,224,489.796, 38/98 is 775,510.204.
#[test]
fn in_the_year_contributions_and_plans_are_taken_at_twelfths() {
    let mut desk = Desk::default();
    desk.award(&terms("", ""));
    for month in &MONTHS[..6] {
        desk.cost("fund", "care", month, "8000000.00");
        desk.cost("fund", "equipment", month, "500000.00");
    }
    let statement = desk.settle("fund", "2025/26", "2025-09-30");
    check(
        &statement,
        &[
            ("1/contribution/nhs", "30000000.00"),
            ("1/fund-variance", "2000000.00"),
            ("1/borne/nhs", "1224489.80"),
            ("1/borne/council", "775510.20"),
            ("total/payable/nhs-to-council", "-19775510.20"),
        ],
    );
}

#[test]
fn without_the_cost_of_a_line_only_contributions_are_due() {
    let mut desk = Desk::default();
    desk.award(&terms("", ""));
    desk.cost("fund", "care", "2025/26", "94500000.00");
    let statement = desk.settle("fund", "2025/26", "2026-03-31");
    check(&statement, &[("1/fund-variance", "none"), ("total/payable/nhs-to-council", "-38000000.00")]);
    assert!(!statement.complete);
}

#[test]
fn a_fund_that_is_not_planned_as_it_is_filled_is_refused() {
    let less = terms("", "").replace("93000000.00", "92000000.00");
    assert!(faults(&less).contains("contributions of 98000000.00 and plans of 97000000.00 differ"));
    assert!(faults(&terms(", host: nobody", "")).contains("`nobody` hosts a line"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// What reserves and partners bear is the variance; no reserve meets more than it has, none of an
    /// underspend.
    #[test]
    fn the_variance_is_borne_whole(care in 9_000_000_000i64..9_700_000_000, equipment in 0i64..1_000_000_000) {
        let statement = year(&terms("", RESERVES), &pounds(care), &pounds(equipment));
        let of = |id: &str| pence(&statement, id);
        let (first, second) = (of("1/from-reserve/risk-pool"), of("1/from-reserve/uncommitted"));
        let variance = care + equipment - 9_800_000_000;
        prop_assert_eq!(first + second + of("1/borne/nhs") + of("1/borne/council"), variance);
        prop_assert!((0..=50_000_000).contains(&first) && (0..=30_000_000).contains(&second));
        prop_assert!(variance > 0 || first + second == 0);
        prop_assert_eq!(of("total/payable/nhs-to-council"), -3_800_000_000 - of("1/borne/council"));
    }
}
