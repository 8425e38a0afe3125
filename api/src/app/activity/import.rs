//! Recording what was read: the blocks by their content, then a command for each month, all of a file or
//! none.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use domain::actor::Evidence;
use domain::book::{Book, Case};
use domain::exact::Exact;
use domain::money::Money;
use domain::name::{CommandKey, ContractId};
use domain::rate::Count;
use domain::time::Entry;
use domain::verb::activity::{ActivityReported, Block, Blocks, Estimate, Flow, Totals};
use domain::verb::{Command, Happened, Verb};
use domain::worksheet::Stage;
use sha2::{Digest, Sha256};

use super::MarketForces;
use super::field::Role;
use super::group::Group;
use super::parties::Parties;
use super::read::{Read, Reading};
use super::told::{Change, File, Month, Rejected};
use crate::app::App;
use crate::problem::{Exit, Problem};

/// How often a file is recorded again where something else was recorded meanwhile.
const TRIES: usize = 5;

/// What is to be imported, and how.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The file.
    pub path: PathBuf,
    /// The contract of every line; found line by line where it is left out.
    pub contract: Option<ContractId>,
    /// Which return it is; found from the header where it is left out.
    pub flow: Option<Flow>,
    /// How final it is.
    pub stage: Stage,
    /// Whether the prices have the market forces factor in them.
    pub mff: MarketForces,
    /// Who estimated it and how, where it is an estimate.
    pub estimate: Option<Estimate>,
    /// Who sent it.
    pub sent_by: Option<String>,
    /// Where the lines go with their verdicts.
    pub returned: Option<PathBuf>,
}

/// A file that was read, and what it comes to in a ledger.
#[derive(Debug)]
pub struct Imported {
    /// What is told of it.
    pub told: File,
    /// How many months it recorded; none in a dry run, and none where it was recorded before.
    pub recorded: usize,
}

/// Imports a file; `tell` is told how many bytes and lines were read. A dry run reads and decides the same,
/// and keeps nothing; what it decided stays in `rehearsed` for the next file.
///
/// # Errors
/// Refuses a file as a whole: see [`Reading::through`]; and what a contract refuses.
pub async fn import(
    app: &App,
    asked: Asked,
    rehearsed: Option<&mut Book>,
    tell: impl Fn(u64, u64) + Send + 'static,
) -> Result<Imported, Problem> {
    let name = asked.path.to_string_lossy().into_owned();
    if (asked.stage == Stage::Estimated) != asked.estimate.is_some() {
        let hint = "say who estimated and how with --estimated-by and --method; other stages have neither";
        return Err(Problem::usage(
            "estimate-without-author",
            "an estimate needs its author and method",
            hint,
        ));
    }
    let book = match &rehearsed {
        Some(book) => (**book).clone(),
        None => app.kept().await?.book().clone(),
    };
    if let Some(contract) = &asked.contract {
        book.case(contract)?;
    }
    let parties = Parties::new(book, asked.contract.clone());
    let reading = asked.clone();
    let read = tokio::task::spawn_blocking(move || {
        let name = reading.path.to_string_lossy().into_owned();
        let (path, returned) = (reading.path.as_path(), reading.returned.as_deref());
        Reading { name: &name, path, flow: reading.flow, mff: reading.mff, returned }.through(&parties, &tell)
    });
    let read = read.await.map_err(|e| broken(&e))??;
    let mut import = Import { asked, name, read, reports: Vec::new() };
    import.reports = import.report()?;
    match rehearsed {
        Some(book) => {
            let decided = import.decide(app, book).await?;
            for event in decided.iter().filter_map(|decided| decided.event.clone()) {
                book.entry = book.entry.next();
                event.apply(book, book.entry);
            }
            Ok(Imported { told: import.told(decided), recorded: 0 })
        }
        None => import.record(app).await,
    }
}

/// A file to be recorded.
struct Import {
    asked: Asked,
    name: String,
    read: Read,
    reports: Vec<Report>,
}

/// The report of a group, and the block of its totals.
struct Report {
    lines: u64,
    reported: ActivityReported,
    totals: Vec<u8>,
}

/// What became of a report.
struct Decided {
    /// What it is compared with.
    earlier: Option<Money>,
    change: Change,
    stage: Stage,
    /// What is to be recorded.
    event: Option<ActivityReported>,
}

impl Import {
    /// The report of each group that has lines, by contract, provider and month.
    fn report(&self) -> Result<Vec<Report>, Problem> {
        let groups = self.read.finished.groups.iter().enumerate().filter(|(_, group)| group.sum.lines > 0);
        let mut reports: Vec<Report> =
            groups.map(|(place, group)| self.report_of(place, group)).collect::<Result<_, _>>()?;
        let key =
            |report: &ActivityReported| (report.contract.clone(), report.provider.clone(), report.month);
        reports.sort_by_key(|report| key(&report.reported));
        Ok(reports)
    }

