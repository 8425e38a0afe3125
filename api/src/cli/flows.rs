//! `flows`: the aggregate return of each month beside its patient-level returns.

use clap::Args;
use domain::money::Money;
use domain::name::ContractId;
use domain::year::ContractYear;

use super::{Asked, Globals, Output, Stop, output};
use crate::problem::Exit;

/// Compare the aggregate return of each month (ACM) with its patient-level returns and its invoices; exit
/// code 1 where one differs
#[derive(Debug, Args)]
pub struct Flows {
    /// The contract
    contract: ContractId,
    /// The contract year, such as 2025/26
    #[arg(long)]
    year: ContractYear,
    #[command(flatten)]
    asked: Asked,
}

impl Flows {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Stop> {
        let app = globals.open().await?;
        let months = app.flows(&self.contract, self.year, (&self.asked).into()).await?;
        let differs = months.iter().any(|m| {
            m.difference != Some(Money::ZERO) || m.invoice_difference.is_some_and(|d| d != Money::ZERO)
        });
        if globals.output == Output::Json {
            output::json(&months)?;
        } else {
            let header = [
                "provider",
                "month",
                "ACM",
                "PLCM",
                "DrPLCM",
                "DePLCM",
                "difference",
                "invoiced",
                "invoice_difference",
            ];
            let money = |amount: Option<Money>| amount.map(|m| m.to_string()).unwrap_or_default();
            // A list is a table in text too.
            let row = |m: &projections::flows::Returns| {
                let mut row = vec![m.provider.to_string(), m.month.to_string()];
                row.extend([m.acm, m.plcm, m.drplcm, m.deplcm, m.difference].map(money));
                row.extend([m.invoiced, m.invoice_difference].map(money));
                row
            };
            output::csv(&header, months.iter().map(row))?;
        }
        if differs { Err(Stop::Told(Exit::Findings)) } else { Ok(()) }
    }
}
