//! Who looks at whose prices: noted in the access log before an answer is given, by every question that shows
//! them.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::name::ContractId;
use projections::kept::Kept;
use serde::Serialize;

use super::App;
use crate::problem::{Exit, Problem};

/// What stands beside every list of looks.
pub const BELIEVED: &str = "identity not authenticated: the ledger believes who each asker says they are";

/// A look, as it is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Look {
    /// When.
    pub at: String,
    /// Who.
    pub person: String,
    /// For which party.
    pub party: String,
    /// At which contract's prices.
    pub contract: String,
    /// In which answer.
    pub what: String,
    /// By which face of the program.
    pub face: String,
}

impl From<store::Look> for Look {
    fn from(look: store::Look) -> Look {
        let store::Look { at, person, party, contract, what, face } = look;
        Look { at: at.to_string(), person, party, contract, what, face }
    }
}

impl App {
    /// The looks at every contract, or at one.
    ///
    /// # Errors
    /// Refuses a contract not known.
    pub async fn looks(&self, contract: Option<&ContractId>) -> Result<Vec<Look>, Problem> {
        if let Some(contract) = contract {
            self.kept().await?.book().case(contract)?;
        }
        let all = self.ledger().log().looks().await?.into_iter();
        let of = all.filter(|look| contract.is_none_or(|contract| look.contract == contract.as_str()));
        Ok(of.map(Look::from).collect())
    }

    /// Notes that prices of these contracts are about to be shown, where this person's party is neither side
    /// of one.
    ///
    /// # Errors
    /// Where it cannot be noted: then they are not shown.
    pub(super) async fn look<'a>(
        &self,
        kept: &Kept,
        contracts: impl IntoIterator<Item = &'a ContractId>,
        what: &str,
    ) -> Result<(), Problem> {
        let (book, party) = (kept.book(), &self.actor().party);
        let is_anothers = |contract: &ContractId| {
            book.contracts.get(contract).is_some_and(|case| {
                let sides = [&case.terms.parties.payer, &case.terms.parties.payee];
                !sides.iter().any(|side| *side == party || book.now(case, side, NaiveDate::MAX) == *party)
            })
        };
        let anothers: BTreeSet<&ContractId> = contracts.into_iter().filter(|c| is_anothers(c)).collect();
        let anothers: Vec<&ContractId> = anothers.into_iter().collect();
        if anothers.is_empty() {
            return Ok(());
        }
        let noted = self.ledger().log().note_looks(self.actor(), &anothers, what, self.face).await;
        noted.map_err(|why| {
            let message = format!("the access log cannot be written, so no price is shown: {why}");
            let hint =
                "prices of others are shown only where the look is noted: let this ledger be written to";
            Problem::new(Exit::Unavailable, "look-not-noted", message, hint)
        })
    }
}
