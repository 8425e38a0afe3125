//! `what-if`: a contract year under other terms, or with other facts. Records nothing.

use std::path::{Path, PathBuf};

use clap::Args;
use domain::name::ContractId;
use domain::year::ContractYear;
use projections::what_if::{self, Amounts, Change, Changes};

use super::{Asked, Globals, Output, Stop, output};
use crate::app::load::read_terms;
use crate::problem::Problem;

/// Show what a contract year would come to under other terms or with other facts, and the bridge there;
/// records nothing
#[derive(Debug, Args)]
pub struct WhatIf {
    /// The contract
    contract: ContractId,
    /// The contract year, such as 2025/26
    #[arg(long)]
    year: ContractYear,
    /// What is otherwise: /pay/0/budget=24000000.00 in the contract's terms, CONTRACT:/pay/0/cap=5% in
    /// another's, @41/value=0.80 in the fact recorded at an entry; an empty value leaves the field out
    #[arg(long, value_name = "POINTER=VALUE", required_unless_present = "terms")]
    set: Vec<Changes>,
    /// A terms file to take in place of the terms of the contract that it names; taken before what is set
    #[arg(long, value_name = "FILE")]
    terms: Vec<PathBuf>,
    #[command(flatten)]
    asked: Asked,
}

impl WhatIf {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Stop> {
        let mut changes = Vec::new();
        for file in &self.terms {
            changes.push(other_terms(file).map_err(Stop::Problems)?);
        }
        changes.extend(self.set.into_iter().flat_map(|several| several.0));
        let app = globals.open().await?;
        let asked = app.what_if(&self.contract, self.year, &changes, (&self.asked).into()).await;
        let answer = asked.map_err(Stop::Problems)?;
        match globals.output {
            Output::Text => output::say(&answer)?,
            Output::Json => output::json(&answer)?,
            Output::Csv | Output::Xlsx => rows(&answer)?,
        }
        Ok(())
    }
}

fn other_terms(file: &Path) -> Result<Change, Vec<Problem>> {
    let shown = file.to_string_lossy().into_owned();
    let content = std::fs::read(file).map_err(|e| vec![Problem::file(&shown, &e)])?;
    Ok(Change::Terms { terms: Box::new(read_terms(&shown, &content)?), file: shown })
}

/// The lines of the bridge, then what is payable, then each party.
fn rows(answer: &what_if::WhatIf) -> Result<(), Problem> {
    let header = ["what", "of", "name", "before", "after", "difference", "because"];
    let lines = answer.causes.iter().flat_map(|cause| {
        cause.changes.iter().map(move |change| {
            let side =
                |side: &Option<domain::exact::Exact>| side.as_ref().map(|e| e.show(2)).unwrap_or_default();
            let (before, after, by) = (side(&change.before), side(&change.after), change.by().show(2));
            vec![
                "line".to_owned(),
                change.line.clone(),
                change.name.clone(),
                before,
                after,
                by,
                cause.because.clone(),
            ]
        })
    });
    let pairs = answer
        .payables
        .iter()
        .map(|pair| row("payable", &pair.contract, format!("{} to {}", pair.from, pair.to), &pair.payable));
    let parties = answer.parties.iter().flat_map(|standing| {
        [("entitled", &standing.entitled), ("result", &standing.result)]
            .map(|(what, amounts)| row(what, &standing.party, String::new(), amounts))
    });
    output::csv(&header, lines.chain(pairs).chain(parties))
}

fn row(what: &str, of: &impl ToString, name: String, amounts: &Amounts) -> Vec<String> {
    let side = |side: Option<domain::money::Money>| side.map(|m| m.to_string()).unwrap_or_default();
    let (before, after) = (side(amounts.before), side(amounts.after));
    vec![what.to_owned(), of.to_string(), name, before, after, side(amounts.difference), String::new()]
}
