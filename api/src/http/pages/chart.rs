//! Places in a drawing: exact numbers mapped to whole units of its view box.

use domain::exact::Exact;

/// A straight scale from amounts to units.
#[derive(Clone, Debug)]
pub struct Scale {
    low: Exact,
    span: Exact,
    from: i64,
    to: i64,
}

impl Scale {
    /// From the least to the greatest of some amounts and zero, on `from` to `to`.
    pub fn over<'a>(amounts: impl Iterator<Item = &'a Exact>, from: i64, to: i64) -> Scale {
        let (mut low, mut high) = (Exact::zero(), Exact::zero());
        for amount in amounts {
            low = low.min(amount.clone());
            high = high.max(amount.clone());
        }
        let span = if low == high { Exact::one() } else { high - low.clone() };
        Scale { low, span, from, to }
    }

    /// The unit at which an amount stands.
    pub fn at(&self, amount: &Exact) -> i64 {
        let part = (amount - &self.low).checked_div(&self.span).unwrap_or_else(Exact::zero);
        let units = part * Exact::from(self.to - self.from);
        self.from + units.to_places(0).to_string().parse::<i64>().unwrap_or(0)
    }

    /// The least amount on it.
    pub fn low(&self) -> Exact {
        self.low.clone()
    }

    /// The greatest amount on it.
    pub fn high(&self) -> Exact {
        self.low.clone() + self.span.clone()
    }
}

/// A path through points, broken where there is none.
pub fn path(points: &[Option<(i64, i64)>]) -> String {
    let mut text = String::new();
    let mut pen_down = false;
    for point in points {
        if let Some((x, y)) = point {
            text.push_str(&format!("{}{x} {y}", if pen_down { "L" } else { "M" }));
        }
        pen_down = point.is_some();
    }
    text
}

/// The height of a line of words in a drawing.
pub const LINE: usize = 17;

/// A text broken between words into lines of so many letters.
pub fn in_lines(text: &str, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= most => line.extend([" ", word]),
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
