//! `demo`: a contract year from award to settlement, in a temporary ledger.

use clap::Args;
use domain::exact::Exact;
use domain::time::{AsOf, KnownAt};
use include_dir::{Dir, include_dir};
use store::StoreError;
use store::proof::new_pair;

use super::{Globals, Stop, load, output, serve};
use crate::app::load::Folder;
use crate::app::{App, Times};
use crate::http::Log;
use crate::problem::Problem;

static PENNINE: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../examples/pennine-msk");

/// Load the Pennine example into a temporary ledger, show its year settled, and serve it as pages
#[derive(Debug, Args)]
pub struct Demo {
    /// End after showing the year
    #[arg(long)]
    no_serve: bool,
    #[command(flatten)]
    place: serve::Place,
}

impl Demo {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Stop> {
        let dir = tempfile::Builder::new().prefix("riskshare-demo-").tempdir();
        let path = dir.map_err(|e| Problem::file("a temporary folder", &e))?.keep().join("demo.db");
        let url = format!("sqlite:{}", path.display());
        eprintln!("Loading the example into {url}");
        // A key of the demo's own, kept nowhere: what it signs can be checked while it runs.
        let (private, _) = new_pair("demo.example/riskshare").map_err(StoreError::from)?;
        let key = private.parse().map_err(StoreError::Proof)?;
        let app = App::open_uncreated(&url, globals.actor()?).await?.signing(Some(key));
        load::with_progress(&Folder::BuiltIn("pennine-msk", &PENNINE), &app).await?;
        let last = show(&app).await?;
        output::say(format!(
            "\nNext, with your own contract: write its terms as in examples/pennine-msk/terms, register its parties with \
             `riskshare apply`, then `riskshare award TERMS.yaml`.\nOr ask this ledger another question: \
             riskshare --ledger {url} settle pennine-msk --year 2013/14 --as-of 2013-09-30 --known-at 2013-09-30\n"
        ))?;
        if !self.no_serve {
            // The year is long over: its pages are shown as of the day on which it was drawn up.
            let query = last.map_or(String::new(), |as_of| format!("?as_of={as_of}"));
            self.place.serve(app, Log::Faults, &query).await?;
        }
        Ok(())
    }
}

/// Every statement drawn up, subcontracts before the head, and every party's position; gives the last
/// business date.
async fn show(app: &App) -> Result<Option<AsOf>, Problem> {
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
    ))?;
    Ok(last)
}

/// A sum as statements print amounts.
fn shown(sum: &Exact) -> String {
    sum.as_money().map_or_else(|| sum.show(2), |money| money.show_plain())
}
