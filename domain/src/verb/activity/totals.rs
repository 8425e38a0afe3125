//! Totals of lines, as they are kept in memory: each text once, each line of totals a few bytes. A ledger has
//! millions.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::memo::Memo;
use super::{ActivityLine, Alike, Asked, Column};
use crate::columns::{self, Columns, Values};
use crate::exact::Exact;
use crate::mechanism::{Pile, Reader};
use crate::name::PartyId;

/// The columns of text, which tell totals apart.
const TEXTS: [Column; 6] =
    [Column::Commissioner, Column::Site, Column::Pod, Column::Tfc, Column::TariffCode, Column::LocalContract];
const FLAGS: &str = "flags";
/// Stands between the flags of a line.
const BETWEEN: char = ' ';
const LENGTH_OF_STAY: &str = "length_of_stay";
const UNIT_PRICE: &str = "unit_price";
const COUNT: &str = "count";
const VALUE: &str = "value";
/// Decimal places in which totals are written.
const COUNT_PLACES: u8 = 4;
const MONEY_PLACES: u8 = 2;

/// What the lines of a report come to, by what the provider stated; each total is a line of activity.
#[derive(Clone, Debug, PartialEq)]
pub struct Totals {
    lines: usize,
    texts: [Texts; TEXTS.len()],
    flags: Option<Texts>,
    length_of_stay: Option<Amounts>,
    count: Amounts,
    value: Amounts,
    /// How contracts sorted them.
    pub(crate) sorted: Memo<Reader<'static>, Vec<Pile>>,
}

/// A total as it is written: what it says by the place of each text in its column's list, its figures in
/// whole units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Total {
    /// The commissioner, the site, the point of delivery, the treatment function, the tariff code and the
    /// local contract.
    pub texts: [u32; TEXTS.len()],
    /// The price of a unit in pennies, where all its lines state the same.
    pub unit_price: Option<i64>,
    /// The value in pennies.
    pub value: i64,
    /// How many units, in ten-thousandths.
    pub count: i64,
}

/// A text for each line, each different text once; the empty text is "not stated".
#[derive(Clone, Debug, PartialEq)]
struct Texts {
    codes: Codes,
    ends: Vec<u32>,
    text: String,
}

/// A decimal for each line, each different one once.
#[derive(Clone, Debug, PartialEq)]
struct Amounts {
    codes: Codes,
    units: Vec<Option<i64>>,
    scale: u8,
}

/// A place for each line, in as many bytes as the largest needs.
#[derive(Clone, Debug, PartialEq)]
enum Codes {
    One(Box<[u8]>),
    Two(Box<[u16]>),
    Four(Box<[u32]>),
}

impl Totals {
    /// How many totals.
    pub fn len(&self) -> usize {
        self.lines
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.lines == 0
    }

    /// The totals that a block holds.
    ///
    /// # Errors
    /// Names what is missing or is not what it should be.
    pub fn read(block: &Columns) -> Result<Totals, String> {
        block.check().map_err(|e| e.to_string())?;
        let column = |name: &str| block.column(name).map(|column| &column.values);
        let required = |name: &str| column(name).ok_or_else(|| format!("it has no column `{name}`"));
        let text = |of: Column| Ok::<_, String>((of, Texts::read(required(of.name())?, of.name())?));
        let texts = TEXTS.into_iter().map(text).collect::<Result<Vec<_>, String>>()?;
        for (of, texts) in &texts {
            let all = || (0..texts.ends.len()).map(|code| texts.at(code));
            if *of == Column::Pod && (0..block.lines).any(|line| texts.of_line(line).is_none()) {
                return Err("a total has no point of delivery".to_owned());
            }
            if let Some(name) = all().flatten().find(|n| of.holds_a_party() && n.parse::<PartyId>().is_err())
            {
                return Err(format!("`{name}` is no name of a party"));
            }
        }
        let amounts = |name: &str| Amounts::read(required(name)?, name);
        let stated = |name: &str| match amounts(name) {
            Ok(amounts) if amounts.units.contains(&None) => Err(format!("a total states no `{name}`")),
            other => other,
        };
        let optional = |name: &str| column(name).map(|values| Amounts::read(values, name)).transpose();
        let (count, value) = (stated(COUNT)?, stated(VALUE)?);
        if value.scale > MONEY_PLACES {
            return Err(format!("`{VALUE}` has {} places, and money has {MONEY_PLACES}", value.scale));
        }
        optional(UNIT_PRICE)?;
        Ok(Totals {
            lines: block.lines,
            texts: texts
                .into_iter()
                .map(|(_, texts)| texts)
                .collect::<Vec<_>>()
                .try_into()
                .map_err(|_| "it lacks a column".to_owned())?,
            flags: column(FLAGS).map(|values| Texts::read(values, FLAGS)).transpose()?,
            length_of_stay: optional(LENGTH_OF_STAY)?,
            count,
            value,
            sorted: Memo::default(),
        })
    }

