//! `explain`: a line of a statement taken apart down to the events behind it.

use clap::Args;
use domain::year::ContractYear;

use super::{Asked, Globals, Output, Stop, output};
use crate::problem::{Exit, Problem};

/// Take a line of a statement apart: clause, working, lines used, events, people, evidence
#[derive(Debug, Args)]
pub struct Explain {
    /// The line's id, such as pennine-msk/5.1/pool-share/northmoor
    line: String,
    /// The contract year [default: the latest begun]
    #[arg(long)]
    year: Option<ContractYear>,
    #[command(flatten)]
    asked: Asked,
}

impl Explain {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Stop> {
        let app = globals.open().await?;
        let explained = app.explain(&self.line, self.year, (&self.asked).into()).await?;
        match globals.output {
            Output::Text => output::say(&explained)?,
            Output::Json => output::json(&explained)?,
            Output::Csv | Output::Xlsx => return Err(output::not_in(globals.output, "explain").into()),
        }
        let Some(missing) = explained.missing else { return Ok(()) };
        let hint = "record what was measured with measure-outcome";
        Err(Problem::new(Exit::Findings, "not-recorded", format!("not recorded: {missing}"), hint).into())
    }
}
