//! A generated care system: its folder, its activity files, and how they go into a ledger.

use std::ffi::OsString;
use std::path::PathBuf;

use serde::Deserialize;

use crate::Asked;
use crate::process::{self, Run};

/// A row of the manifest: a file and what it is.
#[derive(Deserialize)]
struct Sent {
    file: String,
    flow: String,
    stage: String,
}

/// A system of so many activity lines.
#[derive(Debug)]
pub struct System {
    folder: PathBuf,
}

impl System {
    /// Writes a system, unless it is there from an earlier run.
    pub fn generate(asked: &Asked, lines: usize) -> System {
        let folder = asked.folder.join(format!("system-{lines}"));
        if !folder.exists() {
            let unfinished = asked.folder.join("system-unfinished");
            let _absent = std::fs::remove_dir_all(&unfinished);
            let (lines, to) = (lines.to_string(), unfinished.to_string_lossy().into_owned());
            process::run(&asked.riskshare, &["generate", &to, "--lines", &lines, "--seed", "1"]);
            std::fs::rename(unfinished, &folder).unwrap();
        }
        System { folder }
    }

    /// The patient-level files that freeze a month, in the order in which they arrive.
    pub fn files(&self) -> Vec<PathBuf> {
        let folder = self.folder.join("activity");
        let mut manifest = csv::Reader::from_path(folder.join("manifest.csv")).unwrap();
        let rows = manifest.deserialize::<Sent>().map(Result::unwrap);
        let wanted = rows.filter(|sent| sent.flow == "PLCM" && sent.stage == "freeze");
        wanted.map(|sent| folder.join(sent.file)).collect()
    }

    /// Makes a ledger with everything but the activity.
    pub fn begin(&self, asked: &Asked, ledger: &str) {
        let folder = self.folder.to_string_lossy().into_owned();
        process::run(&asked.riskshare, &["--ledger", ledger, "load", &folder]);
    }

    /// Imports the activity.
    pub fn import(&self, asked: &Asked, ledger: &str) -> Run {
        let words = ["--ledger", ledger, "import", "activity", "--stage", "freeze", "--mff", "included"];
        let words = words.into_iter().map(OsString::from);
        let arguments: Vec<OsString> = words.chain(self.files().into_iter().map(OsString::from)).collect();
        process::run(&asked.riskshare, &arguments)
    }
}
