//! The activity lines behind a figure: those of the reports that are payable for a month, as the provider
//! stated them, with the clause that each belongs to. Only the blocks that a page needs are opened.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};
use domain::book::{Case, Entered};
use domain::columns::{Columns, Values};
use domain::drafts::Drafts;
use domain::exact::Exact;
use domain::facts::Facts;
use domain::mechanism::taken_by;
use domain::name::{ClauseRef, ContractId, PartyId};
use domain::rate::Count;
use domain::time::Entry;
use domain::verb::activity::{ActivityLine, ActivityReported, Column, Flow, Line as Stated};
use domain::year::Month;
use serde::Serialize;
use store::block::decode;

use super::{App, Times};
use crate::problem::{Exit, Problem};

/// Which lines are asked for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The contract.
    pub contract: ContractId,
    /// The month of care.
    pub month: Month,
    /// Of this provider only.
    pub provider: Option<PartyId>,
    /// Of this return only.
    pub flow: Option<Flow>,
    /// Those that this clause pays for.
    pub clause: Option<ClauseRef>,
    /// Those that no clause pays for.
    pub outside: bool,
    /// Those that state this in a column.
    pub columns: Vec<(String, String)>,
    /// How many to pass over.
    pub skip: usize,
    /// How many to give.
    pub limit: usize,
}

/// A line.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// The entry of its report.
    pub entry: Entry,
    /// Who reported it.
    pub provider: PartyId,
    /// In which return.
    pub flow: Flow,
    /// Where it stood in the file; its number in a report that carries its lines.
    pub row: i64,
    /// The clause that pays for it; nothing where none does.
    pub clause: Option<ClauseRef>,
    /// What it states, column by column in the order of the file.
    #[serde(serialize_with = "by_column")]
    pub stated: Vec<(String, String)>,
}

fn by_column<S: serde::Serializer>(stated: &[(String, String)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(stated.iter().map(|(column, value)| (column, value)))
}

/// A page of lines.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Page {
    /// The lines.
    pub lines: Vec<Line>,
    /// Whether there are more.
    pub more: bool,
}

/// The columns of a block by which a contract tells lines apart.
const READ_FROM: [(Column, &str); 6] = [
    (Column::Pod, "point_of_delivery_code"),
    (Column::Tfc, "activity_treatment_function_code"),
    (Column::TariffCode, "tariff_code"),
    (Column::Commissioner, "organisation_identifier_code_of_commissioner"),
    (Column::Site, "organisation_site_identifier_of_treatment"),
    (Column::LocalContract, "local_contract_code"),
];
const ROW: &str = "row";

impl App {
    /// A page of the lines of a month's payable reports.
    ///
    /// # Errors
    /// Where no report is payable, a column is not there, or a block is damaged.
    pub async fn lines(&self, wanted: &Wanted, times: Times) -> Result<Page, Problem> {
        let (book, as_of) = {
            let kept = self.kept().await?;
            self.look(&kept, [&wanted.contract], &format!("lines {}", wanted.month)).await?;
            (kept.at(times.known_at)?, times.business_date(&kept))
        };
        let case = book.case(&wanted.contract)?;
        let drafts = Drafts::of(&book, as_of);
        let facts = facts(&drafts, case, wanted.month)?;
        let mut page = Paging { wanted, skip: wanted.skip, lines: Vec::new() };
        for report in payable(&facts, wanted)? {
            let full = match &report.fact.blocks {
                None => page.take(report, &Sheet::of_report(&facts, &report.fact))?,
                Some(_) => self.blocks_of(&facts, report, &mut page).await?,
            };
            if full {
                return Ok(Page { lines: page.lines, more: true });
            }
        }
        Ok(Page { lines: page.lines, more: false })
    }

