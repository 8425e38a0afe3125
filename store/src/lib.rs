//! One append-only log per ledger, on SQLite (the embedded default, one file), PostgreSQL and in memory (for
//! tests), all three held to one conformance suite.
//!
//! The log never knows what an event means: a payload is JSON that somebody else reads. What it promises:
//!
//! - Entries are numbered from 1 without gaps, in the order of commits, so that a reader who asks for what comes after
//!   the last entry it saw misses nothing.
//! - A command is carried out once, however often it is sent, and whole or not at all; it is refused where a stream it
//!   was decided on has moved.
//! - What was recorded never changes. Every event is sealed in one canonical envelope, the root of a Merkle tree
//!   (RFC 6962) stands for all of them, and [`Log::verify`] recomputes it from the stored bytes.
//! - The three engines give the same root for the same appends.
//!
//! ```
//! # use store::{Append, Log, NewEvent};
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let log = Log::open("memory:").await?;
//! let note = NewEvent {
//!     stream: "note/1".parse()?,
//!     kind: "note-made".into(),
//!     v: 1,
//!     payload: serde_json::json!({"text": "hello"}),
//! };
//! let appended = log
//!     .append(&Append {
//!         key: "note:1".parse()?,
//!         digest: [0; 32],
//!         actor: serde_json::from_str(r#"{"person": "ada", "party": "northmoor", "role": "finance"}"#)?,
//!         salt: [0; 16],
//!         recorded_at: None,
//!         expected: vec![("note/1".parse()?, 0)],
//!         events: vec![note],
//!     })
//!     .await?;
//! assert_eq!(appended.events[0].entry, log.head().await?.entry);
//! # Ok(())
//! # }
//! ```

#[cfg(feature = "log")]
mod address;
#[cfg(feature = "log")]
mod append;
#[cfg(feature = "log")]
mod archive;
#[cfg(feature = "log")]
mod attach;
#[cfg(feature = "blocks")]
pub mod block;
#[cfg(feature = "log")]
mod commit;
#[cfg(feature = "log")]
mod engine;
mod envelope;
mod error;
#[cfg(feature = "log")]
mod ledger;
#[cfg(feature = "log")]
mod log;
#[cfg(feature = "log")]
mod look;
#[cfg(feature = "log")]
mod migrate;
pub mod proof;
#[cfg(feature = "log")]
mod rows;
#[cfg(feature = "log")]
mod sql;
#[cfg(feature = "log")]
mod staging;
mod tree;
#[cfg(feature = "log")]
mod turn;

#[cfg(feature = "log")]
pub use append::{Append, Appended, CommandRecord, NewEvent};
pub use envelope::{Attached, Stored};
pub use error::StoreError;
#[cfg(feature = "log")]
pub use ledger::{Context, Done, Failure, Ledger, command_digest};
#[cfg(feature = "log")]
pub use log::{Clock, Head, Log};
#[cfg(feature = "log")]
pub use look::Look;
pub use tree::{Frontier, leaf_hash};
