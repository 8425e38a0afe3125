//! `template`: the table of a kind of fact, its heading and one row, from the command that `docs/COMMANDS.md`
//! shows.

use clap::Args;
use serde_json::{Map, Value};

use super::{Stop, output};
use crate::problem::{Exit, Problem};

/// Print the CSV heading and an example row of a table, for `apply --command`
#[derive(Debug, Args)]
pub struct Template {
    /// What its rows are about
    #[arg(required_unless_present = "list")]
    noun: Option<String>,
    /// List the nouns instead, each with its command
    #[arg(long)]
    list: bool,
}

/// Every table: its noun, and the command whose bodies are its rows.
const TABLES: &[(&str, &str)] = &[
    ("parties", "register-party"),
    ("activity", "report-activity"),
    ("costs", "report-cost"),
    ("turnover", "report-turnover"),
    ("population", "report-population"),
    ("volumes", "report-volume"),
    ("residence", "report-residence"),
    ("outcomes", "measure-outcome"),
    ("stop-loss", "claim-stop-loss"),
    ("milestones", "reach-milestone"),
    ("transfers", "transfer-pathway"),
    ("outside", "pay-outside"),
    ("forecasts", "forecast"),
    ("sanctions", "apply-sanction"),
    ("challenges", "raise-challenge"),
    ("resolutions", "resolve-challenge"),
    ("payments", "make-payment"),
    ("codes", "publish-code-map"),
    ("invoices", "receive-invoice"),
    ("credits", "credit-invoice"),
    ("deadlines", "set-deadline"),
    ("guarantees", "give-guarantee"),
];

const SHOWN: &str = include_str!("../../../docs/COMMANDS.md");

impl Template {
    pub(super) fn run(self) -> Result<(), Stop> {
        let Some(noun) = self.noun.filter(|_| !self.list) else {
            return Ok(output::say(
                TABLES.iter().map(|(noun, command)| format!("{noun}: {command}\n")).collect::<String>(),
            )?);
        };
        let row = TABLES.iter().find(|(name, _)| *name == noun).and_then(|(_, command)| example(command));
        let Some(row) = row else {
            let known: Vec<&str> = TABLES.iter().map(|(noun, _)| *noun).collect();
            let hint = format!("the tables are: {}", known.join(", "));
            return Err(Problem::new(
                Exit::NotFound,
                "unknown-table",
                format!("`{noun}` is not a table"),
                hint,
            )
            .into());
        };
        let header: Vec<&str> = row.iter().map(|(column, _)| column.as_str()).collect();
        Ok(output::csv(&header, [row.iter().map(|(_, cell)| cell.clone()).collect()])?)
    }
}

/// The body of the command as it is shown, as columns with their cells.
fn example(command: &str) -> Option<Vec<(String, String)>> {
    let shown = SHOWN.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let body =
        shown.filter(|said| said["command"] == command).find_map(|said| said["body"].as_object().cloned())?;
    let mut row = Vec::new();
    columns("", &body, &mut row);
    Some(row)
}

fn columns(before: &str, fields: &Map<String, Value>, row: &mut Vec<(String, String)>) {
    for (name, value) in fields {
        let column = format!("{before}{name}");
        match value {
            Value::Object(inner) => columns(&format!("{column}."), inner, row),
            // The items of a list are rows; one row shows one.
            Value::Array(items) => match items.first() {
                Some(Value::Object(item)) => columns(&format!("{column}[]."), item, row),
                Some(item) => row.push((format!("{column}[]"), cell(item))),
                None => {}
            },
            value => row.push((column, cell(value))),
        }
    }
}

fn cell(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
