//! Who gave a command, and the evidence that came with it.

use serde::{Deserialize, Serialize};

use crate::name::PartyId;

/// The person who gave a command, for which party, in which role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// The person, as their organisation names them.
    pub person: String,
    /// The party they act for.
    pub party: PartyId,
    /// Their role there, such as `finance` or `approver`.
    pub role: String,
}

/// A file that supports a fact: the signed contract, the minute, the submitted file as it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// The file's name.
    pub name: String,
    /// SHA-256 of its content, in hexadecimal.
    pub sha256: String,
}

/// Who gives a command and what comes with it, as its decision sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Giver {
    /// The person, and the party they act for.
    pub actor: Actor,
    /// Files that support it.
    pub evidence: Vec<Evidence>,
    /// Why it comes after the year it is about was soft-closed.
    pub late_because: Option<String>,
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} of {}", self.person, self.party)
    }
}

impl Actor {
    /// Whether both are the same person of the same party, in whatever role.
    pub fn is(&self, other: &Actor) -> bool {
        self.person == other.person && self.party == other.party
    }
}
