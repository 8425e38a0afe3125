//! What parties owe each other under the clauses of a contract, and what that makes payable.

use std::collections::{BTreeMap, BTreeSet};

use super::expr::Expr;
use super::{Figure, Line, LineState, Step, Working, Worksheet, figure, net, sum, total};
use crate::exact::Exact;
use crate::money::Money;
use crate::name::PartyId;
use crate::terms::RoundedAt;

/// An amount that one party owes another under a clause; the statement's payable is the sum of these.
#[derive(Clone, Debug)]
pub(super) struct Owed {
    from: PartyId,
    to: PartyId,
    line: Figure<Money>,
    taken_away: bool,
}

impl Worksheet {
    /// `from` owes `to` the amount of `line` under the present clause.
    pub fn owes(&mut self, from: &PartyId, to: &PartyId, line: Figure<Money>) {
        self.owed.push(Owed { from: from.clone(), to: to.clone(), line, taken_away: false });
    }

    /// What `from` owes `to` is less by the amount of `line`.
    pub fn owes_less(&mut self, from: &PartyId, to: &PartyId, line: Figure<Money>) {
        self.owed.push(Owed { from: from.clone(), to: to.clone(), line, taken_away: true });
    }

    /// From here on each debt stands in the name of who stands in a party's place.
    pub fn stand(&mut self, now: impl Fn(&PartyId) -> PartyId) {
        for owed in &mut self.owed {
            (owed.from, owed.to) = (now(&owed.from), now(&owed.to));
        }
        self.owed.retain(|owed| owed.from != owed.to);
    }

    /// Each line that `from` owes `to`, and whether it is taken away.
    pub fn owed_lines(&self, from: &PartyId, to: &PartyId) -> Vec<(Figure<Money>, bool)> {
        let between = self.owed.iter().filter(|o| o.from == *from && o.to == *to);
        between.map(|o| (o.line, o.taken_away)).collect()
    }

    /// What a party is owed under the clauses so far, and what is taken off it or owed by it.
    pub fn owed_to(&self, party: &PartyId) -> (Vec<Figure<Money>>, Vec<Figure<Money>>) {
        let of = |added: bool| {
            let counts = move |o: &&Owed| {
                (o.to == *party && o.taken_away != added) || (o.from == *party && o.taken_away == added)
            };
            self.owed.iter().filter(counts).map(|o| o.line).collect()
        };
        (of(true), of(false))
    }

    /// The pairs of parties between whom something is owed, in the order in which clauses came to it.
    pub fn owed_pairs(&self) -> Vec<(PartyId, PartyId)> {
        let mut pairs = Vec::new();
        for owed in &self.owed {
            let pair = (owed.from.clone(), owed.to.clone());
            if !pairs.contains(&pair) {
                pairs.push(pair);
            }
        }
        pairs
    }

    /// Writes the payable between each pair of parties: from, to, line. Where no clause came to an amount
    /// there is none: not zero. Nothing due is an amount once the year has ended and every clause has
    /// decided.
    pub fn payables(
        &mut self,
        pairs: Vec<(PartyId, PartyId)>,
        year_ended: bool,
    ) -> Vec<(PartyId, PartyId, Option<Figure<Money>>)> {
        self.clause = total();
        let mut owed: Vec<Option<Working<Money>>> =
            pairs.iter().map(|(from, to)| self.owed_between(from, to)).collect();
        if self.rounding.at == RoundedAt::Payable {
            self.sum_to_the_unit(&pairs, &mut owed);
        }
        let all = pairs.into_iter().zip(owed);
        all.map(|((from, to), owed)| self.payable(from, to, owed, year_ended)).collect()
    }

    /// Where only payables are rounded, the parts of an allocation are exact, and payables rounded one by one
    /// could come to more or less than their sum. Those that share an allocation are then parts of the
    /// rounded sum.
    fn sum_to_the_unit(&self, pairs: &[(PartyId, PartyId)], owed: &mut [Option<Working<Money>>]) {
        let unit = self.rounding.unit;
        for group in self.sharing(pairs) {
            let amounts: Vec<Expr<usize>> =
                group.iter().filter_map(|i| owed[*i].as_ref()).map(|working| working.expr.clone()).collect();
            let values: Vec<Exact> = amounts.iter().filter_map(|amount| self.value(amount).ok()).collect();
            let one_by_one: Exact = values.iter().map(|value| value.to_unit(unit)).sum();
            let together = values.iter().cloned().sum::<Exact>().to_unit(unit);
            let one_way = values.iter().all(Exact::is_negative) || !values.iter().any(Exact::is_negative);
            if one_by_one == together || !one_way || values.len() != group.len() {
                continue;
            }
            for (k, i) in group.into_iter().enumerate() {
                owed[i] = Some(figure::to_the_unit(k, amounts.clone(), unit));
            }
        }
    }

    /// The payables, by their places among `pairs`, that one party owes and that hold parts of one
    /// allocation.
    fn sharing(&self, pairs: &[(PartyId, PartyId)]) -> Vec<BTreeSet<usize>> {
        let mut of_allocation: BTreeMap<(&PartyId, usize), BTreeSet<usize>> = BTreeMap::new();
        for (i, (from, to)) in pairs.iter().enumerate() {
            for (line, _) in self.owed_lines(from, to) {
                if let Some(whole) = self.part_of.get(&line.line) {
                    of_allocation.entry((from, *whole)).or_default().insert(i);
                }
            }
        }
        // A payable that holds parts of two allocations brings both together.
        let mut groups: Vec<BTreeSet<usize>> = Vec::new();
        for mut group in of_allocation.into_values() {
            let (joined, apart) = groups.into_iter().partition(|other| !other.is_disjoint(&group));
            let joined: Vec<BTreeSet<usize>> = joined;
            group.extend(joined.into_iter().flatten());
            groups = apart;
            groups.push(group);
        }
        groups.retain(|group| group.len() > 1);
        groups
    }

    fn payable(
        &mut self,
        from: PartyId,
        to: PartyId,
        owed: Option<Working<Money>>,
        year_ended: bool,
    ) -> (PartyId, PartyId, Option<Figure<Money>>) {
        let subject = format!("{from}-to-{to}");
        let open = |line: &Line| line.state != LineState::Ok;
        let owed = match owed {
            Some(owed) => owed,
            None if year_ended && !self.lines.iter().any(open) => sum([]),
            None => {
                let text = "no clause comes to an amount yet";
                let state = if self.complete { LineState::NotYetDue } else { LineState::NotReported };
                self.missing(Step::Payable, Some(subject), state, text);
                return (from, to, None);
            }
        };
        let figure = self.line_of(Step::Payable, subject, owed);
        (from, to, Some(figure))
    }

    /// What `from` owes `to` in all, where any clause came to an amount. What is owed the other way is taken
    /// away: between two parties there is one payable.
    pub fn owed_between(&self, from: &PartyId, to: &PartyId) -> Option<Working<Money>> {
        let of = |taken: bool| -> Vec<Figure<Money>> {
            let counts = |o: &&Owed| {
                (o.from == *from && o.to == *to && o.taken_away == taken)
                    || (o.from == *to && o.to == *from && o.taken_away != taken)
            };
            self.owed.iter().filter(counts).map(|o| o.line).collect()
        };
        let (added, taken) = (of(false), of(true));
        (!added.is_empty() || !taken.is_empty()).then(|| net(added, taken))
    }
}
