//! Exact numbers, and the one place where a number is rounded.
//!
//! Workings are carried out in fractions of whole numbers of any size, so that "multiply before dividing" holds
//! whatever the order of a formula. Nothing here passes through a float.

use std::fmt;
use std::ops::{Add, Mul, Neg, Sub};
use std::str::FromStr;

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::money::{Money, Unit, group_thousands};

/// An exact number: a fraction in lowest terms.
///
/// Written as a decimal where one exists (`0.72`), else as a fraction (`5/12`); read from either.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Exact(BigRational);

/// Why a text is not a number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotANumber {
    /// The text has a character that no number has.
    #[error("`{0}` is not a number")]
    Malformed(String),
    /// More digits than any figure of a contract has.
    #[error("`{0}` has more than 40 characters; no figure of a contract is that long")]
    TooLong(String),
    /// A fraction with nothing below the line.
    #[error("`{0}` divides by zero")]
    ZeroBelow(String),
}

impl Default for Exact {
    fn default() -> Exact {
        Exact::zero()
    }
}

impl Exact {
    /// Nothing.
    pub fn zero() -> Exact {
        Exact(BigRational::zero())
    }

    /// One.
    pub fn one() -> Exact {
        Exact(BigRational::one())
    }

    /// `n / d`, for a `d` that is not zero by construction (a count of months, a hundred); zero gives zero.
    pub fn ratio(n: impl Into<BigInt>, d: impl Into<BigInt>) -> Exact {
        let d = d.into();
        if d.is_zero() { Exact::zero() } else { lowest(n.into(), d) }
    }

    /// The quotient, or nothing where `other` is zero.
    pub fn checked_div(&self, other: &Exact) -> Option<Exact> {
        (!other.0.is_zero()).then(|| Exact(&self.0 / &other.0))
    }

    /// The number without its sign.
    pub fn abs(&self) -> Exact {
        Exact(self.0.abs())
    }

    /// Below zero.
    pub fn is_negative(&self) -> bool {
        self.0.is_negative()
    }

    /// Neither above nor below zero.
    pub fn is_zero(&self) -> bool {
        self.0.is_zero()
    }

    /// Rounds to `places` decimal places, halves away from zero: the only rounding rule there is.
    pub fn to_places(&self, places: u32) -> Exact {
        let scale = BigInt::from(10).pow(places);
        let d = self.0.denom();
        let halfway: BigInt = self.0.numer().abs() * &scale * 2 + d;
        let whole = halfway.div_floor(&(d * BigInt::from(2)));
        let signed = if self.is_negative() { -whole } else { whole };
        lowest(signed, scale)
    }

    /// The largest whole number not above it.
    pub fn floor(&self) -> Exact {
        Exact(self.0.floor())
    }

    /// Rounds to the money unit of a contract, halves away from zero.
    pub fn to_unit(&self, unit: Unit) -> Exact {
        self.to_places(unit.places())
    }

    /// As money, where it has at most the two places of a currency and fits; a fraction of a penny does not.
    pub fn as_money(&self) -> Option<Money> {
        let (cents, rest) = (self.0.numer() * BigInt::from(100)).div_rem(self.0.denom());
        let cents = rest.is_zero().then_some(cents)?.to_i128()?;
        Decimal::try_from_i128_with_scale(cents, 2).ok().map(Money::from_cents)
    }

    /// The number of decimal places after which the decimal ends, or nothing where it never does.
    fn terminating_places(&self) -> Option<u32> {
        let mut rest = self.0.denom().clone();
        let (mut twos, mut fives) = (0, 0);
        while rest.is_even() {
            rest /= 2;
            twos += 1;
        }
        while (&rest % 5u32).is_zero() {
            rest /= 5;
            fives += 1;
        }
        rest.is_one().then_some(twos.max(fives))
    }

