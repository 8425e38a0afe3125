//! Loading an example folder: its `timeline.csv` says what was recorded when, by whom, and from which file.
//!
//! Columns `recorded_at,actor,do`, and `late_because` where it is needed. `do` is `history` (the ledger is
//! created as a history stated by its source), a command with a file (`register-party parties.csv`,
//! `award-contract terms/x.yaml`) or with its JSON body. A table may carry `recorded_at`, `actor` and
//! `late_because` for each of its rows. Everything is sorted by time and sent in that order; loading a folder
//! twice changes nothing.

use std::path::{Path, PathBuf};

use domain::actor::Actor;
use domain::request::Request;
use domain::terms::{Fault, Terms};
use domain::time::{Instant, Zone};
use domain::verb::Command;
use domain::verb::award::ContractAwarded;
use include_dir::Dir;
use serde_json::{Map, Value};

use super::medicare::folder as public_use;
use super::{App, table};
use crate::problem::Problem;

/// The file that says what was recorded when.
pub const TIMELINE: &str = "timeline.csv";

/// A folder of files, on disk or built in.
#[derive(Clone, Debug)]
pub enum Folder {
    /// On disk.
    Disk(PathBuf),
    /// Built into the binary.
    BuiltIn(&'static str, &'static Dir<'static>),
}

impl Folder {
    /// Its name, by which its commands are keyed.
    pub fn name(&self) -> String {
        match self {
            Folder::Disk(path) => {
                let whole = path.canonicalize().unwrap_or_else(|_| path.clone());
                whole
                    .file_name()
                    .map_or_else(|| "folder".to_owned(), |name| name.to_string_lossy().into_owned())
            }
            Folder::BuiltIn(name, _) => (*name).to_owned(),
        }
    }

    fn read(&self, file: &str) -> Result<Vec<u8>, Problem> {
        match self {
            Folder::Disk(path) => {
                let path = path.join(file);
                std::fs::read(&path).map_err(|e| Problem::file(&path.to_string_lossy(), &e))
            }
            Folder::BuiltIn(name, dir) => match dir.get_file(file) {
                Some(file) => Ok(file.contents().to_vec()),
                None => Err(Problem::file(&format!("{name}/{file}"), &std::io::ErrorKind::NotFound.into())),
            },
        }
    }

    /// A file's name as people are told it.
    fn shown(&self, file: &str) -> String {
        match self {
            Folder::Disk(path) => path.join(file).to_string_lossy().into_owned(),
            Folder::BuiltIn(name, _) => format!("{name}/{file}"),
        }
    }
}

/// The folders below `dir` that can be loaded, by name: with a timeline, or with public use files of Medicare.
pub fn folders(dir: &Path) -> Result<Vec<Folder>, Problem> {
    let entries = std::fs::read_dir(dir).map_err(|e| Problem::file(&dir.to_string_lossy(), &e))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
    paths.sort();
    let loads = |path: &PathBuf| path.join(TIMELINE).is_file() || public_use::files(path).is_ok();
    Ok(paths.into_iter().filter(loads).map(Folder::Disk).collect())
}

/// One step of a folder: a command, and the place in a file it comes from.
#[derive(Clone, Debug)]
pub struct Step {
    request: Request,
    file: String,
    line: usize,
}

/// What a load came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// Commands recorded now.
    pub recorded: usize,
    /// Commands that were there already.
    pub there_already: usize,
}

/// Reads a folder's steps in the order in which they are to be sent. Nothing is recorded.
///
/// # Errors
/// Names file, line and column of everything that cannot be read.
pub fn steps(folder: &Folder, app: &App) -> Result<Vec<Step>, Problem> {
    let mut steps = Vec::new();
    for row in table::read(&folder.shown(TIMELINE), &folder.read(TIMELINE)?)? {
        let at = Source { folder, file: TIMELINE, line: row.line };
        let (recorded_at, actor) = (at.moment(&row.fields)?, at.actor(&row.fields, app)?);
        let said = Said { recorded_at, actor, late_because: late_because(&row.fields) };
        let what = row.fields.get("do").and_then(Value::as_str).unwrap_or_default();
        let (verb, rest) = what.split_once(char::is_whitespace).map_or((what, ""), |(v, r)| (v, r.trim()));
        match rest {
            "" if verb == "history" => steps.push(at.step(&said, "create-ledger", history_body())?),
            rest if rest.starts_with('{') => {
                steps.push(at.step(&said, verb, with_terms(folder, rest, at)?)?)
            }
            "" => {
                return Err(at.problem(
                    format!("`{what}` has no file and no body"),
                    "write `verb file` or `verb {..}`",
                ));
            }
            file if file.ends_with(".csv") => steps.extend(rows(folder, file, verb, &said, app)?),
            file => steps.push(award(folder, file, verb, &said, at)?),
        }
    }
    // Stable, so that what was recorded at one moment keeps the order of the timeline.
    steps.sort_by_key(|step| step.request.recorded_at);
    Ok(steps)
}

