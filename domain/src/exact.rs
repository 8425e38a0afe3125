//! Exact numbers, and the one place where a number is rounded.
//!
//! Workings are carried out in fractions of whole numbers of any size, so that "multiply before dividing"
//! holds whatever the order of a formula. Nothing here passes through a float.

use std::cmp::Ordering;
use std::fmt;
use std::ops::{Add, Mul, Neg, Sub};
use std::str::FromStr;

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::{BigRational, Ratio};
use num_traits::{CheckedAdd, CheckedDiv, CheckedMul, CheckedSub, Signed, ToPrimitive, Zero};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::money::{Money, Unit, group_thousands};

/// An exact number: a fraction in lowest terms.
///
/// Written as a decimal where one exists (`0.72`), else as a fraction (`5/12`); read from either.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Exact(Fraction);

/// Nearly all figures of a contract fit in machine words, with which a settlement is reckoned several times
/// as fast. A number that fits is always `Short`, so that equal numbers are equal here.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Fraction {
    Short(Ratio<i64>),
    Long(Box<BigRational>),
}

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
        Exact::from(0)
    }

    /// One.
    pub fn one() -> Exact {
        Exact::from(1)
    }

    /// `n / d`, for a `d` that is not zero by construction (a count of months, a hundred); zero gives zero.
    pub fn ratio(n: impl Into<i128>, d: impl Into<i128>) -> Exact {
        let (n, d) = (n.into(), d.into());
        if d == 0 { Exact::zero() } else { of_words(n, d) }
    }

    /// The quotient, or nothing where `other` is zero.
    pub fn checked_div(&self, other: &Exact) -> Option<Exact> {
        (!other.is_zero()).then(|| either(self, other, Ratio::checked_div, |a, b| a / b))
    }

    /// The number without its sign.
    pub fn abs(&self) -> Exact {
        if self.is_negative() { -self.clone() } else { self.clone() }
    }

    /// Below zero.
    pub fn is_negative(&self) -> bool {
        match &self.0 {
            Fraction::Short(short) => short.is_negative(),
            Fraction::Long(long) => long.is_negative(),
        }
    }

    /// Neither above nor below zero.
    pub fn is_zero(&self) -> bool {
        matches!(&self.0, Fraction::Short(short) if short.is_zero())
    }

    /// Rounds to `places` decimal places, halves away from zero: the only rounding rule there is.
    pub fn to_places(&self, places: u32) -> Exact {
        match (self.short_units(places), 10i128.checked_pow(places)) {
            (Some(units), Some(scale)) => of_words(units, scale),
            _ => of_long(BigRational::new(self.long_units(places), BigInt::from(10).pow(places))),
        }
    }

    /// How many units of so many decimal places it comes to, halves away from zero.
    fn long_units(&self, places: u32) -> BigInt {
        let long = self.long();
        let halfway: BigInt = long.numer().abs() * BigInt::from(10).pow(places) * 2 + long.denom();
        let units = halfway.div_floor(&(long.denom() * BigInt::from(2)));
        if long.is_negative() { -units } else { units }
    }

    /// The same, where everything fits in machine words.
    fn short_units(&self, places: u32) -> Option<i128> {
        let (n, d) = words(self)?;
        let doubled = n.abs().checked_mul(10i128.checked_pow(places)?)?.checked_mul(2)?;
        Some(doubled.checked_add(d)? / (2 * d) * n.signum())
    }

    /// The largest whole number not above it.
    pub fn floor(&self) -> Exact {
        match &self.0 {
            Fraction::Short(short) => Exact::from(short.numer().div_euclid(*short.denom())),
            Fraction::Long(long) => of_long(long.floor()),
        }
    }

    /// Rounds to the money unit of a contract, halves away from zero.
    pub fn to_unit(&self, unit: Unit) -> Exact {
        self.to_places(unit.places())
    }

    /// As money, where it has at most the two places of a currency and fits; a fraction of a penny does not.
    pub fn as_money(&self) -> Option<Money> {
        let cents = match words(self) {
            Some((n, d)) => (n * 100 % d == 0).then(|| n * 100 / d)?,
            None => (self * &Exact::from(100)).whole()?,
        };
        Decimal::try_from_i128_with_scale(cents, 2).ok().map(Money::from_cents)
    }

    /// As a whole number, where it is one.
    fn whole(&self) -> Option<i128> {
        let long = self.long();
        long.is_integer().then(|| long.numer().to_i128())?
    }

    /// The number of decimal places after which the decimal ends, or nothing where it never does.
    fn terminating_places(&self) -> Option<u32> {
        match &self.0 {
            Fraction::Short(short) => places_of(*short.denom()),
            Fraction::Long(long) => places_of(long.denom().clone()),
        }
    }

    /// As a decimal with exactly `places` places, for people; the value is rounded for show only.
    pub fn show(&self, places: u32) -> String {
        let digits =
            self.short_units(places).map_or_else(|| self.long_units(places).to_string(), |u| u.to_string());
        let (sign, digits) = digits.strip_prefix('-').map_or(("", digits.as_str()), |digits| ("-", digits));
        let digits = format!("{digits:0>0$}", places as usize + 1);
        let (whole, part) = digits.split_at(digits.len() - places as usize);
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
            None => match &self.0 {
                Fraction::Short(short) => write!(f, "{}/{}", short.numer(), short.denom()),
                Fraction::Long(long) => write!(f, "{}/{}", long.numer(), long.denom()),
            },
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
            return Ok(of_long(BigRational::new(n, d)));
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
        let (written, places) = (format!("{int}{frac}"), frac.len() as u32);
        Ok(match (written.parse::<i128>(), 10i128.checked_pow(places)) {
            (Ok(n), Some(scale)) => of_words(n * sign, scale),
            _ => of_long(BigRational::new(whole(&written, text)? * sign, BigInt::from(10).pow(places))),
        })
    }
}

