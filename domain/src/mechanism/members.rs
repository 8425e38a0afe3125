//! Parties that a clause names. They must be named by the contract, and what moves between them goes through
//! the contract's payer, so that every transfer is a payable of the payer and balances sum to zero.

use crate::facts::Facts;
use crate::money::Money;
use crate::name::PartyId;
use crate::terms::{Fault, Terms};
use crate::worksheet::{Figure, Worksheet};

/// A fault for each of the parties of a list that the contract does not name.
pub(super) fn check<'a>(
    list: &str,
    parties: impl IntoIterator<Item = &'a PartyId>,
    terms: &Terms,
) -> Vec<Fault> {
    let unknown = |(i, party): (usize, &PartyId)| {
        let message = format!("`{party}` is not named under `parties`");
        let hint = "name it there as a member: `members: [..]`";
        (!terms.parties.name(party)).then(|| Fault::new(format!("/{list}/{i}/party"), message, hint))
    };
    parties.into_iter().enumerate().filter_map(unknown).collect()
}

/// The payer owes a party its part of what it holds; a negative part is owed to the payer. Its own part it
/// keeps.
pub(super) fn owes(sheet: &mut Worksheet, facts: &Facts, party: &PartyId, part: Figure<Money>) {
    if party != facts.payer() {
        sheet.owes(facts.payer(), party, part);
    }
}
