//! Variations that replace the text of the terms: what was said before stays said, and each month pays by the
//! text and the value in force when care was given.

use domain::book::Book;

use crate::cases::Desk;
use crate::paying::{check, contract, terms};

const AMOUNT: &str = r#"pay: [{clause: "1", kind: block, amount: "1200000.00"}]"#;

/// The same block at another amount from a day on.
fn raised(from: &str, amount: &str) -> String {
    terms(&format!(
        "pay: [{{clause: \"1\", kind: block, amount: [{{from: 2025-04-01, value: \"1200000.00\"}}, {{from: {from}, value: \"{amount}\"}}]}}]"
    ))
}

fn vary(desk: &mut Desk, number: u32, signed: &str, from: &str, yaml: &str) -> Result<(), String> {
    let terms = domain::terms::Terms::from_yaml(yaml).unwrap_or_else(|faults| panic!("{faults:#?}"));
    let terms = serde_json::to_string(&terms).unwrap();
    let body = format!(
        r#"{{"contract":"c","number":{number},"signed_on":"{signed}","effective_from":"{from}","reason":"agreed","terms":{terms}}}"#
    );
    desk.run("vary-contract", &body).map_err(|refusal| format!("{}: {}", refusal.code, refusal.message))
}

/// 100,000 a month; from October 105,000, signed in December. Asked about September and November, before and
/// after the signature was recorded: six months are 600,000 whenever asked; eight are 800,000 as known
/// before, 810,000 after.
#[test]
fn a_price_signed_late_changes_the_past_as_known_later() {
    let mut desk = contract(AMOUNT);
    let before: Book = desk.book.clone();
    vary(&mut desk, 1, "2025-12-10", "2025-10-01", &raised("2025-10-01", "1260000.00")).unwrap();
    let known_before = Desk { book: before };
    for (asked, as_of, payable, version) in [
        (&known_before, "2025-09-30", "600000.00", 1),
        (&known_before, "2025-11-30", "800000.00", 1),
        (&desk, "2025-09-30", "600000.00", 2),
        (&desk, "2025-11-30", "810000.00", 2),
    ] {
        assert_eq!(asked.payable(as_of), payable, "as of {as_of}");
        assert_eq!(asked.statement(as_of).terms_version, version);
    }
}

/// October and November were paid at 100,000; December brings its own 105,000 and 10,000 of arrears.
#[test]
fn arrears_are_paid_in_the_month_of_signature() {
    let mut desk = contract(AMOUNT);
    vary(&mut desk, 1, "2025-12-10", "2025-10-01", &raised("2025-10-01", "1260000.00")).unwrap();
    let statement = desk.statement("2025-12-31");
    let paid = |month: &str| {
        let row = statement.schedule.iter().find(|row| row.month.to_string() == month).unwrap();
        format!("{} of which {}", row.amount, row.arrears)
    };
    for (month, expected) in [
        ("2025-09", "100000.00 of which 0.00"),
        ("2025-10", "100000.00 of which 0.00"),
        ("2025-11", "100000.00 of which 0.00"),
        ("2025-12", "115000.00 of which 10000.00"),
        ("2026-01", "105000.00 of which 0.00"),
    ] {
        assert_eq!(paid(month), expected, "{month}");
    }
    let whole: i64 = statement.schedule.iter().map(|row| crate::paying::pence(&row.amount.to_string())).sum();
    assert_eq!(whole, 123_000_000);
}

/// A second text from January, signed in February: 600,000 + 3 × 105,000 + 3 × 110,000 = 1,245,000 for the
/// year. Until February the schedule is that of the first text; February brings 110,000 and 5,000 of arrears
/// for January.
#[test]
fn a_second_text_follows_the_first() {
    let mut desk = contract(AMOUNT);
    vary(&mut desk, 1, "2025-12-10", "2025-10-01", &raised("2025-10-01", "1260000.00")).unwrap();
    let second = raised("2025-10-01", "1260000.00")
        .replace("\"1260000.00\"}", "\"1260000.00\"}, {from: 2026-01-01, value: \"1320000.00\"}");
    vary(&mut desk, 2, "2026-02-05", "2026-01-01", &second).unwrap();
    let statement = desk.statement("2026-03-31");
    check(&statement, &[("1/block", "1245000.00")]);
    let rows = ["2025-12", "2026-01", "2026-02", "2026-03"].map(|month| {
        statement.schedule.iter().find(|row| row.month.to_string() == month).unwrap().amount.to_string()
    });
    assert_eq!(rows, ["115000.00", "105000.00", "115000.00", "110000.00"]);
}

#[test]
fn a_text_in_error_is_taken_back() {
    let mut desk = contract(AMOUNT);
    vary(&mut desk, 1, "2025-12-10", "2025-10-01", &raised("2025-10-01", "1260000.00")).unwrap();
    let entry = desk.book.entry;
    desk.run("record-in-error", &format!(r#"{{"contract":"c","entry":{},"reason":"not signed"}}"#, entry.0))
        .unwrap();
    assert_eq!(desk.payable("2025-11-30"), "800000.00");
}

#[test]
fn a_text_that_is_no_variation_is_refused() {
    let mut desk = contract(AMOUNT);
    let mut told = |from: &str, yaml: &str| vary(&mut desk, 1, "2025-12-10", from, yaml).unwrap_err();
    let other = terms(AMOUNT).replace("lead: trust", "lead: other");
    assert!(told("2025-10-01", &other).contains("does not change parties"));
    let longer = terms(AMOUNT).replace("2027/28", "2028/29");
    assert!(told("2025-10-01", &longer).contains("does not change years"));
    assert_eq!(
        told("2025-10-01", &raised("2025-08-01", "1260000.00")),
        "changes-the-past: the value at /pay/0/amount differs before 2025-10-01, where the old text is in force"
    );
    let neither = r#"{"contract":"c","number":1,"signed_on":"2025-12-10","effective_from":"2025-10-01"}"#;
    assert_eq!(desk.run("vary-contract", neither).unwrap_err().code, "not-a-variation");
}

/// A plan that is raised for the next year, in a text signed in this one, leaves this year's limits as they
/// were: 1,000.00 a month and no more than 5% above. The same plan written plain would have moved them.
#[test]
fn a_plan_of_the_next_year_leaves_this_one_alone() {
    let planned = |plan: &str| {
        terms(&format!("pay: [{{clause: \"1\", kind: activity_at_price, plan: {plan}, cap: 5%}}]"))
    };
    let mut desk = Desk::default();
    desk.award(&planned("\"12000.00\""));
    desk.activity("2025-04", "5000.00", 1);
    desk.activity("2026-04", "5000.00", 1);
    let dated = planned("[{from: 2025-04-01, value: \"12000.00\"}, {from: 2026-04-01, value: \"24000.00\"}]");
    vary(&mut desk, 1, "2025-12-10", "2026-04-01", &dated).unwrap();
    assert_eq!(desk.payable("2025-04-30"), "1050.00");
    check(&desk.settle("c", "2026/27", "2026-04-30"), &[("1/activity-payable", "2100.00")]);
    let past = planned("[{from: 2025-04-01, value: \"24000.00\"}]");
    let refused = vary(&mut desk, 2, "2025-12-11", "2026-04-01", &past).unwrap_err();
    assert!(
        refused.starts_with("changes-the-past: the value at /pay/0/plan differs before 2026-04-01"),
        "{refused}"
    );
}
