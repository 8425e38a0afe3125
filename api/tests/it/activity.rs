//! Activity files as providers send them: every line with a verdict, every month a report.

use std::fmt::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use api::app::App;
use api::app::activity::verdict::Code;
use domain::verb::activity::ActivityReported;
use insta::assert_snapshot;

use crate::binary::Place;
use crate::ledger::{line, somebody, times};

const TERMS: &str = r#"contract: acute
title: Acute care
parties: {commissioner: northmoor, lead: harrow}
years: {kind: nhs, from: 2025/26, to: 2025/26}
rounding: {unit: 0.01, at: line}
pay:
  - {clause: "1", kind: activity_at_price, unbounded: accepted}
"#;

const SUB: &str = r#"contract: acute-beds
under: acute
title: Beds
parties: {lead: harrow, provider: tarn}
years: {kind: nhs, from: 2025/26, to: 2025/26}
rounding: {unit: 0.01, at: line}
pay:
  - {clause: "1", kind: activity_at_price, unbounded: accepted}
"#;

const HEADER: &str = "FINANCIAL MONTH,financial_year,Date and Time Data Set Created,\
    ORGANISATION IDENTIFIER (CODE OF PROVIDER),ORGANISATION SITE IDENTIFIER (OF TREATMENT),\
    organisation_identifier_code_of_commissioner,ACTIVITY TREATMENT FUNCTION CODE,\
    COMMISSIONED SERVICE CATEGORY CODE,POINT OF DELIVERY CODE,TARIFF CODE,NATIONAL TARIFF INDICATOR,\
    LOCAL PATIENT IDENTIFIER (EXTENDED),ACTIVITY END DATE (CONTRACT MONITORING),\
    ACTIVITY COUNT (POINT OF DELIVERY),ACTIVITY UNIT PRICE,TOTAL COST,Our Remark";

/// Cells of a line that is accepted, in the order of the header.
const GOOD: [&str; 17] = [
    "1",
    "202526",
    "2025-05-18T09:12:00",
    "RZ1",
    "RZ101",
    "QZ1",
    "110",
    "12",
    "EL",
    "HN22A",
    "Y",
    "px-1",
    "2025-04-30",
    "1",
    "5800.00",
    "5800.00",
    "",
];

/// A line of a file with some cells otherwise, each by its place.
pub fn row(changes: &[(usize, &str)]) -> String {
    let mut cells = GOOD.map(str::to_owned);
    for (place, cell) in changes {
        cells[*place] = if cell.contains([',', '"']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            (*cell).to_owned()
        };
    }
    cells.join(",")
}

