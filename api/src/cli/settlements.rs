//! `settlements`: one row for each contract year and pair of parties.

use clap::Args;

use super::{Asked, Globals, Output, Stop, output};

/// List drawn-up settlements, one row for each contract year and pair of parties
#[derive(Debug, Args)]
pub struct Settlements {
    /// Compute a draft of every contract year begun instead
    #[arg(long)]
    draft: bool,
    #[command(flatten)]
    asked: Asked,
}

impl Settlements {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Stop> {
        let app = globals.open().await?;
        let settlements = app.settlements(self.draft, (&self.asked).into()).await?;
        if globals.output == Output::Json {
            output::json(&settlements)?;
            return Ok(());
        }
        // A list is a table in text too: its first five columns are the same in every release.
        let header = ["contract", "year", "from", "to", "payable", "status", "entry"];
        let rows = settlements.into_iter().map(|s| {
            vec![
                s.contract.to_string(),
                s.year.to_string(),
                s.from.to_string(),
                s.to.to_string(),
                s.payable.map(|m| m.to_string()).unwrap_or_default(),
                s.status.to_string(),
                s.entry.to_string(),
            ]
        });
        output::csv(&header, rows)?;
        Ok(())
    }
}
