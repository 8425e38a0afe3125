//! `claim-stop-loss`: claims for what patients cost by their activity lines.

use clap::Args;
use domain::name::ContractId;
use domain::year::ContractYear;

use super::{Asked, Globals, Output, Stop, output};

/// Claim from the stop-loss pool for every patient whose activity lines cost more than the threshold
#[derive(Debug, Args)]
pub struct ClaimStopLoss {
    /// The contract
    contract: ContractId,
    /// The contract year, such as 2025/26
    #[arg(long)]
    year: ContractYear,
    /// Work the cost out from the lines of payable reports
    #[arg(long, required = true)]
    from_activity: bool,
    #[command(flatten)]
    asked: Asked,
}

impl ClaimStopLoss {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Stop> {
        let app = globals.open().await?;
        let claimed = app.claim_from_activity(&self.contract, self.year, (&self.asked).into()).await?;
        if globals.output == Output::Json {
            return Ok(output::json(&claimed)?);
        }
        let told = format!(
            "{} patients, {} above the threshold, {} claims recorded; {} lines name no patient, {} claims have no line\n",
            claimed.patients, claimed.above, claimed.recorded, claimed.nameless, claimed.without_lines
        );
        Ok(output::say(told)?)
    }
}
