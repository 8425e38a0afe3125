//! A ledger: a log with the book it folds to, and the one path on which anything is ever recorded.
//!
//! Every command is an `Aggregate::handle` of the [`Book`], committed by the [`EventStore`] here. A command
//! is applied to the kept book once, by the sink; the log then confirms it. Whatever was applied and not
//! confirmed is taken back before the next command.
//!
//! Commands that come while others are being recorded wait, and then share one transaction: a turn
//! ([`Turn`]). The book is in the turn's hands for as long as it lasts, so a question waits for what a turn
//! decides until it is durable, and no question ever sees what may yet be taken back. Nor does a caller:
//! verdicts are given once the turn is durable, a refusal among them, since it may rest on a command before
//! it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, AggregateContext, AggregateError, EventEnvelope, EventStore};
use domain::book::Book;
use domain::name::{CommandKey, StreamId};
use domain::recorded::{Digest, Recorded};
use domain::refusal::Refusal;
use domain::request::Request;
use domain::time::{Entry, Instant};
use domain::verb::{Command, Event};
use projections::feed::{Feed, Unreadable};
use projections::kept::Kept;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

use crate::append::{Append, Appended, CommandRecord, NewEvent};
use crate::attach::Attachments;
use crate::engine::{Fault, Tries};
use crate::envelope::Attached;
use crate::envelope::Stored;
use crate::error::StoreError;
use crate::log::Log;
use crate::staging::Staging;
use crate::turn::{Queue, Turn, Waiting};

/// How often a command is decided again where another was recorded first.
const TRIES: usize = 20;

/// A ledger open for commands and questions. A clone is the same ledger.
#[derive(Clone, Debug)]
pub struct Ledger {
    kept: Arc<Mutex<Kept>>,
    lane: Arc<Mutex<Lane>>,
    queue: Queue,
    log: Log,
    attachments: Attachments,
}

/// Where appends go.
#[derive(Debug)]
enum Lane {
    /// Each to the log, as it comes.
    Log,
    /// To the others of one turn, while the head is held for them.
    Turn(Box<Turn>),
    /// To a batch that is committed whole or dropped.
    Staging(Box<Staging>),
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    /// The events it made, now or when it was first sent.
    pub events: Vec<Recorded>,
    /// Whether it had been carried out before.
    pub replayed: bool,
}

impl Done {
    /// The entry of its last event.
    pub fn entry(&self) -> Entry {
        self.events.last().map(|e| e.entry).unwrap_or_default()
    }
}

/// What is answered to whoever gave a command.
type Verdict = Result<Done, Failure>;

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The domain refuses.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store refuses or cannot be reached.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is recorded with a command's event besides the event. It travels through `cqrs_es` as metadata.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Provenance {
    key: CommandKey,
    digest: [u8; 32],
    actor: domain::actor::Actor,
    salt: [u8; 16],
    recorded_at: Option<Instant>,
    attached: Attached,
}

const PROVENANCE: &str = "provenance";

/// How many entries a turn catches up with while it holds the head.
const FAR: u64 = 1_000;

/// A book with the versions that a decision on it relies on.
#[derive(Debug)]
pub struct Context {
    kept: OwnedMutexGuard<Kept>,
    expected: Vec<(StreamId, u64)>,
}

impl AggregateContext<Book> for Context {
    fn aggregate(&mut self) -> &mut Book {
        self.kept.book_mut()
    }
}

impl Context {
    /// The decision to come relies on these streams as they are now.
    fn rely_on(&mut self, streams: Vec<StreamId>) {
        let book = self.kept.book();
        self.expected = streams.into_iter().map(|s| (s.clone(), book.version(&s))).collect();
    }
}

impl Ledger {
    /// A ledger over a log, with nothing folded yet.
    pub fn new(log: Log) -> Ledger {
        Ledger::on(Kept::default(), Lane::Log, log, Attachments::default())
    }

    fn on(kept: Kept, lane: Lane, log: Log, attachments: Attachments) -> Ledger {
        let (kept, lane) = (Arc::new(Mutex::new(kept)), Arc::new(Mutex::new(lane)));
        Ledger { kept, lane, queue: Queue::default(), log, attachments }
    }

