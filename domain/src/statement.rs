//! The statement: the numbered lines of one contract year, asked at an (`as_of`, `known_at`) pair, with what
//! they make payable. A drawn-up statement is the payload of its event, so pages and projections show it and
//! never recompute.

mod show;

use serde::{Deserialize, Serialize};

use crate::exact::Exact;
use crate::money::{Currency, Money};
use crate::name::{ContractId, PartyId};
use crate::terms::Rounding;
use crate::time::{AsOf, Entry};
use crate::worksheet::{Line, Mismatch, Stage, Step, audit, evaluate_with};
use crate::year::{ContractYear, Month};

/// The settlement of one contract year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// The contract.
    pub contract: ContractId,
    /// The contract it is under.
    pub under: Option<ContractId>,
    /// The contract's title.
    pub title: String,
    /// The contract year.
    pub year: ContractYear,
    /// The business date asked for.
    pub as_of: AsOf,
    /// What the ledger knew, as asked: a date, a moment, `@entry` or `now`.
    pub known_at: String,
    /// The entry that `known_at` comes to.
    pub entry: Entry,
    /// Where it stands in the life of the year.
    pub status: Status,
    /// The weakest stage of any amount in it.
    pub stage: Stage,
    /// Whether no report or measurement was missing.
    pub complete: bool,
    /// The currency of every amount.
    pub currency: Currency,
    /// The version of the terms: 1 at award, one more with each variation.
    pub terms_version: u32,
    /// The engine that made it.
    pub engine: String,
    /// How money was rounded.
    pub rounding: Rounding,
    /// What a reader must know besides the lines.
    pub notes: Vec<String>,
    /// The lines.
    pub lines: Vec<Line>,
    /// What is due between two parties.
    pub payables: Vec<Payable>,
    /// When fixed sums are to be paid.
    pub schedule: Vec<Scheduled>,
}

/// Where a statement stands in the life of its year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Asked for; nothing is recorded.
    Draft,
    /// Recorded as the settlement of the year.
    DrawnUp,
    /// Agreed by both parties.
    Agreed,
    /// Drawn up again after a change.
    Restated,
}

impl Status {
    /// How a statement in force came to be, before the entry at which it was recorded.
    pub fn in_force(self) -> &'static str {
        match self {
            Status::Draft => "draft",
            Status::DrawnUp => "drawn up",
            Status::Agreed => "agreed by both sides, drawn up",
            Status::Restated => "restated, drawn up again",
        }
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Status::Draft => "draft",
            Status::DrawnUp => "drawn up",
            Status::Agreed => "agreed",
            Status::Restated => "restated",
        })
    }
}

/// What is due between two parties. Its sign gives the direction: + from `from` to `to`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payable {
    /// The payer, or the pool.
    pub from: PartyId,
    /// The party paid.
    pub to: PartyId,
    /// What the year entitles `to` to, before payments; nothing where no month is reported.
    pub entitled: Option<Money>,
    /// What has moved by `as_of`.
    pub paid: Money,
    /// Entitled less paid.
    pub balance: Option<Money>,
}

/// One month of a stream of fixed payments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scheduled {
    /// The month.
    pub month: Month,
    /// The stream: a clause, or a variation of it.
    pub stream: String,
    /// What is to be paid in the month, arrears included.
    pub amount: Money,
    /// How much of it is arrears of earlier months.
    pub arrears: Money,
}

impl Statement {
    /// Evaluates every recorded expression again, and checks that the payables are what their lines say.
    pub fn audit(&self) -> Result<(), Mismatch> {
        audit(&self.lines, self.rounding)?;
        for payable in &self.payables {
            let subject = format!("{}-to-{}", payable.from, payable.to);
            let line =
                self.lines.iter().find(|l| l.name == Step::Payable && l.subject.as_deref() == Some(&subject));
            let says = payable.entitled.map(|m| m.to_string());
            let comes_to = line.and_then(|l| l.value.clone());
            if says != comes_to {
                let text = |amount: Option<String>| amount.unwrap_or_else(|| "nothing".to_owned());
                return Err(Mismatch {
                    line: format!("payable {subject}"),
                    n: line.map_or(0, |l| l.n),
                    says: text(says),
                    comes_to: text(comes_to),
                });
            }
        }
        Ok(())
    }

    /// What the first payable would come to if lines of these names were given otherwise. The lines stay
    /// those of this statement, so a test that would then fall out otherwise is not taken again. Nothing
    /// where it has no amount.
    pub fn payable_with(&self, given: &[(Step, Exact)]) -> Option<Exact> {
        let instead = |line: &Line| given.iter().find(|(step, _)| *step == line.name).map(|(_, e)| e.clone());
        let amounts = evaluate_with(&self.lines, self.rounding, instead).ok()?;
        let payable = self.lines.iter().find(|line| line.name == Step::Payable)?;
        amounts.get(payable.id.as_str()).cloned()
    }

    /// The line of this id.
    pub fn line(&self, id: &str) -> Option<&Line> {
        self.lines.iter().find(|l| l.id == id)
    }

    /// The result of a party, where the statement comes to one.
    pub fn result(&self, party: &PartyId) -> Option<Money> {
        let line = self
            .lines
            .iter()
            .find(|l| l.name == Step::Result && l.subject.as_deref() == Some(party.as_str()));
        line?.value.as_deref()?.parse().ok()
    }

    /// The most that outcomes not yet measured can still pay.
    pub fn still_to_play_for(&self) -> Exact {
        let open = self.lines.iter().filter(|l| l.name == Step::StillToPlayFor);
        open.filter_map(|l| l.exact.clone()).sum()
    }
}
