//! The domain of riskshare: parties, contracts, terms, mechanisms and their settlement.
//!
//! Everything here is pure. There is no clock, no randomness, no IO and no float: time, ids and salts arrive in
//! commands, and the same commands make the same events wherever they run.

pub mod actor;
pub mod exact;
pub mod money;
pub mod name;
pub mod rate;
mod text;
pub mod time;
pub mod year;
