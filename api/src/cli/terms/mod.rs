//! `terms`: what can be asked of a terms file alone, without a ledger.

mod check;
mod explain;
mod schema;

use clap::{Args, Subcommand};

use super::{Globals, Stop};

/// Ask about a terms file, without a ledger
#[derive(Debug, Args)]
pub struct TermsOf {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Check(check::Check),
    Explain(explain::Explain),
    Schema(schema::Schema),
}

impl TermsOf {
    pub(super) fn run(self, globals: &Globals) -> Result<(), Stop> {
        match self.verb {
            Verb::Check(verb) => verb.run(globals),
            Verb::Explain(verb) => verb.run(globals),
            Verb::Schema(verb) => verb.run(),
        }
    }
}
