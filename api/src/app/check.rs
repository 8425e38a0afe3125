//! Holding a ledger to everything it promises.

use std::collections::{BTreeSet, VecDeque};
use std::fmt;

use domain::book::Book;
use domain::exact::Exact;
use domain::recorded::Recorded;
use domain::settle::settle;
use domain::statement::Statement;
use domain::time::{Entry, KnownAt};
use domain::verb::Event;
use domain::verb::activity::{ActivityReported, Block, Blocks};
use projections::kept::Kept;
use serde::Serialize;
use sha2::{Digest, Sha256};
use store::block::{Values, decode};
use store::proof::Command;
use store::proof::{Checkpoint, Leaves, PublicKey};
use store::{Attached, Log, StoreError, command_digest};
use tokio::task::JoinHandle;

use super::App;
use crate::problem::{Exit, Problem};

/// What a check came to.
#[derive(Clone, Debug, Serialize)]
pub struct Checked {
    /// The last entry.
    pub entry: Entry,
    /// The root over all entries.
    pub root: String,
    /// How many statements were worked out again.
    pub statements: usize,
    /// How many checkpoints were held to the tree.
    pub checkpoints: usize,
    /// How many files of evidence were held to their names.
    pub files: usize,
    /// How many blocks of lines were summed up again.
    pub blocks: usize,
    /// What contradicts what; the first bad entry first.
    pub mismatches: Vec<Mismatch>,
    /// What today's rules would make of drawn-up years, where that was asked and differs.
    pub differences: Vec<Mismatch>,
}

/// Something that does not fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mismatch {
    /// Of which kind: `log`, `event`, `working`, `projection`, `command`, `block`, `evidence`,
    /// `checkpoint`, `rules`.
    pub kind: &'static str,
    /// The entry, where it is about one.
    pub entry: Option<Entry>,
    /// What it is.
    pub what: String,
}

impl App {
    /// Holds the ledger to everything it promises; with a key, its checkpoints to that key; with a checkpoint
    /// kept elsewhere, the ledger to that. What does not fit is told, and nothing that cannot be read passes.
    pub async fn check(
        &self,
        key: Option<&PublicKey>,
        elsewhere: Option<&Checkpoint>,
        as_now: bool,
    ) -> Result<Checked, Problem> {
        let log = self.ledger.log();
        let head = log.head().await?;
        let mut checked = Checked {
            entry: head.entry,
            root: hex::encode(head.root),
            statements: 0,
            checkpoints: 0,
            files: 0,
            blocks: 0,
            mismatches: Vec::new(),
            differences: Vec::new(),
        };
        if let Err(why) = log.verify().await {
            checked.mismatch("log", None, damage(why)?);
        }
        let mut in_blocks = BTreeSet::new();
        let commands = log.commands().await?;
        match self.kept().await {
            Ok(kept) => {
                checked.projections(&kept);
                checked.statements(&kept, as_now);
                in_blocks = checked.blocks(log, &kept).await?;
                checked.digests(&kept, &commands);
            }
            // The log has told where it is damaged; nothing can be rebuilt from it.
            Err(why) => checked.mismatch("projection", None, damage(why)?),
        }
        checked.commands(log, commands).await?;
        checked.evidence(log, &in_blocks).await?;
        checked.held_to_checkpoints(log, key, elsewhere).await?;
        // What the log itself finds comes first: it names the first bad entry, from which the rest follows.
        let place = |mismatch: &Mismatch| (mismatch.kind != "log", mismatch.entry.unwrap_or(Entry(u64::MAX)));
        checked.mismatches.sort_by_key(place);
        Ok(checked)
    }
}

/// Damage is a finding; a database that does not answer is not.
fn damage(why: StoreError) -> Result<String, Problem> {
    match why {
        StoreError::Corrupt(what) => Ok(what),
        other => Err(other.into()),
    }
}

impl Checked {
    fn mismatch(&mut self, kind: &'static str, entry: Option<Entry>, what: impl fmt::Display) {
        self.mismatches.push(Mismatch { kind, entry, what: what.to_string() });
    }

