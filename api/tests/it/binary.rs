//! The built binary, run in a folder of its own, and what it says with everything left out that differs
//! between runs.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// What a run came to.
#[derive(Debug)]
pub struct Run {
    pub out: String,
    pub err: String,
    pub exit: i32,
}

/// A folder in which the binary is run.
pub struct Place {
    dir: TempDir,
}

impl Place {
    pub fn new() -> Place {
        Place { dir: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path().join(name), content).unwrap();
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        let run = Command::new(env!("CARGO_BIN_EXE_riskshare"))
            .args(arguments)
            .current_dir(self.path())
            .env_remove("RISKSHARE_LEDGER")
            .env_remove("RISKSHARE_AS")
            .env_remove("RISKSHARE_SIGNING_KEY")
            .env_remove("RISKSHARE_SIGNING_KEY_FILE")
            .env("TMPDIR", self.path())
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| self.redacted(&String::from_utf8(bytes).unwrap());
        Run { out: text(run.stdout), err: text(run.stderr), exit: run.status.code().unwrap() }
    }

    /// The same, for a run that ends with success and says nothing beside its answer.
    pub fn answer(&self, arguments: &[&str]) -> String {
        let run = self.run(arguments);
        assert_eq!((run.exit, run.err.as_str()), (0, ""), "{arguments:?}\n{}", run.out);
        run.out
    }

    /// Without the folder, hashes, moments of recording and today's date.
    fn redacted(&self, text: &str) -> String {
        let text = text.replace(&self.path().display().to_string(), "[folder]");
        let mut out = String::new();
        let mut rest = text.as_str();
        while let Some(first) = rest.chars().next() {
            if let Some(after) = rest.strip_prefix("sha256:") {
                out.push_str("sha256:[hash]");
                rest = after.trim_start_matches(|c: char| c.is_ascii_hexdigit());
            } else if let Some(after) = rest.strip_prefix("riskshare-demo-") {
                out.push_str("riskshare-demo-[..]");
                rest = after.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
            } else if let Some(after) = after_moment(rest) {
                out.push_str("[moment]");
                rest = after;
            } else {
                out.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
        out
    }
}

/// What follows a moment such as `2025-06-20T17:30:00.000000Z`, where the text begins with one of this
/// century's twenties, when these tests are run; moments that an example states are older and are kept.
fn after_moment(text: &str) -> Option<&str> {
    let (moment, after) = text.split_at_checked("2025-06-20T17:30:00.000000Z".len())?;
    let is_now = moment.starts_with("202") && moment.parse::<domain::time::Instant>().is_ok();
    is_now.then_some(after)
}
