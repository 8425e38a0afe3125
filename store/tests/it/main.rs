//! The log from outside: one conformance suite, run whole by each engine, and the proof that the engines
//! agree.
#![allow(clippy::unwrap_used, clippy::panic)] // a test may stop where it stands

mod agree;
mod attached;
mod bench;
mod blocks;
mod ledger;
mod mishaps;
mod portable;
mod proofs;
mod proxy;
mod suite;
mod turns;

mod memory {
    crate::suite::every_case!(crate::bench::Bench::memory());
}

mod sqlite {
    crate::suite::every_case!(crate::bench::Bench::sqlite());
}

mod postgres {
    crate::suite::every_case!(crate::bench::Bench::postgres());
}

/// As a distributed PostgreSQL is: it may ask for any transaction again.
mod postgres_that_refuses_commits {
    crate::suite::every_case!(crate::bench::Bench::failing(crate::proxy::Mishap::Refused));
}

/// As a network is: what was committed is not always answered.
mod postgres_that_loses_answers {
    crate::suite::every_case!(crate::bench::Bench::failing(crate::proxy::Mishap::Unanswered));
}

/// As behind a pooler: the next transaction has another connection.
mod postgres_behind_pgbouncer {
    crate::suite::every_case!(crate::bench::Bench::pooled());
}
