//! A ledger as files, in open forms, and what an outsider finds who checks them.
//!
//! | file | what |
//! |---|---|
//! | `ledger.json` | the ledger's name, its last entry, its root |
//! | `events.ndjson` | the envelopes, one a line: the very bytes that were hashed |
//! | `hashes.txt` | their leaf hashes, one a line, which tell which event an alteration is in |
//! | `commands.ndjson` | every command carried out: its key, the digest of its body, the entries it recorded |
//! | `checkpoints/` | the signed checkpoints that were kept, by their entry |
//! | `files/` | the evidence and the blocks of lines (Parquet) that were kept, by their SHA-256 |

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use domain::name::{CommandKey, StreamId};
use domain::time::{Entry, Instant};
use domain::verb::Event;
use domain::verb::activity::Blocks;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Checkpoint, Leaves, ProofError, PublicKey};
use crate::envelope::{Attached, Stored, open};
use crate::tree::leaf_hash;

/// The form of the files. Another form has another number.
const FORM: &str = "riskshare-export/1";

/// What an export says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    form: String,
    /// The ledger.
    pub ledger: String,
    /// Its last entry.
    pub entry: Entry,
    /// The RFC 6962 root over the envelopes of all entries.
    #[serde(with = "hex::serde")]
    pub root: [u8; 32],
}

/// A command that was carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Command {
    /// Its key.
    pub key: CommandKey,
    /// The SHA-256 of its canonical body.
    #[serde(with = "hex::serde")]
    pub digest: [u8; 32],
    /// The first entry it recorded.
    pub first: Entry,
    /// The last; before the first where it recorded none.
    pub last: Entry,
}

/// A folder that a ledger was exported into.
#[derive(Clone, Debug)]
pub struct Export(PathBuf);

/// Something that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The first entry it concerns, where it concerns one.
    pub entry: Option<Entry>,
    /// What it is.
    pub what: String,
}

/// What a check of an export came to.
#[derive(Clone, Debug)]
pub struct Verified {
    /// What it is an export of.
    pub manifest: Manifest,
    /// The last entry that a checkpoint signed by the key covers; 0 where there is none.
    pub signed_up_to: Entry,
    /// How many checkpoints were held to the key.
    pub checkpoints: usize,
    /// How many files of evidence were held to their names.
    pub files: usize,
    /// The events, for whoever knows what they mean.
    pub events: Vec<Stored>,
    /// What does not fit; the first bad entry first.
    pub findings: Vec<Finding>,
}

impl Manifest {
    /// What an export of this head says of itself.
    pub fn new(ledger: &str, entry: Entry, root: [u8; 32]) -> Manifest {
        Manifest { form: FORM.to_owned(), ledger: ledger.to_owned(), entry, root }
    }
}

impl Export {
    /// The folder at a path.
    pub fn at(path: impl Into<PathBuf>) -> Export {
        Export(path.into())
    }

    /// Makes the folder, which must not be there or be empty.
    ///
    /// # Errors
    /// Where it holds something already, or cannot be made.
    pub fn begin(&self) -> Result<(), ProofError> {
        let there = fs::read_dir(&self.0).is_ok_and(|mut inside| inside.next().is_some());
        if there {
            return Err(fault(&self.0, "it holds files already; export into an empty folder"));
        }
        for folder in ["checkpoints", "files"] {
            let path = self.0.join(folder);
            fs::create_dir_all(&path).map_err(|e| fault(&path, e))?;
        }
        Ok(())
    }

