//! The statement as people read it: the same text on the command line, in case files and on pages.

use std::fmt;

use super::{Payable, Statement};
use crate::exact::Exact;
use crate::money::Money;
use crate::worksheet::{Line, LineKind, LineState};

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let under = self.under.as_ref().map(|c| format!(", under {c}")).unwrap_or_default();
        writeln!(f, "{}", self.title)?;
        writeln!(f, "Contract {}{under}, contract year {}", self.contract, self.year)?;
        let complete = if self.complete { "complete" } else { "incomplete" };
        writeln!(
            f,
            "As of {}, as known at {} (entry {}): {}, {complete}, weakest data: {}",
            self.as_of, self.known_at, self.entry, self.status, self.stage
        )?;
        for note in &self.notes {
            writeln!(f, "Note: {note}")?;
        }
        writeln!(f)?;
        let labels: Vec<String> = self.lines.iter().map(label).collect();
        let width = labels.iter().map(|l| l.chars().count()).max().unwrap_or(0);
        let amounts: Vec<String> = self.lines.iter().map(amount).collect();
        let amount_width = amounts.iter().map(|a| a.chars().count()).max().unwrap_or(0);
        for ((line, label), amount) in self.lines.iter().zip(&labels).zip(&amounts) {
            writeln!(
                f,
                "{:>3}  {label:<width$}  {amount:>amount_width$}  {:<8}  {}{}",
                line.n,
                line.clause.as_str(),
                line.working.text,
                stages(line)
            )?;
        }
        writeln!(f)?;
        for payable in &self.payables {
            write_payable(f, payable, self)?;
        }
        Ok(())
    }
}

fn write_payable(f: &mut fmt::Formatter<'_>, payable: &Payable, statement: &Statement) -> fmt::Result {
    let show =
        |amount: Option<Money>| amount.map_or("not reported".to_owned(), |m| m.show(statement.currency));
    writeln!(
        f,
        "{} to {}: payable {}, paid {}, balance {}",
        payable.from,
        payable.to,
        show(payable.entitled),
        payable.paid.show(statement.currency),
        show(payable.balance)
    )
}

fn label(line: &Line) -> String {
    let name = line.name.name();
    line.subject.as_ref().map_or(name.to_owned(), |subject| format!("{name}: {subject}"))
}

impl Line {
    /// Its amount as people read it, the same on the command line and on pages; without one, why there is
    /// none.
    pub fn shown(&self) -> String {
        amount(self)
    }
}

fn amount(line: &Line) -> String {
    match line.state {
        LineState::NotReported => return "not reported".to_owned(),
        LineState::NotMeasured => return "not measured".to_owned(),
        LineState::NotYetDue => return "not yet due".to_owned(),
        LineState::Ok => {}
    }
    let Some(exact) = &line.exact else { return String::new() };
    match line.kind {
        LineKind::Money => money(line, exact),
        LineKind::Rate => exact.show_percent(6),
        LineKind::Count => exact.to_places(6).show_grouped(),
        LineKind::Test => line.value.clone().unwrap_or_default(),
        LineKind::Note => String::new(),
    }
}

/// Money with its two places; an exact amount below the penny to four places with `≈`.
fn money(line: &Line, exact: &Exact) -> String {
    let value = line.value.as_deref().unwrap_or_default();
    match value.parse::<Money>() {
        Ok(money) => money.show_plain(),
        Err(_) => {
            let (sign, digits) = value.strip_prefix('-').map_or(("", value), |rest| ("-", rest));
            let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
            let about = if *exact == exact.to_places(4) { "" } else { "≈" };
            format!("{about}{sign}{}.{part}", crate::money::group_thousands(whole))
        }
    }
}

fn stages(line: &Line) -> String {
    let Some(split) = line.by_stage else { return String::new() };
    let parts = [("frozen", split.frozen), ("flex", split.flex), ("estimated", split.estimated)];
    let shown: Vec<String> = parts
        .iter()
        .filter(|(_, amount)| *amount != Money::ZERO)
        .map(|(stage, amount)| format!("{stage} {}", amount.show_plain()))
        .collect();
    if shown.is_empty() { String::new() } else { format!(" [{}]", shown.join(", ")) }
}
