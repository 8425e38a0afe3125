//! Reports in blocks over a real log: kept before they are named, read once, and found wherever they are
//! damaged.

use std::fs;

use domain::columns::{Column, Columns, Values};
use domain::request::Request;
use domain::time::Entry;
use domain::verb::activity::Totals;
use serde_json::json;
use store::block::encode;
use store::proof::{Export, SigningKey, new_pair};
use store::{Failure, Ledger, Log};

use crate::bench::Bench;

const TERMS: &str = "{\"contract\":\"care\",\"title\":\"Care\",\"parties\":{\"commissioner\":\"icb\",\"lead\":\"trust\"},\
    \"years\":{\"kind\":\"nhs\",\"from\":\"2025/26\",\"to\":\"2025/26\"},\"rounding\":{\"unit\":\"0.01\",\"at\":\"line\"},\
    \"pay\":[{\"clause\":\"1\",\"kind\":\"activity_at_price\",\"plan\":\"1200.00\",\"when\":{\"pod\":[\"EL\"]}}]}";

fn request(command: &str, key: &str, body: &str) -> Request {
    let actor = r#"{"person":"ada","party":"icb","role":"finance"}"#;
    let text = format!(r#"{{"command":"{command}","key":"{key}","actor":{actor},"body":{body}}}"#);
    Request::from_json(&text).unwrap()
}

async fn care(log: Log) -> Ledger {
    let ledger = Ledger::new(log);
    let award = format!(r#"{{"signed_on":"2025-03-01","terms":{TERMS}}}"#);
    for (command, key, body) in [
        ("create-ledger", "create", "{}"),
        ("register-party", "p1", r#"{"party":"icb","name":"ICB"}"#),
        ("register-party", "p2", r#"{"party":"trust","name":"Trust"}"#),
        ("award-contract", "award", &award),
    ] {
        ledger.execute(&request(command, key, body)).await.unwrap();
    }
    ledger
}

/// The block of lines, and that of their totals.
fn blocks() -> [Vec<u8>; 2] {
    let pods = Values::Coded { codes: vec![0, 0, 1], values: vec!["EL".to_owned(), "NEL".to_owned()] };
    let value = Values::Decimal { scale: 2, units: vec![Some(10_000), Some(2_050), Some(999)] };
    let count = Values::Decimal { scale: 3, units: vec![Some(1_000); 3] };
    let columns = [("point_of_delivery_code", pods), ("value", value), ("count", count)]
        .map(|(name, values)| Column { name: name.into(), values });
    let lines = Columns { lines: 3, columns: columns.to_vec() };
    let totals = r#"[{"pod":"EL","count":"2","value":"120.50"},{"pod":"NEL","count":"1","value":"9.99"}]"#;
    let totals = Totals::block(&serde_json::from_str::<Vec<_>>(totals).unwrap()).unwrap();
    [encode(&lines).unwrap(), encode(&totals).unwrap()]
}

fn report(key: &str, lines: &str, totals: &str, value: &str) -> Request {
    let body = json!({
        "contract": "care", "provider": "trust", "month": "2025-04", "flow": "PLCM", "stage": "freeze",
        "value": value, "count": "3",
        "blocks": {
            "lines": [{"sha256": lines, "lines": 3}],
            "totals": {"sha256": totals, "lines": 2},
            "content": "00",
        },
    });
    request("report-activity", key, &body.to_string())
}

async fn refused(ledger: &Ledger, request: &Request) -> (String, String) {
    match ledger.execute(request).await {
        Err(Failure::Refused(refusal)) => (refusal.code, refusal.message),
        other => panic!("{other:?}"),
    }
}

async fn payable(ledger: &Ledger) -> String {
    let kept = ledger.kept().await.unwrap();
    assert_eq!(kept.stopped(), None);
    let (contract, year) = ("care".parse().unwrap(), "2025/26".parse().unwrap());
    let statement =
        domain::settle::settle(kept.book(), &contract, year, "2025-04-30".parse().unwrap()).unwrap();
    let of = |id: &str| statement.line(id).unwrap_or_else(|| panic!("{statement}")).value.clone().unwrap();
    format!("{} outside {}", of("care/1/activity-value"), of("care/total/outside-contract/2025-04"))
}

#[tokio::test]
async fn a_report_in_blocks_settles_on_every_engine() {
    for bench in [Bench::memory().await, Bench::sqlite().await, Bench::postgres().await].into_iter().flatten()
    {
        let log = bench.log().await;
        let ledger = care(log.clone()).await;
        let [lines, totals] = blocks();
        let nowhere = "ab".repeat(32);
        let of_totals = log.put_file(&totals).await.unwrap();
        let (code, message) = refused(&ledger, &report("r1", &nowhere, &of_totals, "130.49")).await;
        assert_eq!((code.as_str(), message.contains(&nowhere)), ("block-missing", true), "{message}");
        let of_lines = log.put_file(&lines).await.unwrap();
        let (code, _) = refused(&ledger, &report("r1", &of_lines, &nowhere, "130.49")).await;
        assert_eq!(code, "block-missing");
        let (code, message) = refused(&ledger, &report("r1", &of_lines, &of_lines, "130.49")).await;
        assert_eq!(code, "block-unreadable", "{message}");
        let (code, _) = refused(&ledger, &report("r1", &of_lines, &of_totals, "130.48")).await;
        assert_eq!(code, "totals-differ");
        let done = ledger.execute(&report("r1", &of_lines, &of_totals, "130.49")).await.unwrap();
        assert_eq!((done.entry(), done.replayed), (Entry(5), false));
        assert_eq!(payable(&ledger).await, "120.50 outside 9.99");
        let again = ledger.execute(&report("r1", &of_lines, &of_totals, "130.49")).await.unwrap();
        assert!(again.replayed);
        // Opened anew, the totals come from their block; in a batch, before it is committed.
        let opened = Ledger::new(bench.log().await);
        assert_eq!(payable(&opened).await, "120.50 outside 9.99");
        assert_eq!(*opened.kept().await.unwrap().book(), *ledger.kept().await.unwrap().book());
        // What another program recorded is caught up with before the next command is decided.
        let elsewhere = Log::open(&bench.url()).await.unwrap();
        if !matches!(bench, Bench::Memory(_)) {
            let fresh = Ledger::new(elsewhere);
            fresh.execute(&report("r3", &of_lines, &of_totals, "130.49")).await.unwrap();
            let party = request("register-party", "p3", r#"{"party":"other","name":"Other"}"#);
            assert_eq!(Ledger::new(bench.log().await).execute(&party).await.unwrap().entry(), Entry(7));
            assert_eq!(payable(&fresh).await, "120.50 outside 9.99");
        }
        let batch = opened.batch().await.unwrap();
        batch.execute(&report("r2", &of_lines, &of_totals, "130.49")).await.unwrap();
        assert_eq!(payable(&batch).await, "120.50 outside 9.99");
    }
}

/// A block that is changed, gone, or in another's place is named with the entry that names it; what is whole
/// is restored.
#[tokio::test]
async fn an_export_with_blocks_is_checked_and_restored() {
    let log = Log::open("memory:").await.unwrap();
    let ledger = care(log.clone()).await;
    let [lines, totals] = blocks();
    let (of_lines, of_totals) = (log.put_file(&lines).await.unwrap(), log.put_file(&totals).await.unwrap());
    ledger.execute(&report("r1", &of_lines, &of_totals, "130.49")).await.unwrap();
    let folder = tempfile::TempDir::new().unwrap();
    let (private, key) = new_pair("test").unwrap();
    let private: SigningKey = private.parse().unwrap();
    log.export(&Export::at(folder.path()), Some(&private)).await.unwrap();
    let found = || {
        let verified = Export::at(folder.path()).verify(&key, None).unwrap();
        verified.findings.iter().map(|f| (f.entry, f.what.clone())).collect::<Vec<_>>()
    };
    assert_eq!(found(), []);
    // It is the Parquet file itself.
    let file = folder.path().join("files").join(&of_lines);
    assert_eq!(fs::read(&file).unwrap(), lines);
    let restored = Log::open("memory:").await.unwrap();
    restored.restore(&Export::at(folder.path())).await.unwrap();
    assert_eq!(restored.head().await.unwrap().root, log.head().await.unwrap().root);
    assert_eq!(payable(&Ledger::new(restored)).await, "120.50 outside 9.99");

    let mut changed = lines.clone();
    changed[40] ^= 1;
    fs::write(&file, changed).unwrap();
    assert_eq!(found(), [(Some(Entry(5)), format!("its block {of_lines} has other content"))]);
    fs::write(&file, &totals).unwrap();
    assert_eq!(found(), [(Some(Entry(5)), format!("its block {of_lines} has other content"))]);
    fs::remove_file(&file).unwrap();
    assert_eq!(found(), [(Some(Entry(5)), format!("its block {of_lines} is gone"))]);
    // What cannot be answered is not answered: the views stop at the entry.
    fs::remove_file(folder.path().join("files").join(&of_totals)).unwrap();
    let partly = Log::open("memory:").await.unwrap();
    partly.restore(&Export::at(folder.path())).await.unwrap();
    let partly = Ledger::new(partly);
    let stopped = partly.kept().await.unwrap().stopped().unwrap().clone();
    assert_eq!(stopped.entry, Entry(5));
    assert!(stopped.why.contains(&format!("the block of its totals, {of_totals}, is gone")), "{stopped}");
}