    /// Writes one of its files.
    ///
    /// # Errors
    /// Where that is not possible.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> Result<(), ProofError> {
        let path = self.0.join(name);
        fs::write(&path, content).map_err(|e| fault(&path, e))
    }

    /// The envelopes, in order.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn envelopes(&self) -> Result<Vec<Vec<u8>>, ProofError> {
        let bytes = self.read("events.ndjson")?;
        let whole = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
        if whole.is_empty() {
            return Ok(Vec::new());
        }
        Ok(whole.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect())
    }

    /// The commands that were carried out.
    ///
    /// # Errors
    /// Where the file cannot be read or holds something else.
    pub fn commands(&self) -> Result<Vec<Command>, ProofError> {
        let text = self.read("commands.ndjson")?;
        let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        lines.map(|line| self.json("commands.ndjson", line)).collect()
    }

    /// What it says of itself.
    ///
    /// # Errors
    /// Where it says nothing, or is of another form.
    pub fn manifest(&self) -> Result<Manifest, ProofError> {
        let manifest: Manifest = self.json("ledger.json", &self.read("ledger.json")?)?;
        if manifest.form == FORM {
            return Ok(manifest);
        }
        Err(fault(&self.0, format!("its form is `{}`, and this program reads `{FORM}`", manifest.form)))
    }

    /// The checkpoints, by their entry.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn checkpoints(&self) -> Result<Vec<(String, String)>, ProofError> {
        let text = |(name, bytes): (String, Vec<u8>)| (name, String::from_utf8_lossy(&bytes).into_owned());
        self.inside("checkpoints")?.map(|file| file.map(text)).collect()
    }

    /// The files of evidence and the blocks, by name, each read when it is its turn.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn files(&self) -> Result<impl Iterator<Item = Result<(String, Vec<u8>), ProofError>>, ProofError> {
        self.inside("files")
    }

    /// The files of a folder, each read when it is its turn: together they may be more than memory holds.
    fn inside(
        &self,
        folder: &str,
    ) -> Result<impl Iterator<Item = Result<(String, Vec<u8>), ProofError>> + use<>, ProofError> {
        let folder = self.0.join(folder);
        let mut paths: Vec<PathBuf> = fs::read_dir(&folder)
            .map_err(|e| fault(&folder, e))?
            .map(|file| Ok(file.map_err(|e| fault(&folder, e))?.path()))
            .collect::<Result<_, ProofError>>()?;
        paths.sort();
        Ok(paths.into_iter().map(|path| {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            Ok((name, fs::read(&path).map_err(|e| fault(&path, e))?))
        }))
    }

    fn read(&self, name: &str) -> Result<Vec<u8>, ProofError> {
        let path = self.0.join(name);
        fs::read(&path).map_err(|e| fault(&path, e))
    }

    fn json<T: serde::de::DeserializeOwned>(&self, name: &str, bytes: &[u8]) -> Result<T, ProofError> {
        serde_json::from_slice(bytes).map_err(|e| fault(&self.0.join(name), e))
    }

    /// Holds the whole export to a public key, and to a checkpoint that was kept elsewhere, where there is
    /// one: every envelope canonical and in its place, the root recomputed, every checkpoint signed and on
    /// the way to it, every command and file what it says. What does not fit is found, not refused: a check
    /// tells all it sees.
    ///
    /// # Errors
    /// Where a file cannot be read at all.
    pub fn verify(&self, key: &PublicKey, kept: Option<&Checkpoint>) -> Result<Verified, ProofError> {
        let manifest = self.manifest()?;
        let envelopes = self.envelopes()?;
        let mut findings = Vec::new();
        let events = read_events(&manifest.ledger, &envelopes, &mut findings);
        let hashes: Vec<[u8; 32]> = envelopes.iter().map(|envelope| leaf_hash(envelope)).collect();
        hold_hashes(&String::from_utf8_lossy(&self.read("hashes.txt")?), &hashes, &mut findings);
        let leaves = Leaves::of(hashes)?;
        let mut verified =
            Verified { manifest, signed_up_to: Entry(0), checkpoints: 0, files: 0, events, findings };
        verified.hold_to_manifest(&leaves);
        for (name, note) in self.checkpoints()? {
            verified.hold_to_checkpoint(&leaves, &format!("checkpoints/{name}"), &note, key);
        }
        if let Some(kept) = kept {
            verified.hold_to_checkpoint(&leaves, "the checkpoint given", &kept.note, key);
        }
        verified.hold_commands(&self.commands()?);
        verified.hold_files(self)?;
        verified.findings.sort_by_key(|finding| finding.entry.map_or(u64::MAX, |entry| entry.0));
        Ok(verified)
    }
}

impl Verified {
    fn found(&mut self, entry: Option<Entry>, what: impl Into<String>) {
        self.findings.push(Finding { entry, what: what.into() });
    }

    fn hold_to_manifest(&mut self, leaves: &Leaves) {
        let Manifest { entry, root, .. } = self.manifest;
        if leaves.len() != entry.0 {
            let first = Entry(leaves.len().min(entry.0) + 1);
            let what = format!("ledger.json says there are {entry} entries, and there are {}", leaves.len());
            self.found(Some(first), what);
        } else if leaves.root(entry).is_ok_and(|found| found != root) {
            self.found(None, "the root of ledger.json is not that of the events");
        }
    }

    fn hold_to_checkpoint(&mut self, leaves: &Leaves, name: &str, note: &str, key: &PublicKey) {
        let checkpoint = match Checkpoint::read(note).and_then(|read| read.check(key).map(|()| read)) {
            Ok(checkpoint) => checkpoint,
            Err(why) => return self.found(None, format!("{name}: {why}")),
        };
        self.checkpoints += 1;
        if checkpoint.ledger != self.manifest.ledger {
            return self.found(None, format!("{name} is of the ledger `{}`", checkpoint.ledger));
        }
        match leaves.root(checkpoint.entry) {
            Err(why) => self.found(Some(Entry(leaves.len() + 1)), format!("{name}: {why}")),
            Ok(root) if root != checkpoint.root => {
                let what =
                    format!("{name}: the entries up to {} are not those that were signed", checkpoint.entry);
                self.found(Some(checkpoint.entry), what);
            }
            Ok(_) => self.signed_up_to = self.signed_up_to.max(checkpoint.entry),
        }
    }

