//! What comes to be known about a closed year is posted in the open year, once, whatever the order.

use crate::cases::{Desk, value};

const TERMS: &str = r#"
contract: head
title: An outcome pot
parties: {commissioner: icb, lead: lead}
years: {kind: nhs, from: 2024/25, to: 2027/28}
rounding: {unit: 0.01, at: line}
outcomes:
  - {indicator: recovery, direction: higher, floor: 60, target: 80}
pay:
  - {clause: "1", kind: core, budget: "1000000.00", withheld: 100%}
  - {clause: "2", kind: outcome_pot, of: core.withheld, score: recovery, deadline: 90 days, late: zero}
"#;

fn measure(desk: &mut Desk, year: &str, value: &str) {
    let body = format!(r#"{{"contract":"head","indicator":"recovery","period":"{year}","value":"{value}"}}"#);
    desk.run("measure-outcome", &body).unwrap();
}

/// The year is drawn up (or restated) by jo as of the end of the next June, and agreed by both sides.
fn close(desk: &mut Desk, command: &str, year: &str, as_of: &str) {
    desk.run_as("jo@icb", command, &format!(r#"{{"contract":"head","year":"{year}","as_of":"{as_of}"}}"#))
        .unwrap();
    let of = format!(r#""contract":"head","year":"{year}","entry":{}"#, desk.book.entry);
    desk.run_as("ann@icb", "agree-settlement", &format!(r#"{{{of},"party":"icb"}}"#)).unwrap();
    desk.run_as("sam@lead", "prepare-agreement", &format!(r#"{{{of},"party":"lead"}}"#)).unwrap();
    desk.run_as("kim@lead", "agree-settlement", &format!(r#"{{{of},"party":"lead"}}"#)).unwrap();
}

fn payable(desk: &Desk, year: &str, as_of: &str) -> String {
    value(&desk.settle("head", year, as_of), "head/total/payable/icb-to-lead").to_owned()
}

const OF_2024: &str = "head/total/prior-year-adjustment/2024/25 icb-to-lead";

/// 2024/25 was measured at 74 and settled at (74 - 60) ÷ 20 = 70% of a million; then at 71, which is 55%.
fn restated_after_the_close() -> Desk {
    let mut desk = Desk::default();
    desk.award(TERMS);
    measure(&mut desk, "2024/25", "74");
    close(&mut desk, "draw-up-settlement", "2024/25", "2025-06-30");
    measure(&mut desk, "2024/25", "71");
    desk
}

#[test]
fn an_agreed_year_alone_posts_and_in_the_open_year_alone() {
    let mut desk = Desk::default();
    desk.award(TERMS);
    measure(&mut desk, "2024/25", "74");
    let body = r#"{"contract":"head","year":"2024/25","as_of":"2025-06-30"}"#;
    desk.run_as("jo@icb", "draw-up-settlement", body).unwrap();
    measure(&mut desk, "2024/25", "71");
    // Drawn up and not agreed: the fresh draft differs, and nothing is posted.
    assert!(desk.settle("head", "2025/26", "2026-03-31").line(OF_2024).is_none());
    let desk = restated_after_the_close();
    assert_eq!(value(&desk.settle("head", "2025/26", "2025-10-31"), OF_2024), "-150000.00");
    // Nothing waits for a year after the open one.
    assert!(desk.settle("head", "2026/27", "2026-04-30").line(OF_2024).is_none());
    // Before the settlement's business date there is no closed year.
    assert!(desk.settle("head", "2025/26", "2025-05-31").line(OF_2024).is_none());
}

#[test]
fn what_a_closed_year_has_posted_stays_and_the_next_takes_what_is_left() {
    let mut desk = restated_after_the_close();
    measure(&mut desk, "2025/26", "80");
    // 1,000,000.00 of its own, less 150,000.00 of the year before.
    assert_eq!(payable(&desk, "2025/26", "2026-06-30"), "850000.00");
    close(&mut desk, "draw-up-settlement", "2025/26", "2026-06-30");
    // Measured once more: 73 is 65%, so 650,000.00; 150,000.00 were taken off 700,000.00, so 100,000.00 come
    // back.
    measure(&mut desk, "2024/25", "73");
    assert_eq!(payable(&desk, "2025/26", "2026-07-31"), "850000.00");
    let next = desk.settle("head", "2026/27", "2026-07-31");
    assert_eq!(value(&next, OF_2024), "100000.00");
}

/// 700,000.00 settled, 150,000.00 taken off in 2025/26; restated at 550,000.00, so 2026/27 gives them back.
#[test]
fn a_restated_year_is_not_counted_twice() {
    let mut desk = restated_after_the_close();
    measure(&mut desk, "2025/26", "80");
    close(&mut desk, "draw-up-settlement", "2025/26", "2026-06-30");
    desk.run_as(
        "jo@icb",
        "reopen-year",
        r#"{"contract":"head","year":"2024/25","reason":"comparatives are restated","approved_by":{"person":"kim","party":"lead","role":"approver"}}"#,
    )
    .unwrap();
    // Reopened, it posts nothing: what it comes to is settled in the year itself.
    assert!(desk.settle("head", "2026/27", "2026-07-31").line(OF_2024).is_none());
    let restate = r#"{"contract":"head","year":"2024/25","as_of":"2026-07-31"}"#;
    desk.run_as("jo@icb", "restate-settlement", restate).unwrap();
    assert_eq!(value(&desk.settle("head", "2026/27", "2026-07-31"), OF_2024), "150000.00");
}
