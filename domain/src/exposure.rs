//! What a clause can add to or take from a party in a contract year, against what the contract plans: its
//! largest gain and its largest loss. It is asked of the terms alone, and so is no figure of any year.

use crate::exact::Exact;
use crate::name::{ClauseRef, PartyId};
use crate::terms::Terms;

/// What a party can gain and lose under a clause in a contract year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exposure {
    /// The party.
    pub party: PartyId,
    /// The most it can gain.
    pub gain: Limit,
    /// The most it can lose.
    pub loss: Limit,
}

/// The most that can be gained or lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Limit {
    /// An amount, never negative.
    At(Exact),
    /// A limit that the terms set as a part of something they do not know, in words.
    PartOf(String),
    /// None, and why.
    Without(&'static str),
}

impl Limit {
    /// Nothing can be gained or lost.
    pub fn nothing() -> Limit {
        Limit::At(Exact::zero())
    }

    /// An amount; nothing where it is less than nothing.
    pub fn at(amount: Exact) -> Limit {
        Limit::At(if amount.is_negative() { Exact::zero() } else { amount })
    }

    /// Whether nothing can be gained or lost.
    pub fn is_nothing(&self) -> bool {
        matches!(self, Limit::At(amount) if amount.is_zero())
    }
}

impl Exposure {
    /// What one party can gain and lose.
    pub fn of(party: &PartyId, gain: Limit, loss: Limit) -> Exposure {
        Exposure { party: party.clone(), gain, loss }
    }
}

/// Everything that a party can gain, or lose, under all clauses of a contract.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Total {
    /// The limits that are amounts, added up.
    pub amount: Exact,
    /// Limits that are parts of something, each with its clause.
    pub parts: Vec<(ClauseRef, String)>,
    /// Why there is no limit, each with its clause.
    pub without: Vec<(ClauseRef, &'static str)>,
}

impl Total {
    fn add(&mut self, clause: &ClauseRef, limit: Limit) {
        match limit {
            Limit::At(amount) => self.amount = std::mem::take(&mut self.amount) + amount,
            Limit::PartOf(what) => self.parts.push((clause.clone(), what)),
            Limit::Without(reason) => self.without.push((clause.clone(), reason)),
        }
    }
}

/// What each party can gain and lose in a contract year: payer and payee first, then the others by name.
pub fn of_parties(terms: &Terms) -> Vec<(PartyId, Total, Total)> {
    let (payer, payee) = (&terms.parties.payer, &terms.parties.payee);
    let mut all = vec![payer.clone(), payee.clone()];
    all.extend(terms.all_parties().into_iter().filter(|party| party != payer && party != payee));
    let mut totals: Vec<(PartyId, Total, Total)> =
        all.into_iter().map(|party| (party, Total::default(), Total::default())).collect();
    for clause in &terms.pay {
        for exposure in clause.mechanism.exposures(terms) {
            if let Some((_, gain, loss)) = totals.iter_mut().find(|(party, ..)| *party == exposure.party) {
                gain.add(&clause.clause, exposure.gain);
                loss.add(&clause.clause, exposure.loss);
            }
        }
    }
    totals
}

/// Of what moves between payer and payee: what can be paid more than planned, and what less.
pub fn between(terms: &Terms, more: Limit, less: Limit) -> Vec<Exposure> {
    vec![
        Exposure::of(&terms.parties.payer, less.clone(), more.clone()),
        Exposure::of(&terms.parties.payee, more, less),
    ]
}
