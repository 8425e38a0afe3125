//! Applying commands in bulk: newline-delimited JSON in, a verdict for every line out.
//!
//! Each line is a command of its own, and a rejected one leaves the others alone, unless the whole is atomic.
//! A dry run takes the same path on a batch that is dropped at the end.

use domain::request::Request;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{App, table};
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
    let lines = (1..).zip(input.split(|byte| *byte == b'\n'));
    let lines = lines.filter(|(_, line)| !line.iter().all(u8::is_ascii_whitespace));
    let said = lines.map(|(number, line)| Said::of_json(file, number, line));
    apply_all(app, said, how, &mut each).await
}

/// Applies the rows of a CSV table, each the body of one `command`, its key the hash of the file with
/// contract and line.
pub async fn apply_table(
    app: &App,
    file: &str,
    content: &[u8],
    command: &str,
    how: How,
    mut each: impl FnMut(&Verdict),
) -> Result<Verdicts, Problem> {
    let hash = hex::encode(Sha256::digest(content));
    let rows = table::read(file, content)?;
    let said = rows.into_iter().map(|row| Said::of_row(app, file, command, &hash, row));
    apply_all(app, said, how, &mut each).await
}

/// A command as a line of a file says it.
struct Said<'a> {
    file: &'a str,
    number: usize,
    request: Result<Request, Problem>,
    /// The line, where its columns are those of the command.
    text: &'a str,
}

impl<'a> Said<'a> {
    fn of_json(file: &'a str, number: usize, line: &'a [u8]) -> Said<'a> {
        let (text, request) = match std::str::from_utf8(line) {
            Ok(text) => {
                let read = Request::from_json(text.trim_end());
                (text.trim_end(), read.map_err(|why| Problem::unreadable(&why, file, number)))
            }
            Err(why) => ("", Err(not_utf8(file, number, line, why.valid_up_to()))),
        };
        Said { file, number, request, text }
    }

    fn of_row(app: &App, file: &'a str, command: &str, hash: &str, mut row: table::Row) -> Said<'a> {
        let contract = row.fields.get("contract").and_then(Value::as_str).unwrap_or("ledger").to_owned();
        let recorded_at = row.fields.remove("recorded_at");
        let actor = match row.fields.remove("actor") {
            None => Ok(app.actor().clone()),
            Some(actor) => super::load::actor(actor.as_str().unwrap_or_default(), &app.actor().role),
        };
        let request = actor.map_err(|why| Problem::usage("actor", why, "write an actor as person@party"));
        let request = request.and_then(|actor| {
            let mut said = json!({
                "command": command,
                "key": format!("{hash}/{contract}#{}", row.line),
                "actor": actor,
                "body": row.fields,
            });
            recorded_at.into_iter().for_each(|moment| said["recorded_at"] = moment);
            Request::from_json(&said.to_string()).map_err(|why| Problem::unreadable(&why, file, row.line))
        });
        let request = request.map_err(|problem| problem.at(file, row.line, 1));
        Said { file, number: row.line, request, text: "" }
    }
}

async fn apply_all<'a>(
    app: &App,
    said: impl Iterator<Item = Said<'a>>,
    how: How,
    each: &mut impl FnMut(&Verdict),
) -> Result<Verdicts, Problem> {
    let batch = if how.dry_run || how.atomic { Some(app.batch().await?) } else { None };
    let target = batch.as_ref().unwrap_or(app);
    let mut lines = Vec::new();
    for said in said {
        let verdict = verdict(target, said).await?;
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
async fn verdict(app: &App, said: Said<'_>) -> Result<Verdict, Problem> {
    let Said { file, number, request, text } = said;
    let rejected = |problem: Problem| Verdict {
        line: number,
        verdict: Outcome::Rejected,
        entry: None,
        problem: Some(problem),
    };
    let request = match request {
        Ok(request) => request,
        Err(problem) => return Ok(rejected(problem)),
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
