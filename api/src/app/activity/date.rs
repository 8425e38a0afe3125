//! Dates as senders write them, in seven forms.

use chrono::{Datelike, NaiveDate};

/// Days from 0001-01-01, which is day 1, to 1970-01-01.
const EPOCH: i32 = 719_163;
/// Days from 1970-01-01 back to day 0 of a spreadsheet's serial numbers, 1899-12-30.
const SERIAL_ZERO: i32 = 25_569;

/// The day of a text in days since 1970, whatever the time of day after it; nothing where it has none of the
/// forms.
///
/// A month stands before its day only where the time is told with AM or PM, as in the United States.
pub fn day(text: &str) -> Option<i32> {
    let bytes = text.as_bytes();
    // A `t` is in the name of a month as well.
    let before_time =
        |(place, byte): &(usize, &u8)| **byte == b' ' || (*place == 10 && byte.eq_ignore_ascii_case(&b'T'));
    let date_ends = bytes.iter().enumerate().find(before_time).map_or(bytes.len(), |(place, _)| place);
    let (date, time) = (&text[..date_ends], text.get(date_ends + 1..).unwrap_or("").trim());
    let separator = date.bytes().find(|b| !b.is_ascii_digit());
    let Some(separator @ (b'-' | b'/')) = separator else { return serial(text) };
    let half = half_of_day(time)?;
    let mut parts = date.split(char::from(separator));
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    let day = match (first.len(), parts.next()) {
        (4, None) => NaiveDate::from_ymd_opt(number(first, 4)?, month(second)?, day_of_month(third)?),
        (1 | 2, None) if half && separator == b'/' => {
            NaiveDate::from_ymd_opt(year(third)?, month(first)?, day_of_month(second)?)
        }
        (1 | 2, None) => NaiveDate::from_ymd_opt(year(third)?, month(second)?, day_of_month(first)?),
        _ => None,
    };
    day.map(|day| day.num_days_from_ce() - EPOCH)
}

/// Days since 1970 of a date.
pub fn day_of(date: NaiveDate) -> i32 {
    date.num_days_from_ce() - EPOCH
}

/// Digits as a number, at most `longest` of them.
fn number(text: &str, longest: usize) -> Option<i32> {
    let digits = !text.is_empty() && text.len() <= longest && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

fn day_of_month(text: &str) -> Option<u32> {
    number(text, 2)?.try_into().ok()
}

/// A month by its number or its English name's first three letters.
fn month(text: &str) -> Option<u32> {
    const NAMES: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    match number(text, 2) {
        Some(month) => month.try_into().ok(),
        None => (1..).zip(NAMES).find(|(_, name)| text.eq_ignore_ascii_case(name)).map(|(month, _)| month),
    }
}

/// A year of four digits, or of two: 80 to 99 are of the last century.
fn year(text: &str) -> Option<i32> {
    match text.len() {
        4 => number(text, 4),
        2 => number(text, 2).map(|year| if year >= 80 { 1900 + year } else { 2000 + year }),
        _ => None,
    }
}

/// Whether a time of day is told in halves, with AM or PM; nothing where it is no time of day.
fn half_of_day(time: &str) -> Option<bool> {
    let upper = time.to_ascii_uppercase();
    let clock = upper.strip_suffix("AM").or_else(|| upper.strip_suffix("PM"));
    let half = clock.is_some();
    let clock = clock.unwrap_or(&upper).trim_end();
    let clock = clock.strip_suffix('Z').unwrap_or(clock);
    let zone = clock.find(['+', '-']).unwrap_or(clock.len());
    let fits = clock.bytes().all(|b| b.is_ascii_digit() || matches!(b, b':' | b'.' | b'+' | b'-'));
    let two = |part: &str, below: i32| number(part, 2).is_some_and(|n| n < below);
    let mut parts = clock[..zone].split(':');
    let told = match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(""), None, ..) => !half,
        (Some(hours), Some(minutes), None, _) => two(hours, 24) && two(minutes, 60),
        (Some(hours), Some(minutes), Some(seconds), None) => {
            let whole = seconds.split('.').next().unwrap_or_default();
            two(hours, 24) && two(minutes, 60) && two(whole, 61)
        }
        _ => false,
    };
    (fits && told).then_some(half)
}

/// The serial number of a spreadsheet, with or without a part of a day: from 1980 to 2100.
fn serial(text: &str) -> Option<i32> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let serial = number(whole, 5).filter(|serial| (29_221..=73_415).contains(serial))?;
    part.bytes().all(|b| b.is_ascii_digit()).then_some(serial - SERIAL_ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Option<String> {
        day(text).and_then(|day| NaiveDate::from_num_days_from_ce_opt(day + EPOCH)).map(|day| day.to_string())
    }

    #[test]
    fn seven_forms_are_the_same_day() {
        for text in [
            "2025-04-30",
            "2025-04-30T13:05:59.123Z",
            "2025-04-30 00:00:00+01:00",
            "2025/04/30 13:05",
            "4/30/2025 1:05:00 PM",
            "30/04/2025",
            "30/04/2025 13:05",
            "30-04-2025",
            "30-Apr-25",
            "30-APR-2025",
            "45777",
            "45777.5451",
        ] {
            assert_eq!(shown(text).as_deref(), Some("2025-04-30"), "{text}");
        }
        assert_eq!(shown("04/05/2025").as_deref(), Some("2025-05-04"), "a day stands before its month");
        assert_eq!(shown("04/05/2025 9:00 am").as_deref(), Some("2025-04-05"), "but where the time has AM");
        assert_eq!(shown("19-Oct-25").as_deref(), Some("2025-10-19"), "which has a t in it");
        assert_eq!(shown("01-Jan-80").as_deref(), Some("1980-01-01"));
        assert_eq!(shown("29/02/2024").as_deref(), Some("2024-02-29"));
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "2025",
            "20250430",
            "30/13/2025",
            "29/02/2025",
            "31-04-2025",
            "2025-4-31",
            "30/04/125",
            "TBC",
            "30.04.2025",
            "2025-04-30 25:00",
            "2025-04-30 noon",
            "4/30/2025",
            "12",
            "99999",
            "45777.x",
            "é-04-2025",
            "30-04-2025-1",
            "-1",
            "2025-04-30T",
        ] {
            let expected = (text == "2025-04-30T").then_some("2025-04-30");
            assert_eq!(shown(text).as_deref(), expected, "{text}");
        }
    }
}
