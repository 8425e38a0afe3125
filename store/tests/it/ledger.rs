//! The ledger over its log: every event is applied once, whatever fails is taken back, and an event that
//! nobody can read stops the views where it stands.

use std::sync::Arc;

use cqrs_es::EventStore;
use domain::book::Book;
use domain::exact::Exact;
use domain::recorded::Recorded;
use domain::request::Request;
use domain::time::{Entry, KnownAt};
use domain::verb::Event;
use projections::kept::Kept;
use projections::{history, position, statement};
use store::{Failure, Ledger, Log, StoreError};

use crate::bench::{Bench, Hands, append, relying};

const TERMS: &str = r#"{"contract":"care","title":"Care","parties":{"commissioner":"northmoor","lead":"tarn"},
  "years":{"kind":"nhs","from":"2024/25","to":"2024/25"},"rounding":{"unit":"0.01","at":"line"},
  "pay":[{"clause":"1","kind":"block","amount":"12000.00"}]}"#;

pub fn request(command: &str, key: &str, body: &str) -> Request {
    let text = format!(
        r#"{{"command":"{command}","key":"{key}","actor":{{"person":"ada","party":"northmoor","role":"finance"}},"salt":"{:032x}","body":{}}}"#,
        key.len(),
        body.replace('\n', " ")
    );
    Request::from_json(&text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

pub fn payment(key: &str, amount: &str) -> Request {
    let body = format!(
        r#"{{"contract":"care","year":"2024/25","from":"northmoor","to":"tarn","amount":"{amount}","paid_on":"2024-04-15"}}"#
    );
    request("make-payment", key, &body)
}

/// A ledger of two parties and a contract: five entries with the ledger's own.
pub async fn care(log: Log) -> Ledger {
    let ledger = Ledger::new(log);
    for request in beginning() {
        ledger.execute(&request).await.unwrap();
    }
    ledger
}

/// The commands that such a ledger begins with.
pub fn beginning() -> [Request; 4] {
    let award = format!(r#"{{"signed_on":"2024-03-01","terms":{TERMS}}}"#);
    [
        request("create-ledger", "create", "{}"),
        request("register-party", "p1", r#"{"party":"northmoor","name":"Northmoor"}"#),
        request("register-party", "p2", r#"{"party":"tarn","name":"Tarn"}"#),
        request("award-contract", "award", &award),
    ]
}

/// The book folded afresh from what the log holds.
async fn folded(log: &Log) -> Book {
    let mut book = Book::default();
    for stored in log.read(Entry(0), usize::MAX).await.unwrap() {
        book.fold(&Recorded {
            entry: stored.entry,
            stream: stored.stream,
            version: stored.version,
            recorded_at: stored.recorded_at,
            actor: stored.actor,
            key: stored.key,
            hash: domain::recorded::Digest(stored.hash),
            evidence: Vec::new(),
            late_because: None,
            event: Event::decode(&stored.kind, stored.v, stored.payload).unwrap(),
        });
    }
    book
}

async fn paid(ledger: &Ledger, known_at: &str) -> String {
    let kept = ledger.kept().await.unwrap();
    let year = "2024/25".parse().unwrap();
    let as_of = "2025-03-31".parse().unwrap();
    let asked =
        statement::ask(&kept, &"care".parse().unwrap(), year, as_of, known_at.parse().unwrap()).unwrap();
    asked.draft.payables[0].paid.to_string()
}

#[tokio::test]
async fn an_event_is_applied_once() {
    for bench in [Bench::memory().await, Bench::sqlite().await].into_iter().flatten() {
        let log = bench.log().await;
        let ledger = care(log.clone()).await;
        for n in 0..25 {
            let done = ledger.execute(&payment(&format!("pay {n}"), "100.00")).await.unwrap();
            assert_eq!((done.events.len(), done.replayed, done.entry()), (1, false, Entry(5 + n)));
        }
        assert_eq!(paid(&ledger, "now").await, "2500.00");
        assert_eq!(*ledger.kept().await.unwrap().book(), folded(&log).await);
        // What `cqrs_es` reads of the stream is each payment once, in order.
        let loaded = EventStore::<Book>::load_events(&ledger, "payment/care").await.unwrap();
        let versions: Vec<usize> = loaded.iter().map(|e| e.sequence).collect();
        assert_eq!(versions, (1..=25).collect::<Vec<_>>());
        let sum: Exact = loaded
            .iter()
            .map(|e| match &e.payload {
                Event::PaymentMade(payment) => Exact::from(payment.amount),
                other => panic!("{} in the stream of payments", other.kind()),
            })
            .sum();
        assert_eq!(sum.show(2), "2500.00");
        // Opened anew over the same log, nothing is there twice.
        assert_eq!(paid(&Ledger::new(bench.log().await), "now").await, "2500.00");
    }
}

/// Far enough for several checkpoints: at every entry, exactly the payments before it are known.
#[tokio::test]
async fn what_was_known_is_found_from_any_checkpoint() {
    let ledger = care(Log::open("memory:").await.unwrap()).await;
    for n in 0..600 {
        ledger.execute(&payment(&format!("pay {n}"), "0.01")).await.unwrap();
    }
    for (entry, sum) in [
        (4, "0.00"),
        (5, "0.01"),
        (255, "2.51"),
        (256, "2.52"),
        (257, "2.53"),
        (511, "5.07"),
        (512, "5.08"),
        (513, "5.09"),
        (603, "5.99"),
        (604, "6.00"),
    ] {
        assert_eq!(paid(&ledger, &format!("@{entry}")).await, sum, "entry {entry}");
    }
    let reopened = Ledger::new(ledger.log().clone());
    assert_eq!((paid(&reopened, "@300").await, paid(&reopened, "now").await), ("2.96".into(), "6.00".into()));
}

/// Two ledgers over one log, each writing as fast as it can: every payment is there once, in both books.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_writers_lose_nothing_and_repeat_nothing() {
    let log = Log::open("memory:").await.unwrap();
    let first = care(log.clone()).await;
    let second = Ledger::new(log.clone());
    let writers = [("one", first.clone()), ("two", second.clone())].map(|(name, ledger)| {
        tokio::spawn(async move {
            for n in 0..20 {
                ledger.execute(&payment(&format!("{name} {n}"), "100.00")).await.unwrap();
            }
        })
    });
    for writer in writers {
        writer.await.unwrap();
    }
    let book = folded(&log).await;
    for ledger in [first, second] {
        assert_eq!(paid(&ledger, "now").await, "4000.00");
        assert_eq!(*ledger.kept().await.unwrap().book(), book);
    }
}

/// Refused by the domain, by the key, by the clock, by the seal: the kept book is as it was, and the next
/// command counts from there.
#[tokio::test]
async fn a_command_that_is_not_carried_out_leaves_the_book_as_it_was() {
    let hands = Hands::at(100);
    let log = Log::open("memory:").await.unwrap().with_clock(hands.clock());
    let ledger = Ledger::new(log.clone());
    let stated = |request: Request, second: i64| Request {
        recorded_at: Some(crate::bench::moment(second)),
        ..request
    };
    let award = format!(r#"{{"signed_on":"2024-03-01","terms":{TERMS}}}"#);
    for (command, key, body) in [
        ("create-ledger", "create", r#"{"history":true}"#),
        ("register-party", "p1", r#"{"party":"northmoor","name":"Northmoor"}"#),
        ("register-party", "p2", r#"{"party":"tarn","name":"Tarn"}"#),
        ("award-contract", "award", &award),
    ] {
        ledger.execute(&stated(request(command, key, body), 10)).await.unwrap();
    }
    let before = ledger.kept().await.unwrap().book().clone();
    let head = log.head().await.unwrap();
    let mut unsealable = stated(payment("long", "1.00"), 20);
    unsealable.actor.person = "a".repeat(500);
    let failures = [
        (stated(payment("nothing", "0.00"), 20), "refused"),
        (stated(payment("p1", "1.00"), 20), "key"),
        (stated(payment("early", "1.00"), 9), "before the last entry"),
        (stated(payment("late", "1.00"), 101), "in the future"),
        (payment("no time", "1.00"), "refused"),
        (unsealable, "unsealable"),
    ];
    for (request, why) in failures {
        let failure = ledger.execute(&request).await.unwrap_err();
        let told = match &failure {
            Failure::Refused(_) => "refused",
            Failure::Store(StoreError::KeyReused { .. }) => "key",
            Failure::Store(StoreError::RecordedAt { given, now, .. }) if given > now => "in the future",
            Failure::Store(StoreError::RecordedAt { .. }) => "before the last entry",
            Failure::Store(StoreError::Unsealable { .. }) => "unsealable",
            Failure::Store(other) => panic!("{other}"),
        };
        assert_eq!(told, why, "{failure}");
        assert_eq!(*ledger.kept().await.unwrap().book(), before, "{why}");
        assert_eq!(log.head().await.unwrap(), head, "{why}");
    }
    let done = ledger.execute(&stated(payment("good", "1.00"), 20)).await.unwrap();
    assert_eq!(done.entry(), Entry(5));
    assert_eq!(*ledger.kept().await.unwrap().book(), folded(&log).await);
    assert_eq!(paid(&ledger, "now").await, "1.00");
}

/// The same without the ledger in between: what was applied and never confirmed is taken back, what was
/// confirmed stays.
#[tokio::test]
async fn a_rewound_book_holds_what_was_confirmed() {
    let ledger = care(Log::open("memory:").await.unwrap()).await;
    let mut kept: Kept = ledger.kept().await.unwrap().clone();
    let before = kept.book().clone();
    let event = {
        let request = payment("x", "1.00");
        request.command.clone().decide(kept.book(), &request.giver()).unwrap()
    };
    cqrs_es::Aggregate::apply(kept.book_mut(), event);
    assert_ne!(*kept.book(), before);
    kept.rewind();
    assert_eq!(*kept.book(), before);
    kept.rewind();
    assert_eq!(*kept.book(), before);
}

/// The fifth entry of four is by a later release: who asks before it is answered, who asks after it is told
/// which.
#[tokio::test]
async fn an_event_nobody_can_read_stops_the_views_where_it_stands() {
    let hands = Hands::at(0);
    let log = Log::open("memory:").await.unwrap().with_clock(hands.clock());
    let ledger = care(log.clone()).await;
    hands.set(10);
    ledger.execute(&payment("before", "7.00")).await.unwrap();
    hands.set(20);
    log.append(&append("foreign", &["care/1"])).await.unwrap();
    hands.set(30);
    let after = relying(append("after", &["care/1"]), &[("care/1", 1)]);
    log.append(&after).await.unwrap();

    for ledger in [ledger, Ledger::new(log.clone())] {
        let kept = ledger.kept().await.unwrap();
        let stopped = kept.stopped().unwrap();
        assert_eq!(stopped.entry, Entry(6));
        assert!(
            stopped.why.contains("`thing-noted` version 1 is not an event this riskshare knows"),
            "{stopped}"
        );
        drop(kept);
        // Before it: by entry, and by a moment at which it was not there yet.
        assert_eq!(paid(&ledger, "@4").await, "0.00");
        assert_eq!(paid(&ledger, "@5").await, "7.00");
        assert_eq!(paid(&ledger, &crate::bench::moment(9).to_string()).await, "0.00");
        // After it, or when nobody can tell.
        let kept = ledger.kept().await.unwrap();
        let (as_of, contract) = ("2025-03-31".parse().unwrap(), "care".parse().unwrap());
        let late = crate::bench::moment(30).to_string();
        for known_at in ["now", "@6", "@7", "2025-06-20", &late] {
            let known_at: KnownAt = known_at.parse().unwrap();
            let year = "2024/25".parse().unwrap();
            let refusals = [
                statement::ask(&kept, &contract, year, as_of, known_at).map(|_| ()).unwrap_err(),
                position::ask(&kept, &"tarn".parse().unwrap(), as_of, known_at).map(|_| ()).unwrap_err(),
                history::ask(&kept, &contract, as_of, known_at).map(|_| ()).unwrap_err(),
            ];
            for refusal in refusals {
                assert_eq!(refusal.code, "view-stopped", "{known_at}");
                assert!(refusal.message.contains("entry 6 cannot be read"), "{}", refusal.message);
                assert!(refusal.hint.contains("@5"), "{}", refusal.hint);
            }
        }
        drop(kept);
        // Nothing is decided on a book that lacks an event.
        let failure = ledger.execute(&payment("later", "1.00")).await.unwrap_err();
        assert!(
            matches!(&failure, Failure::Store(StoreError::Corrupt(why)) if why.contains("entry 6")),
            "{failure}"
        );
        assert_eq!(log.head().await.unwrap().entry, Entry(7));
    }
}

/// A gap in what a feed gives stops the fold too.
#[tokio::test]
async fn a_gap_stops_the_views() {
    let ledger = care(Log::open("memory:").await.unwrap()).await;
    ledger.execute(&payment("one", "1.00")).await.unwrap();
    let events: Vec<Arc<Recorded>> = ledger.kept().await.unwrap().events().to_vec();
    let mut kept = Kept::default();
    for event in events.iter().filter(|e| e.entry != Entry(3)) {
        kept.take(Ok(event.as_ref().clone()));
    }
    assert_eq!(kept.entry(), Entry(2));
    assert_eq!(kept.stopped().unwrap().entry, Entry(4));
    assert!(kept.stopped().unwrap().why.contains("gap"));
}
