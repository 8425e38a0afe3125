//! `draw-up`: records the settlement of a contract year.

use clap::Args;
use domain::name::ContractId;
use domain::time::AsOf;
use domain::verb::Event;
use domain::year::ContractYear;

use super::{Globals, Output, Stop, output};

/// Record the settlement of a contract year; the statement is kept as it is shown
#[derive(Debug, Args)]
pub struct DrawUp {
    /// The contract
    contract: ContractId,
    /// The contract year, such as 2025/26
    #[arg(long)]
    year: ContractYear,
    /// Business date: what had been measured by then [default: today]
    #[arg(long, value_name = "DATE")]
    as_of: Option<AsOf>,
    /// Why it is drawn up although a payable part is estimated or missing
    #[arg(long, value_name = "REASON")]
    with_estimates: Option<String>,
}

impl DrawUp {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Stop> {
        let app = globals.open().await?;
        let done = app.draw_up(self.contract, self.year, self.as_of, self.with_estimates).await?;
        let Some(recorded) = done.events.last() else { return Ok(()) };
        let Event::SettlementDrawnUp(drawn_up) = &recorded.event else { return Ok(()) };
        match globals.output {
            Output::Json => output::json(&drawn_up.statement)?,
            Output::Csv | Output::Xlsx => return Err(output::not_in(globals.output, "draw-up").into()),
            Output::Text => {
                output::say(&drawn_up.statement)?;
                let when = if done.replayed { "was drawn up before" } else { "drawn up" };
                output::say(format!("\n{when}, entry {}, {}\n", recorded.entry, recorded.hash))?;
            }
        }
        Ok(())
    }
}
