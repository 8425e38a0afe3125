//! CSV tables as commands: each row is the body of one command, its columns the body's fields.

use serde_json::{Map, Value};

use crate::app::apply::not_utf8;
use crate::problem::Problem;

/// One row of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The line in the file, from 1.
    pub line: usize,
    /// The cells by column; empty ones are left out.
    pub fields: Map<String, Value>,
}

/// Reads a CSV table with a header row.
///
/// # Errors
/// Names file, line and column of bytes that are no UTF-8 and of rows with too many or too few cells.
pub fn read(file: &str, content: &[u8]) -> Result<Vec<Row>, Problem> {
    if let Err(why) = std::str::from_utf8(content) {
        let before = &content[..why.valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        return Err(not_utf8(file, line, &content[start..], why.valid_up_to() - start));
    }
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(content);
    let headers = reader.headers().map_err(|e| malformed(file, &e))?.clone();
    let names: Vec<String> =
        headers.iter().map(|name| name.trim_start_matches('\u{feff}').to_owned()).collect();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| malformed(file, &e))?;
        let line = record.position().map_or(0, |p| p.line() as usize);
        let cells = names.iter().zip(record.iter()).filter(|(_, cell)| !cell.is_empty());
        rows.push(Row { line, fields: cells.map(|(name, cell)| (name.clone(), value(cell))).collect() });
    }
    Ok(rows)
}

/// A cell as JSON: truth values as such, everything else as its own text.
fn value(cell: &str) -> Value {
    match cell {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        text => Value::String(text.to_owned()),
    }
}

fn malformed(file: &str, error: &csv::Error) -> Problem {
    let line = error.position().map_or(1, |p| p.line() as usize);
    let message = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("this row has {len} cells, the header has {expected_len}")
        }
        _ => error.to_string(),
    };
    Problem::usage("csv", message, "give every row one cell for each column of the header").at(file, line, 1)
}
