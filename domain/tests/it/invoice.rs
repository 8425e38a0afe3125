//! Invoices, credits, guarantees and published sanctions: what stands beside a settlement and changes none of
//! it.

use crate::cases::Desk;

const TERMS: &str = r#"
contract: acute
title: A block with sanctions
parties: {commissioner: icb, lead: trust}
years: {kind: nhs, from: 2025/26, to: 2025/26}
rounding: {unit: 0.01, at: line}
pay:
  - {clause: "1", kind: block, amount: "120000.00"}
  - {clause: "2", kind: sanctions, passed_up: 0%}
"#;

fn desk() -> Desk {
    let mut desk = Desk::default();
    desk.award(TERMS);
    desk
}

fn code(refused: Result<(), domain::refusal::Refusal>) -> String {
    refused.unwrap_err().code
}

fn invoice(number: &str, amount: &str) -> String {
    format!(
        r#"{{"contract":"acute","invoice":"{number}","from":"trust","to":"icb","period":"2025-04","amount":"{amount}","received_on":"2025-05-02"}}"#
    )
}

fn credit(amount: &str) -> String {
    format!(
        r#"{{"contract":"acute","invoice":"INV-1","from":"trust","amount":"{amount}","on":"2025-05-20","reason":"sent twice"}}"#
    )
}

#[test]
fn an_invoice_is_credited_down_to_nothing_and_owes_nothing() {
    let mut desk = desk();
    let before = desk.settle("acute", "2025/26", "2025-05-31").payables;
    assert_eq!(code(desk.run("credit-invoice", &credit("1.00"))), "unknown-invoice");
    assert_eq!(code(desk.run("receive-invoice", &invoice("INV-1", "0.00"))), "not-positive");
    let itself = invoice("INV-1", "10.00").replace(r#""to":"icb""#, r#""to":"trust""#);
    assert_eq!(code(desk.run("receive-invoice", &itself)), "invoiced-itself");
    desk.run("receive-invoice", &invoice("INV-1", "10500.00")).unwrap();
    let received = desk.book.entry;
    assert_eq!(code(desk.run("receive-invoice", &invoice("INV-1", "10500.00"))), "invoice-exists");
    desk.run("credit-invoice", &credit("500.00")).unwrap();
    assert_eq!(code(desk.run("credit-invoice", &credit("10000.01"))), "credited-too-much");
    let case = desk.book.case(&"acute".parse().unwrap()).unwrap();
    let invoiced = |day: &str| case.invoiced(&case.invoices[0].fact, day.parse().unwrap()).show(2);
    assert_eq!(
        [invoiced("2025-05-01"), invoiced("2025-05-02"), invoiced("2025-05-20")],
        ["0.00", "10500.00", "10000.00"]
    );
    assert_eq!(desk.settle("acute", "2025/26", "2025-05-31").payables, before);
    // A credit relies on its invoice.
    let error = format!(r#"{{"contract":"acute","entry":{received},"reason":"wrong"}}"#);
    assert_eq!(code(desk.run("record-in-error", &error)), "relied-on");
}

#[test]
fn a_guarantee_has_a_guarantor_another_party_and_a_name_of_its_own() {
    let mut desk = desk();
    let given = |guarantor: &str, party: &str, amount: &str| {
        format!(
            r#"{{"contract":"acute","guarantee":"parent","guarantor":"{guarantor}","party":"{party}","amount":"{amount}","until":"2026-03-31","reason":"advances"}}"#
        )
    };
    assert_eq!(code(desk.run("give-guarantee", &given("nobody", "trust", "1.00"))), "unknown-party");
    assert_eq!(code(desk.run("give-guarantee", &given("icb", "nobody", "1.00"))), "not-a-party");
    assert_eq!(code(desk.run("give-guarantee", &given("trust", "trust", "1.00"))), "own-guarantee");
    assert_eq!(code(desk.run("give-guarantee", &given("icb", "trust", "-1.00"))), "not-positive");
    desk.run("give-guarantee", &given("icb", "trust", "250000.00")).unwrap();
    assert_eq!(code(desk.run("give-guarantee", &given("icb", "trust", "1.00"))), "guarantee-exists");
}

#[test]
fn sanctions_are_published_after_their_month_begins() {
    let mut desk = desk();
    let published = |on: &str| {
        format!(r#"{{"contract":"acute","month":"2025-04","on":"{on}","place":"the board's papers"}}"#)
    };
    assert_eq!(code(desk.run("publish-sanction", &published("2025-03-31"))), "published-before");
    desk.run("publish-sanction", &published("2025-06-30")).unwrap();
}

/// A sum per year of a contract that ended after eight months is settled from its end: 120,000.00 x 8 / 12.
#[test]
fn a_terminated_contract_is_drawn_up_from_its_end() {
    let mut desk = desk();
    let end = r#"{"contract":"acute","on":"2025-11-30","reason":"no more money"}"#;
    desk.run("terminate-contract", end).unwrap();
    let draw_up = |as_of: &str| format!(r#"{{"contract":"acute","year":"2025/26","as_of":"{as_of}"}}"#);
    let refused = desk.run("draw-up-settlement", &draw_up("2025-11-29")).unwrap_err();
    assert!(refused.hint.contains("2025-11-30"), "{refused}");
    desk.run("draw-up-settlement", &draw_up("2025-11-30")).unwrap();
    let drawn_up = &desk.book.case(&"acute".parse().unwrap()).unwrap().statements[0].fact.statement;
    assert_eq!(drawn_up.payables[0].entitled.unwrap().to_string(), "80000.00");
}

/// An outcome pot is due when the contract year has ended, even of a contract that ended before.
#[test]
fn what_is_due_at_the_end_of_the_year_is_waited_for() {
    let mut desk = Desk::default();
    desk.award(&TERMS.replace(
        "  - {clause: \"2\", kind: sanctions, passed_up: 0%}",
        "  - {clause: \"2\", kind: cquin, of: block.block, share: 2.5%, paid: in_advance, deadline: 90 days, late: zero, indicators: [score]}\noutcomes: [{indicator: score, direction: higher, floor: 0, target: 1}]",
    ));
    desk.run("terminate-contract", r#"{"contract":"acute","on":"2025-11-30","reason":"no more money"}"#)
        .unwrap();
    let body = r#"{"contract":"acute","year":"2025/26","as_of":"2025-11-30"}"#;
    let refused = desk.run("draw-up-settlement", body).unwrap_err();
    assert_eq!(refused.code, "year-not-ended", "{refused}");
}
