//! `prepare-agreement` and `agree-settlement`: on each side one person prepares the agreement to a statement,
//! and another gives it. Once both sides have agreed, the year is closed.

use serde::{Deserialize, Serialize};

use super::{Verb, entered_by};
use crate::actor::{Actor, Giver};
use crate::book::{Book, Case, DrawnUp};
use crate::name::{ContractId, PartyId, StreamId};
use crate::recorded::Digest;
use crate::refusal::Refusal;
use crate::time::Entry;
use crate::year::ContractYear;

/// A person of one side checked a statement and put it to their approver. Whoever drew a statement up has
/// prepared it for their own side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgreementPrepared {
    /// The contract.
    pub contract: ContractId,
    /// The contract year.
    pub year: ContractYear,
    /// The entry at which the statement was drawn up.
    pub entry: Entry,
    /// The side for which it is prepared: payer or payee.
    pub party: PartyId,
}

/// A party agreed a statement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettlementAgreed {
    /// The contract.
    pub contract: ContractId,
    /// The contract year.
    pub year: ContractYear,
    /// The entry at which the statement was drawn up.
    pub entry: Entry,
    /// The digest of the statement; the ledger fills it in where the command leaves it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// The approver's party.
    pub party: PartyId,
    /// The party that agrees, where it has no users of its own and the approver records its agreement. Needs
    /// evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<PartyId>,
}

impl SettlementAgreed {
    /// The party that agrees.
    pub fn agreed_for(&self) -> &PartyId {
        self.on_behalf_of.as_ref().unwrap_or(&self.party)
    }
}

impl Case {
    /// The statement of a year that stands, where it is the one drawn up at this entry.
    ///
    /// # Errors
    /// Refuses a year that is not drawn up or was reopened, and a statement that was replaced.
    pub(super) fn to_be_agreed(&self, year: ContractYear, entry: Entry) -> Result<&DrawnUp, Refusal> {
        let contract = &self.terms.contract;
        let Some(latest) = self.latest(year) else {
            let message = format!("{year} of `{contract}` is not drawn up");
            let hint = format!("draw it up first: riskshare draw-up {contract} --year {year}");
            return Err(Refusal::not_found("not-drawn-up", message, hint).at("/year"));
        };
        if let Some(reopened) = self.reopened_after(year, latest.entry) {
            let message = format!("{year} of `{contract}` was reopened at entry {}", reopened.entry);
            let hint = "restate it with restate-settlement; then the restated statement is agreed";
            return Err(Refusal::conflict("year-reopened", message, hint).at("/year"));
        }
        if latest.entry != entry {
            let message = format!("the statement of {year} in force is that of entry {}", latest.entry);
            let hint = "read it again, and name its entry";
            return Err(Refusal::conflict("not-in-force", message, hint).at("/entry"));
        }
        Ok(latest)
    }

    /// Refuses who is neither payer nor payee of a statement.
    pub(super) fn is_side(&self, drawn_up: &DrawnUp, party: &PartyId) -> Result<(), Refusal> {
        let sides: Vec<&str> = drawn_up.sides().into_iter().map(PartyId::as_str).collect();
        if sides.contains(&party.as_str()) {
            return Ok(());
        }
        let message = format!("`{party}` is not a side of `{}`", self.terms.contract);
        Err(Refusal::rule("not-a-side", message, format!("its sides are: {}", sides.join(", "))).at("/party"))
    }

    /// Refuses a second agreement of a party.
    pub(super) fn not_agreed(&self, entry: Entry, party: &PartyId) -> Result<(), Refusal> {
        match self.agreement(entry, party) {
            None => Ok(()),
            Some(agreed) => {
                let message = format!("`{party}` agreed the statement at entry {}", agreed.entry);
                let hint = "an agreement is final; a year is opened again with reopen-year";
                Err(Refusal::conflict("already-agreed", message, hint).at("/party"))
            }
        }
    }
}

/// Refuses who acts for a party that is not their own.
pub(super) fn acts_for(giver: &Giver, party: &PartyId) -> Result<(), Refusal> {
    if giver.actor.party == *party {
        return Ok(());
    }
    let message = format!("{} does not act for `{party}`", giver.actor);
    let hint = "name the party the actor acts for; another party's agreement is recorded `on_behalf_of` it";
    Err(Refusal::rule("not-your-party", message, hint).at("/party"))
}

