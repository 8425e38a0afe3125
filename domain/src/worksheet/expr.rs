//! The recorded form of a working: an expression over lines and constants, which evaluates to the line's
//! amount and reads as its explanation. Both are made from the same tree, so they cannot drift apart.

use serde::{Deserialize, Serialize};

use crate::exact::Exact;
use crate::money::{Unit, allocate};

/// The most decimal places that a price is held to.
pub const MOST_PLACES: u32 = 12;

/// An expression over earlier lines (`R` names one: its place while a sheet is written, its id once
/// recorded).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Expr<R> {
    /// The amount of an earlier line.
    Line(R),
    /// A number: of the terms, of the facts, or of the formula itself.
    Const {
        /// The number.
        #[serde(rename = "const")]
        value: Exact,
    },
    /// An operation on further expressions.
    Op {
        /// What is done.
        op: Op,
        /// With what, in order.
        args: Vec<Expr<R>>,
    },
}

/// What an expression does with its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// The sum of figures that terms or facts give; the line's sources say which.
    Given,
    /// The sum of all.
    Add,
    /// The first less the second.
    Sub,
    /// The product of all.
    Mul,
    /// The first divided by the second.
    Div,
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// The first, not below the second and not above the third.
    Clamp,
    /// `[value, rate, edge, rate, edge, ..., rate]`: the value without its sign is cut at the rising edges,
    /// each slice is taken at the rate before its upper edge, what lies above the last edge at the last rate;
    /// then the sign returns.
    Bands,
    /// `[amount, unit, k, weights...]`: the `k`-th part (from 0) of the amount split by the weights to the
    /// unit, as [`allocate`] splits it.
    Allocate,
    /// `[line, k, amount, weight]`: the `k`-th part (from 0) of an amount of which the line holds the first
    /// part, in an [`Op::Allocate`] that names every weight. So the weights of thousands of parts are written
    /// once. `amount` and `weight` must be those of that line: they are what is said of this part.
    Part,
    /// `[value, places]`: rounded to so many decimal places, halves away from zero; a price that a contract
    /// fixes.
    Round,
    /// `[left, right]`: the margin by which left reaches right; met where it is not negative.
    Test,
}

/// Why an expression has no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoValue {
    /// Something was divided by zero.
    #[error("a division by zero")]
    DivisionByZero,
    /// It names a line that is not earlier, or has no amount.
    #[error("it uses {0}, which is no earlier line with an amount")]
    NoSuchLine(String),
    /// An operation with the wrong number or kind of arguments.
    #[error("{0:?} has the wrong arguments")]
    WrongArguments(Op),
}

/// An amount divided among several, as the line with the first part divides it.
#[derive(Clone, Debug)]
pub(super) struct Division {
    amount: Exact,
    weights: Vec<Exact>,
    parts: Vec<Exact>,
}

/// The lines before an expression, already reckoned.
pub(super) trait Before<R> {
    /// What later lines take from a line.
    fn amount(&self, line: &R) -> Result<Exact, NoValue>;

    /// How a line divides the amount of which it holds the first part.
    fn division(&self, line: &R) -> Option<&Division>;
}

/// Amounts alone.
struct Amounts<'a, F>(&'a F);

impl<R, F: Fn(&R) -> Result<Exact, NoValue>> Before<R> for Amounts<'_, F> {
    fn amount(&self, line: &R) -> Result<Exact, NoValue> {
        (self.0)(line)
    }

    fn division(&self, _: &R) -> Option<&Division> {
        None
    }
}

impl<R> Expr<R> {
    pub(super) fn op(op: Op, args: Vec<Expr<R>>) -> Expr<R> {
        Expr::Op { op, args }
    }

    pub(super) fn constant(value: Exact) -> Expr<R> {
        Expr::Const { value }
    }

    /// The same expression with its lines named differently.
    pub(super) fn rename<S>(&self, name: &impl Fn(&R) -> S) -> Expr<S> {
        match self {
            Expr::Line(line) => Expr::Line(name(line)),
            Expr::Const { value } => Expr::Const { value: value.clone() },
            Expr::Op { op, args } => {
                Expr::Op { op: *op, args: args.iter().map(|a| a.rename(name)).collect() }
            }
        }
    }

    /// The lines it uses, in order of mention.
    pub fn lines(&self) -> Vec<&R> {
        match self {
            Expr::Line(line) => vec![line],
            Expr::Const { .. } => Vec::new(),
            Expr::Op { args, .. } => args.iter().flat_map(Expr::lines).collect(),
        }
    }

