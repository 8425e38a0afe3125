//! Who a code stands for, and which contract two of them have in a month.

use std::collections::HashMap;

use domain::book::{Book, Case};
use domain::name::{ContractId, PartyId};
use domain::year::Month;

use super::verdict::Code;

/// The organisations and contracts of a ledger, as an import sees them.
#[derive(Debug)]
pub struct Parties {
    book: Book,
    /// The contract that every line is of, where the caller names one.
    contract: Option<ContractId>,
    /// Places in `holders`.
    codes: HashMap<String, u32>,
    /// The parties with a code: several, where one took it over from another.
    holders: Vec<Vec<PartyId>>,
}

/// What lines of a provider for a commissioner in a month belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The contract.
    pub contract: ContractId,
    /// Who reports.
    pub provider: PartyId,
    /// For whom.
    pub commissioner: PartyId,
}

impl Parties {
    /// The parties of a book, whose lines are of one contract where it is named.
    pub fn new(book: Book, contract: Option<ContractId>) -> Parties {
        let (mut codes, mut holders) = (HashMap::new(), Vec::<Vec<PartyId>>::new());
        for party in book.parties.values() {
            let Some(code) = &party.code else { continue };
            let place = *codes.entry(code.trim().to_uppercase()).or_insert_with(|| {
                holders.push(Vec::new());
                holders.len() as u32 - 1
            });
            holders[place as usize].push(party.party.clone());
        }
        Parties { book, contract, codes, holders }
    }

    /// The place of a code in upper case.
    pub fn place(&self, code: &str) -> Option<u32> {
        self.codes.get(code).copied()
    }

    /// What lines of a provider for a commissioner belong to, each by the place of its code.
    pub fn contract(&self, provider: u32, commissioner: u32, month: Month) -> Result<Placed, Code> {
        match &self.contract {
            Some(contract) => self.within(contract, provider, commissioner, month),
            None => self.between(provider, commissioner, month),
        }
    }

    fn within(
        &self,
        contract: &ContractId,
        provider: u32,
        commissioner: u32,
        month: Month,
    ) -> Result<Placed, Code> {
        let case = self.book.contracts.get(contract).ok_or(Code::NoContract)?;
        if !case.runs_in(month) {
            return Err(Code::OutsideTerm);
        }
        let provider = self.provides(case, provider, month).ok_or(Code::WrongProvider)?;
        let commissioner = self
            .pays(case, commissioner, month)
            .or_else(|| self.heads(case).find_map(|head| self.pays(head, commissioner, month)))
            .ok_or(Code::WrongCommissioner)?;
        Ok(Placed { contract: contract.clone(), provider, commissioner })
    }

    /// The one contract between the two: directly, or else as a subcontract of one that the commissioner pays
    /// for.
    fn between(&self, provider: u32, commissioner: u32, month: Month) -> Result<Placed, Code> {
        let running = || self.book.contracts.values().filter(|case| case.runs_in(month));
        let placed = |case: &Case, commissioner: PartyId| {
            let provider = self.provides(case, provider, month)?;
            Some(Placed { contract: case.terms.contract.clone(), provider, commissioner })
        };
        let direct = running().filter_map(|case| placed(case, self.pays(case, commissioner, month)?));
        let mut found: Vec<Placed> = direct.collect();
        if found.is_empty() {
            let under = running().filter_map(|case| {
                placed(case, self.heads(case).find_map(|head| self.pays(head, commissioner, month))?)
            });
            found = under.collect();
        }
        match (found.pop(), found.is_empty()) {
            (None, _) => Err(Code::NoContract),
            (Some(one), true) => Ok(one),
            (Some(_), false) => Err(Code::SeveralContracts),
        }
    }

    /// The contracts that one is under, nearest first.
    fn heads<'a>(&'a self, case: &'a Case) -> impl Iterator<Item = &'a Case> {
        let above = |case: &'a Case| self.book.contracts.get(case.terms.under.as_ref()?).map(AsRef::as_ref);
        std::iter::successors(above(case), move |case| above(case))
    }

    /// The holder of a code that pays under a contract.
    fn pays(&self, case: &Case, code: u32, month: Month) -> Option<PartyId> {
        let (parties, day) = (&case.terms.parties, month.first_day());
        let mut payers = vec![self.book.stands(case, &parties.payer, day)];
        payers.extend(parties.all_commissioners().into_iter().map(|c| self.book.stands(case, c, day)));
        let fits = |party: &&PartyId| payers.contains(party) && self.book.in_office(party, day).is_ok();
        self.holders.get(code as usize)?.iter().find(fits).cloned()
    }

    /// The holder of a code that provides under a contract: a party to it that does not pay.
    fn provides(&self, case: &Case, code: u32, month: Month) -> Option<PartyId> {
        let day = month.first_day();
        let payer = self.book.stands(case, &case.terms.parties.payer, day);
        let fits = |party: &&PartyId| **party != payer && self.book.party_to(case, party, day).is_ok();
        self.holders.get(code as usize)?.iter().find(fits).cloned()
    }
}
