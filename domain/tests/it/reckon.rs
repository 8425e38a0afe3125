//! Arithmetic as people write it, evaluated exactly: what stands beside worked figures, in tables and in
//! READMEs.
//!
//! It has its own arithmetic, on fractions, and nothing of the engine's: so that an engine that is wrong is
//! not wrong here as well. `+ - x /` and parentheses, `5%`, commas between thousands, and four words: `R(a)`
//! is rounded to the penny, halves away from zero, and `R(a, 4)` to four places; `D(a)` is what is left when
//! the part of a penny is dropped, as shares are before their odd pennies; `min(a, b, ..)` and
//! `max(a, b, ..)`.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Pow, ToPrimitive, Zero};

/// What a piece of arithmetic comes to.
pub fn reckon(text: &str) -> BigRational {
    let mut sum = Sum { left: text, whole: text };
    let value = sum.terms();
    assert!(sum.left.trim().is_empty(), "cannot read `{}` in `{text}`", sum.left);
    value
}

/// Arithmetic that is being read.
struct Sum<'a> {
    left: &'a str,
    whole: &'a str,
}

impl Sum<'_> {
    fn eat(&mut self, sign: &str) -> bool {
        let after = self.left.trim_start().strip_prefix(sign);
        self.left = after.unwrap_or(self.left);
        after.is_some()
    }

    fn terms(&mut self) -> BigRational {
        let mut value = self.factors();
        loop {
            if self.eat("+ ") {
                value += self.factors();
            } else if self.eat("- ") {
                value -= self.factors();
            } else {
                return value;
            }
        }
    }

    fn factors(&mut self) -> BigRational {
        let mut value = self.single();
        loop {
            if self.eat("x ") {
                value *= self.single();
            } else if self.eat("/") {
                let by = self.single();
                assert!(!by.is_zero(), "`{}` divides by nothing", self.whole);
                value /= by;
            } else {
                return value;
            }
        }
    }

    fn single(&mut self) -> BigRational {
        if self.eat("R(") {
            let words = self.words();
            let places = words.get(1).map_or(Some(2), |places| places.to_integer().to_u32());
            return to_places(&words[0], places.expect("a number of places"), BigRational::round);
        }
        if self.eat("D(") {
            return to_places(&self.words()[0], 2, BigRational::trunc);
        }
        if self.eat("min(") {
            return self.words().into_iter().min().expect("one at least");
        }
        if self.eat("max(") {
            return self.words().into_iter().max().expect("one at least");
        }
        if self.eat("(") {
            return self.words().swap_remove(0);
        }
        if self.eat("-") { -self.single() } else { self.number() }
    }

    /// What stands between parentheses, parted by commas.
    fn words(&mut self) -> Vec<BigRational> {
        let mut words = vec![self.terms()];
        while self.eat(", ") {
            words.push(self.terms());
        }
        assert!(self.eat(")"), "a parenthesis of `{}` is not closed: `{}`", self.whole, self.left);
        words
    }

    fn number(&mut self) -> BigRational {
        let text = self.left.trim_start();
        // A comma between digits groups thousands; one before a space parts words.
        let inside = |(at, sign): (usize, char)| {
            let next = text[at + sign.len_utf8()..].chars().next();
            sign.is_ascii_digit() || sign == '.' || (sign == ',' && next.is_some_and(|c| c.is_ascii_digit()))
        };
        let end = text.char_indices().find(|place| !inside(*place)).map_or(text.len(), |(at, _)| at);
        let (digits, left) = text.split_at(end);
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let digits = format!("{whole}{part}").replace(',', "");
        let n: BigInt =
            digits.parse().unwrap_or_else(|_| panic!("no number at `{text}` in `{}`", self.whole));
        self.left = left;
        let percent = if self.eat("%") { 2 } else { 0 };
        BigRational::new(n, ten_to(part.len() as u32 + percent))
    }
}

fn ten_to(places: u32) -> BigInt {
    BigInt::from(10).pow(places)
}

fn to_places(value: &BigRational, places: u32, cut: fn(&BigRational) -> BigRational) -> BigRational {
    cut(&(value * ten_to(places))) / ten_to(places)
}

#[test]
fn arithmetic_is_read_as_people_write_it() {
    for (text, value) in [
        ("1,000.50 - 0.50", "1000"),
        ("2 + 3 x 4", "14"),
        ("(2 + 3) x 4", "20"),
        ("R(1 / 3)", "33 / 100"),
        ("R(0.125) + R(-0.125)", "0"),
        ("R(2 / 3, 4)", "0.6667"),
        ("D(2 / 3) + D(-2 / 3) + 0.66", "0.66"),
        ("min(4,900,000.00, 5,145,000.00, 6)", "6"),
        ("max(4,900, 0)", "4900"),
        ("5% x 200", "10"),
        ("10 / 4 / 5", "1/2"),
        ("-240,561.73", "0 - 240561.73"),
        ("1 - 2 - 3", "-4"),
    ] {
        assert_eq!(reckon(text), reckon(value), "{text}");
    }
}
