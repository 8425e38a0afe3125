//! Some lines of a file, cell after cell.

/// The most lines of a chunk: its cells then fit in a processor's second cache.
pub const MOST_LINES: usize = 2_048;

/// The digest of what a line says: two lines with the same are the same line.
pub type LineDigest = [u8; 32];

/// Lines that were read, every one with as many cells as the header.
#[derive(Clone, Debug, Default)]
pub struct Chunk {
    /// How many cells a line has.
    pub width: usize,
    /// The number of each line in the file, from 1.
    pub rows: Vec<u64>,
    /// All cells, one after the other.
    pub text: String,
    /// Where in `text` each cell ends.
    pub ends: Vec<u32>,
    /// The digest of each line.
    pub digests: Vec<LineDigest>,
    /// Lines, by their place here, that had another number of cells, and how many.
    pub uneven: Vec<(usize, usize)>,
    /// Lines without any value that were left out.
    pub blank: u64,
    /// Bytes of the file read so far.
    pub read: u64,
}

impl Chunk {
    /// How many lines there are.
    pub fn lines(&self) -> usize {
        self.rows.len()
    }

    /// A cell.
    pub fn cell(&self, line: usize, column: usize) -> &str {
        let (start, end) = self.span(line, column);
        &self.text[start..end]
    }

    /// The bytes of a cell.
    pub fn bytes(&self, line: usize, column: usize) -> &[u8] {
        let (start, end) = self.span(line, column);
        &self.text.as_bytes()[start..end]
    }

    fn span(&self, line: usize, column: usize) -> (usize, usize) {
        let place = line * self.width + column;
        let start = if place == 0 { 0 } else { self.ends[place - 1] };
        (start as usize, self.ends[place] as usize)
    }
}