    fn report_of(&self, place: usize, group: &Group) -> Result<Report, Problem> {
        let too_large = || {
            let message = format!("{} of {}: the sum is too large", group.month, group.placed.provider);
            Problem::usage("too-large", message, "check the values of the file").at(&self.name, 1, 1)
        };
        let Read { header, finished, spool, .. } = &self.read;
        let columns = group.totals.columns(&finished.texts, &finished.commissioners).ok_or_else(too_large)?;
        let block = store::block::encode(&columns).map_err(|e| broken(&e))?;
        let attached = Totals::read(&columns).map_err(|e| broken(&e))?;
        let of_group = spool.blocks.iter().filter(|block| block.group == place);
        let lines = of_group.map(|b| Block { sha256: b.sha256.clone(), lines: b.lines }).collect();
        let of_totals = Block { sha256: hex::encode(Sha256::digest(&block)), lines: columns.lines as u64 };
        let mut blocks = Blocks::new(lines, of_totals, group.content(header));
        let value = attached.all_value().as_money().ok_or_else(too_large)?;
        blocks.attach(Arc::new(attached));
        let counts = header.place(Role::Count).is_some();
        let reported = ActivityReported {
            contract: group.placed.contract.clone(),
            provider: group.placed.provider.clone(),
            month: group.month,
            flow: header.flow,
            stage: self.asked.stage,
            value,
            count: counts.then(|| group.sum.count()),
            lines: Vec::new(),
            blocks: Some(blocks),
            estimate: self.asked.estimate.clone(),
        };
        Ok(Report { lines: group.sum.lines, reported, totals: block })
    }

    /// The same file is the same command, as long as it comes to the same: lines that were rejected for a
    /// party not yet known are accepted once it is. Two hashes are cut so that the longest names leave room
    /// for both.
    fn key(&self, report: &ActivityReported) -> Result<CommandKey, Problem> {
        let ActivityReported { contract, provider, month, flow, stage, value, blocks, .. } = report;
        let content = blocks.as_ref().map_or("", |blocks| blocks.content.as_str());
        let said = hex::encode(Sha256::digest(format!("{stage} {value} {content}")));
        let (file, said) = (&self.read.sha256[..16], &said[..12]);
        let key = format!("activity:{file}:{contract}:{provider}:{month}:{flow}:{said}");
        key.parse().map_err(|e| broken(&e))
    }

    /// What becomes of each report on a book.
    async fn decide(&self, app: &App, book: &Book) -> Result<Vec<Decided>, Problem> {
        let mut decided = Vec::new();
        let mut recorded = Vec::new();
        for report in &self.reports {
            let command = app.ledger().log().command(&self.key(&report.reported)?).await?;
            recorded.push(command.map(|command| command.first));
        }
        let of_this_file = recorded.iter().flatten().min().copied();
        for (report, recorded) in self.reports.iter().zip(recorded) {
            decided.push(decide(book, &report.reported, recorded, of_this_file)?);
        }
        Ok(decided)
    }

    /// Records every report in one batch, or none.
    async fn record(mut self, app: &App) -> Result<Imported, Problem> {
        let mut kept = false;
        for _ in 0..TRIES {
            let book = app.kept().await?.book().clone();
            let decided = self.decide(app, &book).await?;
            let recorded = decided.iter().filter(|decided| decided.event.is_some()).count();
            if recorded == 0 {
                return Ok(Imported { told: self.told(decided), recorded });
            }
            if !kept {
                self.keep(app, &decided).await?;
                kept = true;
            }
            let batch = app.batch().await?;
            for (report, _) in
                self.reports.iter().zip(&decided).filter(|(_, decided)| decided.event.is_some())
            {
                let command = Command::ActivityReported(report.reported.clone());
                let mut request = batch.request(command, self.key(&report.reported)?.as_str())?;
                request.evidence = vec![self.evidence()];
                batch.send(&request).await?;
            }
            match batch.commit_batch().await {
                Ok(()) => return Ok(Imported { told: self.told(decided), recorded }),
                Err(problem) if problem.code == "stale-version" => {}
                Err(problem) => return Err(problem),
            }
        }
        let message = format!("other commands were recorded {TRIES} times while this file was");
        Err(Problem::new(Exit::Conflict, "stale-version", message, "import the file again"))
    }

