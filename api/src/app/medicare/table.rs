//! A public use file as a table: columns by name without regard to case, cells as CMS publishes them or as
//! cleaned.

use std::collections::BTreeMap;

use csv::StringRecord;
use domain::exact::Exact;
use domain::money::Money;

use crate::app::apply::not_utf8;
use crate::problem::Problem;

/// A public use file.
#[derive(Debug)]
pub struct Table<'a> {
    file: &'a str,
    text: &'a str,
    columns: BTreeMap<String, usize>,
    width: usize,
    rows: Vec<(usize, StringRecord)>,
}

/// One row of it.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    table: &'a Table<'a>,
    /// Its line in the file, from 1.
    pub line: usize,
    record: &'a StringRecord,
}

/// A number as a cell writes it.
#[derive(Clone, Debug)]
pub struct Number {
    /// The number.
    pub value: Exact,
    /// Whether it has a percent sign.
    pub percent: bool,
    /// How many decimal places are printed.
    pub places: u32,
}

impl<'a> Table<'a> {
    /// Reads a file that has the columns of `required`.
    ///
    /// # Errors
    /// Names line and column of bytes that are no UTF-8, and every column that is missing or stands twice.
    pub fn read(file: &'a str, content: &'a [u8], required: &[&str]) -> Result<Table<'a>, Problem> {
        let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
        let text = std::str::from_utf8(content).map_err(|why| {
            let before = &content[..why.valid_up_to()];
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            not_utf8(file, line, &content[start..], why.valid_up_to() - start)
        })?;
        let mut reader =
            csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(text.as_bytes());
        let mut rows = Vec::new();
        let (mut counted, mut line) = (0, 1);
        for record in reader.records() {
            let record =
                record.map_err(|e| Problem::usage("csv", e, "save the file as CSV").at(file, line, 1))?;
            // A record's position stands before the blank lines that precede it.
            let start = record.position().map_or(0, |p| p.byte() as usize);
            let start = start + text[start..].len() - text[start..].trim_start_matches(['\r', '\n']).len();
            line += text[counted..start].matches('\n').count();
            counted = start;
            rows.push((line, record));
        }
        rows.retain(|(_, record)| record.iter().any(|cell| !cell.trim().is_empty()));
        let hint = "take the file \"Performance Year Financial and Quality Results\" of this year as CMS publishes it";
        if rows.is_empty() {
            return Err(Problem::usage("empty-file", "the file has no header row", hint).at(file, 1, 1));
        }
        let (header_line, header) = rows.remove(0);
        let mut columns = columns(&header)
            .map_err(|message| Problem::usage("columns", message, hint).at(file, header_line, 1))?;
        for (name, formerly) in FORMERLY {
            if let Some(index) = columns.get(&key(formerly)).copied() {
                columns.entry(key(name)).or_insert(index);
            }
        }
        let missing: Vec<&str> =
            required.iter().filter(|name| !columns.contains_key(&key(name))).copied().collect();
        if !missing.is_empty() {
            let noun = if missing.len() == 1 { "column is" } else { "columns are" };
            let message = format!("{} {noun} missing: {}", missing.len(), missing.join(", "));
            return Err(Problem::usage("missing-column", message, hint).at(file, header_line, 1));
        }
        Ok(Table { file, text, columns, width: header.len(), rows })
    }

    /// The numbers of a column; cells that hold none are left out.
    pub fn numbers(&self, column: &str) -> Vec<Number> {
        let Some(index) = self.columns.get(&key(column)) else { return Vec::new() };
        let cells = self.rows.iter().filter_map(|(_, record)| record.get(*index));
        cells.filter_map(|cell| read_number(cell.trim()).ok().flatten()).collect()
    }

    /// Its rows, those cut short too.
    pub fn rows(&'a self) -> impl Iterator<Item = Row<'a>> {
        self.rows.iter().map(|(line, record)| Row { table: self, line: *line, record })
    }
}

/// Names of columns, with the names of earlier years.
const FORMERLY: &[(&str, &str)] =
    &[("ACO_ID", "ACO_Num"), ("N_AB_Year_PY", "N_AB_Year"), ("EarnSaveLoss", "EarnShrSavings")];

fn key(name: &str) -> String {
    name.trim().to_lowercase()
}

fn columns(header: &StringRecord) -> Result<BTreeMap<String, usize>, String> {
    let mut columns = BTreeMap::new();
    for (index, name) in header.iter().enumerate().filter(|(_, name)| !name.trim().is_empty()) {
        if columns.insert(key(name), index).is_some() {
            return Err(format!("the column {} stands twice", name.trim()));
        }
    }
    Ok(columns)
}

