//! What parties owe each other under the clauses of a contract, and what that makes payable.

use super::{Figure, Line, LineState, Step, Working, Worksheet, net, sum, total};
use crate::money::Money;
use crate::name::PartyId;

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

    /// Writes the payable between each pair of parties: from, to, line. Where no clause came to an amount there is
    /// none: not zero.
    /// Nothing due is an amount once the year has ended and every clause has decided.
    pub fn payables(
        &mut self,
        pairs: Vec<(PartyId, PartyId)>,
        year_ended: bool,
    ) -> Vec<(PartyId, PartyId, Option<Figure<Money>>)> {
        self.clause = total();
        pairs.into_iter().map(|(from, to)| self.payable(from, to, year_ended)).collect()
    }

    fn payable(
        &mut self,
        from: PartyId,
        to: PartyId,
        year_ended: bool,
    ) -> (PartyId, PartyId, Option<Figure<Money>>) {
        let subject = format!("{from}-to-{to}");
        let open = |line: &Line| line.state != LineState::Ok;
        let owed = match self.owed_between(&from, &to) {
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

    /// What `from` owes `to` in all, where any clause came to an amount. What is owed the other way is taken away:
    /// between two parties there is one payable.
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
