//! Why a figure is what it is: bridges between two dates, lines taken apart, and counterparties who say
//! something else.

use domain::exact::Exact;

use crate::ledger::Desk;
use crate::ledger::times;

const TERMS: &str = r#"
contract: acute
title: Activity with a cap
parties: {commissioner: icb, lead: trust}
years: {kind: nhs, from: 2025/26, to: 2025/26}
rounding: {unit: 0.01, at: line}
pay:
  - {clause: "2", kind: activity_at_price, plan: "1200.00", cap: 10%, collar: 10%}
"#;

fn report(month: &str, stage: &str, value: &str) -> String {
    format!(
        r#"{{"contract":"acute","provider":"trust","month":"{month}","flow":"PLCM","stage":"{stage}","value":"{value}"}}"#
    )
}

fn claim(party: &str, other: &str, amount: &str) -> String {
    format!(
        r#"{{"contract":"acute","year":"2025/26","party":"{party}","counterparty":"{other}","basis":"income","amount":"{amount}","as_of":"2025-05-31"}}"#
    )
}

fn exact(text: &str) -> Exact {
    text.parse().unwrap()
}

/// Two months: April 100, then 105 at freeze; May 120, of which 110 is the most that the cap pays.
async fn two_months() -> Desk {
    let mut desk = Desk::new().await;
    desk.award(TERMS).await; // entries 2 to 4
    desk.done("report-activity", &report("2025-04", "flex", "100.00")).await; // 5
    desk.done("report-activity", &report("2025-05", "flex", "120.00")).await; // 6
    desk.done("report-activity", &report("2025-04", "freeze", "105.00")).await; // 7
    desk
}

#[tokio::test]
async fn a_bridge_tells_each_event_by_what_it_changed_and_sums_to_the_whole() {
    let desk = two_months().await;
    let (contract, year) = ("acute".parse().unwrap(), "2025/26".parse().unwrap());
    let may = Some("2025-05-31".parse().unwrap());
    let april = Some("2025-04-30".parse().unwrap());
    let bridge = desk
        .app
        .bridge(&contract, year, (april, "@5".parse().unwrap()), (may, "@7".parse().unwrap()))
        .await
        .unwrap();
    let payable = "acute/total/payable/icb-to-trust";
    let told: Vec<(Option<u64>, Exact)> = bridge
        .causes
        .iter()
        .flat_map(|cause| cause.changes.iter().map(move |change| (cause, change)))
        .filter(|(_, change)| change.line == payable)
        .map(|(cause, change)| (cause.entry.map(|e| e.0), change.by()))
        .collect();
    // April alone pays 100. With May, 220 of a plan of 200 is capped at 220; 225 still pays 220.
    assert_eq!(told, [(Some(6), exact("120"))]);
    let total: Exact = told.into_iter().map(|(_, by)| by).sum();
    let end = |side: &projections::bridge::End| side.payables[payable].clone().unwrap();
    assert_eq!(total, end(&bridge.to) - end(&bridge.from));
    let value = bridge.causes.iter().find(|c| c.entry.is_some_and(|e| e.0 == 7)).unwrap();
    let activity = value.changes.iter().find(|c| c.line == "acute/2/activity-value").unwrap();
    assert_eq!(activity.by(), exact("5"));
}

#[tokio::test]
async fn a_bridge_backwards_is_refused() {
    let desk = two_months().await;
    let (contract, year) = ("acute".parse().unwrap(), "2025/26".parse().unwrap());
    let refused =
        desk.app.bridge(&contract, year, (None, "@7".parse().unwrap()), (None, "@5".parse().unwrap())).await;
    assert_eq!(refused.unwrap_err().code, "backwards");
}

#[tokio::test]
async fn a_line_is_taken_apart_down_to_its_events() {
    let desk = two_months().await;
    let asked = times("2025-05-31", "now");
    let explained = desk.app.explain("acute/total/payable/icb-to-trust", None, asked).await.unwrap();
    let text = explained.to_string();
    for expected in [
        "Payable for activity = 220.00",
        r#""cap":"10%""#,
        "entry 7, activity-reported by a.tester for northmoor",
    ] {
        assert!(text.contains(expected), "{expected} in\n{text}");
    }
    assert!(!text.contains("entry 5,"), "the flex report was replaced:\n{text}");
    let refused = desk.app.explain("acute/9/pool", None, asked).await.unwrap_err();
    assert_eq!(refused.code, "unknown-line");
}

