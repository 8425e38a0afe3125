//! `export`: the ledger as files, in open forms.

use std::path::PathBuf;

use clap::Args;
use store::proof::Export as Folder;

use super::{Globals, Stop, output};

/// Write the ledger into an empty folder, in open forms that `verify` checks and `import ledger` restores
#[derive(Debug, Args)]
pub struct Export {
    /// The folder
    folder: PathBuf,
}

impl Export {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Stop> {
        let app = globals.open().await?;
        let manifest = app.export(&Folder::at(&self.folder)).await?;
        let signed = if app.signs() { "signed" } else { "not signed: give --signing-key to sign it" };
        let told = format!(
            "ledger `{}`: {} entries, root {}, {signed}, in {}\n",
            manifest.ledger,
            manifest.entry,
            hex::encode(manifest.root),
            self.folder.display()
        );
        Ok(output::say(told)?)
    }
}
