//! A statement as a workbook: what it is made of, gathered from the ledger.

use domain::name::ContractId;
use domain::time::{Entry, KnownAt};
use domain::worksheet::Source;
use domain::year::ContractYear;
use projections::history::{Happening, happening};
use projections::kept::Kept;
use projections::statement;

use super::{App, Times};
use crate::problem::{Exit, Problem};
use crate::workbook::{Contents, workbook};

/// Which statement of a contract year is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// What the year comes to at the times asked for.
    Draft,
    /// The statement in force then, as it was drawn up.
    InForce,
}

impl std::str::FromStr for Which {
    type Err = String;

    fn from_str(text: &str) -> Result<Which, String> {
        match text {
            "draft" => Ok(Which::Draft),
            "in_force" => Ok(Which::InForce),
            other => Err(format!("`{other}` is not a kind of statement; write draft or in_force")),
        }
    }
}

/// That no statement of a year was in force.
pub fn not_drawn_up(contract: &ContractId, year: ContractYear) -> Problem {
    let message = format!("no statement of `{contract}` for {year} was in force");
    Problem::new(
        Exit::NotFound,
        "not-drawn-up",
        message,
        "draw it up with draw-up-settlement, or ask for the draft",
    )
}

impl App {
    /// A statement of a contract year as a workbook that recomputes it.
    pub async fn workbook(
        &self,
        contract: &ContractId,
        year: ContractYear,
        which: Which,
        times: Times,
    ) -> Result<Vec<u8>, Problem> {
        let kept = self.kept().await?;
        self.look(&kept, [contract], &format!("workbook {year}")).await?;
        let asked = statement::ask(&kept, contract, year, times.business_date(&kept), times.known_at)?;
        let (statement, recorded) = match (which, asked.in_force) {
            (Which::Draft, _) => (asked.draft, None),
            (Which::InForce, Some(drawn_up)) => (drawn_up.fact.statement.clone(), Some(drawn_up)),
            (Which::InForce, None) => return Err(not_drawn_up(contract, year)),
        };
        let book = kept.at(KnownAt::Entry(statement.entry))?;
        let (terms, names) = (book.case(contract)?.terms.clone(), book.names_on(statement.as_of.0));
        let sources = statement.lines.iter().flat_map(|line| &line.sources);
        let history = sources.filter_map(|source| event(&kept, source)).collect();
        let last = recorded.as_ref().map_or(statement.entry, |recorded| recorded.entry);
        let made = recorded_at(&kept, last);
        drop(kept);
        workbook(&Contents { statement, recorded, names, terms, history, made })
    }
}

fn event(kept: &Kept, source: &Source) -> Option<Happening> {
    let Source::Entry(Entry(entry)) = source else { return None };
    let place = usize::try_from(*entry).ok()?.checked_sub(1)?;
    kept.events().get(place).map(|recorded| happening(recorded))
}

fn recorded_at(kept: &Kept, entry: Entry) -> Option<domain::time::Instant> {
    let place = usize::try_from(entry.0).ok()?.checked_sub(1)?;
    kept.events().get(place).map(|recorded| recorded.recorded_at)
}
