//! Puts the mutants of a file behind the switch, beside what is written.
//!
//! An expression with mutants becomes `(match at(&[7, 8]) { 0 => (a - b), 7 => (a + b), 8 => (a / b), .. })`,
//! a function with mutants begins with `match at(&[9]) { 0 => (), 9 => return X, .. }`, and an arm that can
//! go away gets the guard `if at(&[10]) == 0`. Only what is written (the case 0) is taken apart further, so
//! that one build carries all mutants of nested expressions, each of them alone.
//!
//! A change of an operator may change the type of an expression, which its place then does not take although
//! all of the function would. Such a mutant is placed as its function: `11 => return { THE BODY WITH THE
//! CHANGE }`.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::{
    Arm, Block, Expr, ExprBinary, ExprMatch, ExprStruct, ExprUnary, ImplItemFn, ItemFn, Member, Pat,
    TraitItemFn,
};

use crate::Result;
use crate::mutant::Mutant;

/// A file with its mutants behind the switch.
pub struct Placed {
    /// The text to compile.
    pub text: String,
    /// Where in it the text of each mutant stands, by its number.
    pub parts: Vec<(Range<usize>, usize)>,
    /// The place of each mutant, by the number of its place's first.
    pub places: BTreeMap<usize, usize>,
}

/// Puts mutants of a file where they change something, or where their function begins: those of
/// `as_functions`, and those in a place that this does not know.
pub fn place(source: &str, mutants: &[&Mutant], as_functions: &BTreeSet<usize>) -> Result<Placed> {
    let file = syn::parse_file(source)?;
    let mut as_functions = as_functions.clone();
    loop {
        let mut places = Places { source, ..Places::default() };
        for mutant in mutants {
            match as_functions.contains(&mutant.number) {
                true => places.as_functions.push(mutant),
                false => {
                    places.by_bytes.entry((mutant.bytes.start, mutant.bytes.end)).or_default().push(mutant)
                }
            }
        }
        places.visit_file(&file);
        let Some(homeless) = mutants.iter().find(|m| !places.places.contains_key(&m.number)) else {
            return Ok(places.finish());
        };
        if !as_functions.insert(homeless.number) {
            return Err(format!("there is no place for {}", homeless.listed).into());
        }
    }
}

/// The text of a part of a file with one mutant in the place of what is written there.
fn with(source: &str, whole: Range<usize>, mutant: &Mutant) -> String {
    let (before, after) = (&source[whole.start..mutant.bytes.start], &source[mutant.bytes.end..whole.end]);
    format!("{before}{}{after}", mutant.replacement)
}

#[derive(Default)]
struct Places<'a> {
    source: &'a str,
    by_bytes: BTreeMap<(usize, usize), Vec<&'a Mutant>>,
    as_functions: Vec<&'a Mutant>,
    insertions: Vec<Insertion>,
    places: BTreeMap<usize, usize>,
}

/// Text that is put between two bytes of the source, in pieces: the switch's own, and that of a mutant.
struct Insertion {
    at: usize,
    closes: bool,
    pieces: Vec<(String, Option<usize>)>,
}

