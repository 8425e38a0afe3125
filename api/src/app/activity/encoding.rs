//! In which encoding a file is written, found from its bytes, and its bytes as UTF-8.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use serde::Serialize;

use crate::problem::Problem;

/// Bytes read at a time.
const AT_ONCE: usize = 1 << 20;
const BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

/// An encoding that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Encoding {
    /// UTF-8.
    #[serde(rename = "UTF-8")]
    Utf8,
    /// UTF-8 after a byte order mark.
    #[serde(rename = "UTF-8 with a byte order mark")]
    Utf8Marked,
    /// What older spreadsheets write: read where the bytes are no UTF-8.
    #[serde(rename = "Windows-1252")]
    Windows1252,
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Utf8Marked => "UTF-8 with a byte order mark",
            Encoding::Windows1252 => "Windows-1252",
        })
    }
}

/// Finds the encoding of a whole file and leaves it at the first byte of its text.
///
/// # Errors
/// Refuses UTF-16 and files that hold no text; else as the file.
pub fn find(name: &str, file: &mut File) -> Result<Encoding, Problem> {
    let unreadable = |e: io::Error| Problem::file(name, &e);
    let mut start = [0; 3];
    let length = read_whole(file, &mut start).map_err(unreadable)?;
    let hint = "save it as CSV UTF-8 (comma delimited) and send it again";
    if matches!(start[..length], [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) {
        return Err(Problem::usage("encoding", "the file is in UTF-16", hint).at(name, 1, 1));
    }
    if start[..length].contains(&0) || start[..length].starts_with(b"PK") {
        return Err(Problem::usage("encoding", "the file is no text: is it a workbook?", hint).at(name, 1, 1));
    }
    file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    let utf8 = is_utf8(file).map_err(unreadable)?;
    let encoding = match (utf8, start == BYTE_ORDER_MARK) {
        (false, _) => Encoding::Windows1252,
        (true, true) => Encoding::Utf8Marked,
        (true, false) => Encoding::Utf8,
    };
    let text = if encoding == Encoding::Utf8Marked { BYTE_ORDER_MARK.len() as u64 } else { 0 };
    file.seek(SeekFrom::Start(text)).map_err(unreadable)?;
    Ok(encoding)
}

/// Reads until the buffer is full or the file ends.
fn read_whole(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match file.read(&mut buffer[length..])? {
            0 => break,
            read => length += read,
        }
    }
    Ok(length)
}

fn is_utf8(file: &mut impl Read) -> io::Result<bool> {
    let mut buffer = vec![0; AT_ONCE];
    let mut kept = 0;
    loop {
        let length = kept + read_whole(file, &mut buffer[kept..])?;
        match std::str::from_utf8(&buffer[..length]) {
            Ok(_) if length < AT_ONCE => return Ok(true),
            Ok(_) => kept = 0,
            // A character that the end of the buffer cuts in two is read with the next bytes.
            Err(why) if why.error_len().is_none() && length == AT_ONCE => {
                buffer.copy_within(why.valid_up_to().., 0);
                kept = length - why.valid_up_to();
            }
            Err(_) => return Ok(false),
        }
    }
}

/// The character of a byte in Windows-1252 from 0x80 to 0x9f; the five that have none are control characters,
/// as browsers read them.
const HIGH_CONTROLS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

impl Encoding {
    /// Takes bytes as they were read and adds them to `text` as UTF-8.
    pub fn decode(self, bytes: &[u8], text: &mut Vec<u8>) {
        if self != Encoding::Windows1252 {
            text.extend_from_slice(bytes);
            return;
        }
        for byte in bytes {
            let character = match byte {
                0..=0x7f => {
                    text.push(*byte);
                    continue;
                }
                0x80..=0x9f => HIGH_CONTROLS[usize::from(byte - 0x80)],
                _ => char::from(*byte),
            };
            text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn found(bytes: &[u8]) -> Result<(Encoding, String), Problem> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file.seek(SeekFrom::Start(0)).unwrap();
        let encoding = find("t.csv", &mut file)?;
        let (mut raw, mut text) = (Vec::new(), Vec::new());
        file.read_to_end(&mut raw).unwrap();
        encoding.decode(&raw, &mut text);
        Ok((encoding, String::from_utf8(text).unwrap()))
    }

    #[test]
    fn an_encoding_is_found_from_the_bytes() {
        assert_eq!(found("a,£".as_bytes()).unwrap(), (Encoding::Utf8, "a,£".to_owned()));
        assert_eq!(found(b"\xef\xbb\xbfa,b").unwrap(), (Encoding::Utf8Marked, "a,b".to_owned()));
        assert_eq!(found(b"\xa35 \x80 \x96").unwrap(), (Encoding::Windows1252, "£5 € –".to_owned()));
        assert_eq!(found(b"").unwrap(), (Encoding::Utf8, String::new()));
        for refused in [b"\xff\xfea\0".as_slice(), b"\xfe\xff\0a", b"PK\x03\x04"] {
            assert_eq!(found(refused).unwrap_err().code, "encoding");
        }
    }

    #[test]
    fn a_character_across_two_reads_is_no_fault() {
        let mut text = "x".repeat(AT_ONCE - 1);
        text.push('£');
        text.push_str(&"y".repeat(10));
        assert_eq!(found(text.as_bytes()).unwrap().0, Encoding::Utf8);
        let mut cut = text.into_bytes();
        cut.truncate(AT_ONCE);
        assert_eq!(found(&cut).unwrap().0, Encoding::Windows1252);
    }
}