    /// Holds every file to its name, and every block that an event names to being there.
    fn hold_files(&mut self, export: &Export) -> Result<(), ProofError> {
        let mut named: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
        for event in &self.events {
            let mut payload = event.payload.clone();
            // What is no event of this release is found where statements are worked out again.
            let read = Attached::take(&mut payload)
                .ok()
                .and_then(|_| Event::decode(&event.kind, event.v, payload).ok());
            for block in read.as_ref().and_then(Event::blocks).into_iter().flat_map(Blocks::all) {
                named.entry(block.sha256.clone()).or_default().push(event.entry);
            }
        }
        for file in export.files()? {
            let (name, content) = file?;
            self.files += 1;
            let sound = hex::encode(Sha256::digest(&content)) == name;
            match named.remove(&name) {
                None if sound => {}
                None => self.found(None, format!("the file {name} has other content")),
                Some(_) if sound => {}
                Some(entries) => {
                    for entry in entries {
                        self.found(Some(entry), format!("its block {name} has other content"));
                    }
                }
            }
        }
        for (name, entries) in named {
            for entry in entries {
                self.found(Some(entry), format!("its block {name} is gone"));
            }
        }
        Ok(())
    }

    fn hold_commands(&mut self, commands: &[Command]) {
        let by_entry: BTreeMap<Entry, &CommandKey> = self.events.iter().map(|e| (e.entry, &e.key)).collect();
        let mut wrong = Vec::new();
        let mut recorded = 0;
        for command in commands.iter().filter(|command| command.first <= command.last) {
            for entry in command.first.0..=command.last.0 {
                recorded += 1;
                if by_entry.get(&Entry(entry)) != Some(&&command.key) {
                    wrong.push((Entry(entry), format!("the command {} did not record it", command.key)));
                }
            }
        }
        if recorded != self.events.len() {
            let what =
                format!("the commands recorded {recorded} events, and there are {}", self.events.len());
            self.found(None, what);
        }
        wrong.into_iter().for_each(|(entry, what)| self.found(Some(entry), what));
    }
}

/// Reads the envelopes, and finds those that are out of place.
fn read_events(ledger: &str, envelopes: &[Vec<u8>], findings: &mut Vec<Finding>) -> Vec<Stored> {
    let mut versions: BTreeMap<StreamId, u64> = BTreeMap::new();
    let mut last: Option<Instant> = None;
    let mut events = Vec::new();
    for (place, envelope) in (1..).map(Entry).zip(envelopes) {
        let mut found = |what: String| findings.push(Finding { entry: Some(place), what });
        let event = match canonical(ledger, envelope) {
            Ok(event) => event,
            Err(why) => {
                found(why);
                continue;
            }
        };
        if event.entry != place {
            found(format!("it says it is entry {}", event.entry));
        }
        let version = versions.entry(event.stream.clone()).or_default();
        *version += 1;
        if event.version != *version {
            found(format!("it says it is version {} of {}, and is {version}", event.version, event.stream));
        }
        if last > Some(event.recorded_at) {
            found("it was recorded before the one before it".to_owned());
        }
        last = Some(event.recorded_at);
        events.push(event);
    }
    events
}

/// Finds the first envelope that no longer has the hash that was written beside it.
fn hold_hashes(written: &str, hashes: &[[u8; 32]], findings: &mut Vec<Finding>) {
    let written: Vec<&str> = written.lines().collect();
    let differs = |(_, (written, hash)): &(Entry, (&&str, &[u8; 32]))| **written != hex::encode(hash);
    let first = (1..).map(Entry).zip(written.iter().zip(hashes)).find(differs).map(|(entry, _)| entry);
    let shorter = (written.len() != hashes.len()).then(|| Entry(written.len().min(hashes.len()) as u64 + 1));
    if let Some(entry) = first.or(shorter) {
        let what = "it is the first event that does not have the hash written beside it";
        findings.push(Finding { entry: Some(entry), what: what.to_owned() });
    }
}

/// An envelope as an event, where no other bytes say the same.
fn canonical(ledger: &str, envelope: &[u8]) -> Result<Stored, String> {
    let stored = open(ledger, envelope).map_err(|e| e.to_string())?;
    let again = crate::envelope::seal(ledger, stored.clone()).map_err(|e| e.to_string())?;
    if again.envelope == envelope { Ok(stored) } else { Err("its envelope is not canonical".to_owned()) }
}

fn fault(path: &Path, why: impl std::fmt::Display) -> ProofError {
    ProofError::File { path: path.display().to_string(), why: why.to_string() }
}
