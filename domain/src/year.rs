//! Contract years of three kinds, and the whole months they are made of.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Months, NaiveDate};

use crate::text::serde_as_text;

/// A calendar month, written `2025-04`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    first: NaiveDate,
}

impl Month {
    /// The month that `day` falls in.
    pub fn of(day: NaiveDate) -> Month {
        Month { first: day.with_day(1).unwrap_or(day) }
    }

    /// Its first day.
    pub fn first_day(self) -> NaiveDate {
        self.first
    }

    /// Its last day.
    pub fn last_day(self) -> NaiveDate {
        self.next().first.pred_opt().unwrap_or(self.first)
    }

    /// The month after it.
    pub fn next(self) -> Month {
        Month { first: self.first.checked_add_months(Months::new(1)).unwrap_or(self.first) }
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first.format("%Y-%m"))
    }
}

impl FromStr for Month {
    type Err = String;

    fn from_str(text: &str) -> Result<Month, String> {
        let plain = text.len() == 7 && text.as_bytes()[4] == b'-';
        plain
            .then(|| NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").ok())
            .flatten()
            .map(Month::of)
            .ok_or_else(|| format!("`{text}` is not a month; write it as 2025-04"))
    }
}

serde_as_text!(Month, "a month such as \"2025-04\"");

/// The settled span of a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContractYear {
    /// April to March, by the year it starts in: `2025/26`.
    Nhs(i32),
    /// January to December: `2025`.
    Calendar(i32),
    /// Stated dates, first and last day: `2025-07-01/2026-06-30`.
    Stated(NaiveDate, NaiveDate),
}

impl ContractYear {
    /// First day.
    pub fn first_day(self) -> NaiveDate {
        match self {
            ContractYear::Nhs(year) => day(year, 4, 1),
            ContractYear::Calendar(year) => day(year, 1, 1),
            ContractYear::Stated(first, _) => first,
        }
    }

    /// Last day.
    pub fn last_day(self) -> NaiveDate {
        match self {
            ContractYear::Nhs(year) => day(year + 1, 3, 31),
            ContractYear::Calendar(year) => day(year, 12, 31),
            ContractYear::Stated(_, last) => last,
        }
    }

    /// The months it touches, in order. Stated dates that begin or end inside a month count that month whole.
    pub fn months(self) -> Vec<Month> {
        let last = Month::of(self.last_day());
        let mut months = vec![Month::of(self.first_day())];
        while let Some(month) = months.last().filter(|m| **m < last) {
            months.push(month.next());
        }
        months
    }

    /// How many of its months had ended on or before `day`.
    pub fn months_ended(self, day: NaiveDate) -> usize {
        self.months().iter().filter(|m| m.last_day().min(self.last_day()) <= day).count()
    }

    /// Whether `day` falls inside it.
    pub fn contains(self, day: NaiveDate) -> bool {
        (self.first_day()..=self.last_day()).contains(&day)
    }

    /// The contract year of the same kind after this one; stated years have none.
    pub fn next(self) -> Option<ContractYear> {
        match self {
            ContractYear::Nhs(year) => Some(ContractYear::Nhs(year + 1)),
            ContractYear::Calendar(year) => Some(ContractYear::Calendar(year + 1)),
            ContractYear::Stated(..) => None,
        }
    }
}

/// A day of a year between 1 and 9999, which [`ContractYear::from_str`] has checked.
fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or(NaiveDate::MAX)
}

impl fmt::Display for ContractYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ContractYear::Nhs(year) => write!(f, "{year}/{:02}", (year + 1) % 100),
            ContractYear::Calendar(year) => write!(f, "{year}"),
            ContractYear::Stated(first, last) => write!(f, "{first}/{last}"),
        }
    }
}

impl FromStr for ContractYear {
    type Err = String;