    /// The lines of a report's blocks; whether the page is full.
    async fn blocks_of(
        &self,
        facts: &Facts<'_>,
        report: &Entered<ActivityReported>,
        page: &mut Paging<'_>,
    ) -> Result<bool, Problem> {
        for block in report.fact.blocks.iter().flat_map(|blocks| &blocks.lines) {
            let lines = usize::try_from(block.lines).unwrap_or(usize::MAX);
            if page.takes_all() && page.skip >= lines {
                page.skip -= lines;
                continue;
            }
            let columns = self.block(report.entry, &block.sha256).await?;
            if page.take(report, &Sheet::of_block(facts, &report.fact, columns))? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A block, read whole.
    ///
    /// # Errors
    /// Where it is gone or damaged.
    pub(super) async fn block(&self, entry: Entry, sha256: &str) -> Result<Columns, Problem> {
        let damaged = |why: String| {
            let message = format!("the block {sha256} of entry {entry} {why}");
            let hint = "run `riskshare check`, and restore the block from an export";
            Problem::new(Exit::Integrity, "block-damaged", message, hint)
        };
        match self.ledger.log().get_file(sha256).await? {
            None => Err(damaged("is gone".to_owned())),
            Some(bytes) => decode(&bytes, None).map_err(|why| damaged(format!("is damaged: {why}"))),
        }
    }
}

/// The facts of the year in which a month lies.
pub(super) fn facts<'a>(drafts: &'a Drafts<'a>, case: &'a Case, month: Month) -> Result<Facts<'a>, Problem> {
    let year =
        case.terms.years.containing(month.last_day()).or(case.terms.years.containing(month.first_day()));
    let year = year.ok_or_else(|| case.outside_term(month))?;
    Ok(drafts.facts(case, year))
}

/// The payable reports that are asked for.
fn payable<'a>(facts: &Facts<'a>, wanted: &Wanted) -> Result<Vec<&'a Entered<ActivityReported>>, Problem> {
    let mut reports = facts.payable_reports(wanted.month);
    let of = |report: &ActivityReported| {
        wanted.provider.as_ref().is_none_or(|provider| *provider == report.provider)
            && wanted.flow.is_none_or(|flow| flow == report.flow)
    };
    reports.retain(|report| facts.months_ended().contains(&wanted.month) && of(&report.fact));
    if reports.is_empty() {
        let message = format!("no activity is reported for {} of `{}`", wanted.month, wanted.contract);
        let hint = format!("`riskshare flows {} --year {}` shows what is", wanted.contract, facts.year);
        return Err(Problem::new(Exit::Findings, "not-recorded", message, hint));
    }
    Ok(reports)
}

/// A page being filled.
struct Paging<'a> {
    wanted: &'a Wanted,
    skip: usize,
    lines: Vec<Line>,
}

impl Paging<'_> {
    /// Whether no line is left out.
    fn takes_all(&self) -> bool {
        let Wanted { clause, outside, columns, .. } = self.wanted;
        clause.is_none() && !outside && columns.is_empty()
    }

    /// Takes the lines that are asked for; whether there are more than the page holds.
    fn take(&mut self, report: &Entered<ActivityReported>, sheet: &Sheet) -> Result<bool, Problem> {
        let Wanted { clause, outside, columns, limit, .. } = self.wanted;
        let columns = columns.iter().map(|(name, value)| Ok((sheet.column(name)?, value.as_str())));
        let columns: Vec<(&Values, &str)> = columns.collect::<Result<_, Problem>>()?;
        for line in 0..sheet.columns.lines {
            let taken_by = sheet.taken_by(line);
            let asked = (clause.is_none() || clause.as_ref() == taken_by)
                && (!outside || taken_by.is_none())
                && columns.iter().all(|(values, value)| text(values, line).as_deref() == Some(value));
            if !asked {
                continue;
            }
            if self.skip > 0 {
                self.skip -= 1;
                continue;
            }
            if self.lines.len() == *limit {
                return Ok(true);
            }
            self.lines.push(Line {
                entry: report.entry,
                provider: report.fact.provider.clone(),
                flow: report.fact.flow,
                row: sheet.row(line),
                clause: taken_by.cloned(),
                stated: sheet.stated(line),
            });
        }
        Ok(false)
    }
}

/// Lines with the clause that each belongs to.
struct Sheet {
    columns: Columns,
    /// For each line its place in `clauses`.
    alike: Vec<usize>,
    clauses: Vec<Option<ClauseRef>>,
}

impl Sheet {
    /// The lines of a block. Lines that a contract cannot tell apart are read once.
    fn of_block(facts: &Facts<'_>, report: &ActivityReported, columns: Columns) -> Sheet {
        let read: Vec<Option<&Values>> =
            READ_FROM.iter().map(|(_, name)| columns.column(name).map(|column| &column.values)).collect();
        let mut places: HashMap<Vec<Option<&str>>, usize> = HashMap::new();
        let mut different = Vec::new();
        let alike = (0..columns.lines).map(|line| {
            let texts: Vec<Option<&str>> =
                read.iter().map(|values| values.and_then(|v| v.text(line))).collect();
            *places.entry(texts).or_insert_with_key(|texts| {
                different.push(as_line(texts));
                different.len() - 1
            })
        });
        let alike = alike.collect();
        let report = ActivityReported { lines: different, blocks: None, ..report.clone() };
        let clauses = taken_by(facts, &report).into_iter().map(|clause| clause.cloned()).collect();
        Sheet { columns, alike, clauses }
    }