impl<'a> Places<'a> {
    fn of(&self, bytes: Range<usize>) -> Vec<&'a Mutant> {
        self.by_bytes.get(&(bytes.start, bytes.end)).cloned().unwrap_or_default()
    }

    fn insert(&mut self, at: usize, closes: bool, pieces: Vec<(String, Option<usize>)>) {
        self.insertions.push(Insertion { at, closes, pieces });
    }

    /// The call of the switch for a place with these mutants.
    fn switch(&mut self, mutants: &[&Mutant]) -> String {
        let mut numbers: Vec<usize> = mutants.iter().map(|mutant| mutant.number).collect();
        numbers.sort_unstable();
        self.places.extend(numbers.iter().map(|number| (*number, numbers[0])));
        format!("crate::mutants::at(&{numbers:?})")
    }

    /// Lets an expression be what is written, or what a mutant makes of its text.
    fn wrap(&mut self, whole: Range<usize>, mutants: &[&Mutant]) {
        if mutants.is_empty() {
            return;
        }
        let switch = self.switch(mutants);
        self.insert(whole.start, false, vec![(format!("(match {switch} {{ 0 => ("), None)]);
        let mut arms = vec![(")".to_owned(), None)];
        for mutant in mutants {
            arms.push((format!(", {} => ", mutant.number), None));
            arms.push((format!("({})", with(self.source, whole.clone(), mutant)), Some(mutant.number)));
        }
        arms.push((", _ => unreachable!() })".to_owned(), None));
        self.insert(whole.end, true, arms);
    }

    /// Lets a function return at once what a mutant makes of it.
    fn begin(&mut self, block: &Block) {
        let [first, ..] = &block.stmts[..] else { return };
        let [.., last] = &block.stmts[..] else { return };
        let body = first.span().byte_range().start..last.span().byte_range().end;
        let mut mutants = self.of(body.clone());
        let within = |m: &mut &Mutant| body.start <= m.bytes.start && m.bytes.end <= body.end;
        mutants.extend(self.as_functions.extract_if(.., within));
        if mutants.is_empty() {
            return;
        }
        let mut pieces = vec![(format!("match {} {{ 0 => (), ", self.switch(&mutants)), None)];
        for mutant in mutants {
            pieces.push((format!("{} => ", mutant.number), None));
            let text = with(self.source, body.clone(), mutant);
            pieces.push((format!("return {{ {text} }}"), Some(mutant.number)));
            pieces.push((", ".to_owned(), None));
        }
        pieces.push(("_ => unreachable!() };\n".to_owned(), None));
        self.insert(body.start, false, pieces);
    }

    /// Lets an arm be passed over where its mutant is active.
    fn pass_over(&mut self, arm: &Arm) {
        let gone = self.of(arm.span().byte_range());
        if let [mutant] = gone[..] {
            let switch = self.switch(&gone);
            let guard = (format!(" if {switch} == 0"), Some(mutant.number));
            self.insert(arm.pat.span().byte_range().end, true, vec![guard]);
        }
    }

    /// The source with everything inserted: what ends at a byte before what begins there, the outer around
    /// the inner.
    fn finish(mut self) -> Placed {
        let mut insertions: Vec<_> = self.insertions.drain(..).enumerate().collect();
        insertions.sort_by_key(|(order, insertion)| {
            let order = *order as isize;
            (insertion.at, !insertion.closes, if insertion.closes { -order } else { order })
        });
        let mut placed = Placed { text: String::new(), parts: Vec::new(), places: self.places };
        let mut done = 0;
        for (_, insertion) in insertions {
            placed.text += &self.source[done..insertion.at];
            done = insertion.at;
            for (piece, of) in insertion.pieces {
                let begins = placed.text.len();
                placed.text += &piece;
                placed.parts.extend(of.map(|number| (begins..placed.text.len(), number)));
            }
        }
        placed.text += &self.source[done..];
        placed
    }
}

/// The operators of an expression without those in parentheses, calls and blocks, and the operands between
/// them. All of them make one place, as another operator may bind otherwise: `a - b * c` becomes `a - b + c`.
fn operators<'a>(binary: &'a ExprBinary, found: &mut (Vec<Range<usize>>, Vec<&'a Expr>)) {
    found.0.push(binary.op.span().byte_range());
    for side in [&*binary.left, &*binary.right] {
        match side {
            Expr::Binary(inner) => operators(inner, found),
            operand => found.1.push(operand),
        }
    }
}

