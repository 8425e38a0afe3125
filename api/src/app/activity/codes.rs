//! The national lists of codes, each a file beside this one with a code a line.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A list of codes, found by their text in upper case.
#[derive(Debug)]
pub struct Codes {
    places: HashMap<&'static str, u16>,
    codes: Vec<&'static str>,
}

impl Codes {
    fn of(text: &'static str) -> Codes {
        let codes: Vec<&str> = text.lines().collect();
        Codes { places: (0..).zip(&codes).map(|(place, code)| (*code, place)).collect(), codes }
    }

    /// The place of a code in the list.
    pub fn place(&self, code: &str) -> Option<u16> {
        self.places.get(code).copied()
    }

    /// The code at a place.
    pub fn code(&self, place: u16) -> &'static str {
        self.codes.get(usize::from(place)).copied().unwrap_or_default()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.codes.len()
    }
}

/// National point of delivery codes.
pub static POINTS_OF_DELIVERY: LazyLock<Codes> =
    LazyLock::new(|| Codes::of(include_str!("codes/points_of_delivery.txt")));
/// Treatment function codes.
pub static TREATMENT_FUNCTIONS: LazyLock<Codes> =
    LazyLock::new(|| Codes::of(include_str!("codes/treatment_functions.txt")));
/// Commissioned service category codes.
pub static SERVICE_CATEGORIES: LazyLock<Codes> =
    LazyLock::new(|| Codes::of(include_str!("codes/service_categories.txt")));

/// Points of delivery that are money without activity: no site, no treatment function, and a count of exactly
/// 0.
pub const WITHOUT_ACTIVITY: [&str; 6] = ["ADJUSTMENT", "BLOCK", "CQUIN", "DRUG", "DEVICE", "NAOTHER"];

/// Whether lines at this point of delivery need no tariff code.
pub fn needs_no_tariff(point_of_delivery: &str) -> bool {
    WITHOUT_ACTIVITY.contains(&point_of_delivery) || point_of_delivery == "OTHER"
}

/// Whether a text begins with the shape of a healthcare resource group: two letters, two digits, a letter.
/// `AA22C`.
pub fn begins_with_a_resource_group(text: &str) -> bool {
    let letter = |b: &u8| b.is_ascii_alphabetic();
    matches!(text.as_bytes(), [a, b, c, d, e, ..]
        if letter(a) && letter(b) && c.is_ascii_digit() && d.is_ascii_digit() && letter(e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_whole_and_without_a_double() {
        for (codes, count) in
            [(&*POINTS_OF_DELIVERY, 81), (&*TREATMENT_FUNCTIONS, 181), (&*SERVICE_CATEGORIES, 20)]
        {
            assert_eq!((codes.count(), codes.places.len()), (count, count));
            assert!(
                (0..)
                    .zip(&codes.codes)
                    .all(|(at, code)| codes.place(code) == Some(at) && codes.code(at) == *code)
            );
        }
        assert!(WITHOUT_ACTIVITY.iter().all(|code| POINTS_OF_DELIVERY.place(code).is_some()));
    }

    #[test]
    fn a_tariff_code_begins_with_a_resource_group_in_either_case() {
        for good in ["AA22C", "hn22a", "WF01B_100", "UZ01Z"] {
            assert!(begins_with_a_resource_group(good), "{good}");
        }
        for bad in ["", "AA22", "A22CC", "DOA", "LOCAL1", "AA2CC", "1A22C"] {
            assert!(!begins_with_a_resource_group(bad), "{bad}");
        }
    }
}