    /// The lines that a report carries itself.
    fn of_report(facts: &Facts<'_>, report: &ActivityReported) -> Sheet {
        let lines: Vec<Stated> = report.stated_lines().collect();
        let texts = |of: &dyn Fn(Stated) -> String| {
            let values = lines.iter().map(|line| of(*line)).collect::<Vec<_>>();
            Values::Coded { codes: (0..lines.len() as u32).collect(), values }
        };
        let named = |(column, name): (Column, &'static str)| {
            let values = texts(&|line| line.text(column).unwrap_or_default().to_owned());
            domain::columns::Column { name: name.into(), values }
        };
        let mut columns: Vec<domain::columns::Column> = READ_FROM.into_iter().map(named).collect();
        let figure = |exact: Option<Exact>| exact.map(|exact| exact.to_string()).unwrap_or_default();
        let count = texts(&|line| figure(Some(line.count())));
        columns.push(domain::columns::Column { name: "count".into(), values: count });
        let value = texts(&|line| line.value().map(|value| value.show(2)).unwrap_or_default());
        columns.push(domain::columns::Column { name: "value".into(), values: value });
        let clauses = taken_by(facts, report).into_iter().map(|clause| clause.cloned()).collect();
        Sheet { alike: (0..lines.len()).collect(), columns: Columns { lines: lines.len(), columns }, clauses }
    }

    fn taken_by(&self, line: usize) -> Option<&ClauseRef> {
        self.clauses.get(*self.alike.get(line)?)?.as_ref()
    }

    fn column(&self, name: &str) -> Result<&Values, Problem> {
        self.columns.column(name).map(|column| &column.values).ok_or_else(|| {
            let names: Vec<&str> = self.columns.columns.iter().map(|column| column.name.as_ref()).collect();
            let hint = format!("the columns are: {}", names.join(", "));
            Problem::usage("unknown-column", format!("the lines have no column `{name}`"), hint)
        })
    }

    fn row(&self, line: usize) -> i64 {
        match self.columns.column(ROW).map(|column| &column.values) {
            Some(Values::Number(rows)) => rows.get(line).copied().unwrap_or(0),
            _ => line as i64 + 1,
        }
    }

    fn stated(&self, line: usize) -> Vec<(String, String)> {
        let columns = self.columns.columns.iter().filter(|column| column.name != ROW);
        columns.filter_map(|column| Some((column.name.to_string(), text(&column.values, line)?))).collect()
    }
}

/// What a contract reads of a line.
fn as_line(texts: &[Option<&str>]) -> ActivityLine {
    let of = |column: Column| {
        let place = READ_FROM.iter().position(|(of, _)| *of == column)?;
        texts.get(place).copied().flatten().map(|text| text.trim().to_owned())
    };
    ActivityLine {
        pod: of(Column::Pod).unwrap_or_default(),
        tfc: of(Column::Tfc),
        tariff_code: of(Column::TariffCode),
        local_contract: of(Column::LocalContract),
        commissioner: of(Column::Commissioner).and_then(|code| code.parse().ok()),
        site: of(Column::Site),
        count: Count::of(0),
        length_of_stay: None,
        unit_price: None,
        value: None,
        flags: Vec::new(),
    }
}

/// What a line states, as text.
fn text(values: &Values, line: usize) -> Option<String> {
    match values {
        Values::Coded { .. } | Values::Text { .. } => values.text(line).map(str::to_owned),
        Values::Decimal { scale, units } => {
            let units = (*units.get(line)?)?;
            Some(Exact::ratio(units, 10i64.pow(u32::from(*scale))).to_string())
        }
        Values::Date(days) => {
            let days = (*days.get(line)?)?;
            let (first, count) =
                (NaiveDate::from_ymd_opt(1970, 1, 1)?, Days::new(days.unsigned_abs().into()));
            let day = if days < 0 { first.checked_sub_days(count) } else { first.checked_add_days(count) };
            day.map(|day| day.to_string())
        }
        Values::Number(numbers) => numbers.get(line).map(i64::to_string),
    }
}
