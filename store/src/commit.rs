//! The one transaction that writes events.

use std::collections::BTreeMap;

use domain::name::{CommandKey, StreamId};
use domain::time::{Entry, Instant};
use tokio::sync::OwnedMutexGuard;

use crate::append::{Append, Appended, Batch, Facts, decide, relied_on, unmoved};
use crate::engine::memory::Memory;
use crate::engine::{Fault, Session, Statement, Value};
use crate::envelope::{Sealed, Stored};
use crate::error::StoreError;
use crate::log::{Engine, Log};
use crate::rows::{command, head_row, name, sealed};
use crate::sql;

/// A transaction that holds the head of a ledger: until it ends, nobody else records there. Dropped, it never
/// was.
#[derive(Debug)]
pub(crate) struct Hold {
    log: Log,
    held: Held,
}

#[derive(Debug)]
enum Held {
    Memory(Memory, OwnedMutexGuard<()>),
    Sql(Session),
}

impl Log {
    /// Takes hold of the head, and answers with it and with what is known of these commands. One round trip.
    pub(crate) async fn hold(&self, keys: &[&CommandKey]) -> Result<(Hold, Facts), Fault> {
        let database = match &self.engine {
            Engine::Memory(memory) => {
                let held = Held::Memory(memory.clone(), memory.hold().await);
                let (state, mut facts) = (memory.lock(), Facts::default());
                facts.head = state.head.clone();
                facts.commands =
                    keys.iter().filter_map(|k| Some(((*k).clone(), *state.commands.get(*k)?))).collect();
                drop(state);
                return Ok((Hold { log: self.clone(), held }, facts));
            }
            Engine::Sql(database) => database,
        };
        let dialect = database.dialect();
        let mut questions = vec![
            Statement::new(dialect.begin, vec![]),
            self.ask(format!("{}{}", sql::HEAD, dialect.for_update), vec![]),
        ];
        for part in sql::parts(keys) {
            let sql = format!("{}{}", sql::COMMANDS, sql::list(part.len(), 2));
            questions.push(self.ask(sql, part.iter().map(|key| key.as_str().into()).collect()));
        }
        let mut session = database.session().await?;
        let mut answers = session.all(questions).await?.into_iter().skip(1);
        let mut facts = Facts { head: head_row(answers.next().unwrap_or_default())?, ..Facts::default() };
        for row in answers.flatten() {
            facts.commands.extend([command(row)?]);
        }
        Ok((Hold { log: self.clone(), held: Held::Sql(session) }, facts))
    }

    /// One transaction: hold the head, look up what the batch relies on, decide, write, commit. Three round
    /// trips.
    pub(crate) async fn transact(&self, base: Option<Entry>, all: &[Append]) -> Result<Vec<Appended>, Fault> {
        let (keys, streams) = relied_on(all);
        let (mut hold, mut facts) = self.hold(&keys).await?;
        facts.versions = hold.versions(&streams).await?;
        let decided =
            unmoved(base, &facts, all).and_then(|()| decide(self.ledger(), (self.clock)(), facts, all));
        let batch = match decided {
            Ok(batch) => batch,
            Err(refusal) => {
                hold.release().await?;
                return Err(refusal.into());
            }
        };
        let mut earlier = Vec::new();
        for record in batch.earlier() {
            let after = Entry(record.first.0 - 1);
            earlier.extend(hold.read(after, (record.last.0 - after.0) as usize).await?);
        }
        hold.record(&batch).await?;
        Ok(batch.answer(earlier))
    }
}

impl Hold {
    /// The last version of each of these streams that has one.
    pub async fn versions(&mut self, streams: &[&StreamId]) -> Result<BTreeMap<StreamId, u64>, Fault> {
        let session = match &mut self.held {
            Held::Memory(memory, _) => return Ok(memory.lock().versions_of(streams)),
            Held::Sql(session) => session,
        };
        let questions = sql::parts(streams).map(|part| {
            let sql = format!("{}{}) AS asked", sql::VERSIONS, sql::rows(part.len(), 1, 2));
            self.log.ask(sql, part.iter().map(|stream| stream.as_str().into()).collect())
        });
        let mut versions = BTreeMap::new();
        for mut row in session.all(questions.collect()).await?.into_iter().flatten() {
            versions.insert(name(row.text()?)?, row.count()?);
        }
        Ok(versions)
    }

    /// At most `limit` events after `after`.
    pub async fn read(&mut self, after: Entry, limit: usize) -> Result<Vec<Stored>, Fault> {
        match &mut self.held {
            Held::Memory(memory, _) => {
                Ok(memory.lock().after(after, limit).iter().map(|sealed| sealed.stored.clone()).collect())
            }
            Held::Sql(session) => {
                let rows = session.one(self.log.ask_range(sql::READ, after, limit)).await?;
                let events = sealed(self.log.ledger(), after, rows).map(|event| Ok(event?.stored));
                events.collect::<Result<_, StoreError>>().map_err(Fault::from)
            }
        }
    }

    /// Writes what was decided, and lets go of the head: durable when this returns.
    pub async fn record(self, batch: &Batch) -> Result<(), Fault> {
        match self.held {
            Held::Memory(memory, _held) => memory.lock().record(batch),
            Held::Sql(mut session) => {
                let mut writes = if batch.is_empty() { Vec::new() } else { self.log.writes(batch) };
                writes.push(Statement::new(sql::COMMIT, vec![]));
                session.all(writes).await?;
                session.done();
            }
        }
        Ok(())
    }

    /// Lets go of the head with nothing written, and keeps the connection for others.
    pub async fn release(self) -> Result<(), Fault> {
        if let Held::Sql(mut session) = self.held {
            session.one(Statement::new(sql::ROLLBACK, vec![])).await?;
            session.done();
        }
        Ok(())
    }
}

impl Log {
    fn writes(&self, batch: &Batch) -> Vec<Statement> {
        let mut writes = Vec::new();
        for part in sql::parts(&batch.events) {
            let sql = format!("{}{}", sql::NEW_EVENTS, sql::rows(part.len(), sql::EVENT_COLUMNS, 1));
            writes.push(Statement::new(
                sql,
                part.iter().flat_map(|sealed| self.event_values(sealed)).collect(),
            ));
        }
        for part in sql::parts(&batch.commands) {
            let sql = format!("{}{}", sql::NEW_COMMANDS, sql::rows(part.len(), 5, 1));
            let values = part.iter().flat_map(|(key, record)| -> [Value; 5] {
                let (first, last) = (record.first.0.into(), record.last.0.into());
                [self.ledger().into(), key.as_str().into(), record.digest[..].into(), first, last]
            });
            writes.push(Statement::new(sql, values.collect()));
        }
        let micros = batch.head.recorded_at.map_or(0, Instant::micros);
        let frontier = Value::Bytes(batch.head.tree.to_bytes());
        let values = vec![batch.head.entry().0.into(), micros.into(), frontier, self.ledger().into()];
        writes.push(Statement::new(sql::SET_HEAD, values));
        writes
    }

    fn event_values(&self, Sealed { stored, envelope }: &Sealed) -> [Value; sql::EVENT_COLUMNS] {
        [
            self.ledger().into(),
            stored.entry.0.into(),
            stored.stream.as_str().into(),
            stored.version.into(),
            stored.recorded_at.micros().into(),
            stored.actor.person.as_str().into(),
            stored.actor.party.as_str().into(),
            stored.actor.role.as_str().into(),
            stored.key.as_str().into(),
            stored.kind.as_str().into(),
            u64::from(stored.v).into(),
            envelope[..].into(),
            stored.hash[..].into(),
        ]
    }
}
