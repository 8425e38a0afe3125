//! Blocks: activity lines in bulk, each block one complete Parquet file that any tool reads as it is.
//!
//! A block is kept in the table of files under the SHA-256 of its bytes. The bytes are never made again to compare them:
//! another release may compress differently.

mod codec;
mod columns;

pub use codec::{decode, encode};
pub use columns::{Column, Columns, MOST_LINES, Values};

/// Why lines are no block, or bytes are none that can be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlockError {
    /// The lines cannot be written as a block.
    #[error("the column `{column}` cannot be kept in a block: {what}")]
    Unfit {
        /// Which column; empty where it is about all of them.
        column: String,
        /// What is wrong.
        what: String,
    },
    /// The bytes are no block.
    #[error("the block cannot be read: {0}")]
    Unreadable(String),
}
