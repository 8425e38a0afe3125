//! What an import came to, as every face shows it. A dry run tells the very same.

use std::fmt;

use domain::money::Money;
use domain::name::{ContractId, PartyId};
use domain::rate::Count;
use domain::verb::activity::Flow;
use domain::worksheet::Stage;
use domain::year;
use serde::Serialize;

use super::encoding::Encoding;
use super::returned::unlike_a_formula;
use super::sieve::Counted;

/// What a file came to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct File {
    /// Its name.
    pub file: String,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
    /// The return.
    pub flow: Flow,
    /// How it was written.
    pub encoding: Encoding,
    /// Its lines by verdict.
    pub counted: Counted,
    /// The reports, by contract, provider and month.
    pub months: Vec<Month>,
    /// Why lines were rejected.
    pub rejected: Vec<Rejected>,
}

/// A report of one provider for one month.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Month {
    /// The contract.
    pub contract: ContractId,
    /// Who reports.
    pub provider: PartyId,
    /// The month of care.
    pub month: year::Month,
    /// How final it is: after the freeze of the month, whatever the file calls itself.
    pub stage: Stage,
    /// How many lines count.
    pub lines: u64,
    /// How much activity, where the return counts it.
    pub count: Option<Count>,
    /// What they are worth.
    pub value: Money,
    /// The value reported before.
    pub earlier: Option<Money>,
    /// This value less the one before.
    pub difference: Option<Money>,
    /// What it does to what was reported before.
    pub change: Change,
}

/// What a report does to what was reported before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// Nothing was reported before.
    New,
    /// It takes the place of another.
    Restated,
    /// It says the same, and nothing is recorded for it.
    Unchanged,
}

/// Lines that were rejected for the same reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rejected {
    /// The code of the verdict.
    pub code: &'static str,
    /// The column, where it is about one.
    pub column: Option<String>,
    /// How many lines.
    pub lines: u64,
    /// The first of them, by its number in the file.
    pub first_line: u64,
    /// The value there.
    pub value: String,
    /// What is wrong.
    pub message: &'static str,
    /// What to do.
    pub hint: &'static str,
}

impl Change {
    fn word(self) -> &'static str {
        match self {
            Change::New => "new",
            Change::Restated => "restated",
            Change::Unchanged => "unchanged",
        }
    }
}

impl fmt::Display for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counted { lines, accepted, duplicate, rejected, blank } = self.counted;
        write!(f, "{}: {} in {}, {lines} lines: ", self.file, self.flow, self.encoding)?;
        write!(f, "{accepted} accepted, {duplicate} duplicate, {rejected} rejected")?;
        writeln!(f, "{}", if blank > 0 { format!("; {blank} blank ones left out") } else { String::new() })?;
        let money = |amount: Option<Money>| amount.map(|m| m.show_plain()).unwrap_or_default();
        let months = self.months.iter().map(|m| {
            let count = m.count.as_ref().map(ToString::to_string).unwrap_or_default();
            let who =
                [m.contract.to_string(), m.provider.to_string(), m.month.to_string(), m.stage.to_string()];
            let sums =
                [m.lines.to_string(), count, money(Some(m.value)), money(m.earlier), money(m.difference)];
            who.into_iter().chain(sums).chain([m.change.word().to_owned()]).collect()
        });
        let header =
            ["contract", "provider", "month", "stage", "lines", "count", "value", "before", "difference", ""];
        table(f, &header, 4..9, months.collect())?;
        let rejected = self.rejected.iter().map(|r| {
            let column = r.column.clone().unwrap_or_default();
            let lines = [r.lines.to_string(), r.first_line.to_string()];
            let value = unlike_a_formula(r.value.clone());
            lines.into_iter().chain([r.code.to_owned(), column, value, r.hint.to_owned()]).collect()
        });
        table(f, &["rejected", "first", "code", "column", "value", "what to do"], 0..2, rejected.collect())
    }
}

/// Cells under each other, numbers to the right.
fn table(
    f: &mut fmt::Formatter<'_>,
    header: &[&str],
    numbers: std::ops::Range<usize>,
    rows: Vec<Vec<String>>,
) -> fmt::Result {
    if rows.is_empty() {
        return Ok(());
    }
    let header = header.iter().map(|cell| (*cell).to_owned()).collect();
    let rows: Vec<Vec<String>> = std::iter::once(header).chain(rows).collect();
    let widest = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..rows[0].len()).map(widest).collect();
    for row in rows {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
            if numbers.contains(&column) { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
        });
        writeln!(f, "  {}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    Ok(())
}
