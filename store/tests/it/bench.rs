//! A place for a test: a database of its own on one of the engines, and what tests append to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use domain::actor::Actor;
use domain::name::StreamId;
use domain::time::Instant;
use serde_json::json;
use store::{Append, Clock, Log, NewEvent};
use tempfile::TempDir;
use tokio_postgres::NoTls;

use crate::proxy::{Mishap, Proxy};

/// The URL of a PostgreSQL server on which the tests may create databases.
const SERVER: &str = "RISKSHARE_TEST_POSTGRES";

/// The URL of a pgbouncer in transaction mode before that server.
const POOLER: &str = "RISKSHARE_TEST_PGBOUNCER";

pub enum Bench {
    Memory(Log),
    Sqlite(TempDir),
    Postgres { server: String, name: String, way: Way },
}

/// How the log reaches its server.
pub enum Way {
    Straight,
    Proxy(Proxy),
    /// A pooler's URL.
    Pooler(String),
}

impl Bench {
    pub async fn memory() -> Option<Bench> {
        Some(Bench::Memory(Log::open("memory:").await.unwrap()))
    }

    pub async fn sqlite() -> Option<Bench> {
        Some(Bench::Sqlite(TempDir::new().unwrap()))
    }

    /// Nothing where no server was given.
    pub async fn postgres() -> Option<Bench> {
        Bench::on_server(Way::Straight).await
    }

    /// A server some of whose commits fail, each with this mishap.
    pub async fn failing(mishap: Mishap) -> Option<Bench> {
        let mut bench = Bench::postgres().await?;
        if let Bench::Postgres { server, way, .. } = &mut bench {
            *way = Way::Proxy(Proxy::start(address(server), mishap).await);
        }
        Some(bench)
    }

    /// Nothing where no pooler was given.
    pub async fn pooled() -> Option<Bench> {
        let Ok(pooler) = std::env::var(POOLER) else {
            println!("NOT RUN: {POOLER} is not set");
            return None;
        };
        Bench::on_server(Way::Pooler(pooler)).await
    }

    async fn on_server(way: Way) -> Option<Bench> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let Ok(server) = std::env::var(SERVER) else {
            println!("NOT RUN: {SERVER} is not set");
            return None;
        };
        let name = format!("riskshare_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        execute(&server, &format!("CREATE DATABASE {name} TEMPLATE template0")).await;
        Some(Bench::Postgres { server, name, way })
    }

    /// The address of the ledger `main`; another's has its name after a `#`.
    pub fn url(&self) -> String {
        match self {
            Bench::Memory(_) => "memory:".to_owned(),
            Bench::Sqlite(folder) => format!("sqlite:{}", folder.path().join("test.db").display()),
            Bench::Postgres { server, name, way: Way::Straight } => beside(server, name),
            Bench::Postgres { server, name, way: Way::Proxy(proxy) } => {
                beside(server, name).replace(&address(server), &format!("127.0.0.1:{}", proxy.port))
            }
            Bench::Postgres { name, way: Way::Pooler(pooler), .. } => beside(pooler, name),
        }
    }

    /// How many commits the go-between saw.
    pub fn commits(&self) -> usize {
        match self {
            Bench::Postgres { way: Way::Proxy(proxy), .. } => proxy.commits(),
            _ => 0,
        }
    }

    /// How many commits failed on the way.
    pub fn failed(&self) -> usize {
        match self {
            Bench::Postgres { way: Way::Proxy(proxy), .. } => proxy.failed(),
            _ => 0,
        }
    }

    /// Whether an append may be answered from the record though nobody sent it before: its first answer was
    /// lost.
    pub fn loses_answers(&self) -> bool {
        matches!(self, Bench::Postgres { way: Way::Proxy(proxy), .. } if proxy.mishap == Mishap::Unanswered)
    }

    /// The log, opened anew: for memory another handle to the same.
    pub async fn log(&self) -> Log {
        match self {
            Bench::Memory(log) => log.clone(),
            _ => Log::open(&self.url()).await.unwrap(),
        }
    }

