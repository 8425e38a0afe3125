//! Per process: worked example 33, further inputs worked by hand, and what must hold of any counts.

use proptest::prelude::*;

use crate::cases::Desk;
use crate::paying::{check, contract, faults, pence};

const CLAUSE: &str = r#"
  - clause: "1"
    kind: per_process
    processes: processes done
    price: "4.25"
    complete: patients with all
    bonus: "12.50"
    practices: [practice-a, practice-b, practice-c]
"#;

fn report(desk: &mut Desk, month: &str, practice: &str, processes: u32, complete: u32) {
    for (what, n) in [("processes done", processes), ("patients with all", complete)] {
        let body = format!(
            r#"{{"contract":"c","month":"{month}","what":"{what}","count":"{n}","by":"{practice}"}}"#
        );
        desk.run("report-volume", &body).unwrap();
    }
}

/// Worked example 33.
#[test]
fn each_practice_is_paid_by_what_it_did() {
    let mut desk = contract(CLAUSE);
    report(&mut desk, "2025-04", "practice-a", 2960, 301);
    report(&mut desk, "2025-04", "practice-b", 1874, 190);
    report(&mut desk, "2025-04", "practice-c", 655, 52);
    check(
        &desk.statement("2025-04-30"),
        &[
            ("1/process-payment/practice-a", "16342.50"),
            ("1/process-payment/practice-b", "10339.50"),
            ("1/process-payment/practice-c", "3433.75"),
            ("1/process-payment", "30115.75"),
            ("total/payable/icb-to-practice-a", "16342.50"),
            ("total/payable/icb-to-practice-c", "3433.75"),
        ],
    );
}

/// The holder of the head contract pays three practices under one subcontract; all of them are its cost. By
/// hand: 500,000.00 / 12 = 41,666.67 received in the first month, less 16,342.50 + 10,339.50 + 3,433.75 =
/// 30,115.75.
#[test]
fn the_head_contract_bears_what_every_practice_is_paid() {
    let head = crate::paying::terms("\n  - {clause: \"1\", kind: block, amount: \"500000.00\"}\n");
    let sub = crate::paying::terms(CLAUSE)
        .replace("contract: c", "contract: practices\nunder: c")
        .replace("commissioner: icb, lead: trust", "lead: trust, provider: practice-a");
    let mut desk = Desk::default();
    desk.award(&head);
    desk.award(&sub);
    let counts = [("practice-a", 2960, 301), ("practice-b", 1874, 190), ("practice-c", 655, 52)];
    for (practice, processes, complete) in counts {
        for (what, n) in [("processes done", processes), ("patients with all", complete)] {
            let body = format!(
                r#"{{"contract":"practices","month":"2025-04","what":"{what}","count":"{n}","by":"{practice}"}}"#
            );
            desk.run("report-volume", &body).unwrap();
        }
    }
    let statement = desk.statement("2025-04-30");
    check(&statement, &[("total/subcontract/practices", "30115.75"), ("total/result/trust", "11550.92")]);
    assert_eq!(statement.line("c/total/subcontract/practices").unwrap().sources.len(), 3);
}

fn alone(processes: u32, complete: u32) -> String {
    let mut desk = contract(
        "\n  - {clause: \"1\", kind: per_process, processes: p, price: \"4.25\", complete: a, bonus: \"12.50\"}\n",
    );
    desk.volume("2025-04", "p", processes);
    desk.volume("2025-04", "a", complete);
    desk.payable("2025-04-30")
}

/// Worked by hand.
#[test]
fn further_counts_worked_by_hand() {
    assert_eq!(alone(0, 0), "0.00");
    assert_eq!(alone(1, 0), "4.25");
    assert_eq!(alone(8, 1), "46.50");
    assert_eq!(alone(0, 3), "37.50");
    assert_eq!(alone(1000, 100), "5500.00");
}

#[test]
fn a_practice_without_a_report_is_named_and_the_others_are_paid() {
    let mut desk = contract(CLAUSE);
    report(&mut desk, "2025-04", "practice-a", 8, 1);
    report(&mut desk, "2025-05", "practice-a", 8, 0);
    let statement = desk.statement("2025-05-31");
    assert!(!statement.complete);
    check(
        &statement,
        &[("1/process-payment", "80.50"), ("1/not-reported/processes done practice-b 2025-05", "none")],
    );
    let body = r#"{"contract":"c","month":"2025-04","what":"processes done","count":"1","by":"stranger"}"#;
    assert!(desk.run("report-volume", body).is_err());
}

#[test]
fn one_count_for_two_things_is_refused() {
    let found = faults(
        "\n  - {clause: \"1\", kind: per_process, processes: p, price: \"-4.25\", complete: p, bonus: \"12.50\"}\n",
    );
    assert_eq!(found.len(), 2, "{found:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Practices sum to the whole, and months in any order come to the same.
    #[test]
    fn practices_sum_to_the_whole(counts in prop::collection::vec((0u32..5000, 0u32..500), 3)) {
        let (mut forward, mut backward) = (contract(CLAUSE), contract(CLAUSE));
        let named: Vec<_> = ["practice-a", "practice-b", "practice-c"].into_iter().zip(counts).collect();
        for (practice, (processes, complete)) in &named {
            report(&mut forward, "2025-04", practice, *processes, *complete);
        }
        for (practice, (processes, complete)) in named.iter().rev() {
            report(&mut backward, "2025-04", practice, *processes, *complete);
        }
        let (one, other) = (forward.statement("2025-04-30"), backward.statement("2025-04-30"));
        prop_assert_eq!(&one.payables, &other.payables);
        let line = |id: &str| pence(crate::cases::value(&one, &format!("c/1/process-payment{id}")));
        prop_assert_eq!(line("/practice-a") + line("/practice-b") + line("/practice-c"), line(""));
    }
}