    /// A batch on top of this ledger: what it records is seen by its own questions at once, and by others
    /// only after [`Ledger::commit_batch`]. Dropped, it never was.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub async fn batch(&self) -> Result<Ledger, StoreError> {
        let kept = self.kept().await?.clone();
        let staging = Staging::begin(self.log.clone()).await?;
        let lane = Lane::Staging(Box::new(staging));
        Ok(Ledger::on(kept, lane, self.log.clone(), self.attachments.clone()))
    }

    /// Records everything of a batch in one transaction; nothing to do for a ledger that is no batch.
    ///
    /// # Errors
    /// `Stale` where something else was recorded since the batch began.
    pub async fn commit_batch(self) -> Result<(), StoreError> {
        let lane = std::mem::replace(&mut *self.lane.lock().await, Lane::Log);
        match lane {
            Lane::Log | Lane::Turn(_) => Ok(()),
            Lane::Staging(staging) => staging.commit().await,
        }
    }

    /// The log beneath.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Everything recorded so far, for questions.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub async fn kept(&self) -> Result<OwnedMutexGuard<Kept>, StoreError> {
        let mut kept = self.kept.clone().lock_owned().await;
        kept.rewind();
        let lane = &*self.lane.lock().await;
        kept.advance(&self.feed(lane)).await?;
        Ok(kept)
    }

    fn feed<'a>(&'a self, lane: &'a Lane) -> LaneFeed<'a> {
        LaneFeed { lane, log: &self.log, attachments: &self.attachments }
    }

    /// Carries out a command: decides it on the book, records its event, and gives back what was recorded.
    /// Sent again under the same key with the same body, it answers with what was recorded first.
    ///
    /// Whoever stops waiting for the answer does not stop the command.
    ///
    /// # Errors
    /// [`Failure::Refused`] with nothing recorded; [`Failure::Store`] where the log refuses or cannot be
    /// reached.
    pub async fn execute(&self, request: &Request) -> Result<Done, Failure> {
        let provenance = provenance(request)?;
        let request = self.attachments.given(&self.log, request).await?;
        if !matches!(*self.lane.lock().await, Lane::Log) {
            return self.carry_out(&request, &provenance).await;
        }
        let (answer, answered) = oneshot::channel();
        self.queue.push(Waiting { request: request.into_owned(), provenance, answer });
        tokio::spawn(self.clone().turn());
        let stopped = |_| StoreError::Unavailable("the work was stopped".to_owned());
        answered.await.map_err(stopped)?
    }

    /// Carries out what waits. There is a turn for each command, and most find that one before them has
    /// carried out theirs too.
    async fn turn(self) {
        let mut kept = self.kept.clone().lock_owned().await;
        let waiting = self.queue.next();
        if waiting.is_empty() {
            return;
        }
        let mut tries = Tries::default();
        let verdicts = loop {
            let failed = match self.try_turn(&mut kept, &waiting).await {
                Ok(verdicts) => break verdicts,
                Err(fault) => tries.again(fault).await,
            };
            if let Err(error) = failed {
                break waiting.iter().map(|_| Err(error.clone().into())).collect();
            }
        };
        drop(kept);
        for (waiting, verdict) in waiting.into_iter().zip(verdicts) {
            // Nobody may be left to hear it.
            let _ = waiting.answer.send(verdict);
        }
    }

    /// One transaction: each command is decided after the ones before it, and keeps its own verdict.
    async fn try_turn(&self, kept: &mut Kept, waiting: &[Waiting]) -> Result<Vec<Verdict>, Fault> {
        let turn = self.begin(kept, waiting).await?;
        let base = turn.base();
        // The book is lent to the turn. Were it never to come back, it would be folded again from the log.
        let (log, attachments) = (self.log.clone(), self.attachments.clone());
        let deciding = Ledger::on(std::mem::take(kept), Lane::Turn(Box::new(turn)), log, attachments);
        let mut verdicts = Vec::with_capacity(waiting.len());
        for Waiting { request, provenance, .. } in waiting {
            verdicts.push(deciding.carry_out(request, provenance).await);
        }
        let recorded = match std::mem::replace(&mut *deciding.lane.lock().await, Lane::Log) {
            Lane::Turn(turn) => turn.record().await,
            Lane::Log | Lane::Staging(_) => Ok(()),
        };
        *kept = std::mem::take(&mut *deciding.kept.lock().await);
        if recorded.is_err() {
            kept.take_back(base);
        }
        recorded.map(|()| verdicts)
    }

    /// Takes hold of the head, with the book caught up to it.
    async fn begin(&self, kept: &mut Kept, waiting: &[Waiting]) -> Result<Turn, Fault> {
        kept.rewind();
        let mut turn = Turn::begin(&self.log, waiting).await?;
        while kept.entry().0 + FAR < turn.base().0 && kept.stopped().is_none() {
            // Nobody is kept waiting while the book catches up with a long log.
            turn.release().await?;
            kept.advance(&self.feed(&Lane::Log)).await?;
            turn = Turn::begin(&self.log, waiting).await?;
        }
        while kept.entry() < turn.base() && kept.stopped().is_none() {
            for stored in turn.read(kept.entry(), FAR as usize).await? {
                let mut event = decode(stored);
                if !event.as_mut().is_ok_and(|recorded| self.attachments.lacks(&mut recorded.event)) {
                    kept.take(event);
                    continue;
                }
                // Whoever holds the head may hold the only connection: a block is read without it.
                turn.release().await?;
                kept.advance(&self.feed(&Lane::Log)).await?;
                turn = Turn::begin(&self.log, waiting).await?;
                break;
            }
        }
        if kept.entry() > turn.base() {
            let (read, base) = (kept.entry(), turn.base());
            turn.release().await?;
            return Err(
                StoreError::Corrupt(format!("entry {read} was read, and now {base} is the last")).into()
            );
        }
        Ok(turn)
    }

    /// Carries out a command where this ledger's appends go.
    async fn carry_out(&self, request: &Request, provenance: &Provenance) -> Verdict {
        for _ in 0..TRIES {
            if let Some(done) = self.carried_out(provenance).await? {
                return Ok(done);
            }
            let mut context = EventStore::<Book>::load_aggregate(self, request.command.stream().as_str())
                .await
                .map_err(failure)?;
            admissible(request, context.kept.book())?;
            context.rely_on(request.command.relies_on(context.kept.book()));
            let sink = EventSink::default();
            context.aggregate().handle(request.command.clone(), &request.giver(), &sink).await?;
            let text = serde_json::to_string(provenance).map_err(|e| unsealable(request, &e))?;
            let metadata = HashMap::from([(PROVENANCE.to_owned(), text)]);
            match self.commit(sink.collect().await, context, metadata).await {
                Ok(envelopes) => return self.recorded(envelopes).await,
                Err(AggregateError::AggregateConflict) => continue,
                Err(error) => return Err(failure(error)),
            }
        }
        let stream = request.command.stream();
        Err(StoreError::Unavailable(format!(
            "{stream} kept moving while the command was decided {TRIES} times"
        ))
        .into())
    }

    /// What a command recorded when it was first sent, if it was.
    async fn carried_out(&self, provenance: &Provenance) -> Result<Option<Done>, Failure> {
        let record = match &*self.lane.lock().await {
            Lane::Log => self.log.command(&provenance.key).await?,
            Lane::Turn(turn) => turn.command(&provenance.key),
            Lane::Staging(staging) => staging.command(&provenance.key).await?,
        };
        let Some(CommandRecord { digest, first, last }) = record else { return Ok(None) };
        if digest != provenance.digest {
            return Err(StoreError::KeyReused { key: provenance.key.clone(), first }.into());
        }
        let events = self.events(first, last).await?;
        Ok(Some(Done { events, replayed: true }))
    }

    async fn events(&self, first: Entry, last: Entry) -> Result<Vec<Recorded>, StoreError> {
        let kept = self.kept().await?;
        let range = (first.0.saturating_sub(1) as usize)..(last.0 as usize);
        Ok(kept.events().get(range).unwrap_or_default().iter().map(|e| e.as_ref().clone()).collect())
    }

    async fn recorded(&self, envelopes: Vec<EventEnvelope<Book>>) -> Result<Done, Failure> {
        let entry = |e: &EventEnvelope<Book>| e.metadata.get("entry").and_then(|n| n.parse().ok()).map(Entry);
        let (first, last) = (envelopes.first().and_then(entry), envelopes.last().and_then(entry));
        let events = self.events(first.unwrap_or_default(), last.unwrap_or_default()).await?;
        Ok(Done { events, replayed: false })
    }

    /// `before` are the versions, as the book had them, of the streams the append is about.
    async fn append(&self, append: &Append, before: BTreeMap<StreamId, u64>) -> Result<Appended, StoreError> {
        match &mut *self.lane.lock().await {
            Lane::Log => self.log.append(append).await,
            Lane::Turn(turn) => turn.append(append, before),
            Lane::Staging(staging) => staging.append(append).await,
        }
    }
}

