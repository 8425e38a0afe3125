//! `months`: a contract year month by month, entitlement beside payments.

use clap::Args;
use domain::money::Money;
use domain::name::ContractId;
use domain::rate::Rate;
use domain::time::KnownAt;
use domain::year::ContractYear;

use super::{Asked, Globals, Output, Stop, output};
use crate::problem::{Exit, Problem};

/// Show what was payable and paid to the end of each month, how far payments were off, and what an earlier
/// time believed
#[derive(Debug, Args)]
pub struct Months {
    /// The contract
    contract: ContractId,
    /// The contract year, such as 2025/26
    #[arg(long)]
    year: ContractYear,
    /// An earlier time to compare with, as known then: a date, a moment or an entry
    #[arg(long, value_name = "TIME")]
    from: Option<KnownAt>,
    /// Only the months in which payments were off by more than this part of what was payable, such as 5%
    #[arg(long, value_name = "RATE")]
    over: Option<Rate>,
    #[command(flatten)]
    asked: Asked,
}

impl Months {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Stop> {
        let app = globals.open().await?;
        let mut months = app.months(&self.contract, self.year, self.from, (&self.asked).into()).await?;
        if let Some(over) = &self.over {
            if months.months.iter().all(|m| m.paid == Money::ZERO) {
                let message = format!("not recorded: payment-made under {} for {}", self.contract, self.year);
                let hint = "record what was paid with make-payment";
                return Err(Problem::new(Exit::Findings, "not-recorded", message, hint).into());
            }
            months.months.retain(|m| m.off.as_ref().is_some_and(|off| off.abs() > *over.exact()));
        }
        if globals.output == Output::Json {
            return Ok(output::json(&months)?);
        }
        let header = ["as_of", "payable", "paid", "balance", "off", "before", "change"];
        let money = |amount: Option<Money>| amount.map(|m| m.to_string()).unwrap_or_default();
        let rows = months.months.iter().map(|m| {
            vec![
                m.as_of.to_string(),
                money(m.payable),
                m.paid.to_string(),
                money(m.balance),
                m.off.as_ref().map(|off| off.show_percent(1)).unwrap_or_default(),
                money(m.before),
                money(m.change),
            ]
        });
        // A list is a table in text too.
        Ok(output::csv(&header, rows)?)
    }
}
