//! Years and months of the health service.

use chrono::{Datelike, NaiveDate};
use domain::year::{ContractYear, Month};

/// Worked example 30: the financial year of a day, and the number of its month in it, April first.
#[test]
fn days_fall_into_financial_years_and_their_months() {
    for (day, year, month) in [
        ("2025-04-01", "2025/26", 1),
        ("2025-03-31", "2024/25", 12),
        ("2024-12-10", "2024/25", 9),
        ("2026-01-15", "2025/26", 10),
        ("2024-02-29", "2023/24", 11),
    ] {
        let day: NaiveDate = day.parse().unwrap();
        let financial: ContractYear = year.parse().unwrap();
        assert!(financial.contains(day), "{day} in {year}");
        assert!(financial.next().is_some_and(|next| !next.contains(day)), "{day} after {year}");
        let place = financial.months().iter().position(|m| *m == Month::of(day)).unwrap();
        assert_eq!(place + 1, month, "{day}");
        assert_eq!((day.month() as usize + 8) % 12 + 1, month, "{day} by the rule of the return");
    }
}