impl EventStore<Book> for Ledger {
    type AC = Context;

    async fn load_events(
        &self,
        aggregate_id: &str,
    ) -> Result<Vec<EventEnvelope<Book>>, AggregateError<Refusal>> {
        let kept = self.kept().await.map_err(unexpected)?;
        let of_stream = kept.events().iter().filter(|e| e.stream.as_str() == aggregate_id);
        Ok(of_stream.map(|e| envelope(e)).collect())
    }

    async fn load_aggregate(&self, _: &str) -> Result<Context, AggregateError<Refusal>> {
        let kept = self.kept().await.map_err(unexpected)?;
        match kept.stopped() {
            Some(stopped) => Err(unexpected(StoreError::Corrupt(stopped.to_string()))),
            None => Ok(Context { kept, expected: Vec::new() }),
        }
    }

    async fn commit(
        &self,
        events: Vec<Event>,
        mut context: Context,
        metadata: HashMap<String, String>,
    ) -> Result<Vec<EventEnvelope<Book>>, AggregateError<Refusal>> {
        let provenance: Provenance =
            serde_json::from_str(metadata.get(PROVENANCE).map_or("", String::as_str))
                .map_err(|e| AggregateError::UnexpectedError(e.into()))?;
        let new = events.iter().map(|event| new_event(event, &provenance.attached));
        let append = Append {
            key: provenance.key,
            digest: provenance.digest,
            actor: provenance.actor,
            salt: provenance.salt,
            recorded_at: provenance.recorded_at,
            expected: std::mem::take(&mut context.expected),
            events: new.collect::<Result<_, _>>().map_err(|e| AggregateError::UnexpectedError(e.into()))?,
        };
        let before = before(&append, context.kept.book());
        let appended = self.append(&append, before).await.map_err(|error| match error {
            StoreError::Stale { .. } => AggregateError::AggregateConflict,
            error => unexpected(error),
        })?;
        if appended.replayed {
            // The same command was recorded by somebody else between the look-up and here.
            context.kept.rewind();
            return Err(AggregateError::AggregateConflict);
        }
        let mut envelopes = Vec::new();
        for (stored, event) in appended.events.into_iter().zip(events) {
            let recorded = with_event(stored, event, provenance.attached.clone());
            envelopes.push(envelope(&recorded));
            context.kept.confirm(recorded);
        }
        Ok(envelopes)
    }
}

