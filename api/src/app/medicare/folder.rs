//! Every public use file of a folder: imported in order of their years and counted, one row of a table for
//! each.

use std::fmt;
use std::path::{Path, PathBuf};

use domain::money::Currency;
use serde::Serialize;

use super::{Imported, import};
use crate::app::App;
use crate::problem::Problem;

/// How the files of a folder are named: this, the performance year, whatever else, `.csv`.
const NAMED: &str = "mssp_py";

/// What the files of a folder came to. As text it is a table in Markdown, and below it what differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Folder {
    /// In order of their years.
    pub files: Vec<File>,
}

/// What one file came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct File {
    /// Its name in the folder.
    pub name: String,
    /// Its performance year.
    pub year: i32,
    /// What became of its rows.
    pub imported: Imported,
}

/// The public use files of a folder with their years, in order of these.
///
/// # Errors
/// Where the folder cannot be read, or has none.
pub fn files(folder: &Path) -> Result<Vec<(i32, PathBuf)>, Problem> {
    let shown = folder.to_string_lossy();
    let entries = std::fs::read_dir(folder).map_err(|e| Problem::file(&shown, &e))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|e| Problem::file(&shown, &e))?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let year = name.strip_prefix(NAMED).filter(|_| name.ends_with(".csv")).and_then(|rest| rest.get(..4));
        if let Some(year) = year.and_then(|year| year.parse().ok()) {
            files.push((year, path));
        }
    }
    files.sort();
    if files.is_empty() {
        let message = format!("{shown} has no file named {NAMED}YEAR.csv");
        let hint = format!("name the files such as {NAMED}2023.csv, or give one file and its --year");
        return Err(Problem::usage("no-files", message, hint));
    }
    Ok(files)
}

/// Imports the files that [`files`] found; calls `begun` with each before its first row.
///
/// # Errors
/// As [`import`]; files before the faulty one stay recorded.
pub async fn import_all(
    app: &App,
    files: Vec<(i32, PathBuf)>,
    mut begun: impl FnMut(&Path),
) -> Result<Folder, Problem> {
    let mut folder = Folder { files: Vec::new() };
    for (year, path) in files {
        begun(&path);
        let shown = path.to_string_lossy().into_owned();
        let content = std::fs::read(&path).map_err(|e| Problem::file(&shown, &e))?;
        let imported = import(app, &shown, &content, year, |_| ()).await?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or(shown);
        folder.files.push(File { name, year, imported });
    }
    Ok(folder)
}

impl Folder {
    /// How many rows were rejected.
    pub fn rejected(&self) -> usize {
        self.files.iter().map(|file| file.imported.rejected()).sum()
    }
}

impl File {
    /// Organisations; to the dollar, within $1, within the printed score, different.
    fn counts(&self) -> [usize; 5] {
        let told = &self.imported.comparison;
        let all = self.imported.lines.len();
        [all, told.equal, told.within_one_dollar, told.within_printed_score, told.different.len()]
    }
}

impl fmt::Display for Folder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| file | organisations | to the dollar | within $1 | within the printed score | different |"
        )?;
        writeln!(f, "|---|---:|---:|---:|---:|---:|")?;
        let mut row = |name: &str, counts: [usize; 5]| {
            writeln!(f, "| {name} | {} |", counts.map(|count| count.to_string()).join(" | "))
        };
        let mut all = [0; 5];
        for file in &self.files {
            let counts = file.counts();
            row(&file.name, counts)?;
            for (sum, count) in all.iter_mut().zip(counts) {
                *sum += count;
            }
        }
        row("all", all)?;
        let differences = self.files.iter().flat_map(|file| {
            file.imported.comparison.different.iter().map(move |difference| (file.year, difference))
        });
        for (i, (year, difference)) in differences.enumerate() {
            if i == 0 {
                writeln!(f)?;
            }
            let (settled, published) =
                (difference.settled.show(Currency::Usd), difference.published.show(Currency::Usd));
            let (organisation, reason) = (&difference.organisation, &difference.reason);
            writeln!(f, "- {organisation} in {year}: settled {settled}, published {published}: {reason}")?;
        }
        for problem in self.files.iter().flat_map(|file| file.imported.problems()) {
            writeln!(f, "{problem}")?;
        }
        Ok(())
    }
}
