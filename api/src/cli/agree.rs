//! `agree`: a party agrees the statement of a contract year, or prepares to.

use std::path::PathBuf;

use clap::Args;
use domain::actor::Evidence;
use domain::name::{ContractId, PartyId};
use domain::year::ContractYear;
use sha2::{Digest, Sha256};

use super::{Globals, Stop, output};
use crate::problem::Problem;

/// Agree the statement in force of a contract year; on each side one person prepares and another agrees
#[derive(Debug, Args)]
pub struct Agree {
    /// The contract
    contract: ContractId,
    /// The contract year, such as 2025/26
    #[arg(long)]
    year: ContractYear,
    /// Put the statement to the approver instead
    #[arg(long, conflicts_with = "on_behalf_of")]
    prepare: bool,
    /// The party that agrees, where it has no users of its own; needs --evidence
    #[arg(long, value_name = "PARTY")]
    on_behalf_of: Option<PartyId>,
    /// A file that shows the agreement; its SHA-256 is recorded
    #[arg(long, value_name = "FILE")]
    evidence: Vec<PathBuf>,
}

impl Agree {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Stop> {
        let evidence = self.evidence.iter().map(evidence).collect::<Result<_, _>>()?;
        let app = globals.open().await?;
        let Agree { contract, year, prepare, on_behalf_of, .. } = self;
        let party = on_behalf_of.as_ref().unwrap_or(&app.actor().party).clone();
        let done = app.agree(&contract, year, prepare, on_behalf_of, evidence).await?;
        let word = if prepare { "prepared" } else { "agreed" };
        output::say(format!("{year} of {contract} {word} for {party}, entry {}\n", done.entry()))?;
        Ok(())
    }
}

/// A file as evidence: its name and the hash of its content.
fn evidence(path: &PathBuf) -> Result<Evidence, Problem> {
    let shown = path.to_string_lossy().into_owned();
    let content = std::fs::read(path).map_err(|e| Problem::file(&shown, &e))?;
    let name = path.file_name().map_or(shown.clone(), |name| name.to_string_lossy().into_owned());
    let sha256 = Sha256::digest(&content).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Evidence { name, sha256 })
}
