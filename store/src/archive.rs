//! A ledger's own archive: the checkpoints it keeps, the files it is exported into and restored from.

use domain::time::Entry;

use crate::append::{Append, CommandRecord, Facts, NewEvent, decide};
use crate::engine::Row;
use crate::envelope::Stored;
use crate::error::StoreError;
use crate::log::{Engine, Log};
use crate::proof::{Checkpoint, Command, Export, Leaves, Manifest, ProofError, SigningKey};
use crate::rows::command;
use crate::sql;

/// How many rows are read at once.
const AT_ONCE: usize = 1_000;

impl Log {
    /// Signs the head as it is now and keeps the checkpoint.
    ///
    /// # Errors
    /// `Empty` where nothing is recorded yet; else as [`Log::head`].
    pub async fn checkpoint(&self, key: &SigningKey) -> Result<Checkpoint, StoreError> {
        let head = self.head().await?;
        if head.entry == Entry(0) {
            return Err(StoreError::Empty(self.to_string()));
        }
        let checkpoint = Checkpoint::sign(key, self.ledger(), head.entry, head.root)?;
        match &self.engine {
            Engine::Memory(memory) => {
                let place = (checkpoint.entry, checkpoint.origin.clone());
                memory.lock().checkpoints.entry(place).or_insert_with(|| checkpoint.note.clone());
            }
            Engine::Sql(database) => {
                let Checkpoint { entry, origin, note, .. } = &checkpoint;
                let values = vec![entry.0.into(), origin.as_str().into(), note.as_str().into()];
                database.ask(self.ask(sql::PUT_CHECKPOINT, values)).await?;
            }
        }
        Ok(checkpoint)
    }

    /// The checkpoints that were kept, the oldest first, as they were written: whether they hold is for a
    /// check to say.
    pub async fn checkpoints(&self) -> Result<Vec<(Entry, String)>, StoreError> {
        match &self.engine {
            Engine::Memory(memory) => Ok(memory
                .lock()
                .checkpoints
                .iter()
                .map(|((entry, _), note)| (*entry, note.clone()))
                .collect()),
            Engine::Sql(database) => {
                let rows = database.ask(self.ask(sql::CHECKPOINTS, vec![])).await?;
                rows.into_iter().map(|mut row| Ok((Entry(row.count()?), row.text()?))).collect()
            }
        }
    }

    /// Every command that was carried out, in the order of what they recorded.
    pub async fn commands(&self) -> Result<Vec<Command>, StoreError> {
        let told = |(key, CommandRecord { digest, first, last })| Command { key, digest, first, last };
        let mut commands: Vec<Command> = match &self.engine {
            Engine::Memory(memory) => {
                memory.lock().commands.iter().map(|(key, record)| told((key.clone(), *record))).collect()
            }
            Engine::Sql(database) => {
                let rows = database.ask(self.ask(sql::ALL_COMMANDS, vec![])).await?;
                rows.into_iter().map(|row| Ok(told(command(row)?))).collect::<Result<_, StoreError>>()?
            }
        };
        commands.sort_by(|a, b| (a.first, a.last, &a.key).cmp(&(b.first, b.last, &b.key)));
        Ok(commands)
    }

    /// The SHA-256 of every file that is kept, in order.
    pub async fn files(&self) -> Result<Vec<String>, StoreError> {
        match &self.engine {
            Engine::Memory(memory) => Ok(memory.lock().files.keys().cloned().collect()),
            Engine::Sql(database) => {
                let rows = database.ask(self.ask(sql::ALL_FILES, vec![])).await?;
                rows.into_iter().map(|mut row: Row| row.text()).collect()
            }
        }
    }

    /// The whole tree over the leaf hashes as they are stored, for proofs.
    pub async fn leaves(&self) -> Result<Leaves, StoreError> {
        let mut leaves = Vec::new();
        loop {
            let hashes = self.hashes(Entry(leaves.len() as u64), AT_ONCE).await?;
            let last = hashes.len() < AT_ONCE;
            leaves.extend(hashes);
            if last {
                return Ok(Leaves::of(leaves)?);
            }
        }
    }

