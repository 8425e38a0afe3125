//! What is wrong in real files, kind by kind: each spoils one cell of a line, and says what a careful reader
//! makes of it.

use chrono::NaiveDate;
use domain::money::group_thousands;

/// What a careful reader makes of a spoilt line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// It is read as what it would have said.
    Same,
    /// The same, of a line that gives money back.
    Credit,
    /// It says again what the line before it said.
    Repeat,
    /// Nothing: it is rejected.
    Nothing,
}

impl Meaning {
    /// The verdict that it gets.
    pub fn verdict(self) -> &'static str {
        match self {
            Meaning::Same | Meaning::Credit => "accepted",
            Meaning::Repeat => "duplicate",
            Meaning::Nothing => "rejected",
        }
    }
}

/// A kind of dirt.
#[derive(Debug)]
pub struct Dirt {
    /// What it is.
    pub what: &'static str,
    /// What a reader makes of it.
    pub meaning: Meaning,
    /// The column whose cell it spoils.
    pub column: &'static str,
    spoil: fn(&str) -> String,
}

const MONTH: &str = "FINANCIAL MONTH";
const YEAR: &str = "FINANCIAL YEAR";
const COST: &str = "TOTAL COST";
const ENDED: &str = "ACTIVITY END DATE (CONTRACT MONITORING)";
const POD: &str = "POINT OF DELIVERY CODE";
const TARIFF: &str = "TARIFF CODE";
const FUNCTION: &str = "ACTIVITY TREATMENT FUNCTION CODE";
const COMMISSIONER: &str = "ORGANISATION IDENTIFIER (CODE OF COMMISSIONER)";

const fn dirt(what: &'static str, meaning: Meaning, column: &'static str, spoil: fn(&str) -> String) -> Dirt {
    Dirt { what, meaning, column, spoil }
}
use Meaning::{Credit, Nothing, Repeat, Same};

/// Every kind.
pub static KINDS: &[Dirt] = &[
    dirt("commas in money", Same, COST, thousands),
    dirt("currency sign", Same, COST, |c| format!("£{c}")),
    dirt("currency sign in a wrong encoding", Same, COST, |c| format!("Â£{c}")),
    dirt("spaces around money", Same, COST, |c| format!(" {c} ")),
    dirt("negative in brackets", Credit, COST, |c| format!("({})", c.trim_start_matches('-'))),
    dirt("date of the United Kingdom", Same, ENDED, |c| in_form(c, "%d/%m/%Y")),
    dirt("date with dashes", Same, ENDED, |c| in_form(c, "%d-%m-%Y")),
    dirt("date with the month's name", Same, ENDED, |c| in_form(c, "%d-%b-%y")),
    dirt("date of the United States with the hour", Same, ENDED, |c| in_form(c, "%-m/%-d/%Y 9:05:00 AM")),
    dirt("date and time with slashes", Same, ENDED, |c| in_form(c, "%Y/%m/%d 00:00")),
    dirt("date as a number of a spreadsheet", Same, ENDED, serial),
    dirt("year with a slash", Same, YEAR, |c| format!("20{}/{}", &c[2..4], &c[4..])),
    dirt("year with a dash", Same, YEAR, |c| format!("20{}-{}", &c[2..4], &c[4..])),
    dirt("year in eight digits", Same, YEAR, |c| format!("20{}-20{}", &c[2..4], &c[4..])),
    dirt("duplicate line", Repeat, "", str::to_owned),
    dirt("money that is no number", Nothing, COST, |_| "TBC".to_owned()),
    dirt("no date", Nothing, ENDED, |_| "2025-13-41".to_owned()),
    dirt("month that is not whole", Nothing, MONTH, |_| "5.5".to_owned()),
    dirt("month that does not exist", Nothing, MONTH, |_| "13".to_owned()),
    dirt("year that may be two", Nothing, YEAR, |c| c[..4].to_owned()),
    dirt("unknown point of delivery", Nothing, POD, |_| "OPQQ".to_owned()),
    dirt("unknown tariff code", Nothing, TARIFF, |_| "U06".to_owned()),
    dirt("no tariff code", Nothing, TARIFF, |_| String::new()),
    dirt("unknown treatment function", Nothing, FUNCTION, |_| "9ZZ".to_owned()),
    dirt("wrong commissioner", Nothing, COMMISSIONER, |_| "ZQ99A".to_owned()),
];

impl Dirt {
    /// The line, spoilt.
    pub fn spoil(&self, columns: &[&str], line: &[u8]) -> Vec<u8> {
        let line = String::from_utf8_lossy(line);
        let cells = line.trim_end_matches('\n').split(',').zip(columns);
        let spoilt = cells.map(|(cell, column)| match *column == self.column {
            true => quoted((self.spoil)(cell)),
            false => cell.to_owned(),
        });
        (spoilt.collect::<Vec<_>>().join(",") + "\n").into_bytes()
    }
}

fn quoted(cell: String) -> String {
    if cell.contains(',') { format!("\"{cell}\"") } else { cell }
}

fn thousands(cell: &str) -> String {
    let (pounds, pence) = cell.split_once('.').unwrap_or((cell, "00"));
    format!("{}.{pence}", group_thousands(pounds))
}

fn in_form(cell: &str, form: &str) -> String {
    cell.parse::<NaiveDate>().map_or_else(|_| cell.to_owned(), |day| day.format(form).to_string())
}

/// Spreadsheets count days from the last one but one of 1899.
fn serial(cell: &str) -> String {
    let begin = NaiveDate::from_ymd_opt(1899, 12, 30).unwrap_or_default();
    cell.parse::<NaiveDate>().map_or_else(|_| cell.to_owned(), |day| (day - begin).num_days().to_string())
}
