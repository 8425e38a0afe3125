//! The sheet of provenance: for every line, the events behind its figures, with who recorded them when, and
//! the hash by which each can be found in the ledger's proof.

use std::collections::BTreeMap;

use domain::time::Entry;
use domain::worksheet::Source;
use projections::history::Happening;
use rust_xlsxwriter::{Worksheet, XlsxError};

use super::{Contents, style};

const COLUMNS: [(&str, u32); 7] = [
    ("Line", 8),
    ("Id", 50),
    ("Entry or statement", 50),
    ("Event", 24),
    ("Recorded at", 26),
    ("By", 60),
    ("Hash", 70),
];

/// The sheet of provenance.
pub fn write(sheet: &mut Worksheet, contents: &Contents) -> Result<(), XlsxError> {
    style::sheet(sheet, "Provenance", 0, &COLUMNS)?;
    let events: BTreeMap<Entry, &Happening> = contents.history.iter().map(|h| (h.entry, h)).collect();
    let sources =
        contents.statement.lines.iter().flat_map(|line| line.sources.iter().map(move |s| (line, s)));
    for (row, (line, source)) in (1..).zip(sources) {
        sheet.write(row, 0, line.n)?;
        sheet.write_with_format(row, 1, &line.id, &style::words())?;
        style::fit(sheet, row, &[(&line.id, COLUMNS[1].1)])?;
        match source {
            Source::Line { line, statement } => {
                sheet.write(row, 2, format!("{line} of {statement}"))?;
            }
            Source::Entry(entry) => {
                sheet.write(row, 2, entry.to_string())?;
                let Some(event) = events.get(entry) else { continue };
                sheet.write(row, 3, event.event)?;
                sheet.write(row, 4, event.recorded_at.to_string())?;
                sheet.write(
                    row,
                    5,
                    format!("{} for {}", event.actor.person, contents.names.of(&event.actor.party)),
                )?;
                sheet.write(row, 6, event.hash.to_string())?;
            }
        }
    }
    Ok(())
}
