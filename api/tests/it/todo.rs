//! What is to be done, from the first late freeze to the last agreement.

use crate::ledger::{Desk, times};

const TERMS: &str = r#"
contract: acute
title: Activity
parties: {commissioner: icb, lead: trust}
years: {kind: nhs, from: 2025/26, to: 2025/26}
rounding: {unit: 0.01, at: line}
outcomes:
  - {indicator: score, direction: higher, floor: 0, target: 1}
pay:
  - {clause: "1", kind: core, budget: "1200.00", withheld: 10%}
  - {clause: "2", kind: outcome_pot, of: core.withheld, score: score, deadline: 90 days, late: zero}
  - {clause: "3", kind: activity_at_price, plan: "0.00", cap: 0%}
"#;

/// Everything to be done: whose turn, what, by when, worth how much.
async fn list(desk: &Desk, party: Option<&str>, as_of: &str) -> Vec<String> {
    let party = party.map(|p| p.parse().unwrap());
    let all = desk.app.todo(party.as_ref(), times(as_of, "now")).await.unwrap();
    all.iter().map(|todo| todo.to_string().trim_end().to_owned()).collect()
}

#[tokio::test]
async fn everything_open_has_somebody_whose_turn_it_is() {
    let mut desk = Desk::new().await;
    desk.award(TERMS).await; // entries 2 to 4
    assert!(list(&desk, None, "2025-05-31").await.is_empty());
    desk.done(
        "report-activity",
        r#"{"contract":"acute","provider":"trust","month":"2025-04","flow":"PLCM","stage":"flex","value":"90.00"}"#,
    )
    .await;
    desk.done(
        "raise-challenge",
        r#"{"contract":"acute","challenge":"C1","month":"2025-04","amount":"60.00","reason":"wrong commissioner","answer_by":"2025-06-20"}"#,
    )
    .await;
    desk.done(
        "expect-variation",
        r#"{"contract":"acute","year":"2025/26","item":"ward","amount":"500.00","probability":"60%","owner":"icb","by":"2025-06-30","reason":"twelve beds"}"#,
    )
    .await;
    let challenge = "trust, acute 2025/26: answer challenge C1: wrong commissioner";
    let freeze = "trust, acute 2025/26: freeze PLCM of 2025-04, reported as flex (no day set, £90.00)";
    let variation =
        "icb, acute 2025/26: expected variation ward: twelve beds, likely at 60% (by 2025-06-30, £500.00)";
    assert_eq!(
        list(&desk, None, "2025-05-31").await,
        [format!("{challenge} (by 2025-06-20, £60.00)"), variation.to_owned(), freeze.to_owned()]
    );
    assert_eq!(
        list(&desk, Some("trust"), "2025-06-21").await,
        [format!("{challenge} (by 2025-06-20, overdue, £60.00)"), freeze.to_owned()]
    );
    assert_eq!(list(&desk, Some("icb"), "2025-05-31").await, [variation]);
}

/// 80.00 accrued, 30.00 of it released: 50.00 stand in the position, to be received by one and paid by the
/// other.
#[tokio::test]
async fn an_accrual_stands_in_the_position_until_it_is_released() {
    let mut desk = Desk::new().await;
    desk.award(TERMS).await;
    desk.done(
        "make-accrual",
        r#"{"contract":"acute","year":"2025/26","item":"month 12","amount":"80.00","owner":"trust","by":"2026-06-30","reason":"March, not frozen"}"#,
    )
    .await;
    desk.done(
        "release-accrual",
        r#"{"contract":"acute","item":"month 12","amount":"30.00","on":"2026-04-20","reason":"invoiced"}"#,
    )
    .await;
    for (party, accrued) in [("trust", "50.00"), ("icb", "-50.00")] {
        let position = desk.position(party, "2026-03-31", "now").await;
        assert_eq!(position.rows[0].accrued.to_string(), accrued, "{party}");
    }
}

#[tokio::test]
async fn a_year_goes_from_its_measures_to_its_agreements() {
    let mut desk = Desk::new().await;
    let block = TERMS.split("  - {clause: \"3\"").next().unwrap();
    desk.award(block).await;
    assert_eq!(
        list(&desk, None, "2026-04-30").await,
        ["trust, acute 2025/26: measure Measured: score (clause 2) (by 2026-06-29)"]
    );
    let measured = r#"{"contract":"acute","indicator":"score","period":"2025/26","value":"0.5"}"#;
    desk.done("measure-outcome", measured).await;
    // 1,080.00 and half of the 120.00 withheld.
    let draw_up = "icb, acute 2025/26: draw the settlement up (no day set, £1,140.00)";
    assert_eq!(list(&desk, None, "2026-04-30").await, [draw_up]);
    let entry = desk
        .done("draw-up-settlement", r#"{"contract":"acute","year":"2025/26","as_of":"2026-04-30"}"#)
        .await;
    let agree = |party: &str| {
        format!("{party}, acute 2025/26: agree the statement of entry {entry} (no day set, £1,140.00)")
    };
    assert_eq!(list(&desk, None, "2026-04-30").await, [agree("icb"), agree("trust")]);
}

/// A deadline until it is met, a guarantee until it ends, a proposed sum until it is agreed.
#[tokio::test]
async fn deadlines_guarantees_and_proposed_sums_are_somebodys_turn() {
    let mut desk = Desk::new().await;
    desk.done("register-party", r#"{"party":"trust","name":"The Trust"}"#).await;
    desk.award(TERMS.split("  - {clause: \"2\"").next().unwrap()).await;
    desk.done("register-party", r#"{"party":"bank","name":"A bank"}"#).await;
    let deadline = r#"{"contract":"acute","year":"2025/26","item":"freeze of April","amount":"90.00","owner":"trust","by":"2025-06-18","reason":"the data timetable"}"#;
    desk.done("set-deadline", deadline).await;
    let guarantee = r#"{"contract":"acute","guarantee":"bond","guarantor":"bank","party":"trust","amount":"700.00","until":"2025-12-31","reason":"advances"}"#;
    desk.done("give-guarantee", guarantee).await;
    // The desk's person acts for the payer only in name: the ledger believes who is named.
    let proposed = r#"{"contract":"acute","year":"2025/26","amount":"1100.00","reason":"to close it","party":"northmoor"}"#;
    assert_eq!(desk.run("propose-fixed-sum", proposed).await.unwrap_err().code, "not-a-side");
    let freeze = "trust, acute 2025/26: deadline freeze of April: the data timetable (by 2025-06-18, £90.00)";
    let bond = "bank, acute 2025/26: renew guarantee bond for The Trust, or let it end: advances (by 2025-12-31, £700.00)";
    assert_eq!(list(&desk, None, "2025-05-31").await, [freeze, bond]);
    let met = r#"{"contract":"acute","item":"freeze of April","amount":"90.00","on":"2025-06-17","reason":"frozen"}"#;
    desk.done("meet-deadline", met).await;
    assert_eq!(list(&desk, None, "2025-12-31").await, [bond]);
    assert!(list(&desk, None, "2026-01-01").await.is_empty());
}
