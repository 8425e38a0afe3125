//! How a clause is told in plain words: amounts, shares and lines as people write them.

use super::{Reference, Selection};
use crate::money::Money;
use crate::name::PartyId;
use crate::names::Names;
use crate::terms::{Dated, Share, Terms};

/// The contract whose clauses are told, and what its parties are called.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    pub(crate) terms: &'a Terms,
    pub(crate) names: &'a Names,
}

impl Told<'_> {
    /// Who pays.
    pub fn payer(&self) -> String {
        self.party(&self.terms.parties.payer)
    }

    /// Who is paid.
    pub fn payee(&self) -> String {
        self.party(&self.terms.parties.payee)
    }

    /// An organisation by its name.
    pub fn party(&self, party: &PartyId) -> String {
        self.names.of(party)
    }

    /// Organisations by their names.
    pub fn parties(&self, parties: &[PartyId]) -> String {
        all(parties.iter().map(|party| self.party(party)))
    }

    /// An amount in the contract's currency; whole pounds without pennies.
    pub fn money(&self, amount: Money) -> String {
        let text = amount.show(self.terms.currency);
        text.strip_suffix(".00").map_or(text.clone(), str::to_owned)
    }

    /// Shares in words: `50% to northmoor and 50% to fellside`.
    pub fn shares(&self, shares: &[Share], word: &str) -> String {
        all(shares.iter().map(|(party, share)| format!("{share} {word} {}", self.party(party))))
    }

    /// An amount with what it becomes, and from when: `£1,200,000, and £1,260,000 from 2025-10-01`.
    pub fn dated(&self, amount: &Dated<Money>) -> String {
        self.ranges(amount, |amount| self.money(*amount))
    }

    /// Shares with what they become, and from when.
    pub fn dated_shares(&self, shares: Option<&Dated<Vec<Share>>>, word: &str) -> String {
        shares.map_or_else(String::new, |shares| self.ranges(shares, |shares| self.shares(shares, word)))
    }

    /// A value with what it becomes, and from when.
    pub fn ranges<T>(&self, value: &Dated<T>, show: impl Fn(&T) -> String) -> String {
        let told = value.ranges().enumerate().map(|(i, (from, value))| match i {
            0 => show(value),
            _ => format!("{} from {from}", show(value)),
        });
        told.collect::<Vec<_>>().join(", and ")
    }

    /// A line of another clause.
    pub fn line(&self, reference: &Reference) -> String {
        line(self.terms, reference)
    }

    /// Which activity a clause is about.
    pub fn activity(&self, when: Option<&Selection>) -> String {
        let asked = when.map(Selection::told).unwrap_or_default();
        match (when, asked.is_empty()) {
            (Some(_), false) => format!("activity ({asked})"),
            (Some(_), true) => "activity".to_owned(),
            (None, _) if self.terms.pay.iter().any(|clause| clause.mechanism.selection().is_some()) => {
                "activity that no other clause is about".to_owned()
            }
            (None, _) if self.terms.counts.is_some() => "the activity that counts".to_owned(),
            (None, _) => "the activity reported".to_owned(),
        }
    }
}

/// A line of another clause of a contract.
pub fn line(terms: &Terms, reference: &Reference) -> String {
    let clause = terms.pay.iter().find(|clause| reference.means(clause));
    let clause = clause.map_or(reference.clause.as_str(), |clause| clause.clause.as_str());
    format!("\"{}\" of clause {clause}", reference.step.name())
}

/// Things in a sentence: `a, b and c`.
pub fn all(things: impl IntoIterator<Item = impl ToString>) -> String {
    let things: Vec<String> = things.into_iter().map(|thing| thing.to_string()).collect();
    match things.as_slice() {
        [] => "nobody".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
