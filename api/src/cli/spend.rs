//! `spend`: what a contract year was spent per head and per unit of activity, beside another year.

use clap::Args;
use domain::exact::Exact;
use domain::name::ContractId;
use domain::year::ContractYear;
use projections::spend::OfYear;

use super::{Asked, Globals, Output, Stop, output};

/// Show what a contract year was spent per head and per unit of activity, beside a baseline year
#[derive(Debug, Args)]
pub struct Spend {
    /// The contract
    contract: ContractId,
    /// The contract year, such as 2025/26
    #[arg(long)]
    year: ContractYear,
    /// The year to hold it against: the baseline
    #[arg(long)]
    against: ContractYear,
    #[command(flatten)]
    asked: Asked,
}

impl Spend {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Stop> {
        let app = globals.open().await?;
        let spend = app.spend(&self.contract, [self.year, self.against], (&self.asked).into()).await?;
        if globals.output == Output::Json {
            return Ok(output::json(&spend)?);
        }
        let header = [
            "year",
            "months",
            "entitled",
            "population",
            "per_head",
            "per_head_and_month",
            "activity",
            "per_unit",
            "against_baseline",
        ];
        let show = |amount: &Option<Exact>| amount.as_ref().map(|a| a.show(2)).unwrap_or_default();
        let row = |of: &OfYear, change: String| {
            vec![
                of.year.to_string(),
                of.months.to_string(),
                of.entitled.map(|m| m.to_string()).unwrap_or_default(),
                of.population.to_string(),
                show(&of.per_head),
                show(&of.per_head_and_month),
                of.activity.as_ref().map(ToString::to_string).unwrap_or_default(),
                show(&of.per_unit),
                change,
            ]
        };
        let change = spend.change.as_ref().map(|change| change.show_percent(1)).unwrap_or_default();
        let [year, baseline] = &spend.years;
        // A list is a table in text too.
        Ok(output::csv(&header, [row(year, change), row(baseline, String::new())])?)
    }
}
