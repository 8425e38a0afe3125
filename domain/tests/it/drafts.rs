//! Settlements that rest on each other are worked out once for a question, to what each comes to by itself.

use std::sync::Arc;

use domain::drafts::Drafts;

use crate::cases::Desk;

fn block(name: &str, under: &str, parties: &str) -> String {
    format!(
        "contract: {name}\ntitle: A block\n{under}parties: {parties}\nyears: {{kind: nhs, from: 2025/26, to: 2026/27}}\n\
         rounding: {{unit: 0.01, at: line}}\npay: [{{clause: \"1\", kind: block, amount: \"1200000.00\"}}]\n"
    )
}

#[test]
fn what_others_rest_on_is_settled_once() {
    let mut desk = Desk::default();
    desk.award(&block("head", "", "{commissioner: icb, lead: lead}"));
    desk.award(&block("sub", "under: head\n", "{lead: lead, provider: trust}"));
    let [head, sub] = ["head", "sub"].map(|name| name.parse().unwrap());
    let (year, as_of) = ("2025/26".parse().unwrap(), "2025-09-30".parse().unwrap());
    let drafts = Drafts::of(&desk.book, as_of);
    drafts.settle(&head, year).unwrap();
    let [one, other] = [(), ()].map(|()| drafts.settle(&sub, year).unwrap());
    assert!(Arc::ptr_eq(&one, &other));
    for contract in [&head, &sub] {
        let alone = domain::settle::settle(&desk.book, contract, year, as_of).unwrap();
        assert_eq!(*drafts.settle(contract, year).unwrap(), alone);
    }
    let other_year = "2026/27".parse().unwrap();
    assert!(!Arc::ptr_eq(&one, &drafts.settle(&sub, other_year).unwrap()));
    assert!(drafts.settle(&"nothing".parse().unwrap(), year).is_err());
}
