//! Importing Medicare's public use files: settled as published, once, whatever the file looks like and
//! wherever the ledger is.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use api::app::medicare::{Imported, Verdict, import};
use api::app::{App, Times};
use api::problem::{Exit, Place, Problem};
use domain::time::KnownAt;
use projections::settlements::Settlement;
use tempfile::TempDir;

use crate::ledger::somebody;

/// A file with the columns that are needed, in another order and case than the program's.
const HEADER: &str = "aco_id,aco_name,CURRENT_TRACK,N_AB,MinSavPerc,ABtotBnchmk,ABtotExp,BnchmkMinExp,DisAdj,EarnSaveLoss,\
    Met_QPS,Met_AltQPS,QualScore\n";
const SAVES: &str = "A1,\"First Care, Inc\",B,60000,2.00,500000000,487000000,13000000,-,5096000,1,.,80.00\n";
const LOSES: &str = "A2,Second Care,EN,16000,1.00,130000000,132600000,-2600000,-232538,-1489962,0,1,45.00\n";

async fn memory() -> App {
    App::open_or_create("memory:", somebody()).await.unwrap()
}

async fn open(url: &str) -> App {
    App::open_or_create(url, somebody()).await.unwrap()
}

fn sqlite(folder: &TempDir) -> String {
    format!("sqlite:{}", folder.path().join("test.db").display())
}

async fn imported(app: &App, content: &[u8]) -> Imported {
    import(app, "file.csv", content, 2023, |_| ()).await.unwrap_or_else(|e| panic!("{e}"))
}