/// Sends a folder's steps; calls `each` after every one.
///
/// # Errors
/// Stops at the first step that is refused, and names its file and line; what came before stays recorded.
pub async fn load(app: &App, steps: &[Step], mut each: impl FnMut()) -> Result<Loaded, Problem> {
    let mut loaded = Loaded::default();
    for step in steps {
        let done =
            app.send(&step.request).await.map_err(|problem| problem.or_at(&step.file, step.line, 1))?;
        if done.replayed {
            loaded.there_already += 1;
        } else {
            loaded.recorded += 1;
        }
        each();
    }
    Ok(loaded)
}

/// When, by whom and why so late, where a row of the timeline says so.
struct Said {
    recorded_at: Option<Instant>,
    actor: Option<Actor>,
    late_because: Option<String>,
}

fn late_because(fields: &Map<String, Value>) -> Option<String> {
    fields.get("late_because").and_then(Value::as_str).map(str::to_owned)
}

/// A line of a file of the folder.
#[derive(Clone, Copy)]
struct Source<'a> {
    folder: &'a Folder,
    file: &'a str,
    line: usize,
}

impl Source<'_> {
    fn problem(&self, message: impl std::fmt::Display, hint: &str) -> Problem {
        Problem::usage("timeline", message, hint).at(&self.folder.shown(self.file), self.line, 1)
    }

    fn moment(&self, fields: &Map<String, Value>) -> Result<Option<Instant>, Problem> {
        let text = fields.get("recorded_at").and_then(Value::as_str);
        let hint = "write the moment in UTC, such as 2025-06-20T17:30:00Z";
        text.map(|t| t.parse().map_err(|e: String| self.problem(e, hint))).transpose()
    }

    fn actor(&self, fields: &Map<String, Value>, app: &App) -> Result<Option<Actor>, Problem> {
        let Some(text) = fields.get("actor").and_then(Value::as_str) else { return Ok(None) };
        let read = actor(text, &app.actor().role);
        read.map(Some).map_err(|e| self.problem(e, "write an actor as person@party"))
    }

    /// A command of this line, keyed by folder, file and line.
    fn step(&self, said: &Said, verb: &str, body: String) -> Result<Step, Problem> {
        let read = Command::read(verb, &body);
        let command = match read {
            None => {
                return Err(self
                    .problem(format!("`{verb}` is not a command"), "see the commands in docs/COMMANDS.md"));
            }
            Some(Err(why)) => {
                let message = why.to_string();
                let message = message.split(" at line ").next().unwrap_or(&message);
                return Err(self.problem(format!("{verb}: {message}"), "correct this field of the row"));
            }
            Some(Ok(command)) => command,
        };
        self.of(said, command)
    }

    fn of(&self, said: &Said, command: Command) -> Result<Step, Problem> {
        let key = match &command {
            Command::LedgerCreated(_) => super::CREATE.to_owned(),
            _ => format!("{}/{}#{}", self.folder.name(), self.file, self.line),
        };
        let key =
            key.parse().map_err(|e| self.problem(e, "use shorter and plainer names for folder and file"))?;
        let (Some(recorded_at), Some(actor)) = (said.recorded_at, said.actor.clone()) else {
            let hint = "give both columns in timeline.csv or in the row of the table";
            return Err(self.problem("recorded_at or actor is missing", hint));
        };
        let request = Request {
            command,
            key,
            actor,
            recorded_at: Some(recorded_at),
            evidence: Vec::new(),
            late_because: said.late_because.clone(),
            salt: None,
            expect: Default::default(),
        };
        Ok(Step { request, file: self.folder.shown(self.file), line: self.line })
    }
}

