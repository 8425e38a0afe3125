//! `exposure`: who carries the risk under every contract.

use clap::Args;

use super::{Asked, Globals, Output, Stop, output};

/// Show the most that each party can gain and lose under each contract in a full year, and where there is no
/// limit
#[derive(Debug, Args)]
pub struct Exposure {
    #[command(flatten)]
    asked: Asked,
}

impl Exposure {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Stop> {
        let app = globals.open().await?;
        let rows = app.exposure((&self.asked).into()).await?;
        if globals.output == Output::Json {
            return Ok(output::json(&rows)?);
        }
        let header = ["contract", "party", "max_gain", "max_loss", "unbounded", "reason"];
        let rows = rows.into_iter().map(|row| {
            let exposed = row.exposed;
            vec![
                row.contract.to_string(),
                exposed.party.to_string(),
                exposed.max_gain.unwrap_or_default(),
                exposed.max_loss.unwrap_or_default(),
                exposed.unbounded.to_string(),
                exposed.reason,
            ]
        });
        // A list is a table in text too.
        Ok(output::csv(&header, rows)?)
    }
}
