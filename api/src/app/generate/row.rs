//! Writing rows of a table quickly: cells are appended as they are, and none that is written here needs
//! quotes.

use chrono::NaiveDate;

/// A row, cell by cell.
#[derive(Debug, Default)]
pub struct Row(Vec<u8>);

impl Row {
    /// Begins again.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// A cell of text.
    pub fn text(&mut self, text: &str) -> &mut Row {
        self.0.extend_from_slice(text.as_bytes());
        self.0.push(b',');
        self
    }

    /// A cell of text, or an empty one.
    pub fn text_if(&mut self, is: bool, text: &str) -> &mut Row {
        self.text(if is { text } else { "" })
    }

    /// A cell in parts; end it with [`Row::end`].
    pub fn part(&mut self, text: &str) -> &mut Row {
        self.0.extend_from_slice(text.as_bytes());
        self
    }

    /// A number of so many digits, as part of a cell.
    pub fn digits(&mut self, number: u64, digits: usize) -> &mut Row {
        let begin = self.0.len();
        let mut rest = number;
        while rest > 0 || self.0.len() - begin < digits.max(1) {
            self.0.push(b'0' + (rest % 10) as u8);
            rest /= 10;
        }
        self.0[begin..].reverse();
        self
    }

    /// Sixteen hexadecimal digits, as part of a cell.
    pub fn hexadecimal(&mut self, number: u64) -> &mut Row {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        self.0.extend((0..16).rev().map(|place| DIGITS[(number >> (place * 4)) as usize & 15]));
        self
    }

    /// Ends a cell.
    pub fn end(&mut self) -> &mut Row {
        self.0.push(b',');
        self
    }

    /// A cell with a whole number.
    pub fn number(&mut self, number: u64) -> &mut Row {
        self.digits(number, 1).end()
    }

    /// A cell with money.
    pub fn money(&mut self, pence: i64) -> &mut Row {
        if pence < 0 {
            self.0.push(b'-');
        }
        let pence = pence.unsigned_abs();
        self.digits(pence / 100, 1).part(".").digits(pence % 100, 2).end()
    }

    /// The row as a line of a file.
    pub fn finish(&mut self) -> &[u8] {
        if let Some(last) = self.0.last_mut() {
            *last = b'\n';
        }
        &self.0
    }
}

/// Money as text, from pence.
pub fn money(pence: i64) -> String {
    let sign = if pence < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", pence.unsigned_abs() / 100, pence.unsigned_abs() % 100)
}

/// The days of a month and those before it, as text that is written again and again.
#[derive(Debug)]
pub struct Days(Vec<String>);

/// How far back from the first of the month a stay may begin.
const BEFORE: u64 = 31;

impl Days {
    /// The days around a month.
    pub fn around(first: NaiveDate, days: u64) -> Days {
        let begin = first - chrono::Days::new(BEFORE);
        let all = begin.iter_days().take((BEFORE + days) as usize);
        Days(all.map(|day| day.format("%Y-%m-%d").to_string()).collect())
    }

    /// A day of the month, so many days earlier.
    pub fn at(&self, day: u64, earlier: u64) -> &str {
        self.0.get((BEFORE + day - 1 - earlier) as usize).map_or("", String::as_str)
    }
}
