//! CSV tables as commands: each row is the body of one command, its columns the body's fields.
//!
//! A column `cases.numerator` is the field `numerator` of the object `cases`. A column `lines[].pod` is the
//! field `pod` of an item of the list `lines`: rows next to each other that agree in every other column are
//! one body, with an item each. A column `flags[]` is a list with the cell as its only item.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value};

use crate::app::activity::returned::{COLUMNS, unlike_a_formula};
use crate::app::apply::{Outcome, Verdict, not_utf8};
use crate::problem::{Exit, Problem};

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
    let has_lists = names.iter().any(|name| name.contains(ITEM));
    let mut bodies: Vec<Body> = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| malformed(file, &e))?;
        let line = record.position().map_or(0, |p| p.line() as usize);
        let cells = names.iter().map(String::as_str).zip(record.iter()).filter(|(_, cell)| !cell.is_empty());
        let body = Body::read(line, cells);
        match bodies.last_mut().filter(|last| has_lists && last.differs_in_items_only(&body)) {
            Some(last) => last.take_items_of(body),
            None => bodies.push(body),
        }
    }
    Ok(bodies.into_iter().map(Body::row).collect())
}

/// Stands between the name of a list and a field of its items.
const ITEM: &str = "[].";
/// Ends the name of a list whose only item is the cell.
const ONLY: &str = "[]";

/// The cells of a row by where they belong in the body.
struct Body<'a> {
    line: usize,
    fields: Map<String, Value>,
    objects: BTreeMap<&'a str, Map<String, Value>>,
    lists: BTreeMap<&'a str, Vec<Value>>,
}

impl<'a> Body<'a> {
    fn read<'c>(line: usize, cells: impl Iterator<Item = (&'a str, &'c str)>) -> Body<'a> {
        let mut body = Body { line, fields: Map::new(), objects: BTreeMap::new(), lists: BTreeMap::new() };
        let mut items: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
        for (name, cell) in cells {
            let (object, field) = match (name.split_once(ITEM), name.split_once('.')) {
                (Some((list, field)), _) => (items.entry(list).or_default(), field),
                (None, Some((object, field))) => (body.objects.entry(object).or_default(), field),
                (None, None) => (&mut body.fields, name),
            };
            match field.strip_suffix(ONLY) {
                Some(list) => object.insert(list.to_owned(), Value::Array(vec![value(cell)])),
                None => object.insert(field.to_owned(), value(cell)),
            };
        }
        body.lists = items.into_iter().map(|(list, item)| (list, vec![Value::Object(item)])).collect();
        body
    }

    fn differs_in_items_only(&self, other: &Body) -> bool {
        self.fields == other.fields && self.objects == other.objects
    }

    fn take_items_of(&mut self, other: Body<'a>) {
        for (list, items) in other.lists {
            self.lists.entry(list).or_default().extend(items);
        }
    }

    fn row(self) -> Row {
        let Body { line, mut fields, objects, lists } = self;
        fields.extend(objects.into_iter().map(|(name, object)| (name.to_owned(), Value::Object(object))));
        fields.extend(lists.into_iter().map(|(name, items)| (name.to_owned(), Value::Array(items))));
        Row { line, fields }
    }
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

/// Writes a table again, each row with what became of it; a row that is one body with those before it shares
/// their verdict. The cells of the sender are as they came.
///
/// # Errors
/// As the file, and as [`read`].
pub fn give_back(path: &Path, content: &[u8], verdicts: &[Verdict]) -> Result<(), Problem> {
    let shown = path.display().to_string();
    let written = |e: &dyn std::fmt::Display| {
        let message = format!("`{shown}` cannot be written: {e}");
        Problem::new(Exit::Unavailable, "file", message, "check the path and its permissions")
    };
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(content);
    let mut writer = csv::WriterBuilder::new().flexible(true).from_path(path).map_err(|e| written(&e))?;
    for (place, record) in reader.byte_records().enumerate() {
        let record = record.map_err(|e| malformed(&shown, &e))?;
        let row = record.position().map_or(0, |position| position.line() as usize);
        let ours = match place {
            0 => COLUMNS.map(str::to_owned),
            _ => {
                let until = verdicts.partition_point(|verdict| verdict.line <= row);
                of_row(row, until.checked_sub(1).and_then(|place| verdicts.get(place)))
            }
        };
        let cells = record.iter().chain(ours.iter().map(String::as_bytes));
        writer.write_record(cells).map_err(|e| written(&e))?;
    }
    writer.flush().map_err(|e| written(&e))
}

/// The cells put behind those of a row.
fn of_row(row: usize, verdict: Option<&Verdict>) -> [String; 6] {
    let Some(verdict) = verdict else { return COLUMNS.map(|_| String::new()) };
    let word = match verdict.verdict {
        Outcome::Accepted => "accepted",
        Outcome::Duplicate => "duplicate",
        Outcome::Rejected => "rejected",
    };
    let code = verdict.problem.as_ref().map(|problem| problem.code.clone()).unwrap_or_default();
    let why = verdict.problem.as_ref().map(|problem| format!("{}: {}", problem.message, problem.hint));
    let why = unlike_a_formula(why.unwrap_or_default());
    [row.to_string(), word.to_owned(), code, String::new(), String::new(), why]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(text: &str) -> Vec<(usize, String)> {
        let rows = read("t.csv", text.as_bytes()).unwrap();
        rows.into_iter().map(|row| (row.line, Value::Object(row.fields).to_string())).collect()
    }

    #[test]
    fn rows_that_differ_in_items_only_are_one_body() {
        let text = "month,bands[].band,bands[].count\n2025-04,low,40\n2025-04,high,15\n2025-05,low,41\n";
        let april =
            r#"{"bands":[{"band":"low","count":"40"},{"band":"high","count":"15"}],"month":"2025-04"}"#;
        let may = r#"{"bands":[{"band":"low","count":"41"}],"month":"2025-05"}"#;
        assert_eq!(read_all(text), [(2, april.to_owned()), (4, may.to_owned())]);
    }

    #[test]
    fn a_list_of_one_is_written_with_brackets() {
        let text = "lines[].pod,lines[].flags[]\nCOM,home-visit\nCOM,\n";
        let both = r#"{"lines":[{"flags":["home-visit"],"pod":"COM"},{"pod":"COM"}]}"#;
        assert_eq!(read_all(text), [(2, both.to_owned())]);
    }

    #[test]
    fn a_dot_begins_an_object_and_equal_rows_without_items_stay_two() {
        let text = "value,cases.numerator,cases.denominator\n83,664,800\n83,664,800\n90,,\n";
        let whole = r#"{"cases":{"denominator":"800","numerator":"664"},"value":"83"}"#;
        let bare = r#"{"value":"90"}"#;
        assert_eq!(read_all(text), [(2, whole.to_owned()), (3, whole.to_owned()), (4, bare.to_owned())]);
    }
}
