//! Worked example 17: five members share what is spent above or below £50,000,000.00.

use proptest::prelude::*;

use domain::statement::Statement;

use crate::cases::Desk;
use crate::report::{check, faults, pence, pounds};

const MEMBERS: [&str; 5] = ["ccg", "acute", "community", "mental-health", "gp-federation"];
const SHARES: &str = "{party: ccg, share: 30%}, {party: acute, share: 45%}, {party: community, share: 10%}, \
                      {party: mental-health, share: 8%}, {party: gp-federation, share: 7%}";

fn terms(more: &str) -> String {
    format!(
        r#"
contract: multilateral
title: Multilateral gain and loss share
parties: {{commissioner: ccg, lead: acute, members: [community, mental-health, gp-federation]}}
years: {{kind: nhs, from: 2025/26, to: 2026/27}}
rounding: {{unit: 0.01, at: line}}
outcomes:
  - {{indicator: outcomes, direction: higher, floor: 0, target: 1}}
pay:
  - {{clause: "9", kind: gain_loss_share, expected: "50000000.00", spend: [ccg], gain: [{SHARES}], loss: [{SHARES}]{more}}}
"#
    )
}

fn desk(more: &str) -> Desk {
    let mut desk = Desk::default();
    desk.award(&terms(more));
    desk
}

fn shares_of(statement: &Statement, expected: &[&str; 5]) {
    for (party, share) in MEMBERS.iter().zip(expected) {
        check(statement, &[(&format!("9/pool-share/{party}"), share)]);
        if *party != "ccg" {
            check(statement, &[(&format!("total/payable/ccg-to-{party}"), share)]);
        }
    }
}

/// More of the clause, the score where there is one, actual spend, shares.
type Year = (&'static str, Option<&'static str>, &'static str, [&'static str; 5]);

const YEARS: &[Year] = &[
    // The worked example: gain, loss, outcomes at 80%, a capped loss.
    ("", None, "48190000.00", ["543000.00", "814500.00", "181000.00", "144800.00", "126700.00"]),
    ("", None, "51810000.00", ["-543000.00", "-814500.00", "-181000.00", "-144800.00", "-126700.00"]),
    (
        ", multiplier: outcomes",
        Some("0.8"),
        "48190000.00",
        ["796400.00", "651600.00", "144800.00", "115840.00", "101360.00"],
    ),
    (
        r#", caps: [{party: gp-federation, loss: "50000.00"}]"#,
        None,
        "51810000.00",
        ["-567741.94", "-851612.90", "-189247.31", "-151397.85", "-50000.00"],
    ),
    // Tolerance of 1%, 500,000: 1,310,000 is shared: 393,000 / 589,500 / 131,000 / 104,800 / 91,700.
    (
        ", tolerance: 1%",
        None,
        "48190000.00",
        ["393000.00", "589500.00", "131000.00", "104800.00", "91700.00"],
    ),
    // 300,000 over lies within the tolerance.
    (", tolerance: 1%", None, "50300000.00", ["0.00", "0.00", "0.00", "0.00", "0.00"]),
    // A score of nothing leaves all of the gain with the commissioner.
    (", multiplier: outcomes", Some("0"), "48190000.00", ["1810000.00", "0.00", "0.00", "0.00", "0.00"]),
    // A loss is not multiplied, whatever the score.
    (
        ", multiplier: outcomes",
        Some("0"),
        "51810000.00",
        ["-543000.00", "-814500.00", "-181000.00", "-144800.00", "-126700.00"],
    ),
    // One cap carries another party above its own: without gp (50,000) mental health would bear 1,760,000 ×
    // 8/93 = 151,397.85, above 150,000. 1,610,000 is left for 30/45/10: 568,235.294, 852,352.941,
    // 189,411.765; the odd penny goes to community, whose remainder is the largest.
    (
        r#", caps: [{party: gp-federation, loss: "50000.00"}, {party: mental-health, loss: "150000.00"}]"#,
        None,
        "51810000.00",
        ["-568235.29", "-852352.94", "-189411.77", "-150000.00", "-50000.00"],
    ),
    // A cap on gain: acute 45% of 1,810,000 is 814,500, capped at 500,000; 1,310,000 among 30/10/8/7 of 55:
    // 714,545.4545, 238,181.8182, 190,545.4545, 166,727.2727; pennies to community (.82) and then to ccg
    // (.45, named before mental health).
    (
        r#", caps: [{party: acute, gain: "500000.00"}]"#,
        None,
        "48190000.00",
        ["714545.46", "500000.00", "238181.82", "190545.45", "166727.27"],
    ),
];