    /// Its exact value, given the amounts of the lines it uses. [`Op::Part`] has none: it needs the line that
    /// divides.
    ///
    /// # Errors
    /// Says why it has no value.
    pub fn evaluate(&self, amount: &impl Fn(&R) -> Result<Exact, NoValue>) -> Result<Exact, NoValue> {
        self.after(&Amounts(amount))
    }

    /// Its exact value after the lines before it.
    pub(super) fn after(&self, before: &impl Before<R>) -> Result<Exact, NoValue> {
        let (op, args) = match self {
            Expr::Line(line) => return before.amount(line),
            Expr::Const { value } => return Ok(value.clone()),
            Expr::Op { op: Op::Part, args } => return part_of_line(args, before),
            Expr::Op { op, args } => (*op, args),
        };
        let values = args.iter().map(|a| a.after(before)).collect::<Result<Vec<Exact>, NoValue>>()?;
        match (op, values.as_slice()) {
            (Op::Given | Op::Add, values) => Ok(values.iter().cloned().sum()),
            (Op::Sub | Op::Test, [a, b]) => Ok(a - b),
            (Op::Mul, values) => Ok(values.iter().cloned().fold(Exact::one(), |a, b| a * b)),
            (Op::Div, [a, b]) => a.checked_div(b).ok_or(NoValue::DivisionByZero),
            (Op::Min, [first, rest @ ..]) => Ok(rest.iter().fold(first, |a, b| a.min(b)).clone()),
            (Op::Max, [first, rest @ ..]) => Ok(rest.iter().fold(first, |a, b| a.max(b)).clone()),
            (Op::Clamp, [a, low, high]) => Ok(a.max(low).min(high).clone()),
            (Op::Bands, [value, first, bands @ ..]) => in_bands(value, first, bands),
            (Op::Allocate, [amount, unit, k, weights @ ..]) => {
                let part = index(k).and_then(|k| parts(amount, unit, weights)?.get(k).cloned());
                part.ok_or(NoValue::WrongArguments(op))
            }
            (Op::Round, [a, places]) => rounded(a, places),
            _ => Err(NoValue::WrongArguments(op)),
        }
    }

    /// How it divides an amount, where it is the first part of one.
    pub(super) fn divides(&self, before: &impl Before<R>) -> Option<Division> {
        let Expr::Op { op: Op::Allocate, args } = self else { return None };
        if !matches!(args.get(2), Some(Expr::Const { value: k }) if k.is_zero()) {
            return None;
        }
        let values = args.iter().map(|a| a.after(before)).collect::<Result<Vec<Exact>, NoValue>>().ok()?;
        let [amount, unit, _, weights @ ..] = values.as_slice() else { return None };
        let parts = parts(amount, unit, weights)?;
        Some(Division { amount: amount.clone(), weights: weights.to_vec(), parts })
    }
}

fn part_of_line<R>(args: &[Expr<R>], before: &impl Before<R>) -> Result<Exact, NoValue> {
    let wrong = || NoValue::WrongArguments(Op::Part);
    let [Expr::Line(line), k, amount, weight] = args else { return Err(wrong()) };
    let division = before.division(line).ok_or_else(wrong)?;
    let k = index(&k.after(before)?).ok_or_else(wrong)?;
    let is_its_own =
        division.amount == amount.after(before)? && division.weights.get(k) == Some(&weight.after(before)?);
    division.parts.get(k).filter(|_| is_its_own).cloned().ok_or_else(wrong)
}

fn rounded(value: &Exact, places: &Exact) -> Result<Exact, NoValue> {
    let places: u32 = places.to_string().parse().map_err(|_| NoValue::WrongArguments(Op::Round))?;
    if places > MOST_PLACES { Err(NoValue::WrongArguments(Op::Round)) } else { Ok(value.to_places(places)) }
}

/// Each slice of the value at its own rate, like the bands of a tax.
fn in_bands(value: &Exact, first: &Exact, bands: &[Exact]) -> Result<Exact, NoValue> {
    let whole = value.abs();
    let (mut taken, mut below, mut rate) = (Exact::zero(), Exact::zero(), first.clone());
    for band in bands.chunks(2) {
        let [edge, next] = band else { return Err(NoValue::WrongArguments(Op::Bands)) };
        if *edge < below {
            return Err(NoValue::WrongArguments(Op::Bands));
        }
        let slice = whole.clone().max(below.clone()).min(edge.clone()) - below;
        taken = taken + slice * rate;
        (below, rate) = (edge.clone(), next.clone());
    }
    taken = taken + (whole.max(below.clone()) - below) * rate;
    Ok(if value.is_negative() { -taken } else { taken })
}

