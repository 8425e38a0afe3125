//! The log from outside: one conformance suite, run whole by each engine, and the proof that the engines agree.
#![allow(clippy::unwrap_used, clippy::panic)] // a test may stop where it stands

mod agree;
mod bench;
mod blocks;
mod ledger;
mod mishaps;
mod proofs;
mod suite;

mod memory {
    crate::suite::every_case!(crate::bench::Bench::memory());
}

mod sqlite {
    crate::suite::every_case!(crate::bench::Bench::sqlite());
}

mod postgres {
    crate::suite::every_case!(crate::bench::Bench::postgres());
}