#[test]
fn gains_and_losses_fall_to_the_members_by_their_shares() {
    for (more, score, actual, shares) in YEARS {
        let mut desk = desk(more);
        desk.cost("multilateral", "ccg", "2025/26", actual);
        if let Some(score) = score {
            desk.measure("multilateral", "outcomes", "2025/26", score);
        }
        shares_of(&desk.settle("multilateral", "2025/26", "2026-06-30"), shares);
    }
}

/// Worked example 17, odd pence: a pool of £1.00 in three parts.
#[test]
fn odd_pence_go_to_the_largest_remainder() {
    let thirds =
        "{party: ccg, share: 33.3333%}, {party: acute, share: 33.3333%}, {party: community, share: 33.3334%}";
    let mut desk = Desk::default();
    desk.award(&terms("").replace(SHARES, thirds));
    desk.cost("multilateral", "ccg", "2025/26", "49999999.00");
    let statement = desk.settle("multilateral", "2025/26", "2026-03-31");
    check(
        &statement,
        &[("9/pool-share/ccg", "0.33"), ("9/pool-share/acute", "0.33"), ("9/pool-share/community", "0.34")],
    );
}

/// Six months: expected 25,000,000, actual 26,000,000. The cap of 50,000 is 25,000 by then, below gp's
/// 70,000; 975,000 is left for 30/45/10/8 of 93: 314,516.129, 471,774.194, 104,838.710, 83,870.968.
#[test]
fn in_the_year_expectation_and_caps_are_taken_at_twelfths() {
    let mut desk = desk(r#", caps: [{party: gp-federation, loss: "50000.00"}]"#);
    desk.monthly_cost("multilateral", "ccg", 5, "4000000.00");
    desk.cost("multilateral", "ccg", "2025-09", "6000000.00");
    let statement = desk.settle("multilateral", "2025/26", "2025-09-30");
    check(&statement, &[("9/expected-to-date", "25000000.00"), ("9/pool", "-1000000.00")]);
    shares_of(&statement, &["-314516.13", "-471774.19", "-104838.71", "-83870.97", "-25000.00"]);
}

#[test]
fn a_gain_waits_for_its_score() {
    let mut desk = desk(", multiplier: outcomes");
    desk.monthly_cost("multilateral", "ccg", 6, "4000000.00");
    let statement = desk.settle("multilateral", "2025/26", "2025-09-30");
    check(&statement, &[("9/still-to-play-for", "1000000.00"), ("9/not-yet-due", "none")]);
    desk.cost("multilateral", "ccg", "2025/26", "48190000.00");
    let statement = desk.settle("multilateral", "2025/26", "2026-03-31");
    check(&statement, &[("9/still-to-play-for", "1810000.00"), ("9/measured/outcomes", "none")]);
    assert!(!statement.complete);
}

/// A loss of 1,810,000 is carried into a year with a gain of 2,000,000: 190,000 is shared. Into a year with a
/// loss of 500,000, the contract's last, it is settled in cash: 2,310,000.
#[test]
fn a_loss_carried_forward_is_borne_by_the_next_year_first() {
    for (next, shares) in [
        ("48000000.00", ["57000.00", "85500.00", "19000.00", "15200.00", "13300.00"]),
        ("50500000.00", ["-693000.00", "-1039500.00", "-231000.00", "-184800.00", "-161700.00"]),
    ] {
        let mut desk = desk(", losses: carried_forward");
        desk.cost("multilateral", "ccg", "2025/26", "51810000.00");
        desk.cost("multilateral", "ccg", "2026/27", next);
        let first = desk.settle("multilateral", "2025/26", "2026-03-31");
        check(&first, &[("9/carried-forward", "-1810000.00")]);
        assert!(first.payables.iter().all(|p| p.entitled == Some(domain::money::Money::ZERO)));
        shares_of(&desk.settle("multilateral", "2026/27", "2027-03-31"), &shares);
    }
}

#[test]
fn a_clause_that_cannot_be_carried_out_is_refused() {
    let all = r#", caps: [{party: acute, loss: "1.00"}, {party: ccg, loss: "1.00"}]"#;
    assert!(faults(&terms(all)).contains("/pay/0/caps: the payer holds the pool"));
    let stranger = terms("").replace("community, mental-health, gp-federation]", "community, mental-health]");
    assert!(faults(&stranger).contains("`gp-federation` is not named under `parties`"));
    assert!(faults(&terms(", multiplier: unknown")).contains("/pay/0/multiplier"));
}

/// A deadline and what becomes of a score after it go together: either alone is refused.
#[test]
fn a_deadline_says_what_comes_after_it() {
    for (more, missing) in [("deadline: 90 days", "late"), ("late: zero", "deadline")] {
        let found = faults(&terms(&format!(", multiplier: outcomes, {more}")));
        assert!(found.contains(&format!("`{missing}` is missing")), "{found}");
    }
}

#[test]
fn a_multiplier_is_to_be_measured_by_its_deadline() {
    for (more, days) in [
        ("", None),
        (", multiplier: outcomes", None),
        (", multiplier: outcomes, deadline: 90 days, late: zero", Some(90)),
    ] {
        let terms = domain::terms::Terms::from_yaml(&terms(more)).unwrap();
        assert_eq!(terms.pay[0].mechanism.measures_due(), days, "{more}");
    }
}

/// A clause says in plain words by what gains are scaled, and until when.
#[test]
fn a_multiplier_is_told_in_plain_words() {
    let words = |more: &str| {
        let terms = domain::terms::Terms::from_yaml(&terms(more)).unwrap();
        terms.pay[0].words(&terms, &domain::names::Names::default())
    };
    assert!(!words("").contains("scaled"), "{}", words(""));
    let scaled = "Every provider's share of a gain is scaled by the score of outcomes.";
    assert!(words(", multiplier: outcomes").contains(scaled), "{}", words(", multiplier: outcomes"));
    let until = words(", multiplier: outcomes, deadline: 90 days, late: zero");
    let late = "up to 90 days after the year's end; after that an outcome not measured earns nothing";
    assert!(until.contains(scaled) && until.contains(late), "{until}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Parts sum to the pool; no part is above its cap or of the wrong sign; what moves is owed by or to the
    /// payer, so that balances sum to zero.
    #[test]
    fn parts_sum_to_the_pool(
        spend in 4_000_000_000i64..6_000_000_000,
        score in 0u32..=100,
        caps in prop::collection::vec(0i64..100_000_000, 3),
    ) {
        let [a, b, c] = [pounds(caps[0]), pounds(caps[1]), pounds(caps[2])];
        let mut desk = desk(&format!(
            r#", multiplier: outcomes, caps: [{{party: acute, gain: "{a}", loss: "{b}"}}, {{party: community, loss: "{c}"}}]"#
        ));
        desk.cost("multilateral", "ccg", "2025/26", &pounds(spend));
        desk.measure("multilateral", "outcomes", "2025/26", &format!("0.{score:03}"));
        let statement = desk.settle("multilateral", "2025/26", "2026-03-31");
        let part = |party: &str| pence(&statement, &format!("9/pool-share/{party}"));
        let pool = 5_000_000_000 - spend;
        prop_assert_eq!(MEMBERS.iter().map(|p| part(p)).sum::<i64>(), pool);
        for party in MEMBERS {
            prop_assert!(part(party) * pool.signum() >= 0);
        }
        if pool > 0 {
            prop_assert!(part("acute") <= caps[0]);
        } else {
            prop_assert!(part("acute") >= -caps[1] && part("community") >= -caps[2]);
        }
        let moved: i64 = MEMBERS[1..].iter().map(|p| pence(&statement, &format!("total/payable/ccg-to-{p}"))).sum();
        prop_assert_eq!(moved + part("ccg"), pool);
        prop_assert!(statement.payables.iter().all(|p| p.from.as_str() == "ccg"));
    }
}

/// With a deadline a gain waits for the score until it has passed; then the score is nothing, and all is the
/// payer's.
#[test]
fn a_multiplier_that_is_not_measured_by_its_deadline_is_nothing() {
    let mut desk = desk(", multiplier: outcomes, deadline: 90 days, late: zero");
    desk.cost("multilateral", "ccg", "2025/26", "48190000.00");
    let open = desk.settle("multilateral", "2025/26", "2026-06-29");
    check(&open, &[("9/still-to-play-for", "1810000.00")]);
    let late = desk.settle("multilateral", "2025/26", "2026-06-30");
    shares_of(&late, &["1810000.00", "0.00", "0.00", "0.00", "0.00"]);
}
