//! Published price lists: each line is paid by the list in force in the month of care, as far as it is known.

use crate::cases::Desk;
use crate::paying::{check, contract, faults};

fn publish(
    desk: &mut Desk,
    from: &str,
    to: &str,
    price: &str,
    mff: &str,
) -> Result<(), domain::refusal::Refusal> {
    let to = if to.is_empty() { String::new() } else { format!(r#""to":"{to}","#) };
    let body = format!(
        r#"{{"list":"tariff","from":"{from}",{to}"prices":[{{"tariff_code":"ATT","pod":"OP","price":"{price}"}}],"mff":[{mff}]}}"#
    );
    desk.run("publish-prices", &body)
}

fn attend(desk: &mut Desk, month: &str, count: u32) {
    let body = format!(
        r#"{{"contract":"c","provider":"trust","month":"{month}","flow":"local","stage":"freeze","value":"0.00","count":"{count}",
          "lines":[{{"pod":"OP","tariff_code":"ATT","count":"{count}"}}]}}"#
    );
    desk.run("report-activity", &body).unwrap();
}

/// Ten attendances in September and ten in October at 40.00 are 800.00. A list for October on, published in
/// December, makes October 10 × 42.00 × 1.05 = 441.00, as known from then on.
#[test]
fn a_list_published_late_changes_the_past_as_known_later() {
    let mut desk = contract(r#"pay: [{clause: "1", kind: unit_price, price_list: tariff}]"#);
    publish(&mut desk, "2025-04-01", "", "40.00", "").unwrap();
    attend(&mut desk, "2025-09", 10);
    attend(&mut desk, "2025-10", 10);
    let before = Desk { book: desk.book.clone() };
    publish(&mut desk, "2025-10-01", "2026-03-31", "42.00", r#"{"provider":"trust","factor":"1.05"}"#)
        .unwrap();
    for (asked, as_of, payable) in [
        (&before, "2025-09-30", "400.00"),
        (&before, "2025-10-31", "800.00"),
        (&desk, "2025-09-30", "400.00"),
        (&desk, "2025-10-31", "841.00"),
    ] {
        assert_eq!(asked.payable(as_of), payable, "as of {as_of}");
    }
    let statement = desk.statement("2025-10-31");
    let line = statement.lines.iter().find(|l| l.working.text.contains("42")).unwrap();
    assert_eq!(line.value.as_deref(), Some("441.00"));
}

/// A list says in any order what each code costs at each point of delivery, and a line finds its own.
#[test]
fn every_code_has_its_own_price_at_each_point_of_delivery() {
    let prices = [
        ("ZZ9", "OP", 7),
        ("ATT", "OP", 1),
        ("ATT", "EL", 2),
        ("B", "OP", 3),
        ("ATT", "NEL", 4),
        ("", "EL", 5),
    ];
    let mut desk = contract(r#"pay: [{clause: "1", kind: unit_price, price_list: tariff}]"#);
    let listed = prices.map(|(code, pod, price)| {
        format!(r#"{{"tariff_code":"{code}","pod":"{pod}","price":"{price}.00"}}"#)
    });
    let body = format!(r#"{{"list":"tariff","from":"2025-04-01","prices":[{}]}}"#, listed.join(","));
    desk.run("publish-prices", &body).unwrap();
    let unlisted = [("ATT", "ZZ"), ("B", "EL"), ("A", "OP"), ("ZZZ", "OP")];
    for (code, pod) in prices.iter().map(|(code, pod, _)| (*code, *pod)).chain(unlisted) {
        let expected =
            prices.iter().find(|p| (p.0, p.1) == (code, pod)).map(|(.., price)| format!("{price}.00"));
        let mut desk = Desk { book: desk.book.clone() };
        let body = format!(
            r#"{{"contract":"c","provider":"trust","month":"2025-04","flow":"local","stage":"freeze","value":"0.00","count":"1",
              "lines":[{{"pod":"{pod}","tariff_code":"{code}","count":"1"}}]}}"#
        );
        desk.run("report-activity", &body).unwrap();
        let statement = desk.statement("2025-04-30");
        let priced = statement.lines.iter().find(|line| line.id == "c/1/priced-activity");
        assert_eq!(priced.and_then(|line| line.value.clone()), expected, "{code} at {pod}: {statement}");
    }
}

/// After the later list has ended, the earlier one, which never ended, is in force again.
#[test]
fn a_list_that_ended_gives_way_to_the_one_before() {
    let mut desk = contract(r#"pay: [{clause: "1", kind: unit_price, price_list: tariff}]"#);
    publish(&mut desk, "2025-04-01", "", "40.00", "").unwrap();
    publish(&mut desk, "2025-04-01", "2025-04-30", "42.00", "").unwrap();
    attend(&mut desk, "2025-04", 1);
    attend(&mut desk, "2025-05", 1);
    check(&desk.statement("2025-05-31"), &[("1/priced-activity", "82.00")]);
}

#[test]
fn care_before_any_list_has_no_price() {
    let mut desk = contract(r#"pay: [{clause: "1", kind: unit_price, price_list: tariff}]"#);
    publish(&mut desk, "2025-05-01", "", "40.00", "").unwrap();
    attend(&mut desk, "2025-04", 1);
    let statement = desk.statement("2025-04-30");
    assert!(!statement.complete && statement.payables[0].entitled.is_none(), "{statement}");
}

/// A factor with a name is that provider's; one without is everybody's.
#[test]
fn a_factor_may_be_one_provider_s() {
    let mut desk = contract(
        r#"pay: [{clause: "1", kind: unit_price, price_list: tariff,
          mff: [{from: 2025-04-01, factor: 1.1}, {provider: trust, from: 2025-10-01, factor: 1.2}]}]"#,
    );
    publish(&mut desk, "2025-04-01", "", "10.00", "").unwrap();
    attend(&mut desk, "2025-09", 1);
    attend(&mut desk, "2025-10", 1);
    check(&desk.statement("2025-10-31"), &[("1/priced-activity", "23.00")]);
}

#[test]
fn what_is_no_list_is_refused() {
    let mut desk = contract(r#"pay: [{clause: "1", kind: unit_price, price_list: tariff}]"#);
    let mut told = |from: &str, to: &str, price: &str, mff: &str| {
        publish(&mut desk, from, to, price, mff).unwrap_err().code
    };
    assert_eq!(told("2025-04-15", "", "1.00", ""), "not-a-whole-month");
    assert_eq!(told("2025-04-01", "2025-03-31", "1.00", ""), "not-a-whole-month");
    assert_eq!(told("2025-04-01", "", "-1.00", ""), "price-negative");
    assert_eq!(told("2025-04-01", "", "1.00", r#"{"provider":"trust","factor":"0"}"#), "factor-not-positive");
    assert_eq!(told("2025-04-01", "", "1.00", r#"{"provider":"nobody","factor":"1"}"#), "unknown-party");
    let mut weights = |weights: &str| {
        let body = format!(r#"{{"list":"needs","from":"2025-04-01","weights":[{weights}]}}"#);
        desk.run("publish-prices", &body).map_err(|refusal| refusal.code)
    };
    assert_eq!(weights("").unwrap_err(), "no-prices");
    assert_eq!(weights(r#"{"band":"old","weight":"-1"}"#).unwrap_err(), "weight-negative");
    let twice = r#"{"band":"old","weight":"1"},{"band":"old","weight":"2"}"#;
    assert_eq!(weights(twice).unwrap_err(), "band-twice");
    weights(r#"{"band":"old","weight":"0"}"#).unwrap();
    let both = r#"pay: [{clause: "1", kind: unit_price, price_list: tariff,
        prices: [{tariff_code: A, pod: OP, from: 2025-04-01, price: "1.00"}]}]"#;
    assert_eq!(faults(both), ["/pay/0/price_list: `prices` and `price_list` say the same thing twice"]);
}

/// A list's factors may be those of the days before the contract's own begin: ten attendances of September at
/// the list's 1.05 are 420.00, ten of October at the contract's 1.1 are 440.00. Without a list there is
/// nothing before October.
#[test]
fn a_list_has_the_factors_of_the_days_before_the_contract_s_own() {
    let late = "mff: [{from: 2025-10-01, factor: 1.1}]";
    let mut desk =
        contract(&format!("pay: [{{clause: \"1\", kind: unit_price, price_list: tariff, {late}}}]"));
    publish(&mut desk, "2025-04-01", "", "40.00", r#"{"provider":"trust","factor":"1.05"}"#).unwrap();
    attend(&mut desk, "2025-09", 10);
    attend(&mut desk, "2025-10", 10);
    check(&desk.statement("2025-10-31"), &[("1/priced-activity", "860.00")]);
    let own = "prices: [{tariff_code: ATT, pod: OP, from: 2025-04-01, price: \"40.00\"}]";
    let clause = |mff: &str| format!("pay: [{{clause: \"1\", kind: unit_price, {own}, {mff}}}]");
    let gap = "/pay/0/mff/0/from: care from 2025-04-01 has no market forces factor until 2025-10-01";
    assert_eq!(faults(&clause(late)), [gap]);
    // Everybody's factor covers the days before one provider's own.
    let theirs = "mff: [{provider: trust, from: 2025-10-01, factor: 1.2}, {from: 2025-04-01, factor: 1.1}]";
    domain::terms::Terms::from_yaml(&crate::paying::terms(&clause(theirs))).unwrap();
}

/// A statement that prices by a list relies on it: a list published while it is drawn up is not passed over.
#[test]
fn a_statement_relies_on_the_list_that_it_prices_by() {
    let desk = contract(r#"pay: [{clause: "1", kind: unit_price, price_list: tariff}]"#);
    let draw_up = r#"{"contract":"c","year":"2025/26","as_of":"2026-03-31"}"#;
    let command = domain::verb::Command::read("draw-up-settlement", draw_up).unwrap().unwrap();
    let relied_on = command.relies_on(&desk.book);
    assert!(relied_on.iter().any(|stream| stream.to_string() == "price-list/tariff"), "{relied_on:?}");
}

/// Factors and top-ups are of prices: each of them alone is refused where there are none.
#[test]
fn what_goes_with_prices_is_refused_without_them() {
    for alone in
        ["mff: [{from: 2025-04-01, factor: 1}]", "topups: [{flag: home, rate: 30%}]", "topup_base: price"]
    {
        let clause = format!("pay: [{{clause: \"1\", kind: activity_at_price, {alone}}}]");
        assert_eq!(faults(&clause), ["/pay/0: factors and top-ups are of prices, and there are none"]);
    }
}
