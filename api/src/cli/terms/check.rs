//! `terms check`: every fault of a terms file, and what its parties should know before they sign.

use std::path::PathBuf;

use clap::Args;
use domain::terms::Terms;
use serde::Serialize;

use super::super::{Globals, Output, Stop, output};
use crate::app::load::check_terms;
use crate::problem::{Exit, Problem};

/// Name every fault of a terms file, and everything its parties should know before they sign
#[derive(Debug, Args)]
pub struct Check {
    /// The terms file
    file: PathBuf,
}

/// What a check came to.
#[derive(Debug, Serialize)]
struct Checked {
    /// What stops an award.
    faults: Vec<Problem>,
    /// What stops nothing and should be known.
    cautions: Vec<Problem>,
}

impl Check {
    pub(super) fn run(self, globals: &Globals) -> Result<(), Stop> {
        let shown = self.file.to_string_lossy().into_owned();
        let content = std::fs::read(&self.file).map_err(|e| Problem::file(&shown, &e))?;
        let (terms, checked) = match check_terms(&shown, &content) {
            Ok((terms, cautions)) => (Some(terms), Checked { faults: Vec::new(), cautions }),
            Err(faults) => (None, Checked { faults, cautions: Vec::new() }),
        };
        match globals.output {
            Output::Json => output::json(&checked)?,
            Output::Text => output::say(text(terms.as_ref(), &checked))?,
            form @ (Output::Csv | Output::Xlsx) => return Err(output::not_in(form, "terms check").into()),
        }
        let found = checked.faults.len() + checked.cautions.len();
        if found > 0 { Err(Stop::Told(Exit::Findings)) } else { Ok(()) }
    }
}

fn text(terms: Option<&Terms>, checked: &Checked) -> String {
    let told = |word: &'static str| move |problem: &Problem| format!("{}\n", problem.told_as(word));
    let faults = checked.faults.iter().map(told("error"));
    let cautions = checked.cautions.iter().map(told("caution"));
    let mut text: String = faults.chain(cautions).collect();
    if let Some(terms) = terms {
        text += &summary(terms, checked.cautions.len());
    }
    text
}

/// What was checked, and what cannot be without a ledger.
fn summary(terms: &Terms, cautions: usize) -> String {
    let parties: Vec<String> = terms.all_parties().iter().map(ToString::to_string).collect();
    let head = terms
        .under
        .as_ref()
        .map_or(String::new(), |head| format!(", and that `{head}` runs for these years"));
    format!(
        "{}, {} to {}: {}, {}; {}, {}\nleft to the award: that the ledger knows {}{head}\n",
        terms.contract,
        terms.years.from,
        terms.years.to,
        number(terms.pay.len(), "paying clause"),
        number(terms.outcomes.len(), "indicator"),
        "no fault",
        number(cautions, "caution"),
        parties.join(", "),
    )
}

fn number(n: usize, what: &str) -> String {
    match n {
        0 => format!("no {what}"),
        1 => format!("1 {what}"),
        n => format!("{n} {what}s"),
    }
}
