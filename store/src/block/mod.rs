//! Blocks: activity lines in bulk, each block one complete Parquet file that any tool reads as it is.
//!
//! A block is kept in the table of files under the SHA-256 of its bytes. The bytes are never made again to
//! compare them: another release may compress differently.
//!
//! The pages are written here, because whoever has read a file has its codes already and the library would
//! look every text up again; headers and footer are the library's. They are read here too, because a block
//! may come from anywhere: no size is believed before it is bounded, and only what [`encode()`] writes is
//! read.

mod bits;
mod decode;
mod encode;
mod thrift;

pub use decode::decode;
pub use domain::columns::{Column, Columns, MOST_LINES, Unfit, Values};
pub use encode::encode;

/// The most bytes that the pages of a block hold before they are compressed.
pub const MOST_BYTES: usize = 128 << 20;

/// Why lines are no block, or bytes are none that can be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlockError {
    /// The lines cannot be written as a block.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// The bytes are no block.
    #[error("the block cannot be read: {0}")]
    Unreadable(String),
}
