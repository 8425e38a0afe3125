//! `reconcile`: what two parties and the ledger say, and which events explain each difference.

use clap::Args;
use domain::exact::Exact;
use domain::name::PartyId;

use super::{Asked, Globals, Output, Stop, output};
use crate::problem::{Exit, Problem};

/// Compare what two parties say with the ledger, and explain each difference by events
#[derive(Debug, Args)]
pub struct Reconcile {
    /// The party whose side is taken
    #[arg(long)]
    party: PartyId,
    /// The other party
    #[arg(long)]
    with: PartyId,
    #[command(flatten)]
    asked: Asked,
}

impl Reconcile {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Stop> {
        let app = globals.open().await?;
        let all = app.reconcile(&self.party, &self.with, (&self.asked).into()).await?;
        if all.is_empty() {
            let message =
                format!("not recorded: balance-stated between `{}` and `{}`", self.party, self.with);
            let hint = "record what a party says with state-balance";
            return Err(Problem::new(Exit::Findings, "not-recorded", message, hint).into());
        }
        match globals.output {
            Output::Text => all.iter().try_for_each(output::say)?,
            Output::Json => output::json(&all)?,
            Output::Csv | Output::Xlsx => return Err(output::not_in(globals.output, "reconcile").into()),
        }
        let claims = all.iter().flat_map(|r| [&r.first, &r.second]).flatten();
        let open = claims.into_iter().any(|claimed| claimed.unexplained != Exact::zero());
        if open { Err(Stop::Told(Exit::Findings)) } else { Ok(()) }
    }
}