impl<'a> Row<'a> {
    /// A cell without the space around it; nothing where it is empty, `-` or `.`, or has no column.
    pub fn text(&self, column: &str) -> Option<&'a str> {
        let cell = self.record.get(*self.table.columns.get(&key(column))?)?;
        Some(cell.trim()).filter(|cell| !matches!(*cell, "" | "-" | "."))
    }

    /// A cell that must not be empty.
    pub fn required(&self, column: &str) -> Result<&'a str, Problem> {
        self.text(column).ok_or_else(|| self.problem(column, format!("{column} is empty"), "give its value"))
    }

    /// A number: `1,234`, `$1,234.50`, `-$5`, `(5)`, `2.88%`.
    pub fn number(&self, column: &str) -> Result<Option<Number>, Problem> {
        let Some(cell) = self.text(column) else { return Ok(None) };
        let read = read_number(cell);
        let hint = "write a number such as 1234.50, $1,234.50 or 2.88%";
        read.map_err(|()| self.problem(column, format!("{column} is `{cell}`, which is not a number"), hint))
    }

    /// A number that must be there.
    pub fn required_number(&self, column: &str) -> Result<Number, Problem> {
        self.number(column)?
            .ok_or_else(|| self.problem(column, format!("{column} is empty"), "give its value"))
    }

    /// An amount of money that must be there.
    pub fn money(&self, column: &str) -> Result<Money, Problem> {
        self.dollars(column, &self.required_number(column)?.value)
    }

    /// An amount of money; nothing is nought.
    pub fn money_or_nought(&self, column: &str) -> Result<Money, Problem> {
        self.number(column)?.map_or(Ok(Money::ZERO), |number| self.dollars(column, &number.value))
    }

    fn dollars(&self, column: &str, value: &Exact) -> Result<Money, Problem> {
        value.as_money().ok_or_else(|| {
            let cell = self.text(column).unwrap_or_default();
            let hint = "write dollars, with at most two decimal places";
            self.problem(column, format!("{column} is `{cell}`, which is not an amount of dollars"), hint)
        })
    }

    /// Whether the file has a column.
    pub fn has(&self, column: &str) -> bool {
        self.table.columns.contains_key(&key(column))
    }

    /// The year of a date: `7/1/2012`, `01/01/2016 12:00:00 AM`, `2024-01-01`, `01JAN2016`, `1-Jan-16`.
    pub fn year(&self, column: &str) -> Result<Option<i32>, Problem> {
        let Some(cell) = self.text(column) else { return Ok(None) };
        let numbers = || cell.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty());
        let whole = numbers().find(|digits| digits.len() == 4).map(str::to_owned);
        let short =
            numbers().next_back().filter(|digits| digits.len() == 2).map(|digits| format!("20{digits}"));
        whole.or(short).and_then(|year| year.parse().ok()).map(Some).ok_or_else(|| {
            let message = format!("{column} is `{cell}`, which is not a date");
            self.problem(column, message, "write a date such as 01/01/2024")
        })
    }

    /// Whether a cell is 1 and not 0.
    pub fn flag(&self, column: &str) -> Result<Option<bool>, Problem> {
        match self.text(column) {
            None => Ok(None),
            Some("1") => Ok(Some(true)),
            Some("0") => Ok(Some(false)),
            Some(cell) => Err(self.problem(
                column,
                format!("{column} is `{cell}`, which is neither 1 nor 0"),
                "write 1 or 0",
            )),
        }
    }

    /// Whether a cell that must be there is 1 and not 0.
    pub fn required_flag(&self, column: &str) -> Result<bool, Problem> {
        self.required(column)?;
        Ok(self.flag(column)?.unwrap_or(false))
    }

    /// A problem of one cell, at its place in the file.
    pub fn problem(&self, column: &str, message: impl std::fmt::Display, hint: &str) -> Problem {
        let index = self.table.columns.get(&key(column)).copied().unwrap_or_default();
        Problem::usage("cell", message, hint).at(self.table.file, self.line, self.place_of(index))
    }

    /// The problem of a row with too few or too many cells.
    pub fn uneven(&self) -> Option<Problem> {
        let (cells, width) = (self.record.len(), self.table.width);
        let hint = match cells < width {
            true => "was the file cut off? give every row one cell for each column of the header",
            false => {
                "put cells with commas in quotes, so that every row has one cell for each column of the header"
            }
        };
        let message = format!("this row has {cells} cells, the header has {width}");
        (cells != width).then(|| Problem::usage("csv", message, hint).at(self.table.file, self.line, 1))
    }

    /// The column in its line, from 1, at which the cell of this index starts.
    fn place_of(&self, index: usize) -> usize {
        let line = self.table.text.lines().nth(self.line - 1).unwrap_or_default();
        let (mut quoted, mut cells) = (false, 0);
        for (at, c) in line.chars().enumerate() {
            if cells == index {
                return at + 1;
            }
            match c {
                '"' => quoted = !quoted,
                ',' if !quoted => cells += 1,
                _ => {}
            }
        }
        line.chars().count() + 1
    }
}

