//! Importing the public use files of the Medicare Shared Savings Program: every organisation of a performance
//! year is recorded with its figures, its settlement is drawn up, and what that comes to is compared with
//! what was published.
//!
//! An organisation is recorded whole or not at all, and one that cannot be recorded leaves the others alone.
//! What is there already is not recorded again, whether the file is the same or only written otherwise.
//! `rules` holds the tracks of each year, `table` reads a file, `organisation` makes commands of a row.

pub mod folder;
mod organisation;
mod rules;
mod table;
mod units;

use std::collections::BTreeMap;
use std::fmt;

use domain::actor::Evidence;
use domain::book::Case;
use domain::exact::Exact;
use domain::mechanism::SharedSavings;
use domain::money::{Currency, Money};
use domain::name::{CommandKey, NotAName, PartyId};
use domain::statement::Statement;
use domain::verb::party::PartyRegistered;
use domain::verb::{Command, Event};
use domain::worksheet::{LineKind, Step};
use serde::Serialize;
use sha2::{Digest, Sha256};

use self::organisation::{Organisation, REQUIRED};
use self::rules::Rules;
use self::table::{Row, Table};
use self::units::Units;
use super::App;
use crate::problem::{Exit, Problem};

/// The party that runs the program.
const COMMISSIONER: &str = "cms";
const COMMISSIONER_NAME: &str = "Centers for Medicare & Medicaid Services";
/// The indicators that a settlement needs.
const INDICATORS: [&str; 3] =
    [SharedSavings::QUALITY_SCORE, SharedSavings::STANDARD_MET, SharedSavings::ALTERNATIVE_MET];
/// How often an organisation is recorded again where something else was recorded first.
const TRIES: usize = 20;

/// What became of one row of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Its line in the file, from 1.
    pub line: usize,
    /// The organisation's id, as the row has it; empty where it has none.
    pub organisation: String,
    /// What became of it.
    pub verdict: Verdict,
    /// What the settlement drawn up comes to: + earned, - owed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settled: Option<Money>,
    /// What was published: + earned, - owed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<Money>,
    /// How near the two are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearness: Option<Nearness>,
    /// What explains a difference that no rounding does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// How near a settlement is to what was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Nearness {
    /// Equal to the dollar.
    ToTheDollar,
    /// A dollar from it: published totals hide cents.
    WithinOneDollar,
    /// Further from it, but what was published lies within what the printed quality score stands for.
    WithinPrintedScore,
    /// Anything else.
    Different,
}

/// The kinds of verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Recorded and settled.
    Accepted,
    /// All of it was recorded before.
    Duplicate,
    /// Nothing of it is recorded.
    Rejected(Problem),
}

/// What an import came to. As text it is what the command line prints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// One for each row, in the file's order.
    pub lines: Vec<Line>,
    /// The settlements against what was published.
    pub comparison: Comparison,
}

/// Settlements compared with what was published.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// Settled as published, to the dollar.
    pub equal: usize,
    /// Settled a dollar from it: published totals hide cents.
    pub within_one_dollar: usize,
    /// Published within what the printed quality score stands for.
    pub within_printed_score: usize,
    /// Everything else.
    pub different: Vec<Difference>,
}

/// A settlement that differs from what was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The organisation.
    pub organisation: String,
    /// What its settlement comes to: + earned, - owed.
    pub settled: Money,
    /// What was published.
    pub published: Money,
    /// What explains it.
    pub reason: String,
}

