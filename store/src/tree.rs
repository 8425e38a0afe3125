//! The Merkle tree over a ledger's events (RFC 6962), kept as its right edge.

use tlog_tiles::{Hash, HashReader, stored_hashes_for_record_hash, sub_tree_index, tree_hash};

use crate::error::StoreError;

/// The leaf hash of an event: RFC 6962 over the bytes of its envelope.
pub fn leaf_hash(envelope: &[u8]) -> [u8; 32] {
    tlog_tiles::record_hash(envelope).0
}

/// A tree of leaf hashes that can grow and knows its root, kept as the hashes of its complete subtrees,
/// largest first: one for each 1 in the binary form of its size. So an append costs the same at any length of
/// the log.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frontier {
    size: u64,
    subtrees: Vec<Hash>,
}

impl Frontier {
    /// The tree without leaves.
    pub fn new() -> Frontier {
        Frontier::default()
    }

    /// The tree of `size` leaves from what [`Frontier::to_bytes`] gave.
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Result<Frontier, StoreError> {
        let (hashes, rest) = bytes.as_chunks::<32>();
        if !rest.is_empty() || hashes.len() != size.count_ones() as usize {
            let found = bytes.len();
            return Err(StoreError::Corrupt(format!(
                "a tree of {size} leaves cannot have {found} bytes of frontier"
            )));
        }
        Ok(Frontier { size, subtrees: hashes.iter().map(|hash| Hash(*hash)).collect() })
    }

    /// The hashes of the complete subtrees, largest first, 32 bytes each.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.subtrees.iter().flat_map(|hash| hash.0).collect()
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf on the right.
    pub fn push(&mut self, leaf: [u8; 32]) -> Result<(), StoreError> {
        let made = stored_hashes_for_record_hash(self.size, Hash(leaf), self).map_err(broken)?;
        // Each hash made above the leaf joins the last subtree with what stands to the right of it.
        self.subtrees.truncate(self.subtrees.len() + 1 - made.len());
        self.subtrees.extend(made.last());
        self.size += 1;
        Ok(())
    }

    /// The root of the tree; that of no leaves is the hash of nothing.
    pub fn root(&self) -> Result<[u8; 32], StoreError> {
        tree_hash(self.size, self).map(|hash| hash.0).map_err(broken)
    }
}

fn broken(error: tlog_tiles::Error) -> StoreError {
    StoreError::Corrupt(format!("the tree's frontier does not fit its size: {error}"))
}

impl HashReader for Frontier {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, tlog_tiles::Error> {
        let kept = sub_tree_index(0, self.size, Vec::new());
        let hash_at = |index: &u64| {
            let place = kept.iter().position(|k| k == index)?;
            self.subtrees.get(place).copied()
        };
        let missing = || tlog_tiles::Error::InvalidInput("a hash inside the tree was asked for".into());
        indexes.iter().map(|index| hash_at(index).ok_or_else(missing)).collect()
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    /// RFC 6962 section 2.1, word for word.
    fn by_the_book(leaves: &[[u8; 32]]) -> [u8; 32] {
        match leaves {
            [] => Sha256::digest([]).into(),
            [leaf] => *leaf,
            _ => {
                let k = leaves.len().next_power_of_two() / 2;
                let (left, right) = leaves.split_at(k);
                let node = [&[1u8][..], &by_the_book(left), &by_the_book(right)].concat();
                Sha256::digest(node).into()
            }
        }
    }

    #[test]
    fn the_root_is_that_of_the_definition_at_every_size() {
        let mut tree = Frontier::new();
        let mut leaves = Vec::new();
        for n in 0..300u32 {
            assert_eq!(tree.root().unwrap(), by_the_book(&leaves), "{n} leaves");
            let kept = Frontier::from_bytes(tree.size(), &tree.to_bytes()).unwrap();
            assert_eq!(kept, tree);
            leaves.push(leaf_hash(&n.to_be_bytes()));
            tree.push(leaves[n as usize]).unwrap();
        }
    }

    /// The eight inputs and the roots that every implementation of Certificate Transparency is tested with.
    #[test]
    fn the_roots_are_the_published_ones() {
        let inputs = [
            "",
            "00",
            "10",
            "2021",
            "3031",
            "40414243",
            "5051525354555657",
            "606162636465666768696a6b6c6d6e6f",
        ];
        let roots = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let mut tree = Frontier::new();
        assert_eq!(
            hex::encode(tree.root().unwrap()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        for (input, root) in inputs.iter().zip(roots) {
            tree.push(leaf_hash(&hex::decode(input).unwrap())).unwrap();
            assert_eq!(hex::encode(tree.root().unwrap()), root, "{} leaves", tree.size());
        }
    }

    #[test]
    fn a_frontier_of_another_size_is_damage() {
        assert!(matches!(Frontier::from_bytes(3, &[0; 32]), Err(StoreError::Corrupt(_))));
        assert!(matches!(Frontier::from_bytes(1, &[0; 33]), Err(StoreError::Corrupt(_))));
    }
}
