//! The log of one ledger.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use domain::name::{CommandKey, StreamId};
use domain::time::{Entry, Instant};
use sha2::{Digest, Sha256};

use crate::address::{Address, Place};
use crate::append::{Append, Appended, CommandRecord, HeadRow};
use crate::engine::memory::Memory;
use crate::engine::{Database, Statement, Tries, Value};
use crate::envelope::{Stored, open};
use crate::error::StoreError;
use crate::migrate::migrate;
use crate::rows::{columns, command, head_row, name, numbered, sealed};
use crate::sql;
use crate::tree::Frontier;

/// Tells the time. Tests bring their own.
pub type Clock = Arc<dyn Fn() -> Instant + Send + Sync>;

/// One ledger of one database. A clone is the same log and shares its connections.
#[derive(Clone)]
pub struct Log {
    pub(crate) engine: Engine,
    address: Arc<Address>,
    pub(crate) clock: Clock,
}

#[derive(Clone)]
pub(crate) enum Engine {
    Memory(Memory),
    Sql(Database),
}

/// The head of a ledger: how long it is, and the hash of everything in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The last entry; 0 where there is none.
    pub entry: Entry,
    /// When it was recorded.
    pub recorded_at: Option<Instant>,
    /// The RFC 6962 root over the envelopes of all entries.
    pub root: [u8; 32],
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Log({})", self.address)
    }
}

impl fmt::Display for Log {
    /// The log's address, without any password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.address.fmt(f)
    }
}

impl Log {
    /// Opens a ledger, and makes it where it is missing: the file, the tables, the ledger.
    ///
    /// `url` is `sqlite:PATH`, `postgres://USER@HOST/DATABASE` or `memory:` (a new one each time), with
    /// `#LEDGER` after it where the ledger is not `main`. Behind a pooler that gives every transaction
    /// another connection and keeps no prepared statements (pgbouncer before 1.21), add
    /// `?statements=unnamed`.
    pub async fn open(url: &str) -> Result<Log, StoreError> {
        Log::connect(url, true).await
    }

    /// Opens a ledger that is there, and answers `NotFound` where it is not. A log in memory never is.
    pub async fn open_existing(url: &str) -> Result<Log, StoreError> {
        Log::connect(url, false).await
    }

    async fn connect(url: &str, create: bool) -> Result<Log, StoreError> {
        let address = Address::parse(url)?;
        let shown = address.to_string();
        let engine = match address.place {
            Place::Memory if create => Engine::Memory(Memory::default()),
            Place::Memory => return Err(StoreError::NotFound(shown)),
            _ => {
                let database = Database::open(&address, create).await?;
                migrate(&database, create, &shown).await?;
                Engine::Sql(database)
            }
        };
        let log = Log { engine, address: Arc::new(address), clock: Arc::new(system_clock) };
        if let Engine::Sql(database) = &log.engine
            && database.ask(log.ask(sql::HEAD, vec![])).await?.is_empty()
        {
            if !create {
                return Err(StoreError::NotFound(shown));
            }
            database.ask(log.ask(sql::NEW_HEAD, vec![Value::Bytes(Vec::new())])).await?;
        }
        Ok(log)
    }

    /// The same log on another clock.
    pub fn with_clock(self, clock: Clock) -> Log {
        Log { clock, ..self }
    }

    /// The ledger's name.
    pub fn ledger(&self) -> &str {
        &self.address.ledger
    }

    /// Records what one command appends, whole or not at all. A command whose key and digest are there
    /// already answers with what it recorded then.
    ///
    /// # Errors
    /// `KeyReused`, `Stale`, `RecordedAt`, `Unsealable`: the append is refused. `Unavailable`: it may be sent
    /// again.
    pub async fn append(&self, append: &Append) -> Result<Appended, StoreError> {
        let mut all = self.append_all(std::slice::from_ref(append)).await?;
        all.pop().ok_or_else(|| StoreError::Corrupt("an append without an answer".to_owned()))
    }

    /// Records what several commands append, in order, in one transaction: all of them or none. Each is
    /// decided on what the ones before it recorded.
    ///
    /// # Errors
    /// As [`Log::append`]; one refusal refuses all.
    pub async fn append_all(&self, all: &[Append]) -> Result<Vec<Appended>, StoreError> {
        self.append_after(None, all).await
    }

    /// The same, and refused as `Stale` where the log's last entry is no longer `base`.
    pub(crate) async fn append_after(
        &self,
        base: Option<Entry>,
        all: &[Append],
    ) -> Result<Vec<Appended>, StoreError> {
        let mut tries = Tries::default();
        loop {
            match self.transact(base, all).await {
                Ok(appended) => return Ok(appended),
                Err(fault) => tries.again(fault).await?,
            }
        }
    }

