//! The files that a provider sends for a month at a stage: patient-level care, drugs, devices, and their
//! aggregate. They are written line by line; only the aggregate is kept until its end.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Datelike, Days as Later, NaiveDate, NaiveTime, Utc};

use super::care::Setting;
use super::dirt::{self, Dirt, Meaning};
use super::layout::{Page, Sum};
use super::line::{Flow, Line, Service};
use super::random::Random;
use super::row::{Days, Row};
use super::system::System;
use crate::problem::Problem;

/// How final a statement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// The first statement of a month, about two weeks after it.
    Flex,
    /// The one that is paid, a month later.
    Freeze,
}

impl Stage {
    /// Its name.
    pub fn name(self) -> &'static str {
        ["flex", "freeze"][self as usize]
    }
}

/// What a provider states of a month.
#[derive(Clone, Copy, Debug)]
pub struct Statement {
    /// The provider, by its place.
    pub provider: usize,
    /// The month, from 0 for April.
    pub month: usize,
    /// How final.
    pub stage: Stage,
}

/// A file that was written.
#[derive(Clone, Debug)]
pub struct Written {
    /// Its name.
    pub name: String,
    /// Which return it is.
    pub flow: Flow,
    /// How final.
    pub stage: Stage,
    /// When it arrives.
    pub recorded_at: DateTime<Utc>,
    /// Its lines.
    pub lines: u64,
    /// Those that a careful reader accepts.
    pub accepted: u64,
    /// What those come to, in pence.
    pub value: i64,
    /// The spoilt lines: the line of the file, and what is wrong with it.
    pub dirt: Vec<(u64, &'static Dirt)>,
}

/// What the frozen lines come to, for those who draw up the contracts.
#[derive(Debug)]
pub struct Totals {
    /// For each patient what their area pays, in pence.
    pub patients: Vec<AtomicI64>,
    /// For each contract and group of care, in pence.
    pub contracts: Vec<[AtomicI64; 3]>,
}

impl Totals {
    /// Nothing yet.
    pub fn new(system: &System) -> Totals {
        let areas = system.commissioners.len() - 1;
        Totals {
            patients: (0..system.people() as usize * areas).map(|_| AtomicI64::new(0)).collect(),
            contracts: system.contracts.iter().map(|_| Default::default()).collect(),
        }
    }

    // Sums do not depend on the order in which threads add to them.
    fn add(&self, system: &System, provider: usize, line: &Line) {
        let contract = system.contract(provider, line.service.commissioner);
        let group = system.care.items[usize::from(line.service.item)].pod.group();
        self.contracts[contract][group as usize].fetch_add(line.value, Ordering::Relaxed);
        if line.service.commissioner != system.specialised() {
            self.patients[line.patient as usize].fetch_add(line.value, Ordering::Relaxed);
        }
    }
}

impl Statement {
    /// Every statement of a year.
    pub fn all(system: &System) -> Vec<Statement> {
        let stages = [Stage::Flex, Stage::Freeze];
        let of = |provider: usize, month: usize| stages.map(|stage| Statement { provider, month, stage });
        (0..system.providers.len())
            .flat_map(|provider| (0..12).flat_map(move |month| of(provider, month)))
            .collect()
    }

    /// Writes its files into a folder.
    pub fn write(&self, system: &System, totals: &Totals, dir: &Path) -> Result<Vec<Written>, Problem> {
        let mut written = Vec::new();
        let mut sums: BTreeMap<usize, HashMap<Service, Sum>> = BTreeMap::new();
        for flow in Flow::PATIENTS {
            if self.months(system).all(|month| system.numbers(self.provider, month, flow).is_empty()) {
                continue;
            }
            let mut out = Out::new(self, system, flow, dir)?;
            for month in self.months(system) {
                out.month(month, sums.entry(month).or_default(), totals)?;
            }
            written.push(out.close()?);
        }
        if !written.is_empty() {
            written.push(self.aggregate(system, &sums, dir)?);
        }
        Ok(written)
    }

