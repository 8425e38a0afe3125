//! `challenges`: what is disputed, for how long, and who is to act.

use clap::Args;

use super::{Asked, Globals, Output, Stop, output};

/// List challenges with their value, age and deadline, and who is to act; what is open is not payable
#[derive(Debug, Args)]
pub struct Challenges {
    #[command(flatten)]
    asked: Asked,
}

impl Challenges {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Stop> {
        let app = globals.open().await?;
        let challenges = app.challenges((&self.asked).into()).await?;
        if globals.output == Output::Json {
            return Ok(output::json(&challenges)?);
        }
        let header = [
            "contract",
            "challenge",
            "month",
            "amount",
            "raised_on",
            "days",
            "answer_by",
            "state",
            "upheld",
            "to_act",
            "reason",
        ];
        let rows = challenges.into_iter().map(|c| {
            let state = match (c.resolved_on, c.overdue) {
                (Some(_), _) => "resolved",
                (None, true) => "overdue",
                (None, false) => "open",
            };
            vec![
                c.contract.to_string(),
                c.challenge.to_string(),
                c.month.to_string(),
                c.amount.to_string(),
                c.raised_on.to_string(),
                c.days.to_string(),
                c.answer_by.map(|day| day.to_string()).unwrap_or_default(),
                state.to_owned(),
                c.upheld.map(|m| m.to_string()).unwrap_or_default(),
                c.to_act.map(|party| party.to_string()).unwrap_or_default(),
                c.reason,
            ]
        });
        // A list is a table in text too.
        Ok(output::csv(&header, rows)?)
    }
}
