//! `check`: holds the ledger to everything it promises.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use store::StoreError;

use super::{Globals, Output, Stop, output};
use crate::app::check::Checked;
use crate::problem::{Exit, Problem};
use crate::verify::public_key;

/// Hold the ledger to everything it promises: rebuild all from the events, work out every figure again, and
/// compare
#[derive(Debug, Args)]
pub struct Check {
    /// The keeper's public key, or a file that holds it: checkpoints must be signed by it
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// A checkpoint that was kept elsewhere: the ledger must hold everything it covers
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// By which rules drawn-up years are compared
    #[arg(long, value_enum, default_value_t = Rules::AsRecorded)]
    rules: Rules,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Rules {
    /// As they were when each was drawn up: recorded expressions are evaluated again.
    AsRecorded,
    /// As they are now: each is settled again from the entries it was drawn up on, and differences are shown.
    AsNow,
}

impl Check {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Stop> {
        let key = self.key.as_deref().map(public_key).transpose()?;
        let kept = match &self.checkpoint {
            Some(file) => {
                let note =
                    std::fs::read_to_string(file).map_err(|e| Problem::file(&file.to_string_lossy(), &e))?;
                Some(store::proof::Checkpoint::read(&note).map_err(StoreError::from)?)
            }
            None => None,
        };
        let app = globals.open().await?;
        let checked = app.check(key.as_ref(), kept.as_ref(), self.rules == Rules::AsNow).await?;
        match globals.output {
            Output::Json => output::json(&checked)?,
            Output::Text | Output::Csv | Output::Xlsx => output::say(&checked)?,
        }
        match checked {
            Checked { mismatches, .. } if !mismatches.is_empty() => Err(Stop::Told(Exit::Integrity)),
            Checked { differences, .. } if !differences.is_empty() => Err(Stop::Told(Exit::Findings)),
            _ => Ok(()),
        }
    }
}
