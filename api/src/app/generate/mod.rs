//! A synthetic care system of any size, from a seed: people, organisations, contracts and a year of monthly
//! activity files, for demonstrations and benchmarks. Whoever has the program and the seed has the same
//! bytes.
//!
//! Memory does not grow with the lines: each is drawn from its number and written. What is kept is one sum
//! for each patient and contract, and the aggregate of one statement.

mod care;
mod dirt;
mod layout;
mod line;
mod patient;
mod random;
mod record;
mod row;
mod statement;
mod system;
mod terms;

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use domain::year::ContractYear;

use crate::problem::Problem;
use statement::{Statement, Totals, Written};
use system::System;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// From which everything follows.
    pub seed: u64,
    /// The frozen lines of the year.
    pub lines: u64,
    /// The people.
    pub people: u64,
    /// The providers, at least one.
    pub providers: u64,
    /// The year, from April to March.
    pub year: ContractYear,
    /// How many lines in a million are spoilt.
    pub dirt: u64,
    /// Whether each file restates the year to date.
    pub restating: bool,
}

impl Asked {
    /// The calendar year in which it begins.
    fn year_begins(&self) -> u16 {
        chrono::Datelike::year(&self.year.first_day()).try_into().unwrap_or_default()
    }
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Generated {
    /// The activity files.
    pub files: usize,
    /// Their lines, the aggregates' too.
    pub lines: u64,
}

/// Writes a system into a folder that is empty or not there; `each` is told of the lines of every file.
///
/// # Errors
/// The folder holds something, or cannot be written.
pub fn generate(dir: &Path, asked: Asked, each: impl Fn(u64) + Sync) -> Result<Generated, Problem> {
    if std::fs::read_dir(dir).is_ok_and(|mut there| there.next().is_some()) {
        let message = format!("`{}` holds files already", dir.display());
        return Err(Problem::usage("folder-not-empty", message, "name a folder that is empty or not there"));
    }
    let activity = dir.join("activity");
    for folder in [&dir.join("terms"), &activity] {
        std::fs::create_dir_all(folder).map_err(|e| Problem::file(&folder.to_string_lossy(), &e))?;
    }
    let system = System::new(asked);
    let totals = Totals::new(&system);
    let written = activity_files(&system, &totals, &activity, each)?;
    record::write(dir, &system, &totals, &written)?;
    Ok(Generated { files: written.len(), lines: written.iter().map(|file| file.lines).sum() })
}

/// Writes every activity file, on every core; in the order of providers, months and stages whoever was first.
fn activity_files(
    system: &System,
    totals: &Totals,
    dir: &Path,
    each: impl Fn(u64) + Sync,
) -> Result<Vec<Written>, Problem> {
    let statements = Statement::all(system);
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || -> Result<(), Problem> {
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(statement) = statements.get(place) else { return Ok(()) };
            let written = statement.write(system, totals, dir)?;
            each(written.iter().map(|file| file.lines).sum());
            // A thread that panicked ends the program, so nobody meets what it left.
            done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((place, written));
        }
    };
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        threads.into_iter().try_for_each(|thread| match thread.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })?;
    let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    done.sort_by_key(|(place, _)| *place);
    Ok(done.into_iter().flat_map(|(_, written)| written).collect())
}
