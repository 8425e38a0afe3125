//! Rates and counts: the other two quantities of a statement besides money.

use std::fmt;
use std::str::FromStr;

use crate::exact::{Exact, NotANumber};
use crate::text::serde_as_text;

/// A rate, written with a percent sign in terms (`10%`); a bare number is refused, for nobody can tell 0.5
/// from 0.5%.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rate(Exact);

/// A count, an indicator's value or a score: any number that is neither money nor a percentage.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Count(Exact);

/// Why a text is not a rate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotARate {
    /// Not a number at all.
    #[error(transparent)]
    NotANumber(#[from] NotANumber),
    /// A number without the percent sign.
    #[error("`{0}` has no percent sign; write a rate as `10%`")]
    NoPercentSign(String),
}

impl Rate {
    /// The rate as a fraction of one.
    pub fn exact(&self) -> &Exact {
        &self.0
    }

    /// A rate from a fraction of one.
    pub fn of(fraction: Exact) -> Rate {
        Rate(fraction)
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", &self.0 * &Exact::from(100))
    }
}

impl FromStr for Rate {
    type Err = NotARate;

    fn from_str(text: &str) -> Result<Rate, NotARate> {
        let number = text.strip_suffix('%').ok_or_else(|| NotARate::NoPercentSign(text.to_owned()))?;
        Ok(Rate(&number.trim_end().parse::<Exact>()? * &Exact::ratio(1, 100)))
    }
}

serde_as_text!(Rate, "a rate with a percent sign, such as \"10%\"");

impl Count {
    /// The number itself.
    pub fn exact(&self) -> &Exact {
        &self.0
    }

    /// A count of whole things.
    pub fn of(n: i64) -> Count {
        Count(Exact::from(n))
    }
}

impl From<Exact> for Count {
    fn from(number: Exact) -> Count {
        Count(number)
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Count {
    type Err = NotANumber;

    fn from_str(text: &str) -> Result<Count, NotANumber> {
        text.parse().map(Count)
    }
}

serde_as_text!(Count, "a number in quotes, such as \"0.72\"");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_needs_its_percent_sign() {
        assert_eq!("10%".parse::<Rate>().unwrap().exact().to_string(), "0.1");
        assert_eq!("12.5 %".parse::<Rate>().unwrap().to_string(), "12.5%");
        assert!(matches!("0.1".parse::<Rate>(), Err(NotARate::NoPercentSign(_))));
    }
}
