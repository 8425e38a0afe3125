//! What each party can gain and lose by a contract, worked from its terms by hand.

use domain::exposure::{Total, of_parties};
use domain::terms::Terms;

/// The largest gain and loss of each party: an amount, the words of a part, or the reason why there is no
/// limit.
fn exposures(parties: &str, pay: &str) -> Vec<[String; 3]> {
    let yaml = format!(
        "contract: c\ntitle: C\nparties: {{commissioner: payer, lead: payee{parties}}}\n\
         years: {{kind: nhs, from: 2025/26, to: 2025/26}}\nrounding: {{unit: 0.01, at: line}}\n\
         outcomes: [{{indicator: o, direction: higher, floor: 0, target: 1}}]\npay:\n{pay}"
    );
    let terms = Terms::from_yaml(&yaml).unwrap_or_else(|faults| panic!("{faults:#?}"));
    let told = |total: Total| match (total.without.first(), total.parts.first()) {
        (Some((_, reason)), _) => (*reason).to_owned(),
        (None, Some((_, part))) => part.clone(),
        (None, None) => total.amount.show(2),
    };
    of_parties(&terms)
        .into_iter()
        .map(|(party, gain, loss)| [party.to_string(), told(gain), told(loss)])
        .collect()
}

fn check(parties: &str, pay: &str, expected: &[[&str; 3]]) {
    assert_eq!(exposures(parties, pay), expected, "{pay}");
}

#[test]
fn a_block_moves_nothing() {
    check(
        "",
        "- {clause: \"1\", kind: block, amount: \"1000.00\"}\n",
        &[["payer", "0.00", "0.00"], ["payee", "0.00", "0.00"]],
    );
}

/// 9,800,000.00 × 5% = 490,000.00 above and × 3% = 294,000.00 below.
#[test]
fn activity_moves_between_cap_and_collar() {
    check(
        "",
        "- {clause: \"1\", kind: activity_at_price, plan: \"9800000.00\", cap: 5%, collar: 3%}\n",
        &[["payer", "294000.00", "490000.00"], ["payee", "490000.00", "294000.00"]],
    );
    let uncapped = "activity is paid without a cap";
    check(
        "",
        "- {clause: \"1\", kind: activity_at_price, plan: \"9800000.00\"}\n",
        &[["payer", "9800000.00", uncapped], ["payee", uncapped, "9800000.00"]],
    );
}

/// 10% of 23,000,000.00 is withheld: 2,300,000.00 can be forfeited, and is part of the budget already.
#[test]
fn what_is_withheld_can_be_forfeited() {
    let core = "- {clause: \"1\", kind: core, budget: \"23000000.00\", withheld: 10%}\n";
    let pot =
        "- {clause: \"2\", kind: outcome_pot, of: core.withheld, score: o, deadline: 9 days, late: zero}\n";
    check("", &format!("{core}{pot}"), &[["payer", "2300000.00", "0.00"], ["payee", "0.00", "2300000.00"]]);
    // 40 points at 200.00 are planned to be earned: 8,000.00 can be missed.
    let points = "- {clause: \"2\", kind: outcome_pot, point_value: \"200.00\", measures: [{indicator: o, points: 40}], deadline: 9 days, late: zero}\n";
    check("", points, &[["payer", "8000.00", "0.00"], ["payee", "0.00", "8000.00"]]);
}

/// Half of an underspend of at most the whole budget; an overspend is the payee's alone.
#[test]
fn a_pool_can_lose_without_limit() {
    let cost = "cost above the budget has no limit";
    check(
        "",
        "- {clause: \"1\", kind: core, budget: \"100.01\"}
- {clause: \"2\", kind: programme_pool, of: core.budget, cost: [own],
   gain: [{party: payer, share: 50%}, {party: payee, share: 50%}], loss: [{party: payee, share: 100%}]}
",
        &[["payer", "50.01", "0.00"], ["payee", "50.01", cost]],
    );
}