fn whole(digits: &str, text: &str) -> Result<BigInt, NotANumber> {
    BigInt::from_str(digits).map_err(|_| NotANumber::Malformed(text.to_owned()))
}

impl From<i64> for Exact {
    fn from(n: i64) -> Exact {
        of_words(n.into(), 1)
    }
}

impl From<Decimal> for Exact {
    fn from(d: Decimal) -> Exact {
        Exact::ratio(d.mantissa(), 10i128.pow(d.scale()))
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

/// After how many decimal places a fraction ends that has this number below the line.
fn places_of<T: Integer + Clone + From<u8>>(mut below: T) -> Option<u32> {
    let mut take = |factor: u8| {
        let factor = T::from(factor);
        let mut times = 0;
        while below.is_multiple_of(&factor) {
            below = below.clone() / factor.clone();
            times += 1;
        }
        times
    };
    let (twos, fives) = (take(2), take(5));
    below.is_one().then_some(twos.max(fives))
}

/// A fraction of a `d` that is not zero.
fn of_words(n: i128, d: i128) -> Exact {
    if let (Some(n), Some(d)) = (n.to_i64().filter(|n| *n != i64::MIN), d.to_i64().filter(|d| *d > 0)) {
        return Exact(Fraction::Short(Ratio::new(n, d)));
    }
    let common = n.gcd(&d) * d.signum();
    let (n, d) = (n / common, d / common);
    let words = n.to_i64().zip(d.to_i64()).map(|(n, d)| Ratio::new_raw(n, d));
    words.and_then(short).unwrap_or_else(|| of_long(BigRational::new_raw(n.into(), d.into())))
}

/// A fraction in lowest terms, short where it can be.
fn of_long(long: BigRational) -> Exact {
    let words = long.numer().to_i64().zip(long.denom().to_i64()).map(|(n, d)| Ratio::new_raw(n, d));
    words.and_then(short).unwrap_or_else(|| Exact(Fraction::Long(Box::new(long))))
}

/// A fraction in words. The least of them is left out: it has no number opposite.
fn short(fraction: Ratio<i64>) -> Option<Exact> {
    (*fraction.numer() != i64::MIN).then_some(Exact(Fraction::Short(fraction)))
}

/// Numerator and denominator of a short one.
fn words(exact: &Exact) -> Option<(i128, i128)> {
    match &exact.0 {
        Fraction::Short(short) => Some(((*short.numer()).into(), (*short.denom()).into())),
        Fraction::Long(_) => None,
    }
}

impl Exact {
    fn long(&self) -> BigRational {
        match &self.0 {
            Fraction::Short(short) => BigRational::new_raw((*short.numer()).into(), (*short.denom()).into()),
            Fraction::Long(long) => long.as_ref().clone(),
        }
    }
}

/// What two numbers come to: in words where both and the result fit.
fn either(
    a: &Exact,
    b: &Exact,
    in_words: impl FnOnce(&Ratio<i64>, &Ratio<i64>) -> Option<Ratio<i64>>,
    at_length: impl FnOnce(BigRational, BigRational) -> BigRational,
) -> Exact {
    let in_words = match (&a.0, &b.0) {
        (Fraction::Short(a), Fraction::Short(b)) => in_words(a, b).and_then(short),
        _ => None,
    };
    in_words.unwrap_or_else(|| of_long(at_length(a.long(), b.long())))
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Exact) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Exact {
    fn cmp(&self, other: &Exact) -> Ordering {
        match words(self).zip(words(other)) {
            Some(((a, b), (c, d))) => (a * d).cmp(&(c * b)),
            None => self.long().cmp(&other.long()),
        }
    }
}

macro_rules! operator {
    ($($trait:ident $method:ident $checked:ident $op:tt;)*) => {$(
        impl $trait for &Exact {
            type Output = Exact;
            fn $method(self, other: &Exact) -> Exact {
                either(self, other, Ratio::$checked, |a, b| a $op b)
            }
        }
        impl $trait for Exact {
            type Output = Exact;
            fn $method(self, other: Exact) -> Exact { &self $op &other }
        }
    )*};
}
operator! {
    Add add checked_add +;
    Sub sub checked_sub -;
    Mul mul checked_mul *;
}

impl Neg for Exact {
    type Output = Exact;
    fn neg(self) -> Exact {
        match self.0 {
            Fraction::Short(short) => Exact(Fraction::Short(-short)),
            Fraction::Long(long) => of_long(-*long),
        }
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
    fn edges() -> impl Iterator<Item = BigRational> {
        let whole = [0, 25, 1_090_778, i64::MAX].map(i128::from);
        let all: Vec<i128> = whole.into_iter().flat_map(|n| [n, -n, n * 7 + 1, n * n, -n - 1]).collect();
        let below = [1i64, 12, 100, i64::MAX];
        all.into_iter().flat_map(move |n| below.map(|d| BigRational::new(n.into(), d.into())))
    }

    #[test]
    fn short_numbers_come_to_what_long_ones_do() {
        // Equal numbers are kept alike, so what is written is compared as well.
        let same = |short: Exact, long: BigRational| {
            assert_eq!((short.long(), short), (long.clone(), of_long(long)));
        };
        let ten = |places: u32| BigRational::from_integer(BigInt::from(10).pow(places));
        for one in edges() {
            let a = of_long(one.clone());
            same(-a.clone(), -&one);
            same(a.abs(), one.abs());
            same(a.floor(), one.floor());
            assert_eq!((a.is_zero(), a.is_negative()), (one.is_zero(), one.is_negative()));
            assert_eq!(a.to_string().parse::<Exact>().as_ref(), Ok(&a));
            let cents =
                (&one * ten(2)).is_integer().then(|| (&one * ten(2)).to_integer().to_i128()).flatten();
            let money = cents.and_then(|cents| Decimal::try_from_i128_with_scale(cents, 2).ok());
            assert_eq!(a.as_money().map(Exact::from), money.map(Exact::from));
            for places in [0, 2, 12, 30, 50] {
                same(a.to_places(places), (&one * ten(places)).round() / ten(places));
                let (shown, point) = (a.show(places), places as usize);
                assert_eq!(
                    of_long(shown.replace('.', "").parse::<BigRational>().unwrap() / ten(places)),
                    a.to_places(places)
                );
                assert_eq!(shown.rsplit_once('.').map_or(0, |(_, part)| part.len()), point);
            }
            for other in edges() {
                let b = of_long(other.clone());
                same(&a + &b, &one + &other);
                same(&a - &b, &one - &other);
                same(&a * &b, &one * &other);
                assert_eq!(a.cmp(&b), one.cmp(&other));
                match a.checked_div(&b) {
                    Some(quotient) => same(quotient, &one / &other),
                    None => assert!(other.is_zero()),
                }
            }
        }
    }

    #[test]
    fn a_ratio_keeps_its_sign_above_the_line() {
        assert_eq!(Exact::ratio(3, -12), exact("-0.25"));
        assert_eq!(Exact::ratio(i128::MAX, -1).to_string(), format!("-{}", i128::MAX));
        assert_eq!(Exact::ratio(5, 0), Exact::zero());
    }

    #[test]
    fn shown_percentages_need_no_trailing_zeros() {
        assert_eq!(exact("0.1").show_percent(4), "10%");
        assert_eq!(exact("0.025").show_percent(4), "2.5%");
        assert_eq!(exact("1/3").show_percent(4), "33.3333%");
    }
}
