//! `verify`: checks an export, or the file of one proof, with nothing but the keeper's public key: no
//! database, no network.
//!
//! It stands apart from the other verbs so that a program with it alone can be built and read by an auditor:
//! `cargo build --release --no-default-features --features verify`.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use domain::time::Entry;
use domain::verb::Event;
use store::StoreError;
use store::proof::{Checkpoint, Consistency, Export, Finding, Inclusion, PublicKey, Verified};

use crate::problem::{Exit, Problem};

/// Check an export or a proof with a public key, without a database or a network
#[derive(Clone, Debug, Args)]
pub struct Verify {
    /// The folder of an export, or the file of a proof or checkpoint
    what: PathBuf,
    /// The keeper's public key, or a file that holds it
    #[arg(long, value_name = "KEY")]
    key: String,
    /// A checkpoint that was kept elsewhere: the export must hold everything it covers
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
}

/// What a check came to.
#[derive(Clone, Debug)]
pub struct Report {
    told: Vec<String>,
    findings: Vec<Finding>,
    /// Entries after the last signed checkpoint, which nothing proves.
    unsigned: Option<(Entry, Entry)>,
}

impl Report {
    /// What the program exits with.
    pub fn exit(&self) -> Option<Exit> {
        match (self.findings.is_empty(), self.unsigned) {
            (false, _) => Some(Exit::Integrity),
            (true, Some(_)) => Some(Exit::Findings),
            (true, None) => None,
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.told.iter().try_for_each(|line| writeln!(f, "{line}"))?;
        for Finding { entry, what } in &self.findings {
            match entry {
                Some(entry) => writeln!(f, "WRONG  entry {entry}: {what}")?,
                None => writeln!(f, "WRONG  {what}")?,
            }
        }
        if let Some((first, last)) = self.unsigned {
            writeln!(f, "UNSIGNED  entries {first} to {last}: no checkpoint signed by this key covers them")?;
        }
        match self.exit() {
            None => writeln!(f, "verified"),
            Some(_) => writeln!(f, "NOT verified"),
        }
    }
}

impl Verify {
    /// Checks what it was given.
    ///
    /// # Errors
    /// Where a file or the key cannot be read. What does not hold is in the report.
    pub fn run(&self) -> Result<Report, Problem> {
        let key = public_key(&self.key)?;
        if self.what.is_dir() {
            return self.export(&key);
        }
        let text = read(&self.what)?;
        let (told, checked) = if text.starts_with("c2sp.org/tlog-proof@") {
            let proof = Inclusion::read(&text).map_err(StoreError::from)?;
            let Checkpoint { ledger, entry, .. } = proof.checkpoint.clone();
            let told = format!(
                "a proof that entry {} is in the ledger `{ledger}`, under a checkpoint at entry {entry}:\n{}",
                proof.entry,
                String::from_utf8_lossy(&proof.envelope)
            );
            (told, proof.check(&key).map(|_| ()))
        } else if text.starts_with("riskshare/consistency@") {
            let proof = Consistency::read(&text).map_err(StoreError::from)?;
            let told = format!(
                "a proof that the ledger `{}` at entry {} only grew out of what it was at entry {}",
                proof.newer.ledger, proof.newer.entry, proof.older.entry
            );
            (told, proof.check(&key))
        } else {
            let checkpoint = Checkpoint::read(&text).map_err(StoreError::from)?;
            let told =
                format!("a checkpoint of the ledger `{}` at entry {}", checkpoint.ledger, checkpoint.entry);
            (told, checkpoint.check(&key))
        };
        let findings = checked.err().map(|why| Finding { entry: None, what: why.to_string() });
        Ok(Report { told: vec![told], findings: findings.into_iter().collect(), unsigned: None })
    }

    fn export(&self, key: &PublicKey) -> Result<Report, Problem> {
        let kept = match &self.checkpoint {
            Some(file) => Some(Checkpoint::read(&read(file)?).map_err(StoreError::from)?),
            None => None,
        };
        let mut verified = Export::at(&self.what).verify(key, kept.as_ref()).map_err(StoreError::from)?;
        let statements = work_out_again(&mut verified);
        let Verified { manifest, signed_up_to, checkpoints, files, findings, .. } = verified;
        let told = vec![
            format!(
                "ledger `{}`: {} entries, root {}",
                manifest.ledger,
                manifest.entry,
                hex::encode(manifest.root)
            ),
            format!("{checkpoints} checkpoints signed by {}, the last at entry {signed_up_to}", key.name()),
            format!(
                "{statements} statements worked out again, {files} files of evidence held to their names"
            ),
        ];
        let unsigned = (signed_up_to < manifest.entry).then(|| (signed_up_to.next(), manifest.entry));
        Ok(Report { told, findings, unsigned })
    }
}

/// Evaluates every recorded expression of every recorded statement again; how many statements there are.
fn work_out_again(verified: &mut Verified) -> usize {
    let mut statements = 0;
    for event in &verified.events {
        let found = match Event::decode(&event.kind, event.v, event_alone(event.payload.clone())) {
            Err(why) => Some(format!("it cannot be read: {why}")),
            Ok(event) => event.statement().and_then(|statement| {
                statements += 1;
                statement.audit().err().map(|why| why.to_string())
            }),
        };
        verified.findings.extend(found.map(|what| Finding { entry: Some(event.entry), what }));
    }
    statements
}

/// The payload as its event reads it: what came with its command stands beside it.
fn event_alone(mut payload: serde_json::Value) -> serde_json::Value {
    // What is not as it should be is left out too, and found by the shape of the whole.
    store::Attached::take(&mut payload).ok();
    payload
}

/// A public key from its text, or from a file that holds it.
pub fn public_key(text: &str) -> Result<PublicKey, Problem> {
    let text = if Path::new(text).is_file() { read(Path::new(text))? } else { text.to_owned() };
    Ok(text.parse().map_err(StoreError::Proof)?)
}

fn read(path: &Path) -> Result<String, Problem> {
    std::fs::read_to_string(path).map_err(|e| Problem::file(&path.to_string_lossy(), &e))
}

/// The program with this verb alone.
#[derive(Debug, clap::Parser)]
#[command(name = "riskshare", version, about = "Checks exports and proofs of riskshare ledgers")]
enum Alone {
    Verify(Verify),
}

/// Runs the program that has this verb alone.
pub fn main() -> ExitCode {
    let Alone::Verify(verify) = clap::Parser::parse();
    match verify.run() {
        Ok(report) => {
            print!("{report}");
            report.exit().map_or(ExitCode::SUCCESS, Into::into)
        }
        Err(problem) => {
            eprintln!("{problem}");
            problem.exit.into()
        }
    }
}
