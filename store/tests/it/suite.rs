//! What every engine promises: each case is run on each of them.

use std::time::Duration;

use domain::time::Entry;
use sha2::{Digest, Sha256};
use store::proof::{Export, new_pair};
use store::{Append, Log, StoreError, Stored};

use crate::bench::{Bench, Hands, amount, append, moment, relying, stated, stream};

/// One test for each case, on benches from `$bench`, a future of `Option<Bench>`.
macro_rules! every_case {
    ($bench:expr) => {
        $crate::suite::cases!($bench;
            a_tailing_reader_misses_nothing_of_sixteen_writers
            of_two_that_decided_on_one_version_one_wins
            an_append_fails_as_a_whole
            several_appends_are_all_or_nothing
            each_append_of_several_sees_the_ones_before_it
            a_command_is_carried_out_once
            a_key_is_known_inside_one_batch
            a_command_without_events_keeps_its_key
            the_clock_never_steps_back
            a_stated_time_lies_between_the_head_and_the_clock
            an_entry_is_found_by_its_time
            what_was_recorded_reads_back
            many_events_go_in_at_once
            what_cannot_be_sealed_is_refused
            the_root_is_that_of_the_envelopes
            damage_is_found
            an_append_that_is_dropped_leaves_the_log_whole
            ledgers_are_apart
            files_are_kept_by_content
            what_is_exported_and_restored_is_the_same_ledger
            a_newer_schema_is_refused
            sixteen_may_open_a_new_database_at_once
            only_what_is_there_is_opened_as_existing
        );
    };
}
macro_rules! cases {
    ($bench:expr; $($case:ident)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $case() {
            if let Some(bench) = $bench.await {
                $crate::suite::$case(&bench).await;
            }
        }
    )*};
}
pub(crate) use {cases, every_case};

async fn everything(log: &Log) -> Vec<Stored> {
    log.read(Entry(0), usize::MAX).await.unwrap()
}

pub async fn a_tailing_reader_misses_nothing_of_sixteen_writers(bench: &Bench) {
    const WRITERS: usize = 16;
    let each = amount(20, 400);
    let started = std::time::Instant::now();
    let mut writers = Vec::new();
    for w in 0..WRITERS {
        let log = bench.log().await;
        writers.push(tokio::spawn(async move {
            let mut mine = Vec::new();
            for n in 0..each {
                let streams = [format!("one/{w}"), "all/shared".to_owned()];
                let streams: Vec<&str> = streams.iter().map(String::as_str).take(1 + n % 2).collect();
                mine.extend(log.append(&append(&format!("{w}-{n}"), &streams)).await.unwrap().events);
            }
            mine
        }));
    }
    let log = bench.log().await;
    let total = WRITERS * (each + each / 2);
    let mut seen: Vec<Stored> = Vec::new();
    while seen.len() < total {
        let after = seen.last().map_or(Entry(0), |event| event.entry);
        seen.extend(log.read(after, 7).await.unwrap());
        assert!(started.elapsed() < Duration::from_secs(300), "the writers stopped at {}", seen.len());
    }
    println!("{:.0} appends/s", (WRITERS * each * 1000) as u128 / started.elapsed().as_millis().max(1));
    let mut written = Vec::new();
    for writer in writers {
        written.extend(writer.await.unwrap());
    }
    written.sort_by_key(|event| event.entry);
    assert!(seen.iter().zip(1..).all(|(event, n)| event.entry == Entry(n)));
    assert_eq!(seen, written);
    assert_eq!(log.verify().await.unwrap().entry, Entry(total as u64));
}

pub async fn of_two_that_decided_on_one_version_one_wins(bench: &Bench) {
    let mut racers = Vec::new();
    for n in 0..8 {
        let log = bench.log().await;
        racers.push(tokio::spawn(async move {
            log.append(&relying(append(&format!("racer {n}"), &["a/1"]), &[("a/1", 0)])).await
        }));
    }
    let mut won = 0;
    for racer in racers {
        match racer.await.unwrap() {
            Ok(_) => won += 1,
            Err(error) => {
                assert_eq!(error, StoreError::Stale { stream: stream("a/1"), expected: 0, found: 1 });
            }
        }
    }
    assert_eq!(won, 1);
    assert_eq!(everything(&bench.log().await).await.len(), 1);
}

