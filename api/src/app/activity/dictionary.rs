//! The different values of a column, each with its number and what it says.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::checks::Fact;

/// A column with more different values than this is no longer held by them.
const MOST: usize = 32_768;

/// The values of a column.
#[derive(Debug, Default)]
pub struct Dictionary {
    hasher: DefaultHashBuilder,
    /// Hash and code of each value.
    table: HashTable<(u64, u32)>,
    text: Vec<u8>,
    ends: Vec<u32>,
    facts: Vec<Fact>,
}

impl Dictionary {
    /// The code of a value; `judge` says what a new one says.
    pub fn code(&mut self, value: &[u8], judge: impl FnOnce() -> Fact) -> u32 {
        let hash = self.hasher.hash_one(value);
        let same =
            |(other, code): &(u64, u32)| *other == hash && bytes_of(&self.text, &self.ends, *code) == value;
        if let Some((_, code)) = self.table.find(hash, same) {
            return *code;
        }
        let code = self.ends.len() as u32;
        self.text.extend_from_slice(value);
        self.ends.push(self.text.len() as u32);
        self.facts.push(judge());
        self.table.insert_unique(hash, (hash, code), |(hash, _)| *hash);
        code
    }

    /// The value of a code.
    pub fn value(&self, code: u32) -> String {
        String::from_utf8_lossy(bytes_of(&self.text, &self.ends, code)).into_owned()
    }

    /// What the value of a code says.
    pub fn fact(&self, code: u32) -> Fact {
        self.facts[code as usize]
    }

    /// How many different values there are.
    pub fn count(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are too many to be worth it.
    pub fn is_full(&self) -> bool {
        self.count() > MOST || self.text.len() > MOST * 64
    }
}

fn bytes_of<'a>(text: &'a [u8], ends: &[u32], code: u32) -> &'a [u8] {
    let start = if code == 0 { 0 } else { ends[code as usize - 1] };
    &text[start as usize..ends[code as usize] as usize]
}
