//! `apply`: commands from a file of newline-delimited JSON, with a verdict for every line.

use std::io::Read;
use std::path::PathBuf;

use clap::Args;

use super::{Globals, Output, Stop, output};
use crate::app::apply::{How, Outcome, Verdict, Verdicts, apply, apply_table};
use crate::app::table;
use crate::problem::{Exit, Problem};

/// Carry out commands from a file, with a verdict for every line: JSON objects, or the rows of a table
#[derive(Debug, Args)]
pub struct Apply {
    /// The file; - for standard input
    file: PathBuf,
    /// The file is a CSV table (see `template`), each of its rows the body of this command
    #[arg(long, value_name = "NAME")]
    command: Option<String>,
    /// Take the same path, and record nothing
    #[arg(long)]
    dry_run: bool,
    /// Record every line or none
    #[arg(long)]
    atomic: bool,
    /// Where the table goes back to with a verdict on every line
    #[arg(long, value_name = "OUT.csv", requires = "command")]
    verdicts: Option<PathBuf>,
}

impl Apply {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Stop> {
        let shown = self.file.to_string_lossy().into_owned();
        let input = self.read().map_err(|e| Problem::file(&shown, &e))?;
        let app = globals.open_or_create().await?;
        let how = How { dry_run: self.dry_run, atomic: self.atomic };
        let mut told = Ok(());
        let each = |verdict: &Verdict| {
            if told.is_ok() {
                told = tell(verdict, globals.output);
            }
        };
        let verdicts = match &self.command {
            Some(command) => apply_table(&app, &shown, &input, command, how, each).await?,
            None => apply(&app, &shown, &input, how, each).await?,
        };
        told?;
        if let Some(path) = &self.verdicts {
            table::give_back(path, &input, &verdicts.lines)?;
        }
        if globals.output == Output::Text {
            output::say(summary(&verdicts, how))?;
        }
        verdicts.exit().map_or(Ok(()), |exit: Exit| Err(Stop::Told(exit)))
    }

    fn read(&self) -> std::io::Result<Vec<u8>> {
        if self.file.as_os_str() != "-" {
            return std::fs::read(&self.file);
        }
        let mut input = Vec::new();
        std::io::stdin().lock().read_to_end(&mut input)?;
        Ok(input)
    }
}

fn tell(verdict: &Verdict, form: Output) -> Result<(), Problem> {
    if form != Output::Text {
        let text = serde_json::to_string(verdict).unwrap_or_default();
        return output::say(format!("{text}\n"));
    }
    let line = verdict.line;
    match (&verdict.problem, verdict.entry) {
        (Some(problem), _) => output::say(format!("line {line}: rejected\n{problem}\n")),
        (None, Some(entry)) if verdict.verdict == Outcome::Duplicate => {
            output::say(format!("line {line}: recorded before, entry {entry}\n"))
        }
        (None, entry) => output::say(format!("line {line}: accepted, entry {}\n", entry.unwrap_or_default())),
    }
}

fn summary(verdicts: &Verdicts, how: How) -> String {
    let [accepted, duplicate, rejected] =
        [Outcome::Accepted, Outcome::Duplicate, Outcome::Rejected].map(|outcome| verdicts.count(outcome));
    let end = match (verdicts.recorded, how.dry_run) {
        (_, true) => "; nothing was recorded: this was a dry run",
        (false, false) => "; nothing was recorded: a line was rejected, and the whole is atomic",
        (true, false) => "",
    };
    format!("{accepted} accepted, {duplicate} recorded before, {rejected} rejected{end}\n")
}
