//! riskshare: the ledger of risk and payments under accountable-care contracts, in one binary.
//!
//! [`app`] holds the use cases that every face shares; [`cli`] is the face on the command line. Neither knows more than
//! the other: a face reads what it was asked, calls one use case and shows what came back.

pub mod app;
pub mod cli;
pub mod problem;
