//! Amounts of money and counts as senders write them, in whole units of a power of ten: nothing passes
//! through a float.

/// Decimal places of money in the lines: senders state fractions of a penny.
pub const MONEY_PLACES: u8 = 6;
/// Decimal places of a count.
pub const COUNT_PLACES: u8 = 3;
/// Larger ones are refused: the sum of two still has the 18 digits that a block holds.
const MOST: i64 = 499_999_999_999_999_999;

/// Why a text is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAnAmount {
    /// It does not have the form of one.
    Malformed,
    /// It has more decimal places than are held.
    TooFine,
    /// It is larger than anything that is held.
    TooLarge,
}

/// Money in millionths: plain, with thousands separated by commas or spaces, a currency sign, a minus before
/// or after, or in the brackets of accountants.
pub fn money(text: &str) -> Result<i64, NotAnAmount> {
    match plain(text, MONEY_PLACES) {
        Some(units) => Ok(units),
        None => typed(text, MONEY_PLACES),
    }
}

/// A count in thousandths, not negative.
pub fn count(text: &str) -> Result<i64, NotAnAmount> {
    let units = match plain(text, COUNT_PLACES) {
        Some(units) => units,
        None => typed(text, COUNT_PLACES)?,
    };
    if units < 0 { Err(NotAnAmount::Malformed) } else { Ok(units) }
}

/// Digits, perhaps a point, perhaps a minus before them: what nearly every cell holds.
fn plain(text: &str, places: u8) -> Option<i64> {
    let (negative, digits) = match text.as_bytes() {
        [b'-', rest @ ..] => (true, rest),
        all => (false, all),
    };
    if digits.is_empty() || digits.len() > 16 {
        return None;
    }
    let (mut units, mut after_point) = (0i64, None);
    for byte in digits {
        match byte {
            b'0'..=b'9' => {
                units = units.checked_mul(10)?.checked_add(i64::from(byte - b'0'))?;
                after_point = after_point.map(|places: u8| places + 1);
            }
            b'.' if after_point.is_none() => after_point = Some(0),
            _ => return None,
        }
    }
    let missing = places.checked_sub(after_point.unwrap_or(0))?;
    if digits[0] == b'.' || after_point == Some(0) {
        return None;
    }
    let units = units.checked_mul(10i64.pow(u32::from(missing)))?;
    (units <= MOST).then_some(if negative { -units } else { units })
}

/// An amount as a person types it or a spreadsheet shows it.
fn typed(text: &str, places: u8) -> Result<i64, NotAnAmount> {
    // A pound sign read in the wrong encoding leaves one of the last two behind.
    const CURRENCY: [char; 5] = ['£', '$', '€', 'Â', '\u{fffd}'];
    let blank = |c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'..='\u{200d}' | '\u{2060}');
    let bare: String = text.chars().filter(|c| !blank(*c) && !CURRENCY.contains(c)).collect();
    let (negative, digits) = match bare.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) => (true, inner),
        None => match bare.strip_prefix(['-', '\u{2212}']).or_else(|| bare.strip_suffix('-')) {
            Some(rest) => (true, rest),
            None => (false, bare.strip_prefix('+').unwrap_or(&bare)),
        },
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let whole = ungrouped(whole).ok_or(NotAnAmount::Malformed)?;
    if !fraction.bytes().all(|b| b.is_ascii_digit()) || (whole.is_empty() && fraction.is_empty()) {
        return Err(NotAnAmount::Malformed);
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > usize::from(places) {
        return Err(NotAnAmount::TooFine);
    }
    let units: i64 = format!("0{whole}{fraction:0<places$}", places = usize::from(places))
        .parse()
        .map_err(|_| NotAnAmount::TooLarge)?;
    if units > MOST {
        return Err(NotAnAmount::TooLarge);
    }
    Ok(if negative { -units } else { units })
}

/// Digits without the commas that separate their thousands; nothing where a comma stands elsewhere, so that a
/// decimal comma is never read as a thousand.
fn ungrouped(digits: &str) -> Option<String> {
    let mut groups = digits.split(',');
    let first = groups.next()?;
    let grouped = !digits.contains(',') || ((1..=3).contains(&first.len()) && groups.all(|g| g.len() == 3));
    let digits = digits.replace(',', "");
    (grouped && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_read_as_it_comes() {
        for text in [
            "1234.5",
            "1,234.50",
            "£1,234.50",
            "Â£1,234.50",
            "\u{fffd}1,234.50",
            " 1 234.50 ",
            "\u{a0}1234.500000000",
            "+1234.5",
            "$1234.50",
            "0001234.50",
        ] {
            assert_eq!(money(text), Ok(1_234_500_000), "{text}");
        }
        for text in [
            "(1,234.50)",
            "-1234.50",
            "1,234.50-",
            "-£1,234.50",
            "£-1,234.50",
            "(£1,234.50)",
            "\u{2212}1234.5",
        ] {
            assert_eq!(money(text), Ok(-1_234_500_000), "{text}");
        }
        assert_eq!(money("0.123456"), Ok(123_456));
        assert_eq!(money(".5"), Ok(500_000));
        assert_eq!(money("5."), Ok(5_000_000));
        assert_eq!(money("-0"), Ok(0));
    }

    #[test]
    fn what_is_no_money_is_refused() {
        for text in [
            "TBC", "", "£", "1,23", "12,34.5", "1.234,56", "1e5", "--5", "(-5", "1.2.3", "5p", "n/a", "(",
            "-",
        ] {
            assert_eq!(money(text), Err(NotAnAmount::Malformed), "{text}");
        }
        assert_eq!(money("0.1234567"), Err(NotAnAmount::TooFine));
        assert_eq!(money("1000000000000"), Err(NotAnAmount::TooLarge));
        assert_eq!(money("99999999999999999999999"), Err(NotAnAmount::TooLarge));
        assert_eq!(money("499999999999.999999"), Ok(MOST));
    }

    #[test]
    fn a_count_has_three_places_and_is_not_negative() {
        assert_eq!(count("1"), Ok(1_000));
        assert_eq!(count("0.125"), Ok(125));
        assert_eq!(count("1,200"), Ok(1_200_000));
        assert_eq!(count("0.1255"), Err(NotAnAmount::TooFine));
        assert_eq!(count("-1"), Err(NotAnAmount::Malformed));
        assert_eq!(count("(1)"), Err(NotAnAmount::Malformed));
    }
}