    /// Writes the ledger into a folder, in open forms; with a key, under a fresh checkpoint.
    ///
    /// # Errors
    /// Where the folder holds files already or cannot be written; where the log is damaged.
    pub async fn export(&self, folder: &Export, key: Option<&SigningKey>) -> Result<Manifest, StoreError> {
        if let Some(key) = key {
            self.checkpoint(key).await?;
        }
        let head = self.head().await?;
        folder.begin()?;
        let (mut events, mut hashes) = (Vec::new(), String::new());
        let mut read = 0;
        while read < head.entry.0 {
            let wanted = AT_ONCE.min((head.entry.0 - read) as usize);
            for envelope in self.envelopes(Entry(read), wanted).await? {
                hashes.push_str(&format!("{}\n", hex::encode(crate::leaf_hash(&envelope))));
                events.extend_from_slice(&envelope);
                events.push(b'\n');
                read += 1;
            }
        }
        folder.write("events.ndjson", events)?;
        folder.write("hashes.txt", hashes)?;
        let commands = self.commands().await?.into_iter().filter(|command| command.last <= head.entry);
        let commands: Vec<String> = commands
            .filter_map(|command| serde_json::to_string(&command).ok())
            .map(|line| line + "\n")
            .collect();
        folder.write("commands.ndjson", commands.concat())?;
        for (entry, note) in self.checkpoints().await? {
            folder.write(&format!("checkpoints/{:012}.txt", entry.0), note)?;
        }
        for sha256 in self.files().await? {
            if let Some(content) = self.get_file(&sha256).await? {
                folder.write(&format!("files/{sha256}"), content)?;
            }
        }
        let manifest = Manifest::new(self.ledger(), head.entry, head.root);
        let text = serde_json::to_string_pretty(&manifest).map_err(|e| StoreError::Corrupt(e.to_string()))?;
        folder.write("ledger.json", format!("{text}\n"))?;
        Ok(manifest)
    }

    /// Restores an exported ledger into this one, which must be empty and have its name: the same events
    /// under the same commands, so the same root. Nothing is decided again; it is all one append.
    ///
    /// # Errors
    /// Where this ledger is not empty or has another name, or what comes out is not what the export says.
    pub async fn restore(&self, folder: &Export) -> Result<Manifest, StoreError> {
        let manifest = folder.manifest()?;
        if manifest.ledger != self.ledger() {
            let why = format!(
                "it is an export of the ledger `{}`, and this is `{}`",
                manifest.ledger,
                self.ledger()
            );
            return Err(ProofError::DoesNotHold(why).into());
        }
        if self.head().await?.entry != Entry(0) {
            return Err(StoreError::NotEmpty(self.to_string()));
        }
        let events = folder.envelopes()?;
        let events: Vec<Stored> = events
            .iter()
            .map(|envelope| crate::envelope::open(self.ledger(), envelope))
            .collect::<Result<_, _>>()?;
        let appends = folder.commands()?.into_iter().map(|command| append_of(&command, &events));
        let appends = appends.collect::<Result<Vec<Append>, StoreError>>()?;
        let now = events.last().map_or_else(|| (self.clock)(), |event| event.recorded_at);
        let root = decide(self.ledger(), now, Facts::default(), &appends)?.head.tree.root()?;
        if root != manifest.root {
            let why =
                "the root of its events is not the one it says; check it with `riskshare verify`".to_owned();
            return Err(ProofError::DoesNotHold(why).into());
        }
        // Before the events, which are nothing without their blocks.
        for file in folder.files()? {
            self.put_file(&file?.1).await?;
        }
        self.append_after(Some(Entry(0)), &appends).await?;
        Ok(manifest)
    }
}

/// The append that a command was.
fn append_of(command: &Command, events: &[Stored]) -> Result<Append, StoreError> {
    let missing = || StoreError::Corrupt(format!("the events of the command {} are missing", command.key));
    let place = |entry: Entry| usize::try_from(entry.0).ok();
    let (from, to) = (place(command.first).and_then(|n| n.checked_sub(1)), place(command.last));
    let own = from.zip(to).and_then(|(from, to)| events.get(from..to)).ok_or_else(missing)?;
    // A command that recorded nothing keeps its key all the same; who gave it is nowhere written.
    let first = own.first().or(events.first()).ok_or_else(missing)?;
    Ok(Append {
        key: command.key.clone(),
        digest: command.digest,
        actor: first.actor.clone(),
        salt: first.salt,
        recorded_at: own.first().map(|event| event.recorded_at),
        expected: Vec::new(),
        events: own.iter().map(new_event).collect(),
    })
}

fn new_event(stored: &Stored) -> NewEvent {
    let Stored { stream, kind, v, payload, .. } = stored;
    NewEvent { stream: stream.clone(), kind: kind.clone(), v: *v, payload: payload.clone() }
}
