//! `todo`: what is to be done, whose turn it is, by when, and what hangs on it.

use clap::Args;
use domain::name::PartyId;

use super::{Asked, Globals, Output, Stop, output};

/// List what is to be done: whose turn it is, by when, worth how much
#[derive(Debug, Args)]
pub struct Todo {
    /// Only what this party has to do
    #[arg(long)]
    party: Option<PartyId>,
    #[command(flatten)]
    asked: Asked,
}

impl Todo {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Stop> {
        let app = globals.open().await?;
        let all = app.todo(self.party.as_ref(), (&self.asked).into()).await?;
        match globals.output {
            Output::Text if all.is_empty() => output::say("nothing is to be done\n")?,
            Output::Text => all.iter().try_for_each(output::say)?,
            Output::Json => output::json(&all)?,
            Output::Csv | Output::Xlsx => return Err(output::not_in(globals.output, "todo").into()),
        }
        Ok(())
    }
}