#[tokio::test]
async fn a_claim_the_ledger_once_agreed_with_is_explained_whole() {
    let mut desk = two_months().await;
    // The trust has not taken May in yet: it says what the ledger said at entry 5.
    desk.done("state-balance", &claim("trust", "icb", "100.00")).await;
    let (trust, icb) = ("trust".parse().unwrap(), "icb".parse().unwrap());
    let all = desk.app.reconcile(&trust, &icb, times("2025-05-31", "now")).await.unwrap();
    let said = all[0].first.as_ref().unwrap();
    assert_eq!((all[0].ledger.clone(), said.says.clone()), (Some(exact("220")), exact("100")));
    let told: Vec<_> = said.explained.iter().map(|e| (e.entry.map(|e| e.0), e.amount.clone())).collect();
    assert_eq!(told, [(Some(6), exact("120"))]);
    assert_eq!(said.unexplained, Exact::zero());
}

#[tokio::test]
async fn a_difference_that_nothing_explains_is_shown_not_absorbed() {
    let mut desk = two_months().await;
    desk.done("state-balance", &claim("icb", "trust", "-219.99")).await;
    let (trust, icb) = ("trust".parse().unwrap(), "icb".parse().unwrap());
    let all = desk.app.reconcile(&trust, &icb, times("2025-05-31", "now")).await.unwrap();
    let said = all[0].second.as_ref().unwrap();
    assert_eq!(said.says, exact("219.99"));
    assert!(said.explained.is_empty(), "{:?}", said.explained);
    assert_eq!(said.unexplained, exact("0.01"));
}

/// £500.00 and £2,000.00 are claimed, 25% of each at risk on a score of 0.8: 475.00 or 1,900.00. The lower is
/// payable, and a trust that books the other is explained by the clause: 475.00 - 1,900.00.
#[tokio::test]
async fn a_party_that_books_its_own_claimed_value_is_explained_by_the_clause() {
    let clause = r#"outcomes: [{indicator: score, direction: higher, floor: 0, target: 1}]
pay:
  - {clause: "2", kind: claimed_values, at_risk: 25%, score: score,
     claims: [{party: icb, value: "500.00"}, {party: trust, value: "2000.00"}]}
"#;
    let mut desk = Desk::new().await;
    desk.award(&format!("{}{clause}", TERMS.split("pay:").next().unwrap())).await;
    let score = r#"{"contract":"acute","indicator":"score","period":"2025/26","value":"0.8"}"#;
    desk.done("measure-outcome", score).await;
    for (party, other, amount) in [("trust", "icb", "1900.00"), ("icb", "trust", "-475.00")] {
        desk.done("state-balance", &claim(party, other, amount).replace("2025-05-31", "2026-03-31")).await;
    }
    let (trust, icb) = ("trust".parse().unwrap(), "icb".parse().unwrap());
    for (first, second, sign) in [(&trust, &icb, ""), (&icb, &trust, "-")] {
        let all = desk.app.reconcile(first, second, times("2026-03-31", "now")).await.unwrap();
        let said = |party: &domain::name::PartyId| {
            [&all[0].first, &all[0].second].into_iter().flatten().find(|c| c.party == *party).unwrap()
        };
        let told: Vec<_> =
            said(&trust).explained.iter().map(|e| (e.what.as_str(), e.amount.clone())).collect();
        let opposite = if sign.is_empty() { "-1425" } else { "1425" };
        assert_eq!(told, [("clause 2: entitled at the value that trust claims", exact(opposite))]);
        assert_eq!((&said(&trust).unexplained, &said(&icb).unexplained), (&Exact::zero(), &Exact::zero()));
        assert!(said(&icb).explained.is_empty());
    }
}
