//! `reconcile`: what two parties and the ledger say, and which events explain each difference.

use clap::Args;
use domain::exact::Exact;
use domain::money::Money;
use domain::name::PartyId;
use projections::balances::{Above, Balance, Said};

use super::{Asked, Globals, Output, Stop, output};
use crate::app::App;
use crate::problem::{Exit, Problem};

/// Compare what two parties say with the ledger, and explain each difference by events
#[derive(Debug, Args)]
pub struct Reconcile {
    /// The party whose side is taken
    #[arg(long, required_unless_present = "all", requires = "with")]
    party: Option<PartyId>,
    /// The other party
    #[arg(long, required_unless_present = "all", requires = "party")]
    with: Option<PartyId>,
    /// Every balance of the ledger as both parties state it, side by side
    #[arg(long, conflicts_with = "party")]
    all: bool,
    /// With --all: only what is still owed by more than this
    #[arg(long, value_name = "AMOUNT", default_value = "0.00", requires = "all")]
    above: Money,
    /// With --all: only years worth more than this [default: as --above]
    #[arg(long, value_name = "AMOUNT", requires = "all")]
    income_above: Option<Money>,
    #[command(flatten)]
    asked: Asked,
}

impl Reconcile {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Stop> {
        let app = globals.open().await?;
        // Without both of them clap has asked for --all.
        let (Some(party), Some(with)) = (&self.party, &self.with) else {
            return self.balances(globals, &app).await;
        };
        let all = app.reconcile(party, with, (&self.asked).into()).await?;
        if all.is_empty() {
            let message = format!("not recorded: balance-stated between `{party}` and `{with}`");
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

    /// The agreement of balances over the whole ledger.
    async fn balances(&self, globals: &Globals, app: &App) -> Result<(), Stop> {
        let above = Above { receivable: self.above, income: self.income_above.unwrap_or(self.above) };
        let all = app.balances(above, (&self.asked).into()).await?;
        if globals.output == Output::Json {
            output::json(&all)?;
        } else {
            output::csv(&HEADER, all.iter().map(row))?;
        }
        let agree = all.iter().all(|balance| balance.mismatch == Money::ZERO);
        if agree { Ok(()) } else { Err(Stop::Told(Exit::Findings)) }
    }
}

const HEADER: [&str; 8] =
    ["contract", "year", "basis", "party", "counterparty", "receivable", "payable", "mismatch"];

fn row(balance: &Balance) -> Vec<String> {
    let said = |said: Option<Said>| said.map(|s| s.amount.to_string()).unwrap_or_default();
    vec![
        balance.contract.to_string(),
        balance.year.to_string(),
        balance.basis.to_string(),
        balance.party.to_string(),
        balance.counterparty.to_string(),
        said(balance.receivable),
        said(balance.payable),
        balance.mismatch.to_string(),
    ]
}
