//! The sheet of shares: every amount that is divided, with the whole units of each part, what is left over
//! and to whom it goes, as `domain::money::allocate` divides it.

use domain::exact::Exact;
use domain::money::{Unit, allocate};
use domain::worksheet::Line;
use rust_xlsxwriter::{Worksheet, XlsxError};

use super::formula::Formulas;
use super::{live, style};

/// One amount that is divided.
struct Division {
    /// The amount and its weights, as recorded: what tells one division from another.
    whole: String,
    title: String,
    amount: Operand,
    unit: Unit,
    weights: Vec<Operand>,
    /// The row of its first part, from 1.
    first: u32,
}

/// A piece of a formula with its value.
pub struct Operand {
    /// As the formula has it.
    pub formula: String,
    /// What it comes to.
    pub value: Exact,
}

/// Every amount that is divided.
#[derive(Default)]
pub struct Shares(Vec<Division>);

const COLUMNS: [(&str, u32); 7] = [
    ("Divided", 44),
    ("Weight", 14),
    ("In units", 20),
    ("Whole units", 20),
    ("Left over", 14),
    ("Its turn", 10),
    ("Part", 20),
];

impl Shares {
    /// The cell of a part of a division that was begun.
    pub fn part(&self, whole: &str, part: u32) -> Option<String> {
        let division = self.0.iter().find(|division| division.whole == whole)?;
        Some(cell(division.first + part))
    }

    /// Begins a division.
    pub fn divide(&mut self, whole: String, line: &Line, amount: Operand, unit: Unit, weights: Vec<Operand>) {
        let first = self.0.last().map_or(3, |before| before.first + before.weights.len() as u32 + 1);
        let title = format!("{}, clause {}", line.name.name(), line.clause);
        self.0.push(Division { whole, title, amount, unit, weights, first });
    }
}

fn cell(row: u32) -> String {
    format!("Shares!$G${row}")
}

/// The sheet of shares. Each division has a row for the amount and a row for every part.
pub fn write(sheet: &mut Worksheet, formulas: &Formulas) -> Result<(), XlsxError> {
    style::sheet(sheet, "Shares", 0, &COLUMNS)?;
    formulas.shares.0.iter().try_for_each(|division| division.write(sheet))
}

impl Division {
    fn write(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let (amount, unit) = (&self.amount.formula, Exact::ratio(1, 10i64.pow(self.unit.places())));
        let (first, last) = (self.first, self.first + self.weights.len() as u32 - 1);
        let head = first - 1;
        let weights: Vec<Exact> = self.weights.iter().map(|weight| weight.value.clone()).collect();
        let parts = allocate(&self.amount.value, &weights, self.unit);
        let units = self.amount.value.abs().to_unit(self.unit).checked_div(&unit).unwrap_or_else(Exact::zero);
        let quotas = quotas(&units, &weights);
        let over: Vec<Exact> = quotas.iter().map(|quota| quota - &quota.floor()).collect();
        let left: Exact = &units - &quotas.iter().map(Exact::floor).sum();
        sheet.write_with_format(head - 1, 0, &self.title, &style::heading())?;
        formula(sheet, head, 2, &format!("ROUND(ABS({amount})/{unit},0)"), &units)?;
        formula(sheet, head, 3, &format!("C{head}-SUM(D{first}:D{last})"), &left)?;
        for (i, row) in (first..=last).enumerate() {
            let (quota, whole) = (&quotas[i], quotas[i].floor());
            formula(sheet, row, 1, &self.weights[i].formula, &weights[i])?;
            formula(sheet, row, 2, &format!("C${head}*B{row}/SUM(B${first}:B${last})"), quota)?;
            formula(sheet, row, 3, &format!("INT(ROUND(C{row},6))"), &whole)?;
            formula(sheet, row, 4, &format!("ROUND(C{row}-D{row},6)"), &over[i].to_places(6))?;
            formula(sheet, row, 5, &turn(first, row, last), &turn_of(&over, i))?;
            let part = format!("SIGN({amount})*(D{row}+IF(F{row}<=D${head},1,0))*{unit}");
            formula(sheet, row, 6, &part, &parts[i])?;
        }
        Ok(())
    }
}

/// Writes a formula with its result into a row counted from 1.
fn formula(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    text: &str,
    result: &Exact,
) -> Result<(), XlsxError> {
    sheet.write(row - 1, column, live(text, result.to_places(12).to_string())).map(|_| ())
}

/// Each part in units, before it is cut to whole ones.
fn quotas(units: &Exact, weights: &[Exact]) -> Vec<Exact> {
    let sum: Exact = weights.iter().cloned().sum();
    weights.iter().map(|weight| (units * weight).checked_div(&sum).unwrap_or_else(Exact::zero)).collect()
}

/// The place of a part in the order in which left-over units are given: the largest remainder first, ties in
/// list order.
fn turn(first: u32, row: u32, last: u32) -> String {
    let larger = format!("SUMPRODUCT(--(E${first}:E${last}>E{row}))");
    let before = match row {
        row if row == first => String::new(),
        row => format!("+SUMPRODUCT(--(E${first}:E${}=E{row}))", row - 1),
    };
    format!("1+{larger}{before}")
}

/// The same, counted.
fn turn_of(over: &[Exact], part: usize) -> Exact {
    let larger = over.iter().filter(|other| **other > over[part]).count();
    let before = over[..part].iter().filter(|other| **other == over[part]).count();
    Exact::from((1 + larger + before) as i64)
}