async fn settlements(app: &App) -> Vec<(String, String)> {
    let times = Times { as_of: None, known_at: KnownAt::Now };
    let row = |s: Settlement| (s.contract.to_string(), s.payable.unwrap().to_string());
    app.settlements(false, times).await.unwrap().into_iter().map(row).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn sample() -> String {
    std::fs::read_to_string(root().join("examples/us-aco/mssp_py2023_sample.csv")).unwrap()
}

const EXCEPTIONS: &str =
    "  A1241: settled -$1,663,927.00, published -$1,149,065.00: revenue limit not recorded, may owe less
  A4627: settled -$564,554.00, published -$138,360.00: revenue limit not recorded, may owe less
  A5293: settled -$931,158.00, published -$98,453.00: revenue limit not recorded, may owe less
";

#[tokio::test]
async fn the_sample_settles_as_published() {
    let folder = TempDir::new().unwrap();
    let (on_file, in_memory) = (open(&sqlite(&folder)).await, memory().await);
    for app in [&on_file, &in_memory] {
        let told = imported(app, sample().as_bytes()).await.to_string();
        let expected = format!(
            "33 organisations: 33 recorded, 0 recorded before, 0 rejected\n\
             against what was published: 28 equal, 2 within $1, 3 different\n{EXCEPTIONS}"
        );
        assert_eq!(told, expected);
    }
    assert_eq!(settlements(&on_file).await, settlements(&in_memory).await);
    on_file.ledger().log().verify().await.unwrap();
}

#[tokio::test]
async fn the_whole_year_settles_as_published() {
    let path = root().join("../shared/medicare/mssp_py2023.csv");
    let Ok(content) = std::fs::read(&path) else {
        println!("not run: {} is not there", path.display());
        return;
    };
    let folder = TempDir::new().unwrap();
    let app = open(&sqlite(&folder)).await;
    let told = imported(&app, &content).await.to_string();
    let expected = format!(
        "453 organisations: 453 recorded, 0 recorded before, 0 rejected\n\
         against what was published: 395 equal, 55 within $1, 3 different\n{EXCEPTIONS}"
    );
    assert_eq!(told, expected);
    assert_eq!(settlements(&app).await.len(), 453);
}

#[tokio::test]
async fn postgres_settles_as_sqlite_does() {
    let Some(server) = Server::new() else { return };
    let folder = TempDir::new().unwrap();
    let (one, other) = (open(&sqlite(&folder)).await, open(&server.url()).await);
    imported(&one, sample().as_bytes()).await;
    imported(&other, sample().as_bytes()).await;
    let expected = settlements(&one).await;
    assert_eq!(expected.len(), 33);
    assert_eq!(settlements(&other).await, expected);
    let again = imported(&other, sample().as_bytes()).await;
    assert_eq!((again.accepted(), again.duplicate(), again.rejected()), (0, 33, 0));
}

#[tokio::test]
async fn importing_twice_is_importing_once() {
    let folder = TempDir::new().unwrap();
    let app = open(&sqlite(&folder)).await;
    let first = imported(&app, sample().as_bytes()).await;
    let head = app.ledger().log().head().await.unwrap();
    let again = imported(&app, sample().as_bytes()).await;
    assert_eq!((again.accepted(), again.duplicate(), again.rejected()), (0, 33, 0));
    assert_eq!(again.comparison, first.comparison);
    assert_eq!(app.ledger().log().head().await.unwrap(), head);
    // Opened anew, and by another name of the file.
    let app = open(&sqlite(&folder)).await;
    let again = import(&app, "renamed.csv", sample().as_bytes(), 2023, |_| ()).await.unwrap();
    assert_eq!((again.duplicate(), app.ledger().log().head().await.unwrap()), (33, head));
}

/// Thousands commas, `$`, `%`, quotes, dashes, a byte order mark and line ends, as CMS publishes them.
fn as_published(cleaned: &str) -> String {
    let mut out = String::from("\u{feff}");
    let mut reader = csv::Reader::from_reader(cleaned.as_bytes());
    let header = reader.headers().unwrap().clone();
    out.push_str(&header.iter().collect::<Vec<_>>().join(","));
    out.push_str("\r\n");
    for record in reader.records() {
        let record = record.unwrap();
        let cells = header.iter().zip(record.iter()).map(|(name, cell)| match name {
            _ if cell.is_empty() => " - ".to_owned(),
            "ABtotBnchmk" | "ABtotExp" | "BnchmkMinExp" | "EarnSaveLoss" | "DisAdj" => {
                match cell.strip_prefix('-') {
                    Some(size) => format!("\"-${}\"", domain::money::group_thousands(size)),
                    None => format!("\" ${} \"", domain::money::group_thousands(cell)),
                }
            }
            "N_AB" | "N_AB_Year_PY" => format!("\"{}\"", domain::money::group_thousands(cell)),
            "MinSavPerc" | "QualScore" => format!("{cell}%"),
            _ => format!("\"{}\"", cell.replace('"', "\"\"")),
        });
        let cells: Vec<String> = cells.collect();
        write!(out, "{}\r\n", cells.join(",")).unwrap();
    }
    out
}

#[tokio::test]
async fn a_file_as_published_settles_as_the_cleaned_one() {
    let published = as_published(&sample());
    assert!(published.contains("\"-$1,149,065\"") && published.contains(",2.00%,"));
    let (one, other) = (memory().await, memory().await);
    imported(&one, sample().as_bytes()).await;
    assert_eq!(imported(&other, published.as_bytes()).await.rejected(), 0);
    assert_eq!(settlements(&one).await, settlements(&other).await);
    // The figures are there already, only written otherwise.
    let head = one.ledger().log().head().await.unwrap();
    let again = imported(&one, published.as_bytes()).await;
    assert_eq!((again.accepted(), again.duplicate(), again.rejected()), (0, 33, 0));
    assert_eq!(one.ledger().log().head().await.unwrap(), head);
}

#[tokio::test]
async fn every_fact_is_recorded_with_its_file() {
    let app = memory().await;
    let content = format!("{HEADER}{SAVES}{LOSES}");
    let mut seen = Vec::new();
    let told =
        import(&app, "file.csv", content.as_bytes(), 2023, |line| seen.push(line.clone())).await.unwrap();
    assert_eq!(seen, told.lines);
    assert_eq!((told.comparison.equal, told.comparison.different.len()), (2, 0), "{told}");
    let kept = app.kept().await.unwrap();
    let case = kept.book().case(&"mssp-2023-A2".parse().unwrap()).unwrap();
    assert_eq!(case.terms.title, "Medicare Shared Savings Program 2023, ENHANCED track: Second Care");
    assert_eq!(case.terms.pay[0].clause.as_str(), "425.610");
    assert_eq!(case.benchmarks[0].fact.stated_savings.unwrap().to_string(), "-2600000.00");
    assert_eq!(case.benchmarks[0].fact.stated_minimum_rate, None);
    let measured: Vec<String> =
        case.measurements.iter().map(|m| format!("{} {}", m.fact.indicator, m.fact.value)).collect();
    assert_eq!(measured, ["quality-score 0.45", "quality-standard 0", "alternative-quality-standard 1"]);
    assert_eq!(case.reliefs[0].fact.amount.to_string(), "232538.00");
    // From the program's side what is owed to it is to be received.
    let claim = &case.balances[0].fact;
    assert_eq!((claim.party.as_str(), claim.amount.to_string().as_str()), ("cms", "1489962.00"));
    assert_eq!(case.statements[0].fact.statement.as_of.to_string(), "2023-12-31");

    let last = kept.events().last().unwrap();
    let sha256 = last.evidence[0].sha256.clone();
    assert_eq!(last.key.as_str(), format!("import:{}:mssp-2023-A2:draw-up", &sha256[..16]));
    let party = kept.events().iter().find(|e| e.stream.as_str() == "party/A1").unwrap();
    assert_eq!(party.key.as_str(), "import:party:A1");
    drop(kept);
    assert_eq!(app.ledger().log().get_file(&sha256).await.unwrap().unwrap(), content.as_bytes());
}

/// A minimum rate that neither the choice nor the scale gives counts as published.
#[tokio::test]
async fn a_published_minimum_that_no_rule_gives_counts() {
    let row = |minimum: &str, people: &str| {
        let row = format!("A1,Care,B,{people},{minimum},10000000,9700000,300000,0,0,1,0,80\n");
        format!("{HEADER}{row}")
    };
    for (minimum, people, stated, settled) in [
        ("3.80", "5,333", None, "0.00"),            // the scale
        ("2.00", "5,333", Some("2%"), "117600.00"), // one-sided: no choice
        ("25.42", "152", Some("25.42%"), "0.00"),   // below the published scale
    ] {
        let content = row(minimum, &format!("\"{people}\""));
        let app = memory().await;
        let told = imported(&app, content.as_bytes()).await;
        assert_eq!(told.lines[0].settled.unwrap().to_string(), settled, "{told}");
        let kept = app.kept().await.unwrap();
        let set = &kept.book().case(&"mssp-2023-A1".parse().unwrap()).unwrap().benchmarks[0].fact;
        assert_eq!(set.stated_minimum_rate.as_ref().map(ToString::to_string).as_deref(), stated);
    }
}

/// The problem of the only rejected line, after checking that the others were recorded.
async fn only_problem(content: &[u8]) -> Problem {
    let app = memory().await;
    let told = imported(&app, content).await;
    assert_eq!((told.accepted(), told.rejected()), (told.lines.len() - 1, 1), "{told}");
    assert_eq!(settlements(&app).await.len(), told.accepted());
    told.problems().next().unwrap().clone()
}

#[tokio::test]
async fn a_cell_that_cannot_be_used_rejects_its_line_alone() {
    for (from, to, column, message) in [
        ("487000000", "a lot", 45, "ABtotExp is `a lot`, which is not a number"),
        ("487000000", "", 45, "ABtotExp is empty"),
        ("487000000", "487000000.005", 45, "ABtotExp is `487000000.005`, which is not an amount of dollars"),
        (",B,", ",F,", 22, "Current_Track is `F`, which is no track of 2023"),
        ("60000", "60000.5", 24, "N_AB is `60000.5`, which is not a number of people"),
        (",1,.,80", ",yes,.,80", 74, "Met_QPS is `yes`, which is neither 1 nor 0"),
        (",.,80.00", ",.,*", 78, "QualScore is `*`, which is not a number"),
        (
            "A1,",
            "A/1,",
            1,
            "ACO_ID: `A/1` is not a party's name: use 1 to 60 letters, digits and any of `-_.`",
        ),
    ] {
        assert_eq!(SAVES.matches(from).count(), 1, "{from}");
        let problem = only_problem(format!("{HEADER}{LOSES}{}", SAVES.replace(from, to)).as_bytes()).await;
        assert_eq!(problem.message, message);
        let place = Place::File { file: "file.csv".to_owned(), line: 3, column };
        assert_eq!((problem.place, problem.exit), (Some(place), Exit::Usage), "{message}");
    }
}

#[tokio::test]
async fn rows_that_are_cut_short_or_stand_twice_are_rejected() {
    let cut = only_problem(format!("{HEADER}{LOSES}A1,First").as_bytes()).await;
    assert_eq!(cut.message, "this row has 2 cells, the header has 13");
    assert!(cut.hint.starts_with("was the file cut off?") && cut.to_string().starts_with("file.csv:3:1:"));
    let twice = only_problem(format!("{HEADER}{LOSES}\n{SAVES}{LOSES}").as_bytes()).await;
    assert_eq!(twice.message, "A2 stands twice: on line 2 too");
    assert!(twice.to_string().starts_with("file.csv:5:1:"), "{twice}");
}

/// What the ledger itself refuses leaves nothing of the organisation behind.
#[tokio::test]
async fn an_organisation_is_recorded_whole_or_not_at_all() {
    let app = memory().await;
    let refused = SAVES.replace("500000000", "-500000000");
    let told = imported(&app, format!("{HEADER}{refused}{LOSES}").as_bytes()).await;
    assert_eq!((told.accepted(), told.rejected()), (1, 1));
    let problem = told.problems().next().unwrap();
    assert_eq!((problem.code.as_str(), problem.exit), ("negative-benchmark", Exit::Refused));
    assert!(problem.to_string().starts_with("file.csv:2:1: error: a benchmark is not negative"), "{problem}");
    let parties: Vec<String> = app.parties().await.unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(parties, ["A2", "cms"]);

    // The corrected file records what is missing and leaves the rest as it is.
    let told = imported(&app, format!("{HEADER}{SAVES}{LOSES}").as_bytes()).await;
    let verdicts: Vec<&Verdict> = told.lines.iter().map(|line| &line.verdict).collect();
    assert_eq!(verdicts, [&Verdict::Accepted, &Verdict::Duplicate]);
}

#[tokio::test]
async fn revised_figures_are_refused_and_named() {
    let app = memory().await;
    imported(&app, format!("{HEADER}{SAVES}").as_bytes()).await;
    let revised = SAVES.replace("487000000", "487000001").replace("13000000", "12999999");
    let told = imported(&app, format!("{HEADER}{revised}").as_bytes()).await;
    let problem = told.problems().next().unwrap();
    assert_eq!(problem.message, "`mssp-2023-A1` is recorded already, with another benchmark, cost");
    assert_eq!((problem.exit, told.rejected()), (Exit::Conflict, 1));
}

async fn refused(content: &[u8], year: i32) -> Problem {
    let app = memory().await;
    let before = app.ledger().log().head().await.unwrap();
    let problem =
        import(&app, "file.csv", content, year, |_| panic!("no line has a verdict")).await.unwrap_err();
    assert_eq!(app.ledger().log().head().await.unwrap(), before);
    assert_eq!(problem.exit, Exit::Usage);
    problem
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_refused_as_a_whole() {
    let whole = format!("{HEADER}{SAVES}");
    let problem = refused(whole.as_bytes(), 2010).await;
    assert_eq!(problem.message, "there are no rules for performance year 2010");
    let years: Vec<String> = (2013..=2024).map(|year| year.to_string()).collect();
    assert_eq!(problem.hint, format!("the years known are: {}", years.join(", ")));

    let problem =
        refused(whole.replace(",QualScore", ",Quality").replace("N_AB", "N").as_bytes(), 2023).await;
    assert!(
        problem.to_string().starts_with("file.csv:1:1: error: 2 columns are missing: N_AB, QualScore"),
        "{problem}"
    );
    let problem = refused(whole.replace(",QualScore", ",Met_qps").as_bytes(), 2023).await;
    assert_eq!(problem.message, "the column Met_qps stands twice");

    let mut latin = whole.replace("First Care", "F\u{7f}rst Care").into_bytes();
    let at = latin.iter().position(|byte| *byte == 0x7f).unwrap();
    latin[at] = 0xed;
    let problem = refused(&latin, 2023).await;
    assert!(problem.to_string().starts_with("file.csv:2:6: error: byte 0xed is not UTF-8"), "{problem}");
    assert_eq!(refused(b"", 2023).await.message, "the file has no header row");
}

/// Two that import one file at once record each organisation once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_imports_at_once_record_each_organisation_once() {
    let folder = TempDir::new().unwrap();
    let (one, other) = (open(&sqlite(&folder)).await, open(&sqlite(&folder)).await);
    let content = sample();
    let (a, b) = tokio::join!(imported(&one, content.as_bytes()), imported(&other, content.as_bytes()));
    assert_eq!((a.rejected(), b.rejected()), (0, 0), "{a}{b}");
    assert_eq!(a.comparison, b.comparison);
    let alone = memory().await;
    imported(&alone, content.as_bytes()).await;
    assert_eq!(settlements(&one).await, settlements(&alone).await);
    let entries = [&one, &alone].map(|app| app.ledger().log().clone());
    assert_eq!(entries[0].head().await.unwrap().entry, entries[1].head().await.unwrap().entry);
    entries[0].verify().await.unwrap();
}

/// A database of its own on the server of `RISKSHARE_TEST_POSTGRES`, dropped at the end.
struct Server {
    server: String,
    name: String,
}

impl Server {
    /// Nothing where no server was given.
    fn new() -> Option<Server> {
        let Ok(server) = std::env::var("RISKSHARE_TEST_POSTGRES") else {
            println!("not run: RISKSHARE_TEST_POSTGRES is not set");
            return None;
        };
        let made = Server { server, name: format!("riskshare_medicare_{}", std::process::id()) };
        made.execute(&format!("CREATE DATABASE {} TEMPLATE template0", made.name));
        Some(made)
    }

    fn url(&self) -> String {
        let (url, query) =
            self.server.split_once('?').map_or((&*self.server, String::new()), |(u, q)| (u, format!("?{q}")));
        let (engine, rest) = url.split_once("://").unwrap();
        format!("{engine}://{}/{}{query}", rest.split('/').next().unwrap(), self.name)
    }

    fn execute(&self, sql: &str) {
        let run = Command::new("psql")
            .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql, &self.server])
            .status();
        assert!(run.expect("psql comes with PostgreSQL").success(), "{sql}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.execute(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}
