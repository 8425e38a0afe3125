//! The monthly list of patients registered at general practices, as NHS England publishes it, as a contract's
//! population.
//!
//! Of the whole country's practices those count whose location is a commissioner of the contract. Columns are
//! found by their names: before July 2022 the location was a clinical commissioning group, and files without
//! any location have been seen.

use std::collections::HashSet;
use std::fmt;

use chrono::NaiveDate;
use domain::actor::Evidence;
use domain::name::ContractId;
use domain::rate::Count;
use domain::verb::Command;
use domain::verb::population::{Band, PopulationReported};
use domain::year::{Month, Span};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::App;
use crate::problem::Problem;

/// There are 6,100 to 6,700 practices; a list with fewer than this is not the whole of it.
const EXPECTED: usize = 5_500;

/// How a list is taken.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Whose population it is.
    pub contract: ContractId,
    /// The codes of the locations that count; those of the contract's commissioners where none is named.
    pub locations: Vec<String>,
    /// The codes of the practices that count, instead of locations.
    pub practices: Vec<String>,
    /// The band, as the terms name it.
    pub band: String,
    /// A list of some practices only is taken too.
    pub partial: bool,
    /// Record nothing.
    pub dry_run: bool,
}

/// What a list came to.
#[derive(Clone, Debug, Serialize)]
pub struct Listed {
    /// The month it is of.
    pub month: Month,
    /// The band.
    pub band: String,
    /// How many practices the file lists.
    pub listed: usize,
    /// How many of them count.
    pub practices: usize,
    /// How many people they have.
    pub people: u64,
    /// Lines that were rejected.
    pub rejected: Vec<Problem>,
    /// Whether it was recorded before.
    pub duplicate: bool,
}

/// A practice of the list.
struct Practice {
    code: String,
    location: Option<String>,
    month: Month,
    people: u64,
}

/// Takes a list, named `name` in problems.
///
/// # Errors
/// Refuses a header without the columns, a list of far too few practices, one of several months, and one in
/// which none counts; else as [`App::send`].
pub async fn import(app: &App, name: &str, content: &[u8], asked: &Asked) -> Result<Listed, Problem> {
    let (practices, rejected) = read(name, content)?;
    if practices.len() < EXPECTED && !asked.partial {
        let message =
            format!("the file lists {} practices, and there are more than {EXPECTED}", practices.len());
        let hint = "get the whole file again; or say --partial if some practices are all there is to come";
        return Err(Problem::usage("too-few-practices", message, hint).at(name, 1, 1));
    }
    let months: HashSet<Month> = practices.iter().map(|practice| practice.month).collect();
    let month = match (months.iter().next(), months.len()) {
        (Some(month), 1) => *month,
        (_, several) => {
            let message = format!("the file is of {several} months");
            let hint = "import a file of one EXTRACT_DATE";
            return Err(Problem::usage("months", message, hint).at(name, 1, 1));
        }
    };
    let counts = counting(app, asked).await?;
    let counted: Vec<&Practice> = practices.iter().filter(|practice| counts(practice)).collect();
    if counted.is_empty() {
        let hint = "name the locations with --location, or the practices with --practice";
        let message =
            format!("no practice of the file is in a location of the commissioners of `{}`", asked.contract);
        return Err(Problem::usage("no-practice", message, hint).at(name, 1, 1));
    }
    let people = counted.iter().map(|practice| practice.people).sum();
    let listed = Listed {
        month,
        band: asked.band.clone(),
        listed: practices.len(),
        practices: counted.len(),
        people,
        rejected,
        duplicate: false,
    };
    record(app, content, asked, listed).await
}

async fn record(app: &App, content: &[u8], asked: &Asked, listed: Listed) -> Result<Listed, Problem> {
    let sha256 = hex::encode(Sha256::digest(content));
    let people = i64::try_from(listed.people).unwrap_or(i64::MAX);
    let command = Command::PopulationReported(PopulationReported {
        contract: asked.contract.clone(),
        period: Span::Month(listed.month),
        bands: vec![Band { band: asked.band.clone(), count: Count::of(people) }],
    });
    let key = format!("population:{}:{}:{}:{people}", &sha256[..16], asked.contract, listed.month);
    let mut request = app.request(command, &key)?;
    request.evidence = vec![Evidence { name: "patients registered at practices".to_owned(), sha256 }];
    let batch = if asked.dry_run { Some(app.batch().await?) } else { None };
    let duplicate = batch.as_ref().unwrap_or(app).send(&request).await?.replayed;
    Ok(Listed { duplicate, ..listed })
}

