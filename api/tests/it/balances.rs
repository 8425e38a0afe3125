//! Worked example 27: agreement of balances over a whole ledger, by thresholds; strictly over, by either
//! party's word.

use api::app::App;
use projections::balances::Above;

use crate::binary::Place;
use crate::ledger::{Desk, somebody, times};

/// Four contracts, each with one balance of the example: its basis, what the lead receives and what the payer
/// pays.
const BALANCES: [(&str, &str, &str, &str); 4] = [
    ("b1", "receivable", "2400.00", "2400.00"),
    ("b2", "receivable", "450000.00", "438000.00"),
    ("b3", "income", "2500000.00", "2500000.00"),
    ("b4", "income", "23000000.00", "22982000.00"),
];

async fn stated(app: App) -> Desk {
    let mut desk = Desk::over(app);
    for (contract, basis, receivable, payable) in BALANCES {
        desk.award(&format!(
            "contract: {contract}\ntitle: {contract}\nparties: {{commissioner: icb, lead: trust}}\n\
             years: {{kind: nhs, from: 2022/23, to: 2022/23}}\nrounding: {{unit: 0.01, at: line}}\n\
             pay: [{{clause: \"1\", kind: block, amount: \"100.00\"}}]\n"
        ))
        .await;
        // The payer speaks first, from its own side: it is to pay.
        for (party, other, amount) in
            [("icb", "trust", format!("-{payable}")), ("trust", "icb", receivable.to_owned())]
        {
            let body = format!(
                r#"{{"contract":"{contract}","year":"2022/23","party":"{party}","counterparty":"{other}","basis":"{basis}","amount":"{amount}","as_of":"2023-03-31"}}"#
            );
            desk.done("state-balance", &body).await;
        }
    }
    desk
}

#[tokio::test]
async fn statements_and_agreements_are_due_over_their_thresholds() {
    let desk = stated(App::open_or_create("memory:", somebody()).await.unwrap()).await;
    let listed = async |receivable: &str, income: &str, as_of: &str| -> Vec<(String, String)> {
        let above = Above { receivable: receivable.parse().unwrap(), income: income.parse().unwrap() };
        let all = desk.app.balances(above, times(as_of, "now")).await.unwrap();
        all.iter().map(|b| (b.contract.to_string(), b.mismatch.to_string())).collect()
    };
    let row = |contract: &str, mismatch: &str| (contract.to_owned(), mismatch.to_owned());
    // Statements over 2,500.00 and 2,000,000.00.
    let statements = listed("2500.00", "2000000.00", "2023-03-31").await;
    assert_eq!(statements, [row("b2", "12000.00"), row("b3", "0.00"), row("b4", "18000.00")]);
    // Agreement over 300,000.00 and 3,000,000.00.
    let agreements = listed("300000.00", "3000000.00", "2023-03-31").await;
    assert_eq!(agreements, [row("b2", "12000.00"), row("b4", "18000.00")]);
    // Strictly over: at 450,000.00 none is left of the first kind.
    assert_eq!(listed("450000.00", "23000000.00", "2023-03-31").await, []);
    assert_eq!(listed("449999.99", "23000000.00", "2023-03-31").await, [row("b2", "12000.00")]);
    // Before they were stated for, there is nothing to agree.
    assert_eq!(listed("0.00", "0.00", "2023-03-30").await, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_ledger_is_listed_on_the_command_line() {
    let place = Place::new();
    let ledger = format!("sqlite:{}", place.path().join("riskshare.db").display());
    stated(App::open_or_create(&ledger, somebody()).await.unwrap()).await;
    let list = place.run(&["reconcile", "--all", "--above", "300000", "--income-above", "3000000"]);
    assert_eq!(
        list.out,
        "contract,year,basis,party,counterparty,receivable,payable,mismatch\n\
         b2,2022/23,receivable,trust,icb,450000.00,438000.00,12000.00\n\
         b4,2022/23,income,trust,icb,23000000.00,22982000.00,18000.00\n",
        "{}",
        list.err
    );
    assert_eq!(list.exit, 1);
}