    /// What questions are answered from, against a fold of the events from the first.
    fn projections(&mut self, kept: &Kept) {
        if let Some(unreadable) = kept.stopped() {
            self.mismatch("event", Some(unreadable.entry), &unreadable.why);
        }
        let mut fresh = Book::default();
        for event in kept.events() {
            fresh.fold(event);
            let same = kept.at(KnownAt::Entry(event.entry)).is_ok_and(|book| *book == fresh);
            // The books in between are made from the kept ones, so the first that differs tells where.
            if is_worth_comparing(event.entry, kept.entry()) && !same {
                let what = "the book that is kept is not the fold of the events up to here";
                return self.mismatch("projection", Some(event.entry), what);
            }
        }
    }

    /// Every recorded expression, evaluated again; the digest of each statement against its event.
    fn statements(&mut self, kept: &Kept, as_now: bool) {
        for event in kept.events() {
            let Some(statement) = event.event.statement() else { continue };
            self.statements += 1;
            if let Err(why) = statement.audit() {
                self.mismatch("working", Some(event.entry), why);
            }
            if as_now {
                self.as_now(kept, event, statement);
            }
        }
    }

    /// What today's rules make of a drawn-up year.
    fn as_now(&mut self, kept: &Kept, event: &Recorded, said: &Statement) {
        let told = |what: String| Mismatch { kind: "rules", entry: Some(event.entry), what };
        let book = match kept.at(KnownAt::Entry(said.entry)) {
            Ok(book) => book,
            Err(why) => return self.differences.push(told(why.to_string())),
        };
        let now = match settle(&book, &said.contract, said.year, said.as_of) {
            Ok(now) => now,
            Err(why) => {
                return self
                    .differences
                    .push(told(format!("{} cannot be settled now: {why}", said.contract)));
            }
        };
        let lines = said.lines.iter().chain(&now.lines).map(|line| line.id.as_str());
        let ids: std::collections::BTreeSet<&str> = lines.collect();
        for id in ids {
            let value = |statement: &Statement| statement.line(id).and_then(|line| line.value.clone());
            let (then, now) = (value(said), value(&now));
            if then != now {
                let text = |value: Option<String>| value.unwrap_or_else(|| "nothing".to_owned());
                self.differences.push(told(format!("{id} was {}, would now be {}", text(then), text(now))));
            }
        }
    }

    /// The digest by which each command is known again, worked out from what it recorded: an altered one
    /// would let a command be carried out twice, or refuse it as another.
    fn digests(&mut self, kept: &Kept, commands: &[Command]) {
        for command in commands.iter().filter(|command| command.first <= command.last) {
            let place = usize::try_from(command.last.0).ok().and_then(|n| n.checked_sub(1));
            let Some(recorded) = place.and_then(|n| kept.events().get(n)) else { continue };
            let attached =
                Attached { evidence: recorded.evidence.clone(), late_because: recorded.late_because.clone() };
            let (event, name) = (&recorded.event, recorded.event.command());
            let is_of = |body: &serde_json::Value| {
                command_digest(name, body, &attached).is_ok_and(|digest| digest == command.digest)
            };
            if !event.told_as().is_ok_and(|bodies| bodies.iter().any(is_of)) {
                let what =
                    format!("the digest of the command {} is not that of what it recorded", command.key);
                self.mismatch("command", Some(recorded.entry), what);
            }
        }
    }

    async fn commands(&mut self, log: &Log, commands: Vec<Command>) -> Result<(), Problem> {
        let mut next = Entry(1);
        for command in commands {
            if command.last < command.first {
                continue;
            }
            if command.first != next {
                let what = format!("the commands record {} where {next} follows", command.first);
                self.mismatch("command", Some(next), what);
                return Ok(());
            }
            let own =
                log.read(Entry(command.first.0 - 1), (command.last.0 + 1 - command.first.0) as usize).await;
            let strange = own.unwrap_or_default().into_iter().find(|event| event.key != command.key);
            if let Some(event) = strange {
                let what = format!("it was recorded by the command {}, not {}", event.key, command.key);
                self.mismatch("command", Some(event.entry), what);
            }
            next = command.last.next();
        }
        if next != self.entry.next() {
            self.mismatch("command", Some(next), "no command recorded it");
        }
        Ok(())
    }

