//! `dispute-settlement`: a party does not agree a statement, and says why and by how much.

use serde::{Deserialize, Serialize};

use super::{Verb, agree::acts_for, entered_by};
use crate::actor::Giver;
use crate::book::Book;
use crate::money::Money;
use crate::name::{ContractId, PartyId, StreamId};
use crate::refusal::Refusal;
use crate::time::Entry;
use crate::year::ContractYear;

/// A party disputed a statement. The dispute stands until the party agrees the statement or the year is
/// restated; a later one of the same party replaces it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettlementDisputed {
    /// The contract.
    pub contract: ContractId,
    /// The contract year.
    pub year: ContractYear,
    /// The entry at which the statement was drawn up.
    pub entry: Entry,
    /// Who disputes it: payer or payee.
    pub party: PartyId,
    /// How much of what is payable is in dispute.
    pub amount: Money,
    /// Why.
    pub reason: String,
}

impl Verb for SettlementDisputed {
    type Makes = SettlementDisputed;

    fn stream(&self) -> StreamId {
        StreamId::of("contract", &self.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        Vec::new()
    }

    fn decide(self, book: &Book) -> Result<SettlementDisputed, Refusal> {
        let case = book.case(&self.contract)?;
        let drawn_up = case.to_be_agreed(self.year, self.entry)?;
        case.is_side(drawn_up, &self.party)?;
        case.not_agreed(drawn_up.entry, &self.party)?;
        if self.amount.is_negative() || self.amount == Money::ZERO {
            let hint = "write how much of what is payable is in dispute";
            let message = "a party disputes more than nothing";
            return Err(Refusal::rule("not-positive", message, hint).at("/amount"));
        }
        Ok(self)
    }
}

impl SettlementDisputed {
    fn permits(&self, _: &Book, giver: &Giver) -> Result<(), Refusal> {
        acts_for(giver, &self.party)
    }
}

entered_by!(SettlementDisputed, statement_disputes);
