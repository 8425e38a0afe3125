//! `proof`: what an outsider needs to see that an event is in the ledger, or that the ledger only grew.

use std::path::PathBuf;

use clap::Args;
use domain::time::Entry;
use store::StoreError;

use super::{Globals, Stop, output};
use crate::problem::Problem;

/// Prove that an event is in the ledger, or that the ledger only grew since a checkpoint; `verify` checks it
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Proof {
    /// The entry of an event, or of a drawn-up statement
    #[arg(long)]
    entry: Option<u64>,
    /// The file of an older checkpoint
    #[arg(long, value_name = "FILE")]
    since: Option<PathBuf>,
}

impl Proof {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Stop> {
        let app = globals.open().await?;
        if let Some(entry) = self.entry {
            output::say(app.inclusion(Entry(entry)).await?)?;
        }
        if let Some(file) = self.since {
            let shown = file.to_string_lossy();
            let note = std::fs::read_to_string(&file).map_err(|e| Problem::file(&shown, &e))?;
            let older = store::proof::Checkpoint::read(&note).map_err(StoreError::from)?;
            output::say(app.consistency(older).await?)?;
        }
        Ok(())
    }
}
