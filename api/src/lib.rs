//! riskshare: the ledger of risk and payments under accountable-care contracts, in one binary.
//!
//! [`app`] holds the use cases that every face shares; [`cli`] is the face on the command line, [`http`] the
//! one for programs and browsers. None knows more than the other: a face reads what it was asked, calls a use
//! case and shows what came back.

#[cfg(feature = "ledger")]
pub mod app;
#[cfg(feature = "ledger")]
pub mod cli;
#[cfg(feature = "ledger")]
pub mod http;
pub mod problem;
pub mod verify;
#[cfg(feature = "ledger")]
pub mod workbook;
