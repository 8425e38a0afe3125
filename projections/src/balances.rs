//! Agreement of balances over a whole ledger: what every two parties say of each other, side by side, where
//! it is more than a threshold. `reconcile` then tells why two of them differ.

use domain::exact::Exact;
use domain::money::Money;
use domain::name::{ContractId, PartyId};
use domain::refusal::Refusal;
use domain::time::{AsOf, Entry, KnownAt};
use domain::verb::claim::{BalanceStated, Basis};
use domain::year::ContractYear;
use serde::Serialize;

use crate::kept::Kept;

/// Above what a balance is listed: strictly more, by either party's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Above {
    /// What is still owed.
    pub receivable: Money,
    /// What a year is worth.
    pub income: Money,
}

/// One balance between two parties.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Balance {
    /// The contract.
    pub contract: ContractId,
    /// The contract year.
    pub year: ContractYear,
    /// Which balance.
    pub basis: Basis,
    /// Who says that it is to receive; where both or neither does, who stated the balance first.
    pub party: PartyId,
    /// The other party.
    pub counterparty: PartyId,
    /// What the party says it receives.
    pub receivable: Option<Said>,
    /// What the counterparty says it pays.
    pub payable: Option<Said>,
    /// Receivable less payable; a side that says nothing counts as nothing.
    pub mismatch: Money,
}

/// What a party says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Said {
    /// The amount, as the column says.
    pub amount: Money,
    /// The business date it is stated for.
    pub as_of: AsOf,
    /// Where it was recorded.
    pub entry: Entry,
}

/// Every balance stated for a business date up to `as_of` that is above the threshold, by contract; each
/// party's last word counts.
///
/// # Errors
/// As [`Kept::at`].
pub fn ask(kept: &Kept, above: Above, as_of: AsOf, known_at: KnownAt) -> Result<Vec<Balance>, Refusal> {
    let book = kept.at(known_at)?;
    let mut all: Vec<Balance> = Vec::new();
    for (contract, case) in &book.contracts {
        let first = all.len();
        for claim in case.balances.iter().filter(|c| c.fact.as_of <= as_of.0) {
            let fact = &claim.fact;
            let said = Said { amount: fact.amount, as_of: AsOf(fact.as_of), entry: claim.entry };
            match all[first..].iter_mut().find(|b| b.is_of(fact)) {
                Some(balance) => balance.take(&fact.party, said),
                None => all.push(Balance {
                    contract: contract.clone(),
                    year: fact.year,
                    basis: fact.basis,
                    party: fact.party.clone(),
                    counterparty: fact.counterparty.clone(),
                    receivable: Some(said),
                    payable: None,
                    mismatch: Money::ZERO,
                }),
            }
        }
    }
    all.iter_mut().for_each(Balance::settle);
    all.retain(|balance| balance.is_above(above));
    Ok(all)
}

fn minus(amount: Money) -> Money {
    (-Exact::from(amount)).as_money().unwrap_or(amount)
}

impl Balance {
    /// Whether a claim is about this balance, from either side.
    fn is_of(&self, claim: &BalanceStated) -> bool {
        let own = [&self.party, &self.counterparty];
        let named = [&claim.party, &claim.counterparty];
        (self.year, self.basis) == (claim.year, claim.basis) && (own == named || own == [named[1], named[0]])
    }

    /// Takes in what a party says from its own side: + is to be received by it.
    fn take(&mut self, by: &PartyId, said: Said) {
        if *by == self.party {
            self.receivable = Some(said);
        } else {
            self.payable = Some(Said { amount: minus(said.amount), ..said });
        }
    }

    /// Puts who receives first, and works out the mismatch.
    fn settle(&mut self) {
        let first = self.receivable.or(self.payable).map_or(Money::ZERO, |said| said.amount);
        if first.is_negative() {
            std::mem::swap(&mut self.party, &mut self.counterparty);
            let turned = |said: Option<Said>| said.map(|s| Said { amount: minus(s.amount), ..s });
            (self.receivable, self.payable) = (turned(self.payable), turned(self.receivable));
        }
        let amount = |said: Option<Said>| Exact::from(said.map_or(Money::ZERO, |said| said.amount));
        let mismatch = amount(self.receivable) - amount(self.payable);
        self.mismatch = mismatch.as_money().unwrap_or(Money::ZERO);
    }

    fn is_above(&self, above: Above) -> bool {
        let limit = match self.basis {
            Basis::Receivable => above.receivable,
            Basis::Income => above.income,
        };
        let said = [self.receivable, self.payable].into_iter().flatten();
        said.into_iter().any(|said| Exact::from(said.amount).abs() > limit.into())
    }
}
