//! The way from what was planned to what a contract year comes to: bars over the lines of a statement, taken
//! from the recorded workings of its payable and result.

use domain::exact::Exact;
use domain::name::{ContractId, PartyId};
use domain::statement::Statement;
use domain::worksheet::{Expr, Line, LineState, Op, Step};
use domain::year::ContractYear;
use serde::Serialize;

use crate::contracts::{label, planned};

/// The way from plan to result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Waterfall {
    /// The contract.
    pub contract: ContractId,
    /// The contract year.
    pub year: ContractYear,
    /// Totals and the steps between them; empty where an amount is missing.
    pub bars: Vec<Bar>,
}

/// One bar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bar {
    /// What it is.
    pub label: String,
    /// The line it shows; none where it is the difference of two.
    pub line: Option<String>,
    /// Whether it is a total, else a step from the bar before.
    pub total: bool,
    /// The total, or what the step adds.
    pub amount: Exact,
    /// What has been reached after it.
    pub reached: Exact,
}

/// The way of a statement from plan to the result of `party`, else to what is payable.
pub fn of(statement: &Statement, party: &PartyId) -> Waterfall {
    let bars = Walk { statement, bars: Vec::new() }.walk(party).unwrap_or_default();
    Waterfall { contract: statement.contract.clone(), year: statement.year, bars }
}

struct Walk<'a> {
    statement: &'a Statement,
    bars: Vec<Bar>,
}

/// A line, and whether it is added or taken off.
type Signed<'a> = (&'a Line, bool);

impl<'a> Walk<'a> {
    fn walk(mut self, party: &PartyId) -> Option<Vec<Bar>> {
        let lines = &self.statement.lines;
        let of_party = |l: &&Line| l.name == Step::Result && l.subject.as_deref() == Some(party.as_str());
        let result = lines.iter().find(of_party).filter(|l| amount(l).is_some());
        let payable = lines.iter().find(|l| l.name == Step::Payable)?;
        let parts = self.parts(payable)?;
        self.open(&parts)?;
        for part in parts.iter().skip(1) {
            self.step(*part)?;
        }
        self.total(payable)?;
        if let Some(result) = result {
            let rest = self.parts(result)?;
            for part in rest.into_iter().filter(|(line, _)| line.id != payable.id) {
                self.step(part)?;
            }
            self.total(result)?;
        }
        Some(self.bars)
    }

    /// The first part of the payable, reached from what was planned under its clause.
    fn open(&mut self, parts: &[Signed<'a>]) -> Option<()> {
        let (first, plus) = parts.first()?;
        let plan = planned(self.statement).into_iter().find(|l| l.clause == first.clause && l.id != first.id);
        let Some(plan) = plan.filter(|l| *plus && amount(l).is_some()) else {
            return self.step((first, *plus));
        };
        self.total(plan)?;
        let by = amount(first)? - amount(plan)?;
        if !by.is_zero() {
            // A line of the same clause may say by how much, such as what is withheld.
            let named = self.statement.lines.iter().find(|l| {
                l.clause == first.clause
                    && l.name != first.name
                    && amount(l).is_some_and(|a| a.abs() == by.abs())
            });
            let text = named
                .map_or_else(|| format!("{} less {}", label(first), plan.name.name().to_lowercase()), label);
            self.push(text, named.map(|l| l.id.clone()), false, by);
        }
        Some(())
    }

    fn step(&mut self, (line, plus): Signed) -> Option<()> {
        let by = amount(line)?;
        if !by.is_zero() {
            self.push(label(line), Some(line.id.clone()), false, if plus { by } else { -by });
        }
        Some(())
    }

    fn total(&mut self, line: &Line) -> Option<()> {
        self.push(label(line), Some(line.id.clone()), true, amount(line)?);
        Some(())
    }

    fn push(&mut self, label: String, line: Option<String>, total: bool, amount: Exact) {
        let before = self.bars.last().map_or_else(Exact::zero, |bar| bar.reached.clone());
        let reached = if total { amount.clone() } else { before + amount.clone() };
        self.bars.push(Bar { label, line, total, amount, reached });
    }

    /// The lines that a working adds and takes off; none where it does anything else.
    fn parts(&self, line: &Line) -> Option<Vec<Signed<'a>>> {
        let mut parts = Vec::new();
        self.collect(line.working.expr.as_ref()?, true, &mut parts)?;
        Some(parts)
    }

    fn collect(&self, expr: &Expr<String>, plus: bool, parts: &mut Vec<Signed<'a>>) -> Option<()> {
        match expr {
            Expr::Line(id) => parts.push((self.statement.line(id)?, plus)),
            Expr::Op { op: Op::Add, args } => {
                args.iter().try_for_each(|arg| self.collect(arg, plus, parts))?
            }
            Expr::Op { op: Op::Sub, args } => {
                for (place, arg) in args.iter().enumerate() {
                    self.collect(arg, plus == (place == 0), parts)?;
                }
            }
            _ => return None,
        }
        Some(())
    }
}

fn amount(line: &Line) -> Option<Exact> {
    if line.state != LineState::Ok {
        return None;
    }
    line.value.as_deref()?.parse().ok()
}
