//! Proofs that others check without trusting the ledger's keeper, and without a database: signed checkpoints
//! (C2SP tlog-checkpoint over Ed25519 signed notes), inclusion of an event (C2SP tlog-proof), consistency of
//! two checkpoints, and a whole ledger exported as files.

mod checkpoint;
mod consistency;
mod export;
mod inclusion;
mod key;
mod leaves;

pub use checkpoint::Checkpoint;
pub use consistency::Consistency;
pub use export::{Command, Export, Finding, Manifest, Verified};
pub use inclusion::Inclusion;
pub use key::{PublicKey, SigningKey, new_pair};
pub use leaves::Leaves;

/// Why a proof does not hold, or a key or file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// A key that is none.
    #[error("this is no {what}: {why}")]
    NotAKey {
        /// Which kind of key was expected.
        what: &'static str,
        /// Why it is none.
        why: String,
    },
    /// A note that is not signed by the key given, or is malformed.
    #[error("the checkpoint does not hold: {0}")]
    NotSigned(String),
    /// A proof whose text cannot be read.
    #[error("this is no proof: {0}")]
    Malformed(String),
    /// A proof that is well formed and proves nothing.
    #[error("the proof does not hold: {0}")]
    DoesNotHold(String),
    /// A file that cannot be read or written.
    #[error("{path}: {why}")]
    File {
        /// The file.
        path: String,
        /// What went wrong.
        why: String,
    },
}

impl ProofError {
    /// What to do next.
    pub fn hint(&self) -> &'static str {
        match self {
            ProofError::NotAKey { .. } => {
                "make a pair with `riskshare keys new NAME`, or check that the whole line was copied"
            }
            ProofError::NotSigned(_) => {
                "check that this is the keeper's public key; if it is, trust nothing of this checkpoint"
            }
            ProofError::Malformed(_) => "take the file as it was made, whole and unchanged",
            ProofError::DoesNotHold(_) => "ask the keeper for another export, and show both to an auditor",
            ProofError::File { .. } => "check the path and its permissions",
        }
    }
}