pub fn file(rows: &[String]) -> String {
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

/// A ledger with a head contract and a subcontract, whose parties have codes.
pub fn place() -> Place {
    let place = Place::new();
    let parties = [("northmoor", "QZ1"), ("harrow", "RZ1"), ("tarn", "NZ9"), ("other", "QZ2")];
    let register = parties.map(|(party, code)| {
        let body = format!(r#"{{"party":"{party}","name":"The {party}","code":"{code}"}}"#);
        line("register-party", &format!("register:{party}"), &body)
    });
    place.write("parties.ndjson", register.join("\n"));
    place.write("acute.yaml", TERMS);
    place.write("beds.yaml", SUB);
    place.answer(&["apply", "parties.ndjson"]);
    place.answer(&["award", "acute.yaml", "--signed-on", "2025-03-01"]);
    place.answer(&["award", "beds.yaml", "--signed-on", "2025-03-02"]);
    place
}

const IMPORT: [&str; 6] = ["import", "activity", "--mff", "included", "--stage", "flex"];

fn import(place: &Place, arguments: &[&str]) -> (i32, String) {
    let run = place.run(&[&IMPORT[..], arguments].concat());
    (run.exit, run.out + &run.err.lines().filter(|l| !l.contains("recorded")).collect::<Vec<_>>().join("\n"))
}

pub async fn app(place: &Place) -> App {
    App::open(&format!("sqlite:{}", place.path().join("riskshare.db").display()), somebody()).await.unwrap()
}

async fn reports(place: &Place, contract: &str) -> Vec<ActivityReported> {
    let app = app(place).await;
    let kept = app.kept().await.unwrap();
    let case = kept.book().case(&contract.parse().unwrap()).unwrap();
    case.reports.iter().map(|report| report.fact.clone()).collect()
}

/// One line for each kind of dirt that is read, then one for each code of a verdict.
fn dirt() -> Vec<String> {
    let id = |n: usize, more: &[(usize, &str)]| {
        let name = format!("px-{n}");
        row(&[&[(11, name.as_str())], more].concat())
    };
    let mut rows = Vec::new();
    let mut add = |changes: &[(usize, &str)]| {
        let next = rows.len() + 100;
        rows.push(id(next, changes));
    };
    for money in ["£1,234.50", "Â£1,234.50", " 1 234.5 ", "(1,234.50)", "1,234.50-", "0.123456"] {
        add(&[(15, money)]);
    }
    for date in
        ["2025/04/30 13:05", "4/30/2025 1:05:00 PM", "30/04/2025", "30-04-2025", "30-Apr-25", "45777", ""]
    {
        add(&[(12, date)]);
    }
    for year in ["2025/26", "2025-26", "2025-2026"] {
        add(&[(1, year)]);
    }
    add(&[(0, "01"), (8, " el "), (9, "hn22a_x"), (16, "=1+1")]);
    add(&[(4, ""), (6, ""), (8, "ADJUSTMENT"), (9, ""), (13, "0"), (15, "-250")]);
    add(&[(3, "NZ9"), (4, "NZ901")]);
    add(&[(15, "")]);
    for (place, cell) in [
        (0, "5.5"),
        (0, "13"),
        (1, "2025"),
        (1, "202527"),
        (2, "yesterday"),
        (3, "RZ"),
        (3, "RZ100"),
        (3, "RZ7"),
        (4, "R1"),
        (5, "Q"),
        (5, "QZ2"),
        (6, "9ZZ"),
        (7, "13"),
        (8, "OPQQ"),
        (8, "ELECTIVE SPELL"),
        (9, "U06"),
        (9, ""),
        (10, "yes"),
        (12, "2025-13-41"),
        (12, "2025-05-01"),
        (13, "-1"),
        (13, "0.1255"),
        (14, "TBC"),
        (15, "TBC"),
        (15, "1,23"),
        (15, "9999999999999"),
        (15, "1.2345678"),
        (15, "=HYPERLINK(0)"),
    ] {
        add(&[(place, cell)]);
    }
    add(&[(8, "BLOCK")]);
    add(&[(0, "14"), (8, "OPQQ"), (15, "TBC")]);
    rows.push(rows[0].clone());
    // When the data set was made says nothing of a line.
    rows.push(rows[1].replace("2025-05-18T09:12:00", "2025-05-19T10:00:00"));
    rows.push("1,202526".to_owned());
    rows.push(",,,,,,,,,,,,,,,,".to_owned());
    rows
}

#[test]
fn every_line_has_a_verdict() {
    let place = place();
    place.write("april.csv", file(&dirt()));
    let (exit, told) = import(&place, &["april.csv", "--verdicts", "back.csv"]);
    assert_eq!(exit, 1, "{told}");
    assert_snapshot!("activity_told", told);
    let back = std::fs::read_to_string(place.path().join("back.csv")).unwrap();
    // The sender's own cells come back as they were; only what changes between lines is shown.
    let sent = csv_rows(&file(&dirt()));
    let returned = csv_rows(&back);
    assert_eq!(returned.len(), sent.len() - 1, "a blank line is left out");
    let width = sent[0].len();
    let mut shown = String::new();
    for (sent, back) in sent.iter().zip(&returned) {
        let same = sent.len() == width;
        assert!(!same || sent[..] == back[..width], "{sent:?}\n{back:?}");
        writeln!(shown, "{}", back[width..].join(" ; ").trim_end_matches([' ', ';'])).unwrap();
    }
    assert_snapshot!("activity_verdicts", shown);
}

fn csv_rows(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[tokio::test]
async fn a_dry_run_tells_the_same_and_records_nothing_and_so_does_the_second_run() {
    let place = place();
    place.write("april.csv", file(&dirt()));
    let before = app(&place).await.ledger().log().head().await.unwrap();
    let dry = import(&place, &["april.csv", "--dry-run"]);
    assert_eq!(app(&place).await.ledger().log().head().await.unwrap(), before);
    let first = import(&place, &["april.csv"]);
    let after = app(&place).await.ledger().log().head().await.unwrap();
    assert_eq!(after.entry.0, before.entry.0 + 2, "a report of each contract");
    let again = import(&place, &["april.csv"]);
    assert_eq!(app(&place).await.ledger().log().head().await.unwrap(), after);
    assert_eq!((&dry, &again), (&first, &first));
}

#[tokio::test]
async fn months_come_in_any_files_and_the_latest_says_what_changed() {
    let place = place();
    let april = row(&[(11, "px-1")]);
    let may = row(&[(0, "2"), (11, "px-2"), (12, "2025-05-12"), (15, "200.00")]);
    let may_again = row(&[(0, "2"), (11, "px-2"), (12, "2025-05-12"), (15, "230.00")]);
    let june = row(&[(0, "3"), (11, "px-3"), (12, "2025-06-12"), (15, "300.00")]);
    place.write("first.csv", file(std::slice::from_ref(&april)));
    place.write("second.csv", file(&[may, june.clone()]));
    place.write("restated.csv", file(&[june, may_again, april]));
    let mut told = String::new();
    for arguments in [&["first.csv", "second.csv"][..], &["restated.csv"]] {
        let (exit, said) = import(&place, arguments);
        assert_eq!(exit, 0, "{said}");
        told += &said;
    }
    assert_snapshot!("activity_restated", told);
    let values: Vec<String> = reports(&place, "acute")
        .await
        .iter()
        .map(|r| format!("{} {} {}", r.month, r.stage, r.value))
        .collect();
    assert_eq!(
        values,
        ["2025-04 flex 5800.00", "2025-05 flex 200.00", "2025-06 flex 300.00", "2025-05 flex 230.00"],
        "a month that says the same adds nothing"
    );
    // The first file again is what it was, and does not take anything back.
    let (_, again) = import(&place, &["second.csv"]);
    assert!(again.contains("200.00") && again.contains("new"), "{again}");
    assert_eq!(reports(&place, "acute").await.len(), 4);
    // Once frozen, a later file is shown and not paid.
    place.run(&["import", "activity", "restated.csv", "--mff", "included", "--stage", "freeze"]);
    place.write("late.csv", file(&[row(&[(11, "px-1"), (15, "9999.00")])]));
    let (_, late) = import(&place, &["late.csv"]);
    assert!(late.contains("after freeze") && late.contains("4,199.00"), "{late}");
    let year = "2025/26".parse().unwrap();
    let settled =
        app(&place).await.settle(&"acute".parse().unwrap(), year, times("2025-06-30", "now")).await.unwrap();
    let payable = settled.draft.payables[0].entitled.unwrap();
    assert_eq!(payable.to_string(), "6330.00", "5,800 and 230 and 300, from the lines as they were frozen");
}

#[tokio::test]
async fn a_file_with_nhs_numbers_is_refused_as_a_whole() {
    let place = place();
    // Test numbers, made here: nine digits with their check digit.
    let number = |n: u64| {
        let nine = 999_000_000 + n;
        let weighted: u64 =
            (0..9).map(|place| nine / 10u64.pow(8 - place) % 10 * (10 - u64::from(place))).sum();
        let check = (11 - weighted % 11) % 11;
        (check < 10).then(|| format!("{nine}{check}"))
    };
    let numbers: Vec<String> = (0..60).filter_map(number).collect();
    let rows: Vec<String> = numbers.iter().map(|number| row(&[(11, number.as_str())])).collect();
    let before = app(&place).await.ledger().log().head().await.unwrap();
    place.write("many.csv", file(&rows[..20]));
    place.write("few.csv", file(&rows[..19]));
    place.write(
        "named.csv",
        file(&rows[..1]).replace("Our Remark", "NHS NUMBER").replace(",\n", ",9434765919\n"),
    );
    for name in ["many.csv", "named.csv"] {
        let run = place.run(&[&IMPORT[..], &[name, "--verdicts", "back.csv"]].concat());
        assert_eq!((run.exit, run.out.as_str()), (4, ""), "{name}: {}", run.err);
        assert!(run.err.contains("holds NHS numbers"), "{}", run.err);
        let told = run.err.chars().filter(char::is_ascii_digit).count();
        assert!(told < 10, "a value is told: {}", run.err);
    }
    assert_eq!(app(&place).await.ledger().log().head().await.unwrap(), before);
    let kept: i64 = rusqlite::Connection::open(place.path().join("riskshare.db"))
        .unwrap()
        .query_row("SELECT count(*) FROM file", [], |row| row.get(0))
        .unwrap();
    assert_eq!(kept, 0, "not even as bytes");
    assert!(!place.path().join("back.csv").exists());
    assert_eq!(import(&place, &["few.csv"]).0, 0, "nineteen of them may be chance");
}

/// A process that ends while it imports has recorded all of the file or nothing, and the next one completes
/// it.
#[tokio::test]
async fn an_import_that_is_interrupted_is_done_by_the_next() {
    let whole = place();
    let rows: Vec<String> = (0..60_000)
        .map(|n: u32| {
            let month = n % 12 + 1;
            let (year, calendar) = if month <= 9 { (2025, month + 3) } else { (2026, month - 9) };
            let date = format!("{year}-{calendar:02}-{:02}", n % 28 + 1);
            let cost = format!("{}.{:02}", n % 5_000, n % 100);
            row(&[(0, &month.to_string()), (11, &format!("px-{n}")), (12, &date), (15, &cost)])
        })
        .collect();
    whole.write("year.csv", file(&rows));
    assert_eq!(import(&whole, &["year.csv"]).0, 0);
    let expected = reports(&whole, "acute").await;
    assert_eq!(expected.len(), 12);

    let broken = place();
    broken.write("year.csv", file(&rows));
    for wait in [30, 120, 300, 600] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_riskshare"))
            .args([&IMPORT[..], &["year.csv"]].concat())
            .current_dir(broken.path())
            .env("TMPDIR", broken.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(wait));
        child.kill().unwrap();
        child.wait().unwrap();
        let there = reports(&broken, "acute").await.len();
        assert!(there == 0 || there == 12, "{there} of 12 months are recorded");
    }
    assert_eq!(import(&broken, &["year.csv"]).0, 0);
    assert_eq!(reports(&broken, "acute").await, expected, "the same values, and blocks of the same bytes");
}

#[test]
fn an_older_encoding_is_found_and_said() {
    let place = place();
    let text = file(&[row(&[(15, "£5800.00"), (16, "caf\u{e9}")])]);
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    place.write("april.csv", latin);
    let (exit, told) = import(&place, &["april.csv", "--verdicts", "back.csv"]);
    assert_eq!(exit, 0, "{told}");
    assert!(told.starts_with("april.csv: PLCM in Windows-1252, 1 lines: 1 accepted"), "{told}");
    let back = std::fs::read_to_string(place.path().join("back.csv")).unwrap();
    assert!(back.starts_with('\u{feff}') && back.contains("café") && back.contains("£5800.00"), "{back}");
}

/// The market forces factor of an aggregate return is in its prices or beside them, and nobody guesses.
#[tokio::test]
async fn a_factor_beside_the_price_is_added() {
    let place = place();
    let header = "FINANCIAL MONTH,FINANCIAL YEAR,DATE AND TIME DATA SET CREATED,\
        ORGANISATION IDENTIFIER (CODE OF PROVIDER),ORGANISATION IDENTIFIER (CODE OF COMMISSIONER),\
        COMMISSIONED SERVICE CATEGORY CODE,POINT OF DELIVERY CODE,TARIFF CODE,CONTRACT MONITORING ACTUAL ACTIVITY,\
        CONTRACT MONITORING ACTUAL PRICE,CONTRACT MONITORING ACTUAL MARKET FORCES FACTOR";
    let row = "1,202526,2025-05-18,RZ1,QZ1,12,EL,HN22A,10,1000.00,52.10";
    place.write("acm.csv", format!("{header}\n{row}\n"));
    let arguments = ["import", "activity", "acm.csv", "--stage", "flex"];
    assert_eq!(place.run(&arguments).exit, 2, "there is no default");
    assert_eq!(place.run(&[&arguments[..], &["--mff", "added"]].concat()).exit, 0);
    let report = &reports(&place, "acute").await[0];
    assert_eq!((report.flow.to_string().as_str(), report.value.to_string().as_str()), ("ACM", "1052.10"));
    place.write("plcm.csv", file(&[crate::activity::row(&[])]));
    let run = place.run(&["import", "activity", "plcm.csv", "--stage", "flex", "--mff", "added"]);
    assert_eq!(run.exit, 2);
    assert!(run.err.contains("MARKET FORCES FACTOR"), "{}", run.err);
}

#[tokio::test]
async fn the_list_of_practices_is_a_population() {
    let place = place();
    let header = "PUBLICATION,EXTRACT_DATE,TYPE,SUB_ICB_LOCATION_CODE,ONS_SUB_ICB_LOCATION_CODE,CODE,POSTCODE,SEX,AGE,NUMBER_OF_PATIENTS";
    let rows: String = (0..6_200)
        .map(|n| {
            let location = if n < 40 { "QZ1" } else { "10Q" };
            format!(
                "GP_PRAC_PAT_LIST,01JUL2025,GP,{location},E380000,A{n:05},ZZ1 1ZZ,ALL,ALL,{}\n",
                5_000 + n
            )
        })
        .collect();
    place.write("list.csv", format!("{header}\n{rows}"));
    let before_2022 = header.replace("SUB_ICB_LOCATION_CODE", "CCG_CODE");
    place
        .write("few.csv", format!("{before_2022}\n{}", rows.lines().take(50).collect::<Vec<_>>().join("\n")));
    let ask = |file, more: &[&str]| {
        place.run(
            &[&["import", "population", file, "--contract", "acute", "--band", "all"][..], more].concat(),
        )
    };
    let all = ask("list.csv", &[]);
    assert_eq!(all.exit, 0, "{}", all.err);
    assert_eq!(all.out, "2025-07: 200780 people in band `all`, at 40 of 6200 practices; 0 lines rejected\n");
    assert_eq!(ask("few.csv", &[]).exit, 2);
    assert_eq!(ask("few.csv", &["--partial"]).out, all.out.replace("6200", "50"));
    let app = app(&place).await;
    let kept = app.kept().await.unwrap();
    let lists = &kept.book().case(&"acute".parse().unwrap()).unwrap().populations;
    assert_eq!(lists[0].fact.bands[0].count.to_string(), "200780");
}

/// The table of verdict codes in the manual is made from the codes.
#[test]
fn the_manual_has_every_code() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/ACTIVITY.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut table = String::from("| code | the line is rejected because | what to do |\n|---|---|---|\n");
    for code in Code::ALL {
        writeln!(table, "| `{}` | {} | {} |", code.word(), code.meaning(), code.hint()).unwrap();
    }
    let (begin, end) = ("<!-- codes -->\n", "<!-- end of codes -->");
    let (before, rest) = text.split_once(begin).unwrap();
    let (found, after) = rest.split_once(end).unwrap();
    if std::env::var_os("RISKSHARE_REWRITE_ACTIVITY").is_some() {
        std::fs::write(&path, format!("{before}{begin}{table}{end}{after}")).unwrap();
        return;
    }
    assert_eq!(found, table, "run this test with RISKSHARE_REWRITE_ACTIVITY=1");
}
