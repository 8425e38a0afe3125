//! SQLite: one file, one connection for each opened log, its work done away from the async threads.

use std::sync::Arc;
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, ToSql, params_from_iter};
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::task::spawn_blocking;

use super::{Fault, Row, Statement, Tries, Value};
use crate::error::StoreError;

#[derive(Clone, Debug)]
pub(crate) struct Sqlite {
    connection: Arc<Mutex<Connection>>,
}

#[derive(Debug)]
pub(crate) struct SqliteSession {
    /// Away while a thread works with it.
    held: Option<Held>,
}

/// The connection, for one session. Wherever it is let go of, an open transaction ends with it: a caller may
/// be dropped between two statements.
#[derive(Debug)]
struct Held(OwnedMutexGuard<Connection>);

impl Drop for Held {
    fn drop(&mut self) {
        if !self.0.is_autocommit() {
            // What cannot be rolled back now is when the connection closes.
            let _ = self.0.execute_batch("ROLLBACK");
        }
    }
}

impl Sqlite {
    pub async fn open(path: &str, create: bool) -> Result<Sqlite, StoreError> {
        let mut tries = Tries::default();
        loop {
            let path = path.to_owned();
            match spawn_blocking(move || connect(&path, create)).await.map_err(|_| stopped())? {
                Ok(connection) => return Ok(Sqlite { connection: Arc::new(Mutex::new(connection)) }),
                Err(error) => tries.again(fault(&error)).await?,
            }
        }
    }

    pub async fn session(&self) -> SqliteSession {
        SqliteSession { held: Some(Held(self.connection.clone().lock_owned().await)) }
    }
}

fn connect(path: &str, create: bool) -> rusqlite::Result<Connection> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if create {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    }
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // A commit is on the disk before it is answered.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

impl SqliteSession {
    pub async fn all(&mut self, statements: Vec<Statement>) -> Result<Vec<Vec<Row>>, Fault> {
        let held = self.held.take().ok_or_else(stopped)?;
        let work = move || {
            let answers: Result<_, _> = statements.iter().map(|statement| run(&held.0, statement)).collect();
            (held, answers)
        };
        let (held, answers) = spawn_blocking(work).await.map_err(|_| stopped())?;
        self.held = Some(held);
        answers.map_err(|error| fault(&error))
    }
}

fn stopped() -> StoreError {
    StoreError::Unavailable("the work was stopped".to_owned())
}

fn run(connection: &Connection, statement: &Statement) -> rusqlite::Result<Vec<Row>> {
    let mut prepared = connection.prepare_cached(&statement.sql)?;
    let columns = prepared.column_count();
    let mut rows = prepared.query(params_from_iter(&statement.values))?;
    let mut answer = Vec::new();
    while let Some(row) = rows.next()? {
        let values: rusqlite::Result<Vec<Value>> = (0..columns).map(|c| value(row.get_ref(c)?)).collect();
        answer.push(Row::new(values?));
    }
    Ok(answer)
}

fn value(column: ValueRef<'_>) -> rusqlite::Result<Value> {
    match column {
        ValueRef::Integer(n) => Ok(Value::Int(n)),
        ValueRef::Text(text) => Ok(Value::Text(String::from_utf8_lossy(text).into_owned())),
        ValueRef::Blob(bytes) => Ok(Value::Bytes(bytes.to_vec())),
        ValueRef::Null | ValueRef::Real(_) => Err(rusqlite::Error::InvalidQuery),
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Int(n) => ValueRef::Integer(*n),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn fault(error: &rusqlite::Error) -> Fault {
    let reason = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Fault::Again(reason),
        Some(ErrorCode::ConstraintViolation) => Fault::Taken(reason),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Corrupt(reason).into(),
        // SQLite has one code for everything that is wrong with a statement.
        _ if reason.contains("no such table") => Fault::NoTable(reason),
        _ if reason.contains("already exists") => Fault::Taken(reason),
        Some(_) => StoreError::Unavailable(reason).into(),
        None => StoreError::Corrupt(reason).into(),
    }
}
