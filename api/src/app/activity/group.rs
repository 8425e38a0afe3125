//! The accepted lines of one contract, provider and month: their columns until there are enough for a block,
//! and their sums.

use std::borrow::Cow;

use domain::year::Month;
use sha2::{Digest, Sha256};
use store::block::{Column, Columns, Values};

use super::amount::{COUNT_PLACES, MONEY_PLACES};
use super::checks::BLANK;
use super::chunk::{Chunk, LineDigest};
use super::dictionary::Dictionary;
use super::header::Header;
use super::parties::Placed;
use super::totals::{Sum, Sums};

/// Lines of one contract, provider and month.
#[derive(Debug)]
pub struct Group {
    /// Whose.
    pub placed: Placed,
    /// Of which month.
    pub month: Month,
    /// What they come to.
    pub sum: Sum,
    /// The same, by what a contract may tell them apart by.
    pub totals: Sums,
    content: Content,
    held: Vec<Held>,
    rows: Vec<i64>,
    numbers: Vec<(Parsed, Vec<i64>)>,
}

/// The values of a column until they go into a block.
#[derive(Debug)]
pub enum Held {
    /// By their codes in the column's dictionary.
    Codes(Vec<u32>),
    /// As they are.
    Text(Vec<u32>, String),
}

/// A column that was read out of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is named as its column")]
pub enum Parsed {
    Start,
    End,
    Count,
    UnitPrice,
    Value,
    MarketForces,
}

impl Parsed {
    fn name(self) -> &'static str {
        match self {
            Parsed::Start => "start_date",
            Parsed::End => "end_date",
            Parsed::Count => "count",
            Parsed::UnitPrice => "unit_price",
            Parsed::Value => "value",
            Parsed::MarketForces => "market_forces_factor",
        }
    }

    fn values(self, numbers: Vec<i64>) -> Values {
        let stated = |n: i64| (n != BLANK).then_some(n);
        match self {
            Parsed::Start | Parsed::End => {
                let day = |n: i64| stated(n).and_then(|day| i32::try_from(day).ok());
                Values::Date(numbers.into_iter().map(day).collect())
            }
            Parsed::Count | Parsed::UnitPrice | Parsed::Value | Parsed::MarketForces => {
                let scale = if self == Parsed::Count { COUNT_PLACES } else { MONEY_PLACES };
                Values::Decimal { scale, units: numbers.into_iter().map(stated).collect() }
            }
        }
    }
}

/// A digest of what lines say, whatever their order: the sum of the digests of the lines.
#[derive(Clone, Copy, Debug, Default)]
struct Content([u64; 4]);

impl Content {
    fn add(&mut self, digest: &LineDigest) {
        let mut carry = false;
        for (sum, bytes) in self.0.iter_mut().zip(digest.chunks_exact(8)) {
            let part = bytes.iter().rev().fold(0, |part, byte| part << 8 | u64::from(*byte));
            let (with, over) = sum.overflowing_add(part);
            let (with, again) = with.overflowing_add(u64::from(carry));
            (*sum, carry) = (with, over || again);
        }
    }
}

impl Group {
    /// A group without lines, which keeps these columns of `parsed`.
    pub fn new(placed: Placed, month: Month, parsed: &[Parsed]) -> Group {
        let numbers = parsed.iter().map(|parsed| (*parsed, Vec::new())).collect();
        let (sum, totals, content) = (Sum::default(), Sums::default(), Content::default());
        Group { placed, month, sum, totals, content, held: Vec::new(), rows: Vec::new(), numbers }
    }

    /// How many lines wait to go into a block.
    pub fn waiting(&self) -> usize {
        self.rows.len()
    }

    /// Adds lines of a chunk by their places in it; `codes` has those of the columns held so, `numbers` the
    /// columns read out, each for every line of the chunk.
    pub fn add(
        &mut self,
        chunk: &Chunk,
        lines: &[u32],
        codes: &[Option<Vec<u32>>],
        numbers: impl Fn(Parsed, usize) -> i64,
    ) {
        if self.held.is_empty() {
            let held = |codes: &Option<Vec<u32>>| match codes {
                Some(_) => Held::Codes(Vec::new()),
                None => Held::Text(Vec::new(), String::new()),
            };
            self.held = codes.iter().map(held).collect();
        }
        for (column, (held, codes)) in self.held.iter_mut().zip(codes).enumerate() {
            match (held, codes) {
                (Held::Codes(all), Some(codes)) => all.extend(lines.iter().map(|line| codes[*line as usize])),
                (Held::Text(ends, text), _) => {
                    for line in lines {
                        text.push_str(chunk.cell(*line as usize, column));
                        ends.push(text.len() as u32);
                    }
                }
                // A column gives up its codes only between blocks.
                (Held::Codes(_), None) => {}
            }
        }
        self.rows.extend(lines.iter().map(|line| chunk.rows[*line as usize] as i64));
        for (parsed, all) in &mut self.numbers {
            all.extend(lines.iter().map(|line| numbers(*parsed, *line as usize)));
        }
        for line in lines {
            self.content.add(&chunk.digests[*line as usize]);
        }
    }

    /// The lines that wait, as the columns of a block; they no longer wait.
    pub fn take(&mut self, header: &Header, dictionaries: &[Option<Dictionary>]) -> Columns {
        let lines = self.rows.len();
        let mut columns = vec![Column {
            name: Cow::Borrowed("row"),
            values: Values::Number(std::mem::take(&mut self.rows)),
        }];
        let held = std::mem::take(&mut self.held).into_iter();
        for ((held, dictionary), column) in held.zip(dictionaries).zip(&header.columns) {
            let values = match (held, dictionary) {
                (Held::Codes(codes), Some(dictionary)) => coded(codes, dictionary),
                (Held::Codes(codes), None) => Values::Coded { codes, values: Vec::new() },
                (Held::Text(ends, text), _) => Values::Text { ends, text },
            };
            columns.push(Column { name: Cow::Owned(column.name.clone()), values });
        }
        for (parsed, numbers) in &mut self.numbers {
            let values = parsed.values(std::mem::take(numbers));
            columns.push(Column { name: Cow::Borrowed(parsed.name()), values });
        }
        Columns { lines, columns }
    }

    /// The digest of what all its lines say under a header.
    pub fn content(&self, header: &Header) -> String {
        let mut digest = Sha256::new();
        for column in &header.columns {
            digest.update(column.name.as_bytes());
            digest.update(b"\n");
        }
        digest.update(self.sum.lines.to_le_bytes());
        self.content.0.iter().for_each(|part| digest.update(part.to_le_bytes()));
        hex::encode(digest.finalize())
    }
}

/// Codes of a file's dictionary as codes of a block that has only the values it uses.
fn coded(mut codes: Vec<u32>, dictionary: &Dictionary) -> Values {
    let (mut places, mut values) = (vec![u32::MAX; dictionary.count()], Vec::new());
    for code in &mut codes {
        let place = &mut places[*code as usize];
        if *place == u32::MAX {
            *place = values.len() as u32;
            values.push(dictionary.value(*code));
        }
        *code = *place;
    }
    Values::Coded { codes, values }
}
