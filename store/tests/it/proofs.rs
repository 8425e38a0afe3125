//! What an outsider sees: that a proof holds, and that every alteration is found and placed.

use std::fs;
use std::path::{Path, PathBuf};

use domain::time::Entry;
use store::proof::{
    Checkpoint, Consistency, Export, Finding, Inclusion, Leaves, PublicKey, SigningKey, Verified, new_pair,
};
use store::{Log, StoreError};

use crate::bench::append;

fn keys(name: &str) -> (SigningKey, PublicKey) {
    let (private, public) = new_pair(name).unwrap();
    (private.parse().unwrap(), public)
}

/// A log in memory with as many events.
async fn log(events: u64) -> Log {
    let log = Log::open("memory:").await.unwrap();
    fill(&log, 1, events).await;
    log
}

async fn fill(log: &Log, from: u64, to: u64) {
    for n in from..=to {
        log.append(&append(&format!("key-{n}"), &[&format!("note/{}", n % 7)])).await.unwrap();
    }
}

/// Vectors of the C2SP specification of signed notes: a key, and a note that it signed.
#[test]
fn the_published_note_holds_and_no_other() {
    let key: PublicKey =
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW".parse().unwrap();
    assert_eq!(key.name(), "PeterNeumann");
    assert!(
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW".parse::<PublicKey>().is_err()
    );
    let private = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    let signer: SigningKey = private.parse().unwrap();
    assert_eq!(*signer.public(), key);
    let signed = Checkpoint::sign(&signer, "main", Entry(3), [7; 32]).unwrap();
    signed.check(&key).unwrap();
    assert_eq!(
        signed.note.lines().take(5).collect::<Vec<_>>(),
        ["PeterNeumann", "3", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=", "ledger main", ""]
    );
    for (from, to) in [("\n3\n", "\n4\n"), ("ledger main", "ledger mine"), ("BwcH", "CwcH")] {
        let altered = Checkpoint::read(&signed.note.replacen(from, to, 1)).unwrap();
        assert!(altered.check(&key).is_err(), "{to}");
    }
    let (_, stranger) = keys("PeterNeumann");
    assert!(signed.check(&stranger).is_err());
    assert!(Checkpoint::read("no note at all").is_err());
}

#[test]
fn a_private_key_is_never_shown() {
    let (private, _) = new_pair("northmoor.example").unwrap();
    let key: SigningKey = private.parse().unwrap();
    assert_eq!(format!("{key:?}"), "SigningKey(northmoor.example)");
    for name in ["", "two words", "a+b"] {
        assert!(new_pair(name).is_err(), "{name}");
    }
}

/// Every entry of every tree up to 16 events, and every pair of its lengths.
#[tokio::test]
async fn proofs_hold_at_every_length_and_only_for_what_they_prove() {
    const LONGEST: u64 = 16;
    let log = log(LONGEST).await;
    let (signer, key) = keys("northmoor.example");
    let leaves = log.leaves().await.unwrap();
    let envelopes = log.envelopes(Entry(0), LONGEST as usize).await.unwrap();
    let signed =
        |n: u64| Checkpoint::sign(&signer, "main", Entry(n), leaves.root(Entry(n)).unwrap()).unwrap();
    let checkpoints: Vec<Checkpoint> = (1..=LONGEST).map(signed).collect();
    let at = |n: u64| checkpoints[n as usize - 1].clone();
    for size in 1..=LONGEST {
        for entry in 1..=size {
            let envelope = envelopes[entry as usize - 1].clone();
            let proof = Inclusion::of(&leaves, Entry(entry), envelope, at(size)).unwrap();
            let read = Inclusion::read(&proof.to_string()).unwrap();
            assert_eq!(read, proof);
            assert_eq!(read.check(&key).unwrap().entry, Entry(entry));
            let mut other = read.clone();
            other.envelope = envelopes[entry as usize % LONGEST as usize].clone();
            assert!(other.check(&key).is_err(), "another event at entry {entry} of {size}");
        }
        for older in 1..=size {
            let proof = Consistency::of(&leaves, at(older), at(size)).unwrap();
            let read = Consistency::read(&proof.to_string()).unwrap();
            assert_eq!(read, proof);
            read.check(&key).unwrap();
        }
    }
    assert!(Inclusion::of(&leaves, Entry(5), envelopes[4].clone(), at(4)).is_err());
    assert!(Consistency::of(&leaves, at(5), at(4)).is_err());
}

/// Two ledgers that were one: the second did not grow out of what the first was.
#[tokio::test]
async fn a_rewritten_past_is_seen_between_two_checkpoints() {
    let (signer, key) = keys("northmoor.example");
    let first = log(10).await.checkpoint(&signer).await.unwrap();
    let rewritten = Log::open("memory:").await.unwrap();
    fill(&rewritten, 1, 9).await;
    fill(&rewritten, 11, 13).await;
    let second = rewritten.checkpoint(&signer).await.unwrap();
    let leaves = rewritten.leaves().await.unwrap();
    let proof = Consistency::of(&leaves, first, second).unwrap();
    let why = proof.check(&key).unwrap_err().to_string();
    assert!(why.contains("what stood at entry 10 was altered by entry 12"), "{why}");
}

struct Exported {
    folder: tempfile::TempDir,
    key: PublicKey,
    older: Checkpoint,
}

/// An export of 12 events with a file, under checkpoints at 8 and 12.
async fn exported() -> Exported {
    let (signer, key) = keys("northmoor.example");
    let log = log(8).await;
    let older = log.checkpoint(&signer).await.unwrap();
    fill(&log, 9, 12).await;
    log.put_file(b"the minute of the meeting").await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let manifest = log.export(&Export::at(folder.path()), Some(&signer)).await.unwrap();
    assert_eq!(manifest.entry, Entry(12));
    Exported { folder, key, older }
}

impl Exported {
    fn verify(&self) -> Verified {
        Export::at(self.folder.path()).verify(&self.key, Some(&self.older)).unwrap()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Rewrites a file line by line.
    fn lines(&self, name: &str, change: impl Fn(&mut Vec<String>)) {
        let path = self.path(name);
        let mut lines: Vec<String> = fs::read_to_string(&path).unwrap().lines().map(str::to_owned).collect();
        change(&mut lines);
        fs::write(path, lines.join("\n") + "\n").unwrap();
    }

    fn first(&self) -> (Option<u64>, String) {
        let findings = self.verify().findings;
        let Some(Finding { entry, what }) = findings.first() else { panic!("nothing was found") };
        (entry.map(|entry| entry.0), what.clone())
    }
}

#[tokio::test]
async fn an_export_holds_and_says_how_far_it_is_signed() {
    let verified = exported().await.verify();
    assert_eq!(verified.findings, []);
    assert_eq!((verified.signed_up_to, verified.checkpoints, verified.files), (Entry(12), 3, 1));
    assert_eq!(verified.events.len(), 12);
}

#[tokio::test]
async fn every_alteration_of_an_export_is_found_at_its_first_entry() {
    type Change = fn(&Exported);
    let cases: [(&str, Change, Option<u64>); 11] = [
        (
            "a figure",
            |e| e.lines("events.ndjson", |l| l[4] = l[4].replace("\"entry\":5", "\"entry\":50")),
            Some(5),
        ),
        ("a space", |e| e.lines("events.ndjson", |l| l[4] = l[4].replacen(':', ": ", 1)), Some(5)),
        ("an event dropped", |e| e.lines("events.ndjson", |l| drop(l.remove(6))), Some(7)),
        ("two events swapped", |e| e.lines("events.ndjson", |l| l.swap(2, 9)), Some(3)),
        ("an event put in", |e| e.lines("events.ndjson", |l| l.insert(3, l[3].clone())), Some(5)),
        ("the tail cut off", |e| e.lines("events.ndjson", |l| l.truncate(10)), Some(11)),
        ("another hash", |e| e.lines("hashes.txt", |l| l[8] = "0".repeat(64)), Some(9)),
        (
            "another command",
            |e| e.lines("commands.ndjson", |l| l[1] = l[1].replace("key-2", "key-x")),
            Some(2),
        ),
        ("a command dropped", |e| e.lines("commands.ndjson", |l| drop(l.remove(1))), None),
        (
            "the minute",
            |e| {
                let file = fs::read_dir(e.path("files")).unwrap().next().unwrap().unwrap().path();
                fs::write(file, "another minute").unwrap();
            },
            None,
        ),
        ("a checkpoint", |e| e.lines("checkpoints/000000000012.txt", |l| l[1] = "11".to_owned()), None),
    ];
    for (name, change, entry) in cases {
        let exported = exported().await;
        change(&exported);
        let (found, what) = exported.first();
        assert_eq!(found, entry, "{name}: {what}");
    }
}

/// A keeper who rewrites everything, hashes and checkpoint included, is caught by the checkpoint kept
/// elsewhere.
#[tokio::test]
async fn a_ledger_made_again_is_caught_by_an_older_checkpoint() {
    let Exported { key, older, .. } = exported().await;
    let (stranger, _) = keys("northmoor.example");
    let shorter = log(6).await;
    let folder = tempfile::tempdir().unwrap();
    shorter.export(&Export::at(folder.path()), Some(&stranger)).await.unwrap();
    let verified = Export::at(folder.path()).verify(&key, Some(&older)).unwrap();
    let found: Vec<_> = verified.findings.iter().map(|f| (f.entry.map(|e| e.0), f.what.as_str())).collect();
    assert_eq!(found[0].0, Some(7), "{found:?}");
    assert!(found[0].1.contains("entry 7 is the first of those missing: up to 8 were signed"), "{found:?}");
    assert!(found[1].1.contains("checkpoints/000000000006.txt"), "{found:?}");
    assert_eq!(verified.signed_up_to, Entry(0));
}

#[tokio::test]
async fn a_restored_ledger_has_the_same_root_keys_and_files() {
    let log = log(12).await;
    let file = log.put_file(b"the minute of the meeting").await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let export = Export::at(folder.path());
    log.export(&export, None).await.unwrap();
    let again = Log::open("memory:").await.unwrap();
    again.restore(&export).await.unwrap();
    assert_eq!(again.head().await.unwrap(), log.head().await.unwrap());
    assert_eq!(again.verify().await.unwrap(), log.head().await.unwrap());
    assert_eq!(again.commands().await.unwrap(), log.commands().await.unwrap());
    assert!(again.get_file(&file).await.unwrap().is_some());
    let replayed = again.append(&append("key-3", &["note/3"])).await.unwrap();
    assert!(replayed.replayed, "a command of the old ledger is known to the new one");
    assert!(matches!(again.restore(&export).await, Err(StoreError::NotEmpty(_))));
    assert!(matches!(log.export(&export, None).await, Err(StoreError::Proof(_))), "the folder is not empty");
    let other = Log::open("memory:#other").await.unwrap();
    assert!(matches!(other.restore(&export).await, Err(StoreError::Proof(_))));
}

#[tokio::test]
async fn a_damaged_export_is_not_restored() {
    let exported = exported().await;
    exported.lines("events.ndjson", |lines| lines[3] = lines[4].clone());
    let fresh = Log::open("memory:").await.unwrap();
    assert!(fresh.restore(&Export::at(exported.folder.path())).await.is_err());
    assert_eq!(fresh.head().await.unwrap().entry, Entry(0));
}

#[tokio::test]
async fn nothing_cannot_be_signed() {
    let (signer, _) = keys("northmoor.example");
    let empty = Log::open("memory:").await.unwrap();
    assert!(matches!(empty.checkpoint(&signer).await, Err(StoreError::Empty(_))));
    assert!(Leaves::default().is_empty());
    assert!(Export::at(Path::new("nowhere")).manifest().is_err());
}
