//! Invariant 9: the three engines answer alike and give the same root.

use domain::time::Entry;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use store::{Append, Log};

use crate::bench::{Bench, Hands, amount, append, moment, relying, stated, stream};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_engines_give_the_same_root() {
    // Not of this run: the form of the envelope is a promise, and this root never changes.
    let root = "742c9a33c20aa0ef6dabb94c48bf742d8f8167b8d4abad20078cc0eb5a9dca32";
    let benches = [Bench::memory().await, Bench::sqlite().await, Bench::postgres().await];
    for bench in benches.iter().flatten() {
        let hands = Hands::at(0);
        let log = bench.log().await.with_clock(hands.clock());
        for n in 0..23 {
            hands.set(n * 10);
            log.append(&append(&n.to_string(), &["a/1", "b/1", "a/2"][..1 + n as usize % 3])).await.unwrap();
        }
        assert_eq!(hex::encode(log.head().await.unwrap().root), root, "{log}");
    }
}

/// One step of a script: time passes, then a batch is appended.
#[derive(Clone, Debug)]
struct Step {
    seconds: i64,
    batch: Vec<Command>,
}

#[derive(Clone, Debug)]
struct Command {
    key: u8,
    other_body: bool,
    stated: Option<i64>,
    /// Streams, with how far from the truth the version relied on is.
    relies_on: Vec<(u8, u64)>,
    events: Vec<u8>,
}

fn script() -> impl Strategy<Value = Vec<Step>> {
    let mostly_right = prop_oneof![9 => Just(0u64), 1 => 1u64..3];
    let command = (
        0u8..12,
        prop::bool::weighted(0.1),
        prop_oneof![4 => Just(None), 1 => (-3i64..12).prop_map(Some)],
        prop::collection::vec((0u8..4, mostly_right), 0..3),
        prop::collection::vec(0u8..4, 0..4),
    );
    let command = command.prop_map(|(key, other_body, stated, relies_on, events)| Command {
        key,
        other_body,
        stated,
        relies_on,
        events,
    });
    let step =
        (0i64..4, prop::collection::vec(command, 1..4)).prop_map(|(seconds, batch)| Step { seconds, batch });
    prop::collection::vec(step, 1..10)
}

impl Command {
    /// The append, decided on the versions that `log` has now.
    async fn append(&self, log: &Log) -> Append {
        let name = |n: &u8| format!("s/{n}");
        let events: Vec<String> = self.events.iter().map(name).collect();
        let mut made =
            append(&format!("key {}", self.key), &events.iter().map(String::as_str).collect::<Vec<_>>());
        made.digest[31] = self.other_body.into();
        let recorded = log.read(Entry(0), usize::MAX).await.unwrap();
        let mut relied = Vec::new();
        for (n, off) in &self.relies_on {
            let there = recorded.iter().filter(|e| e.stream == stream(&name(n))).count() as u64;
            relied.push((name(n), there + off));
        }
        let relied: Vec<(&str, u64)> =
            relied.iter().map(|(name, version)| (name.as_str(), *version)).collect();
        let made = relying(made, &relied);
        self.stated.map_or(made.clone(), |second| stated(made, second))
    }
}

/// Plays the script on both logs and holds every answer of `other` to that of `memory`.
async fn play(script: &[Step], memory: Log, other: Log) {
    let hands = Hands::at(0);
    let (memory, other) = (memory.with_clock(hands.clock()), other.with_clock(hands.clock()));
    let mut second = 0;
    for step in script {
        second += step.seconds;
        hands.set(second);
        let mut batch = Vec::new();
        for command in &step.batch {
            batch.push(command.append(&memory).await);
        }
        assert_eq!(other.append_all(&batch).await, memory.append_all(&batch).await);
        assert_eq!(other.head().await, memory.head().await);
        let asked = moment(second - 1);
        assert_eq!(other.entry_at(asked).await, memory.entry_at(asked).await);
        for append in &batch {
            assert_eq!(other.command(&append.key).await, memory.command(&append.key).await);
        }
    }
    assert_eq!(other.envelopes(Entry(0), 99).await, memory.envelopes(Entry(0), 99).await);
    assert_eq!(other.verify().await, memory.verify().await);
}

/// Random scripts on ledgers of one database, each beside a memory log of the same name.
fn scripts_agree(bench: Option<Bench>, runtime: &tokio::runtime::Runtime) {
    let Some(bench) = bench else {
        return;
    };
    let played = std::cell::Cell::new(0);
    let config = Config { cases: amount(40, 1_000) as u32, failure_persistence: None, ..Config::default() };
    let result = TestRunner::new(config).run(&script(), |script| {
        played.set(played.get() + 1);
        let ledger = format!("script-{}", played.get());
        runtime.block_on(async {
            let memory = Log::open(&format!("memory:#{ledger}")).await.unwrap();
            let other = Log::open(&format!("{}#{ledger}", bench.url())).await.unwrap();
            play(&script, memory, other).await;
        });
        Ok(())
    });
    drop(bench);
    result.unwrap();
}

#[test]
fn random_scripts_on_sqlite_agree_with_memory() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    scripts_agree(runtime.block_on(Bench::sqlite()), &runtime);
}

#[test]
fn random_scripts_on_postgres_agree_with_memory() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    scripts_agree(runtime.block_on(Bench::postgres()), &runtime);
}
