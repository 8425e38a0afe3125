//! The form of Parquet's headers, Thrift's compact protocol, as far as reading needs it. Every length is that
//! of bytes that are there, and nothing is nested deeper than a footer is.

use super::bits::{varint, zigzag};

/// What a field holds, by its number in the protocol.
pub(super) const TRUE: u8 = 1;
pub(super) const FALSE: u8 = 2;
const BYTE: u8 = 3;
const I16: u8 = 4;
pub(super) const I32: u8 = 5;
pub(super) const I64: u8 = 6;
const DOUBLE: u8 = 7;
pub(super) const BINARY: u8 = 8;
pub(super) const LIST: u8 = 9;
const SET: u8 = 10;
const MAP: u8 = 11;
pub(super) const STRUCT: u8 = 12;

const DEEPEST: u32 = 12;

/// Bytes being read.
pub(super) struct Thrift<'a> {
    pub(super) bytes: &'a [u8],
    depth: u32,
}

impl<'a> Thrift<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Thrift<'a> {
        Thrift { bytes, depth: 0 }
    }

    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*byte)
    }

    /// A whole number of any size.
    pub(super) fn int(&mut self) -> Option<i64> {
        varint(&mut self.bytes).map(zigzag)
    }

    /// A number that counts or measures something.
    pub(super) fn size(&mut self) -> Option<usize> {
        usize::try_from(self.int()?).ok()
    }

    /// Bytes, such as a text.
    pub(super) fn binary(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(varint(&mut self.bytes)?).ok()?;
        let (binary, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        Some(binary)
    }

    /// A structure: `take` reads the fields it knows, by number and kind, and says whether it did.
    pub(super) fn structure(
        &mut self,
        mut take: impl FnMut(&mut Self, i64, u8) -> Option<bool>,
    ) -> Option<()> {
        self.deeper(|thrift| {
            let mut id = 0;
            loop {
                let header = thrift.byte()?;
                if header == 0 {
                    return Some(());
                }
                id = if header >> 4 == 0 { thrift.int()? } else { id + i64::from(header >> 4) };
                let kind = header & 0x0f;
                if !take(thrift, id, kind)? {
                    thrift.skip(kind)?;
                }
            }
        })
    }

    /// A list of structures; `each` reads one.
    pub(super) fn structures(&mut self, mut each: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        let (count, kind) = self.list()?;
        (kind == STRUCT || count == 0).then_some(())?;
        (0..count).try_for_each(|_| each(self))
    }

    fn list(&mut self) -> Option<(u64, u8)> {
        let header = self.byte()?;
        let count = if header >> 4 == 15 { varint(&mut self.bytes)? } else { u64::from(header >> 4) };
        Some((count, header & 0x0f))
    }

    fn skip(&mut self, kind: u8) -> Option<()> {
        match kind {
            TRUE | FALSE => Some(()),
            BYTE => self.byte().map(|_| ()),
            I16 | I32 | I64 => self.int().map(|_| ()),
            DOUBLE => {
                self.bytes = self.bytes.get(8..)?;
                Some(())
            }
            BINARY => self.binary().map(|_| ()),
            LIST | SET => {
                let (count, kind) = self.list()?;
                (0..count).try_for_each(|_| self.skip_element(kind))
            }
            MAP => {
                let count = varint(&mut self.bytes)?;
                let kinds = if count == 0 { 0 } else { self.byte()? };
                (0..count).try_for_each(|_| {
                    self.skip_element(kinds >> 4)?;
                    self.skip_element(kinds & 0x0f)
                })
            }
            STRUCT => self.structure(|_, _, _| Some(false)),
            _ => None,
        }
    }

    /// In a list even a truth is a byte, so that a list is never longer than its bytes.
    fn skip_element(&mut self, kind: u8) -> Option<()> {
        let kind = if matches!(kind, TRUE | FALSE) { BYTE } else { kind };
        self.deeper(|thrift| thrift.skip(kind))
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        self.depth += 1;
        let read = if self.depth > DEEPEST { None } else { read(self) };
        self.depth -= 1;
        read
    }
}
