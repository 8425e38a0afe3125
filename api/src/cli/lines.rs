//! `lines`: the activity lines behind a figure.

use clap::Args;
use domain::name::{ClauseRef, ContractId, PartyId};
use domain::verb::activity::Flow;
use domain::year::Month;

use super::{Asked, Globals, Output, Stop, output};
use crate::app::lines::{Line, Wanted};

/// Lines of a page on a terminal.
const A_PAGE: usize = 50;

/// Show the activity lines of a month's payable reports, and the clause that pays for each
#[derive(Debug, Args)]
pub struct Lines {
    /// The contract
    contract: ContractId,
    /// The month of care, such as 2025-04
    #[arg(long)]
    month: Month,
    /// Only lines of this provider
    #[arg(long, value_name = "PARTY")]
    provider: Option<PartyId>,
    /// Only lines of this return: ACM, PLCM, DrPLCM, DePLCM or local
    #[arg(long)]
    flow: Option<Flow>,
    /// Only lines that this clause pays for
    #[arg(long)]
    clause: Option<ClauseRef>,
    /// Only lines that no clause pays for
    #[arg(long, conflicts_with = "clause")]
    outside: bool,
    /// Only lines that state this, such as point_of_delivery_code=EL; may be given several times
    #[arg(long = "where", value_name = "COLUMN=VALUE", value_parser = column)]
    columns: Vec<(String, String)>,
    /// The page, from 1
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    page: u32,
    #[command(flatten)]
    asked: Asked,
}

fn column(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) => Ok((name.trim().to_lowercase(), value.trim().to_owned())),
        None => Err("write it as column=value".to_owned()),
    }
}

impl Lines {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Stop> {
        let app = globals.open().await?;
        let wanted = Wanted {
            contract: self.contract,
            month: self.month,
            provider: self.provider,
            flow: self.flow,
            clause: self.clause,
            outside: self.outside,
            columns: self.columns,
            skip: A_PAGE * (self.page as usize - 1),
            limit: A_PAGE,
        };
        let page = app.lines(&wanted, (&self.asked).into()).await?;
        match globals.output {
            Output::Json => output::json(&page)?,
            Output::Text => {
                for line in &page.lines {
                    output::say(told(line))?;
                }
                let next = match page.more {
                    true => format!("more: --page {}\n", self.page + 1),
                    false => format!("{} lines on this page, the last\n", page.lines.len()),
                };
                output::say(next)?;
            }
            Output::Csv | Output::Xlsx => {
                let mut names: Vec<&str> = Vec::new();
                for (name, _) in page.lines.iter().flat_map(|line| &line.stated) {
                    if !names.contains(&name.as_str()) {
                        names.push(name);
                    }
                }
                let header =
                    ["entry", "provider", "flow", "row", "clause"].into_iter().chain(names.iter().copied());
                let header: Vec<&str> = header.collect();
                let rows = page.lines.iter().map(|line| {
                    let of = |name: &&str| line.stated.iter().find(|(of, _)| of == name);
                    let stated =
                        names.iter().map(|name| of(name).map(|(_, v)| v.clone()).unwrap_or_default());
                    let clause = line.clause.as_ref().map(ToString::to_string).unwrap_or_default();
                    [
                        line.entry.to_string(),
                        line.provider.to_string(),
                        line.flow.to_string(),
                        line.row.to_string(),
                        clause,
                    ]
                    .into_iter()
                    .chain(stated)
                    .collect::<Vec<String>>()
                });
                output::csv(&header, rows)?;
            }
        }
        Ok(())
    }
}

/// A line in one paragraph: what it is, then what it states.
fn told(line: &Line) -> String {
    let clause = match &line.clause {
        Some(clause) => format!("clause {clause}"),
        None => "no clause".to_owned(),
    };
    let stated: Vec<String> = line.stated.iter().map(|(name, value)| format!("{name} {value}")).collect();
    let Line { flow, provider, row, entry, .. } = line;
    format!("{flow} of {provider}, row {row} ({entry}), {clause}\n    {}\n", stated.join("; "))
}
