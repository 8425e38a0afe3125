//! The figures of all rounds, and the table they make.

use std::fmt;
use std::time::Duration;

/// What was measured of one kind of work in each round.
#[derive(Debug)]
struct Row {
    work: String,
    against: String,
    unit: Unit,
    /// What riskshare needed.
    ours: Vec<f64>,
    /// What the other needed; empty where there is only a bound.
    theirs: Vec<f64>,
    /// How many times theirs must be of ours; or the bound itself.
    reach: f64,
}

#[derive(Clone, Copy, Debug)]
enum Unit {
    /// Seconds for so many things.
    Seconds {
        of: usize,
    },
    Micros,
    Bytes {
        of: usize,
    },
    MemoryBelow,
    /// At most so many times what the small one needs.
    MicrosAtMost,
}

/// The table of a run.
#[derive(Debug)]
pub struct Table {
    only: Option<String>,
    rows: Vec<Row>,
}

impl Table {
    pub fn new(only: Option<String>) -> Table {
        Table { only, rows: Vec::new() }
    }

    /// Whether work of this name is asked for.
    pub fn wants(&self, work: &str) -> bool {
        self.only.as_ref().is_none_or(|only| work.contains(only.as_str()))
    }

    /// Ours and theirs took so long for so many lines.
    pub fn times(
        &mut self,
        work: &str,
        against: &str,
        of: usize,
        ours: Duration,
        theirs: Duration,
        reach: f64,
    ) {
        self.add(work, against, Unit::Seconds { of }, ours.as_secs_f64(), Some(theirs.as_secs_f64()), reach);
    }

    /// Medians of single commands or questions, in microseconds.
    pub fn micros(&mut self, work: &str, against: &str, ours: f64, theirs: f64, reach: f64) {
        self.add(work, against, Unit::Micros, ours, Some(theirs), reach);
    }

    /// The median of a question of a large ledger, which may be at most `reach` times that of a small one.
    pub fn at_most(&mut self, work: &str, against: &str, large: f64, small: f64, reach: f64) {
        self.add(work, against, Unit::MicrosAtMost, large, Some(small), reach);
    }

    pub fn sizes(&mut self, work: &str, against: &str, of: usize, ours: u64, theirs: u64, reach: f64) {
        self.add(work, against, Unit::Bytes { of }, ours as f64, Some(theirs as f64), reach);
    }

    /// The most memory of a run, which must stay under 512 MiB.
    pub fn memory(&mut self, work: &str, peak: u64) {
        self.add(work, "", Unit::MemoryBelow, peak as f64, None, 512.0 * 1_048_576.0);
    }

    fn add(&mut self, work: &str, against: &str, unit: Unit, ours: f64, theirs: Option<f64>, reach: f64) {
        eprintln!("{work}: {ours} against {theirs:?}");
        let known = self.rows.iter().position(|row| row.work == work);
        let at = known.unwrap_or_else(|| {
            let (work, against) = (work.to_owned(), against.to_owned());
            self.rows.push(Row { work, against, unit, ours: vec![], theirs: vec![], reach });
            self.rows.len() - 1
        });
        self.rows[at].ours.push(ours);
        self.rows[at].theirs.extend(theirs);
    }
}

/// The middle of some figures.
pub fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

impl Row {
    fn cells(&self) -> [String; 4] {
        let ours = median(&self.ours);
        let theirs = (!self.theirs.is_empty()).then(|| median(&self.theirs));
        let times = theirs.map_or(0.0, |theirs| theirs / ours);
        match self.unit {
            Unit::Seconds { of } => {
                let shown = |s: f64| format!("{s:.1} s, {:.0} thousand a second", of as f64 / s / 1e3);
                [
                    shown(ours),
                    theirs.map_or(String::new(), shown),
                    format!("{times:.1}"),
                    format!("{}", self.reach),
                ]
            }
            Unit::Micros => {
                let shown = |m: f64| format!("{:.2} ms", m / 1e3);
                [
                    shown(ours),
                    theirs.map_or(String::new(), shown),
                    format!("{times:.1}"),
                    format!("{}", self.reach),
                ]
            }
            Unit::MicrosAtMost => {
                let shown = |m: f64| format!("{:.2} ms", m / 1e3);
                let grown = theirs.map_or(0.0, |theirs| ours / theirs);
                [
                    shown(ours),
                    theirs.map_or(String::new(), shown),
                    format!("{grown:.2}"),
                    format!("at most {}", self.reach),
                ]
            }
            Unit::Bytes { of } => {
                let shown = |b: f64| format!("{:.1} bytes a line", b / of as f64);
                [
                    shown(ours),
                    theirs.map_or(String::new(), shown),
                    format!("{times:.1}"),
                    format!("{}", self.reach),
                ]
            }
            Unit::MemoryBelow => {
                let shown = |b: f64| format!("{:.0} MiB", b / 1_048_576.0);
                [shown(ours), String::new(), String::new(), format!("under {}", shown(self.reach))]
            }
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| work | riskshare | against | it needs | times | to reach |")?;
        writeln!(f, "|---|---:|---|---:|---:|---:|")?;
        for row in &self.rows {
            let [ours, theirs, times, reach] = row.cells();
            writeln!(f, "| {} | {ours} | {} | {theirs} | {times} | {reach} |", row.work, row.against)?;
        }
        Ok(())
    }
}