/// The versions of an append's streams, of a book to which its events were applied, before they were.
fn before(append: &Append, book: &Book) -> BTreeMap<StreamId, u64> {
    let mut versions: BTreeMap<StreamId, u64> = append.expected.iter().cloned().collect();
    for event in &append.events {
        let applied = append.events.iter().filter(|e| e.stream == event.stream).count() as u64;
        versions
            .entry(event.stream.clone())
            .or_insert_with(|| book.version(&event.stream).saturating_sub(applied));
    }
    versions
}

/// Rules of the ledger itself, before those of the command.
fn admissible(request: &Request, book: &Book) -> Result<(), Refusal> {
    let creates = matches!(request.command, Command::LedgerCreated(_));
    if book.ledger.is_none() && !creates {
        let hint = "create it first: the first command of a ledger is create-ledger";
        return Err(Refusal::not_found("no-ledger", "this ledger is not created yet", hint));
    }
    let states_history = match &request.command {
        Command::LedgerCreated(created) => created.history,
        _ => book.states_its_history(),
    };
    if states_history && request.recorded_at.is_none() {
        let hint = "give `recorded_at` with the command, or close the history first with close-history";
        return Err(Refusal::rule(
            "no-recorded-at",
            "this ledger takes the times of recording from its source",
            hint,
        ));
    }
    if !states_history && request.recorded_at.is_some() {
        let hint = "leave `recorded_at` out, or load the history into a ledger of its own";
        return Err(Refusal::rule(
            "clock-rules",
            "this ledger's own clock says when a command was recorded",
            hint,
        ));
    }
    for (stream, expected) in &request.expect {
        let found = book.version(stream);
        if found != *expected {
            let message = format!("`{stream}` is at version {found}, not at {expected} as expected");
            let hint = "read it again, decide again, and send the command with the new version";
            return Err(Refusal::conflict("stale-version", message, hint));
        }
    }
    Ok(())
}

/// The digest by which a command is known again: of its name, its body and what came with it.
///
/// # Errors
/// Where these have no canonical JSON.
pub fn command_digest(
    name: &str,
    body: &serde_json::Value,
    attached: &Attached,
) -> Result<[u8; 32], serde_json::Error> {
    let mut whole = serde_json::json!({"command": name, "body": body, "evidence": attached.evidence});
    attached.put(&mut whole)?;
    Ok(Sha256::digest(serde_jcs::to_vec(&whole)?).into())
}

