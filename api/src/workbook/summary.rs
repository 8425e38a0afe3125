//! The first sheet: which statement this is, what is payable, each party's result, and how to use the
//! workbook.

use domain::statement::Statement;
use domain::worksheet::{LineKind, Step};
use rust_xlsxwriter::{Worksheet, XlsxError};

use super::formula::Formulas;
use super::statement::ALL_AS_SETTLED;
use super::{Contents, live, style};

const HOW: &str = "Every amount on the sheet Statement is a formula over the cells of the sheets Parameters and Facts, \
    which have names. Change a yellow cell and the year is worked out again; the amounts recorded stay in the ledger.";

const AS_SETTLED: &str = "Every line goes by the rule it was settled by.";

const OTHERWISE: &str = "CHANGED: an amount has another sign or a test another answer, so other rules of the contract may \
    apply. Ask riskshare what-if.";

/// The width of a column of organisations.
const PARTY: u32 = 48;

/// The summary.
pub fn write(sheet: &mut Worksheet, contents: &Contents, formulas: &Formulas) -> Result<(), XlsxError> {
    let statement = &contents.statement;
    let facts = facts(contents);
    let below = facts.len() as u32 + 3;
    let columns = [("From", PARTY), ("To", PARTY), ("Entitled", 20), ("Paid", 20), ("Balance", 20)];
    style::sheet(sheet, "Summary", below, &columns)?;
    sheet.write_with_format(0, 0, &statement.title, &style::title())?;
    for (row, (what, says)) in (1..).zip(&facts) {
        sheet.write(row, 0, what.as_str())?;
        sheet.write(row, 1, says)?;
    }
    let next = payables(sheet, contents, formulas, below + 1)?;
    let next = results(sheet, contents, formulas, next + 1)?;
    let still = format!("IF({ALL_AS_SETTLED},\"{AS_SETTLED}\",\"{OTHERWISE}\")");
    sheet.write_formula_with_format(next, 0, live(&still, AS_SETTLED), &style::title())?;
    for (row, note) in (next + 1..).zip(statement.notes.iter().map(String::as_str).chain([HOW])) {
        sheet.write(row, 0, note)?;
    }
    Ok(())
}

/// Which statement this is.
fn facts(contents: &Contents) -> Vec<(String, String)> {
    let Statement { contract, year, as_of, known_at, entry, status, stage, .. } = &contents.statement;
    let digest = contents.recorded.as_ref().map(|recorded| {
        let digest = recorded.digest.map_or_else(String::new, |digest| digest.to_string());
        format!("entry {}, {digest}", recorded.entry)
    });
    let told = [
        ("Contract", contract.to_string()),
        ("Contract year", year.to_string()),
        ("Business date", as_of.to_string()),
        ("As known at", known_at.clone()),
        ("Made at entry", entry.to_string()),
        ("Status", status.to_string()),
        ("Weakest stage", stage.to_string()),
        ("Complete", if contents.statement.complete { "yes" } else { "no" }.to_owned()),
        ("Recorded", digest.unwrap_or_else(|| format!("not recorded: a draft at entry {entry}"))),
        ("Currency", contents.statement.currency.to_string()),
        ("Terms", format!("version {}", contents.statement.terms_version)),
        ("Made by", contents.statement.engine.clone()),
    ];
    told.map(|(what, says)| (what.to_owned(), says)).into()
}

/// What is due between every two parties; the first row after them.
fn payables(
    sheet: &mut Worksheet,
    Contents { statement, names, .. }: &Contents,
    formulas: &Formulas,
    first: u32,
) -> Result<u32, XlsxError> {
    let money = style::amount(LineKind::Money, true);
    for (row, payable) in (first..).zip(&statement.payables) {
        let (from, to) = (names.of(&payable.from), names.of(&payable.to));
        sheet.write_with_format(row, 0, &from, &style::words())?;
        sheet.write_with_format(row, 1, &to, &style::words())?;
        style::fit(sheet, row, &[(&from, PARTY), (&to, PARTY)])?;
        if let Ok(paid) = payable.paid.to_string().parse::<f64>() {
            sheet.write_with_format(row, 3, paid, &money)?;
        }
        let (Some(entitled), Some(balance)) = (payable.entitled, payable.balance) else {
            sheet.write(row, 2, "not reported")?;
            continue;
        };
        let subject = format!("{}-to-{}", payable.from, payable.to);
        let line = statement
            .lines
            .iter()
            .find(|line| line.name == Step::Payable && line.subject.as_deref() == Some(&subject));
        let name = line.map_or("0", |line| formulas.name(&line.id));
        sheet.write_formula_with_format(row, 2, live(name, entitled.to_string()), &money)?;
        let less = format!("ROUND(C{at}-D{at},2)", at = row + 1);
        sheet.write_formula_with_format(row, 4, live(&less, balance.to_string()), &money)?;
    }
    Ok(first + statement.payables.len() as u32)
}

/// Each party's result; the first row after them.
fn results(
    sheet: &mut Worksheet,
    Contents { statement, names, .. }: &Contents,
    formulas: &Formulas,
    heading: u32,
) -> Result<u32, XlsxError> {
    let results = || {
        let of_parties = statement.lines.iter().filter(|line| line.name == Step::Result);
        of_parties.filter_map(|line| Some((line, line.value.as_deref()?)))
    };
    if results().next().is_none() {
        return Ok(heading);
    }
    sheet.write_with_format(heading, 0, "Result of", &style::heading())?;
    sheet.write_with_format(heading, 2, "Amount", &style::heading())?;
    let mut row = heading + 1;
    for (line, value) in results() {
        sheet.write(row, 0, names.in_subject(line.subject.as_deref().unwrap_or_default()))?;
        let formula = live(formulas.name(&line.id), value);
        sheet.write_formula_with_format(row, 2, formula, &style::amount(LineKind::Money, true))?;
        row += 1;
    }
    Ok(row)
}
