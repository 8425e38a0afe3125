//! The life of a contract year: soft-closed, drawn up, agreed by each side by two people, closed, reopened,
//! restated.

use domain::actor::{Evidence, Giver};
use domain::statement::Status;
use domain::worksheet::Source;

use crate::cases::{Desk, giver, value};

const TERMS: &str = r#"
contract: acute
title: Activity
parties: {commissioner: icb, lead: trust}
years: {kind: nhs, from: 2024/25, to: 2025/26}
rounding: {unit: 0.01, at: line}
pay:
  - {clause: "1", kind: block, amount: "120000.00"}
"#;

/// Entries 1 to 3 are the parties and the award; entry 4 is the statement that jo of the payer draws up.
fn drawn_up() -> Desk {
    let mut desk = Desk::default();
    desk.award(TERMS);
    desk.run_as("jo@icb", "draw-up-settlement", DRAW_UP).unwrap();
    desk
}

const DRAW_UP: &str = r#"{"contract":"acute","year":"2024/25","as_of":"2025-06-30"}"#;

fn of(entry: u64, more: &str) -> String {
    format!(r#"{{"contract":"acute","year":"2024/25","entry":{entry}{more}}}"#)
}

fn agree(desk: &mut Desk, person: &str, entry: u64) -> Result<(), domain::refusal::Refusal> {
    let party = person.split_once('@').unwrap().1;
    desk.run_as(person, "agree-settlement", &of(entry, &format!(r#","party":"{party}""#)))
}

fn code(refused: Result<(), domain::refusal::Refusal>) -> String {
    refused.unwrap_err().code
}

fn status(desk: &Desk) -> Status {
    let case = desk.book.case(&"acute".parse().unwrap()).unwrap();
    case.status(case.latest("2024/25".parse().unwrap()).unwrap())
}

/// Both sides of the statement at an entry: one person prepares, another agrees.
fn both_agree(desk: &mut Desk, entry: u64) {
    agree(desk, "ann@icb", entry).unwrap();
    desk.run_as("sam@trust", "prepare-agreement", &of(entry, r#","party":"trust""#)).unwrap();
    agree(desk, "kim@trust", entry).unwrap();
}

#[test]
fn each_side_needs_two_people() {
    let mut desk = drawn_up();
    assert_eq!(code(agree(&mut desk, "jo@icb", 4)), "prepared-it");
    assert_eq!(code(agree(&mut desk, "kim@trust", 4)), "not-prepared");
    agree(&mut desk, "ann@icb", 4).unwrap();
    assert_eq!(status(&desk), Status::DrawnUp);
    let prepared = of(4, r#","party":"trust""#);
    assert_eq!(code(desk.run_as("jo@icb", "prepare-agreement", &prepared)), "not-your-party");
    desk.run_as("sam@trust", "prepare-agreement", &prepared).unwrap();
    assert_eq!(code(agree(&mut desk, "sam@trust", 4)), "prepared-it");
    agree(&mut desk, "kim@trust", 4).unwrap();
    assert_eq!(status(&desk), Status::Agreed);
    assert_eq!(code(agree(&mut desk, "lou@trust", 4)), "already-agreed");
    assert_eq!(code(agree(&mut desk, "lou@tests", 4)), "not-a-side");
}

#[test]
fn a_party_without_users_agrees_through_anothers_approver_on_evidence() {
    let mut desk = drawn_up();
    let body = of(4, r#","party":"icb","on_behalf_of":"trust""#);
    assert_eq!(code(desk.run_as("jo@icb", "agree-settlement", &body)), "prepared-it");
    assert_eq!(code(desk.run_as("ann@icb", "agree-settlement", &body)), "no-evidence");
    let letter = Evidence { name: "letter.pdf".to_owned(), sha256: "9f".repeat(32) };
    let on_paper = Giver { evidence: vec![letter], ..giver("ann@icb") };
    agree(&mut desk, "ann@icb", 4).unwrap();
    desk.give(&on_paper, "agree-settlement", &body).unwrap();
    assert_eq!(status(&desk), Status::Agreed);
    // Once the party has users, they agree themselves.
    let mut desk = drawn_up();
    desk.run_as("sam@trust", "soft-close-year", r#"{"contract":"acute","year":"2025/26"}"#).unwrap();
    assert_eq!(code(desk.give(&on_paper, "agree-settlement", &body)), "has-its-own-users");
}

#[test]
fn what_is_agreed_is_the_statement_in_force() {
    let mut desk = drawn_up();
    assert_eq!(code(agree(&mut desk, "ann@icb", 3)), "not-in-force");
    let other = of(4, &format!(r#","party":"icb","digest":"sha256:{}""#, "05".repeat(32)));
    assert_eq!(code(desk.run_as("ann@icb", "agree-settlement", &other)), "another-digest");
    let same = of(4, &format!(r#","party":"icb","digest":"sha256:{}""#, "04".repeat(32)));
    desk.run_as("ann@icb", "agree-settlement", &same).unwrap();
    let next = r#"{"contract":"acute","year":"2025/26","entry":4,"party":"icb"}"#;
    assert_eq!(code(desk.run_as("ann@icb", "agree-settlement", next)), "not-drawn-up");
}

#[test]
fn a_dispute_stands_until_its_party_agrees() {
    let mut desk = drawn_up();
    let dispute =
        |amount: &str| of(4, &format!(r#","party":"trust","amount":"{amount}","reason":"clinics missing""#));
    assert_eq!(code(desk.run_as("sam@trust", "dispute-settlement", &dispute("0.00"))), "not-positive");
    desk.run_as("sam@trust", "dispute-settlement", &dispute("9000.00")).unwrap();
    desk.run_as("sam@trust", "dispute-settlement", &dispute("8000.00")).unwrap();
    let open = |desk: &Desk| -> Vec<String> {
        let case = desk.book.case(&"acute".parse().unwrap()).unwrap();
        let drawn_up = case.latest("2024/25".parse().unwrap()).unwrap();
        case.open_disputes(drawn_up).iter().map(|d| d.fact.amount.to_string()).collect()
    };
    assert_eq!(open(&desk), ["8000.00"]);
    both_agree(&mut desk, 4);
    assert!(open(&desk).is_empty());
    assert_eq!(code(desk.run_as("sam@trust", "dispute-settlement", &dispute("1.00"))), "already-agreed");
}

const REOPEN: &str = r#"{"contract":"acute","year":"2024/25","reason":"a variation was left out","approved_by":{"person":"ann","party":"icb","role":"approver"}}"#;

#[test]
fn a_year_is_reopened_by_two_and_restated_with_its_bridge() {
    let mut desk = drawn_up();
    let restate = |desk: &mut Desk| desk.run_as("jo@icb", "restate-settlement", DRAW_UP);
    both_agree(&mut desk, 4);
    assert_eq!(code(restate(&mut desk)), "not-reopened");
    assert_eq!(code(desk.run_as("ann@icb", "reopen-year", REOPEN)), "one-approver");
    assert_eq!(code(desk.run_as("lou@tests", "reopen-year", REOPEN)), "not-a-party");
    desk.run_as("jo@icb", "reopen-year", REOPEN).unwrap();
    assert_eq!(code(desk.run_as("jo@icb", "reopen-year", REOPEN)), "year-open");
    assert_eq!(code(desk.run_as("jo@icb", "draw-up-settlement", DRAW_UP)), "already-drawn-up");
    let late = of(4, r#","party":"trust""#);
    assert_eq!(code(desk.run_as("sam@trust", "prepare-agreement", &late)), "year-reopened");
    // From October 24,000.00 a year more: six twelfths of it fall into the year, 12,000.00.
    let variation = desk.book.entry.next();
    desk.run(
        "vary-contract",
        r#"{"contract":"acute","number":1,"signed_on":"2024-09-20","effective_from":"2024-10-01","clause":"1","full_year_effect":"24000.00"}"#,
    )
    .unwrap();
    restate(&mut desk).unwrap();
    let case = desk.book.case(&"acute".parse().unwrap()).unwrap();
    let (old, new) = (&case.statements[0], &case.statements[1]);
    assert_eq!((new.restates, status(&desk)), (Some(old.entry), Status::Restated));
    assert_eq!(value(&old.fact.statement, "acute/total/payable/icb-to-trust"), "120000.00");
    assert_eq!(value(&new.fact.statement, "acute/total/payable/icb-to-trust"), "132000.00");
    let entry = new.entry.0;
    // The restated statement is agreed anew.
    both_agree(&mut desk, entry);
    assert_eq!(status(&desk), Status::Agreed);
    let restated = domain::verb::restate::bridge(&drawn(&desk, 0), &drawn(&desk, 1));
    let told: Vec<_> = restated
        .iter()
        .map(|l| (l.line.as_str(), l.before.as_deref(), l.after.as_deref(), l.because.as_slice()))
        .collect();
    let because = [Source::Entry(variation)];
    assert_eq!(
        told,
        [
            ("acute/1/variation/1", None, Some("24000.00"), &because[..]),
            ("acute/1/variation-to-date/1", None, Some("12000.00"), &because[..]),
            ("acute/total/payable/icb-to-trust", Some("120000.00"), Some("132000.00"), &because[..]),
            ("acute/total/result/trust", Some("120000.00"), Some("132000.00"), &because[..]),
        ]
    );
}

fn drawn(desk: &Desk, n: usize) -> domain::statement::Statement {
    desk.book.case(&"acute".parse().unwrap()).unwrap().statements[n].fact.statement.clone()
}

/// A sum is agreed for a year that was drawn up once it is reopened, and not before.
#[test]
fn a_reopened_year_can_be_agreed_at_a_fixed_sum() {
    let mut desk = drawn_up();
    let sum = r#"{"contract":"acute","year":"2024/25","amount":"125000.00","reason":"closes all claims"}"#;
    let proposal = sum.replace("}", r#","party":"icb"}"#);
    assert_eq!(code(desk.run_as("jo@icb", "propose-fixed-sum", &proposal)), "already-drawn-up");
    assert_eq!(code(desk.run_as("sam@trust", "agree-fixed-sum", sum)), "already-drawn-up");
    desk.run_as("jo@icb", "reopen-year", REOPEN).unwrap();
    assert_eq!(code(desk.run_as("sam@trust", "agree-fixed-sum", sum)), "not-proposed");
    desk.run_as("jo@icb", "propose-fixed-sum", &proposal).unwrap();
    let agreed = sum.replace("}", &format!(r#","proposal":{}}}"#, desk.book.entry));
    // The other side agrees: not who proposed it, nor anybody of that side, nor another sum.
    assert_eq!(code(desk.run_as("jo@icb", "agree-fixed-sum", &agreed)), "proposed-it");
    assert_eq!(code(desk.run_as("ann@icb", "agree-fixed-sum", &agreed)), "one-side");
    assert_eq!(code(desk.run_as("kim@other", "agree-fixed-sum", &agreed)), "not-a-side");
    let other = agreed.replace("125000.00", "126000.00");
    assert_eq!(code(desk.run_as("sam@trust", "agree-fixed-sum", &other)), "another-amount");
    desk.run_as("sam@trust", "agree-fixed-sum", &agreed).unwrap();
    assert_eq!(code(desk.run_as("sam@trust", "agree-fixed-sum", &agreed)), "not-proposed");
    desk.run_as("jo@icb", "restate-settlement", DRAW_UP).unwrap();
    assert_eq!(value(&drawn(&desk, 1), "acute/total/settlement-adjustment"), "5000.00");
}

const ACTIVITY: &str = r#"
contract: beds
title: Beds
parties: {commissioner: icb, lead: trust}
years: {kind: nhs, from: 2024/25, to: 2025/26}
rounding: {unit: 0.01, at: line}
pay:
  - {clause: "1", kind: activity_at_price}
"#;

fn report(month: &str, stage: &str, amount: &str) -> String {
    format!(
        r#"{{"contract":"beds","provider":"trust","month":"{month}","flow":"PLCM","stage":"{stage}","value":"{amount}"}}"#
    )
}

#[test]
fn after_the_soft_close_a_late_item_needs_its_reason() {
    let mut desk = Desk::default();
    desk.award(ACTIVITY);
    let close = r#"{"contract":"beds","year":"2024/25"}"#;
    desk.run("soft-close-year", close).unwrap();
    assert_eq!(code(desk.run("soft-close-year", close)), "already-soft-closed");
    assert_eq!(code(desk.run("report-activity", &report("2025-03", "flex", "10.00"))), "year-soft-closed");
    desk.run("report-activity", &report("2025-04", "flex", "10.00")).unwrap();
    let blank = Giver { late_because: Some(" ".to_owned()), ..giver("sam@trust") };
    assert_eq!(
        code(desk.give(&blank, "report-activity", &report("2025-03", "flex", "10.00"))),
        "year-soft-closed"
    );
    let late = Giver { late_because: Some("a ward was left out".to_owned()), ..giver("sam@trust") };
    desk.give(&late, "report-activity", &report("2025-03", "flex", "10.00")).unwrap();
    // A payment for the year is not late: it follows the settlement.
    desk.run(
        "make-payment",
        r#"{"contract":"beds","year":"2024/25","from":"icb","to":"trust","amount":"10.00","paid_on":"2025-03-31"}"#,
    )
    .unwrap();
}

#[test]
fn a_reopened_freeze_counts_until_the_next_one() {
    let mut desk = Desk::default();
    desk.award(ACTIVITY);
    let reopen = |person: &str| {
        let (person, party) = person.split_once('@').unwrap();
        format!(
            r#"{{"contract":"beds","provider":"trust","month":"2025-04","flow":"PLCM","reason":"a ward was left out","agreed_by":{{"person":"{person}","party":"{party}","role":"finance"}}}}"#
        )
    };
    desk.run("report-activity", &report("2025-04", "flex", "90.00")).unwrap();
    assert_eq!(code(desk.run_as("jo@icb", "reopen-freeze", &reopen("sam@trust"))), "not-frozen");
    desk.run("report-activity", &report("2025-04", "freeze", "100.00")).unwrap();
    desk.run("report-activity", &report("2025-04", "freeze", "300.00")).unwrap();
    assert_eq!(code(desk.run_as("jo@icb", "reopen-freeze", &reopen("ann@icb"))), "one-side");
    assert_eq!(code(desk.run_as("jo@icb", "reopen-freeze", &reopen("jo@icb"))), "one-approver");
    desk.run_as("jo@icb", "reopen-freeze", &reopen("sam@trust")).unwrap();
    let worth = |desk: &Desk| {
        let statement = desk.settle("beds", "2025/26", "2025-04-30");
        value(&statement, "beds/1/activity-value").to_owned()
    };
    // What was said after the first freeze is not payable now either; nor is a flex before the next freeze.
    assert_eq!(worth(&desk), "100.00");
    desk.run("report-activity", &report("2025-04", "flex", "115.00")).unwrap();
    assert_eq!(worth(&desk), "100.00");
    desk.run("report-activity", &report("2025-04", "freeze", "120.00")).unwrap();
    assert_eq!(worth(&desk), "120.00");
    desk.run("report-activity", &report("2025-04", "freeze", "500.00")).unwrap();
    assert_eq!(worth(&desk), "120.00");
}