pub async fn an_append_fails_as_a_whole(bench: &Bench) {
    let log = bench.log().await;
    log.append(&append("1", &["a/1", "a/1", "b/1"])).await.unwrap();
    let before = log.head().await.unwrap();
    for (moved, expected, found) in [("b/1", 0, 1), ("a/1", 3, 2), ("c/1", 1, 0)] {
        let right = ("a/1", 2);
        let stale = relying(append("2", &["a/1", "c/1"]), &[right, (moved, expected)]);
        let error = log.append(&stale).await.unwrap_err();
        assert_eq!(error, StoreError::Stale { stream: stream(moved), expected, found });
    }
    assert_eq!(log.head().await.unwrap(), before);
    assert_eq!(log.command(&"2".parse().unwrap()).await.unwrap(), None);
    let sound = relying(append("2", &["a/1", "c/1"]), &[("a/1", 2), ("b/1", 1), ("c/1", 0)]);
    let versions: Vec<u64> = log.append(&sound).await.unwrap().events.iter().map(|e| e.version).collect();
    assert_eq!(versions, [3, 1]);
}

pub async fn several_appends_are_all_or_nothing(bench: &Bench) {
    let log = bench.log().await;
    log.append(&append("1", &["a/1"])).await.unwrap();
    let before = log.head().await.unwrap();
    let stale = relying(append("4", &["a/1"]), &[("a/1", 1)]);
    let all = [append("2", &["b/1"]), append("3", &["a/1"]), stale];
    let error = log.append_all(&all).await.unwrap_err();
    assert_eq!(error, StoreError::Stale { stream: stream("a/1"), expected: 1, found: 2 });
    assert_eq!(log.head().await.unwrap(), before);
    let appended = log.append_all(&all[..2]).await.unwrap();
    let entries: Vec<Entry> = appended.iter().flat_map(|a| a.events.iter().map(|e| e.entry)).collect();
    assert_eq!(entries, [Entry(2), Entry(3)]);
    assert_eq!(log.append_all(&[]).await.unwrap(), []);
}

pub async fn each_append_of_several_sees_the_ones_before_it(bench: &Bench) {
    let log = bench.log().await;
    let all: Vec<Append> = (0..5).map(|n| relying(append(&n.to_string(), &["a/1"]), &[("a/1", n)])).collect();
    log.append_all(&all).await.unwrap();
    assert_eq!(everything(&log).await.len(), 5);
}

pub async fn a_command_is_carried_out_once(bench: &Bench) {
    let log = bench.log().await;
    log.append(&append("0", &["a/1"])).await.unwrap();
    let command = relying(append("pay:2025-06-20, part 1", &["a/1", "b/1"]), &[("a/1", 1), ("b/1", 0)]);
    let first = log.append(&command).await.unwrap();
    assert!(!first.replayed || bench.loses_answers());
    log.append(&append("2", &["b/1"])).await.unwrap();

    // The versions it was decided on have moved since, and its salt and time are not part of its body.
    let again = Append { salt: [9; 16], recorded_at: Some(moment(-99)), ..command.clone() };
    for log in [log, bench.log().await] {
        let answer = log.append(&again).await.unwrap();
        assert!(answer.replayed);
        assert_eq!(answer.events, first.events);
        let record = log.command(&command.key).await.unwrap().unwrap();
        assert_eq!((record.digest, record.first, record.last), (command.digest, Entry(2), Entry(3)));
        let other = Append { digest: [1; 32], ..command.clone() };
        let error = log.append(&other).await.unwrap_err();
        assert_eq!(error, StoreError::KeyReused { key: command.key.clone(), first: Entry(2) });
        assert_eq!(log.head().await.unwrap().entry, Entry(4));
    }
}

