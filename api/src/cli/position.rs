//! `position`: where a party stands under all its contracts.

use clap::Args;
use domain::money::Money;
use domain::name::PartyId;
use domain::worksheet::ByStage;
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
                let header = [
                    "contract",
                    "year",
                    "counterparty",
                    "entitled",
                    "paid",
                    "balance",
                    "result",
                    "frozen",
                    "flex",
                    "estimated",
                    "disputed",
                    "accrued",
                    "max_gain",
                    "max_loss",
                    "unbounded",
                ];
                let money = |m: Option<Money>| m.map(|m| m.to_string()).unwrap_or_default();
                let rows = position.rows.iter().map(|r| {
                    let mut row =
                        vec![r.contract.to_string(), r.year.to_string(), r.counterparty.to_string()];
                    row.extend([r.entitled, Some(r.paid), r.balance, r.result].map(money));
                    row.extend(
                        [|s: ByStage| s.frozen, |s: ByStage| s.flex, |s: ByStage| s.estimated]
                            .map(|of| money(r.by_stage.map(of))),
                    );
                    let limits = [Some(r.exposure.max_gain), r.exposure.max_loss];
                    row.extend([Some(r.disputed), Some(r.accrued), limits[0], limits[1]].map(money));
                    row.push(r.exposure.unbounded.to_string());
                    row
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
