//! Amounts shared out: parts that sum to the whole to the unit, or exact parts where only payables are
//! rounded.

use super::expr::{Expr, Op};
use super::figure::{self, Figure, Operand, sum};
use super::{Step, Worksheet};
use crate::money::Money;
use crate::rate::Rate;
use crate::terms::RoundedAt;

impl Worksheet {
    /// Writes each party's part of an amount: shares that sum to it, ties in list order.
    pub fn shares<P: ToString>(
        &mut self,
        step: Step,
        amount: Figure<Money>,
        shares: &[(P, Rate)],
    ) -> Vec<Figure<Money>> {
        self.shares_by(step, amount, shares)
    }

    /// The same in proportion to any weights: lines, such as turnovers, or workings on them.
    pub fn shares_by<P: ToString, W: Operand + Clone>(
        &mut self,
        step: Step,
        amount: Figure<Money>,
        weights: &[(P, W)],
    ) -> Vec<Figure<Money>> {
        let each: Vec<W> = weights.iter().map(|(_, weight)| weight.clone()).collect();
        let parts = weights.iter().enumerate();
        parts.map(|(k, (party, _))| self.part(step, party.to_string(), amount, k, &each)).collect()
    }

    /// Writes one of these parts, the `k`-th from 0, where they are not all lines of one name.
    pub fn part<W: Operand + Clone>(
        &mut self,
        step: Step,
        subject: impl ToString,
        amount: Figure<Money>,
        k: usize,
        weights: &[W],
    ) -> Figure<Money> {
        if let [_] = weights {
            // Who shares with nobody has the whole.
            return self.line_of(step, subject, sum([amount]));
        }
        let weights: Vec<Expr<usize>> = weights.iter().cloned().map(Operand::expr).collect();
        let working = match (self.rounding.at, self.value(&Expr::op(Op::Add, weights.clone()))) {
            // Where only payables are rounded, a share is a line like any other: exact.
            (RoundedAt::Payable, Ok(all)) if !all.is_zero() => figure::exact_share_of(amount, k, weights),
            _ => figure::share_of(amount, k, weights, self.rounding.unit),
        };
        let part = self.line_of(step, subject, working);
        self.part_of.insert(part.line, amount.line);
        part
    }

    /// The same for any number of weights that are lines, whose `sum` is a line too: what everybody's part
    /// rests on is written once, with the first part, so that thousands of parts take no more room than they
    /// are.
    pub fn shares_of_sum<P: ToString>(
        &mut self,
        step: Step,
        amount: Figure<Money>,
        sum: Figure<Money>,
        weights: &[(P, Figure<Money>)],
    ) -> Vec<Figure<Money>> {
        let exact = self.rounding.at == RoundedAt::Payable && !self.amount(sum).is_zero();
        let mut parts: Vec<Figure<Money>> = Vec::new();
        for (k, (subject, weight)) in weights.iter().enumerate() {
            let part = match parts.first() {
                _ if exact => self.line_of(step, subject.to_string(), (*weight / sum) * amount),
                Some(first) => {
                    self.line_of(step, subject.to_string(), figure::part_beside(*first, amount, k, *weight))
                }
                None => {
                    let weights: Vec<Figure<Money>> = weights.iter().map(|(_, weight)| *weight).collect();
                    self.part(step, subject.to_string(), amount, k, &weights)
                }
            };
            self.part_of.insert(part.line, amount.line);
            parts.push(part);
        }
        parts
    }
}
