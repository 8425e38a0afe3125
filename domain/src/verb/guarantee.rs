//! `give-guarantee`: a body answers for what another owes under a contract, up to an amount and a day. It
//! changes no settlement; who looks for it finds it in the history, and on the list of what is to be done
//! until its day.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Verb, entered_in};
use crate::book::Book;
use crate::money::Money;
use crate::name::{ContractId, ItemId, PartyId, StreamId};
use crate::refusal::Refusal;

/// A guarantee was given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuaranteeGiven {
    /// The contract.
    pub contract: ContractId,
    /// Its name, each used once in a contract.
    pub guarantee: ItemId,
    /// Who answers: any registered party, such as a parent body or a bank.
    pub guarantor: PartyId,
    /// For whom: a party of the contract.
    pub party: PartyId,
    /// Up to how much.
    pub amount: Money,
    /// The last day on which it can be called.
    #[serde(with = "crate::time::day")]
    pub until: NaiveDate,
    /// For what.
    pub reason: String,
}

impl Verb for GuaranteeGiven {
    type Makes = GuaranteeGiven;

    fn stream(&self) -> StreamId {
        StreamId::of("expectation", &self.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        vec![StreamId::of("contract", &self.contract), StreamId::of("party", &self.guarantor)]
    }

    fn decide(self, book: &Book) -> Result<GuaranteeGiven, Refusal> {
        let case = book.case(&self.contract)?;
        if case.guarantees.iter().any(|g| g.fact.guarantee == self.guarantee) {
            let message = format!("guarantee `{}` of `{}` is there already", self.guarantee, self.contract);
            let hint = "give it a name of its own; one that is renewed is another";
            return Err(Refusal::conflict("guarantee-exists", message, hint).at("/guarantee"));
        }
        book.known_party(&self.guarantor).map_err(|refusal| refusal.at("/guarantor"))?;
        if !book.has_a_place(case, &self.party) {
            case.known_party(&self.party).map_err(|refusal| refusal.at("/party"))?;
        }
        if self.guarantor == self.party {
            let message = format!("`{}` does not guarantee what it owes itself", self.party);
            let hint = "name the body that answers as `guarantor`, and for whom as `party`";
            return Err(Refusal::rule("own-guarantee", message, hint).at("/guarantor"));
        }
        if self.amount.is_negative() || self.amount == Money::ZERO {
            let hint = "write up to how much it answers, without a sign";
            return Err(
                Refusal::rule("not-positive", "a guarantee is for more than nothing", hint).at("/amount")
            );
        }
        Ok(self)
    }
}

entered_in!(GuaranteeGiven, guarantees);
