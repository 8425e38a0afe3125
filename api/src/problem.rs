//! A problem as every face shows it: what, where, why and what next, with the exit code it comes to.

use std::fmt;
use std::process::ExitCode;

use domain::refusal::{Refusal, RefusalKind};
use domain::request::Unreadable;
use domain::terms::Fault;
use serde::Serialize;
use store::StoreError;
use store::proof::ProofError;

/// What a run of the program comes to, besides success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Lines were rejected, figures differ, or a needed fact is not recorded.
    Findings = 1,
    /// The call makes no sense.
    Usage = 2,
    /// It is not there.
    NotFound = 3,
    /// A rule refuses it.
    Refused = 4,
    /// A version, a key or a closed year stands against it.
    Conflict = 5,
    /// The ledger contradicts itself.
    Integrity = 6,
    /// The ledger cannot be reached.
    Unavailable = 7,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// A problem: the same shape on the command line, in verdicts and over HTTP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// A short name for programs.
    pub code: String,
    /// What is wrong and why.
    pub message: String,
    /// What to do next.
    pub hint: String,
    /// Where.
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// What the program exits with.
    #[serde(skip)]
    pub exit: Exit,
}

/// Where a problem is: in a file, or in the body of a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Place {
    /// In a file.
    File {
        /// Its name.
        file: String,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// In the body of a command.
    Pointer {
        /// A JSON pointer.
        pointer: String,
    },
}

impl Problem {
    /// A problem without a place.
    pub fn new(exit: Exit, code: &str, message: impl fmt::Display, hint: impl fmt::Display) -> Problem {
        let (message, hint) = (message.to_string(), hint.to_string());
        Problem { code: code.to_owned(), message, hint, place: None, exit }
    }

    /// A call that makes no sense.
    pub fn usage(code: &str, message: impl fmt::Display, hint: impl fmt::Display) -> Problem {
        Problem::new(Exit::Usage, code, message, hint)
    }

    /// At a place in a file.
    pub fn at(mut self, file: &str, line: usize, column: usize) -> Problem {
        self.place = Some(Place::File { file: file.to_owned(), line, column });
        self
    }

    /// In a file, where the problem has no place in it yet.
    pub fn or_at(self, file: &str, line: usize, column: usize) -> Problem {
        match self.place {
            Some(Place::File { .. }) => self,
            _ => self.at(file, line, column),
        }
    }

    /// A text that could not be read as a command, at a line of a file.
    pub fn unreadable(why: &Unreadable, file: &str, first_line: usize) -> Problem {
        let problem = Problem::usage("unreadable", &why.message, &why.hint);
        problem.at(file, first_line + why.line - 1, why.column)
    }

    /// A fault of a terms file.
    pub fn fault(fault: &Fault, file: &str) -> Problem {
        let problem = Problem::usage("terms", &fault.message, &fault.hint);
        match fault.place {
            Some((line, column)) => problem.at(file, line, column),
            None => Problem { place: Some(Place::Pointer { pointer: fault.pointer.clone() }), ..problem },
        }
    }

    /// Several problems as one, for a face that tells one: the first, with what the others say.
    pub fn of_several(problems: Vec<Problem>) -> Problem {
        let mut problems = problems.into_iter();
        let first = problems.next();
        let first =
            first.unwrap_or_else(|| Problem::usage("unknown", "nothing is told", "please report this call"));
        problems.fold(first, |all, next| {
            let message = format!("{}; {}", all.message, next.message);
            Problem { message, hint: format!("{}; {}", all.hint, next.hint), ..all }
        })
    }

    /// A file that cannot be read.
    pub fn file(path: &str, why: &std::io::Error) -> Problem {
        let exit =
            if why.kind() == std::io::ErrorKind::NotFound { Exit::NotFound } else { Exit::Unavailable };
        Problem::new(
            exit,
            "file",
            format!("`{path}` cannot be read: {why}"),
            "check the path and its permissions",
        )
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Problem {
        let exit = match refusal.kind {
            RefusalKind::Rule => Exit::Refused,
            RefusalKind::NotFound => Exit::NotFound,
            RefusalKind::Conflict => Exit::Conflict,
            RefusalKind::NotRecorded => Exit::Findings,
            RefusalKind::Integrity => Exit::Integrity,
        };
        let place = refusal.pointer.map(|pointer| Place::Pointer { pointer });
        Problem { code: refusal.code, message: refusal.message, hint: refusal.hint, place, exit }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Problem {
        let (exit, code) = match &error {
            StoreError::Unsealable { .. } => (Exit::Refused, "unsealable"),
            StoreError::KeyReused { .. } => (Exit::Conflict, "key-reused"),
            StoreError::Stale { .. } => (Exit::Conflict, "stale-version"),
            StoreError::RecordedAt { .. } => (Exit::Refused, "recorded-at"),
            StoreError::Address { .. } => (Exit::Usage, "address"),
            StoreError::NotFound(_) => (Exit::NotFound, "no-ledger"),
            StoreError::NewerSchema { .. } => (Exit::Unavailable, "newer-schema"),
            StoreError::Empty(_) => (Exit::Refused, "empty-ledger"),
            StoreError::NotEmpty(_) => (Exit::Conflict, "not-empty"),
            StoreError::Proof(ProofError::File { .. }) => (Exit::Unavailable, "file"),
            StoreError::Proof(ProofError::NotAKey { .. }) => (Exit::Usage, "key"),
            StoreError::Proof(_) => (Exit::Integrity, "proof"),
            StoreError::Unavailable(_) => (Exit::Unavailable, "unavailable"),
            StoreError::Corrupt(_) => (Exit::Integrity, "damaged"),
        };
        Problem::new(exit, code, &error, error.hint())
    }
}

#[cfg(feature = "ledger")]
impl From<store::Failure> for Problem {
    fn from(failure: store::Failure) -> Problem {
        match failure {
            store::Failure::Refused(refusal) => refusal.into(),
            store::Failure::Store(error) => error.into(),
        }
    }
}

impl Problem {
    /// Its text under a word: an `error`, or a `caution` that stops nothing.
    pub fn told_as(&self, word: &str) -> String {
        // A pointer into a command's body is for programs: who called a verb has written no such body.
        let place = match &self.place {
            Some(Place::File { file, line, column }) => format!("{file}:{line}:{column}: "),
            _ => String::new(),
        };
        format!("{place}{word}: {}\nhint: {}", self.message, self.hint)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told_as("error"))
    }
}
