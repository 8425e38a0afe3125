//! The numbers that the formulas start from: parameters, which stand in the terms or in a rule, and facts,
//! which events or other statements give. Each has a cell with a name.
//!
//! A number of the terms has one cell for all the lines of its clause that use it, where its place in the
//! terms is certain: where no other number of the clause has the same value. Else each use has a cell of its
//! own.

use std::collections::BTreeMap;

use domain::exact::Exact;
use domain::money::Money;
use domain::rate::Rate;
use domain::terms::{Document, Terms};
use domain::worksheet::{Line, Source, Step};
use rust_xlsxwriter::{Worksheet, XlsxError};

use super::formula::{Formulas, named, unused};
use super::{live, style};

/// A number with its cell.
struct Cell {
    name: String,
    value: Exact,
    /// Where it comes from: a place in the terms, an event, a line of another statement.
    from: String,
    /// The numbers of the lines that use it.
    used: Vec<u32>,
}

/// Every number that terms and facts give.
pub struct Given {
    terms: Vec<(String, Exact)>,
    clauses: BTreeMap<String, String>,
    indicators: BTreeMap<String, String>,
    parameters: Vec<Cell>,
    facts: Vec<Cell>,
    taken: BTreeMap<String, u32>,
}

impl Given {
    /// No numbers yet, with the places of all numbers of the terms.
    pub fn of(terms: &Terms) -> Given {
        let mut numbers = Vec::new();
        flatten(terms.document(), "", &mut numbers);
        let clauses = terms.pay.iter().enumerate();
        let indicators = terms.outcomes.iter().enumerate();
        Given {
            terms: numbers,
            clauses: clauses.map(|(i, c)| (c.clause.to_string(), format!("/pay/{i}/"))).collect(),
            indicators: indicators
                .map(|(i, o)| (o.indicator.to_string(), format!("/outcomes/{i}/")))
                .collect(),
            parameters: Vec::new(),
            facts: Vec::new(),
            taken: BTreeMap::new(),
        }
    }

    /// The name of the cell of a number that terms or a rule give; nothing and one are written as they are,
    /// unless they are certainly a number of the terms.
    pub fn parameter(&mut self, line: &Line, value: &Exact) -> String {
        let places = self.places(line, value);
        let [place] = places.as_slice() else {
            if value.is_zero() || *value == Exact::one() {
                return value.to_string();
            }
            let from = match places.as_slice() {
                [] => format!("the rule of line {}", line.n),
                places => places.join(" or "),
            };
            let name = unused(&named(&format!("rule_{}_{}", line.clause, line.name.slug())), &mut self.taken);
            self.parameters.push(Cell { name: name.clone(), value: value.clone(), from, used: vec![line.n] });
            return name;
        };
        if let Some(cell) = self.parameters.iter_mut().find(|cell| cell.from == *place) {
            if !cell.used.contains(&line.n) {
                cell.used.push(line.n);
            }
            return cell.name.clone();
        }
        let name = unused(&named(&format!("terms{place}")), &mut self.taken);
        self.parameters.push(Cell {
            name: name.clone(),
            value: value.clone(),
            from: place.clone(),
            used: vec![line.n],
        });
        name
    }

    /// The sum of a line's facts: one cell, or a range of cells that follow each other.
    pub fn facts(&mut self, line: &Line, values: &[Exact]) -> String {
        let each = line.sources.len() == values.len();
        let first = self.facts.len();
        for (i, value) in values.iter().enumerate() {
            let from: Vec<String> = line
                .sources
                .iter()
                .enumerate()
                .filter(|(k, _)| !each || *k == i)
                .map(|(_, s)| told(s))
                .collect();
            let subject: String = line.subject.iter().map(|subject| format!("_{subject}")).collect();
            let name = named(&format!("fact_{}_{}{subject}", line.clause, line.name.slug()));
            self.facts.push(Cell {
                name: unused(&name, &mut self.taken),
                value: value.clone(),
                from: from.join(", "),
                used: vec![line.n],
            });
        }
        match &self.facts[first..] {
            [] => "0".to_owned(),
            [one] => one.name.clone(),
            many => format!("SUM(Facts!$B${}:$B${})", first + 2, first + 1 + many.len()),
        }
    }

