//! The formulas of a statement's lines, made from their recorded expressions: lines by their names, numbers
//! of the terms and of the facts by the cells that hold them, divided amounts by their rows on the sheet of
//! shares.

use std::collections::BTreeMap;

use domain::exact::Exact;
use domain::statement::Statement;
use domain::terms::Terms;
use domain::worksheet::{Expr, Line, NoValue, Op};

use super::given::Given;
use super::shares::{Operand, Shares};
use super::statement as sheet;

/// The formulas of all lines, with the cells they use.
pub struct Formulas {
    /// The formula of each line with an amount, by its number.
    pub of_lines: BTreeMap<u32, String>,
    /// The numbers that terms and facts give.
    pub given: Given,
    /// The amounts that are divided.
    pub shares: Shares,
    /// The division of which each line with a first part holds it.
    divided: BTreeMap<String, String>,
    names: BTreeMap<String, String>,
    rows: BTreeMap<String, u32>,
    amounts: BTreeMap<String, Exact>,
}

/// What a spreadsheet shows where there is no value.
const NO_VALUE: &str = "NA()";

/// A piece of a formula, with how tightly it holds together.
struct Piece {
    text: String,
    binds: Binds,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binds {
    Sum,
    Product,
    Whole,
}

impl Piece {
    fn whole(text: String) -> Piece {
        Piece { text, binds: Binds::Whole }
    }

    /// The piece as a part of something that binds at least so tightly.
    fn within(self, binds: Binds) -> String {
        if self.binds < binds { format!("({})", self.text) } else { self.text }
    }
}

/// Rounds halves away from zero, as the ledger does. A program that reckons in binary comes to a half of a
/// penny that is a little less than one, after large amounts were taken from each other above all: what
/// stands that far behind the places is taken off first.
fn rounded(text: &str, places: &Exact) -> String {
    format!("ROUND(ROUND({text},{}),{places})", places.clone() + Exact::from(NOISE))
}

/// Decimal places behind those that are kept in which an amount below a thousand million is still exact.
const NOISE: i64 = 5;

impl Formulas {
    /// The formulas of a statement's lines.
    pub fn of(statement: &Statement, terms: &Terms) -> Formulas {
        let mut all = Formulas {
            of_lines: BTreeMap::new(),
            given: Given::of(terms),
            shares: Shares::default(),
            divided: BTreeMap::new(),
            names: names(&statement.lines),
            rows: statement.lines.iter().map(|line| (line.id.clone(), sheet::row(line.n))).collect(),
            amounts: carried(statement),
        };
        for line in &statement.lines {
            let Some(expr) = &line.working.expr else { continue };
            let piece = all.piece(expr, line);
            let formula = match line.rounds(statement.rounding) {
                true => rounded(&piece.text, &Exact::from(i64::from(statement.rounding.unit.places()))),
                false => piece.text,
            };
            all.of_lines.insert(line.n, formula);
        }
        all
    }

    /// The name of a line's cell.
    pub fn name(&self, id: &str) -> &str {
        self.names.get(id).map_or("", String::as_str)
    }

    /// Every named cell with its place, as the workbook defines them.
    pub fn names(&self) -> impl Iterator<Item = (&str, String)> {
        let of_lines = self.names.iter().filter_map(|(id, name)| {
            let row = self.rows.get(id)?;
            Some((name.as_str(), format!("=Statement!$E${}", row + 1)))
        });
        of_lines.chain(self.given.names())
    }

    fn piece(&mut self, expr: &Expr<String>, line: &Line) -> Piece {
        match expr {
            Expr::Line(id) => Piece::whole(self.name(id).to_owned()),
            Expr::Const { value } => Piece::whole(self.given.parameter(line, value)),
            Expr::Op { op, args } => self.operation(*op, args, line),
        }
    }

    fn operation(&mut self, op: Op, args: &[Expr<String>], line: &Line) -> Piece {
        let binds = match op {
            Op::Add | Op::Sub | Op::Test => Binds::Sum,
            Op::Mul | Op::Div => Binds::Product,
            _ => Binds::Whole,
        };
        let text = match (op, args) {
            (Op::Given, args) => return self.recorded(args, line),
            (Op::Bands, [value, first, bands @ ..]) => self.bands(value, first, bands, line),
            (Op::Allocate, [amount, unit, part, weights @ ..]) => {
                let cell = self.share(amount, unit, part, weights, line);
                return Piece::whole(cell.unwrap_or_else(|| NO_VALUE.to_owned()));
            }
            (Op::Part, [Expr::Line(first), part, ..]) => {
                let cell = self.beside(first, part);
                return Piece::whole(cell.unwrap_or_else(|| NO_VALUE.to_owned()));
            }
            (Op::Add, []) => "0".to_owned(),
            (Op::Add, args) => self.all(args, line, Binds::Sum).join("+"),
            (Op::Mul, args) => self.all(args, line, Binds::Whole).join("*"),
            (Op::Sub | Op::Test, [a, b]) => {
                let a = self.piece(a, line).text;
                format!("{a}-{}", self.piece(b, line).within(Binds::Product))
            }
            (Op::Div, [a, b]) => {
                let a = self.piece(a, line).within(Binds::Product);
                format!("{a}/{}", self.piece(b, line).within(Binds::Whole))
            }
            (Op::Min, args) => format!("MIN({})", self.all(args, line, Binds::Sum).join(",")),
            (Op::Max, args) => format!("MAX({})", self.all(args, line, Binds::Sum).join(",")),
            (Op::Round, [a, Expr::Const { value }]) => rounded(&self.piece(a, line).text, value),
            (Op::Clamp, [a, low, high]) => {
                let [a, low, high] = [a, low, high].map(|e| self.piece(e, line).text);
                format!("MIN(MAX({a},{low}),{high})")
            }
            // An expression of any other shape has no value and was refused before it was recorded.
            (_, _) => NO_VALUE.to_owned(),
        };
        Piece { text, binds }
    }

