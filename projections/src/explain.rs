//! A line of a statement taken apart: its clause, its working, the lines it uses, and the events behind its
//! figures, with who recorded them, when, under which key and with what evidence.

use std::collections::BTreeSet;
use std::fmt;

use domain::actor::{Actor, Evidence};
use domain::book::Book;
use domain::name::{ClauseRef, CommandKey, ContractId};
use domain::recorded::Digest;
use domain::refusal::Refusal;
use domain::settle::settle;
use domain::statement::Statement;
use domain::terms::Document;
use domain::time::{AsOf, Entry, Instant, KnownAt};
use domain::worksheet::{Line, LineState, Source, Step};
use domain::year::ContractYear;
use serde::Serialize;

use crate::kept::Kept;
use crate::settlements::years_begun;

/// A line with everything behind it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// The contract whose statement it stands on.
    pub contract: ContractId,
    /// The contract year.
    pub year: ContractYear,
    /// The business date asked for.
    pub as_of: AsOf,
    /// The entry that `known_at` comes to.
    pub entry: Entry,
    /// The line.
    pub line: Line,
    /// The clause it carries out, as the contract has it; left out where it is already told.
    pub clause: Option<Document>,
    /// The lines its working uses, each taken apart in its turn; one already told is left out.
    pub uses: Vec<Explanation>,
    /// The events that give its figures.
    pub events: Vec<Behind>,
    /// The event that it is about, where nobody recorded one.
    pub missing: Option<String>,
}

/// An event behind a figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Behind {
    /// Where in the log.
    pub entry: Entry,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// What happened.
    pub event: &'static str,
    /// Who recorded it.
    pub actor: Actor,
    /// The key of its command: of a loaded or imported file, the file and the row.
    pub key: CommandKey,
    /// The files that support it.
    pub evidence: Vec<Evidence>,
    /// The hash of its envelope.
    pub hash: Digest,
    /// The fact itself.
    pub payload: serde_json::Value,
}

/// Takes the line of this id apart, on the statement in force at the pair of times, else on a draft.
///
/// # Errors
/// Refuses a line that the statement does not have; else as [`Kept::at`] and [`settle`].
pub fn ask(
    kept: &Kept,
    line: &str,
    year: Option<ContractYear>,
    as_of: AsOf,
    known_at: KnownAt,
) -> Result<Explanation, Refusal> {
    let book = kept.at(known_at)?;
    let contract = contract_of(line)?;
    let case = book.case(&contract)?;
    let begun = years_begun(case, as_of);
    let year = year.or(begun.last().copied()).ok_or_else(|| {
        let message = format!("no contract year of `{contract}` had begun by {as_of}");
        Refusal::not_found("no-year", message, "name the contract year with --year")
    })?;
    let mut told = BTreeSet::new();
    Asked { kept, book: &book, year, as_of }.explain(&contract, line, &mut told)
}

fn contract_of(line: &str) -> Result<ContractId, Refusal> {
    let contract = line.split('/').next().unwrap_or_default();
    contract.parse().map_err(|_| unknown_line(line, "a line's id begins with its contract"))
}

fn unknown_line(line: &str, why: &str) -> Refusal {
    let hint = "the ids of all lines are in `riskshare settle CONTRACT --year Y --output csv`";
    Refusal::not_found("unknown-line", format!("there is no line `{line}`: {why}"), hint)
}

struct Asked<'a> {
    kept: &'a Kept,
    book: &'a Book,
    year: ContractYear,
    as_of: AsOf,
}

