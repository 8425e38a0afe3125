//! `export`: the ledger as files, in open forms.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use store::proof::Export as Folder;

use super::{Asked, Globals, Output, Stop, output};

/// Write the ledger into an empty folder, in open forms that `verify` checks and `import ledger` restores
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Export {
    /// The folder
    #[arg(required = true)]
    folder: Option<PathBuf>,
    #[command(subcommand)]
    part: Option<Part>,
}

/// A part of a ledger that is written in a form of its own.
#[derive(Debug, Subcommand)]
enum Part {
    Blocks(Blocks),
}

/// Write the activity lines of payable reports as a Parquet dataset:
/// contract=../provider=../month=../*.parquet
#[derive(Debug, Args)]
struct Blocks {
    /// The folder
    folder: PathBuf,
    /// Every report, also those that were replaced; then with a folder stage=.. for each month
    #[arg(long)]
    every_stage: bool,
    #[command(flatten)]
    asked: Asked,
}

impl Export {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Stop> {
        match (self.part, self.folder) {
            (Some(Part::Blocks(blocks)), _) => blocks.run(globals).await,
            (None, Some(folder)) => whole(folder, globals).await,
            (None, None) => Ok(()),
        }
    }
}

impl Blocks {
    async fn run(self, globals: &Globals) -> Result<(), Stop> {
        let app = globals.open().await?;
        let written = app.export_blocks(&self.folder, self.every_stage, (&self.asked).into()).await?;
        if globals.output == Output::Json {
            return Ok(output::json(&written)?);
        }
        let (blocks, lines, folder) = (written.blocks, written.lines, self.folder.display());
        Ok(output::say(format!("{lines} lines in {blocks} files, in {folder}\n"))?)
    }
}

async fn whole(folder: PathBuf, globals: &Globals) -> Result<(), Stop> {
    let app = globals.open().await?;
    let manifest = app.export(&Folder::at(&folder)).await?;
    let signed = if app.signs() { "signed" } else { "not signed: give --signing-key to sign it" };
    let told = format!(
        "ledger `{}`: {} entries, root {}, {signed}, in {}\n",
        manifest.ledger,
        manifest.entry,
        hex::encode(manifest.root),
        folder.display()
    );
    Ok(output::say(told)?)
}