fn history_body() -> String {
    format!(r#"{{"zone":"{}","history":true}}"#, Zone::default())
}

/// The rows of a table, each a command; a row's own time, actor and reason count before the timeline's.
fn rows(folder: &Folder, file: &str, verb: &str, said: &Said, app: &App) -> Result<Vec<Step>, Problem> {
    let read = table::read(&folder.shown(file), &folder.read(file)?)?;
    read.into_iter()
        .map(|mut row| {
            let at = Source { folder, file, line: row.line };
            let own = Said {
                recorded_at: at.moment(&row.fields)?.or(said.recorded_at),
                actor: at.actor(&row.fields, app)?.or_else(|| said.actor.clone()),
                late_because: late_because(&row.fields).or_else(|| said.late_because.clone()),
            };
            row.fields.remove("late_because");
            row.fields.remove("recorded_at");
            row.fields.remove("actor");
            at.step(&own, verb, Value::Object(row.fields).to_string())
        })
        .collect()
}

/// A body whose `terms` may be the name of a terms file of the folder.
fn with_terms(folder: &Folder, body: &str, at: Source) -> Result<String, Problem> {
    let Ok(Value::Object(mut fields)) = serde_json::from_str(body) else { return Ok(body.to_owned()) };
    let Some(file) = fields.get("terms").and_then(Value::as_str) else { return Ok(body.to_owned()) };
    let terms = read_terms(&folder.shown(file), &folder.read(file)?).map_err(|mut all| all.remove(0))?;
    let terms = serde_json::to_value(&terms).map_err(|e| at.problem(e, "correct the terms file"))?;
    fields.insert("terms".to_owned(), terms);
    Ok(Value::Object(fields).to_string())
}

/// A terms file: the contract it holds is awarded, signed on the day it was recorded.
fn award(folder: &Folder, file: &str, verb: &str, said: &Said, at: Source) -> Result<Step, Problem> {
    if verb != "award-contract" {
        return Err(at.problem(
            format!("`{verb}` takes no file like `{file}`"),
            "only award-contract takes a terms file",
        ));
    }
    let shown = folder.shown(file);
    let terms = read_terms(&shown, &folder.read(file)?).map_err(|mut all| all.remove(0))?;
    let day = said.recorded_at.map(|moment| moment.day(Zone::default()));
    let signed_on =
        day.ok_or_else(|| at.problem("recorded_at is missing", "say when the contract was signed"))?;
    at.of(said, Command::ContractAwarded(ContractAwarded { signed_on, terms }))
}

/// Reads a terms file, or gives every fault with its place. There is at least one where there are no terms.
pub fn read_terms(file: &str, content: &[u8]) -> Result<Terms, Vec<Problem>> {
    check_terms(file, content).map(|(terms, _)| terms)
}

/// The same, with what the parties should know before they sign, each with its place.
pub fn check_terms(file: &str, content: &[u8]) -> Result<(Terms, Vec<Problem>), Vec<Problem>> {
    let text = match std::str::from_utf8(content) {
        Ok(text) => text,
        Err(why) => {
            let line = content[..why.valid_up_to()].iter().filter(|b| **b == b'\n').count() + 1;
            let start = content[..why.valid_up_to()].iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
            return Err(vec![super::apply::not_utf8(
                file,
                line,
                &content[start..],
                why.valid_up_to() - start,
            )]);
        }
    };
    let in_file = |faults: Vec<Fault>| faults.iter().map(|f| Problem::fault(f, file)).collect();
    match Terms::checked(text) {
        Ok((terms, cautions)) => Ok((terms, in_file(cautions))),
        Err(faults) => Err(in_file(faults)),
    }
}

/// Reads `person@party`.
pub fn actor(text: &str, role: &str) -> Result<Actor, String> {
    let (person, party) = text.rsplit_once('@').ok_or_else(|| format!("`{text}` is not person@party"))?;
    let party = party.parse().map_err(|e: domain::name::NotAName| e.to_string())?;
    if person.trim().is_empty() {
        return Err(format!("`{text}` names no person"));
    }
    Ok(Actor { person: person.to_owned(), party, role: role.to_owned() })
}
