//! The text that people read.

use std::fmt;

use domain::exact::Exact;
use domain::money::Money;

use super::{Amounts, WhatIf};
use crate::bridge::Change;

impl fmt::Display for WhatIf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "What if: {}, contract year {}, in {}", self.contract, self.year, self.currency)?;
        writeln!(
            f,
            "As of {}, as known at {} (entry {}): two drafts; nothing is recorded\n",
            self.as_of, self.known_at, self.entry
        )?;
        for changed in &self.changed {
            let was = changed.was.as_ref().map(|was| format!(", recorded as {was}")).unwrap_or_default();
            writeln!(f, "{} ({} at entry {}{was})", changed.change, changed.event, changed.entry)?;
        }
        for cause in &self.causes {
            writeln!(f, "\nBecause of {}", cause.because)?;
            match cause.changes.as_slice() {
                [] => writeln!(f, "  no line changes")?,
                changes => table(
                    f,
                    &["line", "clause", "is", "would be", "difference"],
                    2,
                    changes.iter().map(line),
                )?,
            }
        }
        writeln!(f, "\nPayable")?;
        let pairs = self.payables.iter().map(|pair| {
            let name = format!("{}: {} to {}", pair.contract, pair.from, pair.to);
            [vec![name], amounts(&pair.payable)].concat()
        });
        table(f, &["between", "is", "would be", "difference"], 1, pairs)?;
        writeln!(f, "\nEach party under these contracts")?;
        let parties = self.parties.iter().map(|standing| {
            [vec![standing.party.to_string()], amounts(&standing.entitled), amounts(&standing.result)]
                .concat()
        });
        let head = ["party", "entitled", "would be", "difference", "result", "would be", "difference"];
        table(f, &head, 1, parties)?;
        for standing in self.parties.iter().filter(|standing| !standing.cost_recorded) {
            writeln!(f, "  {}: cost not recorded, its result is what it receives", standing.party)?;
        }
        for left_out in &self.left_out {
            let entries: Vec<String> = left_out.entries.iter().map(ToString::to_string).collect();
            let (event, why) = (left_out.event, &left_out.why);
            writeln!(
                f,
                "\nLeft out: {event} at {}, which would have been refused: {why}",
                entries.join(", ")
            )?;
        }
        Ok(())
    }
}

fn line(change: &Change) -> Vec<String> {
    let side = |side: &Option<Exact>| side.as_ref().map_or("none".to_owned(), plain);
    let clause = change.line.split('/').nth(1).unwrap_or_default().to_owned();
    vec![change.name.clone(), clause, side(&change.before), side(&change.after), plain(&change.by())]
}

fn amounts(amounts: &Amounts) -> Vec<String> {
    let side = |side: Option<Money>| side.map_or("none".to_owned(), |m| m.show_plain());
    [amounts.before, amounts.after, amounts.difference].map(side).to_vec()
}

fn plain(amount: &Exact) -> String {
    amount.as_money().map_or_else(|| amount.show(4), |m| m.show_plain())
}

/// Rows beneath a head, the first `words` columns to the left and the figures to the right.
fn table(
    f: &mut fmt::Formatter<'_>,
    head: &[&str],
    words: usize,
    rows: impl Iterator<Item = Vec<String>>,
) -> fmt::Result {
    let head = head.iter().map(|cell| (*cell).to_owned()).collect();
    let all: Vec<Vec<String>> = std::iter::once(head).chain(rows).collect();
    for row in &all {
        let cells: Vec<String> = (0..row.len())
            .map(|i| {
                let width = all.iter().map(|r| r[i].chars().count()).max().unwrap_or(0);
                if i < words { format!("{:<width$}", row[i]) } else { format!("{:>width$}", row[i]) }
            })
            .collect();
        writeln!(f, "  {}", cells.join("  ").trim_end())?;
    }
    Ok(())
}
