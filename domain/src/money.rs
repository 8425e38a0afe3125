//! Money: a decimal with the two places of its currency, the unit to which a contract rounds, and the split
//! of an amount into shares that sum to it.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;

use crate::exact::{Exact, NotANumber};
use crate::text::serde_as_text;

/// An amount of money, to the penny or cent.
///
/// In JSON always a string with the currency's two places (`"5096000.00"`). Its sign is that of the line it
/// stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(Decimal);

/// The unit to which a contract rounds money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// `0.01`: the penny or cent.
    Penny,
    /// `1`: the pound or dollar.
    Whole,
}

/// The currency of a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Currency {
    /// Pounds sterling.
    Gbp,
    /// United States dollars.
    Usd,
    /// New Zealand dollars.
    Nzd,
}

/// Why a text is not money.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotMoney {
    /// Not a number at all.
    #[error(transparent)]
    NotANumber(#[from] NotANumber),
    /// Digits below the penny.
    #[error("`{0}` has digits below the penny; money has at most two decimal places")]
    BelowThePenny(String),
    /// More than the ledger can hold.
    #[error("`{0}` is larger than any amount the ledger holds")]
    TooLarge(String),
}

impl Money {
    /// Nothing.
    pub const ZERO: Money = Money(Decimal::ZERO);

    /// From a decimal of scale two, as [`Exact::as_money`] makes it.
    pub(crate) fn from_cents(cents: Decimal) -> Money {
        Money(cents)
    }

    /// Below zero.
    pub fn is_negative(&self) -> bool {
        self.0.is_sign_negative() && !self.0.is_zero()
    }

    /// The sum, or nothing where it is larger than any amount the ledger holds.
    pub fn checked_add(self, other: Money) -> Option<Money> {
        self.0.checked_add(other.0).map(Money)
    }

    /// With thousands separated by commas and the currency's sign: `-£240,561.73`.
    pub fn show(&self, currency: Currency) -> String {
        format!("{}{}{}", if self.is_negative() { "-" } else { "" }, currency.sign(), self.show_plain_abs())
    }

    fn show_plain_abs(&self) -> String {
        let text = Exact::from(self.0).abs().show(2);
        let (whole, pence) = text.split_at(text.len() - 3);
        format!("{}{pence}", group_thousands(whole))
    }

    /// With thousands separated by commas and no currency sign: `-240,561.73`.
    pub fn show_plain(&self) -> String {
        format!("{}{}", if self.is_negative() { "-" } else { "" }, self.show_plain_abs())
    }
}

/// Separates thousands by commas in a string of digits.
pub fn group_thousands(digits: &str) -> String {
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Exact::from(self.0).show(2))
    }
}

impl FromStr for Money {
    type Err = NotMoney;

    /// Plain digits, or as a person types it: `£1,234.56`, `$5`, `(12.00)`, `-£12`. Commas stand before every
    /// third digit or nowhere, so that a decimal comma is never read as a thousand.
    fn from_str(text: &str) -> Result<Money, NotMoney> {
        let malformed = || NotMoney::NotANumber(NotANumber::Malformed(text.to_owned()));
        let typed = text.trim();
        let (negative, unsigned) = match typed.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
            Some(inner) => (true, inner),
            None => typed.strip_prefix('-').map_or((false, typed), |rest| (true, rest)),
        };
        let digits = unsigned.trim_start_matches(['£', '$']);
        let plain = ungrouped(digits).filter(|d| !d.starts_with('-')).ok_or_else(malformed)?;
        let exact: Exact = plain.parse().map_err(|_| malformed())?;
        if exact != exact.to_places(2) {
            return Err(NotMoney::BelowThePenny(text.to_owned()));
        }
        let signed = if negative { -exact } else { exact };
        signed.as_money().ok_or_else(|| NotMoney::TooLarge(text.to_owned()))
    }
}

/// Digits without the commas that separate their thousands; nothing where a comma stands elsewhere.
fn ungrouped(digits: &str) -> Option<String> {
    let whole = digits.split('.').next().unwrap_or_default();
    let groups: Vec<&str> = whole.split(',').collect();
    let (first, rest) = groups.split_first()?;
    let grouped =
        rest.is_empty() || ((1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3));
    let after_the_point = digits[whole.len()..].contains(',');
    (grouped && !after_the_point).then(|| digits.replace(',', ""))
}

serde_as_text!(Money, "an amount in quotes, such as \"1234.56\"");

impl From<Money> for Exact {
    fn from(money: Money) -> Exact {
        Exact::from(money.0)
    }
}

impl Unit {
    /// Decimal places kept.
    pub fn places(self) -> u32 {
        match self {
            Unit::Penny => 2,
            Unit::Whole => 0,
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unit::Penny => "0.01",
            Unit::Whole => "1",
        })
    }
}

impl FromStr for Unit {
    type Err = String;

    fn from_str(text: &str) -> Result<Unit, String> {
        match text {
            "0.01" => Ok(Unit::Penny),
            "1" => Ok(Unit::Whole),
            other => Err(format!("`{other}` is not a rounding unit; write 0.01 or 1")),
        }
    }
}

