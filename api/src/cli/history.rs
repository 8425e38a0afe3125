//! `history`: everything recorded about a contract.

use clap::Args;
use domain::name::ContractId;
use domain::verb::Command;

use super::{Asked, Globals, Output, Stop, output};
use crate::problem::{Exit, Problem};

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
        let mut history = app.history(&self.contract, (&self.asked).into()).await?;
        if !self.event.is_empty() {
            self.known()?;
            history.retain(|happening| self.event.iter().any(|event| event == happening.event));
            if history.is_empty() {
                let message = format!("not recorded: {}", self.event.join(", "));
                let hint = format!("`riskshare history {}` lists what is", self.contract);
                return Err(Problem::new(Exit::Findings, "not-recorded", message, hint).into());
            }
        }
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

    /// Refuses a kind of event that there is not.
    fn known(&self) -> Result<(), Problem> {
        let there_is = |asked: &String| Command::NAMES.iter().any(|(_, event, _)| event == asked);
        let Some(unknown) = self.event.iter().find(|asked| !there_is(asked)) else { return Ok(()) };
        let hint = format!("`riskshare history {}` names the events there are", self.contract);
        Err(Problem::usage("event", format!("`{unknown}` is not a kind of event"), hint))
    }
}
