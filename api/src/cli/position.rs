//! `position`: where a party stands under all its contracts.

use clap::Args;
use domain::money::Money;
use domain::name::PartyId;
use projections::over_time::OverTime;

use super::{Asked, Globals, Output, Stop, output};
use crate::problem::Problem;

/// Show what a party is entitled to, has been paid, is owed and owes
#[derive(Debug, Args)]
pub struct Position {
    /// The party
    #[arg(long)]
    party: PartyId,
    /// Its net position at the end of each month instead, as known then and as known now
    #[arg(long)]
    over_time: bool,
    #[command(flatten)]
    asked: Asked,
}

impl Position {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Stop> {
        let app = globals.open().await?;
        if self.over_time {
            return Ok(over_time(&app.over_time(&self.party, (&self.asked).into()).await?, globals.output)?);
        }
        let position = app.position(&self.party, (&self.asked).into()).await?;
        match globals.output {
            Output::Text => output::say(&position)?,
            Output::Json => output::json(&position)?,
            Output::Csv | Output::Xlsx => {
                let header = ["contract", "year", "counterparty", "entitled", "paid", "balance", "result"];
                let money = |m: Option<Money>| m.map(|m| m.to_string()).unwrap_or_default();
                let rows = position.rows.iter().map(|r| {
                    vec![
                        r.contract.to_string(),
                        r.year.to_string(),
                        r.counterparty.to_string(),
                        money(r.entitled),
                        r.paid.to_string(),
                        money(r.balance),
                        money(r.result),
                    ]
                });
                output::csv(&header, rows)?;
            }
        }
        Ok(())
    }
}

fn over_time(told: &OverTime, form: Output) -> Result<(), Problem> {
    if form == Output::Json {
        return output::json(told);
    }
    let money = |m: Option<Money>| m.map(|m| m.to_string()).unwrap_or_default();
    let rows = told.months.iter().map(|m| vec![m.as_of.to_string(), money(m.known_then), money(m.known_now)]);
    output::csv(&["as_of", "known_then", "known_now"], rows)
}
