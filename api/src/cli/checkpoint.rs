//! `checkpoint`: signs the ledger as it is now.

use clap::Args;

use super::{Globals, Stop, output};

/// Sign the ledger as it is now, keep the checkpoint and print it: whoever has a copy can show later what was
/// altered
#[derive(Debug, Args)]
pub struct Checkpoint {}

impl Checkpoint {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Stop> {
        let app = globals.open().await?;
        Ok(output::say(app.checkpoint().await?.note)?)
    }
}
