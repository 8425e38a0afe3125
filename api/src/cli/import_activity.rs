//! `import activity`: files as providers send them.

use std::path::PathBuf;

use clap::Args;
use domain::name::ContractId;
use domain::verb::activity::{Estimate, Flow};
use domain::worksheet::Stage;

use super::{Globals, Output, Stop, output, progress};
use crate::app::activity::MarketForces;
use crate::app::activity::import::{Asked, Imported, import};
use crate::problem::{Exit, Problem};

/// Import activity files
#[derive(Debug, Args)]
pub struct ImportActivity {
    /// The files, in the order in which they were received
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// How final they are: estimated, flex or freeze
    #[arg(long)]
    stage: Stage,
    /// Whether what a line costs has the market forces factor in it; there is no default, for it is worth a
    /// few percent
    #[arg(long, value_enum)]
    mff: MarketForces,
    /// The contract of every line; else it is the one between the line's provider and commissioner in the
    /// month
    #[arg(long)]
    contract: Option<ContractId>,
    /// Which return it is; else the header says it
    #[arg(long, value_parser = flow, value_name = "plcm|drplcm|deplcm|acm|local")]
    flow: Option<Flow>,
    /// Who estimated, where the stage is estimated
    #[arg(long, requires = "method")]
    estimated_by: Option<String>,
    /// How it was estimated
    #[arg(long, requires = "estimated_by")]
    method: Option<String>,
    /// Who sent the files
    #[arg(long, value_name = "WHO")]
    sent_by: Option<String>,
    /// Show the same, and record nothing
    #[arg(long)]
    dry_run: bool,
    /// Where the file goes back to with a verdict on every line
    #[arg(long, value_name = "OUT.csv")]
    verdicts: Option<PathBuf>,
}

impl ImportActivity {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Stop> {
        if self.verdicts.is_some() && self.files.len() > 1 {
            let hint = "import the files one by one, each with a --verdicts of its own";
            let problem = Problem::usage("verdicts", "--verdicts is the answer to one file", hint);
            return Err(problem.into());
        }
        let app = globals.open_or_create().await?;
        let mut rehearsed = None;
        if self.dry_run {
            rehearsed = Some(app.kept().await?.book().clone());
        }
        let mut told = Vec::new();
        let mut rejected = 0;
        for file in &self.files {
            let length = std::fs::metadata(file).map_or(0, |about| about.len());
            let bar = progress::bytes(length, file.display().to_string());
            let watched = bar.clone();
            let name = file.display().to_string();
            let tell = move |bytes, lines| {
                watched.set_position(bytes);
                watched.set_message(format!("{name}, {lines} lines"));
            };
            let imported = import(&app, self.asked(file), rehearsed.as_mut(), tell).await;
            bar.finish_and_clear();
            let imported = imported?;
            rejected += imported.told.counted.rejected;
            self.say(&imported, globals.output)?;
            told.push(imported.told);
        }
        if globals.output != Output::Text {
            output::json(&told)?;
        }
        if rejected > 0 { Err(Stop::Told(Exit::Findings)) } else { Ok(()) }
    }

    fn asked(&self, file: &std::path::Path) -> Asked {
        let estimate = self.estimated_by.clone().zip(self.method.clone());
        Asked {
            path: file.to_owned(),
            contract: self.contract.clone(),
            flow: self.flow,
            stage: self.stage,
            mff: self.mff,
            estimate: estimate.map(|(author, method)| Estimate { author, method }),
            sent_by: self.sent_by.clone(),
            returned: self.verdicts.clone(),
        }
    }

    /// The answer goes to standard output; whether it was recorded, which a dry run has otherwise, beside it.
    fn say(&self, imported: &Imported, form: Output) -> Result<(), Problem> {
        if form == Output::Text {
            output::say(&imported.told)?;
        }
        match (self.dry_run, imported.recorded) {
            (true, _) => eprintln!("nothing was recorded: this was a dry run"),
            (false, 0) => {
                eprintln!("nothing was recorded: the ledger has it already, or no line was accepted")
            }
            (false, 1) => eprintln!("1 report recorded"),
            (false, reports) => eprintln!("{reports} reports recorded"),
        }
        Ok(())
    }
}

fn flow(text: &str) -> Result<Flow, String> {
    let all = [Flow::Plcm, Flow::DrPlcm, Flow::DePlcm, Flow::Acm, Flow::Local];
    let found = all.into_iter().find(|flow| flow.to_string().eq_ignore_ascii_case(text));
    found.ok_or_else(|| format!("`{text}` is not a flow; write plcm, drplcm, deplcm, acm or local"))
}
