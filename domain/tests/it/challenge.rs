//! Worked example 24: a month of activity through flex, freeze, challenge, late activity and a year-end
//! agreement. Each row is asked with as_of and known_at at its date; here the commands up to the date are the
//! ones known.

use domain::money::Money;

use crate::cases::{Desk, value};
use crate::paying::{check, contract};

const TERMS: &str = r#"
contract: april
title: One month of activity
parties: {commissioner: icb, lead: trust}
years: {kind: stated, from: 2025-04-01/2025-04-30, to: 2025-04-01/2025-04-30}
rounding: {unit: 0.01, at: line}
pay:
  - {clause: "2", kind: activity_at_price}
"#;

/// What happens, and when.
const EVENTS: &[(&str, &str, &str)] = &[
    (
        "2025-05-15",
        "make-payment",
        r#"{"contract":"april","year":"2025-04-01/2025-04-30","from":"icb","to":"trust","amount":"100000.00","paid_on":"2025-05-15"}"#,
    ),
    (
        "2025-05-19",
        "report-activity",
        r#"{"contract":"april","provider":"trust","month":"2025-04","flow":"PLCM","stage":"flex","value":"102000.00"}"#,
    ),
    (
        "2025-06-18",
        "report-activity",
        r#"{"contract":"april","provider":"trust","month":"2025-04","flow":"PLCM","stage":"freeze","value":"104500.00"}"#,
    ),
    (
        "2025-06-25",
        "raise-challenge",
        r#"{"contract":"april","challenge":"C1","month":"2025-04","amount":"6000.00","reason":"wrong commissioner"}"#,
    ),
    (
        "2025-07-09",
        "resolve-challenge",
        r#"{"contract":"april","challenge":"C1","upheld":"4000.00","reason":"two thirds were ours"}"#,
    ),
    (
        "2025-08-20",
        "report-activity",
        r#"{"contract":"april","provider":"trust","month":"2025-04","flow":"PLCM","stage":"flex","value":"106500.00"}"#,
    ),
    (
        "2026-04-18",
        "propose-fixed-sum",
        r#"{"contract":"april","year":"2025-04-01/2025-04-30","amount":"100000.00","reason":"year-end agreement","party":"trust"}"#,
    ),
    (
        "2026-04-20",
        "agree-fixed-sum",
        r#"{"contract":"april","year":"2025-04-01/2025-04-30","amount":"100000.00","reason":"year-end agreement","proposal":PROPOSAL}"#,
    ),
];

fn at(date: &str) -> (Option<String>, String, Option<String>, domain::statement::Statement) {
    let mut desk = Desk::default();
    desk.award(TERMS);
    for (known, command, body) in EVENTS {
        if *known <= date {
            let who = if *command == "propose-fixed-sum" { "sam@trust" } else { "jo@icb" };
            let body = body.replace("PROPOSAL", &desk.book.entry.to_string());
            desk.run_as(who, command, &body).unwrap();
        }
    }
    let statement = desk.settle("april", "2025-04-01/2025-04-30", date);
    let text = |money: Option<Money>| money.map(|m| m.to_string());
    let payable = &statement.payables[0];
    (text(payable.entitled), payable.paid.to_string(), text(payable.balance), statement.clone())
}

#[test]
fn a_month_is_payable_as_it_was_known_at_each_date() {
    for (date, entitled, balance) in [
        ("2025-05-16", None, None),
        ("2025-05-31", Some("102000.00"), Some("2000.00")),
        ("2025-06-20", Some("104500.00"), Some("4500.00")),
        ("2025-06-30", Some("98500.00"), Some("-1500.00")),
        ("2025-07-31", Some("100500.00"), Some("500.00")),
        ("2025-08-31", Some("100500.00"), Some("500.00")),
        ("2026-04-30", Some("100000.00"), Some("0.00")),
    ] {
        let (said, paid, left, _) = at(date);
        assert_eq!((said.as_deref(), left.as_deref()), (entitled, balance), "{date}");
        assert_eq!(paid, "100000.00", "{date}");
    }
}

#[test]
fn what_is_open_late_or_agreed_instead_is_shown() {
    let open = at("2025-06-30").3;
    assert_eq!(value(&open, "april/2/challenge-open/2025-04 C1"), "6000.00");
    assert_eq!(value(&open, "april/2/if-rejected"), "104500.00");
    let late = at("2025-08-31").3;
    assert_eq!(value(&late, "april/2/activity-value"), "104500.00");
    assert_eq!(value(&late, "april/2/after-freeze/2025-04"), "106500.00");
    let agreed = at("2026-04-30").3;
    assert_eq!(value(&agreed, "april/total/calculated"), "100500.00");
    assert_eq!(value(&agreed, "april/total/settlement-adjustment"), "-500.00");
}