    /// Does to the database what the log never would; false where there is none.
    pub async fn tamper(&self, sql: &str) -> bool {
        match self {
            Bench::Memory(_) => return false,
            Bench::Sqlite(folder) => {
                let connection = rusqlite::Connection::open(folder.path().join("test.db")).unwrap();
                connection.execute_batch(sql).unwrap();
            }
            Bench::Postgres { server, name, .. } => execute(&beside(server, name), sql).await,
        }
        true
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        if let Bench::Postgres { server, name, .. } = self {
            let (server, sql) = (server.clone(), format!("DROP DATABASE {name} WITH (FORCE)"));
            let clear = move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(execute(&server, &sql));
            };
            std::thread::spawn(clear).join().unwrap();
        }
    }
}

/// `HOST:PORT` of a server.
fn address(server: &str) -> String {
    let authority = server.split_once("://").map_or(server, |(_, rest)| rest);
    let authority = authority.split(['/', '?']).next().unwrap_or_default();
    authority.rsplit_once('@').map_or(authority, |(_, host)| host).to_owned()
}

/// The same server, another database.
fn beside(server: &str, database: &str) -> String {
    let (url, query) = server.split_once('?').map_or((server, String::new()), |(u, q)| (u, format!("?{q}")));
    let (engine, rest) = url.split_once("://").unwrap();
    let host = rest.split('/').next().unwrap();
    format!("{engine}://{host}/{database}{query}")
}

async fn execute(url: &str, sql: &str) {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    let open = tokio::spawn(connection);
    client.batch_execute(sql).await.unwrap();
    drop(client);
    open.await.unwrap().unwrap();
}

/// How much a test does: more where `RISKSHARE_TEST_LONG` is set.
pub fn amount(usual: usize, long: usize) -> usize {
    if std::env::var_os("RISKSHARE_TEST_LONG").is_some() { long } else { usual }
}

/// A clock that stands still until it is set.
#[derive(Clone)]
pub struct Hands(Arc<AtomicI64>);

impl Hands {
    pub fn at(second: i64) -> Hands {
        Hands(Arc::new(AtomicI64::new(moment(second).micros())))
    }

    pub fn set(&self, second: i64) {
        self.0.store(moment(second).micros(), Ordering::SeqCst);
    }

    pub fn clock(&self) -> Clock {
        let hands = self.0.clone();
        Arc::new(move || Instant::from_micros(hands.load(Ordering::SeqCst)).unwrap())
    }
}

/// The `second`th second of a morning in June 2025.
pub fn moment(second: i64) -> Instant {
    let morning: Instant = "2025-06-20T08:00:00Z".parse().unwrap();
    Instant::from_micros(morning.micros() + second * 1_000_000).unwrap()
}

pub fn stream(name: &str) -> StreamId {
    name.parse().unwrap()
}

/// An append of one event to each of `streams`, that relies on nothing. The body of the command is its key.
pub fn append(key: &str, streams: &[&str]) -> Append {
    let event = |n: usize, name: &str| NewEvent {
        stream: stream(name),
        kind: "thing-noted".into(),
        v: 1,
        payload: json!({"note": format!("{n} of {key}"), "amount": "£1,234.50", "ünusual": [1, null, true]}),
    };
    let mut digest = [0; 32];
    digest[..key.len().min(32)].copy_from_slice(&key.as_bytes()[..key.len().min(32)]);
    Append {
        key: key.parse().unwrap(),
        digest,
        actor: Actor {
            person: "Ada O'Neil".into(),
            party: "northmoor".parse().unwrap(),
            role: "finance".into(),
        },
        salt: [7; 16],
        recorded_at: None,
        expected: vec![],
        events: streams.iter().enumerate().map(|(n, name)| event(n, name)).collect(),
    }
}

/// The same, decided on these versions.
pub fn relying(append: Append, expected: &[(&str, u64)]) -> Append {
    Append { expected: expected.iter().map(|(name, version)| (stream(name), *version)).collect(), ..append }
}

/// The same, with a stated time.
pub fn stated(append: Append, second: i64) -> Append {
    Append { recorded_at: Some(moment(second)), ..append }
}
