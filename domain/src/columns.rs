//! Lines in bulk, column by column, as a block of them holds them.

use std::borrow::Cow;

/// The most lines of a block.
pub const MOST_LINES: usize = 50_000;

/// Why columns do not hold together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the column `{column}` cannot be kept in a block: {what}")]
pub struct Unfit {
    /// Which column; empty where it is about all of them.
    pub column: String,
    /// What is wrong.
    pub what: String,
}

/// Lines column by column; every column has as many values as there are lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    /// How many lines, at most [`MOST_LINES`].
    pub lines: usize,
    /// The columns, in the order of the file.
    pub columns: Vec<Column>,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name, in lower case with underscores, such as `point_of_delivery_code`.
    pub name: Cow<'static, str>,
    /// A value for each line.
    pub values: Values,
}

/// The values of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Values {
    /// Text with few different values: for each line a place in `values`; the empty text is "not stated".
    /// There may be more in `values` than the lines use.
    Coded {
        /// For each line a place in `values`.
        codes: Vec<u32>,
        /// The different values.
        values: Vec<String>,
    },
    /// Text that hardly repeats, end to end; `ends` says where each value ends. Empty is "not stated".
    Text {
        /// Where in `text` the value of each line ends, in bytes.
        ends: Vec<u32>,
        /// All values, one after the other.
        text: String,
    },
    /// A decimal in units of 10^-scale; `None` is "not stated".
    Decimal {
        /// How many digits stand after the point, at most 18.
        scale: u8,
        /// The value of each line in units of 10^-scale, at most 18 digits.
        units: Vec<Option<i64>>,
    },
    /// Days since 1970; `None` is "not stated".
    Date(Vec<Option<i32>>),
    /// A number, such as the row of the file.
    Number(Vec<i64>),
}

impl Columns {
    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Sees that every column has a name of its own and a sound value for each line.
    ///
    /// # Errors
    /// Names the column and what is wrong with it.
    pub fn check(&self) -> Result<(), Unfit> {
        if self.lines > MOST_LINES {
            let what = format!("it has {} lines, and a block holds at most {MOST_LINES}", self.lines);
            return Err(Unfit { column: String::new(), what });
        }
        for (place, column) in self.columns.iter().enumerate() {
            let unfit = |what: String| Unfit { column: column.name.to_string(), what };
            if self.columns[..place].iter().any(|other| other.name == column.name) {
                return Err(unfit("there are two of this name".to_owned()));
            }
            if column.values.lines() != self.lines {
                let what = format!("it has {} values for {} lines", column.values.lines(), self.lines);
                return Err(unfit(what));
            }
            column.values.check().map_err(unfit)?;
        }
        Ok(())
    }
}

impl Values {
    /// How many lines they are of.
    pub fn lines(&self) -> usize {
        match self {
            Values::Coded { codes, .. } => codes.len(),
            Values::Text { ends, .. } => ends.len(),
            Values::Decimal { units, .. } => units.len(),
            Values::Date(days) => days.len(),
            Values::Number(numbers) => numbers.len(),
        }
    }

    /// The text of a line, where it states one; `None` for values that are no text.
    pub fn text(&self, line: usize) -> Option<&str> {
        let text = match self {
            Values::Coded { codes, values } => values.get(*codes.get(line)? as usize)?,
            Values::Text { ends, text } => {
                let before = line.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
                text.get(before as usize..*ends.get(line)? as usize)?
            }
            Values::Decimal { .. } | Values::Date(_) | Values::Number(_) => return None,
        };
        (!text.is_empty()).then_some(text)
    }

    fn check(&self) -> Result<(), String> {
        match self {
            Values::Coded { codes, values } => {
                match codes.iter().find(|code| **code as usize >= values.len()) {
                    Some(code) => Err(format!("the code {code} is none of its {} values", values.len())),
                    None => Ok(()),
                }
            }
            Values::Text { ends, text } => {
                let sound = |pair: &[u32]| pair[0] <= pair[1] && text.is_char_boundary(pair[0] as usize);
                match ends.windows(2).all(sound) && ends.last().copied().unwrap_or(0) as usize == text.len() {
                    true => Ok(()),
                    false => Err("the ends of its values do not cut its text up".to_owned()),
                }
            }
            Values::Decimal { scale, units } => {
                if *scale > 18 {
                    return Err(format!("a scale of {scale} is more than 18 digits hold"));
                }
                match units.iter().flatten().find(|units| units.unsigned_abs() >= 10u64.pow(18)) {
                    Some(units) => Err(format!("{units} has more than 18 digits")),
                    None => Ok(()),
                }
            }
            Values::Date(_) | Values::Number(_) => Ok(()),
        }
    }
}