/// Imports a public use file, named `name` in problems, and settles every organisation in it; calls `each`
/// with every line as its verdict falls.
///
/// # Errors
/// A year without rules, bytes that are no UTF-8, missing columns, and a ledger that cannot be reached or
/// contradicts itself. A row that cannot be recorded is no error but a [`Verdict::Rejected`].
pub async fn import(
    app: &App,
    name: &str,
    content: &[u8],
    year: i32,
    mut each: impl FnMut(&Line),
) -> Result<Imported, Problem> {
    let rules = Rules::of(year)?;
    let table = Table::read(name, content, &[REQUIRED, rules.columns].concat())?;
    let units = Units::of(&table);
    let sha256 = hex::encode(Sha256::digest(content));
    let mut import = Import { app, name, content, rules, units, sha256, kept: false };
    let mut first_seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut lines = Vec::new();
    for row in table.rows() {
        let id = row.text("ACO_ID").unwrap_or_default().to_owned();
        let line = match first_seen.get(&id).filter(|_| !id.is_empty()) {
            Some(first) => {
                let message = format!("{id} stands twice: on line {first} too");
                let hint = "leave one row for each organisation";
                Line::new(&row, &id, Verdict::Rejected(row.problem("ACO_ID", message, hint)))
            }
            None => import.row(&row, &id).await?,
        };
        first_seen.entry(id).or_insert(row.line);
        each(&line);
        lines.push(line);
    }
    Ok(Imported { comparison: Comparison::of(&lines), lines })
}

/// An import under way.
struct Import<'a> {
    app: &'a App,
    name: &'a str,
    content: &'a [u8],
    rules: &'static Rules,
    units: Units,
    sha256: String,
    /// Whether the file is kept in the ledger.
    kept: bool,
}

