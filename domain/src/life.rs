//! The life of a contract year: open, soft-closed, drawn up, agreed by each party, closed; and open again
//! where it is reopened, until it is restated.
//!
//! Nothing here is recorded for itself. Where a year stands follows from what was said of it, in the order in
//! which it was said.

use chrono::NaiveDate;

use crate::book::{Book, Case, DrawnUp, Entered};
use crate::name::PartyId;
use crate::statement::Status;
use crate::time::{AsOf, Entry};
use crate::verb::activity::ActivityReported;
use crate::verb::agree::SettlementAgreed;
use crate::verb::dispute::SettlementDisputed;
use crate::verb::reopen::YearReopened;
use crate::verb::soft_close::YearSoftClosed;
use crate::year::ContractYear;

impl DrawnUp {
    /// Payer and payee in the names in which they stand in it: its first payable is theirs.
    pub fn sides(&self) -> Vec<&PartyId> {
        self.fact.statement.payables.first().map(|p| vec![&p.from, &p.to]).unwrap_or_default()
    }
}

impl Book {
    /// Whether a party is one of a contract's, or took the place of one.
    pub fn has_a_place(&self, case: &Case, party: &PartyId) -> bool {
        case.terms.all_parties().contains(party)
            || self.moves(case, NaiveDate::MAX).iter().any(|m| m.to == party)
    }
}

impl Case {
    /// The statement of a year that was drawn up last, whatever its business date.
    pub fn latest(&self, year: ContractYear) -> Option<&DrawnUp> {
        self.statements.iter().rfind(|s| s.fact.statement.year == year)
    }

    /// The same where it stands: the year was not reopened after it.
    pub fn standing(&self, year: ContractYear) -> Option<&DrawnUp> {
        self.latest(year).filter(|s| self.reopened_after(year, s.entry).is_none())
    }

    /// The statement of a closed year: it stands, and payer and payee have agreed it.
    pub fn closed(&self, year: ContractYear, as_of: AsOf) -> Option<&DrawnUp> {
        self.standing(year).filter(|s| s.fact.statement.as_of <= as_of && self.is_agreed(s))
    }

    /// The last reopening of a year after an entry.
    pub fn reopened_after(&self, year: ContractYear, entry: Entry) -> Option<&Entered<YearReopened>> {
        self.reopenings.iter().rfind(|r| r.fact.year == year && r.entry > entry)
    }

    /// The soft close of a year that was not reopened since.
    pub fn soft_closed(&self, year: ContractYear) -> Option<&Entered<YearSoftClosed>> {
        let last = self.soft_closes.iter().rfind(|c| c.fact.year == year)?;
        self.reopened_after(year, last.entry).is_none().then_some(last)
    }

    /// The agreement of a party to a statement.
    pub fn agreement(&self, to: Entry, of: &PartyId) -> Option<&Entered<SettlementAgreed>> {
        self.agreements.iter().find(|a| a.fact.entry == to && a.fact.agreed_for() == of)
    }

    /// Who has still to agree a statement: payer, payee, or both.
    pub fn yet_to_agree<'a>(&self, drawn_up: &'a DrawnUp) -> Vec<&'a PartyId> {
        let sides = drawn_up.sides().into_iter();
        sides.filter(|party| self.agreement(drawn_up.entry, party).is_none()).collect()
    }

    /// Whether payer and payee have both agreed a statement.
    pub fn is_agreed(&self, drawn_up: &DrawnUp) -> bool {
        self.yet_to_agree(drawn_up).is_empty()
    }

    /// Where a statement stands in the life of its year.
    pub fn status(&self, drawn_up: &DrawnUp) -> Status {
        if self.is_agreed(drawn_up) { Status::Agreed } else { drawn_up.fact.statement.status }
    }

    /// What parties dispute of a statement: each party's last dispute, until it agrees.
    pub fn open_disputes(&self, drawn_up: &DrawnUp) -> Vec<&Entered<SettlementDisputed>> {
        let mut open: Vec<&Entered<SettlementDisputed>> = Vec::new();
        for dispute in self.statement_disputes.iter().filter(|d| d.fact.entry == drawn_up.entry) {
            open.retain(|earlier| earlier.fact.party != dispute.fact.party);
            if self.agreement(drawn_up.entry, &dispute.fact.party).is_none() {
                open.push(dispute);
            }
        }
        open
    }

    /// Whether a report's month is frozen: its key has a freeze that was not reopened since.
    pub fn is_frozen(&self, report: &ActivityReported) -> bool {
        let frozen = self.freeze_of(report);
        let reopened = self.freeze_reopenings.iter().rfind(|r| r.fact.is_of(report)).map(|r| r.entry);
        frozen.is_some_and(|freeze| reopened.is_none_or(|reopened| reopened < freeze))
    }

    /// The last freeze of a report's key.
    fn freeze_of(&self, report: &ActivityReported) -> Option<Entry> {
        let freeze = |r: &&Entered<ActivityReported>| {
            r.fact.stage == crate::worksheet::Stage::Freeze && r.fact.same_key(report)
        };
        self.reports.iter().rfind(freeze).map(|r| r.entry)
    }
}
