//! `load`: an example folder, or every folder below one.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{Globals, Stop, output, progress};
use crate::app::App;
use crate::app::load::{Folder, Loaded, TIMELINE, folders, load, steps};
use crate::app::medicare::{Verdict, folder as public_use};
use crate::problem::Problem;

/// Load an example folder into the ledger; loading it twice changes nothing
#[derive(Debug, Args)]
pub struct Load {
    /// The folder, with its timeline.csv, or with public use files of Medicare
    #[arg(required_unless_present = "each", conflicts_with = "each")]
    dir: Option<PathBuf>,
    /// Load every folder below this one, each into a ledger of its own
    #[arg(long, value_name = "DIR")]
    each: Option<PathBuf>,
    /// Where those ledgers go, one file each
    #[arg(long, value_name = "DIR", requires = "each", default_value = "ledgers")]
    into: PathBuf,
}

impl Load {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Stop> {
        match (&self.dir, &self.each) {
            (Some(dir), _) => one(&Folder::Disk(dir.clone()), &globals.ledger, globals).await?,
            (None, Some(each)) => all(each, &self.into, globals).await?,
            (None, None) => {
                return Err(Problem::usage("load", "no folder is named", "write riskshare load DIR").into());
            }
        }
        Ok(())
    }
}

async fn all(each: &Path, into: &Path, globals: &Globals) -> Result<(), Problem> {
    std::fs::create_dir_all(into).map_err(|e| Problem::file(&into.to_string_lossy(), &e))?;
    for folder in folders(each)? {
        let path = into.join(format!("{}.db", folder.name()));
        one(&folder, &format!("sqlite:{}", path.display()), globals).await?;
    }
    Ok(())
}

async fn one(folder: &Folder, ledger: &str, globals: &Globals) -> Result<(), Problem> {
    let files = match folder {
        Folder::Disk(path) if !path.join(TIMELINE).is_file() => public_use::files(path).ok(),
        Folder::Disk(_) | Folder::BuiltIn(..) => None,
    };
    let Loaded { recorded, there_already } = match files {
        Some(files) => published(files, &globals.open_or_create_at(ledger).await?).await?,
        None => with_progress(folder, &globals.open_uncreated(ledger).await?).await?,
    };
    output::say(format!(
        "{}: {recorded} recorded, {there_already} there already, in {ledger}\n",
        folder.name()
    ))
}

/// Imports and settles public use files with their years, organisation by organisation.
async fn published(files: Vec<(i32, PathBuf)>, app: &App) -> Result<Loaded, Problem> {
    let mut loaded = Loaded::default();
    for file in public_use::import_all(app, files, |_| ()).await?.files {
        for line in file.imported.lines {
            match line.verdict {
                Verdict::Accepted => loaded.recorded += 1,
                Verdict::Duplicate => loaded.there_already += 1,
                Verdict::Rejected(problem) => return Err(problem),
            }
        }
    }
    Ok(loaded)
}

/// Loads a folder with progress on standard error.
pub(super) async fn with_progress(folder: &Folder, app: &App) -> Result<Loaded, Problem> {
    let steps = steps(folder, app)?;
    let bar = progress::bar(steps.len() as u64, "loading");
    let loaded = load(app, &steps, || bar.inc(1)).await;
    bar.finish_and_clear();
    loaded
}