    /// Every block that an event names: there, what its hash says, with as many lines as the event says, and
    /// lines that sum to what was reported. Gives the blocks that were found.
    async fn blocks(&mut self, log: &Log, kept: &Kept) -> Result<BTreeSet<String>, Problem> {
        let mut found = BTreeSet::new();
        let reported = kept.events().iter().filter_map(|event| match &event.event {
            Event::ActivityReported(report) => Some((event, report, report.blocks.as_ref()?)),
            _ => None,
        });
        let blocks = reported.clone().flat_map(|(.., blocks)| blocks.lines.iter().cloned());
        let mut sums = Sums::of(log, blocks.collect());
        for (event, report, blocks) in reported {
            found.insert(blocks.totals.sha256.clone());
            let mut summed = Some(Summed::default());
            for block in &blocks.lines {
                self.blocks += 1;
                found.insert(block.sha256.clone());
                match sums.next().await? {
                    Ok(lines) => summed = summed.map(|summed| summed.and(&lines)),
                    Err(why) => {
                        summed = None;
                        self.mismatch(
                            "block",
                            Some(event.entry),
                            format!("its block {} {why}", block.sha256),
                        );
                    }
                }
            }
            if let Some(why) = summed.and_then(|summed| summed.differs_from(report, blocks)) {
                self.mismatch("block", Some(event.entry), why);
            }
        }
        Ok(found)
    }

    /// The other files, each held to its name.
    async fn evidence(&mut self, log: &Log, blocks: &BTreeSet<String>) -> Result<(), Problem> {
        for sha256 in log.files().await?.into_iter().filter(|sha256| !blocks.contains(sha256)) {
            self.files += 1;
            match log.get_file(&sha256).await {
                Ok(Some(content)) if hex::encode(Sha256::digest(&content)) == sha256 => (),
                Ok(_) => self.mismatch("evidence", None, format!("the file {sha256} is gone")),
                Err(why) => {
                    let what = damage(why)?;
                    self.mismatch("evidence", None, what);
                }
            }
        }
        Ok(())
    }

    async fn held_to_checkpoints(
        &mut self,
        log: &Log,
        key: Option<&PublicKey>,
        elsewhere: Option<&Checkpoint>,
    ) -> Result<(), Problem> {
        let leaves = match log.leaves().await {
            Ok(leaves) => leaves,
            Err(why) => {
                let what = damage(why)?;
                self.mismatch("log", None, what);
                return Ok(());
            }
        };
        for (entry, note) in log.checkpoints().await? {
            match Checkpoint::read(&note) {
                Ok(read) if read.entry == entry => self.checkpoint(&leaves, &read, log.ledger(), key),
                Ok(read) => {
                    let what = format!("the checkpoint kept for it is one of entry {}", read.entry);
                    self.mismatch("checkpoint", Some(entry), what);
                }
                Err(why) => self.mismatch("checkpoint", Some(entry), why),
            }
        }
        if let Some(elsewhere) = elsewhere {
            self.checkpoint(&leaves, elsewhere, log.ledger(), key);
        }
        Ok(())
    }

    fn checkpoint(
        &mut self,
        leaves: &Leaves,
        checkpoint: &Checkpoint,
        ledger: &str,
        key: Option<&PublicKey>,
    ) {
        self.checkpoints += 1;
        let signed = key.map_or(Ok(()), |key| checkpoint.check(key));
        if let Err(why) = signed {
            return self.mismatch("checkpoint", Some(checkpoint.entry), why);
        }
        if checkpoint.ledger != ledger {
            let what =
                format!("the checkpoint is of the ledger `{}`, and this is `{ledger}`", checkpoint.ledger);
            return self.mismatch("checkpoint", Some(checkpoint.entry), what);
        }
        match leaves.root(checkpoint.entry) {
            Ok(root) if root == checkpoint.root => (),
            Ok(_) => {
                let what = "the entries up to here are not those that were signed";
                self.mismatch("checkpoint", Some(checkpoint.entry), what);
            }
            Err(why) => self.mismatch("checkpoint", Some(Entry(leaves.len() + 1)), why),
        }
    }
}

/// The sums of blocks in their order, worked out some way ahead of whoever takes them, on every core there
/// is.
struct Sums<'a> {
    log: &'a Log,
    blocks: std::vec::IntoIter<Block>,
    ahead: VecDeque<JoinHandle<Result<Result<Summed, String>, StoreError>>>,
}

