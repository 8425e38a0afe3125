//! The use cases: what the command line and every other face can do with a ledger.

pub mod activity;
pub mod apply;
pub mod blocks;
pub mod check;
pub mod generate;
pub mod lines;
pub mod load;
pub mod looks;
pub mod medicare;
pub mod population;
mod proofs;
mod questions;
pub mod stop_loss;
pub mod table;
pub mod workbook;

use std::sync::Arc;

use chrono::{NaiveDate, Utc};
use domain::actor::{Actor, Evidence};
use domain::name::{CommandKey, ContractId, PartyId};
use domain::names::Names;
use domain::request::Request;
use domain::terms::Terms;
use domain::time::{AsOf, Entry, Instant, KnownAt, Zone};
use domain::verb::Command;
use domain::verb::agree::{AgreementPrepared, SettlementAgreed};
use domain::verb::award::ContractAwarded;
use domain::verb::draw_up::DrawUp;
use domain::verb::ledger::LedgerCreated;
use domain::year::ContractYear;
use projections::balances::{Above, Balance};
use projections::bridge::{Bridge, Point};
use projections::contracts::{Contract, Detail, Party};
use projections::explain::Explanation;
use projections::kept::Kept;
use projections::over_time::OverTime;
use projections::position::Position;
use projections::reconcile::Reconciled;
use projections::settlements::Settlement;
use projections::statement::Asked;
use projections::todo::Todo;
use projections::what_if::{Change, WhatIf};
use projections::{
    balances, bridge, contracts, explain, over_time, position, reconcile, settlements, statement, todo,
    what_if,
};
use store::proof::SigningKey;
use store::{Done, Ledger, Log, StoreError};
use tokio::sync::OwnedMutexGuard;

use crate::problem::Problem;

/// The key of the command that creates a ledger.
const CREATE: &str = "create-ledger";

/// An open ledger, for one person.
#[derive(Clone, Debug)]
pub struct App {
    ledger: Ledger,
    actor: Actor,
    /// With which checkpoints are signed.
    key: Option<Arc<SigningKey>>,
    /// Through what it is asked, as the access log has it.
    face: &'static str,
}

/// The face that an application has where nothing else is said.
const COMMAND_LINE: &str = "command line";

/// The two times of a question. Where a person leaves one out, it is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// The business date; today in the ledger's zone where it is left out.
    pub as_of: Option<AsOf>,
    /// What the ledger knew.
    pub known_at: KnownAt,
}

/// The two times of a question with nothing left open: further questions about them see the same ledger,
/// whatever is recorded meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    /// The business date.
    pub as_of: AsOf,
    /// What the ledger knew, as asked.
    pub known_at: KnownAt,
    /// The entry that comes to.
    pub entry: Entry,
    /// The last entry of the ledger.
    pub last: Entry,
    /// Today in the ledger's zone.
    pub today: AsOf,
    /// The ledger's zone.
    pub zone: Zone,
}

impl At {
    /// The times to ask further questions with.
    pub fn pinned(&self) -> Times {
        Times { as_of: Some(self.as_of), known_at: KnownAt::Entry(self.entry) }
    }

    /// Whether the business date is today and nothing recorded is left out.
    pub fn is_now(&self) -> bool {
        self.as_of == self.today && self.entry == self.last
    }
}

impl App {
    /// Opens a ledger that is there.
    pub async fn open(url: &str, actor: Actor) -> Result<App, Problem> {
        Ok(App { ledger: Ledger::new(Log::open_existing(url).await?), actor, key: None, face: COMMAND_LINE })
    }

    /// Opens a ledger, and creates it where it is missing.
    pub async fn open_or_create(url: &str, actor: Actor) -> Result<App, Problem> {
        let app = App::open_uncreated(url, actor).await?;
        if app.kept().await?.book().ledger.is_none() {
            app.create(Zone::default(), None).await?;
        }
        Ok(app)
    }

