//! The engines. Two of them speak SQL, through two thin drivers that run statements in order and say what
//! went wrong in the same few words; the third is memory.

pub(crate) mod memory;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::borrow::Cow;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

use crate::address::{Address, Place};
use crate::error::StoreError;
use crate::sql::Dialect;

/// What a parameter or a column holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
}

impl From<u64> for Value {
    /// Counts in a log stay far below 2^53.
    fn from(n: u64) -> Value {
        Value::Int(i64::try_from(n).unwrap_or(i64::MAX))
    }
}

impl From<i64> for Value {
    fn from(n: i64) -> Value {
        Value::Int(n)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Value {
        Value::Bytes(bytes.to_vec())
    }
}

/// A statement with its parameters.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    pub sql: Cow<'static, str>,
    pub values: Vec<Value>,
}

impl Statement {
    pub fn new(sql: impl Into<Cow<'static, str>>, values: Vec<Value>) -> Statement {
        Statement { sql: sql.into(), values }
    }
}

/// A row of an answer, read from its first column on.
#[derive(Debug)]
pub(crate) struct Row(std::vec::IntoIter<Value>);

impl Row {
    pub fn new(values: Vec<Value>) -> Row {
        Row(values.into_iter())
    }

    pub fn int(&mut self) -> Result<i64, StoreError> {
        match self.0.next() {
            Some(Value::Int(n)) => Ok(n),
            other => Err(unexpected("a number", &other)),
        }
    }

    /// A number that counts something.
    pub fn count(&mut self) -> Result<u64, StoreError> {
        let n = self.int()?;
        u64::try_from(n).map_err(|_| StoreError::Corrupt(format!("a column that counts holds {n}")))
    }

    pub fn text(&mut self) -> Result<String, StoreError> {
        match self.0.next() {
            Some(Value::Text(text)) => Ok(text),
            other => Err(unexpected("a text", &other)),
        }
    }

    pub fn bytes(&mut self) -> Result<Vec<u8>, StoreError> {
        match self.0.next() {
            Some(Value::Bytes(bytes)) => Ok(bytes),
            other => Err(unexpected("bytes", &other)),
        }
    }

    pub fn hash(&mut self) -> Result<[u8; 32], StoreError> {
        let bytes = self.bytes()?;
        let length = bytes.len();
        bytes.try_into().map_err(|_| StoreError::Corrupt(format!("a hash of {length} bytes")))
    }
}

fn unexpected(wanted: &str, found: &Option<Value>) -> StoreError {
    let found = match found {
        Some(Value::Int(_)) => "a number",
        Some(Value::Text(_)) => "a text",
        Some(Value::Bytes(_)) => "bytes",
        None => "nothing",
    };
    StoreError::Corrupt(format!("a column should hold {wanted} and holds {found}"))
}

/// Why a statement failed, in words that both engines share.
#[derive(Debug)]
pub(crate) enum Fault {
    /// Another transaction was in the way, or the connection broke: the whole transaction may be tried again.
    Again(String),
    /// A table is missing.
    NoTable(String),
    /// A key or a table is there already.
    Taken(String),
    /// Trying again does not help.
    Store(StoreError),
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Fault {
        Fault::Store(error)
    }
}

/// Counts the tries of a transaction, and waits between them for a time that grows and is never quite the
/// same.
///
/// A transaction that was committed while its connection broke is tried again too: the command's key answers
/// with what was recorded.
#[derive(Debug, Default)]
pub(crate) struct Tries(u32);

impl Tries {
    const MOST: u32 = 12;

    /// Waits for the next try, or gives up with the error.
    pub async fn again(&mut self, fault: Fault) -> Result<(), StoreError> {
        let reason = match fault {
            Fault::Again(reason) => reason,
            Fault::NoTable(reason) => {
                return Err(StoreError::Corrupt(format!("the schema is incomplete: {reason}")));
            }
            Fault::Taken(reason) => {
                return Err(StoreError::Corrupt(format!(
                    "a row is there that the head does not know of: {reason}"
                )));
            }
            Fault::Store(error) => return Err(error),
        };
        self.0 += 1;
        if self.0 == Tries::MOST {
            return Err(StoreError::Unavailable(format!("{reason} ({} tries)", Tries::MOST)));
        }
        let longest = 2_000 << self.0.min(7); // 4 ms to 256 ms
        let chance = RandomState::new().build_hasher().finish();
        tokio::time::sleep(Duration::from_micros(longest / 2 + chance % (longest / 2))).await;
        Ok(())
    }
}