    fn all(&mut self, args: &[Expr<String>], line: &Line, binds: Binds) -> Vec<String> {
        args.iter().map(|arg| self.piece(arg, line).within(binds)).collect()
    }

    /// Figures as recorded: numbers of the terms, or facts in rows that follow each other.
    fn recorded(&mut self, args: &[Expr<String>], line: &Line) -> Piece {
        let values: Option<Vec<Exact>> = args
            .iter()
            .map(|arg| match arg {
                Expr::Const { value } => Some(value.clone()),
                _ => None,
            })
            .collect();
        match values {
            Some(values) if !line.sources.is_empty() => Piece::whole(self.given.facts(line, &values)),
            _ => Piece { text: self.all(args, line, Binds::Sum).join("+"), binds: Binds::Sum },
        }
    }

    /// Each slice of a value at its own rate, as [`Op::Bands`] says.
    fn bands(
        &mut self,
        value: &Expr<String>,
        first: &Expr<String>,
        bands: &[Expr<String>],
        line: &Line,
    ) -> String {
        let value = self.piece(value, line).text;
        let mut rate = self.piece(first, line).within(Binds::Whole);
        let (mut slices, mut below) = (Vec::new(), "0".to_owned());
        for band in bands.chunks(2) {
            let [edge, next] = band else { continue };
            let edge = self.piece(edge, line).within(Binds::Whole);
            slices.push(format!("(MIN(MAX(ABS({value}),{below}),{edge})-{below})*{rate}"));
            below = edge;
            rate = self.piece(next, line).within(Binds::Whole);
        }
        slices.push(format!("MAX(ABS({value})-{below},0)*{rate}"));
        format!("SIGN({value})*({})", slices.join("+"))
    }

    /// The cell of one part of a divided amount.
    fn share(
        &mut self,
        amount: &Expr<String>,
        unit: &Expr<String>,
        part: &Expr<String>,
        weights: &[Expr<String>],
        line: &Line,
    ) -> Option<String> {
        let number = |e: &Expr<String>| self.value(e).map(|value| value.to_string());
        let (unit, part) = (number(unit)?.parse().ok()?, number(part)?.parse().ok()?);
        let whole = serde_json::to_string(&(amount, weights)).ok()?;
        if self.shares.part(&whole, part).is_none() {
            let amount = self.operand(amount, line)?;
            let weights = weights.iter().map(|weight| self.operand(weight, line)).collect::<Option<_>>()?;
            self.shares.divide(whole.clone(), line, amount, unit, weights);
        }
        let cell = self.shares.part(&whole, part);
        self.divided.insert(line.id.clone(), whole);
        cell
    }

    /// The cell of another part of what a line divides.
    fn beside(&self, first: &str, part: &Expr<String>) -> Option<String> {
        let part = self.value(part)?.to_string().parse().ok()?;
        self.shares.part(self.divided.get(first)?, part)
    }

    fn operand(&mut self, expr: &Expr<String>, line: &Line) -> Option<Operand> {
        Some(Operand { value: self.value(expr)?, formula: self.piece(expr, line).text })
    }

    /// What an expression comes to, over the lines before it.
    fn value(&self, expr: &Expr<String>) -> Option<Exact> {
        let amount = |id: &String| self.amounts.get(id).cloned().ok_or(NoValue::NoSuchLine(id.clone()));
        expr.evaluate(&amount).ok()
    }
}

/// What later lines take from each line.
fn carried(statement: &Statement) -> BTreeMap<String, Exact> {
    let amount = |line: &Line| Some((line.id.clone(), line.carried(statement.rounding)?));
    statement.lines.iter().filter_map(amount).collect()
}

/// A name for each line's cell, from its step, clause and subject.
fn names(lines: &[Line]) -> BTreeMap<String, String> {
    let mut taken = BTreeMap::new();
    lines
        .iter()
        .map(|line| {
            let subject = line.subject.iter().map(String::as_str);
            let parts: Vec<&str> =
                [line.name.slug(), line.clause.as_str()].into_iter().chain(subject).collect();
            (line.id.clone(), unused(&named(&parts.join("_")), &mut taken))
        })
        .collect()
}

/// A text as a name that a spreadsheet takes: letters, digits and underscores, and never mistaken for a cell.
pub fn named(text: &str) -> String {
    let sign = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    let name: String = text.chars().map(sign).collect();
    let looks_like_a_cell = !name.contains('_') || !name.starts_with(|c: char| c.is_ascii_alphabetic());
    let mut name = if looks_like_a_cell { format!("the_{name}") } else { name };
    name.truncate(200);
    name
}

/// The name, with a number where another line has it already.
pub fn unused(name: &str, taken: &mut BTreeMap<String, u32>) -> String {
    let times = taken.entry(name.to_owned()).or_default();
    *times += 1;
    if *times == 1 { name.to_owned() } else { format!("{name}__{times}") }
}
