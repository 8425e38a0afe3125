//! The header of a return: which column is which, and from that which return it is.

use std::collections::HashSet;

use domain::verb::activity::Flow;

use super::field::{FIELDS, Field, Role};
use crate::problem::Problem;

/// A column of a file.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name as the file has it, without invisible characters.
    pub shown: String,
    /// Its name in a block: lower case with underscores.
    pub name: String,
    /// What it is read for.
    pub role: Role,
    /// The most characters of a value.
    pub longest: usize,
    /// Whether no line goes without it.
    pub needed: bool,
}

/// A header that was read.
#[derive(Clone, Debug)]
pub struct Header {
    /// The columns, in the order of the file.
    pub columns: Vec<Column>,
    /// The return.
    pub flow: Flow,
}

/// Names of a block that stand for what was read out of a line.
pub const PARSED: [&str; 7] =
    ["row", "start_date", "end_date", "count", "unit_price", "value", "market_forces_factor"];

impl Header {
    /// Reads the cells of a header row; `flow` where the caller says which return it is.
    ///
    /// # Errors
    /// Refuses a header that is none, a needed column that is missing, with the name nearest to it, and a
    /// column that stands twice.
    pub fn read(file: &str, cells: &[&str], flow: Option<Flow>) -> Result<Header, Problem> {
        let shown: Vec<String> = cells.iter().map(|cell| visible(cell)).collect();
        let known: Vec<Option<&Field>> = shown.iter().map(|name| field(name)).collect();
        let flow = match flow.or_else(|| found(&shown, &known)) {
            Some(flow) => flow,
            None => return Err(no_return(file, &shown, &known)),
        };
        for (place, field) in known.iter().enumerate() {
            let twice = |other: &Option<&Field>| {
                field.is_some_and(|field| other.is_some_and(|other| other.name == field.name))
            };
            if known[..place].iter().any(twice) {
                let message = format!("column `{}` stands twice in the header", shown[place]);
                let hint = "leave one of them, and send the file again";
                return Err(Problem::usage("column-twice", message, hint).at(file, 1, 1));
            }
        }
        let mut columns = Vec::with_capacity(cells.len());
        let mut names: HashSet<String> = PARSED.iter().map(|name| (*name).to_owned()).collect();
        for (shown, field) in shown.iter().zip(&known) {
            let role = field.filter(|field| is_first(field, &known)).map_or(Role::Text, |field| field.role);
            columns.push(Column {
                shown: shown.clone(),
                name: block_name(field.map_or(shown.as_str(), |field| field.name), &mut names),
                role,
                longest: field.map_or(usize::MAX, |field| field.longest),
                needed: role.is_needed(flow),
            });
        }
        let header = Header { columns, flow };
        header.is_whole(file)?;
        Ok(header)
    }

    /// The place of the column read for this.
    pub fn place(&self, role: Role) -> Option<usize> {
        self.columns.iter().position(|column| column.role == role)
    }

    fn is_whole(&self, file: &str) -> Result<(), Problem> {
        let mut needed = FIELDS.iter().map(|field| field.role).filter(|role| role.is_needed(self.flow));
        let Some(role) = needed.find(|role| self.place(*role).is_none()) else { return Ok(()) };
        let missing = role.column(self.flow);
        let message = format!("a {} needs the column `{missing}`, and the header has none", self.flow);
        let shown = self.columns.iter().map(|column| column.shown.as_str());
        Err(Problem::usage("column-missing", message, nearest(missing, shown)).at(file, 1, 1))
    }
}

/// A name without the characters that nobody sees.
fn visible(cell: &str) -> String {
    let unseen = |c: &char| !matches!(c, '\u{feff}' | '\u{a0}' | '\u{200b}'..='\u{200d}' | '\u{2060}');
    cell.chars().filter(unseen).collect::<String>().trim().to_owned()
}

/// What of a name counts: letters and digits in upper case. Underscores are spaces, and databases lose
/// brackets.
fn bare(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

fn field(name: &str) -> Option<&'static Field> {
    let name = bare(name);
    FIELDS.iter().find(|field| bare(field.name) == name)
}

/// Whether of the fields with its role that a header has this is the first in the list of fields.
fn is_first(field: &Field, known: &[Option<&Field>]) -> bool {
    let several = [Role::Text, Role::Responsible, Role::OtherCount, Role::OtherMoney].contains(&field.role);
    let has = |name: &str| known.iter().flatten().any(|known| known.name == name);
    let first = FIELDS.iter().find(|other| other.role == field.role && has(other.name));
    several || first.is_some_and(|first| first.name == field.name)
}

/// Which return has such columns.
fn found(shown: &[String], known: &[Option<&Field>]) -> Option<Flow> {
    let has = |name: &str| known.iter().flatten().any(|field| field.name == name);
    let speaks_of = |word: &str| shown.iter().any(|name| bare(name).contains(word));
    if has("CONTRACT MONITORING ACTUAL PRICE") || has("CONTRACT MONITORING ACTUAL ACTIVITY") {
        Some(Flow::Acm)
    } else if !has("TOTAL COST") && !has("ACTIVITY COUNT (POINT OF DELIVERY)") {
        None
    } else if speaks_of("DRUG") {
        Some(Flow::DrPlcm)
    } else if speaks_of("DEVICE") {
        Some(Flow::DePlcm)
    } else {
        Some(Flow::Plcm)
    }
}

