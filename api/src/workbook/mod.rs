//! The workbook of a statement: every line a live formula over named cells, so that a spreadsheet program
//! recomputes the same pennies, and a changed parameter shows what the year would then have come to.
//!
//! One file for each sheet. Every formula carries its result, so that readers which do not calculate see the
//! amounts.

mod formula;
mod given;
mod provenance;
mod shares;
mod statement;
mod style;
mod summary;

use domain::book::DrawnUp;
use domain::names::Names;
use domain::statement::Statement;
use domain::terms::Terms;
use projections::history::Happening;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Formula, Workbook, XlsxError};

use crate::problem::{Exit, Problem};
use formula::Formulas;

/// What a workbook is made of.
#[derive(Clone, Debug)]
pub struct Contents {
    /// The statement it recomputes.
    pub statement: Statement,
    /// The record of the statement, where it was drawn up.
    pub recorded: Option<DrawnUp>,
    /// What organisations are called at its business date.
    pub names: Names,
    /// The terms it was settled by.
    pub terms: Terms,
    /// What was recorded about the contract, for the sources of its lines.
    pub history: Vec<Happening>,
    /// The moment the last event it knows of was recorded; the file says it was made then, so that the same
    /// question gives the same bytes.
    pub made: Option<domain::time::Instant>,
}

/// The workbook as the bytes of an `.xlsx` file.
///
/// # Errors
/// Where the file cannot be written: a fault of the program, for every statement can be.
pub fn workbook(contents: &Contents) -> Result<Vec<u8>, Problem> {
    written(contents).map_err(|why| {
        Problem::new(Exit::Integrity, "workbook", why, "please report this with the contract and its year")
    })
}

fn written(contents: &Contents) -> Result<Vec<u8>, XlsxError> {
    let formulas = Formulas::of(&contents.statement, &contents.terms);
    let mut book = Workbook::new();
    let mut properties = DocProperties::new().set_title(&contents.statement.title);
    if let Some(made) = contents.made {
        let made = made.to_string();
        let seconds = made.get(..19).unwrap_or(&made);
        properties = properties.set_creation_datetime(&ExcelDateTime::parse_from_str(seconds)?);
    }
    book.set_properties(&properties);
    summary::write(book.add_worksheet(), contents, &formulas)?;
    statement::write(book.add_worksheet(), &contents.statement, &contents.names, &formulas)?;
    given::write_parameters(book.add_worksheet(), &formulas)?;
    given::write_facts(book.add_worksheet(), &formulas)?;
    shares::write(book.add_worksheet(), &formulas)?;
    provenance::write(book.add_worksheet(), contents)?;
    for (name, cell) in formulas.names() {
        book.define_name(name, &cell)?;
    }
    book.save_to_buffer()
}

/// A formula with its result.
fn live(formula: &str, result: impl Into<String>) -> Formula {
    Formula::new(format!("={formula}")).set_result(result)
}