/// Which practices count.
async fn counting(app: &App, asked: &Asked) -> Result<impl Fn(&Practice) -> bool, Problem> {
    let kept = app.kept().await?;
    let parties = &kept.book().case(&asked.contract)?.terms.parties;
    let commissioners = std::iter::once(&parties.payer).chain(parties.all_commissioners());
    let codes = commissioners.filter_map(|party| kept.book().parties.get(party)?.code.clone());
    let upper = |codes: &[String]| codes.iter().map(|code| code.to_uppercase()).collect::<HashSet<String>>();
    let locations = if asked.locations.is_empty() { codes.collect() } else { asked.locations.clone() };
    let (locations, practices) = (upper(&locations), upper(&asked.practices));
    Ok(move |practice: &Practice| match &practice.location {
        _ if !practices.is_empty() => practices.contains(&practice.code),
        Some(location) => locations.contains(location),
        None => false,
    })
}

fn read(name: &str, content: &[u8]) -> Result<(Vec<Practice>, Vec<Problem>), Problem> {
    let malformed = |e: csv::Error| Problem::usage("csv", e, "save the file as CSV UTF-8").at(name, 1, 1);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(content);
    let header = reader.headers().map_err(malformed)?.clone();
    let place = |column: &str| {
        header.iter().position(|cell| cell.trim_start_matches('\u{feff}').eq_ignore_ascii_case(column))
    };
    let needed = |column: &str| {
        place(column).ok_or_else(|| {
            let message = format!("the header has no column `{column}`");
            Problem::usage("column-missing", message, "is it gp-reg-pat-prac-all.csv?").at(name, 1, 1)
        })
    };
    let columns = Columns {
        date: needed("EXTRACT_DATE")?,
        code: needed("CODE")?,
        people: needed("NUMBER_OF_PATIENTS")?,
        location: place("SUB_ICB_LOCATION_CODE").or(place("CCG_CODE")),
        all: ["SEX", "AGE"].map(&place),
        kind: place("TYPE"),
    };
    let (mut practices, mut rejected, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
    for record in reader.records() {
        let record = record.map_err(malformed)?;
        let line = record.position().map_or(0, |position| position.line() as usize);
        match columns.practice(&record) {
            Ok(practice) if seen.insert(practice.code.clone()) => practices.push(practice),
            Ok(practice) => {
                let message = format!("the practice {} stands twice", practice.code);
                rejected
                    .push(Problem::usage("duplicate", message, "leave one line for it").at(name, line, 1));
            }
            Err((message, hint)) => {
                rejected.push(Problem::usage("practice", message, hint).at(name, line, 1));
            }
        }
    }
    Ok((practices, rejected))
}

/// Where the columns are.
struct Columns {
    date: usize,
    code: usize,
    people: usize,
    location: Option<usize>,
    all: [Option<usize>; 2],
    kind: Option<usize>,
}

impl Columns {
    fn practice(&self, record: &csv::StringRecord) -> Result<Practice, (String, &'static str)> {
        let cell = |place: usize| record.get(place).unwrap_or_default();
        let (date, code, people) = (cell(self.date), cell(self.code).to_uppercase(), cell(self.people));
        if self.all.iter().flatten().any(|place| !cell(*place).eq_ignore_ascii_case("ALL")) {
            let message = "a line of one sex or age is a part of the practice".to_owned();
            return Err((message, "import the file with SEX and AGE `ALL`: gp-reg-pat-prac-all.csv"));
        }
        if self.kind.is_some_and(|place| !cell(place).eq_ignore_ascii_case("GP")) {
            return Err(("a line of another type than GP".to_owned(), "import gp-reg-pat-prac-all.csv"));
        }
        if code.len() != 6 || !code.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err((
                format!("`{code}` is not the code of a practice"),
                "it has 6 characters, such as A81001",
            ));
        }
        let month = NaiveDate::parse_from_str(date, "%d%b%Y").or(NaiveDate::parse_from_str(date, "%Y-%m-%d"));
        let month = month.map_err(|_| (format!("`{date}` is not a date"), "write it as 01JUL2026"))?;
        let whole = people
            .parse()
            .map_err(|_| (format!("`{people}` is not a number of people"), "write it in digits"));
        let location = self.location.map(|place| cell(place).to_uppercase());
        Ok(Practice { code, location, month: Month::of(month), people: whole? })
    }
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.rejected {
            writeln!(f, "{problem}")?;
        }
        let Listed { month, band, listed, practices, people, rejected, .. } = self;
        writeln!(
            f,
            "{month}: {people} people in band `{band}`, at {practices} of {listed} practices; {} lines rejected",
            rejected.len()
        )
    }
}
