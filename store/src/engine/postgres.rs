//! PostgreSQL: a few connections for each opened log, statements prepared once and sent without waiting for
//! each answer.
//!
//! A pooler that gives every transaction another connection may not keep the names of prepared statements.
//! With `statements=unnamed` in the address, each is sent whole every time.

use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Config, NoTls};

use super::{Fault, Row, Statement, Value};
use crate::error::StoreError;

/// The most connections of one opened log; who comes when all are busy waits.
const CONNECTIONS: usize = 16;

/// The option of an address that is ours and not the server's.
const UNNAMED: &str = "statements=unnamed";

/// The most statements sent before the first answer is read.
const PIPELINE: usize = 16;

#[derive(Clone, Debug)]
pub(crate) struct Postgres {
    config: Arc<Config>,
    idle: Idle,
    places: Arc<Semaphore>,
    unnamed: bool,
}

type Idle = Arc<Mutex<Vec<Box<Connection>>>>;

#[derive(Debug)]
struct Connection {
    client: Client,
    prepared: HashMap<String, tokio_postgres::Statement>,
    unnamed: bool,
}

/// A connection for one session. It goes back to the others only when it is `done`; dropped, it closes, and
/// the server takes back what was not committed.
#[derive(Debug)]
pub(crate) struct PostgresSession {
    connection: Box<Connection>,
    idle: Idle,
    _place: OwnedSemaphorePermit,
}

impl Postgres {
    pub fn open(url: &str) -> Result<Postgres, StoreError> {
        let (url, unnamed) = without_ours(url);
        let mut config: Config = url.parse().map_err(|error| StoreError::Unavailable(reason(&error)))?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(10));
        }
        if config.get_application_name().is_none() {
            config.application_name("riskshare");
        }
        let (config, places) = (Arc::new(config), Arc::new(Semaphore::new(CONNECTIONS)));
        Ok(Postgres { config, idle: Idle::default(), places, unnamed })
    }

    pub async fn session(&self) -> Result<PostgresSession, Fault> {
        let closed = |_| StoreError::Unavailable("the log was closed".to_owned());
        let place = self.places.clone().acquire_owned().await.map_err(closed)?;
        let connection = match self.waiting() {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        Ok(PostgresSession { connection, idle: self.idle.clone(), _place: place })
    }

    fn waiting(&self) -> Option<Box<Connection>> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|connection| !connection.client.is_closed());
        idle.pop()
    }

    async fn connect(&self) -> Result<Box<Connection>, Fault> {
        let (client, connection) = self.config.connect(NoTls).await.map_err(|error| match fault(&error) {
            Fault::Again(reason) if error.code() == Some(&SqlState::TOO_MANY_CONNECTIONS) => {
                Fault::Again(reason)
            }
            _ => StoreError::Unavailable(reason(&error)).into(),
        })?;
        // Its end shows in the client, which then is closed.
        tokio::spawn(connection);
        Ok(Box::new(Connection { client, prepared: HashMap::new(), unnamed: self.unnamed }))
    }
}

impl PostgresSession {
    pub fn done(self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(self.connection);
    }

    pub async fn all(&mut self, statements: Vec<Statement>) -> Result<Vec<Vec<Row>>, Fault> {
        let mut answers = Vec::with_capacity(statements.len());
        for part in statements.chunks(PIPELINE) {
            for statement in part {
                self.connection.prepare(&statement.sql).await.map_err(|error| fault(&error))?;
            }
            for rows in self.connection.send(part).await {
                let rows = rows.map_err(|error| fault(&error))?;
                answers.push(rows.iter().map(row).collect::<Result<_, _>>()?);
            }
        }
        Ok(answers)
    }
}

impl Connection {
    async fn prepare(&mut self, sql: &str) -> Result<(), tokio_postgres::Error> {
        if !self.unnamed && !self.prepared.contains_key(sql) {
            let prepared = self.client.prepare(sql).await?;
            self.prepared.insert(sql.to_owned(), prepared);
        }
        Ok(())
    }

