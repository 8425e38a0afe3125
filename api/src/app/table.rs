//! CSV tables as commands: each row is the body of one command, its columns the body's fields.
//!
//! A column `cases.numerator` is the field `numerator` of the object `cases`. A column `lines[].pod` is the field `pod` of
//! an item of the list `lines`: rows next to each other that agree in every other column are one body, with an item each. A column
//! `flags[]` is a list with the cell as its only item.

use std::collections::BTreeMap;

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
