//! Refusals: what, why, and what to do next.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a command was not carried out. Nothing was recorded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{message}")]
pub struct Refusal {
    /// A short name for programs, the same in CLI, HTTP and verdicts.
    pub code: String,
    /// Which kind of refusal it is, and so its exit code.
    pub kind: RefusalKind,
    /// What is wrong and why.
    pub message: String,
    /// What to do next.
    pub hint: String,
    /// Which part of the command's body, as a JSON pointer.
    pub pointer: Option<String>,
}

/// The kinds of refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalKind {
    /// A rule of the ledger or the contract forbids it.
    Rule,
    /// It is not there.
    NotFound,
    /// A version moved, a key was used, a year is closed.
    Conflict,
    /// A fact that is needed is not recorded.
    NotRecorded,
    /// The ledger contradicts itself.
    Integrity,
}

impl Refusal {
    fn new(kind: RefusalKind, code: &str, message: impl fmt::Display, hint: impl fmt::Display) -> Refusal {
        let (message, hint) = (message.to_string(), hint.to_string());
        Refusal { code: code.to_owned(), kind, message, hint, pointer: None }
    }

    /// Forbidden by a rule.
    pub fn rule(code: &str, message: impl fmt::Display, hint: impl fmt::Display) -> Refusal {
        Refusal::new(RefusalKind::Rule, code, message, hint)
    }

    /// Not there.
    pub fn not_found(code: &str, message: impl fmt::Display, hint: impl fmt::Display) -> Refusal {
        Refusal::new(RefusalKind::NotFound, code, message, hint)
    }

    /// In conflict with what is already recorded.
    pub fn conflict(code: &str, message: impl fmt::Display, hint: impl fmt::Display) -> Refusal {
        Refusal::new(RefusalKind::Conflict, code, message, hint)
    }

    /// A needed fact is not recorded.
    pub fn not_recorded(message: impl fmt::Display, hint: impl fmt::Display) -> Refusal {
        Refusal::new(RefusalKind::NotRecorded, "not-recorded", message, hint)
    }

    /// The ledger contradicts itself.
    pub fn integrity(code: &str, message: impl fmt::Display, hint: impl fmt::Display) -> Refusal {
        Refusal::new(RefusalKind::Integrity, code, message, hint)
    }

    /// About this part of the command's body.
    pub fn at(mut self, pointer: impl Into<String>) -> Refusal {
        self.pointer = Some(pointer.into());
        self
    }
}
