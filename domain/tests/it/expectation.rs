//! What is expected and not so yet, and how much of it stops a contract from starting or a year from being
//! closed.

use domain::verb::expectation::Kind;

use crate::cases::Desk;

/// Worked example 26: a first year of 161,904,762.00, which is 34,000,000.00 ÷ 21%; published figures of a
/// contract that started in 2015.
fn terms(limit: &str) -> String {
    format!(
        r#"
contract: older-people
title: Older people's and adult community services
parties: {{commissioner: ccg, lead: partnership}}
years: {{kind: nhs, from: 2015/16, to: 2019/20}}
rounding: {{unit: 0.01, at: line}}
stop_start_above: {limit}
pay:
  - {{clause: "1", kind: block, amount: "161904762.00"}}
  - {{clause: "2", kind: activity_at_price, plan: "0.00", cap: 0%}}
"#
    )
}

fn item(name: &str, amount: &str, more: &str) -> String {
    format!(
        r#"{{"contract":"older-people","year":"2015/16","item":"{name}","amount":"{amount}","owner":"ccg","by":"2015-03-31","reason":"to be negotiated"{more}}}"#
    )
}

const START: &str = r#"{"contract":"older-people","on":"2015-04-01"}"#;

fn desk(limit: &str) -> Desk {
    let mut desk = Desk::default();
    desk.award(&terms(limit));
    desk
}

#[test]
fn too_much_left_open_stops_the_start_and_is_named() {
    let mut desk = desk("20%");
    // 20,000,000.00 open and a variation of 14,000,000.00 expected: 34,000,000.00 of 161,904,762.00 are
    // 21.00%.
    desk.run("raise-open-item", &item("estates", "20000000.00", "")).unwrap();
    desk.run("expect-variation", &item("staff", "14000000.00", r#","probability":"60%""#)).unwrap();
    let refused = desk.run("start-contract", START).unwrap_err();
    assert_eq!(refused.code, "too-much-open");
    assert_eq!(
        refused.message,
        "`older-people` cannot start: £34,000,000.00 of £161,904,762.00, 21%, is unresolved in 2015/16, more than 20%: \
         open item estates £20,000,000.00, expected variation staff £14,000,000.00"
    );
    // Closing 1,619,048.00 of it leaves 32,380,952.00: a fifth of 161,904,762.00 is 32,380,952.40.
    let close = r#"{"contract":"older-people","item":"estates","amount":"1619047.00","on":"2015-03-20","reason":"agreed"}"#;
    desk.run("close-open-item", close).unwrap();
    assert_eq!(desk.run("start-contract", START).unwrap_err().code, "too-much-open");
    let last =
        r#"{"contract":"older-people","item":"estates","amount":"1.00","on":"2015-03-20","reason":"agreed"}"#;
    desk.run("close-open-item", last).unwrap();
    desk.run("start-contract", START).unwrap();
    assert_eq!(desk.run("start-contract", START).unwrap_err().code, "already-started");
}

/// 34,000,000.00 are 20.9999...% of the first year's price, so a limit of 21% lets them pass; of a price of
/// 152,000,000.00, as it was bid, they are 22.37%.
#[test]
fn what_is_at_the_limit_passes() {
    let mut at_the_price = desk("21%");
    at_the_price.run("raise-open-item", &item("costs", "34000000.00", "")).unwrap();
    at_the_price.run("start-contract", START).unwrap();
    let mut as_bid = Desk::default();
    as_bid.award(&terms("21%").replace("161904762.00", "152000000.00"));
    as_bid.run("raise-open-item", &item("costs", "34000000.00", "")).unwrap();
    let refused = as_bid.run("start-contract", START).unwrap_err();
    assert!(refused.message.contains("22.37%"), "{}", refused.message);
}

#[test]
fn an_open_challenge_stops_the_close_of_its_year() {
    let mut desk = desk("2%");
    let draw_up =
        r#"{"contract":"older-people","year":"2015/16","as_of":"2016-06-30","with_estimates":"no activity"}"#;
    let challenge = r#"{"contract":"older-people","challenge":"C1","month":"2015-05","amount":"4000000.00","reason":"no approval","clause":"2"}"#;
    desk.run("raise-challenge", challenge).unwrap();
    desk.run_as("jo@ccg", "draw-up-settlement", draw_up).unwrap();
    let entry = desk.book.entry;
    let of = |party: &str| {
        format!(r#"{{"contract":"older-people","year":"2015/16","entry":{entry},"party":"{party}"}}"#)
    };
    desk.run_as("ann@ccg", "agree-settlement", &of("ccg")).unwrap();
    desk.run_as("sam@partnership", "prepare-agreement", &of("partnership")).unwrap();
    // 2% of 161,904,762.00 are 3,238,095.24.
    let refused = desk.run_as("kim@partnership", "agree-settlement", &of("partnership")).unwrap_err();
    assert_eq!(refused.code, "too-much-open");
    assert!(refused.message.contains("cannot close 2015/16"), "{}", refused.message);
    let resolved = r#"{"contract":"older-people","challenge":"C1","upheld":"0.00","reason":"approved"}"#;
    desk.run("resolve-challenge", resolved).unwrap();
    desk.run_as("kim@partnership", "agree-settlement", &of("partnership")).unwrap();
}

#[test]
fn an_expectation_ends_in_parts_and_not_beyond() {
    let mut desk = desk("2%");
    let code = |refused: Result<(), domain::refusal::Refusal>| refused.unwrap_err().code;
    assert_eq!(code(desk.run("expect-variation", &item("ward", "500.00", ""))), "probability");
    let likely = r#","probability":"60%""#;
    assert_eq!(code(desk.run("promise-saving", &item("rota", "500.00", likely))), "probability");
    assert_eq!(code(desk.run("promise-saving", &item("rota", "0.00", ""))), "not-positive");
    desk.run("promise-saving", &item("rota", "500.00", "")).unwrap();
    assert_eq!(code(desk.run("promise-saving", &item("rota", "600.00", ""))), "item-exists");
    // Another kind may have the same name.
    desk.run("make-accrual", &item("rota", "80.00", "")).unwrap();
    let delivered = |amount: &str| {
        format!(
            r#"{{"contract":"older-people","item":"rota","amount":"{amount}","on":"2015-09-30","reason":"so far"}}"#
        )
    };
    desk.run("deliver-saving", &delivered("200.00")).unwrap();
    assert_eq!(code(desk.run("deliver-saving", &delivered("300.01"))), "more-than-expected");
    let open = |desk: &Desk| -> Vec<(Kind, String)> {
        let case = desk.book.case(&"older-people".parse().unwrap()).unwrap();
        case.expected().iter().map(|o| (o.kind, o.left.to_string())).collect()
    };
    assert_eq!(open(&desk), [(Kind::Saving, "300.00".to_owned()), (Kind::Accrual, "80.00".to_owned())]);
    desk.run("deliver-saving", &delivered("300.00")).unwrap();
    assert_eq!(open(&desk), [(Kind::Accrual, "80.00".to_owned())]);
    assert_eq!(code(desk.run("close-open-item", &delivered("1.00"))), "unknown-item");
}