    /// The block of totals whose texts are in `lists`, each different text once and the empty one for "not
    /// stated".
    pub fn columns(lists: [Vec<String>; TEXTS.len()], totals: &[Total]) -> Columns {
        let coded = |place: usize, values: Vec<String>| {
            let codes = totals.iter().map(|total| total.texts[place]).collect();
            (TEXTS[place].name(), Values::Coded { codes, values })
        };
        let decimal = |name: &'static str, scale: u8, of: &dyn Fn(&Total) -> Option<i64>| {
            (name, Values::Decimal { scale, units: totals.iter().map(of).collect() })
        };
        let texts = lists.into_iter().enumerate().map(|(place, values)| coded(place, values));
        let figures = [
            decimal(UNIT_PRICE, MONEY_PLACES, &|total| total.unit_price),
            decimal(COUNT, COUNT_PLACES, &|total| Some(total.count)),
            decimal(VALUE, MONEY_PLACES, &|total| Some(total.value)),
        ];
        let column = |(name, values)| columns::Column { name: Cow::Borrowed(name), values };
        Columns { lines: totals.len(), columns: texts.chain(figures).map(column).collect() }
    }

    /// The block of these lines, each a total with a value of its own.
    ///
    /// # Errors
    /// Names a line without a value, or whose figures are too large or too fine.
    pub fn block(lines: &[ActivityLine]) -> Result<Columns, String> {
        let texts = TEXTS.map(|of| {
            let stated = lines.iter().map(|line| super::Line::Own(line).text(of).unwrap_or(""));
            coded(stated.map(Cow::Borrowed))
        });
        let total = |(place, line): (usize, &ActivityLine)| {
            let value = line.value.ok_or("a total states no value")?;
            let price = line.unit_price.map(|price| units(&price.into(), MONEY_PLACES)).transpose()?;
            Ok(Total {
                texts: std::array::from_fn(|column| texts[column].0[place]),
                unit_price: price,
                value: units(&value.into(), MONEY_PLACES)?,
                count: units(line.count.exact(), COUNT_PLACES)?,
            })
        };
        let totals: Vec<Total> = lines.iter().enumerate().map(total).collect::<Result<_, String>>()?;
        let mut block = Totals::columns(texts.map(|(_, list)| list), &totals);
        let mut add = |name: &'static str, values: Values| {
            block.columns.push(columns::Column { name: Cow::Borrowed(name), values });
        };
        if lines.iter().any(|line| line.length_of_stay.is_some()) {
            let units = lines.iter().map(|line| line.length_of_stay.map(i64::from)).collect();
            add(LENGTH_OF_STAY, Values::Decimal { scale: 0, units });
        }
        if lines.iter().any(|line| !line.flags.is_empty()) {
            if let Some(flag) = lines.iter().flat_map(|line| &line.flags).find(|flag| flag.contains(BETWEEN))
            {
                return Err(format!("the flag `{flag}` has a space in it"));
            }
            let flags = lines.iter().map(|line| Cow::Owned(line.flags.join(&BETWEEN.to_string())));
            let (codes, values) = coded(flags);
            add(FLAGS, Values::Coded { codes, values });
        }
        Ok(block)
    }

    pub(super) fn text(&self, line: usize, column: Column) -> Option<&str> {
        self.texts[TEXTS.iter().position(|of| *of == column)?].of_line(line)
    }

    pub(super) fn has_flag(&self, line: usize, flag: &str) -> bool {
        let flags = self.flags.as_ref().and_then(|flags| flags.of_line(line));
        flags.is_some_and(|flags| flags.split(BETWEEN).any(|one| one == flag))
    }

    pub(super) fn length_of_stay(&self, line: usize) -> Option<u32> {
        u32::try_from(self.length_of_stay.as_ref()?.units(line)?).ok()
    }

    pub(super) fn count(&self, line: usize) -> Exact {
        self.count.exact(line)
    }

    pub(super) fn value(&self, line: usize) -> Exact {
        self.value.exact(line)
    }

    /// Totals that say the same in what is asked, added up, in the order of the first of each.
    pub(super) fn alike(&self, asked: &Asked) -> Vec<Alike> {
        let texts = TEXTS.iter().zip(&self.texts).filter(|(column, _)| asked.columns.contains(column));
        let flags = self.flags.as_ref().filter(|_| asked.flags).map(|flags| &flags.codes);
        let days = self.length_of_stay.as_ref().filter(|_| asked.days).map(|days| &days.codes);
        let codes: Vec<&Codes> = texts.map(|(_, texts)| &texts.codes).chain(flags).chain(days).collect();
        let mut places: BTreeMap<[u32; TEXTS.len() + 2], usize> = BTreeMap::new();
        let mut alike: Vec<(usize, usize, i128, i128)> = Vec::new();
        for line in 0..self.lines {
            let mut said = [0; TEXTS.len() + 2];
            for (said, codes) in said.iter_mut().zip(&codes) {
                *said = codes.at(line).map_or(0, |code| code as u32);
            }
            let place = *places.entry(said).or_insert_with(|| {
                alike.push((line, 0, 0, 0));
                alike.len() - 1
            });
            let (_, lines, units, value) = &mut alike[place];
            *lines += 1;
            *units += i128::from(self.count.units(line).unwrap_or(0));
            *value += i128::from(self.value.units(line).unwrap_or(0));
        }
        let added = |(first, lines, units, value)| Alike {
            first,
            lines,
            units: self.count.of(units),
            value: Some(self.value.of(value)),
        };
        alike.into_iter().map(added).collect()
    }

    /// The value of all.
    pub fn all_value(&self) -> Exact {
        self.value.sum()
    }

    /// The units of all.
    pub fn all_count(&self) -> Exact {
        self.count.sum()
    }
}