    fn aggregate(
        &self,
        system: &System,
        sums: &BTreeMap<usize, HashMap<Service, Sum>>,
        dir: &Path,
    ) -> Result<Written, Problem> {
        let mut out = Out::new(self, system, Flow::Acm, dir)?;
        for (month, sums) in sums {
            let mut sums: Vec<(&Service, &Sum)> = sums.iter().collect();
            sums.sort_by_key(|(service, _)| **service);
            let days = out.heading.days(*month);
            let page = out.heading.page(*month, &days);
            for (service, sum) in sums {
                out.written.accepted += 1;
                out.written.value += sum.value;
                let row = page.aggregate(&mut out.row, service, sum);
                out.file.write_all(row).map_err(|e| out.failed(&e))?;
                out.written.lines += 1;
            }
        }
        out.close()
    }

    /// The months that it states: all of the year so far where files restate it.
    fn months(&self, system: &System) -> std::ops::RangeInclusive<usize> {
        if system.asked.restating { 0..=self.month } else { self.month..=self.month }
    }

    /// When it arrives: on the fifteenth, a flex in the morning, a freeze a month later and in the evening.
    fn recorded_at(&self, system: &System) -> DateTime<Utc> {
        let later = [1, 2][self.stage as usize];
        let day = first_day(system, self.month + later) + Later::new(14);
        let minute = self.provider as u32 % 60;
        let time = NaiveTime::from_hms_opt([9, 17][self.stage as usize], minute, 0).unwrap_or_default();
        day.and_time(time).and_utc()
    }
}

/// The first day of a month, from 0 for April; 12 is the April after.
pub fn first_day(system: &System, month: usize) -> NaiveDate {
    let month = 3 + month as u32;
    let year = i32::from(system.asked.year_begins()) + (month / 12) as i32;
    NaiveDate::from_ymd_opt(year, month % 12 + 1, 1).unwrap_or_default()
}

/// What all lines of a file have in common.
struct Heading<'a> {
    system: &'a System,
    statement: Statement,
    year: String,
    created: String,
}

impl Heading<'_> {
    fn page<'b>(&'b self, month: usize, days: &'b Days) -> Page<'b> {
        Page {
            system: self.system,
            provider: self.statement.provider,
            month,
            year: &self.year,
            created: &self.created,
            days,
            stage: ["Flex", "Freeze"][self.statement.stage as usize],
        }
    }

    fn days(&self, month: usize) -> Days {
        let first = first_day(self.system, month);
        Days::around(first, u64::from(first.num_days_in_month()))
    }
}

/// A file that is being written.
struct Out<'a> {
    heading: Heading<'a>,
    file: BufWriter<File>,
    path: String,
    columns: Vec<&'static str>,
    row: Row,
    written: Written,
}

