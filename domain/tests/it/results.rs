//! What each party is left with: results sum to the envelope less the cost that leaves the system, for every
//! form of contract that states an envelope.

use proptest::prelude::*;

use domain::statement::Statement;
use domain::worksheet::{LineKind, LineState};

use crate::cases::{Desk, value};
use crate::paying::{check, contract, end_of, pence};
use crate::report::{MONTHS, pounds};

/// A contract's clauses, with what it sets aside in a full year, in pence.
const FORMS: &[(&str, i64)] = &[
    (r#"{clause: "1", kind: core, budget: "12000.00"}"#, 1_200_000),
    (r#"{clause: "1", kind: block, amount: "12000.00"}"#, 1_200_000),
    (
        r#"{clause: "1", kind: cost_and_volume, amount: "12000.00", low: 120, high: 240, price_up: "7.00", price_down: "3.00"}"#,
        1_200_000,
    ),
    (
        r#"{clause: "1", kind: aligned_payment, fixed: "12000.00", baseline: "6000.00", above: 75%, below: 50%}"#,
        1_200_000,
    ),
    (r#"{clause: "1", kind: blended_payment, plan: "12000.00", rate: 20%}"#, 1_200_000),
    (r#"{clause: "1", kind: activity_at_price, plan: "12000.00", cap: 5%}"#, 1_200_000),
    (r#"{clause: "1", kind: activity_at_price, plan: "12000.00"}"#, 1_200_000),
    (
        r#"{clause: "1", kind: capitation, list: monthly, budget: "12000.00", bands: [{band: all, weight: 1, baseline: 100}]}"#,
        1_200_000,
    ),
    // A block and a plan are set aside together.
    (
        "{clause: \"1\", kind: block, amount: \"2400.00\"}\n  - {clause: \"2\", kind: activity_at_price, plan: \"1200.00\", collar: 5%}",
        360_000,
    ),
];

/// The first months of a year, with activity, lists and the payee's cost.
fn desk(clauses: &str, months: &[(i64, u32)], cost: i64) -> (Desk, Statement) {
    let mut desk = contract(&format!("\n  - {clauses}\n"));
    for ((value, count), month) in months.iter().zip(MONTHS) {
        desk.activity(month, &pounds(*value), count);
        desk.list(month, &[("all", &count.to_string())]);
        desk.cost("c", "trust", month, &pounds(cost));
    }
    let statement = desk.statement(&end_of(MONTHS[months.len() - 1]));
    (desk, statement)
}

fn result(statement: &Statement, party: &str) -> i64 {
    pence(value(statement, &format!("c/total/result/{party}")))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// (6) Whatever the activity, at whatever month: envelope to date less the payee's own cost.
    #[test]
    fn results_sum_to_the_envelope_less_the_cost_that_leaves(
        months in prop::collection::vec((0i64..250_000, 0u32..250), 1..13),
        cost in 0i64..200_000,
    ) {
        for (clauses, year) in FORMS {
            let (_, statement) = desk(clauses, &months, cost);
            let to_date = year / 12 * months.len() as i64;
            let left = result(&statement, "icb") + result(&statement, "trust");
            prop_assert_eq!(left, to_date - cost * months.len() as i64, "{}\n{}", clauses, statement);
            let paid = pence(value(&statement, "c/total/payable/icb-to-trust"));
            prop_assert_eq!(result(&statement, "icb"), to_date - paid);
        }
    }
}

/// 10,000 a month less what is paid: the block with its variation of 1,200 a year from July leaves nothing.
#[test]
fn a_variation_is_part_of_the_envelope() {
    let mut desk = contract(r#"pay: [{clause: "1", kind: block, amount: "120000.00"}]"#);
    let varied = r#"{"contract":"c","number":1,"signed_on":"2025-06-10","effective_from":"2025-07-01","clause":"1","full_year_effect":"1200.00"}"#;
    desk.run("vary-contract", varied).unwrap();
    check(
        &desk.statement("2025-09-30"),
        &[("total/payable/icb-to-trust", "60300.00"), ("total/result/icb", "0.00")],
    );
}

/// 244,000 a year, 10% of it for improvement: half a year is 122,000, of which 109,800 is due.
#[test]
fn what_is_kept_for_improvement_is_the_commissioner_s_until_it_is_earned() {
    let desk = contract(
        r#"outcomes: [{indicator: score, direction: higher, floor: 0, target: 1}]
pay: [{clause: "1", kind: integrated_payment, annual: "244000.00", improvement: {part: 10%, score: score, deadline: 90 days, late: zero}}]"#,
    );
    check(
        &desk.statement("2025-09-30"),
        &[("1/budget-to-date", "122000.00"), ("total/result/icb", "12200.00")],
    );
}

/// Without an envelope nobody can say what the commissioner kept; the statement says so in the result's
/// place, with the clause that leaves it open.
#[test]
fn without_an_envelope_the_statement_says_why_there_is_no_result() {
    let block = "  - {clause: \"1\", kind: block, amount: \"12000.00\"}\n";
    let why = |desk: &Desk, as_of: &str| {
        let statement = desk.statement(as_of);
        let line =
            statement.line("c/total/result/icb").unwrap_or_else(|| panic!("no result in\n{statement}"));
        assert_eq!((line.kind, line.state, &line.value), (LineKind::Note, LineState::Ok, &None));
        assert!(statement.complete && statement.result(&"icb".parse().unwrap()).is_none());
        line.working.text.clone()
    };
    let without_a_plan = "none: what is set aside for clause 2 is not stated";
    let mut desk = contract(&format!("\n{block}  - {{clause: \"2\", kind: activity_at_price}}\n"));
    desk.activity("2025-04", "100.00", 1);
    assert_eq!(why(&desk, "2025-04-30"), without_a_plan);
    // The plan of activity counts the months reported, and as of the first of April there is none.
    let planned = format!("\n{block}  - {{clause: \"2\", kind: activity_at_price, plan: \"1200.00\"}}\n");
    let first = "none yet: what is set aside for clause 2 has no amount";
    assert_eq!(why(&contract(&planned), "2025-04-01"), first);
    // What is at risk is set aside for the year's end, and a gain or loss is shared of nothing set aside.
    let shared = r#"
  - {clause: "1", kind: gain_loss_share, expected: "1200.00", spend: [icb], gain: [{party: trust, share: 100%}],
     loss: [{party: trust, share: 100%}]}
"#;
    let mut desk = contract(shared);
    desk.cost("c", "icb", "2025-04", "90.00");
    assert_eq!(why(&desk, "2025-04-30"), "none: no clause sets anything aside by now");
}

/// Two commissioners bear half of a block each: what was set aside is nobody's alone.
#[test]
fn of_several_commissioners_none_has_the_envelope() {
    let halves = "commissioners: [{party: icb, share: 50%}, {party: council, share: 50%}]}";
    let clauses = "\n  - {clause: \"1\", kind: block, amount: \"12000.00\"}\n  - {clause: \"2\", kind: split, by: shares}\n";
    let mut desk = Desk::default();
    desk.award(&crate::paying::terms(clauses).replace("lead: trust}", &format!("lead: trust, {halves}")));
    let statement = desk.statement("2025-04-30");
    let said = "none: several commissioners bear the contract, and its envelope is nobody's alone";
    assert_eq!(statement.line("c/total/result/icb").unwrap().working.text, said, "{statement}");
}

/// A lead's result is the head contract's: its subcontract has no word on it.
#[test]
fn a_subcontract_is_silent_on_its_payer_s_result() {
    let mut desk = contract("\n  - {clause: \"1\", kind: block, amount: \"12000.00\"}\n");
    desk.award(
        "contract: sub\ntitle: Part of the care\nunder: c\nparties: {lead: trust, provider: isp}\n\
         years: {kind: nhs, from: 2025/26, to: 2027/28}\nrounding: {unit: 0.01, at: line}\n\
         pay: [{clause: \"1\", kind: activity_at_price}]\n",
    );
    let report = r#"{"contract":"sub","provider":"isp","month":"2025-04","flow":"local","stage":"freeze","value":"10.00"}"#;
    desk.run("report-activity", report).unwrap();
    let statement = desk.settle("sub", "2025/26", "2025-04-30");
    assert!(statement.line("sub/total/payable/trust-to-isp").is_some(), "{statement}");
    assert!(statement.line("sub/total/result/trust").is_none(), "{statement}");
}

/// Half of a gain of 102 stays with the commissioner; 25.50 each for two members would round to 26 and 26: 26
/// and 25 are the 51 that leave. The mirror loss comes in the same way.
#[test]
fn payables_that_share_an_allocation_sum_to_the_unit() {
    for (cost, acute, community) in [("898", "26", "25"), ("1102", "-26", "-25"), ("896", "26", "26")] {
        let mut desk = Desk::default();
        let shares = "[{party: icb, share: 50%}, {party: acute, share: 25%}, {party: community, share: 25%}]";
        desk.award(&format!(
            "contract: c\ntitle: Shared\nparties: {{commissioner: icb, lead: acute, members: [community]}}\n\
             years: {{kind: nhs, from: 2025/26, to: 2025/26}}\nrounding: {{unit: 1, at: payable}}\npay:\n\
             - {{clause: \"9\", kind: gain_loss_share, expected: \"1000.00\", spend: [icb], gain: {shares}, loss: {shares}}}\n"
        ));
        desk.cost("c", "icb", "2025/26", &format!("{cost}.00"));
        let statement = desk.statement("2026-03-31");
        let rounded = |party: &str| {
            let line = statement.line(&format!("c/total/payable/icb-to-{party}")).unwrap();
            line.value.clone().unwrap()
        };
        assert_eq!(rounded("acute"), format!("{acute}.00"), "{statement}");
        assert_eq!(rounded("community"), format!("{community}.00"), "{statement}");
    }
}

/// A block of 12,000.00 and a quality share of 10% of it. Paid on result it is set aside beside the block,
/// and of a score of 0.25 the commissioner keeps 900.00; in the year it is not yet set aside. Paid in advance
/// it is part of the block, and what is not earned comes back: 900.00 as well, of an envelope that is the
/// block alone.
#[test]
fn a_quality_share_that_is_not_earned_stays_with_the_commissioner() {
    for (paid, payable) in [("on_result", "12300.00"), ("in_advance", "11100.00")] {
        let mut desk = contract(&format!(
            "outcomes: [{{indicator: score, direction: higher, floor: 0, target: 1}}]\npay:
  - {{clause: \"1\", kind: block, amount: \"12000.00\"}}
  - {{clause: \"2\", kind: cquin, of: block.block, share: 10%, indicators: [score], paid: {paid}, deadline: 90 days, late: zero}}\n"
        ));
        desk.year_measured("score", "0.25");
        check(&desk.statement("2025-09-30"), &[("total/result/icb", "0.00")]);
        let expected = [("total/payable/icb-to-trust", payable), ("total/result/icb", "900.00")];
        check(&desk.statement("2026-03-31"), &expected);
    }
}

/// 100 points at 120.00 are set aside for the year's end: of a score of 0.75 the commissioner keeps 3,000.00.
#[test]
fn points_that_are_not_earned_stay_with_the_commissioner() {
    let mut desk = contract(
        "outcomes: [{indicator: score, direction: higher, floor: 0, target: 1}]\npay:
  - {clause: \"1\", kind: outcome_pot, point_value: \"120.00\", measures: [{indicator: score, points: 100}], deadline: 90 days, late: zero}\n",
    );
    desk.year_measured("score", "0.75");
    let expected = [("total/payable/icb-to-trust", "9000.00"), ("total/result/icb", "3000.00")];
    check(&desk.statement("2026-03-31"), &expected);
}

/// 1,000.00 at risk, of which a deficit of 400.00 takes half of itself: the commissioner keeps 200.00 of what
/// it planned.
#[test]
fn what_a_deficit_takes_off_compensation_at_risk_stays_with_the_commissioner() {
    let mut desk = contract(
        "pay: [{clause: \"1\", kind: at_risk, planned: \"1000.00\", gain: 50%, loss: 50%, limit: 10%}]",
    );
    desk.turnover("c", "icb", "2025/26", "9600.00");
    desk.cost("c", "icb", "2025/26", "10000.00");
    let expected = [("total/payable/icb-to-trust", "800.00"), ("total/result/icb", "200.00")];
    check(&desk.statement("2026-03-31"), &expected);
}

/// Half of a gain of 1,000 leaves in 300.45, 0.55 and 0.55. Rounded one by one, 300, 1 and 1, they are the
/// 302 that leave: each has what its own amount rounds to. In parts by largest remainder the first would have
/// 301, and the last nothing.
#[test]
fn payables_that_sum_anyhow_are_rounded_one_by_one() {
    let mut desk = Desk::default();
    let shares = "[{party: icb, share: 69.845%}, {party: acute, share: 30.045%}, {party: community, share: 0.055%}, \
                  {party: hospice, share: 0.055%}]";
    desk.award(&format!(
        "contract: c\ntitle: Shared\nparties: {{commissioner: icb, lead: acute, members: [community, hospice]}}\n\
         years: {{kind: nhs, from: 2025/26, to: 2025/26}}\nrounding: {{unit: 1, at: payable}}\npay:\n\
         - {{clause: \"9\", kind: gain_loss_share, expected: \"2000.00\", spend: [icb], gain: {shares}, loss: {shares}}}\n"
    ));
    desk.cost("c", "icb", "2025/26", "1000.00");
    let expected = [("acute", "300.00"), ("community", "1.00"), ("hospice", "1.00")];
    for (party, amount) in expected {
        check(&desk.statement("2026-03-31"), &[(&format!("total/payable/icb-to-{party}"), amount)]);
    }
}
