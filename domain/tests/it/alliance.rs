//! Worked example 22: a trust, a charity and a council in an alliance with targets of £10,600,000.00.

use proptest::prelude::*;

use domain::statement::Statement;

use crate::cases::Desk;
use crate::report::{MONTHS, check, faults, pence, pounds};

const ALLIANCE: &str = r#"
contract: alliance
title: Alliance
parties: {commissioner: owner, lead: trust, members: [charity, council]}
years: {kind: nhs, from: 2025/26, to: 2026/27}
rounding: {unit: 0.01, at: line}
pay:
  - clause: "5"
    kind: alliance
    fee: 8%
    owner: {gain: 50%, loss: 50%}
    members:
      - {party: trust, target: "6200000.00"}
      - {party: charity, target: "3100000.00"}
      - {party: council, target: "1300000.00"}
"#;

const MEMBERS: [&str; 3] = ["trust", "charity", "council"];

fn year(costs: [&str; 3]) -> Statement {
    let mut desk = Desk::default();
    desk.award(ALLIANCE);
    for (party, cost) in MEMBERS.iter().zip(costs) {
        desk.cost("alliance", party, "2025/26", cost);
    }
    desk.settle("alliance", "2025/26", "2026-03-31")
}

/// Direct costs, limb 3, what each is paid, what the owner pays.
type Year = ([&'static str; 3], [&'static str; 3], [&'static str; 3], &'static str);

const YEARS: &[Year] = &[
    // The worked example: gain, pain, capped pain.
    (
        ["6000000.00", "3000000.00", "1200000.00"],
        ["116981.13", "58490.57", "24528.30"],
        ["6612981.13", "3306490.57", "1328528.30"],
        "11248000.00",
    ),
    (
        ["6800000.00", "3300000.00", "1500000.00"],
        ["-292452.83", "-146226.42", "-61320.75"],
        ["7003547.17", "3401773.58", "1542679.25"],
        "11948000.00",
    ),
    (
        ["8000000.00", "4000000.00", "1600000.00"],
        ["-496000.00", "-248000.00", "-104000.00"],
        ["8000000.00", "4000000.00", "1600000.00"],
        "13600000.00",
    ),
    // On target: cost and fee, no third limb.
    (
        ["6200000.00", "3100000.00", "1300000.00"],
        ["0.00", "0.00", "0.00"],
        ["6696000.00", "3348000.00", "1404000.00"],
        "11448000.00",
    ),
    // Pain of 1,696,000: half is 848,000, exactly limb 2 of all: 496,000, 248,000, 104,000.
    (
        ["7896000.00", "3100000.00", "1300000.00"],
        ["-496000.00", "-248000.00", "-104000.00"],
        ["7896000.00", "3100000.00", "1300000.00"],
        "12296000.00",
    ),
    // One member's saving is all members' gain: 530,000 under, half is 265,000: 496/848 is 155,000, 248/848
    // is 77,500, 104/848 is 32,500.
    (
        ["5670000.00", "3100000.00", "1300000.00"],
        ["155000.00", "77500.00", "32500.00"],
        ["6321000.00", "3425500.00", "1436500.00"],
        "11183000.00",
    ),
    // A gain of 2 pence: half is a penny, and it goes to the trust, whose part 0.58 leaves the largest
    // remainder.
    (
        ["6199999.98", "3100000.00", "1300000.00"],
        ["0.01", "0.00", "0.00"],
        ["6695999.99", "3348000.00", "1404000.00"],
        "11447999.99",
    ),
    // No cost at all: gain of 10,600,000, half is 5,300,000: 3,100,000, 1,550,000 and 650,000, with the fees.
    (
        ["0.00", "0.00", "0.00"],
        ["3100000.00", "1550000.00", "650000.00"],
        ["3596000.00", "1798000.00", "754000.00"],
        "6148000.00",
    ),
];

#[test]
fn members_are_paid_three_limbs() {
    for (costs, thirds, paid, owner) in YEARS {
        let statement = year(*costs);
        for (i, party) in MEMBERS.iter().enumerate() {
            check(
                &statement,
                &[
                    (&format!("5/limb-1/{party}"), costs[i]),
                    (&format!("5/limb-3/{party}"), thirds[i]),
                    (&format!("total/payable/owner-to-{party}"), paid[i]),
                ],
            );
        }
        check(&statement, &[("5/limb-2/trust", "496000.00"), ("5/owner-pays", owner)]);
    }
}

/// Three months: targets 1,550,000, 775,000 and 325,000, limb 2 124,000, 62,000 and 26,000. Costs of
/// 1,500,000, 750,000 and 300,000 are 100,000 under; half is 50,000: 29,245.283, 14,622.642, 6,132.075.
#[test]
fn in_the_year_targets_are_taken_at_twelfths() {
    let mut desk = Desk::default();
    desk.award(ALLIANCE);
    for (party, cost) in MEMBERS.iter().zip(["500000.00", "250000.00", "100000.00"]) {
        for month in &MONTHS[..3] {
            desk.cost("alliance", party, month, cost);
        }
    }
    let statement = desk.settle("alliance", "2025/26", "2025-06-30");
    check(
        &statement,
        &[
            ("5/target/trust", "1550000.00"),
            ("5/limb-2/council", "26000.00"),
            ("5/pain-or-gain", "100000.00"),
            ("5/limb-3/trust", "29245.28"),
            ("5/limb-3/charity", "14622.64"),
            ("5/limb-3/council", "6132.08"),
            ("total/payable/owner-to-trust", "1653245.28"),
        ],
    );
}

#[test]
fn a_missing_cost_stops_limb_3_and_no_other_limb() {
    let mut desk = Desk::default();
    desk.award(ALLIANCE);
    desk.cost("alliance", "trust", "2025/26", "6000000.00");
    desk.cost("alliance", "council", "2025/26", "1200000.00");
    let statement = desk.settle("alliance", "2025/26", "2026-03-31");
    check(
        &statement,
        &[
            ("5/limb-3", "none"),
            ("total/payable/owner-to-trust", "6496000.00"),
            ("total/payable/owner-to-charity", "248000.00"),
            ("total/payable/owner-to-council", "1304000.00"),
        ],
    );
    assert!(!statement.complete);
}

#[test]
fn an_alliance_without_an_owner_s_part_is_refused() {
    assert!(
        faults(&ALLIANCE.replace("    owner: {gain: 50%, loss: 50%}\n", "")).contains("`owner` is missing")
    );
}

/// What a member keeps is its fee and its part of gain or pain: 496,000.00 + 116,981.13, 248,000.00 +
/// 58,490.57, 104,000.00 + 24,528.30; what the owner keeps of target and fees is its half of a gain of
/// 400,000.00.
#[test]
fn every_member_has_a_result_once_its_cost_is_known() {
    let statement = year(["6000000.00", "3000000.00", "1200000.00"]);
    let kept = [
        ("total/result/trust", "612981.13"),
        ("total/result/charity", "306490.57"),
        ("total/result/council", "128528.30"),
        ("total/result/owner", "200000.00"),
    ];
    check(&statement, &kept);

    let mut desk = Desk::default();
    desk.award(ALLIANCE);
    desk.cost("alliance", "charity", MONTHS[0], "250000.00");
    let statement = desk.settle("alliance", "2025/26", "2025-05-31");
    assert!(statement.line("alliance/total/result/charity").is_none(), "{statement}");
}

/// A target is read as the contract has it, not as twelve twelfths of it.
#[test]
fn a_target_stands_as_the_clause_states_it() {
    let statement = year(["6000000.00", "3000000.00", "1200000.00"]);
    let target = statement.line("alliance/5/target/trust").unwrap();
    assert_eq!(
        (target.value.as_deref(), &*target.working.text),
        (Some("6200000.00"), "as the clause states")
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Limb 1 is always paid: nobody is paid less than its direct cost. The third limbs of a gain sum to the
    /// members' half; the owner pays what the members get; a saving by one member never costs another.
    #[test]
    fn no_member_is_paid_less_than_its_cost(
        costs in prop::array::uniform3(0i64..2_000_000_000),
        saving in 0i64..500_000_000,
    ) {
        let texts = costs.map(pounds);
        let statement = year([&texts[0], &texts[1], &texts[2]]);
        let paid = |s: &Statement, party: &str| pence(s, &format!("total/payable/owner-to-{party}"));
        for (party, cost) in MEMBERS.iter().zip(costs) {
            prop_assert!(paid(&statement, party) >= cost);
        }
        let all: i64 = MEMBERS.iter().map(|p| paid(&statement, p)).sum();
        prop_assert_eq!(all, pence(&statement, "5/owner-pays"));
        let cheaper = pounds((costs[0] - saving).max(0));
        let then = year([&cheaper, &texts[1], &texts[2]]);
        // A penny of largest remainders may go either way.
        prop_assert!(paid(&then, "charity") + 1 >= paid(&statement, "charity"));
        prop_assert!(pence(&then, "5/owner-pays") <= pence(&statement, "5/owner-pays"));
    }
}
