//! The lines of activity files, each as the JSON that a table of one event a line would keep: every column.

use std::path::Path;

use csv::{ByteRecord, Reader, ReaderBuilder};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// Reads files one after another.
pub struct Lines<'a> {
    files: std::slice::Iter<'a, std::path::PathBuf>,
    open: Option<(Reader<std::fs::File>, Vec<String>)>,
    record: ByteRecord,
}

impl<'a> Lines<'a> {
    pub fn of(files: &'a [std::path::PathBuf]) -> Lines<'a> {
        Lines { files: files.iter(), open: None, record: ByteRecord::new() }
    }

    /// The next line.
    pub fn next(&mut self) -> Option<Line<'_>> {
        loop {
            if self.open.is_none() {
                self.open = Some(open(self.files.next()?));
            }
            let (reader, _) = self.open.as_mut()?;
            if reader.read_byte_record(&mut self.record).unwrap() {
                break;
            }
            self.open = None;
        }
        let (_, names) = self.open.as_ref()?;
        Some(Line { names, record: &self.record })
    }
}

fn open(path: &Path) -> (Reader<std::fs::File>, Vec<String>) {
    let mut reader = ReaderBuilder::new().buffer_capacity(1 << 20).from_path(path).unwrap();
    let name = |n: &[u8]| String::from_utf8_lossy(n).trim().to_lowercase().replace(' ', "_");
    let names = reader.byte_headers().unwrap().iter().map(name).collect();
    (reader, names)
}

/// One line with the names of its columns.
#[derive(Debug)]
pub struct Line<'a> {
    names: &'a [String],
    record: &'a ByteRecord,
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.names.len()))?;
        for (name, value) in self.names.iter().zip(self.record) {
            map.serialize_entry(name, std::str::from_utf8(value).unwrap_or_default())?;
        }
        map.end()
    }
}
