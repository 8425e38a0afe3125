//! `diff`: the bridge between two statements of a contract year.

use clap::Args;
use domain::name::ContractId;
use domain::time::{AsOf, KnownAt};
use domain::year::ContractYear;

use super::{Globals, Output, Stop, output};

/// Show which events changed which line of a statement by how much, between two times
#[derive(Debug, Args)]
pub struct Diff {
    /// The contract
    contract: ContractId,
    /// The contract year, such as 2025/26
    #[arg(long)]
    year: ContractYear,
    /// The earlier time, as known then: a date, a moment or an entry
    #[arg(long, value_name = "TIME")]
    from: KnownAt,
    /// The later time
    #[arg(long, value_name = "TIME", default_value = "now")]
    to: KnownAt,
    /// Business date of both [default: today]
    #[arg(long, value_name = "DATE")]
    as_of: Option<AsOf>,
    /// Business date of the earlier statement, where it is another
    #[arg(long, value_name = "DATE")]
    from_as_of: Option<AsOf>,
}

impl Diff {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Stop> {
        let app = globals.open().await?;
        let bridge = app
            .bridge(&self.contract, self.year, (self.from_as_of, self.from), (self.as_of, self.to))
            .await?;
        match globals.output {
            Output::Text => output::say(&bridge)?,
            Output::Json => output::json(&bridge)?,
            Output::Csv | Output::Xlsx => {
                let header = ["entry", "recorded_at", "what", "line", "before", "after", "by"];
                let text = |value: Option<String>| value.unwrap_or_default();
                let rows = bridge.causes.iter().flat_map(|cause| {
                    cause.changes.iter().map(move |change| {
                        vec![
                            text(cause.entry.map(|e| e.to_string())),
                            text(cause.recorded_at.map(|t| t.to_string())),
                            cause.what.clone(),
                            change.line.clone(),
                            text(change.before.as_ref().map(|e| e.show(2))),
                            text(change.after.as_ref().map(|e| e.show(2))),
                            change.by().show(2),
                        ]
                    })
                });
                output::csv(&header, rows)?;
            }
        }
        Ok(())
    }
}
