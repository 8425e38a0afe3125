//! The financial year and month that a line states.

use domain::year::Month;

/// The first calendar year of a financial year written `202526`, `2025/26`, `2025-26` or `2025-2026`. A bare
/// `2025` could be either of two and is none.
pub fn year(text: &str) -> Option<i32> {
    let (first, second) = match text.len() {
        6 => text.split_at_checked(4)?,
        _ => text.split_once(['/', '-'])?,
    };
    let digits = |part: &str, length| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
    let first: i32 = digits(first, 4).then(|| first.parse().ok()).flatten()?;
    let second_is_next = match second.len() {
        2 => digits(second, 2) && second.parse() == Ok((first + 1) % 100),
        _ => digits(second, 4) && second.parse() == Ok(first + 1),
    };
    (second_is_next && (1990..=2100).contains(&first)).then_some(first)
}

/// The month of a financial year: whole, 1 is April and 12 is March. `5.0` is whole, `5.5` is never rounded.
pub fn month(text: &str) -> Option<u32> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = (1..=2).contains(&whole.len()) && whole.bytes().all(|b| b.is_ascii_digit());
    let nothing_after =
        fraction.bytes().all(|b| b == b'0') && (text.len() == whole.len() || !fraction.is_empty());
    (digits && nothing_after).then(|| whole.parse().ok()).flatten().filter(|month| (1..=12).contains(month))
}

/// The calendar month of a financial year and month.
pub fn calendar(year: i32, month: u32) -> Option<Month> {
    let (year, month) = if month <= 9 { (year, month + 3) } else { (year + 1, month - 9) };
    chrono::NaiveDate::from_ymd_opt(year, month, 1).map(Month::of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_has_four_spellings_and_a_bare_one_is_none() {
        for text in ["202526", "2025/26", "2025-26", "2025-2026", "2025/2026"] {
            assert_eq!(year(text), Some(2025), "{text}");
        }
        assert_eq!(year("1999/00"), Some(1999));
        for text in
            ["2025", "202527", "2025/27", "2025-2027", "25/26", "215551", "", "20252", "2025/6", "20é526"]
        {
            assert_eq!(year(text), None, "{text}");
        }
    }

    #[test]
    fn a_month_is_whole() {
        assert_eq!(
            (month("1"), month("05"), month("12"), month("5.0")),
            (Some(1), Some(5), Some(12), Some(5))
        );
        for text in ["0", "13", "5.5", "", "April", "5.", "-1", "005", "1e0"] {
            assert_eq!(month(text), None, "{text}");
        }
    }

    /// Worked example 30: `month = (calendar month + 8) mod 12 + 1`.
    #[test]
    fn april_is_the_first_month() {
        for n in 1..=12 {
            let month = calendar(2025, n).unwrap();
            let calendar_month: u32 = month.to_string()[5..].parse().unwrap();
            assert_eq!((calendar_month + 8) % 12 + 1, n);
        }
        assert_eq!(calendar(2025, 1).unwrap().to_string(), "2025-04");
        assert_eq!(calendar(2025, 10).unwrap().to_string(), "2026-01");
    }
}