serde_as_text!(Unit, "a rounding unit, 0.01 or 1");

impl Currency {
    /// The sign printed before an amount.
    pub fn sign(self) -> &'static str {
        match self {
            Currency::Gbp => "£",
            Currency::Usd => "$",
            Currency::Nzd => "NZ$",
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Currency::Gbp => "GBP",
            Currency::Usd => "USD",
            Currency::Nzd => "NZD",
        })
    }
}

impl FromStr for Currency {
    type Err = String;

    fn from_str(text: &str) -> Result<Currency, String> {
        match text {
            "GBP" => Ok(Currency::Gbp),
            "USD" => Ok(Currency::Usd),
            "NZD" => Ok(Currency::Nzd),
            other => Err(format!("`{other}` is not a currency the ledger knows; write GBP, USD or NZD")),
        }
    }
}

serde_as_text!(Currency, "a currency code such as GBP");

/// Splits `total` in proportion to `weights`, to the unit, so that the parts sum to the whole.
///
/// Each part is the exact share of the absolute amount rounded down; the units left over go one each to the
/// largest remainders, ties in list order; then the sign returns. Weights that sum to nothing give nothing,
/// and `total` should then be nothing too.
pub fn allocate(total: &Exact, weights: &[Exact], unit: Unit) -> Vec<Exact> {
    let sum: Exact = weights.iter().cloned().sum();
    if sum.is_zero() {
        return vec![Exact::zero(); weights.len()];
    }
    let scale = Exact::from(10i64.pow(unit.places()));
    let units = total.abs().to_unit(unit) * scale.clone();
    let exact: Vec<Exact> =
        weights.iter().map(|w| (&units * w).checked_div(&sum).unwrap_or_else(Exact::zero)).collect();
    let mut parts: Vec<Exact> = exact.iter().map(Exact::floor).collect();
    let mut left = units - parts.iter().cloned().sum();
    let rest: Vec<Exact> = exact.iter().zip(&parts).map(|(exact, part)| exact - part).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by(|&a, &b| rest[b].cmp(&rest[a]));
    for i in order {
        if left < Exact::one() {
            break;
        }
        parts[i] = &parts[i] + &Exact::one();
        left = left - Exact::one();
    }
    let back = |p: Exact| p.checked_div(&scale).unwrap_or_else(Exact::zero);
    parts.into_iter().map(|p| if total.is_negative() { -back(p) } else { back(p) }).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn exact(text: &str) -> Exact {
        text.parse().unwrap()
    }

    #[test]
    fn money_has_two_places_and_no_more() {
        assert_eq!("5096000".parse::<Money>().unwrap().to_string(), "5096000.00");
        assert_eq!("1.230".parse::<Money>().unwrap().to_string(), "1.23");
        assert!(matches!("1.234".parse::<Money>(), Err(NotMoney::BelowThePenny(_))));
        assert!(matches!("99999999999999999999999999999".parse::<Money>(), Err(NotMoney::TooLarge(_))));
    }

    #[test]
    fn money_is_read_as_people_type_it() {
        let money = |text: &str| text.parse::<Money>();
        for text in ["£1,234.56", " 1234.56 ", "$1,234.56", "1,234.56"] {
            assert_eq!(money(text).unwrap().to_string(), "1234.56");
        }
        assert_eq!(money("(1,234.56)").unwrap().to_string(), "-1234.56");
        assert_eq!(money("-£5").unwrap().show(Currency::Gbp), "-£5.00");
        for text in ["1,23", "12,34.5", ",123", "1,2345", "1.234,56", "--5", "(-5)", "£", "5£", "1 234"] {
            assert!(money(text).is_err(), "{text}");
        }
    }

    /// Worked example 25: a pool of 806,876.55 in halves; the odd penny goes to the first of the list.
    #[test]
    fn the_odd_penny_goes_to_the_first_named() {
        let halves = [exact("0.5"), exact("0.5")];
        let parts = allocate(&exact("806876.55"), &halves, Unit::Penny);
        assert_eq!(parts, [exact("403438.28"), exact("403438.27")]);
        let parts = allocate(&exact("-806876.55"), &halves, Unit::Penny);
        assert_eq!(parts, [exact("-403438.28"), exact("-403438.27")]);
    }

    proptest! {
        /// Invariant 4: shares sum to the whole, and no share is a unit or more from its exact value.
        #[test]
        fn shares_sum_to_the_whole(cents in -10_000_000_000i64..10_000_000_000, weights in prop::collection::vec(0i64..1000, 1..9)) {
            prop_assume!(weights.iter().sum::<i64>() > 0);
            let total = Exact::ratio(cents, 100);
            let weights: Vec<Exact> = weights.into_iter().map(Exact::from).collect();
            let sum: Exact = weights.iter().cloned().sum();
            let parts = allocate(&total, &weights, Unit::Penny);
            prop_assert_eq!(parts.iter().cloned().sum::<Exact>(), total.clone());
            for (part, weight) in parts.iter().zip(&weights) {
                let share = (&total * weight).checked_div(&sum).unwrap();
                prop_assert!((part - &share).abs() < exact("0.01"));
            }
        }
    }
}
