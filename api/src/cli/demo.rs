//! `demo`: a contract year from award to settlement, in a temporary ledger.

use clap::Args;
use domain::exact::Exact;
use domain::time::KnownAt;
use include_dir::{Dir, include_dir};

use super::{Globals, Stop, load, output};
use crate::app::load::Folder;
use crate::app::{App, Times};
use crate::problem::Problem;

static PENNINE: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../examples/pennine-msk");

/// Load the Pennine example into a temporary ledger and show its year settled
#[derive(Debug, Args)]
pub struct Demo {
    /// End after showing the year
    #[arg(long)]
    no_serve: bool,
}

impl Demo {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Stop> {
        let dir = tempfile::Builder::new().prefix("riskshare-demo-").tempdir();
        let path = dir.map_err(|e| Problem::file("a temporary folder", &e))?.keep().join("demo.db");
        let url = format!("sqlite:{}", path.display());
        eprintln!("Loading the example into {url}");
        let app = App::open_uncreated(&url, globals.actor()?).await?;
        load::with_progress(&Folder::BuiltIn("pennine-msk", &PENNINE), &app).await?;
        show(&app).await?;
        output::say(format!(
            "\nNext, with your own contract: write its terms as in examples/pennine-msk/terms, register its parties with \
             `riskshare apply`, then `riskshare award TERMS.yaml`.\nOr ask this ledger another question: \
             riskshare --ledger {url} settle pennine-msk --year 2013/14 --as-of 2013-09-30 --known-at 2013-09-30\n"
        ))?;
        if !self.no_serve {
            output::say("There are no pages to serve yet.\n")?;
        }
        Ok(())
    }
}

/// Every statement drawn up, subcontracts before the head, and every party's position.
async fn show(app: &App) -> Result<(), Problem> {
    let kept = app.kept().await?;
    let mut statements: Vec<_> =
        kept.book().contracts.values().flat_map(|case| case.statements.clone()).collect();
    drop(kept);
    statements.sort_by_key(|s| s.entry);
    let mut last = None;
    for drawn_up in &statements {
        output::say(format!("{}\n", drawn_up.fact.statement))?;
        last = Some(drawn_up.fact.statement.as_of);
    }
    let times = Times { as_of: last, known_at: KnownAt::Now };
    let (mut balances, mut results) = (Exact::zero(), Exact::zero());
    for party in app.parties().await? {
        let position = app.position(&party, times).await?;
        output::say(&position)?;
        balances = balances + position.net.into();
        results = results + position.rows.iter().filter_map(|row| row.result).map(Exact::from).sum();
    }
    output::say(format!(
        "Balances of all parties sum to {}, results to {}.\n",
        shown(&balances),
        shown(&results)
    ))
}

/// A sum as statements print amounts.
fn shown(sum: &Exact) -> String {
    sum.as_money().map_or_else(|| sum.show(2), |money| money.show_plain())
}