    /// Opens a log without recording the ledger's first event, for a history whose source gives it.
    pub async fn open_uncreated(url: &str, actor: Actor) -> Result<App, Problem> {
        Ok(App { ledger: Ledger::new(Log::open(url).await?), actor, key: None, face: COMMAND_LINE })
    }

    /// Records the ledger's first event; with a moment, as a history whose times its source states.
    pub async fn create(&self, zone: Zone, history_from: Option<Instant>) -> Result<Done, Problem> {
        let command = Command::LedgerCreated(LedgerCreated { zone, history: history_from.is_some() });
        self.send(&Request { recorded_at: history_from, ..self.request(command, CREATE)? }).await
    }

    /// The same, signing checkpoints with this key.
    pub fn signing(self, key: Option<SigningKey>) -> App {
        App { key: key.map(Arc::new), ..self }
    }

    /// The same, asked through another face.
    pub fn through(self, face: &'static str) -> App {
        App { face, ..self }
    }

    /// A batch on top of this ledger; see [`Ledger::batch`].
    pub async fn batch(&self) -> Result<App, Problem> {
        Ok(App { ledger: self.ledger.batch().await?, actor: self.actor.clone(), key: None, face: self.face })
    }

    /// Records a batch whole; see [`Ledger::commit_batch`].
    pub async fn commit_batch(self) -> Result<(), Problem> {
        Ok(self.ledger.commit_batch().await?)
    }

    /// The ledger beneath.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Who gives the commands.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Everything recorded so far.
    pub async fn kept(&self) -> Result<OwnedMutexGuard<Kept>, StoreError> {
        self.ledger.kept().await
    }

    /// A command of this person under a key.
    pub fn request(&self, command: Command, key: &str) -> Result<Request, Problem> {
        let key: CommandKey = key.parse().map_err(|e| {
            Problem::usage("command-key", format!("{e}"), "choose a shorter key without other signs")
        })?;
        Ok(Request {
            command,
            key,
            actor: self.actor.clone(),
            recorded_at: None,
            evidence: Vec::new(),
            late_because: None,
            salt: None,
            expect: Default::default(),
        })
    }

    /// Carries out a command.
    pub async fn send(&self, request: &Request) -> Result<Done, Problem> {
        let done = self.ledger.execute(request).await?;
        // What is settled is sealed at once: a checkpoint kept elsewhere then proves the statement.
        if self.signs() && done.events.iter().any(|e| e.event.statement().is_some()) && !done.replayed {
            self.checkpoint().await?;
        }
        Ok(done)
    }

    /// Awards a contract with terms that were read and checked.
    pub async fn award(&self, terms: Terms, signed_on: NaiveDate, key: &str) -> Result<Done, Problem> {
        let command = Command::ContractAwarded(ContractAwarded { signed_on, terms });
        self.send(&self.request(command, key)?).await
    }

    /// Draws up the settlement of a contract year.
    pub async fn draw_up(
        &self,
        contract: ContractId,
        year: ContractYear,
        as_of: Option<AsOf>,
        with_estimates: Option<String>,
    ) -> Result<Done, Problem> {
        let as_of = match as_of {
            Some(as_of) => as_of,
            None => today(&*self.kept().await?),
        };
        let key = format!("draw-up:{contract}:{year}:{as_of}");
        let command = Command::SettlementDrawnUp(DrawUp { contract, year, as_of, with_estimates });
        self.send(&self.request(command, &key)?).await
    }

