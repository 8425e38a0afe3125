//! The bytes of a file as chunks of lines: decoded, cut into cells, counted and hashed.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::mpsc::SyncSender;

use csv_core::ReadRecordResult;
use sha2::{Digest, Sha256};

use super::chunk::{Chunk, LineDigest, MOST_LINES};
use super::encoding::{self, Encoding};
use crate::problem::Problem;

/// Bytes read at a time.
const AT_ONCE: usize = 1 << 20;
/// A line longer than this has a quote that is never closed.
const LONGEST_LINE: usize = 1 << 20;
/// Bytes of cells in a chunk, at most; one more line may follow.
const MOST_TEXT: usize = 1 << 20;

/// A file being read line by line.
#[derive(Debug)]
pub struct Lines {
    name: String,
    file: File,
    /// How it is written.
    pub encoding: Encoding,
    sha256: Sha256,
    raw: Vec<u8>,
    text: Vec<u8>,
    at: usize,
    read: u64,
    core: csv_core::Reader,
    line: u64,
    ended: bool,
}

impl Lines {
    /// Opens a file at its first line.
    ///
    /// # Errors
    /// As the file, and where its encoding is refused.
    pub fn open(name: &str, path: &Path) -> Result<Lines, Problem> {
        let mut file = File::open(path).map_err(|e| Problem::file(name, &e))?;
        let encoding = encoding::find(name, &mut file)?;
        let mut sha256 = Sha256::new();
        if encoding == Encoding::Utf8Marked {
            sha256.update([0xef, 0xbb, 0xbf]);
        }
        let core = csv_core::Reader::new();
        let (name, raw, text) = (name.to_owned(), vec![0; AT_ONCE], Vec::new());
        Ok(Lines { name, file, encoding, sha256, raw, text, at: 0, read: 0, core, line: 1, ended: false })
    }

    /// The cells of the header row.
    ///
    /// # Errors
    /// Refuses a file without one; else as the file.
    pub fn header(&mut self) -> Result<Vec<String>, Problem> {
        let mut record = Record::default();
        if self.record(&mut record)?.is_none() {
            let hint = "the first line has the names of the columns";
            return Err(Problem::usage("empty-file", "the file is empty", hint).at(&self.name, 1, 1));
        }
        let text = std::str::from_utf8(&record.text[..record.filled]).map_err(|_| self.changed())?;
        let mut start = 0;
        let cells = record.ends[..record.cells].iter().map(|end| {
            let cell = &text[start..*end];
            start = *end;
            cell.to_owned()
        });
        Ok(cells.collect())
    }

    /// Sends all further lines in chunks, each line with `width` cells, and answers with the SHA-256 of the
    /// file. The digest of a line leaves out the cell at `unsaid`. Ends early where nobody takes the chunks.
    ///
    /// # Errors
    /// As the file.
    pub fn send(
        mut self,
        width: usize,
        unsaid: Option<usize>,
        to: &SyncSender<Chunk>,
    ) -> Result<[u8; 32], Problem> {
        while !self.ended {
            let chunk = self.chunk(width, unsaid)?;
            if to.send(chunk).is_err() {
                break;
            }
        }
        Ok(self.sha256.finalize().into())
    }

    fn chunk(&mut self, width: usize, unsaid: Option<usize>) -> Result<Chunk, Problem> {
        let mut chunk = Chunk { width, ..Chunk::default() };
        chunk.ends.reserve(MOST_LINES * width);
        let mut record = Record::default();
        while chunk.lines() < MOST_LINES && record.filled < MOST_TEXT {
            let start = record.filled;
            let Some(row) = self.record(&mut record)? else {
                self.ended = true;
                break;
            };
            if record.text[start..record.filled].iter().all(u8::is_ascii_whitespace) {
                record.filled = start;
                chunk.blank += 1;
                continue;
            }
            if record.cells != width {
                chunk.uneven.push((chunk.lines(), record.cells));
                record.make_even(start, width);
            }
            chunk.rows.push(row);
            chunk.digests.push(record.digest(start, unsaid));
            chunk.ends.extend(record.ends[..width].iter().map(|end| (start + end) as u32));
        }
        record.text.truncate(record.filled);
        chunk.text = String::from_utf8(record.text).map_err(|_| self.changed())?;
        chunk.read = self.read;
        Ok(chunk)
    }