    /// Every cell's name with its place.
    pub fn names(&self) -> impl Iterator<Item = (&str, String)> {
        let parameters = named_cells("Parameters", &self.parameters);
        parameters.chain(named_cells("Facts", &self.facts))
    }

    /// Where in the line's own clause, or of its indicator, the terms have this number.
    fn places(&self, line: &Line, value: &Exact) -> Vec<String> {
        let root = match (line.name, &line.subject) {
            (Step::Score, Some(indicator)) => self.indicators.get(indicator),
            _ => self.clauses.get(line.clause.as_str()),
        };
        let within = |at: &str| root.is_some_and(|root| at.starts_with(root));
        let found = self.terms.iter().filter(|(at, number)| number == value && within(at));
        found.map(|(at, _)| at.clone()).collect()
    }
}

fn named_cells<'a>(sheet: &'static str, cells: &'a [Cell]) -> impl Iterator<Item = (&'a str, String)> {
    (2..).zip(cells).map(move |(row, cell)| (cell.name.as_str(), format!("={sheet}!$B${row}")))
}

fn told(source: &Source) -> String {
    match source {
        Source::Entry(entry) => format!("entry {entry}"),
        Source::Line { line, statement } => format!("line {line} of the statement {statement}"),
    }
}

fn flatten(document: &Document, at: &str, numbers: &mut Vec<(String, Exact)>) {
    match document {
        Document::Map(map) => map.iter().for_each(|(name, d)| flatten(d, &format!("{at}/{name}"), numbers)),
        Document::List(all) => {
            (0..).zip(all).for_each(|(i, d): (u32, _)| flatten(d, &format!("{at}/{i}"), numbers));
        }
        Document::Text(text) => numbers.extend(number(text).map(|number| (at.to_owned(), number))),
    }
}

/// A text of the terms as a number: a rate, an amount of money, or any other.
fn number(text: &str) -> Option<Exact> {
    let rate = || text.parse::<Rate>().ok().map(|rate| rate.exact().clone());
    let money = || text.parse::<Money>().ok().map(Exact::from);
    rate().or_else(money).or_else(|| text.parse().ok())
}

/// The width of the column that says where a number comes from.
const WHERE: u32 = 60;

/// The sheet of parameters.
pub fn write_parameters(sheet: &mut Worksheet, formulas: &Formulas) -> Result<(), XlsxError> {
    let columns = [("Name", 46), ("Value", 20), ("Where in the terms", WHERE), ("Used by lines", 24)];
    style::sheet(sheet, "Parameters", 0, &columns)?;
    write(sheet, &formulas.given.parameters)
}

/// The sheet of facts.
pub fn write_facts(sheet: &mut Worksheet, formulas: &Formulas) -> Result<(), XlsxError> {
    let columns = [("Name", 46), ("Value", 20), ("Recorded at", WHERE), ("Used by lines", 24)];
    style::sheet(sheet, "Facts", 0, &columns)?;
    write(sheet, &formulas.given.facts)
}

fn write(sheet: &mut Worksheet, cells: &[Cell]) -> Result<(), XlsxError> {
    for (row, cell) in (1..).zip(cells) {
        sheet.write(row, 0, &cell.name)?;
        number_into(sheet, row, 1, &cell.value)?;
        sheet.write_with_format(row, 2, &cell.from, &style::words())?;
        style::fit(sheet, row, &[(&cell.from, WHERE)])?;
        let used: Vec<String> = cell.used.iter().map(ToString::to_string).collect();
        sheet.write(row, 3, used.join(", "))?;
    }
    Ok(())
}

/// Writes a number as a cell that can be changed; a fraction that no decimal holds as the division it is.
fn number_into(sheet: &mut Worksheet, row: u32, column: u16, value: &Exact) -> Result<(), XlsxError> {
    let text = value.to_string();
    match text.parse::<f64>() {
        Ok(number) => sheet.write_with_format(row, column, number, &style::parameter())?,
        Err(_) => {
            let result = value.to_places(12).to_string();
            sheet.write_formula_with_format(row, column, live(&text, result), &style::parameter())?
        }
    };
    Ok(())
}
