//! The sheet of the statement: one row for each line, its amount a formula over the lines before it.

use domain::names::Names;
use domain::statement::Statement;
use domain::worksheet::{Line, LineKind, LineState};
use rust_xlsxwriter::{Worksheet, XlsxError};

use super::formula::Formulas;
use super::{live, style};

const COLUMNS: [(&str, u32); 11] = [
    ("No.", 6),
    ("Clause", 9),
    ("Line", 34),
    ("About", 34),
    ("Amount", 20),
    ("Unit", 8),
    ("State", 14),
    ("Working", 60),
    ("Id", 50),
    ("Name of the cell", 44),
    ("As settled", 12),
];

/// The column that says whether a line still goes by the rule it was settled by.
const AS_SETTLED: u16 = 10;

/// A formula for whether every line does.
pub const ALL_AS_SETTLED: &str = "COUNTIF(Statement!K:K,FALSE())=0";

/// The row of a line by its number, from 0.
pub fn row(number: u32) -> u32 {
    number
}

/// The sheet of the statement, with organisations by these names.
pub fn write(
    sheet: &mut Worksheet,
    statement: &Statement,
    names: &Names,
    formulas: &Formulas,
) -> Result<(), XlsxError> {
    style::sheet(sheet, "Statement", 0, &COLUMNS)?;
    let words = style::words();
    for line in &statement.lines {
        let about = line.subject.as_deref().map_or_else(String::new, |subject| names.in_subject(subject));
        let wrapped = [line.name.name(), &about, &line.working.text, &line.id, formulas.name(&line.id)];
        let widths = [2, 3, 7, 8, 9].map(|column: usize| COLUMNS[column].1);
        let wrapped: Vec<(&str, u32)> = wrapped.into_iter().zip(widths).collect();
        style::fit(sheet, row(line.n), &wrapped)?;
        let at = row(line.n);
        sheet.write_with_format(at, 0, line.n, &words)?;
        sheet.write_with_format(at, 1, line.clause.to_string(), &words)?;
        sheet.write_with_format(at, 2, line.name.name(), &words)?;
        sheet.write_with_format(at, 3, &about, &words)?;
        amount(sheet, at, line, formulas)?;
        sheet.write_with_format(at, 5, line.unit.as_deref().unwrap_or_default(), &words)?;
        state(sheet, at, line)?;
        sheet.write_with_format(at, 7, &line.working.text, &words)?;
        sheet.write_with_format(at, 8, &line.id, &words)?;
        sheet.write_with_format(at, 9, formulas.name(&line.id), &words)?;
        as_settled(sheet, at, line)?;
    }
    Ok(())
}

fn amount(sheet: &mut Worksheet, at: u32, line: &Line, formulas: &Formulas) -> Result<(), XlsxError> {
    let (Some(formula), Some(exact)) = (formulas.of_lines.get(&line.n), &line.exact) else { return Ok(()) };
    let result = match line.kind {
        LineKind::Money => line.value.clone().unwrap_or_default(),
        LineKind::Rate | LineKind::Count | LineKind::Test | LineKind::Note => exact.to_places(12).to_string(),
    };
    let pennies = result.rsplit_once('.').is_none_or(|(_, places)| places.len() <= 2);
    sheet.write_formula_with_format(at, 4, live(formula, result), &style::amount(line.kind, pennies))?;
    Ok(())
}

/// Whether the amount still has the sign, and a test the answer, that it was settled with. Where it has not,
/// the contract may go by another of its rules, which has other lines: a loss is not shared as a gain is.
fn as_settled(sheet: &mut Worksheet, at: u32, line: &Line) -> Result<(), XlsxError> {
    let Some(exact) = &line.exact else { return Ok(()) };
    let cell = at + 1;
    let same = match line.kind {
        LineKind::Test => format!("(E{cell}>=0)={}", if exact.is_negative() { "FALSE()" } else { "TRUE()" }),
        _ => format!("SIGN(E{cell})={}", if exact.is_negative() { -1 } else { i32::from(!exact.is_zero()) }),
    };
    sheet.write(at, AS_SETTLED, live(&same, "TRUE"))?;
    Ok(())
}

/// Whether there is an amount, and why not; of a test, whether it is met.
fn state(sheet: &mut Worksheet, at: u32, line: &Line) -> Result<(), XlsxError> {
    let words = style::words();
    let state = match (line.kind, line.state) {
        (LineKind::Test, LineState::Ok) => {
            let met = format!("IF(E{}>=0,\"met\",\"not met\")", at + 1);
            let result = line.value.clone().unwrap_or_default();
            sheet.write_formula_with_format(at, 6, live(&met, result), &words)?;
            return Ok(());
        }
        (_, LineState::Ok) => "",
        (_, LineState::NotReported) => "not reported",
        (_, LineState::NotMeasured) => "not measured",
        (_, LineState::NotYetDue) => "not yet due",
    };
    sheet.write_with_format(at, 6, state, &words)?;
    Ok(())
}
