//! `import`: files as others publish or send them.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use store::proof::Export;

use super::{Globals, Stop, output, progress};
use crate::app::medicare::{folder, import};
use crate::problem::{Exit, Problem};

/// Import a file as others publish or send it
#[derive(Debug, Args)]
pub struct Import {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Activity as providers send it (ACM, PLCM, DrPLCM, DePLCM): every line with a verdict, every month a
    /// report
    Activity(super::import_activity::ImportActivity),
    /// The monthly list of patients registered at general practices (gp-reg-pat-prac-all.csv) as a contract's
    /// population
    Population(super::import_population::ImportPopulation),
    /// The public use file of the Medicare Shared Savings Program, as CMS publishes it
    Medicare {
        /// The file, or a folder of files named such as mssp_py2023.csv, which are counted in a table
        file: PathBuf,
        /// The performance year of the file
        #[arg(long)]
        year: Option<i32>,
    },
    /// A ledger that `export` wrote, into a new ledger: the same events, the same root
    Ledger {
        /// The folder
        folder: PathBuf,
    },
}

impl Import {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Stop> {
        match self.what {
            What::Activity(activity) => activity.run(globals).await,
            What::Population(population) => population.run(globals).await,
            What::Medicare { file, year } => medicare(globals, &file, year).await,
            What::Ledger { folder } => ledger(globals, folder).await,
        }
    }
}

async fn ledger(globals: &Globals, folder: PathBuf) -> Result<(), Stop> {
    let manifest = globals.open_uncreated(&globals.ledger).await?.restore(&Export::at(folder)).await?;
    let root = hex::encode(manifest.root);
    Ok(output::say(format!("ledger `{}`: {} entries, root {root}\n", manifest.ledger, manifest.entry))?)
}

async fn medicare(globals: &Globals, file: &Path, year: Option<i32>) -> Result<(), Stop> {
    let rejected = match year {
        None if file.is_dir() => {
            let files = folder::files(file)?;
            let app = globals.open_or_create().await?;
            let bar = progress::bar(files.len() as u64, "importing");
            let imported = folder::import_all(&app, files, |_| bar.inc(1)).await;
            bar.finish_and_clear();
            let imported = imported?;
            output::say(&imported)?;
            imported.rejected()
        }
        None => {
            let hint = "add --year, such as --year 2023; a folder of files needs none";
            return Err(Problem::usage("performance-year", "the performance year is missing", hint).into());
        }
        Some(year) => one_file(globals, file, year).await?,
    };
    if rejected > 0 { Err(Stop::Told(Exit::Findings)) } else { Ok(()) }
}

/// Imports one file and says what it came to; how many rows were rejected.
async fn one_file(globals: &Globals, file: &Path, year: i32) -> Result<usize, Stop> {
    let shown = file.to_string_lossy().into_owned();
    let content = std::fs::read(file).map_err(|e| Problem::file(&shown, &e))?;
    let app = globals.open_or_create().await?;
    let rows = content.iter().filter(|byte| **byte == b'\n').count().saturating_sub(1) as u64;
    let bar = progress::bar(rows, "importing");
    let imported = import(&app, &shown, &content, year, |_| bar.inc(1)).await;
    bar.finish_and_clear();
    let imported = imported?;
    output::say(&imported)?;
    Ok(imported.rejected())
}
