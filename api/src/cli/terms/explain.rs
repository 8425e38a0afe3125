//! `terms explain`: a contract in plain words, with what each party can gain and lose by it.

use std::path::PathBuf;

use clap::Args;
use domain::exposure::{Total, of_parties};
use domain::name::{ContractId, PartyId};
use domain::terms::Terms;
use domain::year::ContractYear;
use projections::contracts::Clause;
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

/// What a party can gain and lose in a contract year, against what the contract plans.
#[derive(Debug, Serialize)]
struct Exposed {
    party: PartyId,
    /// The most it can gain, as far as it is an amount; nothing where it has no limit.
    max_gain: Option<String>,
    /// The most it can lose, in the same way.
    max_loss: Option<String>,
    /// Whether it can lose without limit.
    unbounded: bool,
    /// The two in words, with the clauses that set no limit.
    reason: String,
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
        let exposed = |(party, gain, loss): (PartyId, Total, Total)| Exposed {
            reason: format!("can gain {}; can lose {}", told(&gain, terms), told(&loss, terms)),
            max_gain: amount(&gain),
            max_loss: amount(&loss),
            unbounded: !loss.without.is_empty(),
            party,
        };
        Explained {
            contract: terms.contract.clone(),
            title: terms.title.clone(),
            payer: terms.parties.payer.clone(),
            payee: terms.parties.payee.clone(),
            from: terms.years.from,
            to: terms.years.to,
            clauses: words::clauses(terms),
            exposures: of_parties(terms).into_iter().map(exposed).collect(),
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

/// The limit where it is an amount.
fn amount(total: &Total) -> Option<String> {
    (total.without.is_empty() && total.parts.is_empty()).then(|| total.amount.show(2))
}

fn told(total: &Total, terms: &Terms) -> String {
    if !total.without.is_empty() {
        let why: Vec<String> =
            total.without.iter().map(|(clause, reason)| format!("clause {clause}: {reason}")).collect();
        return format!("without limit ({})", why.join("; "));
    }
    if total.amount.is_zero() && total.parts.is_empty() {
        return "nothing".to_owned();
    }
    let amount = total.amount.to_places(2).as_money().map(|money| money.show(terms.currency));
    let amount = amount.filter(|_| !total.amount.is_zero());
    let parts = total.parts.iter().map(|(clause, what)| format!("{what} (clause {clause})"));
    let limits: Vec<String> = amount.into_iter().chain(parts).collect();
    format!("{} at most", limits.join(" and "))
}
