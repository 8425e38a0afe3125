//! The command line: one file for each verb, one row in the list below.

mod agree;
mod apply;
mod award;
mod challenges;
mod check;
mod checkpoint;
mod claim_stop_loss;
mod contracts;
mod demo;
mod diff;
mod draw_up;
mod explain;
mod export;
mod exposure;
mod flows;
mod generate;
mod headroom;
mod history;
mod import;
mod import_activity;
mod import_population;
mod keys;
mod lines;
mod load;
mod looks;
mod months;
mod new;
mod output;
mod position;
mod progress;
mod proof;
mod reconcile;
mod serve;
mod settle;
mod settlements;
mod spend;
mod template;
mod terms;
mod todo;
mod what_if;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use domain::time::{AsOf, KnownAt};
use store::StoreError;
use store::proof::SigningKey;

use crate::app::{App, Times};
use crate::problem::{Exit, Problem};
use crate::verify::Verify;

pub use output::Output;

/// The ledger of risk and payments under accountable-care contracts.
#[derive(Debug, Parser)]
#[command(name = "riskshare", version, arg_required_else_help = true, after_help = EXIT_CODES)]
struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    verb: Verb,
}

const EXIT_CODES: &str = "Exit codes: 0 done; 1 findings (lines rejected, a needed fact not recorded); 2 usage; \
    3 not found; 4 refused by a rule; 5 conflict (version, key, closed); 6 integrity; 7 unavailable.";

/// What every verb takes.
#[derive(Clone, Debug, Args)]
pub struct Globals {
    /// The ledger: sqlite:PATH or postgres://USER@HOST/DATABASE, with #NAME where it is not `main`
    #[arg(
        long,
        global = true,
        env = "RISKSHARE_LEDGER",
        default_value = "sqlite:riskshare.db",
        value_name = "URL"
    )]
    ledger: String,
    /// Who gives the commands
    #[arg(
        long = "as",
        global = true,
        env = "RISKSHARE_AS",
        default_value = "local@local",
        value_name = "PERSON@PARTY"
    )]
    acting_as: String,
    /// The file of the private key that checkpoints are signed with
    #[arg(
        long,
        global = true,
        env = "RISKSHARE_SIGNING_KEY_FILE",
        value_name = "FILE",
        hide_short_help = true
    )]
    signing_key: Option<PathBuf>,
    /// How answers are written
    #[arg(long, global = true, value_enum, default_value_t = Output::Text)]
    output: Output,
}

/// The two times of a question.
#[derive(Clone, Debug, Args)]
pub struct Asked {
    /// Business date: what had been measured by then [default: today]
    #[arg(long, value_name = "DATE")]
    as_of: Option<AsOf>,
    /// What the ledger knew: a date (its end), a moment, or an entry such as @123 [default: now]
    #[arg(long, value_name = "TIME", default_value = "now", hide_default_value = true)]
    known_at: KnownAt,
}

impl From<&Asked> for Times {
    fn from(asked: &Asked) -> Times {
        Times { as_of: asked.as_of, known_at: asked.known_at }
    }
}

/// The verbs.
#[derive(Debug, Subcommand)]
enum Verb {
    Demo(demo::Demo),
    Load(load::Load),
    Apply(apply::Apply),
    Award(award::Award),
    New(new::New),
    Generate(generate::Generate),
    Template(template::Template),
    Terms(terms::TermsOf),
    Contracts(contracts::Contracts),
    Settle(settle::Settle),
    DrawUp(draw_up::DrawUp),
    Agree(agree::Agree),
    Diff(diff::Diff),
    WhatIf(what_if::WhatIf),
    Explain(explain::Explain),
    Reconcile(reconcile::Reconcile),
    Months(months::Months),
    Settlements(settlements::Settlements),
    Position(position::Position),
    Todo(todo::Todo),
    Headroom(headroom::Headroom),
    Exposure(exposure::Exposure),
    Challenges(challenges::Challenges),
    #[command(alias = "controls")]
    Flows(flows::Flows),
    Lines(lines::Lines),
    ClaimStopLoss(claim_stop_loss::ClaimStopLoss),
    Spend(spend::Spend),
    History(history::History),
    Looks(looks::Looks),
    Import(import::Import),
    Export(export::Export),
    Keys(keys::Keys),
    Checkpoint(checkpoint::Checkpoint),
    Proof(proof::Proof),
    Verify(Verify),
    Check(check::Check),
    Serve(serve::Serve),
}