impl Texts {
    fn read(values: &Values, name: &str) -> Result<Texts, String> {
        let mut read = Texts { codes: Codes::of(&[]), ends: Vec::new(), text: String::new() };
        let mut add = |text: &str| {
            read.text.push_str(text);
            read.ends.push(read.text.len() as u32);
        };
        let codes = match values {
            Values::Coded { codes, values } => {
                values.iter().for_each(|value| add(value));
                Codes::of(codes)
            }
            Values::Text { .. } => {
                let mut places: BTreeMap<Option<&str>, u32> = BTreeMap::new();
                let codes: Vec<u32> = (0..values.lines())
                    .map(|line| {
                        let next = places.len() as u32;
                        *places.entry(values.text(line)).or_insert_with(|| {
                            add(values.text(line).unwrap_or(""));
                            next
                        })
                    })
                    .collect();
                Codes::of(&codes)
            }
            Values::Decimal { .. } | Values::Date(_) | Values::Number(_) => {
                return Err(format!("its column `{name}` is no text"));
            }
        };
        Ok(Texts { codes, ..read })
    }

    fn of_line(&self, line: usize) -> Option<&str> {
        self.at(self.codes.at(line)?)
    }

    fn at(&self, code: usize) -> Option<&str> {
        let from = code.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let text = self.text.get(from as usize..*self.ends.get(code)? as usize)?;
        (!text.is_empty()).then_some(text)
    }
}

impl Amounts {
    fn read(values: &Values, name: &str) -> Result<Amounts, String> {
        let Values::Decimal { scale, units } = values else {
            return Err(format!("its column `{name}` is no decimal"));
        };
        let mut places: BTreeMap<Option<i64>, u32> = BTreeMap::new();
        let mut different = Vec::new();
        let codes: Vec<u32> = units
            .iter()
            .map(|units| {
                let next = places.len() as u32;
                *places.entry(*units).or_insert_with(|| {
                    different.push(*units);
                    next
                })
            })
            .collect();
        Ok(Amounts { codes: Codes::of(&codes), units: different, scale: *scale })
    }

    fn units(&self, line: usize) -> Option<i64> {
        self.units.get(self.codes.at(line)?).copied().flatten()
    }

    fn exact(&self, line: usize) -> Exact {
        self.of(self.units(line).unwrap_or(0).into())
    }

    fn sum(&self) -> Exact {
        let units = (0..self.codes.len()).filter_map(|line| self.units(line));
        self.of(units.map(i128::from).sum())
    }

    fn of(&self, units: i128) -> Exact {
        Exact::ratio(units, 10i64.pow(u32::from(self.scale)))
    }
}

impl Codes {
    fn of(codes: &[u32]) -> Codes {
        match codes.iter().max().copied().unwrap_or(0) {
            0..=0xff => Codes::One(codes.iter().map(|code| *code as u8).collect()),
            0x100..=0xffff => Codes::Two(codes.iter().map(|code| *code as u16).collect()),
            _ => Codes::Four(codes.into()),
        }
    }

    fn len(&self) -> usize {
        match self {
            Codes::One(codes) => codes.len(),
            Codes::Two(codes) => codes.len(),
            Codes::Four(codes) => codes.len(),
        }
    }

    fn at(&self, line: usize) -> Option<usize> {
        match self {
            Codes::One(codes) => codes.get(line).map(|code| usize::from(*code)),
            Codes::Two(codes) => codes.get(line).map(|code| usize::from(*code)),
            Codes::Four(codes) => codes.get(line).map(|code| *code as usize),
        }
    }
}

/// Texts as codes, in the order in which they come, and the different ones.
fn coded<'a>(texts: impl Iterator<Item = Cow<'a, str>>) -> (Vec<u32>, Vec<String>) {
    let (mut places, mut values) = (BTreeMap::new(), Vec::new());
    let codes = texts.map(|text| {
        *places.entry(text).or_insert_with_key(|text| {
            values.push(text.to_string());
            values.len() as u32 - 1
        })
    });
    let codes = codes.collect();
    (codes, values)
}

/// A number in units of 10^-scale.
fn units(exact: &Exact, scale: u8) -> Result<i64, String> {
    let scaled = exact * &Exact::from(10i64.pow(u32::from(scale)));
    let units = if scaled == scaled.floor() { scaled.show(0).parse().ok() } else { None };
    units.ok_or_else(|| format!("{exact} has more than {scale} decimal places, or is too large"))
}
