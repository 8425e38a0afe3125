//! Blocks that wait until the whole file was read: nothing of a file that is refused is kept, not even as
//! bytes that no event speaks of.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use sha2::{Digest, Sha256};
use store::block::{Columns, encode};

use crate::problem::{Exit, Problem};

/// Blocks in a temporary file without a name.
#[derive(Debug)]
pub struct Spool {
    file: File,
    length: u64,
    /// The blocks, in the order in which they came.
    pub blocks: Vec<Spooled>,
}

/// A block in a spool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spooled {
    /// The place of its group.
    pub group: usize,
    /// The SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// How many lines it has.
    pub lines: u64,
    at: u64,
    length: usize,
}

impl Spool {
    /// An empty one.
    ///
    /// # Errors
    /// Where no temporary file can be made.
    pub fn new() -> Result<Spool, Problem> {
        let file = tempfile::tempfile().map_err(|e| cannot(&e))?;
        Ok(Spool { file, length: 0, blocks: Vec::new() })
    }

    /// Encodes lines of a group and keeps their block.
    ///
    /// # Errors
    /// Where the temporary file cannot be written, or the lines are no block.
    pub fn add(&mut self, group: usize, columns: &Columns) -> Result<(), Problem> {
        let bytes = encode(columns).map_err(|e| {
            Problem::new(Exit::Integrity, "block", e, "please report this with the header of the file")
        })?;
        self.file.write_all(&bytes).map_err(|e| cannot(&e))?;
        let (at, length) = (self.length, bytes.len());
        let sha256 = hex::encode(Sha256::digest(&bytes));
        self.blocks.push(Spooled { group, sha256, lines: columns.lines as u64, at, length });
        self.length += length as u64;
        Ok(())
    }

    /// The bytes of a block.
    ///
    /// # Errors
    /// Where the temporary file cannot be read.
    pub fn bytes(&mut self, block: &Spooled) -> Result<Vec<u8>, Problem> {
        let mut bytes = vec![0; block.length];
        self.file.seek(SeekFrom::Start(block.at)).map_err(|e| cannot(&e))?;
        self.file.read_exact(&mut bytes).map_err(|e| cannot(&e))?;
        Ok(bytes)
    }
}

fn cannot(why: &io::Error) -> Problem {
    let message = format!("the temporary file for blocks cannot be used: {why}");
    Problem::new(
        Exit::Unavailable,
        "temporary-file",
        message,
        "make room where TMPDIR points, and import again",
    )
}
