//! NHS numbers, of which the ledger holds none: people are known by a pseudonym that the sender makes.

use crate::problem::{Exit, Problem};

/// Fewer values of ten digits than this in a column say nothing: one in eleven passes by chance.
const ENOUGH: u64 = 20;

/// Whether a text of ten digits, however they are grouped, passes the check of modulus 11; nothing where it
/// has not ten.
pub fn check(text: &str) -> Option<bool> {
    let bytes = text.as_bytes();
    if !(10..=14).contains(&bytes.len()) {
        return None;
    }
    let (mut digits, mut count) = ([0u32; 10], 0);
    for byte in bytes {
        match byte {
            b'0'..=b'9' => {
                *digits.get_mut(count)? = u32::from(byte - b'0');
                count += 1;
            }
            b' ' | b'-' => {}
            _ => return None,
        }
    }
    if count != 10 {
        return None;
    }
    let weighted: u32 = (0..9).map(|place| digits[place] * (10 - place as u32)).sum();
    // A remainder of 0 asks for a check digit of 11, which is 0; one of 1 for 10, which no number has.
    Some((11 - weighted % 11) % 11 == digits[9])
}

/// What a column holds of values of ten digits.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    ten_digits: u64,
    pass: u64,
}

impl Tally {
    /// Counts a value.
    pub fn count(&mut self, text: &str) {
        if let Some(passes) = check(text) {
            self.ten_digits += 1;
            self.pass += u64::from(passes);
        }
    }

    /// Refuses a file in whose column stand NHS numbers; the problem names no value.
    pub fn refuse(&self, column: &str, is_their_column: bool) -> Result<(), Problem> {
        let found = if is_their_column {
            self.pass > 0
        } else {
            self.ten_digits >= ENOUGH && self.pass * 2 > self.ten_digits
        };
        if !found {
            return Ok(());
        }
        let (pass, all) = (self.pass, self.ten_digits);
        let message = format!(
            "column `{column}` holds NHS numbers: {pass} of {all} values of ten digits are valid ones"
        );
        let hint = "put a pseudonym in their place that only the sender can trace back; nothing of the file was kept";
        Err(Problem::new(Exit::Refused, "nhs-number", message, hint))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_digits_pass_by_their_last() {
        // Test numbers that are published for that use.
        for valid in ["9434765919", "943 476 5919", "943-476-5919", "9990000018"] {
            assert_eq!(check(valid), Some(true), "{valid}");
        }
        assert_eq!(check("9434765918"), Some(false));
        for other in ["943476591", "94347659190", "943476591X", "", "ABCDEFGHIJ", "9434765919000"] {
            assert_eq!(check(other), None, "{other}");
        }
    }

    #[test]
    fn a_column_of_another_name_is_refused_by_more_than_half_of_twenty() {
        let tally = |ten_digits, pass| Tally { ten_digits, pass };
        assert!(tally(19, 19).refuse("LOCAL", false).is_ok());
        assert!(tally(20, 10).refuse("LOCAL", false).is_ok());
        assert!(tally(20, 11).refuse("LOCAL", false).is_err());
        assert!(tally(1, 1).refuse("NHS NUMBER", true).is_err());
        assert!(tally(900, 0).refuse("NHS NUMBER", true).is_ok());
    }
}