    /// At most `limit` events after the entry `after`, in order. An answer shorter than `limit` is the end of
    /// the log.
    pub async fn read(&self, after: Entry, limit: usize) -> Result<Vec<Stored>, StoreError> {
        match &self.engine {
            Engine::Memory(memory) => {
                Ok(memory.lock().after(after, limit).iter().map(|sealed| sealed.stored.clone()).collect())
            }
            Engine::Sql(database) => {
                let rows = database.ask(self.ask_range(sql::READ, after, limit)).await?;
                sealed(self.ledger(), after, rows).map(|s| Ok(s?.stored)).collect()
            }
        }
    }

    /// The envelopes of at most `limit` events after `after`: the very bytes that were hashed, for an export.
    pub async fn envelopes(&self, after: Entry, limit: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        match &self.engine {
            Engine::Memory(memory) => {
                Ok(memory.lock().after(after, limit).iter().map(|sealed| sealed.envelope.clone()).collect())
            }
            Engine::Sql(database) => {
                let rows = database.ask(self.ask_range(sql::READ, after, limit)).await?;
                sealed(self.ledger(), after, rows).map(|s| Ok(s?.envelope)).collect()
            }
        }
    }

    /// The leaf hashes of at most `limit` events after `after`, in order, for proofs.
    pub async fn hashes(&self, after: Entry, limit: usize) -> Result<Vec<[u8; 32]>, StoreError> {
        match &self.engine {
            Engine::Memory(memory) => {
                Ok(memory.lock().after(after, limit).iter().map(|sealed| sealed.stored.hash).collect())
            }
            Engine::Sql(database) => {
                let rows = database.ask(self.ask_range(sql::HASHES, after, limit)).await?;
                numbered(after, rows).map(|row| row?.1.hash()).collect()
            }
        }
    }

    /// What is known of the command with this key, where it was carried out.
    pub async fn command(&self, key: &CommandKey) -> Result<Option<CommandRecord>, StoreError> {
        match &self.engine {
            Engine::Memory(memory) => Ok(memory.lock().commands.get(key).copied()),
            Engine::Sql(database) => {
                let sql = format!("{}{}", sql::COMMANDS, sql::list(1, 2));
                let rows = database.ask(self.ask(sql, vec![key.as_str().into()])).await?;
                Ok(rows.into_iter().map(command).next().transpose()?.map(|(_, record)| record))
            }
        }
    }

    /// The last version of each of these streams that has one.
    pub(crate) async fn versions(
        &self,
        streams: &[&StreamId],
    ) -> Result<BTreeMap<StreamId, u64>, StoreError> {
        let database = match &self.engine {
            Engine::Memory(memory) => return Ok(memory.lock().versions_of(streams)),
            Engine::Sql(database) => database,
        };
        let mut versions = BTreeMap::new();
        for part in sql::parts(streams) {
            let sql = format!("{}{}) AS asked", sql::VERSIONS, sql::rows(part.len(), 1, 2));
            let asked = part.iter().map(|stream| stream.as_str().into()).collect();
            for mut row in database.ask(self.ask(sql, asked)).await? {
                versions.insert(name(row.text()?)?, row.count()?);
            }
        }
        Ok(versions)
    }

    /// The head as an append finds it.
    pub(crate) async fn head_row(&self) -> Result<HeadRow, StoreError> {
        match &self.engine {
            Engine::Memory(memory) => Ok(memory.lock().head.clone()),
            Engine::Sql(database) => head_row(database.ask(self.ask(sql::HEAD, vec![])).await?),
        }
    }

    /// The head of the ledger.
    pub async fn head(&self) -> Result<Head, StoreError> {
        let head = self.head_row().await?;
        Ok(Head { entry: head.entry(), recorded_at: head.recorded_at, root: head.tree.root()? })
    }

    /// The last entry recorded at or before `moment`; 0 where there is none.
    pub async fn entry_at(&self, moment: Instant) -> Result<Entry, StoreError> {
        match &self.engine {
            Engine::Memory(memory) => Ok(memory.lock().entry_at(moment)),
            Engine::Sql(database) => {
                let rows = database.ask(self.ask(sql::ENTRY_AT, vec![moment.micros().into()])).await?;
                let entry = rows.into_iter().next().map(|mut row| row.count()).transpose()?;
                Ok(Entry(entry.unwrap_or(0)))
            }
        }
    }

    /// Keeps a file by its content, once, and answers with its SHA-256 in hexadecimal.
    pub async fn put_file(&self, content: &[u8]) -> Result<String, StoreError> {
        let sha256 = hex::encode(Sha256::digest(content));
        match &self.engine {
            Engine::Memory(memory) => {
                memory.lock().files.insert(sha256.clone(), content.to_vec());
            }
            Engine::Sql(database) => {
                let values = vec![sha256.as_str().into(), content.into()];
                database.ask(self.ask(sql::PUT_FILE, values)).await?;
            }
        }
        Ok(sha256)
    }

