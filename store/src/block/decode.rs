//! Parquet back to lines, as [`super::encode`] writes it. The bytes may be anything: every size is bounded by
//! what is there before anything is allocated for it.

use std::borrow::Cow;
use std::collections::BTreeSet;

use zstd::bulk::Decompressor;

use super::bits::{codes, deltas};
use super::thrift::{BINARY, FALSE, I32, I64, LIST, STRUCT, TRUE, Thrift};
use super::{BlockError, Column, Columns, MOST_BYTES, MOST_LINES, Values};

const MAGIC: &[u8] = b"PAR1";

/// Numbers that the format gives to types, encodings, pages and compression.
const INT32: i64 = 1;
const INT64: i64 = 2;
const BYTE_ARRAY: i64 = 6;
const UTF8: i64 = 0;
const DECIMAL: i64 = 5;
const DATE: i64 = 6;
const OPTIONAL: i64 = 1;
const PLAIN: i64 = 0;
const DELTA_BINARY_PACKED: i64 = 5;
const RLE_DICTIONARY: i64 = 8;
const DICTIONARY_PAGE: i64 = 2;
const DATA_PAGE_V2: i64 = 3;
const ZSTD: i64 = 6;

/// Reads the wanted columns of a block, or all; a wanted column that the block does not have is left out. The
/// bytes may be anything.
///
/// Text without any value on any line comes back coded, and codes are counted in the order of first use.
///
/// # Errors
/// `Unreadable` where they are no block.
pub fn decode(bytes: &[u8], wanted: Option<&[&str]>) -> Result<Columns, BlockError> {
    let broken = |what: &str| BlockError::Unreadable(what.to_owned());
    let footer =
        Footer::read(bytes).ok_or_else(|| broken("it does not end as a Parquet file of lines does"))?;
    if footer.lines > MOST_LINES {
        return Err(broken(&format!("it says it has {} lines, more than {MOST_LINES}", footer.lines)));
    }
    if footer.fields.len() != footer.chunks.len() {
        return Err(broken("it has other columns than it describes"));
    }
    let mut reading = Reading {
        bytes,
        lines: footer.lines,
        room: MOST_BYTES,
        decompressor: Decompressor::new().map_err(|e| broken(&e.to_string()))?,
    };
    let mut seen = BTreeSet::new();
    let mut columns = Vec::new();
    for (field, chunk) in footer.fields.iter().zip(&footer.chunks) {
        let unreadable =
            |what: &str| broken(&format!("the column `{}` {what}", String::from_utf8_lossy(field.name)));
        let name = std::str::from_utf8(field.name).map_err(|_| unreadable("has a name that is no text"))?;
        if !seen.insert(name) {
            return Err(unreadable("is there twice"));
        }
        if wanted.is_none_or(|wanted| wanted.contains(&name)) {
            let values = reading.values(field, chunk).ok_or_else(|| unreadable("is damaged"))?;
            columns.push(Column { name: Cow::Owned(name.to_owned()), values });
        }
    }
    let columns = Columns { lines: footer.lines, columns };
    columns.check().map_err(|e| broken(&e.to_string()))?;
    Ok(columns)
}

/// What the end of the file says.
#[derive(Default)]
struct Footer<'a> {
    lines: usize,
    fields: Vec<Field<'a>>,
    chunks: Vec<Chunk>,
}

/// A column as it is described.
#[derive(Default)]
struct Field<'a> {
    name: &'a [u8],
    physical: Option<i64>,
    repetition: i64,
    meaning: Option<i64>,
    scale: i64,
    children: usize,
}

/// Where the bytes of a column are.
#[derive(Default)]
struct Chunk {
    codec: i64,
    values: usize,
    length: usize,
    page: usize,
    dictionary: Option<usize>,
}

