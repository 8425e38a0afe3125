//! Bodies that succeed others, and contracts that others take over: as primary care trusts became clinical
//! commissioning groups on 1 April 2013, and those integrated care boards on 1 July 2022.

use domain::statement::Statement;

use crate::cases::{Desk, value};

const BLOCK: &str = r#"
contract: c
title: A block
parties: {commissioner: pct, lead: trust}
years: {kind: nhs, from: 2012/13, to: 2022/23}
rounding: {unit: 0.01, at: line}
pay: [{clause: "1", kind: core, budget: "1200000.00"}]
"#;

fn succeed(desk: &mut Desk, party: &str, by: &str, on: &str) -> Result<(), domain::refusal::Refusal> {
    let body = format!(r#"{{"party":"{party}","by":"{by}","on":"{on}","reason":"by statute"}}"#);
    desk.run("succeed-party", &body)
}

fn register(desk: &mut Desk, party: &str) {
    desk.run("register-party", &format!(r#"{{"party":"{party}","name":"{party}"}}"#)).unwrap();
}

fn pay(desk: &mut Desk, year: &str, from: &str, on: &str) -> Result<(), domain::refusal::Refusal> {
    let body = format!(
        r#"{{"contract":"c","year":"{year}","from":"{from}","to":"trust","amount":"100000.00","paid_on":"{on}"}}"#
    );
    desk.run("make-payment", &body)
}

/// The block from 2012/13 on, with both successions of the commissioner.
fn desk() -> Desk {
    let mut desk = Desk::default();
    desk.award(BLOCK);
    for party in ["ccg", "icb"] {
        register(&mut desk, party);
    }
    succeed(&mut desk, "pct", "ccg", "2013-04-01").unwrap();
    succeed(&mut desk, "ccg", "icb", "2022-07-01").unwrap();
    desk
}

fn told(statement: &Statement) -> String {
    let payable = &statement.payables[0];
    let entitled = payable.entitled.unwrap();
    format!("{} owes {} {entitled}, paid {}", payable.from, payable.to, payable.paid)
}

/// Three months of 100,000 are the group's to 30 June; on 1 July everything of the year is the board's, and
/// payments of either count.
#[test]
fn a_successor_in_mid_year_takes_over_what_is_owed_and_what_was_paid() {
    let mut desk = desk();
    pay(&mut desk, "2022/23", "ccg", "2022-05-15").unwrap();
    pay(&mut desk, "2022/23", "icb", "2022-07-15").unwrap();
    let settle = |as_of: &str| desk.settle("c", "2022/23", as_of);
    assert_eq!(told(&settle("2022-06-30")), "ccg owes trust 300000.00, paid 100000.00");
    assert_eq!(told(&settle("2022-07-01")), "icb owes trust 300000.00, paid 100000.00");
    let year = settle("2023-03-31");
    assert_eq!(told(&year), "icb owes trust 1200000.00, paid 200000.00");
    assert_eq!(value(&year, "c/total/result/icb"), "0.00");
    let line = year.line("c/total/successor/ccg").unwrap();
    assert_eq!(line.working.text, "succeeded by icb from 2022-07-01: by statute");
    assert!(!line.sources.is_empty());
    assert!(year.line("c/total/successor/pct").is_some(), "the whole chain is told");
}

/// The year 2012/13 is the trust's claim on the primary care trust until its last day, and on its successor
/// from the next.
#[test]
fn a_year_that_ended_passes_to_the_successor_of_the_day_asked() {
    let desk = desk();
    for (as_of, payer) in [("2013-03-31", "pct"), ("2013-04-01", "ccg"), ("2022-07-01", "icb")] {
        let expected = format!("{payer} owes trust 1200000.00, paid 0.00");
        assert_eq!(told(&desk.settle("c", "2012/13", as_of)), expected);
    }
    let before = desk.settle("c", "2012/13", "2013-03-31");
    assert!(before.line("c/total/successor/pct").is_none(), "nothing is told before the day");
}

/// Three associates that one board succeeds owe together: 60% and 40% of 1,200,000 are one debt.
#[test]
fn one_successor_of_several_commissioners_owes_what_they_owed() {
    let yaml = r#"
contract: c
title: Two groups
parties:
  commissioner: north
  lead: trust
  commissioners: [{party: north, share: 60%}, {party: south, share: 40%}]
years: {kind: nhs, from: 2022/23, to: 2022/23}
rounding: {unit: 0.01, at: line}
pay:
  - {clause: "1", kind: block, amount: "1200000.00"}
  - {clause: "2", kind: split, by: shares}
"#;
    let mut desk = Desk::default();
    desk.award(yaml);
    register(&mut desk, "icb");
    succeed(&mut desk, "north", "icb", "2022-07-01").unwrap();
    succeed(&mut desk, "south", "icb", "2022-07-01").unwrap();
    pay(&mut desk, "2022/23", "south", "2022-05-15").unwrap();
    let before = desk.settle("c", "2022/23", "2022-06-30");
    assert_eq!(value(&before, "c/total/payable/south-to-trust"), "120000.00");
    let year = desk.settle("c", "2022/23", "2023-03-31");
    assert_eq!(told(&year), "icb owes trust 1200000.00, paid 100000.00");
    assert_eq!(year.payables.len(), 1);
}

/// A trust that takes over its own commissioner's place would owe itself: the old names stand.
#[test]
fn a_body_that_takes_both_places_leaves_the_old_names() {
    let mut desk = Desk::default();
    desk.award(BLOCK);
    succeed(&mut desk, "pct", "trust", "2013-04-01").unwrap();
    assert_eq!(told(&desk.settle("c", "2013/14", "2013-04-30")), "pct owes trust 100000.00, paid 0.00");
}

#[test]
fn a_body_that_has_ended_is_refused_with_its_successor() {
    let mut desk = desk();
    let refusal = pay(&mut desk, "2022/23", "ccg", "2022-07-15").unwrap_err();
    assert_eq!((refusal.code.as_str(), refusal.hint.as_str()), ("party-ended", "name its successor, `icb`"));
    let early = pay(&mut desk, "2013/14", "icb", "2013-05-15").unwrap_err();
    assert_eq!(early.code, "not-a-party");
    for (party, by, on, code) in [
        ("pct", "icb", "2014-04-01", "already-succeeded"),
        ("icb", "icb", "2024-04-01", "succeeds-itself"),
        ("icb", "ccg", "2024-04-01", "party-ended"),
        ("nobody", "icb", "2024-04-01", "unknown-party"),
    ] {
        assert_eq!(succeed(&mut desk, party, by, on).unwrap_err().code, code, "{party} by {by}");
    }
    let award = BLOCK.replace("contract: c", "contract: later").replace("2012/13", "2022/23");
    let terms = domain::terms::Terms::from_yaml(&award).unwrap();
    let body = format!(r#"{{"signed_on":"2022-04-01","terms":{}}}"#, serde_json::to_string(&terms).unwrap());
    assert_eq!(desk.run("award-contract", &body).unwrap_err().code, "party-ended");
}

fn novate(desk: &mut Desk, from: &str, to: &str, on: &str) -> Result<(), domain::refusal::Refusal> {
    let body = format!(
        r#"{{"contract":"c","from":"{from}","to":"{to}","effective_from":"{on}","reason":"deed of novation"}}"#
    );
    desk.run("novate-contract", &body)
}

/// Only this contract moves: another of the same trust stays with it.
#[test]
fn a_novated_contract_is_owed_to_who_took_it_over() {
    let mut desk = Desk::default();
    desk.award(BLOCK);
    desk.award(&BLOCK.replace("contract: c", "contract: other"));
    register(&mut desk, "newtrust");
    novate(&mut desk, "trust", "newtrust", "2014-10-01").unwrap();
    pay(&mut desk, "2014/15", "pct", "2014-05-15").unwrap();
    let settle = |contract: &str, as_of: &str| told(&desk.settle(contract, "2014/15", as_of));
    assert_eq!(settle("c", "2014-09-30"), "pct owes trust 600000.00, paid 100000.00");
    assert_eq!(settle("c", "2014-10-31"), "pct owes newtrust 700000.00, paid 100000.00");
    assert_eq!(settle("other", "2014-10-31"), "pct owes trust 700000.00, paid 0.00");
}

#[test]
fn a_novation_of_what_is_not_there_is_refused() {
    let mut desk = desk();
    register(&mut desk, "newtrust");
    for (from, to, on, code) in [
        ("pct", "newtrust", "2014-10-01", "not-a-party"),
        ("ccg", "trust", "2014-10-01", "already-a-party"),
        ("trust", "newtrust", "2024-10-01", "outside-term"),
        ("trust", "nobody", "2014-10-01", "unknown-party"),
    ] {
        assert_eq!(novate(&mut desk, from, to, on).unwrap_err().code, code, "{from} to {to}");
    }
    novate(&mut desk, "trust", "newtrust", "2016-10-01").unwrap();
    register(&mut desk, "third");
    assert_eq!(novate(&mut desk, "trust", "third", "2015-10-01").unwrap_err().code, "out-of-turn");
}

#[test]
fn a_renamed_party_is_called_by_its_name_of_the_day() {
    let mut desk = Desk::default();
    desk.award(BLOCK);
    let body = r#"{"party":"trust","name":"Fellside Care","on":"2015-04-01","reason":"new articles"}"#;
    desk.run("rename-party", body).unwrap();
    let name = |day: &str| desk.book.name_on(&"trust".parse().unwrap(), domain::time::date(day).unwrap());
    assert_eq!((name("2015-03-31"), name("2015-04-01")), ("trust".to_owned(), "Fellside Care".to_owned()));
    let empty = r#"{"party":"trust","name":" ","on":"2015-04-01","reason":"x"}"#;
    assert_eq!(desk.run("rename-party", empty).unwrap_err().code, "name-empty");
}

/// A body that is known to end on a day is refused after it, with who came after it once that is recorded.
#[test]
fn a_body_outside_its_validity_is_refused() {
    let mut desk = Desk::default();
    let register = |desk: &mut Desk, from: &str, to: &str| {
        let body = format!(r#"{{"party":"ccg","name":"The group","valid_from":"{from}","valid_to":"{to}"}}"#);
        desk.run("register-party", &body)
    };
    assert_eq!(register(&mut desk, "2013-04-01", "2013-03-31").unwrap_err().code, "ends-before-it-begins");
    register(&mut desk, "2013-04-01", "2022-06-30").unwrap();
    desk.award(&BLOCK.replace("pct", "ccg"));
    pay(&mut desk, "2022/23", "ccg", "2022-06-30").unwrap();
    let refused = |desk: &mut Desk| {
        let refusal = pay(desk, "2022/23", "ccg", "2022-07-01").unwrap_err();
        (refusal.code, refusal.message, refusal.hint)
    };
    let (code, message, hint) = refused(&mut desk);
    assert_eq!(code, "party-ended");
    assert_eq!(message, "`ccg` ended on 2022-06-30, and 2022-07-01 is after it");
    assert_eq!(hint, "name the body that came after it; succeed-party says which that is");
    desk.run("register-party", r#"{"party":"icb","name":"The board"}"#).unwrap();
    succeed(&mut desk, "ccg", "icb", "2022-07-01").unwrap();
    assert_eq!(refused(&mut desk).2, "name its successor, `icb`");
    let award = BLOCK.replace("contract: c", "contract: later").replace("pct", "ccg");
    let terms = domain::terms::Terms::from_yaml(&award).unwrap();
    let body = format!(r#"{{"signed_on":"2022-07-02","terms":{}}}"#, serde_json::to_string(&terms).unwrap());
    assert_eq!(desk.run("award-contract", &body).unwrap_err().code, "party-ended");
}
