//! That a ledger only grew between two checkpoints: everything the older covers is in the newer, unaltered.
//!
//! ```text
//! riskshare/consistency@v1
//! <hash, base64>
//! ...
//!
//! <the older signed checkpoint>
//!
//! newer
//! <the newer signed checkpoint>
//! ```

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use tlog_tiles::Hash;

use super::inclusion::hash;
use super::{Checkpoint, Leaves, ProofError, PublicKey};

const HEAD: &str = "riskshare/consistency@v1";
/// Between the two checkpoints, each of which has an empty line of its own.
const NEWER: &str = "\n\nnewer\n";

/// The proof of two checkpoints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consistency {
    hashes: Vec<[u8; 32]>,
    /// The older checkpoint.
    pub older: Checkpoint,
    /// The newer checkpoint.
    pub newer: Checkpoint,
}

impl Consistency {
    /// The proof that what `older` covers is the beginning of what `newer` covers.
    ///
    /// # Errors
    /// Where the older covers more, or nothing, or the entries are not all there.
    pub fn of(leaves: &Leaves, older: Checkpoint, newer: Checkpoint) -> Result<Consistency, ProofError> {
        let hashes = leaves.consistency(older.entry, newer.entry)?;
        Ok(Consistency { hashes, older, newer })
    }

    /// Reads a proof's text.
    ///
    /// # Errors
    /// Where it is not of this form.
    pub fn read(text: &str) -> Result<Consistency, ProofError> {
        let malformed = |why: &str| ProofError::Malformed(why.to_owned());
        let (proof, notes) =
            text.split_once("\n\n").ok_or_else(|| malformed("its checkpoints are missing"))?;
        let (older, newer) =
            notes.split_once(NEWER).ok_or_else(|| malformed("it has one checkpoint only"))?;
        let mut lines = proof.lines();
        if lines.next() != Some(HEAD) {
            return Err(ProofError::Malformed(format!("it does not begin with `{HEAD}`")));
        }
        Ok(Consistency {
            hashes: lines.map(hash).collect::<Result<_, _>>()?,
            older: Checkpoint::read(&format!("{older}\n"))?,
            newer: Checkpoint::read(newer)?,
        })
    }

    /// Holds the proof to a public key.
    ///
    /// # Errors
    /// Where a checkpoint is not signed by the key, they are of different ledgers, or one does not grow from
    /// the other.
    pub fn check(&self, key: &PublicKey) -> Result<(), ProofError> {
        let Consistency { hashes, older, newer } = self;
        older.check(key)?;
        newer.check(key)?;
        if older.ledger != newer.ledger {
            let why = format!("one is of the ledger `{}`, the other of `{}`", older.ledger, newer.ledger);
            return Err(ProofError::DoesNotHold(why));
        }
        let proof = hashes.iter().map(|hash| Hash(*hash)).collect();
        tlog_tiles::check_tree(&proof, newer.entry.0, Hash(newer.root), older.entry.0, Hash(older.root))
            .map_err(|_| {
                let why = format!("what stood at entry {} was altered by entry {}", older.entry, newer.entry);
                ProofError::DoesNotHold(why)
            })
    }
}

impl std::fmt::Display for Consistency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{HEAD}")?;
        self.hashes.iter().try_for_each(|hash| writeln!(f, "{}", BASE64_STANDARD.encode(hash)))?;
        write!(f, "\n{}{NEWER}{}", self.older.note.trim_end_matches('\n'), self.newer.note)
    }
}
