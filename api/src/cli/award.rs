//! `award`: a contract comes into force with the terms of a file.

use std::path::PathBuf;

use clap::Args;
use domain::time::date;

use super::{Globals, Stop, output};
use crate::app::load::check_terms;
use crate::problem::Problem;

/// Award a contract or subcontract with the terms of a YAML file
#[derive(Debug, Args)]
pub struct Award {
    /// The terms file
    file: PathBuf,
    /// When it was signed [default: today]
    #[arg(long, value_name = "DATE")]
    signed_on: Option<String>,
}

impl Award {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Stop> {
        let shown = self.file.to_string_lossy().into_owned();
        let content = std::fs::read(&self.file).map_err(|e| Problem::file(&shown, &e))?;
        let (terms, cautions) = check_terms(&shown, &content).map_err(Stop::Problems)?;
        let today = || chrono::Utc::now().date_naive();
        let signed_on = self.signed_on.as_deref().map(date).transpose();
        let signed_on = signed_on.map_err(|e| Problem::usage("date", e, "write --signed-on 2025-04-01"))?;
        let app = globals.open_or_create().await?;
        let contract = terms.contract.clone();
        let key = format!("award:{contract}");
        let award = app.award(terms, signed_on.unwrap_or_else(today), &key).await;
        let done = award.map_err(|problem| problem.or_at(&shown, 1, 1))?;
        let when = if done.replayed { "was awarded before" } else { "awarded" };
        cautions.iter().for_each(|caution| eprintln!("{}", caution.told_as("caution")));
        output::say(format!("{contract} {when}, entry {}\n", done.entry()))?;
        Ok(())
    }
}
