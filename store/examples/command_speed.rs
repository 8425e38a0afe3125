//! How fast commands go in, on the whole path: keys looked up, decided on the book, sealed, durable,
//! answered.
//!
//! `cargo run --release -p store --example command_speed -- ADDRESS [SECONDS]`, with the address of an empty
//! database (`postgres://..` or `sqlite:PATH`). It writes a ledger for each line that it prints, and leaves
//! them there.

use std::error::Error;
use std::time::{Duration, Instant};

use domain::request::Request;
use store::{Ledger, Log};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const TERMS: &str = r#"{"contract":"care","title":"Care","parties":{"commissioner":"northmoor","lead":"tarn"},
  "years":{"kind":"nhs","from":"2024/25","to":"2024/25"},"rounding":{"unit":"0.01","at":"line"},
  "pay":[{"clause":"1","kind":"block","amount":"12000.00"}]}"#;

fn request(command: &str, key: &str, body: &str) -> Outcome<Request> {
    let actor = r#"{"person":"ada","party":"northmoor","role":"finance"}"#;
    let text = format!(r#"{{"command":"{command}","key":"{key}","actor":{actor},"body":{body}}}"#);
    Request::from_json(&text.replace('\n', " ")).map_err(|refusal| format!("{refusal}").into())
}

fn payment(key: &str) -> Outcome<Request> {
    let body = r#"{"contract":"care","year":"2024/25","from":"northmoor","to":"tarn","amount":"1.00","paid_on":"2024-04-15"}"#;
    request("make-payment", key, body)
}

/// A new ledger of two parties and a contract.
async fn care(address: &str, name: &str) -> Outcome<Ledger> {
    let ledger = Ledger::new(Log::open(&format!("{address}#{name}-{}", std::process::id())).await?);
    let award = format!(r#"{{"signed_on":"2024-03-01","terms":{TERMS}}}"#);
    for (command, key, body) in [
        ("create-ledger", "create", "{}"),
        ("register-party", "p1", r#"{"party":"northmoor","name":"Northmoor"}"#),
        ("register-party", "p2", r#"{"party":"tarn","name":"Tarn"}"#),
        ("award-contract", "award", &award),
    ] {
        ledger.execute(&request(command, key, body)?).await?;
    }
    Ok(ledger)
}

/// Sends payments one after another for as long as there is time; how long each took.
async fn call(ledger: Ledger, caller: usize, until: Instant) -> Outcome<Vec<Duration>> {
    let mut waits = Vec::new();
    while Instant::now() < until {
        let request = payment(&format!("{caller}-{}", waits.len()))?;
        let sent = Instant::now();
        ledger.execute(&request).await?;
        waits.push(sent.elapsed());
    }
    Ok(waits)
}

/// Commands of so many callers of one ledger, each sending the next when the last was answered.
async fn callers(ledger: &Ledger, count: usize, time: Duration) -> Outcome<String> {
    let started = Instant::now();
    let calls = (0..count).map(|n| tokio::spawn(call(ledger.clone(), n, started + time)));
    let mut waits = Vec::new();
    for call in calls.collect::<Vec<_>>() {
        waits.extend(call.await??);
    }
    let rate = waits.len() as u128 * 1_000_000 / started.elapsed().as_micros().max(1);
    ledger.log().verify().await?;
    waits.sort();
    let at = |part: usize| waits.get(waits.len() * part / 100).map_or(0, Duration::as_micros);
    Ok(format!("{rate} commands/s, median {} µs, 95 of 100 within {} µs", at(50), at(95)))
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().ok_or("give the address of an empty database")?;
    let time = Duration::from_secs(arguments.next().map_or(Ok(10), |seconds| seconds.parse())?);
    for count in [1, 4, 16, 64, 256] {
        let ledger = care(&address, &format!("callers-{count}")).await?;
        println!("{count} callers of one ledger: {}", callers(&ledger, count, time).await?);
    }
    let long = care(&address, "long").await?;
    let batch = long.batch().await?;
    for n in 0..10_000 {
        batch.execute(&payment(&format!("before {n}"))?).await?;
    }
    batch.commit_batch().await?;
    let opened = Ledger::new(long.log().clone());
    let started = Instant::now();
    opened.execute(&payment("the first")?).await?;
    println!("a stream of 10,000 events: {} ms to open it and add one", started.elapsed().as_millis());
    println!("a stream of 10,000 events, 1 caller: {}", callers(&opened, 1, time).await?);
    Ok(())
}