    fn from_str(text: &str) -> Result<ContractYear, String> {
        let digits = |s: &str, n: usize| s.len() == n && s.bytes().all(|b| b.is_ascii_digit());
        let year = |s: &str| s.parse::<i32>().ok().filter(|y| (1900..=2200).contains(y));
        let hint =
            "write an NHS year as 2025/26, a calendar year as 2025, stated dates as 2025-07-01/2026-06-30";
        if let Some((start, end)) = text.split_once('/') {
            if digits(start, 4) && digits(end, 2) {
                let start = year(start).ok_or_else(|| format!("`{text}` is not a contract year; {hint}"))?;
                let right = ContractYear::Nhs(start);
                return if right.to_string() == text {
                    Ok(right)
                } else {
                    Err(format!("`{text}` does not end in the year after it starts; did you mean {right}?"))
                };
            }
            let (first, last) = (crate::time::date(start)?, crate::time::date(end)?);
            if first >= last {
                return Err(format!("`{text}` ends before it starts"));
            }
            return Ok(ContractYear::Stated(first, last));
        }
        if digits(text, 4) {
            return year(text)
                .map(ContractYear::Calendar)
                .ok_or_else(|| format!("`{text}` is not a contract year; {hint}"));
        }
        if text.len() == 7 && text.as_bytes()[4] == b'-' && digits(&text[..4], 4) && digits(&text[5..], 2) {
            return Err(format!(
                "`{text}` could be a month or a year; write the NHS year as {}/{}",
                &text[..4],
                &text[5..]
            ));
        }
        Err(format!("`{text}` is not a contract year; {hint}"))
    }
}

serde_as_text!(ContractYear, "a contract year such as \"2025/26\"");

/// What a fact is about: a month or a whole contract year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Span {
    /// One month.
    Month(Month),
    /// One contract year.
    Year(ContractYear),
}

impl Span {
    /// Its first day.
    pub fn first_day(self) -> NaiveDate {
        match self {
            Span::Month(month) => month.first_day(),
            Span::Year(year) => year.first_day(),
        }
    }

    /// Its last day: the fact counts from then on.
    pub fn last_day(self) -> NaiveDate {
        match self {
            Span::Month(month) => month.last_day(),
            Span::Year(year) => year.last_day(),
        }
    }

    /// Whether it lies within `year`.
    pub fn within(self, year: ContractYear) -> bool {
        match self {
            Span::Month(month) => year.months().contains(&month),
            Span::Year(own) => own == year,
        }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Span::Month(month) => month.fmt(f),
            Span::Year(year) => year.fmt(f),
        }
    }
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Span, String> {
        match text.parse::<Month>() {
            Ok(month) => Ok(Span::Month(month)),
            Err(_) => text.parse().map(Span::Year),
        }
    }
}

serde_as_text!(Span, "a month such as \"2025-04\" or a contract year such as \"2025/26\"");

#[cfg(test)]
mod tests {
    use super::*;

    fn year(text: &str) -> ContractYear {
        text.parse().unwrap()
    }

    #[test]
    fn the_three_kinds_are_written_as_they_are_read() {
        for text in ["2025/26", "1999/00", "2025", "2025-07-01/2026-06-30"] {
            assert_eq!(year(text).to_string(), text);
        }
    }

    #[test]
    fn an_ambiguous_year_is_refused_with_a_hint() {
        let refusal = "2025-26".parse::<ContractYear>().unwrap_err();
        assert!(refusal.contains("2025/26"), "{refusal}");
        for text in ["2025/27", "202526", "25/26", "2025/2026", "", "2026-06-30/2025-07-01"] {
            assert!(text.parse::<ContractYear>().is_err(), "{text}");
        }
    }

    #[test]
    fn an_nhs_year_runs_from_april_to_march() {
        let months = year("2023/24").months();
        assert_eq!(months.len(), 12);
        assert_eq!(months[0].to_string(), "2023-04");
        assert_eq!(months[11].last_day().to_string(), "2024-03-31");
        assert_eq!(months[10].last_day().to_string(), "2024-02-29");
    }

    #[test]
    fn a_month_counts_once_its_last_day_has_come() {
        let ended = |day: &str| year("2025/26").months_ended(crate::time::date(day).unwrap());
        assert_eq!(
            [
                ended("2025-03-31"),
                ended("2025-04-29"),
                ended("2025-04-30"),
                ended("2026-03-31"),
                ended("2030-01-01")
            ],
            [0, 0, 1, 12, 12]
        );
    }
}
