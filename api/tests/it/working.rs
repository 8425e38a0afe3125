//! Working by hand as the READMEs of the examples write it: `name = expression = value`, for `reckon` to
//! evaluate.

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
