//! `position`: where a party stands under all its contracts.

use clap::Args;
use domain::name::PartyId;

use super::{Asked, Globals, Output, Stop, output};

/// Show what a party is entitled to, has been paid, is owed and owes
#[derive(Debug, Args)]
pub struct Position {
    /// The party
    #[arg(long)]
    party: PartyId,
    #[command(flatten)]
    asked: Asked,
}

impl Position {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Stop> {
        let app = globals.open().await?;
        let position = app.position(&self.party, (&self.asked).into()).await?;
        match globals.output {
            Output::Text => output::say(&position)?,
            Output::Json => output::json(&position)?,
            Output::Csv => {
                let header = ["contract", "year", "counterparty", "entitled", "paid", "balance", "result"];
                let money = |m: Option<domain::money::Money>| m.map(|m| m.to_string()).unwrap_or_default();
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