impl<'a> Out<'a> {
    fn new(statement: &Statement, system: &'a System, flow: Flow, dir: &Path) -> Result<Out<'a>, Problem> {
        let provider = &system.providers[statement.provider].party.id;
        let (month, stage) = (statement.month + 1, statement.stage.name());
        let name = format!("{provider}-{}-m{month:02}-{stage}.csv", flow.name().to_lowercase());
        let path = dir.join(&name).to_string_lossy().into_owned();
        let file = File::create(&path).map_err(|e| Problem::file(&path, &e))?;
        let recorded_at = statement.recorded_at(system);
        let begins = system.asked.year_begins();
        let mut out = Out {
            heading: Heading {
                system,
                statement: *statement,
                year: format!("{begins}{:02}", (begins + 1) % 100),
                // By the sender's clock, by which nobody should order files.
                created: (recorded_at - chrono::TimeDelta::hours(20)).format("%Y-%m-%dT%H:%M:%S").to_string(),
            },
            file: BufWriter::with_capacity(1 << 20, file),
            path,
            columns: flow.columns(),
            row: Row::default(),
            written: Written {
                name,
                flow,
                stage: statement.stage,
                recorded_at,
                lines: 0,
                accepted: 0,
                value: 0,
                dirt: Vec::new(),
            },
        };
        let header = out.header();
        out.file.write_all(header.as_bytes()).map_err(|e| out.failed(&e))?;
        Ok(out)
    }

    /// With dirt, some senders write the header their own way.
    fn header(&self) -> String {
        let header = self.columns.join(",") + "\n";
        match self.heading.statement.provider % 3 {
            2 if self.heading.system.asked.dirt > 0 => {
                format!("\u{feff}{}", header.to_lowercase().replace(' ', "_"))
            }
            _ => header,
        }
    }

    /// Writes the lines of a month.
    fn month(
        &mut self,
        month: usize,
        sums: &mut HashMap<Service, Sum>,
        totals: &Totals,
    ) -> Result<(), Problem> {
        let (system, statement, flow) = (self.heading.system, self.heading.statement, self.written.flow);
        let in_month = u64::from(first_day(system, month).num_days_in_month());
        let first = statement.stage == Stage::Flex && month == statement.month;
        let paid = statement.stage == Stage::Freeze && month == statement.month;
        let days = self.heading.days(month);
        let page = self.heading.page(month, &days);
        // The line before this one, where it can be said again.
        let mut before: Option<(u64, Line)> = None;
        for number in system.numbers(statement.provider, month, flow) {
            let mut line = system.line(statement.provider, flow, number, in_month, first);
            if first && line.late {
                continue;
            }
            let spoilt = self.dirt(number, &line, first, before.is_some());
            let (number, line) = match (spoilt.map(|dirt| dirt.meaning), before.take()) {
                (Some(Meaning::Repeat), Some(before)) => before,
                (Some(Meaning::Credit), _) => {
                    system.credit(statement.provider, &mut line);
                    (number, line)
                }
                _ => (number, line),
            };
            let clean = page.line(&mut self.row, flow, number, &line);
            match spoilt.filter(|dirt| dirt.meaning != Meaning::Repeat) {
                Some(dirt) => self.file.write_all(&dirt.spoil(&self.columns, clean)),
                None => self.file.write_all(clean),
            }
            .map_err(|e| self.failed(&e))?;
            self.written.lines += 1;
            if let Some(dirt) = spoilt {
                // The header is the first line.
                self.written.dirt.push((self.written.lines + 1, dirt));
            }
            if spoilt.is_none_or(|dirt| matches!(dirt.meaning, Meaning::Same | Meaning::Credit)) {
                self.written.accepted += 1;
                self.written.value += line.value;
                let setting = system.care.items[usize::from(line.service.item)].pod.setting;
                let sum = sums.entry(line.service.aggregated(setting)).or_default();
                sum.count += if setting == Setting::Supply { 0 } else { line.count };
                sum.factor += line.factor;
                sum.value += line.value;
                if paid {
                    totals.add(system, statement.provider, &line);
                }
            }
            before = spoilt.is_none().then_some((number, line));
        }
        Ok(())
    }

    /// What is wrong with a line of care, if anything; a first statement has faults of its own.
    fn dirt(&self, number: u64, line: &Line, first: bool, after_clean: bool) -> Option<&'static Dirt> {
        let system = self.heading.system;
        let asked = &system.asked;
        if asked.dirt == 0 || self.written.flow != Flow::Plcm {
            return None;
        }
        let mut random = Random::of(&[asked.seed, DIRT, number, u64::from(first)]);
        let item = &system.care.items[usize::from(line.service.item)];
        if !random.happens(asked.dirt) || item.pod.setting == Setting::Money {
            return None;
        }
        let kind = &dirt::KINDS[random.below(dirt::KINDS.len() as u64) as usize];
        (kind.meaning != Meaning::Repeat || after_clean).then_some(kind)
    }

    fn failed(&self, why: &std::io::Error) -> Problem {
        Problem::file(&self.path, why)
    }

    fn close(mut self) -> Result<Written, Problem> {
        self.file.flush().map_err(|e| self.failed(&e))?;
        Ok(self.written)
    }
}

/// Sets what is drawn of dirt apart from what is drawn of care.
const DIRT: u64 = 0x6469_7274;
