//! The API over a ledger on PostgreSQL: what it answers is what it answers over a ledger in memory.

use api::http::Limits;
use serde_json::Value;

use crate::binary::Place;
use crate::http::{READS, problem, without_hashes};
use crate::ledger::line;
use crate::web::Web;

/// The Pennine example in a ledger of its own on the server of `RISKSHARE_TEST_POSTGRES`; nothing where none
/// is given.
fn pennine(name: &str) -> Option<Web> {
    let Ok(server) = std::env::var("RISKSHARE_TEST_POSTGRES") else {
        println!("not run: RISKSHARE_TEST_POSTGRES is not set");
        return None;
    };
    let url = format!("{server}#{name}-{}", std::process::id());
    Some(Web::over(&url, Some("pennine-msk"), Limits::default()))
}

#[test]
fn every_read_answers_on_postgres_as_in_memory() {
    let Some(web) = pennine("http-reads") else { return };
    let memory = Web::pennine();
    for (id, path) in READS {
        let [there, here] = [web.get(path), memory.get(path)];
        assert_eq!(there.status, 200, "{path}: {}", there.body);
        // What is sealed has other salts in every ledger, and a workbook holds its hashes; neither is the
        // figures' place.
        if here.header("content-type") != "application/json"
            || ["checkpoint", "proof", "growth", "looks"].contains(id)
        {
            assert_eq!(there.header("content-type"), here.header("content-type"), "{path}");
            continue;
        }
        assert_eq!(without_hashes(there.json()), without_hashes(here.json()), "{path}");
    }
}

#[test]
fn commands_are_recorded_on_postgres_and_their_entries_proved() {
    let Some(web) = pennine("http-commands") else { return };
    // The balance is 1,252,561.72 (README); a payment of 1,000,000.00 leaves 252,561.72.
    let payment = r#"{"contract":"pennine-msk","year":"2013/14","from":"northmoor","to":"msk-partnership",
        "amount":"1000000.00","paid_on":"2014-06-30"}"#;
    let text = line("make-payment", "balance", payment);
    let first = web.post("/v1/commands", &[], &text);
    assert_eq!((first.status, first.json()["entry"].as_u64()), (200, Some(148)), "{}", first.body);
    let again = web.post("/v1/commands", &[], &text);
    assert_eq!((&again.body, again.header("idempotent-replayed")), (&first.body, "true"));
    let other = web.post("/v1/commands", &[], &text.replace("1000000.00", "1000000.01"));
    assert_eq!(problem(&other), (409, "key-reused".to_owned()));
    let payable = |query: &str| -> Value {
        let path = format!("/v1/contracts/pennine-msk/statement?year=2013/14&as_of=2014-06-30{query}");
        web.get(&path).json()["payables"][0].clone()
    };
    assert_eq!(payable("")["balance"], "252561.72");
    assert_eq!(payable("&known_at=@147")["balance"], "1252561.72");

    let place = Place::new();
    let (key, proof) = (web.get("/v1/key"), web.get("/v1/entries/148/proof"));
    assert_eq!((key.status, proof.status), (200, 200), "{}", proof.body);
    place.write("key.txt", &key.body);
    place.write("payment.proof", &proof.body);
    let told = place.answer(&["verify", "payment.proof", "--key", "key.txt"]);
    assert!(told.contains("payment-made") && told.ends_with("verified\n"), "{told}");
    let forged = proof.body.replacen("\n148\n", "\n149\n", 1);
    assert_ne!(forged, proof.body);
    place.write("forged.proof", forged);
    assert_eq!(place.run(&["verify", "forged.proof", "--key", "key.txt"]).exit, 6);
}
