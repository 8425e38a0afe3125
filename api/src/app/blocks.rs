//! The blocks of a ledger as a Parquet dataset: one folder for each contract, provider and month.

use std::path::{Path, PathBuf};

use domain::book::{Case, Entered};
use domain::drafts::Drafts;
use domain::verb::activity::ActivityReported;
use domain::year::Month;

use super::lines::facts;
use super::{App, Times};
use crate::problem::{Exit, Problem};

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Written {
    /// How many files.
    pub blocks: u64,
    /// How many lines they hold.
    pub lines: u64,
}

impl App {
    /// Writes the blocks of reports into an empty folder, the files as they are kept, under
    /// `contract=../provider=../month=../`: those of payable reports, or of every report, then with
    /// `stage=../` too.
    ///
    /// # Errors
    /// Where the folder holds something or cannot be written; where a block is gone or has other content.
    pub async fn export_blocks(
        &self,
        folder: &Path,
        every_stage: bool,
        times: Times,
    ) -> Result<Written, Problem> {
        empty(folder)?;
        let kept = self.kept().await?;
        let (book, as_of) = (kept.at(times.known_at)?, times.business_date(&kept));
        let (drafts, mut all) = (Drafts::of(&book, as_of), Vec::new());
        for case in book.contracts.values() {
            all.extend(reports(&drafts, case, every_stage)?);
        }
        all.retain(|report| report.fact.blocks.is_some());
        self.look(&kept, all.iter().map(|report| &report.fact.contract), "export of blocks").await?;
        drop(kept);
        let mut written = Written::default();
        for report in all {
            self.write_blocks(folder, every_stage, report, &mut written).await?;
        }
        Ok(written)
    }

    async fn write_blocks(
        &self,
        folder: &Path,
        every_stage: bool,
        report: &Entered<ActivityReported>,
        written: &mut Written,
    ) -> Result<(), Problem> {
        let Entered { entry, fact } = report;
        let Some(blocks) = &fact.blocks else { return Ok(()) };
        let mut place = PathBuf::from(folder);
        for (name, value) in [
            ("contract", fact.contract.to_string()),
            ("provider", fact.provider.to_string()),
            ("month", fact.month.to_string()),
            ("stage", fact.stage.to_string().replace(' ', "-")),
        ] {
            if name != "stage" || every_stage {
                place.push(format!("{name}={value}"));
            }
        }
        std::fs::create_dir_all(&place).map_err(|e| Problem::file(&place.to_string_lossy(), &e))?;
        for (number, block) in (1..).zip(&blocks.lines) {
            let content = self.ledger.log().get_file(&block.sha256).await?.ok_or_else(|| {
                let message = format!("the block {} of entry {entry} is gone", block.sha256);
                let hint = "run `riskshare check`, and restore the block from an export";
                Problem::new(Exit::Integrity, "block-damaged", message, hint)
            })?;
            let file = place.join(format!("{}-{}-{number:04}.parquet", fact.flow, entry.0));
            std::fs::write(&file, content).map_err(|e| Problem::file(&file.to_string_lossy(), &e))?;
            written.blocks += 1;
            written.lines += block.lines;
        }
        Ok(())
    }
}

/// The reports whose blocks are written.
fn reports<'a>(
    drafts: &'a Drafts<'a>,
    case: &'a Case,
    every_stage: bool,
) -> Result<Vec<&'a Entered<ActivityReported>>, Problem> {
    let ended = |month: &Month| month.last_day() <= drafts.as_of().0;
    if every_stage {
        return Ok(case.reports.iter().filter(|report| ended(&report.fact.month)).collect());
    }
    let months: std::collections::BTreeSet<Month> =
        case.reports.iter().map(|report| report.fact.month).collect();
    let mut payable = Vec::new();
    for month in months.into_iter().filter(ended) {
        payable.extend(facts(drafts, case, month)?.payable_reports(month));
    }
    Ok(payable)
}

fn empty(folder: &Path) -> Result<(), Problem> {
    let shown = folder.to_string_lossy();
    std::fs::create_dir_all(folder).map_err(|e| Problem::file(&shown, &e))?;
    let mut inside = std::fs::read_dir(folder).map_err(|e| Problem::file(&shown, &e))?;
    if inside.next().is_some() {
        let message = format!("the folder {shown} is not empty");
        return Err(Problem::usage("not-empty", message, "name a folder that is empty or not there yet"));
    }
    Ok(())
}
