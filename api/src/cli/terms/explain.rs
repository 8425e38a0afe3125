//! `terms explain`: a contract in plain words, with what each party can gain and lose by it.

use std::path::PathBuf;

use clap::Args;
use domain::name::{ContractId, PartyId};
use domain::names::Names;
use domain::terms::Terms;
use domain::year::ContractYear;
use projections::contracts::Clause;
use projections::exposure::{self, Exposed};
use projections::words;
use serde::Serialize;

use super::super::{Globals, Output, Stop, output};
use crate::app::load::read_terms;
use crate::problem::Problem;

/// Tell a terms file in plain words, with the largest gain and loss of each party
#[derive(Debug, Args)]
pub struct Explain {
    /// The terms file
    file: PathBuf,
}

/// A contract in plain words.
#[derive(Debug, Serialize)]
struct Explained {
    contract: ContractId,
    title: String,
    payer: PartyId,
    payee: PartyId,
    from: ContractYear,
    to: ContractYear,
    clauses: Vec<Clause>,
    exposures: Vec<Exposed>,
}

impl Explain {
    pub(super) fn run(self, globals: &Globals) -> Result<(), Stop> {
        let shown = self.file.to_string_lossy().into_owned();
        let content = std::fs::read(&self.file).map_err(|e| Problem::file(&shown, &e))?;
        let explained = Explained::of(&read_terms(&shown, &content).map_err(Stop::Problems)?);
        match globals.output {
            Output::Text => output::say(explained.text())?,
            Output::Json => output::json(&explained)?,
            form => return Err(output::not_in(form, "terms explain").into()),
        }
        Ok(())
    }
}

impl Explained {
    fn of(terms: &Terms) -> Explained {
        Explained {
            contract: terms.contract.clone(),
            title: terms.title.clone(),
            payer: terms.parties.payer.clone(),
            payee: terms.parties.payee.clone(),
            from: terms.years.from,
            to: terms.years.to,
            clauses: words::clauses(terms, &Names::default()),
            exposures: exposure::of(terms),
        }
    }

    fn text(&self) -> String {
        let Explained { contract, title, payer, payee, from, to, .. } = self;
        let mut text = format!("{title}\nContract {contract}, {from} to {to}: {payer} pays {payee}\n\n");
        for clause in &self.clauses {
            text += &format!("Clause {}: {}\n", clause.clause, clause.says);
        }
        text += "\nIn a full year, against what the contract plans:\n";
        for exposed in &self.exposures {
            text += &format!("{} {}\n", exposed.party, exposed.reason);
        }
        text
    }
}