impl<'ast> Visit<'ast> for Places<'_> {
    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        self.begin(&function.block);
        syn::visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        self.begin(&function.block);
        syn::visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast TraitItemFn) {
        function.default.iter().for_each(|block| self.begin(block));
        syn::visit::visit_trait_item_fn(self, function);
    }

    fn visit_expr_binary(&mut self, binary: &'ast ExprBinary) {
        let mut found = (Vec::new(), Vec::new());
        operators(binary, &mut found);
        let (operators, operands) = found;
        // A chain of conditions with `let` is no expression that could be moved into another place.
        if operands.iter().any(|operand| matches!(operand, Expr::Let(_))) {
            return syn::visit::visit_expr_binary(self, binary);
        }
        let mutants: Vec<&Mutant> = operators.into_iter().flat_map(|bytes| self.of(bytes)).collect();
        self.wrap(binary.span().byte_range(), &mutants);
        operands.into_iter().for_each(|operand| self.visit_expr(operand));
    }

    fn visit_expr_unary(&mut self, unary: &'ast ExprUnary) {
        let mutants = self.of(unary.op.span().byte_range());
        self.wrap(unary.span().byte_range(), &mutants);
        syn::visit::visit_expr_unary(self, unary);
    }

    fn visit_expr_struct(&mut self, made: &'ast ExprStruct) {
        let fields = made.fields.pairs().filter(|pair| matches!(pair.value().member, Member::Named(_)));
        let bytes = fields.map(|pair| pair.span().byte_range());
        let mutants: Vec<&Mutant> = bytes.flat_map(|bytes| self.of(bytes)).collect();
        self.wrap(made.span().byte_range(), &mutants);
        syn::visit::visit_expr_struct(self, made);
    }

    fn visit_expr_match(&mut self, found: &'ast ExprMatch) {
        // Without an arm for anything else the compiler would miss the arm even while it is there.
        if found.arms.iter().any(|arm| matches!(arm.pat, Pat::Wild(_)) && arm.guard.is_none()) {
            found.arms.iter().for_each(|arm| self.pass_over(arm));
        }
        syn::visit::visit_expr_match(self, found);
    }

    fn visit_arm(&mut self, arm: &'ast Arm) {
        if let Some((_, guard)) = &arm.guard {
            let mutants = self.of(guard.span().byte_range());
            self.wrap(guard.span().byte_range(), &mutants);
        }
        syn::visit::visit_arm(self, arm);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mutant(number: usize, source: &str, written: &str, replacement: &str) -> Mutant {
        let start = source.find(written).unwrap_or_default();
        Mutant {
            number,
            file: String::new(),
            name: String::new(),
            listed: String::new(),
            bytes: start..start + written.len(),
            replacement: replacement.to_owned(),
            returns_a_trait: false,
            is_function: false,
        }
    }

    fn placed(source: &str, changes: &[(&str, &str)]) -> String {
        let mutants: Vec<Mutant> =
            (1..).zip(changes).map(|(n, (written, new))| mutant(n, source, written, new)).collect();
        let placed = place(source, &mutants.iter().collect::<Vec<_>>(), &BTreeSet::new()).map(|placed| {
            for (part, number) in &placed.parts {
                assert!(placed.text[part.clone()].contains(changes[number - 1].1), "{}", placed.text);
            }
            placed.text
        });
        placed.unwrap_or_default()
    }

    #[test]
    fn operators_that_bind_each_other_are_one_place_and_those_in_a_call_another() {
        let text = placed("fn f() { a - g(b + c) * d }", &[("-", "+"), ("*", "/"), ("+", "-")]);
        let inner = "(match crate::mutants::at(&[3]) { 0 => (b + c), 3 => (b - c), _ => unreachable!() })";
        let expected = format!(
            "fn f() {{ (match crate::mutants::at(&[1, 2]) {{ 0 => (a - g({inner}) * d), 1 => (a + g(b + c) * d), \
             2 => (a - g(b + c) / d), _ => unreachable!() }}) }}"
        );
        assert_eq!(text, expected);
    }

    #[test]
    fn a_function_may_return_at_once() {
        let text = placed("fn f() -> bool { !a }", &[("!a", "true"), ("!", "")]);
        let negated = "(match crate::mutants::at(&[2]) { 0 => (!a), 2 => (a), _ => unreachable!() })";
        let begin = "match crate::mutants::at(&[1]) { 0 => (), 1 => return { true }, _ => unreachable!() };";
        assert_eq!(text, format!("fn f() -> bool {{ {begin}\n{negated} }}"));
    }

    #[test]
    fn an_arm_may_be_passed_over_and_a_guard_may_always_hold() {
        let text = placed("fn f() { match a { 1 => b, x if x > 2 => c, _ => d } }", &[("1 => b,", "")]);
        assert_eq!(
            text,
            "fn f() { match a { 1 if crate::mutants::at(&[1]) == 0 => b, x if x > 2 => c, _ => d } }"
        );
        let text = placed("fn f() { match a { x if p(x) => c, _ => d } }", &[("p(x)", "true")]);
        let guard = "(match crate::mutants::at(&[1]) { 0 => (p(x)), 1 => (true), _ => unreachable!() })";
        assert_eq!(text, format!("fn f() {{ match a {{ x if {guard} => c, _ => d }} }}"));
    }

    #[test]
    fn a_field_may_be_left_to_the_rest() {
        let text = placed("fn f() { A { b: 1, ..c } }", &[("b: 1,", "")]);
        let made = "(match crate::mutants::at(&[1]) { 0 => (A { b: 1, ..c }), 1 => (A {  ..c }), _ => unreachable!() })";
        assert_eq!(text, format!("fn f() {{ {made} }}"));
    }

    #[test]
    fn conditions_with_let_stay_where_they_are() {
        let source = "fn f() { if a && !b && let Some(c) = d {} }";
        let text = placed(source, &[("&&", "||")]);
        assert!(
            text.contains("if (match crate::mutants::at(&[1]) { 0 => (a && !b), 1 => (a || !b), "),
            "{text}"
        );
        assert!(text.contains("&& let Some(c) = d {}"), "{text}");
        let text = placed(source, &[("&& let", "|| let")]);
        let body = "1 => return { if a && !b || let Some(c) = d {} }, _ => unreachable!() };";
        assert_eq!(
            text,
            format!("fn f() {{ match crate::mutants::at(&[1]) {{ 0 => (), {body}\n{}", &source[9..])
        );
    }
}
