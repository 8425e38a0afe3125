//! Workbook = ledger: every amount of every example's workbook, as it is written and as a spreadsheet program
//! works it out again.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use api::app::workbook::Which;
use api::app::{App, Times, medicare};
use calamine::{Data, Reader, Xlsx};
use domain::exact::Exact;
use domain::statement::Statement;
use domain::time::KnownAt;
use domain::worksheet::LineKind;

use crate::examples::Example;
use crate::ledger::{somebody, times};

/// A workbook with the statement it is made from.
struct Made {
    name: String,
    bytes: Vec<u8>,
    statement: Statement,
}

/// The workbook of a contract year.
async fn made(app: &App, contract: &str, year: &str, pair: (&str, &str)) -> Made {
    let (id, asked, times) = (contract.parse().unwrap(), year.parse().unwrap(), times(pair.0, pair.1));
    let statement = app.settle(&id, asked, times).await.unwrap().draft;
    let bytes = app.workbook(&id, asked, Which::Draft, times).await.unwrap();
    let name = format!("{contract}-{year}-{}-{}", pair.0, pair.1).replace(['/', ':'], "-");
    Made { name, bytes, statement }
}

/// The workbook of the last statement of each contract year that an example's figures ask about; in long
/// runs, of all.
async fn of_every_example() -> Vec<Made> {
    let long = std::env::var_os("RISKSHARE_TEST_LONG").is_some();
    let mut all = Vec::new();
    for example in Example::all() {
        let app = example.loaded().await;
        let rows = example.table("figures.csv");
        let cell = |row: &api::app::table::Row, name: &str| row.fields[name].as_str().unwrap().to_owned();
        let asked: BTreeSet<[String; 4]> = rows
            .iter()
            .map(|row| ["contract", "year", "as_of", "known_at"].map(|name| cell(row, name)))
            .collect();
        let last = |[contract, year, ..]: &[String; 4]| {
            asked.iter().rfind(|other| other[0] == *contract && other[1] == *year)
        };
        for asked in asked.iter().filter(|asked| long || last(asked) == Some(asked)) {
            let [contract, year, as_of, known_at] = asked;
            all.push(made(&app, contract, year, (as_of, known_at)).await);
        }
    }
    all.extend(of_medicare().await);
    all
}

/// The workbooks of the published Medicare results, whose folder is imported: of each year's first
/// organisations; in long runs, of all.
async fn of_medicare() -> Vec<Made> {
    let app = App::open_or_create("memory:", somebody()).await.unwrap();
    for year in [2013, 2018, 2023] {
        let file = format!("mssp_py{year}_sample.csv");
        let content = Example::named("us-aco").read(&file);
        medicare::import(&app, &file, content.as_bytes(), year, |_| ()).await.unwrap();
    }
    let now = Times { as_of: Some("2026-01-01".parse().unwrap()), known_at: KnownAt::Now };
    let settled = app.settlements(false, now).await.unwrap();
    let each = if std::env::var_os("RISKSHARE_TEST_LONG").is_some() { 1 } else { 9 };
    let mut all = Vec::new();
    for row in settled.iter().step_by(each) {
        all.push(made(&app, row.contract.as_str(), &row.year.to_string(), ("2026-01-01", "now")).await);
    }
    assert!(all.len() > 3, "only {} of Medicare", all.len());
    all
}

/// To how many places a cell can hold an amount of this kind: a spreadsheet keeps fifteen digits, and the
/// margin of a test is an amount of money more often than not.
fn places(kind: LineKind) -> u32 {
    match kind {
        LineKind::Money | LineKind::Test => 4,
        LineKind::Rate | LineKind::Count | LineKind::Note => 9,
    }
}

/// The amount of a line as a workbook's cell holds it.
fn amount(line: &domain::worksheet::Line) -> Option<String> {
    let exact = line.exact.as_ref()?;
    Some(match line.kind {
        LineKind::Money => line.value.clone()?.parse::<Exact>().ok()?.to_places(4).to_string(),
        _ => exact.to_places(places(line.kind)).to_string(),
    })
}