/// A database that speaks SQL.
#[derive(Clone, Debug)]
pub(crate) enum Database {
    #[cfg(feature = "sqlite")]
    Sqlite(sqlite::Sqlite),
    #[cfg(feature = "postgres")]
    Postgres(postgres::Postgres),
}

/// A connection that is held for a while. Dropped before [`Session::done`], it takes back what was not
/// committed.
#[derive(Debug)]
pub(crate) enum Session {
    #[cfg(feature = "sqlite")]
    Sqlite(sqlite::SqliteSession),
    #[cfg(feature = "postgres")]
    Postgres(postgres::PostgresSession),
}

impl Database {
    /// Opens the database. A file is made only where `create` says so.
    pub async fn open(address: &Address, create: bool) -> Result<Database, StoreError> {
        if let Place::File(path) = &address.place
            && !create
            && !std::path::Path::new(path).exists()
        {
            return Err(StoreError::NotFound(address.to_string()));
        }
        match &address.place {
            #[cfg(feature = "sqlite")]
            Place::File(path) => sqlite::Sqlite::open(path, create).await.map(Database::Sqlite),
            #[cfg(feature = "postgres")]
            Place::Server(url) => postgres::Postgres::open(url).map(Database::Postgres),
            _ => Err(StoreError::Unavailable(format!("this build has no engine for `{address}`"))),
        }
    }

    pub fn dialect(&self) -> &'static Dialect {
        match self {
            #[cfg(feature = "sqlite")]
            Database::Sqlite(_) => &crate::sql::SQLITE,
            #[cfg(feature = "postgres")]
            Database::Postgres(_) => &crate::sql::POSTGRES,
        }
    }

    pub async fn session(&self) -> Result<Session, Fault> {
        match self {
            #[cfg(feature = "sqlite")]
            Database::Sqlite(sqlite) => Ok(Session::Sqlite(sqlite.session().await)),
            #[cfg(feature = "postgres")]
            Database::Postgres(postgres) => postgres.session().await.map(Session::Postgres),
        }
    }

    /// Runs one statement in a transaction of its own.
    pub async fn once(&self, statement: &Statement) -> Result<Vec<Row>, Fault> {
        let mut session = self.session().await?;
        let rows = session.one(statement.clone()).await?;
        session.done();
        Ok(rows)
    }

    /// Runs one statement in a transaction of its own, and again where another was in the way.
    pub async fn ask(&self, statement: Statement) -> Result<Vec<Row>, StoreError> {
        let mut tries = Tries::default();
        loop {
            match self.once(&statement).await {
                Ok(rows) => return Ok(rows),
                Err(fault) => tries.again(fault).await?,
            }
        }
    }
}

impl Session {
    /// Runs statements in order, in one round trip where the engine can, and stops at the first that fails.
    pub async fn all(&mut self, statements: Vec<Statement>) -> Result<Vec<Vec<Row>>, Fault> {
        match self {
            #[cfg(feature = "sqlite")]
            Session::Sqlite(sqlite) => sqlite.all(statements).await,
            #[cfg(feature = "postgres")]
            Session::Postgres(postgres) => postgres.all(statements).await,
        }
    }

    /// Runs one statement.
    pub async fn one(&mut self, statement: Statement) -> Result<Vec<Row>, Fault> {
        Ok(self.all(vec![statement]).await?.pop().unwrap_or_default())
    }

    /// Hands the connection back, outside any transaction.
    pub fn done(self) {
        match self {
            #[cfg(feature = "sqlite")]
            Session::Sqlite(_) => (),
            #[cfg(feature = "postgres")]
            Session::Postgres(postgres) => postgres.done(),
        }
    }
}