    /// Reads the next line behind what is filled of `record`; its number in the file, or nothing at the end.
    fn record(&mut self, record: &mut Record) -> Result<Option<u64>, Problem> {
        if !self.pass_line_ends()? {
            return Ok(None);
        }
        let row = self.line;
        let start = record.filled;
        record.cells = 0;
        loop {
            if self.at == self.text.len() {
                // No more input ends the last line.
                self.fill()?;
            }
            record.make_room();
            let input = &self.text[self.at..];
            let (found, taken, written, ended) = self.core.read_record(
                input,
                &mut record.text[record.filled..],
                &mut record.ends[record.cells..],
            );
            self.line += input[..taken].iter().filter(|byte| **byte == b'\n').count() as u64;
            self.at += taken;
            record.filled += written;
            record.cells += ended;
            if record.filled - start > LONGEST_LINE {
                let message =
                    "a quote that begins a cell on this line is not closed within a million characters";
                let hint = "close it, or double it where the cell holds a quote";
                return Err(Problem::usage("csv", message, hint).at(&self.name, row as usize, 1));
            }
            match found {
                ReadRecordResult::Record => return Ok(Some(row)),
                ReadRecordResult::End => return Ok(None),
                ReadRecordResult::InputEmpty
                | ReadRecordResult::OutputFull
                | ReadRecordResult::OutputEndsFull => {}
            }
        }
    }

    /// Passes over the end of the last line and over empty lines; whether anything follows.
    fn pass_line_ends(&mut self) -> Result<bool, Problem> {
        loop {
            let rest = &self.text[self.at..];
            let ends = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            self.line += rest[..ends].iter().filter(|byte| **byte == b'\n').count() as u64;
            self.at += ends;
            if self.at < self.text.len() {
                return Ok(true);
            }
            if !self.fill()? {
                return Ok(false);
            }
        }
    }

    /// Reads on; whether there was anything.
    fn fill(&mut self) -> Result<bool, Problem> {
        let length = self.file.read(&mut self.raw).map_err(|e| Problem::file(&self.name, &e))?;
        self.sha256.update(&self.raw[..length]);
        self.read += length as u64;
        self.text.clear();
        self.at = 0;
        self.encoding.decode(&self.raw[..length], &mut self.text);
        Ok(length > 0)
    }

    fn changed(&self) -> Problem {
        let hint = "import it again once nothing writes to it";
        Problem::usage("file-changed", "the file changed while it was read", hint).at(&self.name, 1, 1)
    }
}

/// Lines as they come out of the reader: text up to `filled`, the cells of the last line by their ends in it.
#[derive(Debug, Default)]
struct Record {
    text: Vec<u8>,
    filled: usize,
    ends: Vec<usize>,
    cells: usize,
}

impl Record {
    fn make_room(&mut self) {
        if self.text.len() < self.filled + 4_096 {
            self.text.resize((self.filled + 4_096).max(self.text.len() * 2), 0);
        }
        if self.ends.len() < self.cells + 64 {
            self.ends.resize(self.cells + 256, 0);
        }
    }

    /// Gives the last line as many cells as the header has: empty ones at its end, or none beyond.
    fn make_even(&mut self, start: usize, width: usize) {
        if self.cells > width {
            self.filled = start + if width == 0 { 0 } else { self.ends[width - 1] };
        } else {
            let last = self.filled - start;
            self.ends.resize(self.ends.len().max(width), 0);
            self.ends[self.cells..width].fill(last);
        }
        self.cells = width;
    }

