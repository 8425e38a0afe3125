//! Blocks of activity tampered with one way at a time, in the stored ledger and in an export of it: the
//! binary names the first entry whose block is damaged.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use domain::recorded::Recorded;
use domain::verb::Event;
use rusqlite::Connection;

use crate::activity::{app, file, place, row};
use crate::binary::{Place, Run};

/// The kept files by their names.
type Files = BTreeMap<String, Vec<u8>>;

/// A report in blocks: its entry, and the names of the block of its lines and of that of its totals.
struct Report {
    entry: u64,
    lines: String,
    totals: String,
}

/// A signed ledger with the activity of April, May and June, and an export of it.
struct Months {
    place: Place,
    public: String,
    reports: Vec<Report>,
}

impl Months {
    async fn new() -> Months {
        let place = place();
        let of_month = |month: u32, cost: &str| {
            let (number, day) = (month.to_string(), format!("2025-{:02}-12", month + 3));
            row(&[(0, &number), (11, &format!("px-{number}")), (12, &day), (15, cost)])
        };
        place.write("quarter.csv", file(&[of_month(1, "100"), of_month(2, "200"), of_month(3, "300")]));
        let import = ["import", "activity", "quarter.csv", "--mff", "included", "--stage", "flex"];
        assert_eq!(place.run(&import).exit, 0);
        let public = place.answer(&["keys", "new", "northmoor.example/riskshare"]).trim().to_owned();
        place.answer(&["--signing-key", "riskshare.key", "export", "export"]);
        let reports = {
            let app = app(&place).await;
            let kept = app.kept().await.unwrap();
            let report = |recorded: &Arc<Recorded>| {
                let Event::ActivityReported(report) = &recorded.event else { return None };
                let blocks = report.blocks.as_ref().unwrap();
                let [lines] = &blocks.lines[..] else { panic!("{blocks:?}") };
                let (lines, totals) = (lines.sha256.clone(), blocks.totals.sha256.clone());
                Some(Report { entry: recorded.entry.0, lines, totals })
            };
            kept.events().iter().filter_map(report).collect()
        };
        Months { place, public, reports }
    }

    /// The files changed where they are kept, and what `check` says then.
    fn check(&self, change: impl Fn(&mut Files)) -> Run {
        let copy = self.place.path().join("copy.db");
        std::fs::copy(self.place.path().join("riskshare.db"), &copy).unwrap();
        let connection = Connection::open(&copy).unwrap();
        let mut files: Files = connection
            .prepare("SELECT sha256, content FROM file")
            .unwrap()
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        change(&mut files);
        connection.execute("DELETE FROM file", []).unwrap();
        for (sha256, content) in files {
            connection.execute("INSERT INTO file VALUES ('main', ?1, ?2)", (sha256, content)).unwrap();
        }
        connection.close().unwrap();
        self.place.run(&["--ledger", "sqlite:copy.db", "check", "--key", &self.public])
    }

    /// The files changed where they were exported, and what `verify` says then.
    fn verify(&self, change: impl Fn(&mut Files)) -> Run {
        let folder = self.place.path().join("export/files");
        let read = |path: &Path| std::fs::read(path).unwrap();
        let paths = || std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path());
        let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
        let whole: Files = paths().map(|path| (name(&path), read(&path))).collect();
        let put = |files: &Files| {
            paths().for_each(|path| std::fs::remove_file(path).unwrap());
            files.iter().for_each(|(name, content)| std::fs::write(folder.join(name), content).unwrap());
        };
        let mut changed = whole.clone();
        change(&mut changed);
        put(&changed);
        let run = self.place.run(&["verify", "export", "--key", &self.public]);
        put(&whole);
        run
    }
}

/// What is done to the files, and at which report it is found first.
type Tampering = (&'static str, fn(&mut Files, &[Report]), usize);

const TAMPERING: &[Tampering] = &[
    ("the first byte of a block of lines is changed", |files, of| flip(files, &of[1].lines, 0), 1),
    ("a byte within a block of lines is changed", |files, of| flip(files, &of[1].lines, 200), 1),
    ("a block of lines is cut short", |files, of| files.get_mut(&of[1].lines).unwrap().truncate(400), 1),
    ("two blocks of lines change places", |files, of| swap(files, &of[0].lines, &of[2].lines), 0),
    ("a block of lines is missing", |files, of| drop(files.remove(&of[2].lines).unwrap()), 2),
    (
        "a block of lines is kept under another name",
        |files, of| {
            let content = files.remove(&of[2].lines).unwrap();
            files.insert("ab".repeat(32), content);
        },
        2,
    ),
    (
        "a block of lines stands in for totals",
        |files, of| {
            let lines = files[&of[1].lines].clone();
            files.insert(of[1].totals.clone(), lines);
        },
        1,
    ),
    ("a byte of a block of totals is changed", |files, of| flip(files, &of[1].totals, 100), 1),
    ("two blocks of totals change places", |files, of| swap(files, &of[0].totals, &of[2].totals), 0),
    ("a block of totals is missing", |files, of| drop(files.remove(&of[2].totals).unwrap()), 2),
];

fn flip(files: &mut Files, name: &str, place: usize) {
    files.get_mut(name).unwrap()[place] ^= 1;
}

fn swap(files: &mut Files, one: &str, other: &str) {
    let [a, b] = [one, other].map(|name| files.remove(name).unwrap());
    assert_ne!(a, b);
    files.extend([(one.to_owned(), b), (other.to_owned(), a)]);
}

/// The first finding that a run prints.
fn first(run: &Run, is_finding: impl Fn(&str) -> bool) -> &str {
    run.out.lines().find(|line| is_finding(line)).unwrap_or_else(|| panic!("no finding in {}", run.out))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_way_of_tampering_with_a_block_is_named_with_its_first_entry() {
    let months = Months::new().await;
    let entries: Vec<u64> = months.reports.iter().map(|report| report.entry).collect();
    assert_eq!(entries, [8, 9, 10]);
    for run in [months.check(|_| ()), months.verify(|_| ())] {
        assert_eq!(run.exit, 0, "{}{}", run.out, run.err);
    }
    for (what, change, report) in TAMPERING {
        let entry = months.reports[*report].entry;
        let checked = months.check(|files| change(files, &months.reports));
        assert_eq!(checked.exit, 6, "{what}: {}{}", checked.out, checked.err);
        let found = first(&checked, |line| line.contains(": entry ") || line.starts_with("evidence: "));
        assert!(found.contains(&format!("entry {entry}: ")), "{what}\n{}", checked.out);
        let verified = months.verify(|files| change(files, &months.reports));
        assert_eq!(verified.exit, 6, "{what}: {}{}", verified.out, verified.err);
        let found = first(&verified, |line| line.starts_with("WRONG"));
        assert!(found.contains(&format!("entry {entry}: its block ")), "{what}\n{}", verified.out);
    }
}
