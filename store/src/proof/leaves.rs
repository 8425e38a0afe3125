//! The whole Merkle tree of a ledger, for proofs: its leaf hashes and every hash above them.

use domain::time::Entry;
use tlog_tiles::{Hash, HashReader, stored_hash_index, stored_hashes_for_record_hash, tree_hash};

use super::ProofError;

/// Every hash of a tree. Entries count from 1; the tree counts its leaves from 0.
#[derive(Clone, Debug, Default)]
pub struct Leaves {
    hashes: Vec<Hash>,
    size: u64,
}

impl Leaves {
    /// The tree over leaf hashes in order.
    ///
    /// # Errors
    /// None that leaf hashes can cause.
    pub fn of(leaves: impl IntoIterator<Item = [u8; 32]>) -> Result<Leaves, ProofError> {
        let mut tree = Leaves::default();
        leaves.into_iter().try_for_each(|leaf| tree.push(leaf))?;
        Ok(tree)
    }

    fn push(&mut self, leaf: [u8; 32]) -> Result<(), ProofError> {
        let made = stored_hashes_for_record_hash(self.size, Hash(leaf), self).map_err(broken)?;
        self.hashes.extend(made);
        self.size += 1;
        Ok(())
    }

    /// How many there are.
    pub fn len(&self) -> u64 {
        self.size
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.size == 0
    }

    /// The leaf hash of an entry.
    pub fn leaf(&self, entry: Entry) -> Option<[u8; 32]> {
        let index = stored_hash_index(0, entry.0.checked_sub(1).filter(|leaf| *leaf < self.size)?);
        self.hashes.get(usize::try_from(index).ok()?).map(|hash| hash.0)
    }

    /// The root over all entries up to `entry`.
    ///
    /// # Errors
    /// Where there are fewer entries.
    pub fn root(&self, entry: Entry) -> Result<[u8; 32], ProofError> {
        self.holds(entry)?;
        tree_hash(entry.0, self).map(|hash| hash.0).map_err(broken)
    }

    /// The hashes that join the leaf of `entry` to the root over all entries up to `last`.
    ///
    /// # Errors
    /// Where `entry` is not among them, or there are fewer entries.
    pub fn inclusion(&self, entry: Entry, last: Entry) -> Result<Vec<[u8; 32]>, ProofError> {
        self.holds(last)?;
        if entry.0 == 0 || entry > last {
            return Err(ProofError::Malformed(format!("entry {entry} is not among the first {last}")));
        }
        let proof = tlog_tiles::prove_record(last.0, entry.0 - 1, self).map_err(broken)?;
        Ok(proof.into_iter().map(|hash| hash.0).collect())
    }

    /// The hashes that join the root over the entries up to `first` to the root over those up to `last`.
    ///
    /// # Errors
    /// Where `first` is not before `last`, or there are fewer entries.
    pub fn consistency(&self, first: Entry, last: Entry) -> Result<Vec<[u8; 32]>, ProofError> {
        self.holds(last)?;
        if first.0 == 0 || first > last {
            return Err(ProofError::Malformed(format!(
                "a ledger of {last} entries does not begin with {first}"
            )));
        }
        let proof = tlog_tiles::prove_tree(last.0, first.0, self).map_err(broken)?;
        Ok(proof.into_iter().map(|hash| hash.0).collect())
    }

    fn holds(&self, entry: Entry) -> Result<(), ProofError> {
        if entry.0 <= self.size {
            return Ok(());
        }
        let why = format!("entry {} is the first of those missing: up to {entry} were signed", self.size + 1);
        Err(ProofError::DoesNotHold(why))
    }
}

fn broken(error: tlog_tiles::Error) -> ProofError {
    ProofError::Malformed(error.to_string())
}

impl HashReader for Leaves {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, tlog_tiles::Error> {
        let hash = |index: &u64| {
            let place = usize::try_from(*index).ok()?;
            self.hashes.get(place).copied()
        };
        let missing = || tlog_tiles::Error::InvalidInput("a hash beyond the tree was asked for".into());
        indexes.iter().map(|index| hash(index).ok_or_else(missing)).collect()
    }
}