impl<'a> Footer<'a> {
    fn read(bytes: &'a [u8]) -> Option<Footer<'a>> {
        let rest = bytes.strip_prefix(MAGIC)?.strip_suffix(MAGIC)?;
        let (rest, length) = rest.split_last_chunk()?;
        let from = rest.len().checked_sub(u32::from_le_bytes(*length) as usize)?;
        let (mut footer, mut root, mut groups) = (Footer::default(), None, 0);
        Thrift::new(&rest[from..]).structure(|thrift, id, kind| {
            match (id, kind) {
                (2, LIST) => thrift.structures(|thrift| {
                    let field = Field::read(thrift)?;
                    match root {
                        None => root = Some(field.children),
                        Some(_) => footer.fields.push(field),
                    }
                    Some(())
                })?,
                (3, I64) => footer.lines = thrift.size()?,
                (4, LIST) => thrift.structures(|thrift| {
                    groups += 1;
                    thrift.structure(|thrift, id, kind| match (id, kind) {
                        (1, LIST) => thrift
                            .structures(|thrift| {
                                footer.chunks.push(Chunk::read(thrift)?);
                                Some(())
                            })
                            .map(|()| true),
                        _ => Some(false),
                    })
                })?,
                _ => return Some(false),
            }
            Some(true)
        })?;
        (groups == 1 && root == Some(footer.fields.len())).then_some(footer)
    }
}

impl<'a> Field<'a> {
    fn read(thrift: &mut Thrift<'a>) -> Option<Field<'a>> {
        let mut field = Field::default();
        thrift.structure(|thrift, id, kind| {
            match (id, kind) {
                (1, I32) => field.physical = Some(thrift.int()?),
                (3, I32) => field.repetition = thrift.int()?,
                (4, BINARY) => field.name = thrift.binary()?,
                (5, I32) => field.children = thrift.size()?,
                (6, I32) => field.meaning = Some(thrift.int()?),
                (7, I32) => field.scale = thrift.int()?,
                _ => return Some(false),
            }
            Some(true)
        })?;
        Some(field)
    }
}

impl Chunk {
    fn read(thrift: &mut Thrift<'_>) -> Option<Chunk> {
        let mut chunk = Chunk::default();
        thrift.structure(|thrift, id, kind| match (id, kind) {
            (3, STRUCT) => thrift
                .structure(|thrift, id, kind| {
                    match (id, kind) {
                        (4, I32) => chunk.codec = thrift.int()?,
                        (5, I64) => chunk.values = thrift.size()?,
                        (7, I64) => chunk.length = thrift.size()?,
                        (9, I64) => chunk.page = thrift.size()?,
                        (11, I64) => chunk.dictionary = Some(thrift.size()?),
                        _ => return Some(false),
                    }
                    Some(true)
                })
                .map(|()| true),
            _ => Some(false),
        })?;
        Some(chunk)
    }
}

/// A page's header.
#[derive(Default)]
struct Header {
    kind: i64,
    uncompressed: usize,
    compressed: usize,
    values: usize,
    nulls: usize,
    encoding: i64,
    levels: usize,
    other_levels: usize,
    is_compressed: bool,
}

impl Header {
    fn read(thrift: &mut Thrift<'_>) -> Option<Header> {
        let mut header = Header { is_compressed: true, ..Header::default() };
        thrift.structure(|thrift, id, kind| {
            match (id, kind) {
                (1, I32) => header.kind = thrift.int()?,
                (2, I32) => header.uncompressed = thrift.size()?,
                (3, I32) => header.compressed = thrift.size()?,
                (7, STRUCT) => thrift.structure(|thrift, id, kind| {
                    match (id, kind) {
                        (1, I32) => header.values = thrift.size()?,
                        (2, I32) => header.encoding = thrift.int()?,
                        _ => return Some(false),
                    }
                    Some(true)
                })?,
                (8, STRUCT) => thrift.structure(|thrift, id, kind| {
                    match (id, kind) {
                        (1, I32) => header.values = thrift.size()?,
                        (2, I32) => header.nulls = thrift.size()?,
                        (4, I32) => header.encoding = thrift.int()?,
                        (5, I32) => header.levels = thrift.size()?,
                        (6, I32) => header.other_levels = thrift.size()?,
                        (7, TRUE | FALSE) => header.is_compressed = kind == TRUE,
                        _ => return Some(false),
                    }
                    Some(true)
                })?,
                _ => return Some(false),
            }
            Some(true)
        })?;
        Some(header)
    }
}

/// A block being read.
struct Reading<'a> {
    bytes: &'a [u8],
    lines: usize,
    /// How many more bytes its pages may hold.
    room: usize,
    decompressor: Decompressor<'static>,
}

/// A page after decompression.
struct Page {
    header: Header,
    /// Which lines state a value; `None` where all do.
    stated: Option<Vec<u32>>,
    values: Vec<u8>,
}

impl Reading<'_> {
    fn values(&mut self, field: &Field<'_>, chunk: &Chunk) -> Option<Values> {
        let start = chunk.dictionary.unwrap_or(chunk.page);
        let mut bytes = self.bytes.get(start..start.checked_add(chunk.length)?)?;
        (chunk.codec == ZSTD && chunk.values == self.lines && field.children == 0).then_some(())?;
        let dictionary = match chunk.dictionary {
            Some(_) => Some(self.page(&mut bytes, false).filter(|page| page.header.kind == DICTIONARY_PAGE)?),
            None => None,
        };
        let page = self.page(&mut bytes, field.repetition == OPTIONAL)?;
        let sound = page.header.kind == DATA_PAGE_V2 && page.header.values == self.lines && bytes.is_empty();
        sound.then_some(())?;
        if dictionary.is_none() && page.header.nulls == self.lines && page.values.is_empty() {
            return self.nothing(field);
        }
        match (field.physical?, field.meaning) {
            (BYTE_ARRAY, Some(UTF8)) => match dictionary {
                Some(dictionary) => self.coded_text(&dictionary, &page),
                None => self.text(&page),
            },
            (INT64, Some(DECIMAL)) => {
                let units =
                    self.looked_up(&dictionary?, &page, |bytes: [u8; 8]| i64::from_le_bytes(bytes))?;
                Some(Values::Decimal { scale: u8::try_from(field.scale).ok()?, units })
            }
            (INT32, Some(DATE)) => self
                .looked_up(&dictionary?, &page, |bytes: [u8; 4]| i32::from_le_bytes(bytes))
                .map(Values::Date),
            (INT64, None) => {
                let sound = page.header.encoding == DELTA_BINARY_PACKED && page.stated.is_none();
                sound.then(|| deltas(&page.values, self.lines)).flatten().map(Values::Number)
            }
            _ => None,
        }
    }

