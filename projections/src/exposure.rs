//! Who carries the risk: what each party of each contract can gain and lose in a full year, against what the
//! contract plans, as its terms in force say. It is asked of terms alone, so facts move it only where they
//! vary a contract.

use domain::exposure::{Total, of_parties};
use domain::name::{ContractId, PartyId};
use domain::refusal::Refusal;
use domain::terms::Terms;
use domain::time::{AsOf, KnownAt};
use serde::Serialize;

use crate::kept::Kept;

/// What a party can gain and lose in a contract year, against what the contract plans.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exposed {
    /// The party.
    pub party: PartyId,
    /// The most it can gain, as far as it is an amount; nothing where it has no limit.
    pub max_gain: Option<String>,
    /// The most it can lose, in the same way.
    pub max_loss: Option<String>,
    /// Whether it can lose without limit.
    pub unbounded: bool,
    /// The two in words, with the clauses that set no limit.
    pub reason: String,
}

/// What a party can gain and lose under one of its contracts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The contract.
    pub contract: ContractId,
    /// The party, in the name that the contract's terms give it.
    #[serde(flatten)]
    pub exposed: Exposed,
}

/// What every party can gain and lose under every contract begun by `as_of`, as known at `known_at`:
/// contracts by name.
///
/// # Errors
/// As [`Kept::at`].
pub fn ask(kept: &Kept, as_of: AsOf, known_at: KnownAt) -> Result<Vec<Row>, Refusal> {
    let book = kept.at(known_at)?;
    let begun = book.contracts.values().filter(|case| case.term().0 <= as_of.0);
    let rows = begun.flat_map(|case| {
        let contract = case.terms.contract.clone();
        of(&case.terms).into_iter().map(move |exposed| Row { contract: contract.clone(), exposed })
    });
    Ok(rows.collect())
}

/// What each party can gain and lose under a contract: payer and payee first.
pub fn of(terms: &Terms) -> Vec<Exposed> {
    let exposed = |(party, gain, loss): (PartyId, Total, Total)| Exposed {
        reason: format!("can gain {}; can lose {}", told(&gain, terms), told(&loss, terms)),
        max_gain: amount(&gain),
        max_loss: amount(&loss),
        unbounded: !loss.without.is_empty(),
        party,
    };
    of_parties(terms).into_iter().map(exposed).collect()
}

/// The limit where it is an amount.
fn amount(total: &Total) -> Option<String> {
    (total.without.is_empty() && total.parts.is_empty()).then(|| total.amount.show(2))
}

fn told(total: &Total, terms: &Terms) -> String {
    if !total.without.is_empty() {
        let why: Vec<String> =
            total.without.iter().map(|(clause, reason)| format!("clause {clause}: {reason}")).collect();
        return format!("without limit ({})", why.join("; "));
    }
    if total.amount.is_zero() && total.parts.is_empty() {
        return "nothing".to_owned();
    }
    let amount = total.amount.to_places(2).as_money().map(|money| money.show(terms.currency));
    let amount = amount.filter(|_| !total.amount.is_zero());
    let parts = total.parts.iter().map(|(clause, what)| format!("{what} (clause {clause})"));
    let limits: Vec<String> = amount.into_iter().chain(parts).collect();
    format!("{} at most", limits.join(" and "))
}