    /// Agrees the statement in force of a contract year for this person's party, or for one without users; or
    /// prepares to.
    pub async fn agree(
        &self,
        contract: &ContractId,
        year: ContractYear,
        prepare: bool,
        on_behalf_of: Option<PartyId>,
        evidence: Vec<Evidence>,
    ) -> Result<Done, Problem> {
        let entry = self.kept().await?.book().case(contract)?.latest(year).map(|s| s.entry);
        let (contract, party) = (contract.clone(), self.actor.party.clone());
        // Where nothing is drawn up, the refusal of the command says so.
        let entry = entry.unwrap_or_default();
        let agrees = on_behalf_of.as_ref().unwrap_or(&party);
        let word = if prepare { "prepare" } else { "agree" };
        let key = format!("{word}:{contract}:{year}:{entry}:{agrees}");
        let command = if prepare {
            Command::AgreementPrepared(AgreementPrepared { contract, year, entry, party })
        } else {
            let digest = None;
            Command::SettlementAgreed(SettlementAgreed { contract, year, entry, digest, party, on_behalf_of })
        };
        self.send(&Request { evidence, ..self.request(command, &key)? }).await
    }

    /// Settles a contract year at two times; records nothing.
    pub async fn settle(
        &self,
        contract: &ContractId,
        year: ContractYear,
        times: Times,
    ) -> Result<Asked, Problem> {
        let kept = self.kept().await?;
        self.look(&kept, [contract], &format!("statement {year}")).await?;
        Ok(statement::ask(&kept, contract, year, times.business_date(&kept), times.known_at)?)
    }

    /// A line of a statement taken apart.
    pub async fn explain(
        &self,
        line: &str,
        year: Option<ContractYear>,
        times: Times,
    ) -> Result<Explanation, Problem> {
        let kept = self.kept().await?;
        let contract = line.split('/').next().and_then(|contract| contract.parse().ok());
        self.look(&kept, contract.as_ref(), &format!("line {line}")).await?;
        Ok(explain::ask(&kept, line, year, times.business_date(&kept), times.known_at)?)
    }

    /// What two parties and the ledger say of what they owe each other.
    pub async fn reconcile(
        &self,
        party: &PartyId,
        with: &PartyId,
        times: Times,
    ) -> Result<Vec<Reconciled>, Problem> {
        let kept = self.kept().await?;
        let all = reconcile::ask(&kept, party, with, times.business_date(&kept), times.known_at)?;
        self.look(&kept, all.iter().map(|r| &r.contract), "reconciliation").await?;
        Ok(all)
    }

    /// The bridge between the statements of a contract year at two points; a business date left out is that
    /// of the other point, else today.
    pub async fn bridge(
        &self,
        contract: &ContractId,
        year: ContractYear,
        from: (Option<AsOf>, KnownAt),
        to: (Option<AsOf>, KnownAt),
    ) -> Result<Bridge, Problem> {
        let kept = self.kept().await?;
        self.look(&kept, [contract], &format!("bridge {year}")).await?;
        let later = to.0.or(from.0).unwrap_or_else(|| today(&kept));
        let from = Point { as_of: from.0.unwrap_or(later), known_at: from.1 };
        Ok(bridge::ask(&kept, contract, year, from, Point { as_of: later, known_at: to.1 })?)
    }

    /// What a contract year would come to with some things otherwise; faulty terms come fault by fault.
    pub async fn what_if(
        &self,
        contract: &ContractId,
        year: ContractYear,
        changes: &[Change],
        times: Times,
    ) -> Result<WhatIf, Vec<Problem>> {
        let kept = self.kept().await.map_err(|e| vec![e.into()])?;
        self.look(&kept, [contract], &format!("what-if {year}")).await.map_err(|problem| vec![problem])?;
        let times = (times.business_date(&kept), times.known_at);
        what_if::ask(&kept, contract, year, times, changes)
            .map_err(|refusals| refusals.into_iter().map(Problem::from).collect())
    }

    /// The statements drawn up, or with `draft` a draft of every year begun.
    pub async fn settlements(&self, draft: bool, times: Times) -> Result<Vec<Settlement>, Problem> {
        let kept = self.kept().await?;
        let ask = if draft { settlements::drafts } else { settlements::drawn_up };
        let all = ask(&kept, times.business_date(&kept), times.known_at)?;
        self.look(&kept, all.iter().map(|s| &s.contract), "list of settlements").await?;
        Ok(all)
    }

