//! `headroom`: what a programme leaves at plan, at forecast and at worst.

use clap::Args;
use domain::exact::Exact;
use domain::name::ContractId;
use domain::time::KnownAt;
use domain::year::ContractYear;
use projections::headroom::Asked;

use super::{Globals, Output, Stop, output};
use crate::problem::{Exit, Problem};

/// Show what a programme's budget leaves at plan, at forecast and at the contractual worst case, and what has
/// no limit
#[derive(Debug, Args)]
pub struct Headroom {
    /// The head contract
    contract: ContractId,
    /// The contract year, such as 2025/26
    #[arg(long)]
    year: ContractYear,
    /// What the ledger knew: a date (its end), a moment, or an entry such as @123 [default: now]
    #[arg(long, value_name = "TIME", default_value = "now", hide_default_value = true)]
    known_at: KnownAt,
}

impl Headroom {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Stop> {
        let app = globals.open().await?;
        let asked = app.headroom(&self.contract, self.year, self.known_at).await?;
        match globals.output {
            Output::Json => output::json(&asked)?,
            // A list is a table in text too.
            Output::Text | Output::Csv | Output::Xlsx => table(&asked)?,
        }
        if asked.not_forecast.is_empty() {
            return Ok(());
        }
        let message = format!("not recorded: forecast-made of {}", asked.not_forecast.join(", "));
        let hint = "record what each is expected to come to with forecast";
        Err(Problem::new(Exit::Findings, "not-recorded", message, hint).into())
    }
}

fn table(asked: &Asked) -> Result<(), Problem> {
    let headroom = &asked.headroom;
    let money = |amount: Option<&Exact>| amount.map(|a| a.show(2)).unwrap_or_default();
    // At plan where there is no forecast, as nothing better is known of it.
    let part = |amount: Option<&Exact>| {
        let part = amount.and_then(|a| a.checked_div(&headroom.envelope));
        part.map(|part| part.show_percent(1)).unwrap_or_default()
    };
    let row = |what: &str, kind: &str, [plan, forecast, most]: [Option<&Exact>; 3], limit: &str| {
        vec![
            what.to_owned(),
            kind.to_owned(),
            money(plan),
            money(forecast),
            money(most),
            limit.to_owned(),
            part(forecast.or(plan)),
        ]
    };
    let envelope = Some(&headroom.envelope);
    let mut rows = vec![row(asked.contract.as_str(), "envelope", [envelope; 3], "")];
    rows.extend(headroom.rows.iter().map(|item| {
        let amounts = [item.plan.as_ref(), item.forecast.as_ref(), item.most.as_ref()];
        match (item.subcontract, &item.most) {
            (false, _) => row(&item.what, "own item", amounts, ""),
            (true, Some(_)) => row(&item.what, "subcontract", amounts, "limited"),
            (true, None) => row(&item.what, "subcontract", amounts, "no limit"),
        }
    }));
    let left = [&headroom.at_plan, &headroom.at_forecast, &headroom.at_worst].map(Option::as_ref);
    let limit = if asked.unbounded.is_empty() { "" } else { "no limit" };
    rows.push(row("headroom", "left", left, limit));
    rows.extend(asked.pending.iter().map(|pending| {
        let likely = pending.probability.as_ref().map(|p| format!(", likely at {p}")).unwrap_or_default();
        let kind = format!("{}{likely}", pending.kind);
        row(&pending.item, &kind, [None, Some(&pending.effect), None], "")
    }));
    if !asked.pending.is_empty() {
        rows.push(row("headroom after these", "left", [None, asked.after_pending.as_ref(), None], ""));
    }
    output::csv(&["what", "kind", "plan", "forecast", "most", "limit", "of_envelope"], rows)
}
