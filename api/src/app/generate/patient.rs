//! The people of a system. Nothing is kept of them: who somebody is follows from their number, and their
//! pseudonym begins with letters, so that it can never be taken for an NHS number.

use super::random::{Random, mix};

/// Somebody who lives in the area of a commissioner.
#[derive(Clone, Debug)]
pub struct Patient {
    /// What the sender calls them.
    pub pseudonym: u64,
    /// The number by which the provider knows them.
    pub local: u64,
    /// The age when the year begins.
    pub age: u64,
    /// The gender code.
    pub gender: &'static str,
    /// The ethnic category.
    pub ethnic: &'static str,
    /// The practice, from 1, of those of the commissioner.
    pub practice: u64,
    /// The small area.
    pub area: u64,
}

/// The practices of each commissioner.
pub const PRACTICES: u64 = 40;

impl Patient {
    /// Who has this number.
    pub fn new(seed: u64, number: u64) -> Patient {
        let mut random = Random::of(&[seed, PATIENTS, number]);
        let people =
            ["A", "A", "A", "A", "A", "B", "C", "D", "F", "H", "J", "K", "L", "M", "N", "P", "R", "S", "Z"];
        Patient {
            pseudonym: pseudonym(seed, number),
            local: 1_000_000 + number,
            // The old are patients more often: the highest of three draws.
            age: (0..3).map(|_| random.below(96)).max().unwrap_or_default(),
            gender: ["1", "2", "2", "1", "1", "2", "2", "1", "9"][random.below(9) as usize],
            ethnic: people[random.below(people.len() as u64) as usize],
            practice: 1 + random.below(PRACTICES),
            area: random.below(2_000),
        }
    }
}

/// Sets what is drawn of people apart from what is drawn of care.
const PATIENTS: u64 = 0x7061_7469;

/// The pseudonym of a patient, one for each number; written as `px-` and 16 hexadecimal digits.
pub fn pseudonym(seed: u64, number: u64) -> u64 {
    mix(number.wrapping_add(mix(seed ^ PATIENTS)))
}
