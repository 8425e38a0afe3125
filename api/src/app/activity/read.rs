//! A file read through: its lines sorted, its blocks in a spool, its totals.

use std::path::Path;
use std::sync::mpsc::sync_channel;

use domain::verb::activity::Flow;

use super::MarketForces;
use super::encoding::Encoding;
use super::field::Role;
use super::header::Header;
use super::parties::Parties;
use super::reader::Lines;
use super::returned::Returned;
use super::sieve::{Finished, Sieve};
use super::spool::Spool;
use crate::problem::{Exit, Problem};

/// Chunks and blocks that wait between two threads, at most.
const QUEUE: usize = 4;

/// A file that was read through.
#[derive(Debug)]
pub struct Read {
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
    /// How it was written.
    pub encoding: Encoding,
    /// Its header.
    pub header: Header,
    /// What its lines came to.
    pub finished: Finished,
    /// The blocks of the accepted ones.
    pub spool: Spool,
}

/// How a file is read.
#[derive(Debug)]
pub struct Reading<'a> {
    /// Its name in problems.
    pub name: &'a str,
    /// Where it is.
    pub path: &'a Path,
    /// Which return it is, where the header is not to say it.
    pub flow: Option<Flow>,
    /// Whether prices have the market forces factor in them.
    pub mff: MarketForces,
    /// Where the lines go back to with their verdicts.
    pub returned: Option<&'a Path>,
}

impl Reading<'_> {
    /// Reads the file; `tell` is told after every chunk how many bytes and lines were read.
    ///
    /// # Errors
    /// Refuses a file whose encoding or header cannot be read, or that holds NHS numbers; else as the files.
    pub fn through(self, parties: &Parties, tell: &dyn Fn(u64, u64)) -> Result<Read, Problem> {
        let mut lines = Lines::open(self.name, self.path)?;
        let cells = lines.header()?;
        let shown: Vec<&str> = cells.iter().map(String::as_str).collect();
        let header = Header::read(self.name, &shown, self.flow)?;
        self.has_what_is_added(&header)?;
        let encoding = lines.encoding;
        let mut returned = self.returned.map(|path| Returned::create(path, encoding, &cells)).transpose()?;
        let unsaid = header.place(Role::Created);
        let mut spool = Spool::new()?;
        let (chunks_in, chunks) = sync_channel(QUEUE);
        let (blocks, blocks_out) = sync_channel(QUEUE);
        let (sha256, finished) = std::thread::scope(|threads| {
            let reader = threads.spawn(move || lines.send(shown.len(), unsaid, &chunks_in));
            let encoder = threads
                .spawn(|| blocks_out.into_iter().try_for_each(|(group, columns)| spool.add(group, &columns)));
            let sorter = || {
                let mut sieve = Sieve::new(&header, parties, self.mff);
                for chunk in chunks {
                    let mut sifted = sieve.sift(&chunk)?;
                    if let Some(returned) = &mut returned {
                        returned.add(&header, &chunk, &sifted)?;
                    }
                    tell(chunk.read, sieve.counted.lines);
                    if sifted.blocks.drain(..).any(|block| blocks.send(block).is_err()) {
                        // The encoder ended; it says why.
                        break;
                    }
                }
                let (finished, rest) = sieve.finish();
                let _all_taken = rest.into_iter().all(|block| blocks.send(block).is_ok());
                drop(blocks);
                Ok::<_, Problem>(finished)
            };
            let finished = sorter();
            let sha256 = reader.join().map_err(|_| broken("reading"))?;
            encoder.join().map_err(|_| broken("encoding"))??;
            Ok::<_, Problem>((sha256?, finished?))
        })?;
        if let Some(returned) = returned {
            returned.finish()?;
        }
        Ok(Read { sha256: hex::encode(sha256), encoding, header, finished, spool })
    }

    /// Refuses to add a factor that no column has.
    fn has_what_is_added(&self, header: &Header) -> Result<(), Problem> {
        if self.mff == MarketForces::Included || header.place(Role::MarketForces).is_some() {
            return Ok(());
        }
        let missing = Role::MarketForces.column(header.flow);
        let message = format!("the market forces factor is to be added, and no column `{missing}` has it");
        let hint = "say --mff included if the prices have it in them, or add the column";
        Err(Problem::usage("column-missing", message, hint).at(self.name, 1, 1))
    }
}

fn broken(what: &str) -> Problem {
    Problem::new(Exit::Integrity, "thread", format!("{what} the file broke off"), "please report this")
}