/// A target of 50,000,000.00. The provider bears all of the first 2% (1,000,000.00), half of the next 3%
/// (750,000.00), a fifth of the next 5% (500,000.00) and nothing beyond: 2,250,000.00 at most. Of what is
/// left it keeps half of 5% (1,250,000.00) and nothing beyond, so the commissioner has 1,250,000.00 + 95%
/// (47,500,000.00).
#[test]
fn a_corridor_limits_whose_last_band_is_empty() {
    check(
        "",
        "- {clause: \"1\", kind: risk_corridor, target: \"50000000.00\", on: cost, first: provider,
   loss: [{up_to: 2%, share: 100%}, {up_to: 5%, share: 50%}, {up_to: 10%, share: 20%}, {share: 0%}],
   gain: [{up_to: 5%, share: 50%}, {share: 0%}]}
",
        &[
            ["payer", "48750000.00", "no band ends the part of an overspend"],
            ["payee", "1250000.00", "2250000.00"],
        ],
    );
}

/// Targets of 6,200,000.00 and 3,100,000.00, a fee of 8%: 496,000.00 and 248,000.00 are all that members can
/// lose; of a gain of at most 9,300,000.00 they have half, 2 : 1.
#[test]
fn an_alliance_limits_its_members_pain_to_their_fee() {
    check(
        ", members: [one, two]",
        "- {clause: \"1\", kind: alliance, fee: 8%, owner: {gain: 50%, loss: 50%},
   members: [{party: one, target: \"6200000.00\"}, {party: two, target: \"3100000.00\"}]}
",
        &[
            ["payer", "4650000.00", "direct cost is always reimbursed"],
            ["payee", "0.00", "0.00"],
            ["one", "3100000.00", "496000.00"],
            ["two", "1550000.00", "248000.00"],
        ],
    );
}

/// 2.5% of a fixed 200,000.00 is 5,000.00, paid in advance or on result; of activity without a fixed value it
/// is a part.
#[test]
fn a_quality_share_is_of_what_its_line_comes_to() {
    let cquin = |of: &str, paid: &str| {
        format!(
            "- {{clause: \"2\", kind: cquin, of: {of}, share: 2.5%, indicators: [o], paid: {paid}, deadline: 9 days, late: zero}}\n"
        )
    };
    let block = "- {clause: \"1\", kind: block, amount: \"200000.00\"}\n";
    for paid in ["in_advance", "on_result"] {
        check(
            "",
            &format!("{block}{}", cquin("block.block", paid)),
            &[["payer", "5000.00", "0.00"], ["payee", "0.00", "5000.00"]],
        );
    }
    let activity = "- {clause: \"1\", kind: activity_at_price, plan: \"10.00\", cap: 0%, collar: 0%}\n";
    let part = "2.5% of \"Activity as stated\" of clause 1";
    let found = exposures("", &format!("{activity}{}", cquin("1.activity-value", "on_result")));
    assert_eq!(found[1][2], part);
}

/// 1,000,000.00 for 9,500 to 10,500 units; without any activity 9,500 × 50.00 = 475,000.00 is taken off.
#[test]
fn a_corridor_of_volume_has_a_floor() {
    let up = "activity above the corridor is paid without a cap";
    check(
        "",
        "- {clause: \"1\", kind: cost_and_volume, amount: \"1000000.00\", low: 9500, high: 10500, price_up: \"80.00\", price_down: \"50.00\"}\n",
        &[["payer", "475000.00", up], ["payee", up, "475000.00"]],
    );
}

/// 2.5% of a block of 200,000.00 is 5,000.00; of activity, which the terms do not know, it is told as a part.
#[test]
fn sanctions_take_no_more_than_their_cap() {
    let clauses = |of: &str| {
        format!(
            "- {{clause: \"1\", kind: block, amount: \"200000.00\"}}\n\
             - {{clause: \"2\", kind: sanctions, cap: 2.5%, cap_of: {of}}}\n\
             - {{clause: \"3\", kind: activity_at_price, plan: \"10.00\", cap: 0%, collar: 0%}}\n"
        )
    };
    let limit = [["payer", "5000.00", "0.00"], ["payee", "0.00", "5000.00"]];
    check("", &clauses("block.block"), &limit);
    let part = "2.5% of \"Activity as stated\" of clause 3";
    assert_eq!(exposures("", &clauses("3.activity-value"))[1][2], part);
}
