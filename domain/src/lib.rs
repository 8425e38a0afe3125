//! The domain of riskshare: parties, contracts, terms, mechanisms and their settlement.
//!
//! Everything here is pure. There is no clock, no randomness, no IO and no float: time, ids and salts arrive
//! in commands, and the same commands make the same events wherever they run.

pub mod actor;
pub mod book;
pub mod columns;
pub mod drafts;
pub mod exact;
pub mod exposure;
pub mod facts;
pub mod headroom;
pub mod life;
pub mod mechanism;
pub mod money;
pub mod name;
pub mod names;
mod prior_year;
pub mod rate;
pub mod recorded;
pub mod refusal;
pub mod request;
mod schedule;
pub mod settle;
pub mod standing;
pub mod statement;
pub mod terms;
mod text;
pub mod time;
pub mod unresolved;
pub mod verb;
pub mod worksheet;
pub mod year;