    /// Keeps the blocks of the reports that are recorded. A run that breaks off here leaves bytes that no
    /// event speaks of, and the next run finds them kept.
    async fn keep(&mut self, app: &App, decided: &[Decided]) -> Result<(), Problem> {
        let log = app.ledger().log();
        for (report, _) in self.reports.iter().zip(decided).filter(|(_, decided)| decided.event.is_some()) {
            let blocks = report.reported.blocks.iter().flat_map(|blocks| &blocks.lines);
            for block in blocks {
                let spooled =
                    self.read.spool.blocks.iter().find(|spooled| spooled.sha256 == block.sha256).cloned();
                if let Some(spooled) = spooled {
                    log.put_file(&self.read.spool.bytes(&spooled)?).await?;
                }
            }
            log.put_file(&report.totals).await?;
        }
        Ok(())
    }

    /// The submitted file, by its name, size and sender. Its bytes are not kept: its blocks have every
    /// column.
    fn evidence(&self) -> Evidence {
        let file = self.asked.path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        let sender = self.asked.sent_by.as_ref().map(|who| format!(", sent by {who}")).unwrap_or_default();
        let name = format!("{file}, {} lines{sender}", self.read.finished.counted.lines);
        Evidence { name, sha256: self.read.sha256.clone() }
    }

    fn told(&self, decided: Vec<Decided>) -> File {
        let Read { sha256, encoding, header, finished, .. } = &self.read;
        let months = self.reports.iter().zip(decided).map(|(report, decided)| {
            let reported = &report.reported;
            let less = |earlier: Money| (Exact::from(reported.value) - Exact::from(earlier)).as_money();
            Month {
                contract: reported.contract.clone(),
                provider: reported.provider.clone(),
                month: reported.month,
                stage: decided.stage,
                lines: report.lines,
                count: reported.count.clone(),
                value: reported.value,
                earlier: decided.earlier,
                difference: decided.earlier.and_then(less),
                change: decided.change,
            }
        });
        let rejected = finished.findings.iter().map(|((code, column), finding)| Rejected {
            code: code.word(),
            column: column.map(|at| header.columns[at].shown.clone()),
            lines: finding.lines,
            first_line: finding.row,
            value: finding.value.clone(),
            message: code.meaning(),
            hint: code.hint(),
        });
        File {
            file: self.name.clone(),
            sha256: sha256.clone(),
            flow: header.flow,
            encoding: *encoding,
            counted: finished.counted,
            months: months.collect(),
            rejected: rejected.collect(),
        }
    }
}

/// What becomes of a report, `recorded` where this very file recorded it before, `of_this_file` where it
/// recorded the first of its reports: a month that it left unchanged then is left so now, whatever came
/// after.
fn decide(
    book: &Book,
    report: &ActivityReported,
    recorded: Option<Entry>,
    of_this_file: Option<Entry>,
) -> Result<Decided, Problem> {
    let case = book.case(&report.contract)?;
    let value = |earlier: Option<&ActivityReported>| earlier.map(|earlier| earlier.value);
    let change =
        |earlier: Option<&ActivityReported>| if earlier.is_some() { Change::Restated } else { Change::New };
    if let Some(entry) = recorded {
        let earlier = last_of(case, report, Some(entry));
        let there = case.reports.iter().find(|r| r.entry == entry);
        let stage = there.map_or(report.stage, |there| there.fact.stage);
        return Ok(Decided { earlier: value(earlier), change: change(earlier), stage, event: None });
    }
    let as_then = of_this_file.and_then(|entry| last_of(case, report, Some(entry)));
    let now = last_of(case, report, None);
    let unchanged = [as_then, now].into_iter().flatten().find(|earlier| {
        says_the_same(earlier, report) && (case.is_frozen(report) || earlier.stage == report.stage)
    });
    if let Some(same) = unchanged {
        let (earlier, stage) = (Some(same.value), same.stage);
        return Ok(Decided { earlier, change: Change::Unchanged, stage, event: None });
    }
    let event = report.clone().decide(book)?;
    Ok(Decided { earlier: value(now), change: change(now), stage: event.stage, event: Some(event) })
}

/// The last report of the same key, before an entry where there is one.
fn last_of<'a>(
    case: &'a Case,
    report: &ActivityReported,
    before: Option<Entry>,
) -> Option<&'a ActivityReported> {
    let earlier = case.reports.iter().filter(|r| before.is_none_or(|before| r.entry < before));
    earlier.map(|r| &r.fact).rfind(|fact| fact.same_key(report))
}

fn says_the_same(earlier: &ActivityReported, report: &ActivityReported) -> bool {
    let content = |report: &ActivityReported| report.blocks.as_ref().map(|blocks| blocks.content.clone());
    let sums = |report: &ActivityReported| -> (Money, Option<Count>) { (report.value, report.count.clone()) };
    content(earlier) == content(report) && sums(earlier) == sums(report)
}

/// What was made here and does not hold together: a fault of the importer, not of the file.
fn broken(why: &dyn fmt::Display) -> Problem {
    Problem::new(Exit::Integrity, "import", why, "please report this with the header of the file")
}
