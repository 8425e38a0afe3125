//! `import population`: the list of patients registered at general practices.

use std::path::PathBuf;

use clap::Args;
use domain::name::ContractId;

use super::{Globals, Output, Stop, output};
use crate::app::population::{Asked, import};
use crate::problem::{Exit, Problem};

/// Import a list of patients registered at practices
#[derive(Debug, Args)]
pub struct ImportPopulation {
    /// The file
    file: PathBuf,
    /// The contract whose population it is
    #[arg(long)]
    contract: ContractId,
    /// The band of the terms that the people are counted in
    #[arg(long, default_value = "registered")]
    band: String,
    /// The code of a sub-ICB location or CCG whose practices count [default: those of the contract's
    /// commissioners]
    #[arg(long, value_name = "CODE")]
    location: Vec<String>,
    /// The code of a practice that counts; then no location does
    #[arg(long, value_name = "CODE", conflicts_with = "location")]
    practice: Vec<String>,
    /// Take a file with far fewer practices than there are
    #[arg(long)]
    partial: bool,
    /// Show the same, and record nothing
    #[arg(long)]
    dry_run: bool,
}

impl ImportPopulation {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Stop> {
        let name = self.file.to_string_lossy().into_owned();
        let content = std::fs::read(&self.file).map_err(|e| Problem::file(&name, &e))?;
        let app = globals.open().await?;
        let asked = Asked {
            contract: self.contract,
            locations: self.location,
            practices: self.practice,
            band: self.band,
            partial: self.partial,
            dry_run: self.dry_run,
        };
        let listed = import(&app, &name, &content, &asked).await?;
        match globals.output {
            Output::Text => output::say(&listed)?,
            _ => output::json(&listed)?,
        }
        if listed.rejected.is_empty() { Ok(()) } else { Err(Stop::Told(Exit::Findings)) }
    }
}