fn no_return(file: &str, shown: &[String], known: &[Option<&Field>]) -> Problem {
    let planned = known.iter().flatten().any(|field| field.name.contains("PLANNED"));
    let message = if planned {
        "the file has planned figures and no actual ones: it is a plan, not a return of activity"
    } else {
        "the header is none of ACM, PLCM, DrPLCM or DePLCM: it has no column `TOTAL COST` and no \
         `CONTRACT MONITORING ACTUAL PRICE`"
    };
    let hint = nearest("TOTAL COST", shown.iter().map(String::as_str));
    Problem::usage("layout", message, hint).at(file, 1, 1)
}

/// What to do about a missing column: the column of the file whose name is nearest.
fn nearest<'a>(missing: &str, shown: impl Iterator<Item = &'a str>) -> String {
    let wanted = bare(missing);
    let near = shown.map(|name| (distance(&wanted, &bare(name)), name)).min();
    match near.filter(|(distance, _)| *distance * 2 <= wanted.len()) {
        Some((_, name)) => {
            format!("nearest is `{name}`: name it `{missing}` if it is that, or add the column")
        }
        None => format!("add the column `{missing}`, or say with --flow which return it is"),
    }
}

/// How many letters have to be put in, left out or changed to make one name of the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let changed = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

/// A name for a block that no other column has.
fn block_name(shown: &str, names: &mut HashSet<String>) -> String {
    let words = shown.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let name = words.map(str::to_lowercase).collect::<Vec<_>>().join("_");
    let name = if name.is_empty() { "column".to_owned() } else { name };
    let mut free = name.clone();
    let mut number = 2;
    while !names.insert(free.clone()) {
        free = format!("{name}_{number}");
        number += 1;
    }
    free
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLCM: [&str; 9] = [
        "\u{feff}financial_month",
        "FINANCIAL YEAR",
        " Date and Time Data Set Created ",
        "organisation_identifier_code_of_provider",
        "ORGANISATION\u{a0}IDENTIFIER (CODE OF COMMISSIONER)",
        "COMMISSIONED SERVICE CATEGORY CODE\u{200b}",
        "point_of_delivery_code",
        "activity_count_point_of_delivery",
        "TOTAL COST",
    ];

    fn read(cells: &[&str]) -> Result<Header, Problem> {
        Header::read("t.csv", cells, None)
    }

    #[test]
    fn names_are_matched_whatever_their_case_and_their_invisible_characters() {
        let header = read(&PLCM).unwrap();
        assert_eq!(header.flow, Flow::Plcm);
        assert!(header.columns.iter().all(|column| column.role != Role::Text && column.needed));
        assert_eq!(header.columns[4].name, "organisation_identifier_code_of_commissioner");
        assert_eq!(header.columns[7].name, "activity_count_point_of_delivery");
    }

    #[test]
    fn the_return_is_found_from_its_columns() {
        let with = |name: &str| {
            let cells: Vec<&str> = PLCM.iter().copied().chain([name]).collect();
            read(&cells).map(|header| header.flow).map_err(|problem| problem.code)
        };
        assert_eq!(with("DRUG NAME (HIGH COST TARIFF EXCLUDED DRUG)"), Ok(Flow::DrPlcm));
        assert_eq!(with("device_name"), Ok(Flow::DePlcm));
        assert_eq!(with("anything"), Ok(Flow::Plcm));
        assert_eq!(
            with("CONTRACT MONITORING ACTUAL PRICE"),
            Err("column-missing".to_owned()).or(Ok(Flow::Acm))
        );
        assert_eq!(read(&["a", "b"]).unwrap_err().code, "layout");
    }

    #[test]
    fn a_missing_column_is_one_problem_with_the_nearest_name() {
        let mut cells = PLCM;
        cells[6] = "POINT OF DELVERY";
        let problem = read(&cells).unwrap_err();
        assert_eq!(problem.code, "column-missing");
        assert!(problem.message.contains("`POINT OF DELIVERY CODE`"), "{problem}");
        assert!(problem.hint.contains("nearest is `POINT OF DELVERY`"), "{problem}");
    }

    #[test]
    fn unknown_columns_are_kept_under_names_of_their_own() {
        let cells: Vec<&str> = PLCM.iter().copied().chain(["Value", "Our Code", "our code", ""]).collect();
        let names: Vec<String> =
            read(&cells).unwrap().columns.split_off(9).into_iter().map(|c| c.name).collect();
        assert_eq!(names, ["value_2", "our_code", "our_code_2", "column"]);
        let twice: Vec<&str> = PLCM.iter().copied().chain(["Total Cost"]).collect();
        assert_eq!(read(&twice).unwrap_err().code, "column-twice");
    }

    #[test]
    fn a_distance_is_the_number_of_letters_changed() {
        assert_eq!((distance("ABC", "ABC"), distance("ABC", "AC"), distance("", "AB")), (0, 1, 2));
    }
}