/// Before cap and collar: a challenge of what is above the cap costs the provider nothing.
#[test]
fn a_challenge_reduces_activity_before_the_cap() {
    let mut desk = Desk::default();
    desk.award(&TERMS.replace(
        "kind: activity_at_price",
        "kind: activity_at_price, plan: \"100000.00\", cap: 2%, collar: 2%",
    ));
    for (_, command, body) in &EVENTS[1..4] {
        desk.run(command, body).unwrap();
    }
    let statement = desk.settle("april", "2025-04-01/2025-04-30", "2025-06-30");
    // 104,500 less 6,000 is 98,500, within 98,000 and 102,000; were it rejected, 104,500 would pay 102,000.
    assert_eq!(value(&statement, "april/2/activity-payable"), "98500.00");
    assert_eq!(value(&statement, "april/2/payable-if-rejected"), "102000.00");
}

const TWO_CLAUSES: &str = r#"
  - {clause: "1", kind: marginal_rate, when: {pod: [NEL]}, baseline: "12000.00", rate: 30%}
  - {clause: "2", kind: activity_at_price}
"#;

fn two_clauses() -> Desk {
    let mut desk = contract(TWO_CLAUSES);
    desk.run("report-activity", &april("freeze", "3000.00", "700.00", "2300.00")).unwrap();
    desk
}

/// A report of April: what is emergency care and what is not.
fn april(stage: &str, value: &str, emergency: &str, other: &str) -> String {
    format!(
        r#"{{"contract":"c","provider":"trust","month":"2025-04","flow":"PLCM","stage":"{stage}","value":"{value}","lines":[
            {{"pod":"NEL","count":"1","value":"{emergency}"}},{{"pod":"EL","count":"1","value":"{other}"}}]}}"#
    )
}

fn challenge(clause: &str) -> String {
    format!(
        r#"{{"contract":"c","challenge":"C1","month":"2025-04","amount":"100.00","reason":"duplicate"{clause}}}"#
    )
}

/// What is disputed is disputed once, however many clauses pay by activity.
#[test]
fn a_challenge_reaches_the_clause_that_pays_for_the_activity_and_no_other() {
    let mut desk = two_clauses();
    let refused = desk.run("raise-challenge", &challenge("")).unwrap_err();
    assert_eq!(
        (refused.code.as_str(), refused.to_string().contains("pay by activity: 1, 2")),
        ("which-activity", true)
    );
    let refused = desk.run("raise-challenge", &challenge(r#","clause":"9""#)).unwrap_err();
    assert_eq!(refused.code.as_str(), "which-activity");
    desk.run("raise-challenge", &challenge(r#","clause":"2""#)).unwrap();
    let statement = desk.statement("2025-04-30");
    check(
        &statement,
        &[
            ("1/activity-payable", "700.00"),
            ("2/challenge-open/2025-04 C1", "100.00"),
            ("total/payable/icb-to-trust", "2900.00"),
        ],
    );
    assert!(statement.line("c/1/challenge-open/2025-04 C1").is_none(), "{statement}");
}

/// A ledger in which a challenge named no clause, before it had to, is settled all the same: once, in the
/// first of them.
#[test]
fn a_challenge_recorded_without_its_clause_comes_off_the_first() {
    let mut desk = two_clauses();
    let raised: domain::verb::challenge::ChallengeRaised = serde_json::from_str(&challenge("")).unwrap();
    cqrs_es::Aggregate::apply(&mut desk.book, domain::verb::Event::ChallengeRaised(raised));
    check(
        &desk.statement("2025-04-30"),
        &[("1/after-challenges", "600.00"), ("total/payable/icb-to-trust", "2900.00")],
    );
}

/// What comes after the freeze is shown where it belongs, and as far as it does: 800.00 of emergency care,
/// 2,300.00 of other.
#[test]
fn a_late_report_is_shown_by_each_clause_as_far_as_it_is_about_it() {
    let mut desk = two_clauses();
    desk.run("report-activity", &april("freeze", "3100.00", "800.00", "2300.00")).unwrap();
    let statement = desk.statement("2025-04-30");
    check(
        &statement,
        &[
            ("1/after-freeze/2025-04", "800.00"),
            ("2/after-freeze/2025-04", "2300.00"),
            ("total/payable/icb-to-trust", "3000.00"),
        ],
    );
}
