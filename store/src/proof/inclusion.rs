//! That an event is in the ledger at its entry: a C2SP tlog-proof, one file of text with the event's envelope
//! in it.
//!
//! ```text
//! c2sp.org/tlog-proof@v1
//! extra <the envelope, base64>
//! index <the entry less one>
//! <hash, base64>
//! ...
//!
//! <the signed checkpoint>
//! ```

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use domain::time::Entry;
use tlog_tiles::Hash;

use super::{Checkpoint, Leaves, ProofError, PublicKey};
use crate::envelope::{Stored, open};
use crate::tree::leaf_hash;

const HEAD: &str = "c2sp.org/tlog-proof@v1";

/// The proof of one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inclusion {
    /// The event's envelope: the very bytes that were hashed.
    pub envelope: Vec<u8>,
    /// Its entry.
    pub entry: Entry,
    hashes: Vec<[u8; 32]>,
    /// The checkpoint whose root it leads to.
    pub checkpoint: Checkpoint,
}

impl Inclusion {
    /// The proof that an event is among those that a checkpoint covers.
    ///
    /// # Errors
    /// Where it is not, or the entries are not those of the checkpoint.
    pub fn of(
        leaves: &Leaves,
        entry: Entry,
        envelope: Vec<u8>,
        checkpoint: Checkpoint,
    ) -> Result<Inclusion, ProofError> {
        let hashes = leaves.inclusion(entry, checkpoint.entry)?;
        Ok(Inclusion { envelope, entry, hashes, checkpoint })
    }

    /// Reads a proof's text.
    ///
    /// # Errors
    /// Where it is not of this form.
    pub fn read(text: &str) -> Result<Inclusion, ProofError> {
        let malformed = |why: &str| ProofError::Malformed(why.to_owned());
        let (proof, note) = text.split_once("\n\n").ok_or_else(|| malformed("its checkpoint is missing"))?;
        let mut lines = proof.lines();
        if lines.next() != Some(HEAD) {
            return Err(ProofError::Malformed(format!("it does not begin with `{HEAD}`")));
        }
        let mut named = |name: &str| lines.next().and_then(|line| line.strip_prefix(name)?.strip_prefix(' '));
        let extra = named("extra").ok_or_else(|| malformed("its second line is not the event"))?;
        let index = named("index").and_then(|index| index.parse::<u64>().ok());
        let index = index.ok_or_else(|| malformed("its third line is not the index"))?;
        Ok(Inclusion {
            envelope: BASE64_STANDARD.decode(extra).map_err(|e| ProofError::Malformed(e.to_string()))?,
            entry: Entry(index.saturating_add(1)),
            hashes: lines.map(hash).collect::<Result<_, _>>()?,
            checkpoint: Checkpoint::read(note)?,
        })
    }

    /// Holds the proof to a public key: the event it proves.
    ///
    /// # Errors
    /// Where the checkpoint is not signed by the key, or the event is not among those it covers.
    pub fn check(&self, key: &PublicKey) -> Result<Stored, ProofError> {
        self.checkpoint.check(key)?;
        let (root, leaf) = (Hash(self.checkpoint.root), Hash(leaf_hash(&self.envelope)));
        let proof = self.hashes.iter().map(|hash| Hash(*hash)).collect();
        let does_not_hold = |why: String| ProofError::DoesNotHold(why);
        tlog_tiles::check_record(&proof, self.checkpoint.entry.0, root, self.entry.0 - 1, leaf)
            .map_err(|_| does_not_hold(format!("entry {} is not what was signed", self.entry)))?;
        let stored =
            open(&self.checkpoint.ledger, &self.envelope).map_err(|e| does_not_hold(e.to_string()))?;
        if stored.entry == self.entry {
            return Ok(stored);
        }
        Err(does_not_hold(format!(
            "the event says it is entry {}, and stands at {}",
            stored.entry, self.entry
        )))
    }
}

impl std::fmt::Display for Inclusion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let extra = BASE64_STANDARD.encode(&self.envelope);
        writeln!(f, "{HEAD}\nextra {extra}\nindex {}", self.entry.0.saturating_sub(1))?;
        self.hashes.iter().try_for_each(|hash| writeln!(f, "{}", BASE64_STANDARD.encode(hash)))?;
        write!(f, "\n{}", self.checkpoint.note)
    }
}

/// A line of a proof as a hash.
pub(super) fn hash(line: &str) -> Result<[u8; 32], ProofError> {
    let bytes = BASE64_STANDARD.decode(line).map_err(|e| ProofError::Malformed(e.to_string()))?;
    bytes.try_into().map_err(|_| ProofError::Malformed(format!("`{line}` is not a hash")))
}