    /// Sends prepared statements in order and then reads the answers: a query is sent when it is first
    /// polled. After a statement that fails inside a transaction the server refuses the rest, a commit among
    /// them.
    async fn send(&self, part: &[Statement]) -> Vec<Result<Vec<tokio_postgres::Row>, tokio_postgres::Error>> {
        let query = async |statement: &Statement| {
            let values = statement.values.iter().map(parameter);
            match self.prepared.get(&*statement.sql) {
                Some(prepared) => {
                    let values: Vec<_> = values.map(|(value, _)| value).collect();
                    self.client.query(prepared, &values).await
                }
                None => self.client.query_typed(&statement.sql, &values.collect::<Vec<_>>()).await,
            }
        };
        let mut queries: Vec<_> = part.iter().map(|statement| Some(Box::pin(query(statement)))).collect();
        let mut answers: Vec<_> = part.iter().map(|_| None).collect();
        poll_fn(|context| {
            for (query, answer) in queries.iter_mut().zip(&mut answers) {
                if let Some(waiting) = query
                    && let Poll::Ready(rows) = waiting.as_mut().poll(context)
                {
                    (*query, *answer) = (None, Some(rows));
                }
            }
            if answers.iter().all(Option::is_some) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        answers.into_iter().flatten().collect()
    }
}

fn row(row: &tokio_postgres::Row) -> Result<Row, Fault> {
    let column = |c: usize| match *row.columns()[c].type_() {
        Type::INT8 => row.try_get(c).map(Value::Int),
        Type::TEXT => row.try_get(c).map(Value::Text),
        _ => row.try_get(c).map(Value::Bytes),
    };
    let values: Result<Vec<Value>, _> = (0..row.len()).map(column).collect();
    values.map(Row::new).map_err(|error| StoreError::Corrupt(reason(&error)).into())
}

/// A parameter as the engine takes it; it checks that the column is of that type.
fn parameter(value: &Value) -> (&(dyn ToSql + Sync), Type) {
    match value {
        Value::Int(n) => (n, Type::INT8),
        Value::Text(text) => (text, Type::TEXT),
        Value::Bytes(bytes) => (bytes, Type::BYTEA),
    }
}

/// The URL without the option that is ours, and whether it was there.
fn without_ours(url: &str) -> (String, bool) {
    let Some((base, query)) = url.split_once('?') else { return (url.to_owned(), false) };
    let (ours, others): (Vec<&str>, Vec<&str>) = query.split('&').partition(|option| *option == UNNAMED);
    let url = if others.is_empty() { base.to_owned() } else { format!("{base}?{}", others.join("&")) };
    (url, !ours.is_empty())
}

fn fault(error: &tokio_postgres::Error) -> Fault {
    let reason = reason(error);
    let Some(code) = error.code() else {
        // Not an answer of the server: the connection is gone, or was never usable.
        return if error.is_closed() || broke(error) {
            Fault::Again(reason)
        } else {
            StoreError::Unavailable(reason).into()
        };
    };
    let again = [
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CRASH_SHUTDOWN,
        SqlState::IDLE_SESSION_TIMEOUT,
        SqlState::TOO_MANY_CONNECTIONS,
    ];
    // Two that make one table at once meet in its name or in the name of its row type.
    let taken = [SqlState::UNIQUE_VIOLATION, SqlState::DUPLICATE_TABLE, SqlState::DUPLICATE_OBJECT];
    match code {
        code if again.contains(code) => Fault::Again(reason),
        code if *code == SqlState::UNDEFINED_TABLE => Fault::NoTable(reason),
        code if taken.contains(code) => Fault::Taken(reason),
        code if code.code().starts_with("08") => Fault::Again(reason),
        _ => StoreError::Unavailable(reason).into(),
    }
}

/// Whether the connection broke under a statement.
fn broke(error: &tokio_postgres::Error) -> bool {
    std::error::Error::source(error).is_some_and(|source| source.is::<std::io::Error>())
}

/// The server's own words where it spoke; never the connection's parameters.
fn reason(error: &tokio_postgres::Error) -> String {
    match (error.as_db_error(), std::error::Error::source(error)) {
        (Some(db), _) => format!("{} ({})", db.message(), db.code().code()),
        (None, Some(source)) => format!("{error}: {source}"),
        (None, None) => error.to_string(),
    }
}