    /// As a decimal with exactly `places` places, for people; the value is rounded for show only.
    pub fn show(&self, places: u32) -> String {
        let rounded = self.to_places(places).0;
        let scaled = rounded.numer() * BigInt::from(10).pow(places) / rounded.denom();
        let digits = format!("{:0>1$}", scaled.abs(), places as usize + 1);
        let (whole, part) = digits.split_at(digits.len() - places as usize);
        let sign = if scaled.is_negative() { "-" } else { "" };
        if places == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
    }

    /// With as many places as it needs and its thousands apart, for people: `12,345.5`.
    pub fn show_grouped(&self) -> String {
        let text = self.abs().to_string();
        let (whole, part) = text.split_at(text.find('.').unwrap_or(text.len()));
        format!("{}{}{part}", if self.is_negative() { "-" } else { "" }, group_thousands(whole))
    }

    /// As a percentage with as many places as it needs, at most `places`.
    pub fn show_percent(&self, places: u32) -> String {
        let text = (self * &Exact::from(100)).show(places);
        if text.contains('.') {
            format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
        } else {
            format!("{text}%")
        }
    }
}

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.terminating_places() {
            Some(places) => f.write_str(&self.show(places)),
            None => write!(f, "{}/{}", self.0.numer(), self.0.denom()),
        }
    }
}

impl FromStr for Exact {
    type Err = NotANumber;

    fn from_str(text: &str) -> Result<Exact, NotANumber> {
        if text.len() > 400 {
            return Err(NotANumber::TooLong(text.chars().take(40).collect()));
        }
        if let Some((n, d)) = text.split_once('/') {
            let (n, d) = (whole(n, text)?, whole(d, text)?);
            if d.is_zero() {
                return Err(NotANumber::ZeroBelow(text.to_owned()));
            }
            return Ok(lowest(n, d));
        }
        let (sign, digits) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text),
        };
        let (int, frac) = digits.split_once('.').unwrap_or((digits, ""));
        let digits_only = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        let dot_without_digits = digits.contains('.') && frac.is_empty();
        if int.is_empty() || dot_without_digits || !digits_only(int) || !digits_only(frac) {
            return Err(NotANumber::Malformed(text.to_owned()));
        }
        if digits.len() > 40 {
            return Err(NotANumber::TooLong(text.to_owned()));
        }
        let n = whole(&format!("{int}{frac}"), text)?;
        Ok(lowest(n * sign, BigInt::from(10).pow(frac.len() as u32)))
    }
}

fn whole(digits: &str, text: &str) -> Result<BigInt, NotANumber> {
    BigInt::from_str(digits).map_err(|_| NotANumber::Malformed(text.to_owned()))
}

impl From<i64> for Exact {
    fn from(n: i64) -> Exact {
        Exact(BigRational::from_integer(n.into()))
    }
}

impl From<Decimal> for Exact {
    fn from(d: Decimal) -> Exact {
        Exact::ratio(d.mantissa(), BigInt::from(10).pow(d.scale()))
    }
}

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Exact, D::Error> {
        crate::text::from_text(d, "a number in quotes, such as \"0.72\"", |t| t.parse())
    }
}

/// A fraction in lowest terms, of a `d` that is not zero.
fn lowest(n: BigInt, d: BigInt) -> Exact {
    match (n.to_i128(), d.to_i128()) {
        (Some(n), Some(d)) if d > 0 => lowest_of_words(n, d),
        _ => Exact(BigRational::new(n, d)),
    }
}

/// The same of numbers that fit in machine words, as nearly all figures of a contract do: the greatest common divisor of
/// longer ones takes most of the time of a settlement.
fn lowest_of_words(n: i128, d: i128) -> Exact {
    let common = common_divisor(n.unsigned_abs(), d.unsigned_abs());
    let lower = |n: i128| BigInt::from(n.unsigned_abs() / common) * n.signum();
    Exact(BigRational::new_raw(lower(n), lower(d)))
}