pub async fn a_key_is_known_inside_one_batch(bench: &Bench) {
    let log = bench.log().await;
    log.append(&append("before", &["a/1"])).await.unwrap();
    let all =
        [append("x", &["a/1"]), append("before", &["a/1"]), append("x", &["a/1"]), append("y", &["a/1"])];
    let answer = log.append_all(&all).await.unwrap();
    let told: Vec<(bool, Entry)> = answer.iter().map(|a| (a.replayed, a.events[0].entry)).collect();
    let fresh = bench.loses_answers() && answer.iter().all(|a| a.replayed);
    let fresh = |entry| (fresh, Entry(entry));
    assert_eq!(told, [fresh(2), (true, Entry(1)), (true, Entry(2)), fresh(3)]);

    let other = Append { digest: [1; 32], ..append("z", &["a/1"]) };
    let error = log.append_all(&[append("z", &["a/1"]), other]).await.unwrap_err();
    assert_eq!(error, StoreError::KeyReused { key: "z".parse().unwrap(), first: Entry(4) });
    assert_eq!(log.head().await.unwrap().entry, Entry(3));
}

pub async fn a_command_without_events_keeps_its_key(bench: &Bench) {
    let log = bench.log().await;
    log.append(&append("1", &["a/1"])).await.unwrap();
    let before = log.head().await.unwrap();
    let nothing = log.append(&append("nothing new", &[])).await.unwrap();
    assert_eq!(nothing.events, []);
    assert!(!nothing.replayed || bench.loses_answers());
    assert!(log.append(&append("nothing new", &[])).await.unwrap().replayed);
    assert_eq!(log.head().await.unwrap(), before);
    let record = log.command(&"nothing new".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!((record.first, record.last), (Entry(2), Entry(1)));
    log.append(&append("2", &["a/1"])).await.unwrap();
    assert!(log.append(&append("nothing new", &[])).await.unwrap().events.is_empty());
    log.verify().await.unwrap();
}

pub async fn the_clock_never_steps_back(bench: &Bench) {
    let hands = Hands::at(10);
    let log = bench.log().await.with_clock(hands.clock());
    let mut times = Vec::new();
    for (n, second) in [10, 5, 12, 11].into_iter().enumerate() {
        hands.set(second);
        times.push(log.append(&append(&n.to_string(), &["a/1"])).await.unwrap().events[0].recorded_at);
    }
    assert_eq!(times, [10, 10, 12, 12].map(moment));
    assert_eq!(log.head().await.unwrap().recorded_at, Some(moment(12)));
}

pub async fn a_stated_time_lies_between_the_head_and_the_clock(bench: &Bench) {
    let hands = Hands::at(100);
    let log = bench.log().await.with_clock(hands.clock());
    let refused = |given, head: Option<i64>| StoreError::RecordedAt {
        given: moment(given),
        head: head.map(moment),
        now: moment(100),
    };
    let future = log.append(&stated(append("1", &["a/1"]), 101)).await.unwrap_err();
    assert_eq!(future, refused(101, None));
    // Before 1970, even: a ledger kept as history may be older than the machines.
    let long_ago = -3_000_000_000;
    log.append(&stated(append("1", &["a/1"]), long_ago)).await.unwrap();
    let all = [stated(append("2", &["a/1"]), 50), stated(append("3", &["a/1"]), 49)];
    assert_eq!(log.append_all(&all).await.unwrap_err(), refused(49, Some(50)));
    log.append_all(&all[..1]).await.unwrap();
    assert_eq!(log.append(&all[1]).await.unwrap_err(), refused(49, Some(50)));
    log.append(&stated(append("4", &["a/1"]), 50)).await.unwrap();
    log.append(&stated(append("5", &["a/1"]), 100)).await.unwrap();
    assert_eq!(log.entry_at(moment(long_ago)).await.unwrap(), Entry(1));
    log.verify().await.unwrap();
}

pub async fn an_entry_is_found_by_its_time(bench: &Bench) {
    let hands = Hands::at(0);
    let log = bench.log().await.with_clock(hands.clock());
    assert_eq!(log.entry_at(moment(0)).await.unwrap(), Entry(0));
    for (n, second) in [10, 20, 20, 30].into_iter().enumerate() {
        hands.set(second);
        log.append(&append(&n.to_string(), &["a/1", "b/1"])).await.unwrap();
    }
    for (second, entry) in [(9, 0), (10, 2), (19, 2), (20, 6), (29, 6), (30, 8), (99, 8)] {
        assert_eq!(log.entry_at(moment(second)).await.unwrap(), Entry(entry), "second {second}");
    }
}

pub async fn what_was_recorded_reads_back(bench: &Bench) {
    let log = bench.log().await;
    let mut recorded = Vec::new();
    for n in 0..10 {
        let appended = log.append(&append(&n.to_string(), &["a/1", "b/ü"])).await.unwrap();
        recorded.extend(appended.events);
    }
    let command = append("3", &["a/1", "b/ü"]);
    let event = &recorded[7];
    assert_eq!((event.entry, &event.stream, event.version), (Entry(8), &stream("b/ü"), 4));
    assert_eq!((&event.actor, &event.key, event.salt), (&command.actor, &command.key, command.salt));
    assert_eq!(
        (event.kind.as_str(), event.v, &event.payload),
        ("thing-noted", 1, &command.events[1].payload)
    );
    for log in [log, bench.log().await] {
        assert_eq!(everything(&log).await, recorded);
        assert_eq!(log.read(Entry(3), 4).await.unwrap(), recorded[3..7]);
        assert_eq!(log.read(Entry(18), 4).await.unwrap(), recorded[18..]);
        assert_eq!(log.read(Entry(20), 4).await.unwrap(), []);
        assert_eq!(log.read(Entry(3), 0).await.unwrap(), []);
        assert_eq!(log.read(Entry(u64::MAX), 1).await.unwrap(), []);
    }
}

pub async fn many_events_go_in_at_once(bench: &Bench) {
    let log = bench.log().await;
    let count = amount(700, 20_000);
    let streams: Vec<String> = (0..count).map(|n| format!("a/{}", n % 150)).collect();
    let streams: Vec<&str> = streams.iter().map(String::as_str).collect();
    let big = append("big", &streams);
    let small = (0..200).map(|n| append(&format!("small {n}"), &["b/1"]));
    let answer = log.append_all(&std::iter::once(big).chain(small).collect::<Vec<_>>()).await.unwrap();
    assert_eq!(answer[0].events.len(), count);
    assert_eq!(answer[200].events[0].version, 200);
    assert_eq!(log.verify().await.unwrap().entry, Entry(count as u64 + 200));
}

pub async fn what_cannot_be_sealed_is_refused(bench: &Bench) {
    let log = bench.log().await;
    let mut command = append("1", &["a/1", "a/1"]);
    command.events[1].payload = serde_json::json!({"amount": 0.1});
    let error = log.append(&command).await.unwrap_err();
    assert!(matches!(error, StoreError::Unsealable { .. }), "{error}");
    assert_eq!(log.head().await.unwrap().entry, Entry(0));
}

/// RFC 6962 section 2.1, from the envelopes on, without the library that the log uses.
pub fn root_of(envelopes: &[Vec<u8>]) -> [u8; 32] {
    match envelopes {
        [] => Sha256::digest([]).into(),
        [envelope] => Sha256::digest([&[0], &envelope[..]].concat()).into(),
        _ => {
            let (left, right) = envelopes.split_at(envelopes.len().next_power_of_two() / 2);
            Sha256::digest([&[1], &root_of(left)[..], &root_of(right)].concat()).into()
        }
    }
}

pub async fn the_root_is_that_of_the_envelopes(bench: &Bench) {
    let log = bench.log().await;
    for n in 0..20 {
        let head = log.head().await.unwrap();
        let envelopes = log.envelopes(Entry(0), usize::MAX).await.unwrap();
        assert_eq!(head.root, root_of(&envelopes), "{} entries", head.entry);
        log.append(&append(&n.to_string(), &["a/1", "b/1", "a/1"][..1 + n % 3])).await.unwrap();
    }
    let events = everything(&log).await;
    let envelopes = log.envelopes(Entry(0), usize::MAX).await.unwrap();
    let hashes: Vec<[u8; 32]> = envelopes.iter().map(|bytes| store::leaf_hash(bytes)).collect();
    assert_eq!(hashes, events.iter().map(|event| event.hash).collect::<Vec<_>>());
    assert_eq!(log.hashes(Entry(0), usize::MAX).await.unwrap(), hashes);
    assert_eq!(log.hashes(Entry(5), 3).await.unwrap(), hashes[5..8]);

    let envelope: serde_json::Value = serde_json::from_slice(&envelopes[4]).unwrap();
    let event = &events[4];
    let said = serde_json::json!({
        "ledger": log.ledger(), "entry": 5, "stream": event.stream, "version": event.version,
        "recorded_at": event.recorded_at.to_string(), "actor": event.actor, "key": event.key, "type": event.kind,
        "v": event.v, "salt": "07".repeat(16), "payload": event.payload,
    });
    assert_eq!(envelope, said);
    assert_eq!(serde_jcs::to_vec(&envelope).unwrap(), envelopes[4]);
    assert_eq!(log.verify().await.unwrap(), log.head().await.unwrap());
}

pub async fn damage_is_found(bench: &Bench) {
    let damages = [
        "UPDATE event SET stream = 'b/1' WHERE entry = 2",
        "UPDATE event SET version = 20 WHERE entry = 2",
        "UPDATE event SET recorded_at = recorded_at + 1 WHERE entry = 2",
        "UPDATE event SET person = 'Bob' WHERE entry = 2",
        "UPDATE event SET party = 'other' WHERE entry = 2",
        "UPDATE event SET role = 'other' WHERE entry = 2",
        "UPDATE event SET command_key = 'other' WHERE entry = 2",
        "UPDATE event SET kind = 'other' WHERE entry = 2",
        "UPDATE event SET v = 2 WHERE entry = 2",
        "UPDATE event SET hash = (SELECT hash FROM event e WHERE e.ledger = event.ledger AND e.entry = 1) WHERE entry = 2",
        "UPDATE event SET envelope = (SELECT envelope FROM event e WHERE e.ledger = event.ledger AND e.entry = 1) \
         WHERE entry = 2",
        "DELETE FROM event WHERE entry = 2",
        "DELETE FROM event WHERE entry = 3",
        "UPDATE head SET recorded_at = recorded_at + 1",
        "UPDATE head SET frontier = (SELECT hash FROM event e WHERE e.ledger = head.ledger AND e.entry = 1)",
    ];
    for (n, damage) in damages.iter().enumerate() {
        let Bench::Memory(_) = bench else {
            let log = Log::open(&format!("{}#l{n}", bench.url())).await.unwrap();
            for key in ["1", "2", "3"] {
                log.append(&append(key, &["a/1"])).await.unwrap();
            }
            log.verify().await.unwrap();
            let clause = if damage.contains(" WHERE entry") { " AND" } else { " WHERE" };
            bench.tamper(&format!("{damage}{clause} ledger = 'l{n}'")).await;
            let found = log.verify().await;
            assert!(matches!(found, Err(StoreError::Corrupt(_))), "{damage}: {found:?}");
            continue;
        };
        bench.log().await.verify().await.unwrap();
    }
}

pub async fn an_append_that_is_dropped_leaves_the_log_whole(bench: &Bench) {
    let log = bench.log().await;
    for n in 0..amount(40, 1_000) {
        let command = append(&n.to_string(), &["a/1", "b/1"]);
        let patience = Duration::from_micros(n as u64 * 97 % 1_500);
        let _ = tokio::time::timeout(patience, log.append(&command)).await;
    }
    log.append(&append("last", &["a/1"])).await.unwrap();
    let events = everything(&log).await;
    let whole = |key: &str| events.iter().filter(|e| e.key.as_str() == key).count() == 2;
    assert!(events.iter().all(|e| e.key.as_str() == "last" || whole(e.key.as_str())));
    log.verify().await.unwrap();
}

pub async fn ledgers_are_apart(bench: &Bench) {
    let log = bench.log().await;
    let other = Log::open(&format!("{}#other", bench.url())).await.unwrap();
    assert_eq!((log.ledger(), other.ledger()), ("main", "other"));
    log.append(&append("1", &["a/1"])).await.unwrap();
    let appended = other.append(&relying(append("1", &["a/1"]), &[("a/1", 0)])).await.unwrap();
    assert!(!appended.replayed || bench.loses_answers());
    assert_eq!(appended.events[0].entry, Entry(1));
    let file = log.put_file(b"mine").await.unwrap();
    assert_eq!(other.get_file(&file).await.unwrap(), None);
    assert_ne!(log.head().await.unwrap().root, other.head().await.unwrap().root);
    other.verify().await.unwrap();
}

pub async fn files_are_kept_by_content(bench: &Bench) {
    let log = bench.log().await;
    let content: Vec<u8> = (0..100_000u32).map(|n| (n % 251) as u8).collect();
    let sha256 = log.put_file(&content).await.unwrap();
    assert_eq!(sha256, hex::encode(Sha256::digest(&content)));
    assert_eq!(log.put_file(&content).await.unwrap(), sha256);
    let empty = log.put_file(b"").await.unwrap();
    let log = bench.log().await;
    assert_eq!(log.get_file(&sha256).await.unwrap(), Some(content));
    assert_eq!(log.get_file(&empty).await.unwrap(), Some(vec![]));
    assert_eq!(log.get_file("none").await.unwrap(), None);
    if bench.tamper(&format!("UPDATE file SET content = envelope FROM event WHERE sha256 = '{empty}'")).await
    {
        log.append(&append("1", &["a/1"])).await.unwrap();
        bench
            .tamper(&format!("UPDATE file SET content = envelope FROM event WHERE sha256 = '{empty}'"))
            .await;
        assert!(matches!(log.get_file(&empty).await, Err(StoreError::Corrupt(_))));
    }
}

pub async fn what_is_exported_and_restored_is_the_same_ledger(bench: &Bench) {
    let log = bench.log().await;
    for n in 1..=5 {
        log.append(&append(&format!("key-{n}"), &["note/1", "note/2"])).await.unwrap();
    }
    log.put_file(b"the minute of the meeting").await.unwrap();
    let (private, public) = new_pair("northmoor.example").unwrap();
    let key = private.parse().unwrap();
    let first = log.checkpoint(&key).await.unwrap();
    assert_eq!(
        log.checkpoint(&key).await.unwrap().entry,
        first.entry,
        "a second one of the same head is the same"
    );
    assert_eq!(log.checkpoints().await.unwrap(), [(first.entry, first.note.clone())]);
    let folder = tempfile::tempdir().unwrap();
    let export = Export::at(folder.path());
    let manifest = log.export(&export, Some(&key)).await.unwrap();
    assert_eq!((manifest.entry, manifest.root), (first.entry, first.root));
    assert_eq!(export.verify(&public, None).unwrap().findings, []);
    let url = format!("sqlite:{}", folder.path().join("restored.db").display());
    let restored = Log::open(&url).await.unwrap();
    restored.restore(&export).await.unwrap();
    assert_eq!(restored.verify().await.unwrap(), log.head().await.unwrap());
    assert_eq!(restored.commands().await.unwrap(), log.commands().await.unwrap());
    assert_eq!(restored.files().await.unwrap(), log.files().await.unwrap());
}

pub async fn a_newer_schema_is_refused(bench: &Bench) {
    bench.log().await;
    if bench.tamper("INSERT INTO schema_version (version) VALUES (9)").await {
        let error = Log::open(&bench.url()).await.unwrap_err();
        assert!(matches!(error, StoreError::NewerSchema { found: 9, known } if known < 9), "{error}");
        assert_eq!(Log::open_existing(&bench.url()).await.unwrap_err(), error);
        assert!(!error.hint().is_empty());
    }
}

pub async fn sixteen_may_open_a_new_database_at_once(bench: &Bench) {
    let url = bench.url();
    let opening: Vec<_> = (0..16)
        .map(|_| {
            let url = url.clone();
            tokio::spawn(async move { Log::open(&url).await })
        })
        .collect();
    for log in opening {
        assert_eq!(log.await.unwrap().unwrap().head().await.unwrap().entry, Entry(0));
    }
}

pub async fn only_what_is_there_is_opened_as_existing(bench: &Bench) {
    let url = bench.url();
    let missing = |opened: Result<Log, StoreError>| matches!(opened, Err(StoreError::NotFound(_)));
    assert!(missing(Log::open_existing(&url).await));
    if let Bench::Memory(_) = bench {
        return;
    }
    bench.log().await.append(&append("1", &["a/1"])).await.unwrap();
    assert_eq!(Log::open_existing(&url).await.unwrap().head().await.unwrap().entry, Entry(1));
    assert!(missing(Log::open_existing(&format!("{url}#another")).await));
}
