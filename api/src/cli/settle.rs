//! `settle`: shows what a contract year comes to. Records nothing.

use clap::Args;
use domain::book::DrawnUp;
use domain::name::ContractId;
use domain::statement::Statement;
use domain::year::ContractYear;

use super::{Asked, Globals, Output, Stop, output};
use crate::app::workbook::{Which, not_drawn_up};

/// Show what a contract year comes to, line by line; records nothing
#[derive(Debug, Args)]
pub struct Settle {
    /// The contract
    contract: ContractId,
    /// The contract year, such as 2025/26
    #[arg(long)]
    year: ContractYear,
    #[command(flatten)]
    asked: Asked,
    /// Show the statement in force, as it was drawn up, instead of a fresh draft
    #[arg(long)]
    in_force: bool,
}

impl Settle {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Stop> {
        let app = globals.open().await?;
        let times = (&self.asked).into();
        if globals.output == Output::Xlsx {
            let which = if self.in_force { Which::InForce } else { Which::Draft };
            let bytes = app.workbook(&self.contract, self.year, which, times).await?;
            return Ok(output::file(&bytes, &format!("{}.xlsx", self.contract))?);
        }
        let asked = app.settle(&self.contract, self.year, times).await?;
        let statement = match (&asked.in_force, self.in_force) {
            (_, false) => &asked.draft,
            (Some(drawn_up), true) => &drawn_up.fact.statement,
            (None, true) => return Err(not_drawn_up(&self.contract, self.year).into()),
        };
        match globals.output {
            Output::Json => output::json(statement)?,
            Output::Csv => lines(statement)?,
            Output::Text | Output::Xlsx => {
                output::say(statement)?;
                if let Some(in_force) = &asked.in_force {
                    output::say(standing(in_force, &asked.draft))?;
                }
            }
        }
        Ok(())
    }
}

/// Which statement is in force, and how today's draft differs from it.
fn standing(in_force: &DrawnUp, draft: &Statement) -> String {
    let statement = &in_force.fact.statement;
    format!(
        "\nIn force: {} at entry {}{}\n",
        statement.status.in_force(),
        in_force.entry,
        differs(statement, draft)
    )
}

/// How a draft differs from the statement in force, pair by pair.
fn differs(in_force: &Statement, draft: &Statement) -> String {
    let changed: Vec<String> = draft
        .payables
        .iter()
        .filter_map(|fresh| {
            let said = in_force.payables.iter().find(|p| p.from == fresh.from && p.to == fresh.to);
            let was = said.and_then(|p| p.entitled);
            let show =
                |m: Option<domain::money::Money>| m.map_or("nothing".to_owned(), |m| m.show(draft.currency));
            let text = format!(
                "{} to {} was {}, would now be {}",
                fresh.from,
                fresh.to,
                show(was),
                show(fresh.entitled)
            );
            (was != fresh.entitled).then_some(text)
        })
        .collect();
    if changed.is_empty() {
        ", and today's draft does not differ".to_owned()
    } else {
        format!("; {}", changed.join("; "))
    }
}

fn lines(statement: &Statement) -> Result<(), crate::problem::Problem> {
    let header =
        ["n", "id", "name", "subject", "clause", "kind", "value", "exact", "unit", "state", "working"];
    output::csv(
        &header,
        statement.lines.iter().map(|l| {
            let text = |v: serde_json::Value| v.as_str().unwrap_or_default().to_owned();
            vec![
                l.n.to_string(),
                l.id.clone(),
                l.name.name().to_owned(),
                l.subject.clone().unwrap_or_default(),
                l.clause.to_string(),
                text(serde_json::json!(l.kind)),
                l.value.clone().unwrap_or_default(),
                l.exact.as_ref().map(ToString::to_string).unwrap_or_default(),
                l.unit.clone().unwrap_or_default(),
                text(serde_json::json!(l.state)),
                l.working.text.clone(),
            ]
        }),
    )
}