    /// The first of these files, each named by its SHA-256, that is not kept.
    pub async fn missing_file(&self, all: &[&str]) -> Result<Option<String>, StoreError> {
        for part in sql::parts(all) {
            let kept: BTreeSet<String> = match &self.engine {
                Engine::Memory(memory) => {
                    let state = memory.lock();
                    part.iter().filter(|s| state.files.contains_key(**s)).map(ToString::to_string).collect()
                }
                Engine::Sql(database) => {
                    let sql = format!("{}{}", sql::KEPT_FILES, sql::list(part.len(), 2));
                    let values = part.iter().map(|sha256| (*sha256).into()).collect();
                    let rows = database.ask(self.ask(sql, values)).await?;
                    rows.into_iter().map(|mut row| row.text()).collect::<Result<_, StoreError>>()?
                }
            };
            if let Some(missing) = part.iter().find(|sha256| !kept.contains(**sha256)) {
                return Ok(Some((*missing).to_owned()));
            }
        }
        Ok(None)
    }

    /// The file with this SHA-256 (lower-case hexadecimal), where it was kept.
    ///
    /// # Errors
    /// `Corrupt` where the content no longer has that hash.
    pub async fn get_file(&self, sha256: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let content = match &self.engine {
            Engine::Memory(memory) => memory.lock().files.get(sha256).cloned(),
            Engine::Sql(database) => {
                let rows = database.ask(self.ask(sql::GET_FILE, vec![sha256.into()])).await?;
                rows.into_iter().next().map(|mut row| row.bytes()).transpose()?
            }
        };
        match content {
            Some(content) if hex::encode(Sha256::digest(&content)) != sha256 => {
                Err(StoreError::Corrupt(format!("the file {sha256} has other content")))
            }
            content => Ok(content),
        }
    }

    /// Reads the whole log and holds it to everything it promises: entries, versions and times without a gap
    /// or a step back, every column a copy of its envelope, every hash and the root recomputed. Answers with
    /// the head it was held to.
    ///
    /// # Errors
    /// `Corrupt`, with the first thing that does not fit.
    pub async fn verify(&self) -> Result<Head, StoreError> {
        const AT_ONCE: usize = 1_000;
        let head = self.head().await?;
        let mut tree = Frontier::new();
        let mut versions: BTreeMap<StreamId, u64> = BTreeMap::new();
        let mut recorded_at = None;
        while tree.size() < head.entry.0 {
            let after = Entry(tree.size());
            let wanted = AT_ONCE.min((head.entry.0 - after.0) as usize);
            let events = self.read_whole(after, wanted).await?;
            if events.len() < wanted {
                let missing = after.0 + events.len() as u64 + 1;
                return Err(StoreError::Corrupt(format!("entry {missing} is missing")));
            }
            for event in events {
                let entry = event.entry;
                let version = versions.entry(event.stream).or_insert(0);
                *version += 1;
                if event.version != *version {
                    return Err(StoreError::Corrupt(format!(
                        "entry {entry} is not version {version} of its stream"
                    )));
                }
                if recorded_at > Some(event.recorded_at) {
                    return Err(StoreError::Corrupt(format!(
                        "entry {entry} was recorded before the one before it"
                    )));
                }
                recorded_at = Some(event.recorded_at);
                tree.push(event.hash)?;
            }
        }
        let found = Head { entry: Entry(tree.size()), recorded_at, root: tree.root()? };
        if found != head {
            return Err(StoreError::Corrupt("the head does not belong to the events".to_owned()));
        }
        Ok(head)
    }

    /// Events as [`Log::read`], each column held to its envelope.
    async fn read_whole(&self, after: Entry, limit: usize) -> Result<Vec<Stored>, StoreError> {
        let Engine::Sql(database) = &self.engine else {
            return self
                .envelopes(after, limit)
                .await?
                .iter()
                .map(|bytes| open(self.ledger(), bytes))
                .collect();
        };
        let rows = database.ask(self.ask_range(sql::READ_COLUMNS, after, limit)).await?;
        numbered(after, rows).map(|row| columns(self.ledger(), row?)).collect()
    }

    /// A statement whose first parameter is the ledger.
    pub(crate) fn ask(&self, sql: impl Into<Cow<'static, str>>, values: Vec<Value>) -> Statement {
        let ledger = Value::from(self.ledger());
        Statement::new(sql, std::iter::once(ledger).chain(values).collect())
    }

    pub(crate) fn ask_range(&self, sql: &'static str, after: Entry, limit: usize) -> Statement {
        let last = after.0.saturating_add(limit as u64);
        self.ask(sql, vec![after.0.into(), last.into()])
    }
}

fn system_clock() -> Instant {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let micros = i64::try_from(since.as_micros()).unwrap_or(i64::MAX);
    Instant::from_micros(micros).unwrap_or(Instant::of(Default::default()))
}