/// Reads a number as published; nothing for the dash of accountants.
fn read_number(cell: &str) -> Result<Option<Number>, ()> {
    let (mut negative, inner) = match cell.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
        Some(inner) => (true, inner),
        None => (false, cell),
    };
    let mut rest = inner.trim();
    for sign in ['-', '$', '-'] {
        if let Some(after) = rest.strip_prefix(sign) {
            if sign == '-' && std::mem::replace(&mut negative, true) {
                return Err(());
            }
            rest = after.trim_start();
        }
    }
    if rest.is_empty() && cell.contains('-') && !cell.contains('(') {
        return Ok(None);
    }
    let (rest, percent) = rest.strip_suffix('%').map_or((rest, false), |rest| (rest.trim_end(), true));
    let (whole, part) = rest.split_once('.').unwrap_or((rest, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let grouped = !whole.contains(',') || (1..=3).contains(&first.len());
    let fits =
        digits(first) && grouped && groups.all(|group| group.len() == 3 && digits(group)) && digits(part);
    if !fits || (whole.is_empty() && part.is_empty()) {
        return Err(());
    }
    let plain = format!("0{}.{part}0", whole.replace(',', ""));
    let value: Exact = plain.parse().map_err(|_| ())?;
    Ok(Some(Number { value: if negative { -value } else { value }, percent, places: part.len() as u32 }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(cell: &str) -> Option<String> {
        read_number(cell).unwrap().map(|number| number.value.to_string())
    }

    #[test]
    fn numbers_are_read_as_published_and_as_cleaned() {
        for (cell, expected) in [
            ("1234", "1234"),
            ("1,234,567.50", "1234567.5"),
            ("$1,234", "1234"),
            ("-$5", "-5"),
            ("$-5", "-5"),
            ("$ 5", "5"),
            ("(1,234)", "-1234"),
            ("($5.25)", "-5.25"),
            ("2.88%", "2.88"),
            ("-1.94 %", "-1.94"),
            (".5", "0.5"),
            ("5.", "5"),
            ("0", "0"),
        ] {
            assert_eq!(read(cell).as_deref(), Some(expected), "{cell}");
        }
        assert_eq!(read("$ -"), None);
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for cell in [
            "*", "N/A", "1,23", "1234,567", "12 34", "1/2", "1e6", "--5", "-(5)", "()", "5%%", "1.2.3",
            ",123",
        ] {
            assert!(read_number(cell).is_err(), "{cell}");
        }
    }

    #[test]
    fn rows_know_their_lines_and_cells_their_places() {
        let content = "\u{feff}Id,Name,N\r\n\r\nA1,\"Care, Inc\",x\r\n,,\r\nA2,Care,7\r\n";
        let table = Table::read("f.csv", content.as_bytes(), &["ID", "n"]).unwrap();
        let rows: Vec<Row> = table.rows().collect();
        assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [3, 5]);
        let problem = rows[0].number("N").unwrap_err().to_string();
        assert!(problem.starts_with("f.csv:3:16: error: N is `x`, which is not a number"), "{problem}");
        assert_eq!(rows[1].required_number("n").unwrap().value, Exact::from(7));
    }

    #[test]
    fn a_date_is_read_for_its_year() {
        for date in ["7/1/2016", "01/01/2016 12:00:00 AM", "2016-01-01", "01JAN2016", "1-Jan-16"] {
            let content = format!("Began\n{date}\n");
            let table = Table::read("f.csv", content.as_bytes(), &[]).unwrap();
            let year = table.rows().next().unwrap().year("Began").unwrap();
            assert_eq!(year, Some(2016), "{date}");
        }
    }
}