    /// A column that says nothing on any line.
    fn nothing(&self, field: &Field<'_>) -> Option<Values> {
        match (field.physical?, field.meaning?) {
            (BYTE_ARRAY, UTF8) => {
                Some(Values::Coded { codes: vec![0; self.lines], values: vec![String::new()] })
            }
            (INT64, DECIMAL) => Some(Values::Decimal {
                scale: u8::try_from(field.scale).ok()?,
                units: vec![None; self.lines],
            }),
            (INT32, DATE) => Some(Values::Date(vec![None; self.lines])),
            _ => None,
        }
    }

    /// The next page of a column.
    fn page(&mut self, bytes: &mut &[u8], optional: bool) -> Option<Page> {
        let mut thrift = Thrift::new(bytes);
        let header = Header::read(&mut thrift)?;
        let (body, rest) = thrift.bytes.split_at_checked(header.compressed)?;
        *bytes = rest;
        self.room = self.room.checked_sub(header.uncompressed)?;
        let (levels, packed) = body.split_at_checked(header.levels)?;
        let length = header.uncompressed.checked_sub(header.levels)?;
        (header.other_levels == 0).then_some(())?;
        let values = match header.is_compressed {
            true => self.decompressor.decompress(packed, length).ok()?,
            false => packed.to_vec(),
        };
        (values.len() == length).then_some(())?;
        let stated = if optional { codes(levels, 1, self.lines)? } else { Vec::new() };
        let nulls = stated.iter().filter(|stated| **stated == 0).count();
        (nulls == header.nulls).then_some(())?;
        Some(Page { header, stated: (nulls > 0).then_some(stated), values })
    }

