//! Commands that share a transaction: each keeps its own verdict, each is carried out once, and nobody is
//! shown what is not yet durable.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use domain::recorded::Recorded;
use domain::request::Request;
use domain::time::Entry;
use store::{Failure, Ledger, Log, StoreError};

use crate::bench::{Bench, Hands, amount};
use crate::ledger::{care, payment, request};
use crate::mishaps::break_connections;
use crate::proxy::Mishap;

const CALLERS: usize = 64;

/// What a caller sends, and what has to become of it.
#[derive(Clone)]
enum Sent {
    /// A payment of its own.
    Good(Request),
    /// A payment under a key that it used before for the same one.
    Again(Request),
    /// The same key for another payment.
    Reused(Request),
    /// A payment of nothing.
    Refused(Request),
    /// A party that every caller registers under a key of its own: one of them does.
    Contested(Request),
}

/// The commands of one caller, in its order.
fn commands(caller: usize, count: usize) -> Vec<Sent> {
    let key = |n: usize| format!("{caller}-{n}");
    let contested = |n: usize| {
        let body = format!(r#"{{"party":"party-{n}","name":"Party {n}"}}"#);
        Sent::Contested(request("register-party", &key(n), &body))
    };
    let sent = |n: usize| match n % 10 {
        3 => Sent::Again(payment(&key(n - 1), &format!("{n}.00"))),
        5 => Sent::Reused(payment(&key(n - 1), "0.77")),
        7 => Sent::Refused(payment(&key(n), "0.00")),
        9 => contested(n),
        _ if n % 10 == 2 => Sent::Good(payment(&key(n), &format!("{}.00", n + 1))),
        _ => Sent::Good(payment(&key(n), "0.01")),
    };
    (0..count).map(sent).collect()
}

/// Sends a command until the database answers; every other failure is a verdict.
async fn send(ledger: &Ledger, request: &Request) -> Result<Vec<Recorded>, Failure> {
    loop {
        match ledger.execute(request).await {
            Err(Failure::Store(StoreError::Unavailable(_))) => (),
            verdict => return verdict.map(|done| done.events),
        }
    }
}

/// Sends a caller's commands one after another, holds each to its own verdict, and gives back what was
/// recorded for it.
async fn call(ledger: Ledger, commands: Vec<Sent>) -> Vec<Recorded> {
    let mut mine: Vec<Recorded> = Vec::new();
    for sent in commands {
        let verdict = match &sent {
            Sent::Good(r) | Sent::Again(r) | Sent::Reused(r) | Sent::Refused(r) | Sent::Contested(r) => {
                send(&ledger, r).await
            }
        };
        match (sent, verdict) {
            (Sent::Good(_), Ok(events)) => mine.extend(events),
            (Sent::Again(request), Ok(events)) => {
                let first: Vec<&Recorded> = mine.iter().filter(|e| e.key == request.key).collect();
                assert_eq!(events.iter().collect::<Vec<_>>(), first);
            }
            (Sent::Reused(_), Err(Failure::Store(StoreError::KeyReused { .. }))) => (),
            (Sent::Refused(_), Err(Failure::Refused(_))) => (),
            (Sent::Contested(_), Ok(events)) => mine.extend(events),
            (Sent::Contested(_), Err(Failure::Refused(refusal))) => {
                assert_eq!(refusal.code, "party-exists", "{refusal}");
            }
            (Sent::Good(r) | Sent::Again(r) | Sent::Reused(r) | Sent::Refused(r), verdict) => {
                panic!("{}: {verdict:?}", r.key)
            }
            (Sent::Contested(r), Err(failure)) => panic!("{}: {failure}", r.key),
        }
    }
    mine
}

/// Asks all the time how far the ledger is, and holds that to what the log has just then.
fn ask_all_the_time(ledger: Ledger, log: Log, over: Arc<AtomicBool>) -> tokio::task::JoinHandle<usize> {
    tokio::spawn(async move {
        let mut asked = 0;
        while !over.load(Ordering::Relaxed) {
            let Ok(shown) = ledger.kept().await.map(|kept| kept.entry()) else { continue };
            let Ok(durable) = log.head().await.map(|head| head.entry) else { continue };
            assert!(shown <= durable, "entry {shown} was shown, and {durable} is the last that is durable");
            asked += 1;
            tokio::task::yield_now().await;
        }
        asked
    })
}

/// Many callers at once; then what they recorded is played by one caller, in the order of entries, on another
/// log.
async fn stress(bench: &Bench, each: usize) -> Log {
    let hands = Hands::at(0);
    let log = bench.log().await.with_clock(hands.clock());
    let ledger = care(log.clone()).await;
    let over = Arc::new(AtomicBool::new(false));
    let asking = ask_all_the_time(ledger.clone(), bench.log().await, over.clone());
    let recorded = call_all(&ledger, each).await;
    over.store(true, Ordering::Relaxed);
    assert!(asking.await.unwrap() > 0);

    // Each acknowledged command is there once, with what its caller was told, and nothing else is.
    let head = log.verify().await.unwrap();
    assert_eq!(head.entry, Entry(recorded.len() as u64 + 4));
    let keys: BTreeSet<_> = recorded.iter().map(|event| &event.key).collect();
    assert_eq!(keys.len(), recorded.len());
    let fresh = Ledger::new(bench.log().await);
    let kept = fresh.kept().await.unwrap();
    assert_eq!(kept.events()[4..].iter().map(|e| e.as_ref().clone()).collect::<Vec<_>>(), recorded);
    assert_eq!(kept.book(), ledger.kept().await.unwrap().book());

    // One caller gets the same answers, to the byte.
    let alone = Log::open("memory:").await.unwrap().with_clock(hands.clock());
    let single = care(alone.clone()).await;
    let all: Vec<Request> = (0..CALLERS)
        .flat_map(|n| commands(n, each))
        .filter_map(|sent| match sent {
            Sent::Good(request) | Sent::Contested(request) => Some(request),
            _ => None,
        })
        .collect();
    for event in &recorded {
        let request = all.iter().find(|request| request.key == event.key).unwrap();
        assert_eq!(single.execute(request).await.unwrap().events, std::slice::from_ref(event));
    }
    assert_eq!(alone.head().await.unwrap(), head);
    log
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_callers_of_one_ledger_in_memory() {
    stress(&Bench::memory().await.unwrap(), 50).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_callers_of_one_ledger_on_sqlite() {
    stress(&Bench::sqlite().await.unwrap(), 50).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_callers_of_one_ledger_on_postgres() {
    if let Some(bench) = Bench::postgres().await {
        stress(&bench, 50).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_callers_of_one_ledger_behind_pgbouncer() {
    if let Some(bench) = Bench::pooled().await {
        stress(&bench, amount(10, 50)).await;
    }
}

/// Whole turns are taken back and decided again, and again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_callers_of_one_ledger_whose_commits_are_refused() {
    if let Some(bench) = Bench::failing(Mishap::Refused).await {
        stress(&bench, amount(20, 50)).await;
        assert!(bench.failed() > 5, "{} commits failed", bench.failed());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_callers_of_one_ledger_whose_commits_are_not_answered() {
    if let Some(bench) = Bench::failing(Mishap::Unanswered).await {
        stress(&bench, amount(20, 50)).await;
        assert!(bench.failed() > 5, "{} commits failed", bench.failed());
    }
}

/// Connections are killed under the callers, at any moment of a turn.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_callers_of_one_ledger_whose_connections_break() {
    let Some(bench) = Bench::postgres().await else {
        return;
    };
    let ledger = care(bench.log().await).await;
    let over = Arc::new(AtomicBool::new(false));
    let breaking = tokio::spawn(break_connections(bench.url(), over.clone()));
    let recorded = call_all(&ledger, 50).await;
    over.store(true, Ordering::Relaxed);
    assert!(breaking.await.unwrap() >= 3);
    let fresh = Ledger::new(bench.log().await);
    let kept = fresh.kept().await.unwrap();
    assert_eq!(kept.events()[4..].iter().map(|e| e.as_ref().clone()).collect::<Vec<_>>(), recorded);
    bench.log().await.verify().await.unwrap();
}

/// Sends the commands of every caller at once; what was acknowledged, by entry.
async fn call_all(ledger: &Ledger, each: usize) -> Vec<Recorded> {
    let calls: Vec<_> = (0..CALLERS).map(|n| tokio::spawn(call(ledger.clone(), commands(n, each)))).collect();
    let mut recorded = Vec::new();
    for call in calls {
        recorded.extend(call.await.unwrap());
    }
    recorded.sort_by_key(|event| event.entry);
    recorded
}

/// One transaction for many: the callers wait for each other's commits, not for one each.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_share_transactions() {
    let Some(bench) = Bench::failing(Mishap::Refused).await else {
        return;
    };
    let ledger = care(bench.log().await).await;
    let before = bench.commits();
    let calls: Vec<_> = (0..CALLERS)
        .map(|n| {
            let ledger = ledger.clone();
            tokio::spawn(
                async move { ledger.execute(&payment(&format!("{n}"), "1.00")).await.unwrap().entry() },
            )
        })
        .collect();
    let mut entries = Vec::new();
    for call in calls {
        entries.push(call.await.unwrap());
    }
    entries.sort();
    assert_eq!(entries, (5..5 + CALLERS as u64).map(Entry).collect::<Vec<_>>());
    let commits = bench.commits() - before;
    assert!(commits < CALLERS / 2, "{commits} commits for {CALLERS} commands");
}

/// Whoever stops waiting does not stop the command, nor those that share its turn.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_stops_waiting_stops_nobody() {
    for bench in [Bench::sqlite().await, Bench::postgres().await].into_iter().flatten() {
        let ledger = care(bench.log().await).await;
        let count = amount(100, 1_000);
        for n in 0..count {
            let request = payment(&format!("left {n}"), "1.00");
            let patience = Duration::from_micros(n as u64 * 97 % 1_500);
            let _ = tokio::time::timeout(patience, ledger.execute(&request)).await;
        }
        ledger.execute(&payment("stayed", "1.00")).await.unwrap();
        let log = ledger.log();
        let head = log.verify().await.unwrap();
        assert!(head.entry > Entry(5), "everybody left before anything was sent");
        let sent = head.entry.0 - 5;
        let mut found = 0;
        for n in 0..count {
            found += u64::from(log.command(&format!("left {n}").parse().unwrap()).await.unwrap().is_some());
        }
        assert_eq!(found, sent);
    }
}

/// A ledger that is far behind its log catches up before it decides, and is right about every version.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ledger_far_behind_catches_up() {
    let benches = [Bench::memory().await, Bench::sqlite().await, Bench::postgres().await];
    for bench in benches.into_iter().flatten() {
        let behind = care(bench.log().await).await;
        let other = Ledger::new(bench.log().await);
        for (round, count) in [3, 1_010].into_iter().enumerate() {
            let batch = other.batch().await.unwrap();
            for n in 0..count {
                batch.execute(&payment(&format!("other {round} {n}"), "0.01")).await.unwrap();
            }
            batch.commit_batch().await.unwrap();
            let done = behind.execute(&payment(&format!("mine {round}"), "0.01")).await.unwrap();
            assert_eq!(done.entry(), bench.log().await.head().await.unwrap().entry);
            assert_eq!(done.events[0].version, done.entry().0 - 4);
        }
        bench.log().await.verify().await.unwrap();
    }
}