    /// The position of a party.
    pub async fn position(&self, party: &PartyId, times: Times) -> Result<Position, Problem> {
        let kept = self.kept().await?;
        let position = position::ask(&kept, party, times.business_date(&kept), times.known_at)?;
        self.look(&kept, position.rows.iter().map(|r| &r.contract), &format!("position of {party}")).await?;
        Ok(position)
    }

    /// What is to be done, by everybody or by one party.
    pub async fn todo(&self, party: Option<&PartyId>, times: Times) -> Result<Vec<Todo>, Problem> {
        let kept = self.kept().await?;
        let all = todo::ask(&kept, party, times.business_date(&kept), times.known_at)?;
        let with_amounts = all.iter().filter(|todo| todo.worth.is_some());
        self.look(&kept, with_amounts.map(|todo| &todo.contract), "list of what is to be done").await?;
        Ok(all)
    }

    /// Every balance above a threshold, as both parties state it.
    pub async fn balances(&self, above: Above, times: Times) -> Result<Vec<Balance>, Problem> {
        let kept = self.kept().await?;
        let all = balances::ask(&kept, above, times.business_date(&kept), times.known_at)?;
        self.look(&kept, all.iter().map(|b| &b.contract), "list of balances").await?;
        Ok(all)
    }

    /// What the two times of a question come to.
    pub async fn at(&self, times: Times) -> Result<At, Problem> {
        let kept = self.kept().await?;
        Ok(At {
            as_of: times.business_date(&kept),
            known_at: times.known_at,
            entry: kept.resolve(times.known_at)?,
            last: kept.entry(),
            today: today(&kept),
            zone: kept.book().zone(),
        })
    }

    /// Every contract, with what its years come to.
    pub async fn contracts(&self, times: Times) -> Result<Vec<Contract>, Problem> {
        let kept = self.kept().await?;
        let all = contracts::ask(&kept, times.business_date(&kept), times.known_at)?;
        self.look(&kept, all.iter().map(|c| &c.contract), "list of contracts").await?;
        Ok(all)
    }

    /// One contract with its terms.
    pub async fn contract(&self, contract: &ContractId, times: Times) -> Result<Detail, Problem> {
        let kept = self.kept().await?;
        self.look(&kept, [contract], "terms").await?;
        Ok(contracts::one(&kept, contract, times.business_date(&kept), times.known_at)?)
    }

    /// What every organisation is called.
    pub async fn names(&self, times: Times) -> Result<Names, Problem> {
        let kept = self.kept().await?;
        Ok(contracts::names(&kept, times.business_date(&kept), times.known_at)?)
    }

    /// Every organisation known, with its name.
    pub async fn organisations(&self, times: Times) -> Result<Vec<Party>, Problem> {
        Ok(contracts::parties(&*self.kept().await?, times.known_at)?)
    }

    /// The net position of a party month by month.
    pub async fn over_time(&self, party: &PartyId, times: Times) -> Result<OverTime, Problem> {
        let kept = self.kept().await?;
        let as_of = times.business_date(&kept);
        let over_time = over_time::ask(&kept, party, as_of, times.known_at)?;
        let contracts = over_time::contracts(&kept, party, as_of, times.known_at)?;
        self.look(&kept, &contracts, &format!("position of {party} over time")).await?;
        Ok(over_time)
    }

    /// Every party registered.
    pub async fn parties(&self) -> Result<Vec<PartyId>, Problem> {
        let kept = self.kept().await?;
        Ok(kept.book().parties.keys().cloned().collect())
    }
}

impl Times {
    fn business_date(&self, kept: &Kept) -> AsOf {
        self.as_of.unwrap_or_else(|| today(kept))
    }
}

fn today(kept: &Kept) -> AsOf {
    AsOf(Instant::of(Utc::now()).day(kept.book().zone()))
}
