//! What is wrong with terms whose parts are each well formed, and what the parties should know before they
//! sign.
//!
//! Three lists, for two reasons. Faults stop terms from being read at all; contradictions stop an award, but
//! terms that a ledger holds already are read in spite of them, so that no ledger becomes unreadable when a
//! check is added; cautions stop nothing and are told.

use std::collections::BTreeSet;

use super::{Clause, Fault, Terms};
use crate::exposure::{Exposure, Limit};
use crate::name::PartyId;

impl Terms {
    /// Faults between parts that are each well formed; terms that have one cannot be read.
    pub(super) fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut seen = BTreeSet::new();
        let rest = self.pay.iter().enumerate().filter(|(_, c)| c.mechanism.takes_the_rest());
        for (i, clause) in rest.skip(1) {
            let message =
                format!("clause {} pays for activity that another clause pays for already", clause.clause);
            let hint = "give each clause its lines with `when`; only one may take the rest";
            faults.push(Fault::new(format!("/pay/{i}"), message, hint));
        }
        for (i, clause) in self.pay.iter().enumerate() {
            let pointer = format!("/pay/{i}");
            if !seen.insert(&clause.clause) {
                faults.push(Fault::new(
                    format!("{pointer}/clause"),
                    format!("clause {} stands twice", clause.clause),
                    "give each paying clause its own number",
                ));
            }
            if clause.unbounded_accepted && self.without_limit(clause).is_empty() {
                faults.push(Fault::new(
                    format!("{pointer}/unbounded"),
                    format!("clause {} has a limit: there is nothing unbounded to accept", clause.clause),
                    "leave `unbounded` out",
                ));
            }
            faults.extend(within(&pointer, clause.mechanism.check(self)));
        }
        faults
    }

    /// What stops an award: a rounding rule that is left out, lines that no clause writes, and clauses that
    /// cannot be settled beside each other, as one uses a line that is written only after it.
    pub fn contradictions(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.document.at("/rounding").is_none() {
            let hint = "write `rounding: {unit: 0.01, at: line}`: to what unit money is rounded, and where";
            faults.push(Fault::new("", "`rounding` is missing", hint));
        }
        for (i, clause) in self.pay.iter().enumerate() {
            faults.extend(within(&format!("/pay/{i}"), clause.mechanism.contradictions(self)));
        }
        faults.extend(self.faults_of_counts());
        faults.extend(self.unwritten());
        faults.extend(self.out_of_turn());
        faults
    }

    /// References to lines that the clause they name never writes.
    fn unwritten(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        for (i, clause) in self.pay.iter().enumerate() {
            for (field, reference) in clause.mechanism.uses() {
                let meant = self.pay.iter().find(|c| reference.means(c));
                let unwritten = meant.and_then(|used| reference.unwritten(used));
                faults.extend(
                    unwritten.map(|(message, hint)| Fault::new(format!("/pay/{i}/{field}"), message, hint)),
                );
            }
        }
        faults
    }

    /// Clauses that use a line that is written only after them.
    fn out_of_turn(&self) -> Vec<Fault> {
        let order = self.in_order_of_settlement();
        let turn = |clause: &Clause| order.iter().position(|c| std::ptr::eq(*c, clause));
        let mut faults = Vec::new();
        for (i, clause) in self.pay.iter().enumerate() {
            for (field, used) in self.used_by(clause) {
                let (message, hint) = if self.leads_to(used, clause, &mut Vec::new()) {
                    let message = match std::ptr::eq(used, clause) {
                        true => format!("clause {} depends on itself", clause.clause),
                        false => {
                            format!("clauses {} and {} depend on each other", clause.clause, used.clause)
                        }
                    };
                    (message, "say which amount is known first, and let the other name it")
                } else if turn(used) > turn(clause) {
                    let message = format!(
                        "clause {} is settled before clause {}, whose line it uses",
                        clause.clause, used.clause
                    );
                    (message, "list the clause that is used first, or use a line of an earlier one")
                } else {
                    continue;
                };
                faults.push(Fault::new(format!("/pay/{i}/{field}"), message, hint));
            }
        }
        faults
    }

    /// The clauses whose lines a clause uses, each with the field that names it.
    fn used_by<'a>(&'a self, clause: &'a Clause) -> Vec<(&'static str, &'a Clause)> {
        let named = |(field, reference): (_, &crate::mechanism::Reference)| {
            Some((field, self.pay.iter().find(|c| reference.means(c))?))
        };
        clause.mechanism.uses().into_iter().filter_map(named).collect()
    }

    /// Whether `from` is `to`, or uses a clause that leads to it.
    fn leads_to<'a>(&'a self, from: &'a Clause, to: &Clause, seen: &mut Vec<&'a Clause>) -> bool {
        if std::ptr::eq(from, to) {
            return true;
        }
        // A circle that `to` is no part of is told where it is.
        if seen.iter().any(|clause| std::ptr::eq(*clause, from)) {
            return false;
        }
        seen.push(from);
        self.used_by(from).into_iter().any(|(_, used)| self.leads_to(used, to, seen))
    }

    /// The parties whose loss under a clause has no limit, and why.
    fn without_limit(&self, clause: &Clause) -> Vec<(PartyId, &'static str)> {
        let reason = |exposure: Exposure| match exposure.loss {
            Limit::Without(reason) => Some((exposure.party, reason)),
            Limit::At(_) | Limit::PartOf(_) => None,
        };
        clause.mechanism.exposures(self).into_iter().filter_map(reason).collect()
    }

    /// What the parties should know before they sign: lines that two clauses or rules mean, prices that are
    /// missing for a part of the term, exposures without a limit that the terms do not accept by name.
    pub fn cautions(&self) -> Vec<Fault> {
        let mut cautions = self.cautions_of_counts();
        for (i, clause) in self.pay.iter().enumerate() {
            let pointer = format!("/pay/{i}");
            cautions.extend(self.pay[..i].iter().filter_map(|earlier| overlap(&pointer, earlier, clause)));
            let unbounded = if clause.unbounded_accepted { Vec::new() } else { self.without_limit(clause) };
            cautions.extend(unbounded.into_iter().map(|(party, reason)| {
                let message = format!("clause {} leaves `{party}` without a limit: {reason}", clause.clause);
                Fault::new(&pointer, message, "limit it, or write `unbounded: accepted` in the clause")
            }));
            cautions.extend(within(&pointer, clause.mechanism.cautions(self)));
        }
        cautions
    }
}

/// Two clauses that one line of activity could match both: the earlier is paid for it.
fn overlap(pointer: &str, earlier: &Clause, later: &Clause) -> Option<Fault> {
    let (first, second) = (earlier.mechanism.selection()?, later.mechanism.selection()?);
    if !first.overlaps(second) {
        return None;
    }
    let (a, b) = (&earlier.clause, &later.clause);
    let message = match first.covers(second) {
        true => {
            format!("clause {b} never pays: every line it is about is taken by clause {a}, which comes first")
        }
        false => format!(
            "clauses {a} and {b} can mean the same line: it is paid under clause {a}, which comes first"
        ),
    };
    Some(Fault::new(format!("{pointer}/when"), message, "give each line to one clause, or check their order"))
}

/// Faults of a clause, their pointers from the start of the terms.
fn within(pointer: &str, faults: Vec<Fault>) -> impl Iterator<Item = Fault> {
    faults.into_iter().map(move |fault| Fault { pointer: format!("{pointer}{}", fault.pointer), ..fault })
}
