//! `contracts`: every contract, with what its years come to beside their plans.

use clap::Args;
use domain::money::Money;
use domain::name::ContractId;
use projections::contracts::{Contract, Detail, Year};

use super::{Asked, Globals, Output, Stop, output};

/// List contracts with what their years come to beside their plans; of one, its terms in plain words
#[derive(Debug, Args)]
pub struct Contracts {
    /// One contract, with its terms
    contract: Option<ContractId>,
    #[command(flatten)]
    asked: Asked,
}

impl Contracts {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Stop> {
        let app = globals.open().await?;
        let times = (&self.asked).into();
        match (&self.contract, globals.output) {
            (Some(contract), Output::Json) => output::json(&app.contract(contract, times).await?)?,
            (Some(contract), Output::Text) => output::say(text(&app.contract(contract, times).await?))?,
            (Some(contract), Output::Csv | Output::Xlsx) => {
                table(&[app.contract(contract, times).await?.contract])?
            }
            (None, Output::Json) => output::json(&app.contracts(times).await?)?,
            // A list is a table in text too.
            (None, Output::Text | Output::Csv | Output::Xlsx) => table(&app.contracts(times).await?)?,
        }
        Ok(())
    }
}

fn table(contracts: &[Contract]) -> Result<(), crate::problem::Problem> {
    let header = [
        "contract", "year", "payer", "payee", "plan", "payable", "paid", "balance", "result", "status",
        "complete", "open",
    ];
    let money = |amount: Option<Money>| amount.map(|m| m.to_string()).unwrap_or_default();
    let row = |contract: &Contract, year: &Year| {
        vec![
            contract.contract.to_string(),
            year.year.to_string(),
            contract.payer.party.to_string(),
            contract.payee.party.to_string(),
            money(year.plan),
            money(year.payable),
            year.paid.to_string(),
            money(year.balance),
            money(year.result),
            year.status.to_string(),
            year.complete.to_string(),
            year.open.join("; "),
        ]
    };
    output::csv(&header, contracts.iter().flat_map(|c| c.years.iter().map(move |y| row(c, y))))
}

fn text(detail: &Detail) -> String {
    let contract = &detail.contract;
    let under = contract.under.as_ref().map(|head| format!(", under {head}")).unwrap_or_default();
    let mut text = format!(
        "{}\nContract {}{under}, {} to {}, signed {}\n{} pays {}\n\n",
        contract.title,
        contract.contract,
        contract.from,
        contract.to,
        contract.signed_on,
        contract.payer.name,
        contract.payee.name
    );
    for clause in &detail.clauses {
        text += &format!("Clause {}: {}\n", clause.clause, clause.says);
    }
    for year in &contract.years {
        let show = |amount: Option<Money>| amount.map_or("none".to_owned(), |m| m.show(contract.currency));
        text += &format!(
            "\n{}: {}, plan {}, payable {}, paid {}\n",
            year.year,
            year.status,
            show(year.plan),
            show(year.payable),
            show(Some(year.paid))
        );
        year.open.iter().for_each(|what| text += &format!("  {what}\n"));
    }
    text
}