/// What differs between a statement and the amounts of its workbook, by line id.
fn differences(made: &Made, amounts: &BTreeMap<String, String>) -> Vec<String> {
    let mut wrong = Vec::new();
    for line in &made.statement.lines {
        let Some(expected) = amount(line) else { continue };
        let found = amounts.get(&line.id).and_then(|text| text.parse::<Exact>().ok());
        let found = found.map_or_else(
            || format!("{:?}", amounts.get(&line.id)),
            |n| n.to_places(places(line.kind)).to_string(),
        );
        if found != expected {
            wrong.push(format!("{}: {} is {expected}, in the workbook {found}", made.name, line.id));
        }
    }
    wrong
}

/// The results that are written with the formulas, by line id.
fn as_written(made: &Made) -> BTreeMap<String, String> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(&made.bytes)).unwrap();
    let sheet = book.worksheet_range("Statement").unwrap();
    let rows = sheet.rows().skip(1).filter_map(|row| match (&row[8], &row[4]) {
        (Data::String(id), Data::Float(amount)) => Some((id.clone(), amount.to_string())),
        (Data::String(id), Data::Int(amount)) => Some((id.clone(), amount.to_string())),
        _ => None,
    });
    rows.collect()
}

#[tokio::test]
async fn readers_that_do_not_calculate_see_the_amounts_of_the_ledger() {
    let mut wrong = Vec::new();
    for made in of_every_example().await {
        wrong.extend(differences(&made, &as_written(&made)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The same question gives the same bytes.
#[tokio::test]
async fn a_workbook_is_the_same_whenever_it_is_asked_for() {
    let app = Example::named("pennine-msk").loaded().await;
    let asked = ("pennine-msk", "2013/14", ("2014-06-30", "2014-07-31"));
    let first = made(&app, asked.0, asked.1, asked.2).await;
    assert_eq!(first.bytes, made(&app, asked.0, asked.1, asked.2).await.bytes);
}

/// A spreadsheet program, where there is one.
fn office() -> Option<PathBuf> {
    let found = std::env::var_os("RISKSHARE_TEST_OFFICE").map(PathBuf::from);
    if found.is_none() {
        eprintln!("not run: RISKSHARE_TEST_OFFICE names no spreadsheet program");
    }
    found
}

/// A cell of column B with another value.
struct Change {
    sheet: &'static str,
    row: u32,
    value: String,
}

const PARAMETERS: &str = "xl/worksheets/sheet3.xml";
const FACTS: &str = "xl/worksheets/sheet4.xml";

/// The workbook without any of its results, and with cells changed: nothing is left but formulas.
fn bare(bytes: &[u8], changes: &[Change]) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for i in 0..from.len() {
        let mut file = from.by_index(i).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut content = String::new();
        file.read_to_string(&mut content).unwrap();
        if name.starts_with("xl/worksheets/sheet") {
            content = without_results(&content);
        }
        for Change { row, value, .. } in changes.iter().filter(|change| change.sheet == name) {
            content = set(&content, *row, value);
        }
        to.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        to.write_all(content.as_bytes()).unwrap();
    }
    to.finish().unwrap().into_inner()
}

fn without_results(sheet: &str) -> String {
    let mut parts = sheet.split("</f><v>");
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (_, rest) = part.split_once("</v>").unwrap();
        kept.push_str("</f>");
        kept.push_str(rest);
    }
    kept
}

/// Puts another value into column B of a row.
fn set(sheet: &str, row: u32, value: &str) -> String {
    let cell = format!("<c r=\"B{row}\"");
    let at = sheet.find(&cell).unwrap_or_else(|| panic!("no cell B{row}"));
    let (before, after) = sheet.split_at(at);
    let (attributes, rest) = after.split_once('>').unwrap();
    let (_, rest) = rest.split_once("</c>").unwrap();
    format!("{before}{attributes}><v>{value}</v></c>{rest}")
}

/// A workbook worked out again.
struct Recalculated {
    /// The amounts by line id.
    amounts: BTreeMap<String, String>,
    /// Whether it says that every line still goes by the rule it was settled by.
    as_settled: bool,
}

/// Every workbook worked out again.
fn recalculated(office: &Path, books: &[(String, Vec<u8>)]) -> Vec<Recalculated> {
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("profile/user");
    std::fs::create_dir_all(&profile).unwrap();
    std::fs::write(profile.join("registrymodifications.xcu"), ALWAYS_RECALCULATE).unwrap();
    let files: Vec<PathBuf> = (0..)
        .zip(books)
        .map(|(i, (_, bytes)): (u32, _)| {
            let file = folder.path().join(format!("book{i}.xlsx"));
            std::fs::write(&file, bytes).unwrap();
            file
        })
        .collect();
    let run = Command::new(office)
        .arg(format!("-env:UserInstallation=file://{}", profile.parent().unwrap().display()))
        .args([
            "--headless",
            "--convert-to",
            "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1",
        ])
        .arg("--outdir")
        .arg(folder.path())
        .args(&files)
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let sheet = |i: usize, name: &str| folder.path().join(format!("book{i}-{name}.csv"));
    let read = |i| Recalculated {
        amounts: statement_of(&sheet(i, "Statement")),
        as_settled: std::fs::read_to_string(sheet(i, "Summary"))
            .unwrap()
            .contains("Every line goes by the rule"),
    };
    (0..files.len()).map(read).collect()
}

fn statement_of(file: &Path) -> BTreeMap<String, String> {
    let mut reader = csv::Reader::from_path(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    let rows = reader.records().map(Result::unwrap);
    rows.map(|row| (row[8].to_owned(), plain(&row[4]))).collect()
}

/// A number as a spreadsheet exports it, `72%` or `1.5E-05`, as a plain one.
fn plain(text: &str) -> String {
    let (text, percent) = text.strip_suffix('%').map_or((text, false), |rate| (rate, true));
    let (digits, power) = text.split_once('E').map_or((text, 0), |(d, p)| (d, p.parse::<i32>().unwrap()));
    let Ok(number) = digits.parse::<Exact>() else { return text.to_owned() };
    let power = power - if percent { 2 } else { 0 };
    let ten = Exact::from(10i64.pow(power.unsigned_abs()));
    if power < 0 { number.checked_div(&ten).unwrap().to_string() } else { (number * ten).to_string() }
}

const ALWAYS_RECALCULATE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"#;

/// Invariant 8: without any of the results that were written, a spreadsheet program comes to the same
/// amounts.
#[tokio::test]
async fn a_spreadsheet_program_works_out_the_amounts_of_the_ledger() {
    let Some(office) = office() else { return };
    let all = of_every_example().await;
    let books: Vec<_> = all.iter().map(|made| (made.name.clone(), bare(&made.bytes, &[]))).collect();
    let mut wrong = Vec::new();
    for (made, again) in all.iter().zip(recalculated(&office, &books)) {
        wrong.extend(differences(made, &again.amounts));
        assert!(again.as_settled, "{}", made.name);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(all.len() > 20, "only {} workbooks were made", all.len());
}

/// In binary the line is a little less than the half of a penny that it is.
#[tokio::test]
async fn a_half_of_a_penny_is_rounded_up_in_a_spreadsheet_program_too() {
    let Some(office) = office() else { return };
    let app = Example::named("kaiser-permanente").loaded().await;
    let made = made(&app, "kaiser-medical-services", "2023", ("2023-06-30", "2023-07-31")).await;
    let again = recalculated(&office, &[(made.name.clone(), bare(&made.bytes, &[]))]);
    assert_eq!(again[0].amounts["kaiser-medical-services/J/rate-rounding"], "9.27");
    assert_eq!(differences(&made, &again[0].amounts), Vec::<String>::new());
}

/// A row of an example's `what-if.csv`.
struct Question {
    contract: String,
    set: String,
    line: String,
    amount: String,
}

/// The cells to change in a workbook for a `what-if`, sheet by sheet; nothing where one of its changes has no
/// cell of its own: a change that is no number, is in another contract, or of a number that stands twice in
/// its clause.
fn cells(made: &Made, set: &str) -> Option<Vec<Change>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(&made.bytes)).unwrap();
    let mut changes = Vec::new();
    for change in set.split("; ") {
        let (pointer, value) = change.split_once('=').unwrap();
        let (sheet, place) = match pointer.strip_prefix('@').and_then(|fact| fact.split_once('/')) {
            Some((entry, _)) => (FACTS, format!("entry {entry}")),
            None => (PARAMETERS, pointer.to_owned()),
        };
        let name = if sheet == FACTS { "Facts" } else { "Parameters" };
        let rows = book.worksheet_range(name).unwrap();
        let stands = |(_, row): &(u32, &[Data])| row[2] == Data::String(place.clone());
        let rows: Vec<u32> = (1..).zip(rows.rows()).filter(stands).map(|(row, _)| row).collect();
        let [row] = rows.as_slice() else { return None };
        let number = value.strip_suffix('%').map_or_else(
            || value.parse::<Exact>().ok(),
            |rate| rate.parse::<Exact>().ok()?.checked_div(&Exact::from(100)),
        )?;
        changes.push(Change { sheet, row: *row, value: number.to_string() });
    }
    Some(changes)
}

/// The line's id that a row of `what-if.csv` is about.
fn line_id(made: &Made, line: &str) -> String {
    let contract = &made.statement.contract;
    let pair = |pair: &str| pair.replace(':', "-to-");
    match line.split_once(':') {
        Some(("payable", names)) => format!("{contract}/total/payable/{}", pair(names)),
        Some(("result", party)) => format!("{contract}/total/result/{party}"),
        _ if line == "payable" => {
            let payable = &made.statement.payables[0];
            format!("{contract}/total/payable/{}-to-{}", payable.from, payable.to)
        }
        _ => format!("{contract}/{line}"),
    }
}

/// A number changed in a workbook shows what `what-if` says: the answers worked by hand in every example.
/// Where the change makes the contract go by another of its rules, the workbook says that it can no longer
/// tell.
#[tokio::test]
async fn a_changed_parameter_shows_what_the_year_would_have_come_to() {
    let Some(office) = office() else { return };
    let (mut books, mut asked, mut without_a_cell) = (Vec::new(), Vec::new(), BTreeSet::new());
    for example in Example::all() {
        let app = example.loaded().await;
        for row in example.table("what-if.csv") {
            let cell = |name: &str| row.fields[name].as_str().unwrap().to_owned();
            let [contract, year, as_of, known_at, set, line, amount] =
                ["contract", "year", "as_of", "known_at", "set", "line", "amount"].map(cell);
            let made = made(&app, &contract, &year, (&as_of, &known_at)).await;
            match cells(&made, &set) {
                Some(changes) => {
                    books.push((made.name.clone(), bare(&made.bytes, &changes)));
                    asked.push((made, Question { contract, set, line, amount }));
                }
                None => drop(without_a_cell.insert(format!("{contract}: {set}"))),
            }
        }
    }
    let mut wrong = Vec::new();
    let mut other_rules = BTreeSet::new();
    for ((made, Question { contract, set, line, amount }), again) in
        asked.iter().zip(recalculated(&office, &books))
    {
        if !again.as_settled {
            other_rules.insert(format!("{contract}: {set}"));
            continue;
        }
        let found = again.amounts.get(&line_id(made, line)).and_then(|text| text.parse::<Exact>().ok());
        if found.as_ref().map(|found| found.show(2)) != amount.parse::<Exact>().ok().map(|a| a.show(2)) {
            wrong.push(format!("{contract}, {set}: {line} is {amount}, in the workbook {found:?}"));
        }
    }
    println!("no cell of its own: {without_a_cell:#?}\nby other rules: {other_rules:#?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(asked.len() > 20, "only {} answers were compared", asked.len());
}
