//! The second path: every line's recorded expression is evaluated again over the recorded amounts of earlier
//! lines and compared with what the line says. Run before a statement is appended and whenever one is read.

use std::collections::BTreeMap;

use super::expr::{Before, Division, Expr, NoValue};
use super::line::{Line, LineKind};
use super::{carried, shown};
use crate::exact::Exact;
use crate::terms::Rounding;

/// A line that does not follow from its own expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {n} ({line}) says {says}, but its working comes to {comes_to}")]
pub struct Mismatch {
    /// The line's id.
    pub line: String,
    /// Its number.
    pub n: u32,
    /// What it says.
    pub says: String,
    /// What its expression comes to.
    pub comes_to: String,
}

/// The lines reckoned so far.
#[derive(Default)]
struct Reckoned<'a> {
    amounts: BTreeMap<&'a str, Exact>,
    divisions: BTreeMap<&'a str, Division>,
}

impl Before<String> for Reckoned<'_> {
    fn amount(&self, id: &String) -> Result<Exact, NoValue> {
        self.amounts.get(id.as_str()).cloned().ok_or_else(|| NoValue::NoSuchLine(id.clone()))
    }

    fn division(&self, id: &String) -> Option<&Division> {
        self.divisions.get(id.as_str())
    }
}

impl<'a> Reckoned<'a> {
    /// Takes a line in, with what later lines take from it.
    fn add(&mut self, line: &'a Line, expr: &Expr<String>, exact: &Exact, rounding: Rounding) -> Exact {
        if let Some(division) = expr.divides(self) {
            self.divisions.insert(&line.id, division);
        }
        let carried = carried(exact, line.kind, line.name, rounding);
        self.amounts.insert(&line.id, carried.clone());
        carried
    }
}

/// Evaluates every line again; the first that differs is named.
pub fn audit(lines: &[Line], rounding: Rounding) -> Result<(), Mismatch> {
    let mut before = Reckoned::default();
    for line in lines {
        let mismatch = |says: &str, comes_to: String| Mismatch {
            line: line.id.clone(),
            n: line.n,
            says: says.to_owned(),
            comes_to,
        };
        let Some(expr) = &line.working.expr else {
            if line.kind == LineKind::Note && line.value.is_none() && line.exact.is_none() {
                continue;
            }
            return Err(mismatch(line.value.as_deref().unwrap_or("an amount"), "nothing".to_owned()));
        };
        let exact = expr
            .after(&before)
            .map_err(|why| mismatch(line.value.as_deref().unwrap_or("nothing"), why.to_string()))?;
        let value = shown(&before.add(line, expr, &exact, rounding), line.kind);
        if line.exact.as_ref() != Some(&exact) || line.value.as_deref() != Some(value.as_str()) {
            return Err(mismatch(line.value.as_deref().unwrap_or("nothing"), value));
        }
    }
    Ok(())
}

/// What every line with an amount would come to if some were given otherwise: the recorded expressions are
/// evaluated again in turn over the amounts that `given` puts in place of their own.
///
/// # Errors
/// Where an expression has no value over these amounts.
pub fn evaluate_with(
    lines: &[Line],
    rounding: Rounding,
    given: impl Fn(&Line) -> Option<Exact>,
) -> Result<BTreeMap<&str, Exact>, NoValue> {
    let mut before = Reckoned::default();
    for line in lines {
        let Some(expr) = &line.working.expr else { continue };
        let exact = given(line).map_or_else(|| expr.after(&before), Ok)?;
        before.add(line, expr, &exact, rounding);
    }
    Ok(before.amounts)
}