    /// The digest of the last line: its cells and where they end, but the one at `unsaid`.
    fn digest(&self, start: usize, unsaid: Option<usize>) -> LineDigest {
        let cells = &self.text[start..self.filled];
        let (mut lengths, mut before) = (Vec::with_capacity(self.cells + 8), 0);
        for (place, end) in self.ends[..self.cells].iter().enumerate() {
            let length = end - before;
            before = *end;
            if Some(place) == unsaid {
                continue;
            }
            match u8::try_from(length) {
                Ok(short) if short < u8::MAX => lengths.push(short),
                _ => {
                    lengths.push(u8::MAX);
                    lengths.extend((length as u64).to_le_bytes());
                }
            }
        }
        let mut digest = Sha256::new();
        match unsaid {
            Some(place) => {
                let from = if place == 0 { 0 } else { self.ends[place - 1] };
                digest.update(&cells[..from]);
                digest.update(&cells[self.ends[place]..]);
            }
            None => digest.update(cells),
        }
        digest.update(&lengths);
        digest.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::mpsc::sync_channel;

    use super::*;

    fn read(content: &[u8]) -> (Vec<String>, Vec<Chunk>, [u8; 32]) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(content).unwrap();
        let mut lines = Lines::open("t.csv", file.path()).unwrap();
        let header = lines.header().unwrap();
        let (to, from) = sync_channel(100);
        let sha256 = lines.send(header.len(), Some(0), &to).unwrap();
        drop(to);
        (header, from.iter().collect(), sha256)
    }

    #[test]
    fn lines_keep_their_numbers_over_blank_ones_and_quoted_line_ends() {
        let (header, chunks, sha256) =
            read(b"a,b\r\n1,2\r\n\r\n,\r\n3,\"x\r\ny\"\r\n5,\"q\"\"q\"\r\n7\r\n8,9,10");
        assert_eq!(header, ["a", "b"]);
        let chunk = &chunks[0];
        assert_eq!(chunk.rows, [2, 5, 7, 8, 9]);
        assert_eq!((chunk.cell(1, 1), chunk.cell(2, 1), chunk.cell(3, 1)), ("x\r\ny", "q\"q", ""));
        assert_eq!((chunk.cell(4, 0), chunk.cell(4, 1)), ("8", "9"));
        assert_eq!((chunk.blank, chunk.uneven.clone()), (1, vec![(3, 1), (4, 3)]));
        let whole = Sha256::digest(b"a,b\r\n1,2\r\n\r\n,\r\n3,\"x\r\ny\"\r\n5,\"q\"\"q\"\r\n7\r\n8,9,10");
        assert_eq!(sha256.as_slice(), whole.as_slice());
    }

    #[test]
    fn a_digest_tells_lines_apart_by_everything_but_the_cell_left_out() {
        let (_, chunks, _) = read(b"made,a,b\n1,x,y\n2,x,y\n1,xy,\n1,,xy\n");
        let digests = &chunks[0].digests;
        assert_eq!(digests[0], digests[1]);
        assert!(digests[0] != digests[2] && digests[2] != digests[3]);
    }

    #[test]
    fn a_long_file_comes_in_chunks_and_an_open_quote_is_refused() {
        let mut content = b"a,b\n".to_vec();
        for n in 0..5_000 {
            content.extend(format!("{n},{}\n", "z".repeat(600)).bytes());
        }
        let (_, chunks, _) = read(&content);
        assert_eq!(chunks.iter().map(Chunk::lines).sum::<usize>(), 5_000);
        assert!(chunks.len() > 2 && chunks.iter().all(|chunk| chunk.text.len() < 2 * MOST_TEXT));
        assert_eq!(
            chunks.iter().flat_map(|chunk| chunk.rows.clone()).collect::<Vec<_>>(),
            (2..=5_001).collect::<Vec<_>>()
        );
        let mut file = tempfile::NamedTempFile::new().unwrap();
        write!(file, "a,b\n1,2\n3,\"{}", "z,\n".repeat(500_000)).unwrap();
        let mut lines = Lines::open("t.csv", file.path()).unwrap();
        lines.header().unwrap();
        let (to, _from) = sync_channel(100);
        let problem = lines.send(2, None, &to).unwrap_err();
        assert!(problem.to_string().starts_with("t.csv:3:1: error: a quote"), "{problem}");
    }
}