fn parts(amount: &Exact, unit: &Exact, weights: &[Exact]) -> Option<Vec<Exact>> {
    let unit: Unit = unit.to_string().parse().ok()?;
    Some(allocate(amount, weights, unit))
}

fn index(k: &Exact) -> Option<usize> {
    k.to_string().parse().ok()
}

impl<R> Expr<R> {
    /// The expression in words, with each line by its number.
    pub fn in_words(&self, number: &impl Fn(&R) -> String) -> String {
        let (op, args) = match self {
            Expr::Line(line) => return format!("line {}", number(line)),
            Expr::Const { value } => return value.to_string(),
            Expr::Op { op, args } => (*op, args),
        };
        let words = |e: &Expr<R>| e.in_words(number);
        let nested = |e: &Expr<R>| match e {
            Expr::Op { op: Op::Add | Op::Sub, .. } => format!("({})", words(e)),
            _ => words(e),
        };
        let all = |glue: &str| args.iter().map(words).collect::<Vec<_>>().join(glue);
        match (op, args.as_slice()) {
            (Op::Given, [_]) => "as recorded".to_owned(),
            (Op::Given, given) => format!("the sum of {} figures as recorded", given.len()),
            (Op::Add, []) => "nothing".to_owned(),
            (Op::Add, terms) => sum_in_words(terms, number).unwrap_or_else(|| all(" plus ")),
            (Op::Sub, [a, b]) => format!("{} less {}", words(a), nested(b)),
            (Op::Mul, [Expr::Const { value }, of]) if *value == Exact::one() => words(of),
            (Op::Mul, [Expr::Const { value }, of]) if value.abs() <= Exact::one() => {
                format!("{} of {}", value.show_percent(6), nested(of))
            }
            (Op::Mul, _) => args.iter().map(nested).collect::<Vec<_>>().join(" × "),
            (Op::Div, [a, b]) => format!("{} ÷ {}", nested(a), nested(b)),
            (Op::Min, _) => format!("the lesser of {}", all(" and ")),
            (Op::Max, _) => format!("the greater of {}", all(" and ")),
            (Op::Clamp, [a, low, high]) => {
                format!("{}, not below {} and not above {}", words(a), words(low), words(high))
            }
            (Op::Bands, [value, first, bands @ ..]) => {
                format!("{}, slice by slice: {}", words(value), bands_in_words(first, bands, &words))
            }
            (Op::Allocate, [amount, _, k, weights @ ..]) => {
                share_in_words(&words(amount), k, weights, &words)
            }
            (Op::Part, [_, _, amount, weight]) => by_weight(&words(amount), &words(weight)),
            (Op::Round, [a, places]) => format!("{}, held to {} decimal places", words(a), words(places)),
            (Op::Test, [a, b]) => format!("whether {} reaches {}", words(a), words(b)),
            _ => format!("{op:?}"),
        }
    }
}

/// "the sum of lines 1 to 4 and 6": three or more lines added, with runs of neighbours drawn together.
fn sum_in_words<R>(terms: &[Expr<R>], number: &impl Fn(&R) -> String) -> Option<String> {
    let line = |e: &Expr<R>| match e {
        Expr::Line(line) => number(line).parse::<usize>().ok(),
        _ => None,
    };
    let lines = terms.iter().map(line).collect::<Option<Vec<usize>>>().filter(|lines| lines.len() > 2)?;
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for n in lines {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == n => *last = n,
            _ => runs.push((n, n)),
        }
    }
    let run = |(first, last): &(usize, usize)| {
        if first == last { first.to_string() } else { format!("{first} to {last}") }
    };
    let told: Vec<String> = runs.iter().map(run).collect();
    let (last, rest) = told.split_last()?;
    let told = if rest.is_empty() { last.clone() } else { format!("{} and {last}", rest.join(", ")) };
    Some(format!("the sum of lines {told}"))
}

/// "100% up to line 4, 50% from there up to line 5, 20% above".
fn bands_in_words<R>(first: &Expr<R>, bands: &[Expr<R>], words: &impl Fn(&Expr<R>) -> String) -> String {
    let rate = |e: &Expr<R>| match e {
        Expr::Const { value } => value.show_percent(6),
        other => words(other),
    };
    let mut told = String::new();
    let mut at = rate(first);
    for band in bands.chunks(2) {
        let [edge, next] = band else { continue };
        told.push_str(&format!("{at} up to {}, ", words(edge)));
        at = rate(next);
    }
    if told.is_empty() { format!("{at} of all of it") } else { format!("{told}{at} above") }
}