fn common_divisor(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// Numerator and denominator, where each fits in 64 bits: what two of them come to then fits in 128 or is found not to.
fn words(exact: &Exact) -> Option<(i128, i128)> {
    let (n, d) = (exact.0.numer().to_i64()?, exact.0.denom().to_i64()?);
    Some((n.into(), d.into()))
}

/// The sum of two fractions, or their product, in words.
type InWords = fn((i128, i128), (i128, i128)) -> Option<(i128, i128)>;

macro_rules! operator {
    ($($trait:ident $method:ident $op:tt $in_words:expr;)*) => {$(
        impl $trait for &Exact {
            type Output = Exact;
            fn $method(self, other: &Exact) -> Exact {
                const IN_WORDS: InWords = $in_words;
                let short = words(self).zip(words(other)).and_then(|(a, b)| IN_WORDS(a, b));
                short.map_or_else(|| Exact(&self.0 $op &other.0), |(n, d)| lowest_of_words(n, d))
            }
        }
        impl $trait for Exact {
            type Output = Exact;
            fn $method(self, other: Exact) -> Exact { &self $op &other }
        }
    )*};
}
operator! {
    Add add + |(a, b), (c, d)| Some(((a * d).checked_add(c * b)?, b * d));
    Sub sub - |(a, b), (c, d)| Some(((a * d).checked_sub(c * b)?, b * d));
    Mul mul * |(a, b), (c, d)| Some((a * c, b * d));
}

impl Neg for Exact {
    type Output = Exact;
    fn neg(self) -> Exact {
        Exact(-self.0)
    }
}

impl std::iter::Sum for Exact {
    fn sum<I: Iterator<Item = Exact>>(items: I) -> Exact {
        items.fold(Exact::zero(), |a, b| a + b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Exact {
        text.parse().unwrap()
    }

    #[test]
    fn a_number_is_written_as_it_was_read() {
        for text in ["0.72", "-12.5", "5/12", "23000000", "0.0000001"] {
            assert_eq!(exact(text).to_string(), text);
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", "-", "1.", ".5", "1e3", "1,000", "£5", "5/0", "0x10", "--1", "1.2.3"] {
            assert!(text.parse::<Exact>().is_err(), "{text}");
        }
    }

    #[test]
    fn halves_go_away_from_zero() {
        for (text, penny) in
            [("0.005", "0.01"), ("-0.005", "-0.01"), ("0.0149", "0.01"), ("2.675", "2.68"), ("1/3", "0.33")]
        {
            assert_eq!(exact(text).to_places(2), exact(penny), "{text}");
        }
    }

    /// Numbers around the edges of a word, where the short way ends.
    fn edges() -> impl Iterator<Item = Exact> {
        let whole = [0, 25, 1_090_778, i64::MAX].map(i128::from);
        let all: Vec<i128> = whole.into_iter().flat_map(|n| [n, -n, n * 7 + 1, n * n]).collect();
        let below = [1i64, 12, 100, i64::MAX];
        all.into_iter().flat_map(move |n| below.map(|d| Exact(BigRational::new(n.into(), d.into()))))
    }

    #[test]
    fn short_numbers_come_to_what_long_ones_do() {
        let same = |short: Exact, long: BigRational| {
            assert_eq!((short.0.numer(), short.0.denom()), (long.numer(), long.denom()));
        };
        for a in edges() {
            for b in edges() {
                same(&a + &b, &a.0 + &b.0);
                same(&a - &b, &a.0 - &b.0);
                same(&a * &b, &a.0 * &b.0);
            }
            let scaled = &a.0 * BigRational::from_integer(100.into());
            same(a.to_places(2), scaled.round() / BigRational::from_integer(100.into()));
        }
    }

    #[test]
    fn shown_percentages_need_no_trailing_zeros() {
        assert_eq!(exact("0.1").show_percent(4), "10%");
        assert_eq!(exact("0.025").show_percent(4), "2.5%");
        assert_eq!(exact("1/3").show_percent(4), "33.3333%");
    }
}
