//! The sender's own file with a verdict on every line: what to correct, and where.
//!
//! The cells of the sender are as they came, but written as UTF-8. The columns put behind them are ours: a
//! value that a spreadsheet would take for a formula has an apostrophe before it there, and only there.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::chunk::Chunk;
use super::encoding::Encoding;
use super::header::Header;
use super::sieve::Sifted;
use super::verdict::{Fault, Verdict};
use crate::problem::Problem;

/// The columns put behind those of the sender.
pub const COLUMNS: [&str; 6] = ["LINE", "VERDICT", "CODE", "COLUMN", "VALUE", "WHAT TO DO"];

/// A file being written; it takes its name when it is whole.
#[derive(Debug)]
pub struct Returned {
    path: PathBuf,
    writer: csv::Writer<BufWriter<NamedTempFile>>,
}

impl Returned {
    /// Begins the file with its header.
    ///
    /// # Errors
    /// As the file.
    pub fn create(path: &Path, encoding: Encoding, cells: &[String]) -> Result<Returned, Problem> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = NamedTempFile::new_in(folder).map_err(|e| cannot(path, &e))?;
        let mut file = BufWriter::new(file);
        if encoding != Encoding::Utf8 {
            // Who had to be told the encoding before has to be told again.
            file.write_all(b"\xef\xbb\xbf").map_err(|e| cannot(path, &e))?;
        }
        let mut returned = Returned {
            path: path.to_owned(),
            writer: csv::WriterBuilder::new().flexible(true).from_writer(file),
        };
        returned.write(cells.iter().map(String::as_str).chain(COLUMNS))?;
        Ok(returned)
    }

    /// Writes the lines of a chunk.
    ///
    /// # Errors
    /// As the file.
    pub fn add(&mut self, header: &Header, chunk: &Chunk, sifted: &Sifted) -> Result<(), Problem> {
        let mut faults = sifted.faults.iter().peekable();
        for (line, verdict) in sifted.verdicts.iter().enumerate() {
            let wrong: &[Fault] = match faults.next_if(|(at, _)| *at == line) {
                Some((_, faults)) => faults,
                None => &[],
            };
            let ours = ours(header, chunk, line, *verdict, wrong);
            let cells = (0..chunk.width).map(|column| chunk.cell(line, column));
            self.write(cells.chain(ours.iter().map(String::as_str)))?;
        }
        Ok(())
    }

    /// Gives the file its name.
    ///
    /// # Errors
    /// As the file.
    pub fn finish(self) -> Result<(), Problem> {
        let file = self.writer.into_inner().map_err(|e| cannot(&self.path, e.error()))?;
        let file = file.into_inner().map_err(|e| cannot(&self.path, e.error()))?;
        file.persist(&self.path).map(|_| ()).map_err(|e| cannot(&self.path, &e.error))
    }

    fn write<'a>(&mut self, cells: impl Iterator<Item = &'a str>) -> Result<(), Problem> {
        self.writer.write_record(cells).map_err(|e| cannot(&self.path, &std::io::Error::other(e)))
    }
}

/// The cells put behind those of a line.
fn ours(header: &Header, chunk: &Chunk, line: usize, verdict: Verdict, faults: &[Fault]) -> [String; 6] {
    let all = |part: &dyn Fn(&Fault) -> String| faults.iter().map(part).collect::<Vec<_>>().join(" | ");
    let column = |fault: &Fault| fault.column.map_or(String::new(), |at| header.columns[at].shown.clone());
    let value = |fault: &Fault| fault.column.map_or(String::new(), |at| chunk.cell(line, at).to_owned());
    [
        chunk.rows[line].to_string(),
        verdict.word().to_owned(),
        all(&|fault| fault.code.word().to_owned()),
        unlike_a_formula(all(&column)),
        unlike_a_formula(all(&value)),
        all(&|fault| fault.code.hint().to_owned()),
    ]
}

/// A text that no spreadsheet takes for a formula.
pub fn unlike_a_formula(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text }
}

fn cannot(path: &Path, why: &std::io::Error) -> Problem {
    let message = format!("`{}` cannot be written: {why}", path.display());
    Problem::new(crate::problem::Exit::Unavailable, "file", message, "check the path and its permissions")
}