impl Import<'_> {
    /// The verdict on one row. Only a ledger that cannot be reached, or contradicts itself, ends the whole.
    async fn row(&mut self, row: &Row<'_>, id: &str) -> Result<Line, Problem> {
        let organisation = match Organisation::read(row, self.rules, &self.units) {
            Ok(organisation) => organisation,
            Err(problem) => return Ok(Line::new(row, id, Verdict::Rejected(problem))),
        };
        match self.record(&organisation).await {
            Ok((verdict, statement)) => Ok(Line::settled(row, &organisation, verdict, &statement)),
            Err(problem) if matches!(problem.exit, Exit::Unavailable | Exit::Integrity) => Err(problem),
            Err(problem) => Ok(Line::new(row, id, Verdict::Rejected(problem.or_at(self.name, row.line, 1)))),
        }
    }

    /// Records an organisation in one batch, unless it is there already.
    async fn record(&mut self, organisation: &Organisation) -> Result<(Verdict, Statement), Problem> {
        let commands = organisation.commands()?;
        for _ in 0..TRIES {
            if let Some(statement) = self.there_already(organisation, &commands).await? {
                return Ok((Verdict::Duplicate, statement));
            }
            self.keep_the_file().await?;
            let batch = self.app.batch().await?;
            self.register(&batch, organisation).await?;
            let mut statement = None;
            for (what, command) in &commands {
                let key = self.key(organisation, what);
                let mut request = batch.request(command.clone(), &key)?;
                request.evidence = vec![self.evidence()];
                let done = batch.send(&request).await?;
                statement = done.events.into_iter().find_map(|recorded| match recorded.event {
                    Event::SettlementDrawnUp(drawn_up) => Some(drawn_up.statement),
                    _ => None,
                });
            }
            match (batch.commit_batch().await, statement) {
                (Ok(()), Some(statement)) => return Ok((Verdict::Accepted, statement)),
                (Err(problem), _) if problem.code != "stale-version" => return Err(problem),
                // Something else was recorded since the batch began, or its last command made no statement.
                _ => {}
            }
        }
        let message = format!("other commands were recorded {TRIES} times while this row was");
        Err(Problem::new(Exit::Conflict, "stale-version", message, "import the file again"))
    }

    /// The statement of an organisation that is recorded already: from this file, or with the very same
    /// figures.
    async fn there_already(
        &self,
        organisation: &Organisation,
        commands: &[(&'static str, Command)],
    ) -> Result<Option<Statement>, Problem> {
        let key: CommandKey = self.key(organisation, "award").parse().map_err(|e| unnamable(&e))?;
        let from_this_file = self.app.ledger().log().command(&key).await?.is_some();
        let kept = self.app.kept().await?;
        let Some(case) = kept.book().contracts.get(&organisation.contract) else { return Ok(None) };
        let differing: Vec<&str> =
            commands.iter().filter(|(_, command)| !holds(case, command)).map(|(what, _)| *what).collect();
        let year = organisation.year();
        match case.statement(year, year.last_day()) {
            Some(drawn_up) if from_this_file || differing.is_empty() => {
                Ok(Some(drawn_up.fact.statement.clone()))
            }
            _ => {
                let which = if differing.is_empty() {
                    "no settlement".to_owned()
                } else {
                    format!("another {}", differing.join(", "))
                };
                let message = format!("`{}` is recorded already, with {which}", organisation.contract);
                let hint = "import a revised file into a ledger of its own";
                Err(Problem::new(Exit::Conflict, "contract-exists", message, hint))
            }
        }
    }

    /// Registers who is not known yet. Their keys name no file, for they are the same in every one.
    async fn register(&self, batch: &App, organisation: &Organisation) -> Result<(), Problem> {
        let commissioner: PartyId = COMMISSIONER.parse().map_err(|e| unnamable(&e))?;
        let cms = Command::PartyRegistered(PartyRegistered {
            party: commissioner.clone(),
            name: COMMISSIONER_NAME.to_owned(),
            code: None,
            valid_from: None,
            valid_to: None,
        });
        for (party, command) in [(&commissioner, cms), (&organisation.id, organisation.register())] {
            if !batch.kept().await?.book().parties.contains_key(party) {
                batch.send(&batch.request(command, &format!("import:party:{party}"))?).await?;
            }
        }
        Ok(())
    }

    /// Keeps the file's content once, when its first row is recorded.
    async fn keep_the_file(&mut self) -> Result<(), Problem> {
        if !self.kept {
            self.app.ledger().log().put_file(self.content).await?;
            self.kept = true;
        }
        Ok(())
    }

    /// The file as evidence. Its own name is left out, so that a renamed file is still the same.
    fn evidence(&self) -> Evidence {
        let name = format!("CMS public use file, performance year {}", self.rules.year);
        Evidence { name, sha256: self.sha256.clone() }
    }

    fn key(&self, organisation: &Organisation, what: &str) -> String {
        format!("import:{}:{}:{what}", &self.sha256[..16], organisation.contract)
    }
}

/// A name made here that is none: a fault of the importer, not of the file.
fn unnamable(why: &NotAName) -> Problem {
    Problem::new(Exit::Integrity, "name", why, "please report this")
}

/// Whether a contract holds what a command would record.
fn holds(case: &Case, command: &Command) -> bool {
    match command {
        Command::ContractAwarded(award) => case.terms == award.terms,
        Command::PopulationReported(report) => case.populations.iter().any(|e| e.fact == *report),
        Command::BenchmarkSet(set) => case.benchmarks.iter().any(|e| e.fact == *set),
        Command::CostReported(report) => case.costs.iter().any(|e| e.fact == *report),
        Command::OutcomeMeasured(measured) => case.measurements.iter().any(|e| e.fact == *measured),
        Command::AdvanceStated(stated) => case.advances.iter().any(|e| e.fact == *stated),
        Command::ReliefGranted(granted) => case.reliefs.iter().any(|e| e.fact == *granted),
        Command::BalanceStated(stated) => case.balances.iter().any(|e| e.fact == *stated),
        Command::SettlementDrawnUp(asked) => {
            case.statements.iter().any(|s| s.fact.statement.year == asked.year)
        }
        _ => false,
    }
}

impl Line {
    fn new(row: &Row, id: &str, verdict: Verdict) -> Line {
        let organisation = id.to_owned();
        let (settled, published, nearness, reason) = (None, None, None, None);
        Line { line: row.line, organisation, verdict, settled, published, nearness, reason }
    }

    fn settled(row: &Row, organisation: &Organisation, verdict: Verdict, statement: &Statement) -> Line {
        let settled = statement.payables.first().and_then(|payable| payable.entitled);
        let nearness = settled.map(|settled| Nearness::of(settled, organisation, statement));
        let different = nearness == Some(Nearness::Different);
        Line {
            settled,
            published: Some(organisation.published),
            nearness,
            reason: different.then(|| why_different(organisation, statement)),
            ..Line::new(row, organisation.id.as_str(), verdict)
        }
    }
}

impl Nearness {
    fn of(settled: Money, organisation: &Organisation, statement: &Statement) -> Nearness {
        let published = Exact::from(organisation.published);
        let apart = (Exact::from(settled) - published.clone()).abs();
        let within = |(low, high)| low <= published && published <= high;
        if apart.is_zero() {
            Nearness::ToTheDollar
        } else if apart <= Exact::one() {
            Nearness::WithinOneDollar
        } else if organisation.printed_interval(statement).is_some_and(within) {
            Nearness::WithinPrintedScore
        } else {
            Nearness::Different
        }
    }
}

/// What in the statement, or in the row, says why a settlement is not as published.
fn why_different(organisation: &Organisation, statement: &Statement) -> String {
    let open = [Step::RevenueLimit, Step::Terminated];
    let note = statement.lines.iter().find(|l| open.contains(&l.name) && l.kind == LineKind::Note);
    match note {
        Some(line) => line.working.text.clone(),
        None if organisation.prorated => {
            "losses are owed for the months in the program, which are not published".to_owned()
        }
        None => "no line of the statement says why".to_owned(),
    }
}

impl Comparison {
    fn of(lines: &[Line]) -> Comparison {
        let mut comparison = Comparison::default();
        for line in lines {
            let (Some(settled), Some(published)) = (line.settled, line.published) else { continue };
            match line.nearness {
                Some(Nearness::ToTheDollar) => comparison.equal += 1,
                Some(Nearness::WithinOneDollar) => comparison.within_one_dollar += 1,
                Some(Nearness::WithinPrintedScore) => comparison.within_printed_score += 1,
                Some(Nearness::Different) | None => {
                    let reason = line.reason.clone().unwrap_or_default();
                    let organisation = line.organisation.clone();
                    comparison.different.push(Difference { organisation, settled, published, reason });
                }
            }
        }
        comparison
    }
}

impl Imported {
    /// How many lines were recorded now.
    pub fn accepted(&self) -> usize {
        self.lines.iter().filter(|line| line.verdict == Verdict::Accepted).count()
    }

    /// How many were recorded before.
    pub fn duplicate(&self) -> usize {
        self.lines.iter().filter(|line| line.verdict == Verdict::Duplicate).count()
    }

    /// How many were rejected.
    pub fn rejected(&self) -> usize {
        self.problems().count()
    }

    /// Why lines were rejected.
    pub fn problems(&self) -> impl Iterator<Item = &Problem> {
        self.lines.iter().filter_map(|line| match &line.verdict {
            Verdict::Rejected(problem) => Some(problem),
            Verdict::Accepted | Verdict::Duplicate => None,
        })
    }
}

impl fmt::Display for Imported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in self.problems() {
            writeln!(f, "{problem}")?;
        }
        let (accepted, duplicate, rejected) = (self.accepted(), self.duplicate(), self.rejected());
        let noun = if self.lines.len() == 1 { "organisation" } else { "organisations" };
        let all = self.lines.len();
        writeln!(f, "{all} {noun}: {accepted} recorded, {duplicate} recorded before, {rejected} rejected")?;
        self.comparison.fmt(f)
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Comparison { equal, within_one_dollar, within_printed_score, different } = self;
        write!(f, "against what was published: {equal} equal, {within_one_dollar} within $1, ")?;
        if *within_printed_score > 0 {
            write!(f, "{within_printed_score} within the printed quality score, ")?;
        }
        writeln!(f, "{} different", different.len())?;
        for Difference { organisation, settled, published, reason } in different {
            let (settled, published) = (settled.show(Currency::Usd), published.show(Currency::Usd));
            writeln!(f, "  {organisation}: settled {settled}, published {published}: {reason}")?;
        }
        Ok(())
    }
}
