//! Numbers that look random and follow from a seed alone: the same on every machine, in any order, on any
//! number of threads. SplitMix64 (Steele, Lea and Flood, 2014), whose mixing of 64 bits is one to one:
//! different numbers stay different.

/// A run of numbers of its own for each thing it is made of.
#[derive(Clone, Debug)]
pub struct Random(u64);

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// Scrambles a number; no two come to the same.
pub fn mix(number: u64) -> u64 {
    let once = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let twice = (once ^ (once >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    twice ^ (twice >> 31)
}

impl Random {
    /// The numbers that belong to these parts, such as a seed, a provider and a month.
    pub fn of(parts: &[u64]) -> Random {
        Random(parts.iter().fold(0, |all, part| mix(all.wrapping_add(STEP) ^ mix(part.wrapping_add(STEP)))))
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0)
    }

    /// A number from 0 up to `end`, which it is not.
    pub fn below(&mut self, end: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(end)) >> 64) as u64
    }

    /// Whether something happens that happens so many times in a million.
    pub fn happens(&mut self, in_a_million: u64) -> bool {
        self.below(1_000_000) < in_a_million
    }
}