impl Verb {
    async fn run(self, globals: &Globals) -> Result<(), Stop> {
        if globals.output == Output::Xlsx && !matches!(self, Verb::Settle(_)) {
            let hint = "ask for one with: riskshare settle CONTRACT --year YEAR --output xlsx > FILE.xlsx";
            return Err(Problem::usage("output", "only a statement has the form of a workbook", hint).into());
        }
        match self {
            Verb::Demo(verb) => verb.run(globals).await,
            Verb::Load(verb) => verb.run(globals).await,
            Verb::Apply(verb) => verb.run(globals).await,
            Verb::Award(verb) => verb.run(globals).await,
            Verb::New(verb) => verb.run(),
            Verb::Generate(verb) => verb.run(),
            Verb::Template(verb) => verb.run(),
            Verb::Terms(verb) => verb.run(globals),
            Verb::Contracts(verb) => verb.run(globals).await,
            Verb::Settle(verb) => verb.run(globals).await,
            Verb::DrawUp(verb) => verb.run(globals).await,
            Verb::Agree(verb) => verb.run(globals).await,
            Verb::Reconcile(verb) => verb.run(globals).await,
            Verb::Explain(verb) => verb.run(globals).await,
            Verb::Diff(verb) => verb.run(globals).await,
            Verb::WhatIf(verb) => verb.run(globals).await,
            Verb::Settlements(verb) => verb.run(globals).await,
            Verb::Position(verb) => verb.run(globals).await,
            Verb::Todo(verb) => verb.run(globals).await,
            Verb::Months(verb) => verb.run(globals).await,
            Verb::Headroom(verb) => verb.run(globals).await,
            Verb::Exposure(verb) => verb.run(globals).await,
            Verb::Challenges(verb) => verb.run(globals).await,
            Verb::Flows(verb) => verb.run(globals).await,
            Verb::Lines(verb) => verb.run(globals).await,
            Verb::ClaimStopLoss(verb) => verb.run(globals).await,
            Verb::Spend(verb) => verb.run(globals).await,
            Verb::History(verb) => verb.run(globals).await,
            Verb::Looks(verb) => verb.run(globals).await,
            Verb::Import(verb) => verb.run(globals).await,
            Verb::Export(verb) => verb.run(globals).await,
            Verb::Keys(verb) => verb.run(),
            Verb::Checkpoint(verb) => verb.run(globals).await,
            Verb::Proof(verb) => verb.run(globals).await,
            Verb::Verify(verb) => verify(&verb),
            Verb::Check(verb) => verb.run(globals).await,
            Verb::Serve(verb) => verb.run(globals).await,
        }
    }
}

/// Checks an export or a proof.
fn verify(verb: &Verify) -> Result<(), Stop> {
    let report = verb.run()?;
    output::say(&report)?;
    report.exit().map_or(Ok(()), |exit| Err(Stop::Told(exit)))
}

/// Why a run does not end with success.
#[derive(Debug)]
enum Stop {
    /// Problems, still to be told.
    Problems(Vec<Problem>),
    /// Everything was told already.
    Told(Exit),
}

impl<P: Into<Problem>> From<P> for Stop {
    fn from(problem: P) -> Stop {
        Stop::Problems(vec![problem.into()])
    }
}

impl Globals {
    fn actor(&self) -> Result<domain::actor::Actor, Problem> {
        let hint = "write it as --as PERSON@PARTY, such as --as jo.patel@northmoor";
        crate::app::load::actor(&self.acting_as, "finance").map_err(|e| Problem::usage("actor", e, hint))
    }

    /// The key to sign with: of the file named, or of the environment.
    fn key(&self) -> Result<Option<SigningKey>, Problem> {
        let text = match &self.signing_key {
            Some(file) => {
                Some(std::fs::read_to_string(file).map_err(|e| Problem::file(&file.to_string_lossy(), &e))?)
            }
            None => std::env::var("RISKSHARE_SIGNING_KEY").ok(),
        };
        Ok(text.map(|text| text.parse()).transpose().map_err(StoreError::Proof)?)
    }

    /// The ledger, which must be there.
    async fn open(&self) -> Result<App, Problem> {
        Ok(App::open(&self.ledger, self.actor()?).await?.signing(self.key()?))
    }

    /// A log without its first event, for what brings that along.
    async fn open_uncreated(&self, url: &str) -> Result<App, Problem> {
        Ok(App::open_uncreated(url, self.actor()?).await?.signing(self.key()?))
    }

    /// The ledger, created where it is missing.
    async fn open_or_create(&self) -> Result<App, Problem> {
        self.open_or_create_at(&self.ledger).await
    }

    /// The same of another ledger.
    async fn open_or_create_at(&self, url: &str) -> Result<App, Problem> {
        Ok(App::open_or_create(url, self.actor()?).await?.signing(self.key()?))
    }
}

/// Runs the program.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are answers; everything else is a call that makes no sense.
            let usage = error.use_stderr();
            return if error.print().is_err() || usage { Exit::Usage.into() } else { ExitCode::SUCCESS };
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(why) => {
            eprintln!(
                "error: the program cannot start its threads: {why}\nhint: free some memory and try again"
            );
            return Exit::Unavailable.into();
        }
    };
    let Cli { globals, verb } = cli;
    match runtime.block_on(verb.run(&globals)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop::Told(exit)) => exit.into(),
        Err(Stop::Problems(problems)) => output::tell(&problems, globals.output),
    }
}
