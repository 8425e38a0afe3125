//! `load`: an example folder, or every folder below one.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{Globals, Stop, output, progress};
use crate::app::App;
use crate::app::load::{Folder, Loaded, folders, load, steps};
use crate::problem::Problem;

/// Load an example folder into the ledger; loading it twice changes nothing
#[derive(Debug, Args)]
pub struct Load {
    /// The folder, with its timeline.csv
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
    let app = globals.open_uncreated(ledger).await?;
    let loaded = with_progress(folder, &app).await?;
    let Loaded { recorded, there_already } = loaded;
    output::say(format!(
        "{}: {recorded} recorded, {there_already} there already, in {ledger}\n",
        folder.name()
    ))
}

/// Loads a folder with progress on standard error.
pub(super) async fn with_progress(folder: &Folder, app: &App) -> Result<Loaded, Problem> {
    let steps = steps(folder, app)?;
    let bar = progress::bar(steps.len() as u64, "loading");
    let loaded = load(app, &steps, || bar.inc(1)).await;
    bar.finish_and_clear();
    loaded
}
