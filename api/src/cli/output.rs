//! How answers and problems are written: data to standard output, talk to standard error.

use std::fmt::Display;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::ValueEnum;
use serde::Serialize;

use crate::problem::{Exit, Problem};

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// For spreadsheets, as a table.
    Csv,
    /// For spreadsheets, as a workbook with live formulas.
    Xlsx,
}

/// Writes a text to standard output. A reader that has gone (`| head`) is not a problem.
pub fn say(text: impl Display) -> Result<(), Problem> {
    let mut out = std::io::stdout().lock();
    match write!(out, "{text}").and_then(|()| out.flush()) {
        Err(why) if why.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Problem::file("standard output", &why))
        }
        _ => Ok(()),
    }
}

/// Writes a value as JSON.
pub fn json(value: &impl Serialize) -> Result<(), Problem> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|e| Problem::new(Exit::Integrity, "json", e, "please report this with the command"))?;
    say(format!("{text}\n"))
}

/// Writes a table as CSV with a header row.
pub fn csv(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Result<(), Problem> {
    let broken = |e: csv::Error| Problem::new(Exit::Unavailable, "csv", e, "check the disk or the pipe");
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(header).map_err(broken)?;
    for row in rows {
        writer.write_record(&row).map_err(broken)?;
    }
    let bytes = writer.into_inner().map_err(|e| broken(e.into_error().into()))?;
    say(String::from_utf8_lossy(&bytes))
}

/// Writes a file to standard output, which must lead somewhere.
pub fn file(bytes: &[u8], name: &str) -> Result<(), Problem> {
    let mut out = std::io::stdout().lock();
    if out.is_terminal() {
        let hint = format!("write it to a file: add `> {name}` to the command");
        return Err(Problem::usage("output", "a workbook cannot be shown on a terminal", hint));
    }
    out.write_all(bytes).and_then(|()| out.flush()).map_err(|why| Problem::file("standard output", &why))
}

/// A form that a verb does not have.
pub fn not_in(output: Output, verb: &str) -> Problem {
    let form = output.to_possible_value().map(|v| v.get_name().to_owned()).unwrap_or_default();
    Problem::usage(
        "output",
        format!("`{verb}` has no {form} form"),
        "leave --output out, or write --output json",
    )
}

/// Tells problems on standard error; the exit code is that of the first.
pub fn tell(problems: &[Problem], output: Output) -> ExitCode {
    for problem in problems {
        match output {
            Output::Json => eprintln!("{}", serde_json::to_string(problem).unwrap_or_default()),
            Output::Text | Output::Csv | Output::Xlsx => eprintln!("{problem}"),
        }
    }
    problems.first().map_or(ExitCode::SUCCESS, |problem| problem.exit.into())
}