impl Verb for AgreementPrepared {
    type Makes = AgreementPrepared;

    fn stream(&self) -> StreamId {
        StreamId::of("contract", &self.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        Vec::new()
    }

    fn decide(self, book: &Book) -> Result<AgreementPrepared, Refusal> {
        let case = book.case(&self.contract)?;
        let drawn_up = case.to_be_agreed(self.year, self.entry)?;
        case.is_side(drawn_up, &self.party)?;
        case.not_agreed(drawn_up.entry, &self.party)?;
        Ok(self)
    }
}

impl AgreementPrepared {
    fn permits(&self, _: &Book, giver: &Giver) -> Result<(), Refusal> {
        acts_for(giver, &self.party)
    }
}

entered_by!(AgreementPrepared, preparations);

impl Verb for SettlementAgreed {
    type Makes = SettlementAgreed;

    fn stream(&self) -> StreamId {
        StreamId::of("contract", &self.contract)
    }

    /// What is left open decides whether the year may be closed.
    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        ["expectation", "challenge"].map(|noun| StreamId::of(noun, &self.contract)).into()
    }

    fn decide(self, book: &Book) -> Result<SettlementAgreed, Refusal> {
        let case = book.case(&self.contract)?;
        let drawn_up = case.to_be_agreed(self.year, self.entry)?;
        case.is_side(drawn_up, self.agreed_for())?;
        case.not_agreed(drawn_up.entry, self.agreed_for())?;
        if self.digest.is_some_and(|digest| Some(digest) != drawn_up.digest) {
            let message = format!("the statement of entry {} has another digest", self.entry);
            let hint = "read the statement again, and agree what the ledger holds";
            return Err(Refusal::conflict("another-digest", message, hint).at("/digest"));
        }
        // The last agreement closes the year.
        if case.yet_to_agree(drawn_up).iter().all(|party| *party == self.agreed_for()) {
            case.few_enough_open(self.year, &format!("close {}", self.year))?;
        }
        Ok(SettlementAgreed { digest: drawn_up.digest, ..self })
    }
}

impl SettlementAgreed {
    /// Who prepared the statement for a party: whoever drew it up there, and whoever put it to the approver.
    fn prepared_by<'a>(&self, book: &'a Book, case: &Case) -> Vec<&'a Actor> {
        let put = case.preparations.iter().filter(|p| p.fact.entry == self.entry);
        let entries = put.map(|p| p.entry).chain([self.entry]);
        entries.filter_map(|entry| book.signed_by(entry)).collect()
    }
}

/// A party without users agrees through another's approver: on evidence, and not where it has users.
pub(super) fn for_another(book: &Book, giver: &Giver, party: &PartyId) -> Result<(), Refusal> {
    if book.acting.contains(party) {
        let message = format!("`{party}` has users in this ledger");
        let hint = format!("let one of them prepare the agreement and another give it for `{party}`");
        return Err(Refusal::rule("has-its-own-users", message, hint).at("/on_behalf_of"));
    }
    if giver.evidence.is_empty() {
        let message = format!("nothing shows that `{party}` agrees");
        let hint = "give the command `evidence`: the letter or minute in which it does, with its SHA-256";
        return Err(Refusal::rule("no-evidence", message, hint).at("/on_behalf_of"));
    }
    Ok(())
}

impl SettlementAgreed {
    /// Two people: who prepares does not approve.
    fn permits(&self, book: &Book, giver: &Giver) -> Result<(), Refusal> {
        acts_for(giver, &self.party)?;
        let prepared = self.prepared_by(book, book.case(&self.contract)?);
        if prepared.iter().any(|person| person.is(&giver.actor)) {
            let message = format!("{} prepared the statement", giver.actor);
            let hint = "let another person agree it: who prepares does not approve";
            return Err(Refusal::rule("prepared-it", message, hint));
        }
        if let Some(party) = &self.on_behalf_of {
            return for_another(book, giver, party);
        }
        if !prepared.iter().any(|person| person.party == self.party) {
            let message = format!("nobody of `{}` has prepared the agreement", self.party);
            let hint = "let another person of that party send prepare-agreement first";
            return Err(Refusal::rule("not-prepared", message, hint));
        }
        Ok(())
    }
}

entered_by!(SettlementAgreed, agreements);