/// "50% of line 9, in shares that sum to it"; where the weights are lines, "its part of line 9 by line 4,
/// ...".
fn share_in_words<R>(
    amount: &str,
    k: &Expr<R>,
    weights: &[Expr<R>],
    words: &impl Fn(&Expr<R>) -> String,
) -> String {
    let number = |e: &Expr<R>| match e {
        Expr::Const { value } => Some(value.clone()),
        _ => None,
    };
    let k: usize = number(k).and_then(|k| k.to_string().parse().ok()).unwrap_or(0);
    let Some(fixed) = weights.iter().map(number).collect::<Option<Vec<Exact>>>() else {
        let weight = weights.get(k).map(words).unwrap_or_default();
        return by_weight(amount, &weight);
    };
    let sum: Exact = fixed.iter().cloned().sum();
    let share = fixed.get(k).and_then(|w| w.checked_div(&sum)).unwrap_or_else(Exact::zero);
    format!("{} of {amount}, in shares that sum to it", share.show_percent(4))
}

fn by_weight(amount: &str, weight: &str) -> String {
    format!("its part of {amount} by weight, {weight}, in shares that sum to it")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(json: &str) -> Expr<String> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn an_expression_is_read_back_as_it_was_written() {
        let json = r#"{"op":"sub","args":["c/1/budget",{"op":"mul","args":[{"const":"0.1"},"c/1/budget"]}]}"#;
        assert_eq!(serde_json::to_string(&tree(json)).unwrap(), json);
    }

    #[test]
    fn words_and_value_come_from_the_same_tree() {
        let expr = tree(r#"{"op":"sub","args":["a",{"op":"mul","args":[{"const":"0.1"},"a"]}]}"#);
        let value = expr.evaluate(&|_| Ok(Exact::from(200))).unwrap();
        assert_eq!(value, Exact::from(180));
        assert_eq!(expr.in_words(&|_| "1".into()), "line 1 less 10% of line 1");
    }

    /// Worked example 16: 4,000,000 above 50,000,000, in bands of 2%, 5% and 10% of it.
    #[test]
    fn bands_take_each_slice_at_its_own_rate() {
        let expr = tree(
            r#"{"op":"bands","args":["d",{"const":"1"},{"const":"1000000"},{"const":"0.5"},"e",{"const":"0.2"}]}"#,
        );
        let at = |deviation: i64| {
            let amount = |id: &String| Ok(Exact::from(if id == "d" { deviation } else { 2_500_000 }));
            expr.evaluate(&amount).unwrap()
        };
        assert_eq!(at(4_000_000), Exact::from(2_050_000));
        assert_eq!(at(-2_000_000), Exact::from(-1_500_000));
        assert_eq!(at(0), Exact::zero());
        assert_eq!(
            expr.in_words(&|id| if id == "d" { "3".into() } else { "4".into() }),
            "line 3, slice by slice: 100% up to 1000000, 50% up to line 4, 20% above"
        );
    }

    #[test]
    fn falling_edges_have_no_value() {
        let expr = tree(
            r#"{"op":"bands","args":["d",{"const":"1"},{"const":"2"},{"const":"1"},{"const":"1"},{"const":"1"}]}"#,
        );
        assert_eq!(expr.evaluate(&|_| Ok(Exact::one())), Err(NoValue::WrongArguments(Op::Bands)));
    }

    #[test]
    fn nothing_is_divided_by_zero() {
        let expr = tree(r#"{"op":"div","args":["a",{"const":"0"}]}"#);
        assert_eq!(expr.evaluate(&|_| Ok(Exact::one())), Err(NoValue::DivisionByZero));
    }

    #[test]
    fn a_malformed_expression_has_no_value() {
        for json in [
            r#"{"op":"sub","args":["a"]}"#,
            r#"{"op":"allocate","args":["a",{"const":"0.01"},{"const":"2"},{"const":"1"}]}"#,
            r#"{"op":"allocate","args":["a",{"const":"0.05"},{"const":"0"},{"const":"1"}]}"#,
        ] {
            assert!(
                matches!(tree(json).evaluate(&|_| Ok(Exact::one())), Err(NoValue::WrongArguments(_))),
                "{json}"
            );
        }
    }
}
