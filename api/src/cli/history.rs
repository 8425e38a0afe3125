//! `history`: everything recorded about a contract.

use clap::Args;
use domain::name::ContractId;

use super::{Asked, Globals, Output, Stop, output};

/// Show everything recorded about a contract, with who and when
#[derive(Debug, Args)]
pub struct History {
    /// The contract
    contract: ContractId,
    /// Only events of this kind, such as settlement-drawn-up; may be given several times
    #[arg(long, value_name = "EVENT")]
    event: Vec<String>,
    #[command(flatten)]
    asked: Asked,
}

impl History {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Stop> {
        let app = globals.open().await?;
        let history = app.history(&self.contract, &self.event, (&self.asked).into()).await?;
        match globals.output {
            Output::Json => output::json(&history)?,
            Output::Text => {
                for happening in &history {
                    output::say(format!("{happening}\n"))?;
                }
            }
            Output::Csv | Output::Xlsx => {
                let header =
                    ["entry", "recorded_at", "event", "person", "party", "role", "key", "hash", "payload"];
                let rows = history.iter().map(|h| {
                    vec![
                        h.entry.to_string(),
                        h.recorded_at.to_string(),
                        h.event.to_owned(),
                        h.actor.person.clone(),
                        h.actor.party.to_string(),
                        h.actor.role.clone(),
                        h.key.to_string(),
                        h.hash.to_string(),
                        h.payload.to_string(),
                    ]
                });
                output::csv(&header, rows)?;
            }
        }
        Ok(())
    }
}