fn provenance(request: &Request) -> Result<Provenance, Failure> {
    let corrupt = |e: serde_json::Error| unsealable(request, &e);
    let body = request.command.body().map_err(corrupt)?;
    let attached =
        Attached { evidence: request.evidence.clone(), late_because: request.late_because.clone() };
    let digest = command_digest(request.command.name(), &body, &attached).map_err(corrupt)?;
    let salt = match request.salt {
        Some(salt) => salt,
        None => random_salt()?,
    };
    Ok(Provenance {
        key: request.key.clone(),
        digest,
        actor: request.actor.clone(),
        salt,
        recorded_at: request.recorded_at,
        attached,
    })
}

/// 16 random bytes.
pub(crate) fn random_salt() -> Result<[u8; 16], StoreError> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt)
        .map_err(|why| StoreError::Unavailable(format!("the system gives no random bytes: {why}")))?;
    Ok(salt)
}

fn unsealable(request: &Request, why: &serde_json::Error) -> StoreError {
    StoreError::Unsealable { stream: request.command.stream(), reason: why.to_string() }
}

fn new_event(event: &Event, attached: &Attached) -> Result<NewEvent, serde_json::Error> {
    let mut payload = event.payload()?;
    attached.put(&mut payload)?;
    Ok(NewEvent { stream: event.stream(), kind: event.kind().to_owned(), v: event.version(), payload })
}

/// An event of the log, decoded; in its place the reason where that cannot be done.
fn decode(mut stored: Stored) -> Result<Recorded, Unreadable> {
    let unreadable = |why: String| Unreadable { entry: stored.entry, why };
    let attached = Attached::take(&mut stored.payload).map_err(|e| unreadable(e.to_string()))?;
    let payload = std::mem::replace(&mut stored.payload, Value::Null);
    let event = Event::decode(&stored.kind, stored.v, payload).map_err(|e| unreadable(e.to_string()))?;
    Ok(with_event(stored, event, attached))
}

fn with_event(stored: Stored, event: Event, attached: Attached) -> Recorded {
    Recorded {
        entry: stored.entry,
        stream: stored.stream,
        version: stored.version,
        recorded_at: stored.recorded_at,
        actor: stored.actor,
        key: stored.key,
        hash: Digest(stored.hash),
        evidence: attached.evidence,
        late_because: attached.late_because,
        event,
    }
}

fn envelope(recorded: &Recorded) -> EventEnvelope<Book> {
    EventEnvelope {
        aggregate_id: recorded.stream.to_string(),
        sequence: recorded.version as usize,
        payload: recorded.event.clone(),
        metadata: HashMap::from([("entry".to_owned(), recorded.entry.to_string())]),
    }
}

fn unexpected(error: StoreError) -> AggregateError<Refusal> {
    AggregateError::UnexpectedError(Box::new(error))
}

fn failure(error: AggregateError<Refusal>) -> Failure {
    match error {
        AggregateError::UserError(refusal) => Failure::Refused(refusal),
        AggregateError::UnexpectedError(other) => match other.downcast::<StoreError>() {
            Ok(store) => Failure::Store(*store),
            Err(other) => Failure::Store(StoreError::Corrupt(other.to_string())),
        },
        other => Failure::Store(StoreError::Corrupt(other.to_string())),
    }
}

/// The feed of a lane: the log, with what is staged on top of it.
struct LaneFeed<'a> {
    lane: &'a Lane,
    log: &'a Log,
    attachments: &'a Attachments,
}

impl Feed for LaneFeed<'_> {
    type Error = StoreError;

    async fn read_after(
        &self,
        after: Entry,
        limit: usize,
    ) -> Result<Vec<Result<Recorded, Unreadable>>, StoreError> {
        let stored = match self.lane {
            Lane::Log => self.log.read(after, limit).await?,
            // The book has caught up with the head, and confirms by itself what the turn decides.
            Lane::Turn(_) => Vec::new(),
            Lane::Staging(staging) => staging.read(after, limit).await?,
        };
        let mut events: Vec<Result<Recorded, Unreadable>> = stored.into_iter().map(decode).collect();
        for event in &mut events {
            if let Ok(recorded) = event
                && let Err(why) = self.attachments.attach(self.log, &mut recorded.event).await?
            {
                *event = Err(Unreadable { entry: recorded.entry, why });
            }
        }
        Ok(events)
    }
}
