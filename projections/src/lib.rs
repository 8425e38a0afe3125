//! The read models of riskshare: folds over recorded events, asked at (`as_of`, `known_at`).
//!
//! Any answer equals a fold of exactly the entries up to `known_at`, restricted to facts about periods up to
//! `as_of`. A new projection is one file here and one row below.

pub mod balances;
pub mod bridge;
pub mod challenges;
pub mod contracts;
pub mod explain;
pub mod exposure;
pub mod feed;
pub mod flows;
pub mod headroom;
pub mod history;
pub mod kept;
pub mod months;
pub mod over_time;
pub mod position;
pub mod reconcile;
pub mod settlements;
pub mod spend;
pub mod statement;
pub mod todo;
pub mod waterfall;
pub mod what_if;
pub mod words;
