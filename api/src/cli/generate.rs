//! `generate`: a synthetic care system, for demonstrations and benchmarks.

use std::path::PathBuf;

use clap::Args;
use domain::exact::Exact;
use domain::rate::Rate;
use domain::year::ContractYear;

use super::{Stop, output, progress};
use crate::app::generate::{Asked, Generated, generate};
use crate::problem::Problem;

/// Write a synthetic care system into a folder: contracts, payments, a year of activity files; one seed, one
/// system
#[derive(Debug, Args)]
pub struct Generate {
    /// The folder, empty or not there yet
    dir: PathBuf,
    /// How many lines the year has once it is frozen
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..=10_000_000_000))]
    lines: u64,
    /// From which everything follows
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many people live there [default: one for every ten lines]
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    people: Option<u64>,
    /// How many providers there are
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u64).range(1..=999))]
    providers: u64,
    /// The year, from April to March
    #[arg(long, default_value = "2025/26")]
    year: ContractYear,
    /// Which part of the patient-level lines is spoilt, in every way that real files are, such as 0.1%
    #[arg(long, default_value = "0%")]
    dirt: Rate,
    /// Let each file restate the year to date, and one line in ten come late
    #[arg(long)]
    restating: bool,
}

impl Generate {
    pub(super) fn run(self) -> Result<(), Stop> {
        let people = self.people.unwrap_or((self.lines / 10).max(100));
        let asked = Asked {
            seed: self.seed,
            lines: self.lines,
            people,
            providers: self.providers,
            year: nhs(self.year)?,
            dirt: in_a_million(&self.dirt)?,
            restating: self.restating,
        };
        // Each line is said twice, and mostly some are late.
        let bar = progress::bar(asked.lines * 2, "writing");
        let generated = generate(&self.dir, asked, |lines| bar.inc(lines));
        bar.finish_and_clear();
        let Generated { files, lines } = generated?;
        let dir = self.dir.display();
        Ok(output::say(format!(
            "{dir}: {files} activity files with {lines} lines; next: riskshare load {dir}\n"
        ))?)
    }
}

fn nhs(year: ContractYear) -> Result<ContractYear, Problem> {
    let hint = "write a year from April to March, such as --year 2025/26";
    match year {
        ContractYear::Nhs(_) => Ok(year),
        _ => Err(Problem::usage("year", format!("`{year}` is not a year of the NHS"), hint)),
    }
}

fn in_a_million(rate: &Rate) -> Result<u64, Problem> {
    let millionths = rate.exact() * &Exact::from(1_000_000);
    let whole = millionths.to_string().parse().ok().filter(|n| *n <= 1_000_000);
    let hint = "write a part of at most 100% with at most four places, such as --dirt 0.1%";
    whole.ok_or_else(|| Problem::usage("dirt", format!("`{rate}` is not a part of the lines"), hint))
}
