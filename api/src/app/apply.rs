//! Applying commands in bulk: newline-delimited JSON in, a verdict for every line out.
//!
//! Each line is a command of its own, and a rejected one leaves the others alone, unless the whole is atomic. A dry run
//! takes the same path on a batch that is dropped at the end.

use domain::request::Request;
use serde::Serialize;

use super::App;
use crate::problem::{Exit, Problem};

/// How commands are applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct How {
    /// Record nothing.
    pub dry_run: bool,
    /// Record all or nothing.
    pub atomic: bool,
}

/// What became of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// The line, from 1.
    pub line: usize,
    /// What became of it.
    pub verdict: Outcome,
    /// The entry it made, now or when it was first sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<u64>,
    /// Why it was rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// The kinds of verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Recorded; in a dry run, it would be.
    Accepted,
    /// The same command was recorded before.
    Duplicate,
    /// Not recorded.
    Rejected,
}

/// The verdicts of a whole input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdicts {
    /// One for each line that is not blank.
    pub lines: Vec<Verdict>,
    /// Whether anything was recorded.
    pub recorded: bool,
}

impl Verdicts {
    /// How many lines came to this.
    pub fn count(&self, outcome: Outcome) -> usize {
        self.lines.iter().filter(|v| v.verdict == outcome).count()
    }

    /// What the program exits with: findings where a line was rejected.
    pub fn exit(&self) -> Option<Exit> {
        (self.count(Outcome::Rejected) > 0).then_some(Exit::Findings)
    }
}

/// Applies every line of `input`, named `file` in problems; calls `each` with every verdict as it falls.
pub async fn apply(
    app: &App,
    file: &str,
    input: &[u8],
    how: How,
    mut each: impl FnMut(&Verdict),
) -> Result<Verdicts, Problem> {
    let batch = if how.dry_run || how.atomic { Some(app.batch().await?) } else { None };
    let target = batch.as_ref().unwrap_or(app);
    let mut lines = Vec::new();
    for (number, line) in (1..).zip(input.split(|byte| *byte == b'\n')) {
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let verdict = verdict(target, file, number, line).await?;
        each(&verdict);
        lines.push(verdict);
    }
    let mut verdicts = Verdicts { lines, recorded: !how.dry_run };
    if let Some(batch) = batch {
        let whole = verdicts.count(Outcome::Rejected) == 0 || !how.atomic;
        verdicts.recorded = whole && !how.dry_run;
        if verdicts.recorded {
            batch.commit_batch().await?;
        }
    }
    Ok(verdicts)
}

/// The verdict on one line. Only a ledger that cannot be reached, or contradicts itself, ends the whole.
async fn verdict(app: &App, file: &str, number: usize, line: &[u8]) -> Result<Verdict, Problem> {
    let rejected = |problem: Problem| Verdict {
        line: number,
        verdict: Outcome::Rejected,
        entry: None,
        problem: Some(problem),
    };
    let text = match std::str::from_utf8(line) {
        Ok(text) => text.trim_end(),
        Err(why) => return Ok(rejected(not_utf8(file, number, line, why.valid_up_to()))),
    };
    let request = match Request::from_json(text) {
        Ok(request) => request,
        Err(why) => return Ok(rejected(Problem::unreadable(&why, file, number))),
    };
    match app.send(&request).await {
        Ok(done) => {
            let verdict = if done.replayed { Outcome::Duplicate } else { Outcome::Accepted };
            Ok(Verdict { line: number, verdict, entry: Some(done.entry().0), problem: None })
        }
        Err(problem) if matches!(problem.exit, Exit::Unavailable | Exit::Integrity) => Err(problem),
        Err(problem) => Ok(rejected(in_file(problem, file, number, text))),
    }
}

/// Puts a problem of a command at its line, and at the column of the field it names.
fn in_file(problem: Problem, file: &str, number: usize, text: &str) -> Problem {
    let field = match &problem.place {
        Some(crate::problem::Place::Pointer { pointer }) => {
            pointer.rsplit('/').next().unwrap_or("").to_owned()
        }
        _ => String::new(),
    };
    let body = text.find("\"body\"").unwrap_or(0);
    let found = text[body..].find(&format!("\"{field}\"")).filter(|_| !field.is_empty());
    let column = found.map_or(1, |at| text[..body + at].chars().count() + 1);
    problem.at(file, number, column)
}

/// The problem of bytes that are no text.
pub fn not_utf8(file: &str, line: usize, bytes: &[u8], valid_up_to: usize) -> Problem {
    let column = String::from_utf8_lossy(&bytes[..valid_up_to]).chars().count() + 1;
    let message = format!("byte 0x{:02x} is not UTF-8", bytes.get(valid_up_to).copied().unwrap_or(0));
    Problem::usage("not-utf8", message, "save the file as UTF-8 and send it again").at(file, line, column)
}