    /// The codes of a page for the lines that state one, each less than `count`.
    fn codes(&self, page: &Page, count: usize) -> Option<Vec<u32>> {
        (page.header.encoding == RLE_DICTIONARY).then_some(())?;
        let (width, packed) = page.values.split_first()?;
        let codes = codes(packed, u32::from(*width), self.lines.checked_sub(page.header.nulls)?)?;
        let within = codes.iter().copied().max().is_none_or(|most| (most as usize) < count);
        within.then_some(codes)
    }

    /// How many values a dictionary has: no more than there are lines.
    fn count(&self, dictionary: &Page) -> Option<usize> {
        let count = dictionary.header.values;
        (dictionary.header.encoding == PLAIN && count <= self.lines).then_some(count)
    }

    fn coded_text(&self, dictionary: &Page, page: &Page) -> Option<Values> {
        let count = self.count(dictionary)?;
        let codes = self.codes(page, count)?;
        let mut values = Vec::with_capacity(count + 1);
        let mut rest = dictionary.values.as_slice();
        for _ in 0..count {
            values.push(next_text(&mut rest)?.to_owned());
        }
        rest.is_empty().then_some(())?;
        let Some(stated) = &page.stated else { return Some(Values::Coded { codes, values }) };
        values.push(String::new());
        let mut codes = codes.into_iter();
        let codes = stated.iter().map(|stated| if *stated == 1 { codes.next() } else { Some(count as u32) });
        Some(Values::Coded { codes: codes.collect::<Option<_>>()?, values })
    }

    fn text(&self, page: &Page) -> Option<Values> {
        (page.header.encoding == PLAIN).then_some(())?;
        let mut rest = page.values.as_slice();
        let mut text = String::with_capacity(rest.len());
        let mut ends = Vec::with_capacity(self.lines);
        for line in 0..self.lines {
            if page.stated.as_ref().is_none_or(|stated| stated[line] == 1) {
                text.push_str(next_text(&mut rest)?);
            }
            ends.push(u32::try_from(text.len()).ok()?);
        }
        rest.is_empty().then_some(Values::Text { ends, text })
    }

    /// The values of lines by their codes into a dictionary of values of `N` bytes.
    fn looked_up<T: Copy, const N: usize>(
        &self,
        dictionary: &Page,
        page: &Page,
        read: impl Fn([u8; N]) -> T,
    ) -> Option<Vec<Option<T>>> {
        let count = self.count(dictionary)?;
        let codes = self.codes(page, count)?;
        let (values, rest) = dictionary.values.as_chunks::<N>();
        (values.len() == count && rest.is_empty()).then_some(())?;
        let values: Vec<T> = values.iter().map(|bytes| read(*bytes)).collect();
        let Some(stated) = &page.stated else {
            return Some(codes.into_iter().map(|code| Some(values[code as usize])).collect());
        };
        let mut codes = codes.into_iter();
        let value =
            |stated: &u32| if *stated == 1 { codes.next().map(|code| values[code as usize]) } else { None };
        Some(stated.iter().map(value).collect())
    }
}

/// Takes a text off the front.
fn next_text<'a>(bytes: &mut &'a [u8]) -> Option<&'a str> {
    let (length, rest) = bytes.split_first_chunk()?;
    let (text, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    *bytes = rest;
    std::str::from_utf8(text).ok()
}
