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