/// How many blocks are read ahead: a few millions of bytes.
const AHEAD: usize = 4;

impl Sums<'_> {
    fn of(log: &Log, blocks: Vec<Block>) -> Sums<'_> {
        Sums { log, blocks: blocks.into_iter(), ahead: VecDeque::new() }
    }

    /// What the next block comes to, or what is wrong with it.
    async fn next(&mut self) -> Result<Result<Summed, String>, Problem> {
        for block in self.blocks.by_ref().take(AHEAD - self.ahead.len()) {
            self.ahead.push_back(tokio::spawn(summed(self.log.clone(), block)));
        }
        let broken =
            || Problem::new(Exit::Integrity, "check", "summing up a block broke off", "run it again");
        let next = self.ahead.pop_front().ok_or_else(broken)?.await.map_err(|_| broken())?;
        match next {
            Ok(sum) => Ok(sum),
            Err(why) => Ok(Err(damage(why)?)),
        }
    }
}

async fn summed(log: Log, block: Block) -> Result<Result<Summed, String>, StoreError> {
    let Some(bytes) = log.get_file(&block.sha256).await? else { return Ok(Err("is gone".to_owned())) };
    let sum = tokio::task::spawn_blocking(move || Summed::of(&bytes, block.lines)).await;
    Ok(sum.unwrap_or_else(|_| Err("could not be summed up".to_owned())))
}

/// What lines in blocks come to.
#[derive(Debug, Default)]
struct Summed {
    value: Exact,
    count: Exact,
}

impl Summed {
    /// The lines of a block, which must be so many.
    fn of(bytes: &[u8], lines: u64) -> Result<Summed, String> {
        let block = decode(bytes, Some(&["value", "count"])).map_err(|e| format!("is damaged: {e}"))?;
        if block.lines as u64 != lines {
            return Err(format!("has {} lines, not {lines}", block.lines));
        }
        let sum = |name: &str| match block.column(name).map(|column| &column.values) {
            Some(Values::Decimal { scale, units }) => {
                let units: i128 = units.iter().flatten().map(|units| i128::from(*units)).sum();
                Exact::ratio(units, 10i64.pow(u32::from(*scale)))
            }
            _ => Exact::zero(),
        };
        Ok(Summed { value: sum("value"), count: sum("count") })
    }

    fn and(&self, more: &Summed) -> Summed {
        Summed { value: &self.value + &more.value, count: &self.count + &more.count }
    }

    /// How they differ from what was reported. Fractions of a penny are rounded once for each total.
    fn differs_from(&self, report: &ActivityReported, blocks: &Blocks) -> Option<String> {
        let stated = Exact::from(report.value);
        let rounded = Exact::ratio(blocks.totals.lines, 200);
        if (&self.value - &stated).abs() > rounded {
            return Some(format!(
                "its lines sum to {}, the report states {}",
                self.value.show(2),
                report.value
            ));
        }
        let count = report.count.as_ref().filter(|count| *count.exact() != self.count)?;
        Some(format!("its lines count {} units, the report states {count}", self.count))
    }
}

/// Comparing two books costs as much as they are long: every 256th and the last stand for those between.
fn is_worth_comparing(entry: Entry, last: Entry) -> bool {
    entry.0.is_multiple_of(256) || entry == last
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} entries, root {}", self.entry, self.root)?;
        writeln!(
            f,
            "{} statements worked out again, {} checkpoints held to the tree, {} files of evidence to their names",
            self.statements, self.checkpoints, self.files
        )?;
        if self.blocks > 0 {
            writeln!(f, "{} blocks of lines summed up again", self.blocks)?;
        }
        for Mismatch { kind, entry, what } in self.mismatches.iter().chain(&self.differences) {
            match entry {
                Some(entry) => writeln!(f, "{kind}: entry {entry}: {what}")?,
                None => writeln!(f, "{kind}: {what}")?,
            }
        }
        match (self.mismatches.is_empty(), self.differences.is_empty()) {
            (true, true) => writeln!(f, "everything holds"),
            (true, false) => writeln!(f, "everything holds; today's rules would differ"),
            (false, _) => writeln!(f, "the ledger does NOT hold"),
        }
    }
}
