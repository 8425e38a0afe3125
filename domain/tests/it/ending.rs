//! Contracts that end before their term, and contracts that run longer.

use crate::cases::{Desk, value};
use crate::paying::{check, contract};

const HEAD: &str = r#"
contract: head
title: Head
parties: {commissioner: icb, lead: trust}
years: {kind: nhs, from: 2025/26, to: 2025/26}
rounding: {unit: 0.01, at: line}
pay:
  - {clause: "1", kind: core, budget: "2400000.00", withheld: 10%}
  - clause: "2"
    kind: programme_pool
    of: core.budget
    cost: [subcontracts]
    gain: [{party: icb, share: 100%}]
    loss: [{party: trust, share: 100%}]
"#;

const SUB: &str = r#"
contract: sub
under: head
title: Sub
parties: {lead: trust, provider: clinic}
years: {kind: nhs, from: 2025/26, to: 2025/26}
rounding: {unit: 0.01, at: line}
pay:
  - {clause: "1", kind: block, amount: "120000.01"}
  - {clause: "2", kind: activity_at_price}
"#;

fn report(desk: &mut Desk, month: &str, value: &str) -> Result<(), domain::refusal::Refusal> {
    let body = format!(
        r#"{{"contract":"sub","provider":"clinic","month":"{month}","flow":"local","stage":"freeze","value":"{value}"}}"#
    );
    desk.run("report-activity", &body)
}

fn terminate(desk: &mut Desk, contract: &str, on: &str) -> Result<(), domain::refusal::Refusal> {
    let body = format!(r#"{{"contract":"{contract}","on":"{on}","reason":"notice of six months"}}"#);
    desk.run("terminate-contract", &body)
}

/// Eight months served: 120,000.01 × 8 ÷ 12 = 80,000.0067, and 8 × 1,000.00 of activity. The four months
/// after 30 November are not missing, so the programme's cost of the year is known: 88,000.01.
#[test]
fn a_subcontract_terminated_at_30_november_pays_the_months_served() {
    let mut desk = Desk::default();
    desk.award(HEAD);
    desk.award(SUB);
    for month in &crate::paying::MONTHS[..8] {
        report(&mut desk, month, "1000.00").unwrap();
    }
    assert!(!desk.settle("head", "2025/26", "2026-03-31").complete);
    terminate(&mut desk, "sub", "2025-11-30").unwrap();
    let sub = desk.settle("sub", "2025/26", "2026-03-31");
    assert!(sub.complete, "{sub}");
    assert_eq!(value(&sub, "sub/1/block"), "80000.01");
    assert_eq!(value(&sub, "sub/total/payable/trust-to-clinic"), "88000.01");
    let streams: Vec<String> = sub.schedule.iter().map(|row| row.month.to_string()).collect();
    assert_eq!((streams.len(), streams[7].as_str()), (8, "2025-11"));
    let head = desk.settle("head", "2025/26", "2026-03-31");
    assert!(head.complete, "{head}");
    assert_eq!(value(&head, "head/2/programme-cost"), "88000.01");
    assert_eq!(report(&mut desk, "2025-12", "1.00").unwrap_err().code, "outside-term");
}

/// Half a year of a budget of 2,400,000.00: 1,200,000.00, of which 10% is withheld. The commissioner's
/// envelope is that of the months served.
#[test]
fn a_budget_withheld_in_part_follows_the_months_served() {
    let mut desk = contract(r#"pay: [{clause: "1", kind: core, budget: "2400000.00", withheld: 10%}]"#);
    terminate(&mut desk, "c", "2025-09-30").unwrap();
    let statement = desk.statement("2026-03-31");
    check(
        &statement,
        &[
            ("1/in-force/budget", "2400000.00"),
            ("1/budget", "1200000.00"),
            ("1/withheld", "120000.00"),
            ("total/payable/icb-to-trust", "1080000.00"),
            ("total/result/icb", "120000.00"),
        ],
    );
    check(&desk.statement("2025-06-30"), &[("1/core-to-date", "540000.00")]);
    assert!(statement.line("c/total/contract-ended/c").is_some());
    let next = domain::settle::settle(
        &desk.book,
        &"c".parse().unwrap(),
        "2026/27".parse().unwrap(),
        "2027-03-31".parse().unwrap(),
    );
    assert_eq!(next.unwrap_err().code, "outside-term");
}

#[test]
fn what_is_no_end_is_refused() {
    let mut desk = Desk::default();
    desk.award(HEAD);
    desk.award(SUB);
    let mut told = |contract: &str, on: &str| terminate(&mut desk, contract, on).unwrap_err().code;
    assert_eq!(told("sub", "2025-11-15"), "not-a-whole-month");
    assert_eq!(told("sub", "2026-03-31"), "outside-term");
    assert_eq!(told("head", "2025-11-30"), "subcontract-runs-on");
    terminate(&mut desk, "sub", "2025-11-30").unwrap();
    assert_eq!(terminate(&mut desk, "sub", "2025-10-31").unwrap_err().code, "already-terminated");
    terminate(&mut desk, "head", "2025-11-30").unwrap();
}

fn extend(desk: &mut Desk, to: &str) -> Result<(), domain::refusal::Refusal> {
    desk.run("extend-contract", &format!(r#"{{"contract":"c","to":"{to}","reason":"first option"}}"#))
}

/// The term ends within 2027/28; the extension runs to the end of 2028/29, and 2027/28 is then a whole year.
#[test]
fn an_extension_by_a_year_goes_on_with_the_terms_in_force() {
    let clauses = r#"pay: [{clause: "1", kind: block, amount: "120000.00"}]"#;
    let yaml = crate::paying::terms(clauses).replace("to: 2027/28}", "to: 2027/28, ends_on: 2027-12-31}");
    let mut desk = Desk::default();
    desk.award(&yaml);
    check(&desk.settle("c", "2027/28", "2028-03-31"), &[("1/block", "90000.00")]);
    extend(&mut desk, "2028/29").unwrap();
    check(&desk.settle("c", "2027/28", "2028-03-31"), &[("1/block", "120000.00")]);
    check(&desk.settle("c", "2028/29", "2028-06-30"), &[("1/block-to-date", "30000.00")]);
    assert_eq!(extend(&mut desk, "2028/29").unwrap_err().code, "no-extension");
    assert_eq!(extend(&mut desk, "2030").unwrap_err().code, "no-extension");
}

/// Dated values that end with the term say nothing about a further year.
#[test]
fn values_that_end_with_the_term_do_not_reach_further() {
    let clauses =
        r#"pay: [{clause: "1", kind: block, amount: [{from: 2025-04-01, to: 2028-03-31, value: "1.00"}]}]"#;
    let mut desk = contract(clauses);
    let refusal = extend(&mut desk, "2028/29").unwrap_err();
    assert_eq!(refusal.code, "terms-end");
    assert!(refusal.message.contains("no value after 2028-03-31"), "{}", refusal.message);
}
