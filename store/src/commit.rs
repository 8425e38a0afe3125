//! The one transaction that writes events.

use domain::time::{Entry, Instant};

use crate::append::{Append, Appended, Batch, Facts, decide, relied_on, unmoved};
use crate::engine::{Database, Fault, Row, Session, Statement, Value};
use crate::envelope::Sealed;
use crate::log::Log;
use crate::rows::{command, head_row, name, sealed};
use crate::sql;

impl Log {
    /// One transaction: lock the head, look up what the batch relies on, decide, write, commit. Three round trips.
    pub(crate) async fn transact(
        &self,
        database: &Database,
        base: Option<Entry>,
        all: &[Append],
    ) -> Result<Vec<Appended>, Fault> {
        let dialect = database.dialect();
        let mut session = database.session().await?;
        let begin = Statement::new(dialect.begin, vec![]);
        let lock = self.ask(format!("{}{}", sql::HEAD, dialect.for_update), vec![]);
        let head = session.all(vec![begin, lock]).await?.pop().unwrap_or_default();
        let decided = match self.facts(&mut session, head, all).await {
            Ok(facts) => {
                unmoved(base, &facts, all).and_then(|()| decide(self.ledger(), (self.clock)(), facts, all))
            }
            Err(fault) => return Err(fault),
        };
        let batch = match decided {
            Ok(batch) => batch,
            Err(refusal) => {
                session.one(Statement::new(sql::ROLLBACK, vec![])).await?;
                session.done();
                return Err(refusal.into());
            }
        };
        let mut earlier = Vec::new();
        for record in batch.earlier() {
            let after = Entry(record.first.0 - 1);
            let rows =
                session.one(self.ask_range(sql::READ, after, (record.last.0 - after.0) as usize)).await?;
            for event in sealed(self.ledger(), after, rows) {
                earlier.push(event?.stored);
            }
        }
        let mut writes = if batch.is_empty() { Vec::new() } else { self.writes(&batch) };
        writes.push(Statement::new(sql::COMMIT, vec![]));
        session.all(writes).await?;
        session.done();
        Ok(batch.answer(earlier))
    }

    /// What the batch relies on, as it is under the lock.
    async fn facts(&self, session: &mut Session, head: Vec<Row>, all: &[Append]) -> Result<Facts, Fault> {
        let (keys, streams) = relied_on(all);
        let mut questions = Vec::new();
        for part in sql::parts(&keys) {
            let sql = format!("{}{}", sql::COMMANDS, sql::list(part.len(), 2));
            questions.push(self.ask(sql, part.iter().map(|key| key.as_str().into()).collect()));
        }
        let about_commands = questions.len();
        for part in sql::parts(&streams) {
            let sql = format!("{}{}) AS asked", sql::VERSIONS, sql::rows(part.len(), 1, 2));
            questions.push(self.ask(sql, part.iter().map(|stream| stream.as_str().into()).collect()));
        }
        let mut facts = Facts { head: head_row(head)?, ..Facts::default() };
        for (n, rows) in session.all(questions).await?.into_iter().enumerate() {
            for mut row in rows {
                if n < about_commands {
                    facts.commands.extend([command(row)?]);
                } else {
                    facts.versions.insert(name(row.text()?)?, row.count()?);
                }
            }
        }
        Ok(facts)
    }

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
