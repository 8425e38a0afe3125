//! Activity files as providers send them: every line with a verdict, every month a report.
//!
//! ```text
//! reader ──chunk──▶ sieve ──block──▶ spool ─┐
//! (decode, cut,     (check each value      (encode)
//!  hash)             once, sort)            ├──▶ import: blocks, then one command a month, all or none
//!                    └── totals, verdicts ──┘
//! ```
//!
//! Reading, sorting and encoding are three threads with short queues between them, so that memory does not
//! grow with the file. Nothing is kept in the ledger before the last line was read.

mod amount;
mod checks;
mod chunk;
mod codes;
mod date;
mod dictionary;
mod encoding;
pub mod field;
mod group;
mod header;
pub mod import;
mod nhs_number;
mod parties;
mod period;
mod read;
mod reader;
pub mod returned;
mod sieve;
mod spool;
mod told;
mod totals;
pub mod verdict;

pub use encoding::Encoding;
pub use sieve::Counted;
pub use told::{File, Month, Rejected};

use clap::ValueEnum;

/// Whether the prices of a feed have the market forces factor in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MarketForces {
    /// What a line costs has it in it.
    Included,
    /// It stands beside, and is added to what a line costs.
    Added,
}