impl Asked<'_> {
    fn statement(&self, contract: &ContractId) -> Result<Statement, Refusal> {
        match self.book.case(contract)?.statement(self.year, self.as_of.0) {
            Some(drawn_up) => Ok(drawn_up.fact.statement.clone()),
            None => settle(self.book, contract, self.year, self.as_of),
        }
    }

    fn explain(
        &self,
        contract: &ContractId,
        id: &str,
        told: &mut BTreeSet<String>,
    ) -> Result<Explanation, Refusal> {
        let statement = self.statement(contract)?;
        let line = statement
            .line(id)
            .ok_or_else(|| unknown_line(id, &format!("the statement of {} has none of this id", self.year)))?
            .clone();
        told.insert(id.to_owned());
        // Each clause is told once, at the first line that carries it out.
        let first = told.insert(format!("{contract} {}", line.clause));
        let clause = self.clause(contract, &line.clause).filter(|_| first);
        let mut uses = Vec::new();
        for used in line.working.expr.iter().flat_map(|expr| expr.lines()) {
            if !told.contains(used) {
                uses.push(self.explain(contract, used, told)?);
            }
        }
        let mut events = Vec::new();
        for source in &line.sources {
            match source {
                Source::Entry(entry) => events.extend(self.behind(*entry)),
                Source::Line { line, .. } if told.contains(line) => {}
                Source::Line { line, .. } => uses.push(self.explain(&contract_of(line)?, line, told)?),
            }
        }
        Ok(Explanation {
            contract: contract.clone(),
            year: self.year,
            as_of: self.as_of,
            entry: self.book.entry,
            missing: not_measured(&statement, &line),
            clause,
            line,
            uses,
            events,
        })
    }

    /// The clause as the contract has it.
    fn clause(&self, contract: &ContractId, clause: &ClauseRef) -> Option<Document> {
        let terms = &self.book.contracts.get(contract)?.terms;
        let place = terms.pay.iter().position(|c| c.clause == *clause)?;
        terms.document().at(&format!("/pay/{place}")).cloned()
    }

    fn behind(&self, entry: Entry) -> Option<Behind> {
        let recorded = self.kept.events().get(entry.0.checked_sub(1)? as usize)?;
        Some(Behind {
            entry,
            recorded_at: recorded.recorded_at,
            event: recorded.event.kind(),
            actor: recorded.actor.clone(),
            key: recorded.key.clone(),
            evidence: recorded.evidence.clone(),
            hash: recorded.hash,
            payload: recorded.event.payload().unwrap_or_default(),
        })
    }
}

/// The measurement that an indicator's line rests on, where it was never recorded: the line is open, or
/// scores by the rule for late data.
fn not_measured(statement: &Statement, line: &Line) -> Option<String> {
    let indicator = line.subject.as_ref().filter(|_| matches!(line.name, Step::Measured | Step::Score))?;
    let measures = |l: &&Line| l.name == Step::Measured && l.subject.as_ref() == Some(indicator);
    let measured = statement.lines.iter().filter(measures).any(|l| l.state == LineState::Ok);
    (!measured).then(|| format!("outcome-measured of {indicator} for {}", statement.year))
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}, contract year {}, as of {}, as known at entry {}\n",
            self.line.id, self.year, self.as_of, self.entry
        )?;
        self.write(f, 0)
    }
}

impl Explanation {
    fn write(&self, f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        let indent = "  ".repeat(depth);
        let line = &self.line;
        let subject = line.subject.as_ref().map(|s| format!(": {s}")).unwrap_or_default();
        let value = line.value.as_deref().unwrap_or("no amount");
        writeln!(f, "{indent}{}{subject} = {value}", line.name.name())?;
        writeln!(
            f,
            "{indent}  {} line {}, clause {}: {}",
            self.contract, line.n, line.clause, line.working.text
        )?;
        if let Some(clause) = &self.clause {
            let text = serde_json::to_string(clause).unwrap_or_default();
            writeln!(f, "{indent}  the clause reads {text}")?;
        }
        for event in &self.events {
            let Actor { person, party, .. } = &event.actor;
            writeln!(
                f,
                "{indent}  entry {}, {} by {person} for {party}, recorded {}, key {}",
                event.entry, event.event, event.recorded_at, event.key
            )?;
            for file in &event.evidence {
                writeln!(f, "{indent}    evidence {} sha256:{}", file.name, file.sha256)?;
            }
        }
        self.uses.iter().try_for_each(|used| used.write(f, depth + 1))
    }
}
