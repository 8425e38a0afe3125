//! What `postgres-es` 0.5 needs for the commands that the benchmarks give the ledger: its pure event store,
//! because its snapshots apply every event twice.
//!
//! Prints microseconds, one figure a line: of each command, or of all of them together.

use std::sync::Arc;
use std::time::Instant;

use clap::{Parser, Subcommand};
use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

#[derive(Parser)]
struct Peer {
    /// The address of an empty PostgreSQL database
    url: String,
    #[command(subcommand)]
    work: Work,
}

#[derive(Subcommand)]
enum Work {
    /// Commands one after another on one stream that has this many events already
    Stream {
        #[arg(long)]
        events: usize,
        #[arg(long)]
        commands: usize,
    },
    /// Commands of callers at once, each on a stream of its own
    Callers {
        #[arg(long)]
        callers: usize,
        #[arg(long)]
        commands: usize,
    },
}

/// What was paid under one contract.
#[derive(Default, Serialize, Deserialize)]
struct Payments {
    pence: i64,
    number: u64,
}

/// A payment, with the fields that the ledger's own event has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct PaymentMade {
    contract: String,
    year: String,
    from: String,
    to: String,
    pence: i64,
    paid_on: String,
    reference: String,
    person: String,
    party: String,
    role: String,
}

impl DomainEvent for PaymentMade {
    fn event_type(&self) -> String {
        "payment-made".to_owned()
    }

    fn event_version(&self) -> String {
        "1".to_owned()
    }
}

#[derive(Debug, thiserror::Error)]
#[error("a payment is more than nothing")]
struct NothingPaid;

/// Payments, in pence: of one payment each.
#[derive(Debug)]
struct Pay(Vec<i64>);

impl Aggregate for Payments {
    const TYPE: &'static str = "payments";
    type Command = Pay;
    type Event = PaymentMade;
    type Error = NothingPaid;
    type Services = ();

    async fn handle(&mut self, Pay(amounts): Pay, _: &(), sink: &EventSink<Self>) -> Result<(), NothingPaid> {
        for pence in amounts {
            if pence <= 0 {
                return Err(NothingPaid);
            }
            let event = PaymentMade {
                contract: "community-nursing".to_owned(),
                year: "2025/26".to_owned(),
                from: "northmoor".to_owned(),
                to: "fellside".to_owned(),
                pence,
                paid_on: "2025-04-15".to_owned(),
                reference: format!("BACS {}", self.number),
                person: "jo.patel".to_owned(),
                party: "northmoor".to_owned(),
                role: "finance".to_owned(),
            };
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: PaymentMade) {
        self.pence += event.pence;
        self.number += 1;
    }
}

/// The table that postgres-es asks for.
const TABLE: &str = "CREATE TABLE events (aggregate_type text NOT NULL, aggregate_id text NOT NULL, \
                     sequence bigint CHECK (sequence >= 0) NOT NULL, event_type text NOT NULL, \
                     event_version text NOT NULL, payload json NOT NULL, metadata json NOT NULL, \
                     PRIMARY KEY (aggregate_type, aggregate_id, sequence))";

#[tokio::main]
async fn main() {
    let peer = Peer::parse();
    let connections = match peer.work {
        Work::Stream { .. } => 1,
        Work::Callers { callers, .. } => callers.min(64) as u32,
    };
    let pool = PgPoolOptions::new().max_connections(connections).connect(&peer.url).await.unwrap();
    sqlx::query(TABLE).execute(&pool).await.unwrap();
    match peer.work {
        Work::Stream { events, commands } => stream(pool, events, commands).await,
        Work::Callers { callers, commands } => all_at_once(pool, callers, commands).await,
    }
}

async fn stream(pool: PgPool, events: usize, commands: usize) {
    let payments = postgres_es::postgres_cqrs::<Payments>(pool, vec![], ());
    payments.execute("one", Pay(vec![8_333_333; events])).await.unwrap();
    for _ in 0..commands {
        let began = Instant::now();
        payments.execute("one", Pay(vec![1])).await.unwrap();
        println!("{}", began.elapsed().as_micros());
    }
}

async fn all_at_once(pool: PgPool, callers: usize, commands: usize) {
    let payments = Arc::new(postgres_es::postgres_cqrs::<Payments>(pool, vec![], ()));
    let began = Instant::now();
    let callers: Vec<_> = (0..callers)
        .map(|caller| {
            let payments = payments.clone();
            tokio::spawn(async move {
                for _ in 0..commands {
                    payments.execute(&caller.to_string(), Pay(vec![1])).await.unwrap();
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap();
    }
    println!("{}", began.elapsed().as_micros());
}
