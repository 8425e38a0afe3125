//! Working by hand as the READMEs of the examples write it: `name = expression = value`, read and evaluated exactly.

use domain::exact::Exact;

/// One line of working.
pub struct Worked<'a> {
    /// Its line in the README.
    pub place: usize,
    /// What it works out.
    pub name: &'a str,
    /// The arithmetic.
    pub expression: &'a str,
    /// What it comes to.
    pub value: &'a str,
}

/// What stands in a README's plain code blocks.
pub fn working(readme: &str) -> Vec<Worked<'_>> {
    let (mut inside, mut plain) = (false, false);
    let mut found = Vec::new();
    for (place, line) in (1..).zip(readme.lines()) {
        if line.starts_with("```") {
            inside = !inside;
            plain = line == "```";
        } else if inside && plain {
            let parts: Vec<&str> = line.split(" = ").collect();
            let [name, expression, value] = parts.as_slice() else {
                panic!("line {place} of the README is no arithmetic: {line}");
            };
            found.push(Worked { place, name: name.trim(), expression, value });
        }
    }
    found
}

/// Evaluates `R(2,137,112.95 / 2)`, `min(a, b)`, `max(a, b)`, `x`, `/`, `+`, `-`, `%` and parentheses, exactly.
pub struct Sum<'a>(&'a str);

impl Sum<'_> {
    /// The value of an expression.
    pub fn of(text: &str) -> Exact {
        let mut sum = Sum(text);
        let value = sum.terms();
        assert!(sum.0.trim().is_empty(), "cannot read `{}` in `{text}`", sum.0);
        value
    }

    fn eat(&mut self, sign: &str) -> bool {
        let rest = self.0.trim_start();
        match rest.strip_prefix(sign) {
            Some(after) => {
                self.0 = after;
                true
            }
            None => false,
        }
    }

    fn terms(&mut self) -> Exact {
        let mut value = self.factors();
        loop {
            if self.eat("+ ") {
                value = value + self.factors();
            } else if self.eat("- ") {
                value = value - self.factors();
            } else {
                return value;
            }
        }
    }

    fn factors(&mut self) -> Exact {
        let mut value = self.single();
        loop {
            if self.eat("x ") {
                value = value * self.single();
            } else if self.eat("/ ") {
                value = value.checked_div(&self.single()).unwrap();
            } else {
                return value;
            }
        }
    }

    fn single(&mut self) -> Exact {
        if self.eat("R(") {
            return self.closed().to_places(2);
        }
        if self.eat("min(") {
            let (first, second) = self.two();
            return if first < second { first } else { second };
        }
        if self.eat("max(") {
            let (first, second) = self.two();
            return if first < second { second } else { first };
        }
        if self.eat("(") {
            return self.closed();
        }
        self.number()
    }

    fn two(&mut self) -> (Exact, Exact) {
        let first = self.terms();
        assert!(self.eat(", "), "min and max take two: `{}`", self.0);
        (first, self.closed())
    }

    fn closed(&mut self) -> Exact {
        let value = self.terms();
        assert!(self.eat(")"), "a parenthesis is not closed: `{}`", self.0);
        value
    }

    fn number(&mut self) -> Exact {
        let text = self.0.trim_start();
        // A comma between digits groups thousands; one before a space parts arguments.
        let inside = |(at, sign): (usize, char)| {
            let next = text[at + sign.len_utf8()..].chars().next();
            sign.is_ascii_digit()
                || sign == '.'
                || (sign == '-' && at == 0)
                || (sign == ',' && next.is_some_and(|c| c.is_ascii_digit()))
        };
        let end = text.char_indices().find(|place| !inside(*place)).map_or(text.len(), |(at, _)| at);
        let (digits, rest) = text.split_at(end);
        let value: Exact = digits.replace(',', "").parse().unwrap_or_else(|e| panic!("{e} in `{text}`"));
        self.0 = rest;
        if self.eat("%") { value.checked_div(&Exact::from(100)).unwrap() } else { value }
    }
}

#[test]
fn the_reader_of_hand_working_reads_as_people_do() {
    for (text, value) in [
        ("1,000.50 - 0.50", "1000"),
        ("2 + 3 x 4", "14"),
        ("(2 + 3) x 4", "20"),
        ("R(1 / 3)", "0.33"),
        ("min(4,900,000.00, 5,145,000.00)", "4900000"),
        ("max(2.00, 1,000.00)", "1000"),
        ("5% x 200", "10"),
        ("-240,561.73", "-240561.73"),
        ("1 - 2 - 3", "-4"),
    ] {
        assert_eq!(Sum::of(text).to_string(), value, "{text}");
    }
}
