//! Synthetic systems: the same for the same seed, and true to what they say of themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::binary::Place;

/// A system of the given options, in the folder `made`.
fn made(options: &[&str]) -> Place {
    let place = Place::new();
    place.answer(&[&["generate", "made"], options].concat());
    place
}

/// A table of the system: its rows by column, without byte order mark and with the columns in upper case.
fn table(place: &Place, name: &str) -> Vec<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(place.path().join("made").join(name)).unwrap();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let columns: Vec<String> =
        reader.headers().unwrap().iter().map(|c| c.replace('_', " ").to_uppercase()).collect();
    let row =
        |record: csv::StringRecord| columns.iter().cloned().zip(record.iter().map(str::to_owned)).collect();
    reader.records().map(|record| row(record.unwrap())).collect()
}

/// In pence.
fn money(text: &str) -> i64 {
    text.replace('.', "").parse().unwrap_or_else(|_| panic!("`{text}` is no money"))
}

/// What the files of a folder are, all together.
fn digest(dir: &Path) -> String {
    let mut paths: Vec<_> = ["", "terms", "activity"]
        .iter()
        .flat_map(|below| std::fs::read_dir(dir.join(below)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .collect();
    paths.sort();
    let mut hash = Sha256::new();
    for path in paths {
        hash.update(path.strip_prefix(dir).unwrap().to_str().unwrap());
        hash.update(std::fs::read(path).unwrap());
    }
    hex::encode(hash.finalize())
}

/// The digest is written down: another machine, another order of threads or another day comes to the same.
#[test]
fn a_seed_makes_the_same_bytes_everywhere() {
    let options = ["--lines", "900", "--seed", "7", "--providers", "3", "--dirt", "2%", "--restating"];
    let (one, again) = (made(&options), made(&options));
    let one = digest(&one.path().join("made"));
    assert_eq!(one, digest(&again.path().join("made")));
    assert_eq!(one, "0e416cbc45387693c8a9b5f912337f4664e3e4b4ffdbf970e1a6c1da37e96900");
    let other = made(&["--lines", "900", "--seed", "8", "--providers", "3"]);
    assert_ne!(one, digest(&other.path().join("made")));
}

#[test]
fn the_contracts_have_no_fault_and_the_folder_loads_and_settles() {
    let place = made(&["--lines", "2000"]);
    let terms = std::fs::read_dir(place.path().join("made/terms")).unwrap();
    let terms: Vec<String> = terms.map(|t| t.unwrap().path().display().to_string()).collect();
    assert!(terms.len() > 15, "{terms:?}");
    for file in terms {
        let said = place.answer(&["terms", "check", &file]);
        assert!(said.contains("no fault, no caution"), "{said}");
    }
    place.answer(&["load", "made"]);
    let settle = |contract| place.answer(&["settle", contract, "--year", "2025/26", "--as-of", "2026-06-30"]);
    // A block needs no activity: what is planned is payable, and was paid in twelfths.
    let block = settle("corrimouth-marlow-fen-community");
    assert!(block.contains(", complete,") && block.contains("balance £0.00"), "{block}");
    assert!(settle("aldervale-practices-care").contains("Capitation payment: 2026-01"));
    let head = settle("aldervale-care");
    assert!(head.contains("Outcome payment earned") && head.contains("Own cost"), "{head}");
}

#[test]
fn files_are_what_the_manifest_says_and_the_aggregate_is_their_sum() {
    for options in
        [&["--lines", "4000", "--providers", "3"][..], &["--lines", "900", "--restating", "--providers", "2"]]
    {
        let place = made(options);
        let mut frozen = 0;
        let mut sums: BTreeMap<(String, String), [i64; 2]> = BTreeMap::new();
        for file in table(&place, "activity/manifest.csv") {
            let (name, flow) = (&file["FILE"], file["FLOW"].as_str());
            let lines = table(&place, &format!("activity/{name}"));
            let cost = if flow == "ACM" { "CONTRACT MONITORING ACTUAL PRICE" } else { "TOTAL COST" };
            let value: i64 = lines.iter().map(|line| money(&line[cost])).sum();
            assert_eq!(file["LINES"], lines.len().to_string(), "{name}");
            assert_eq!((&file["ACCEPTED"], money(&file["VALUE"])), (&file["LINES"], value), "{name}");
            if flow != "ACM" {
                for line in &lines {
                    let of_price = money(&line["ACTIVITY UNIT PRICE"])
                        * money(&line["ACTIVITY COUNT (POINT OF DELIVERY)"]).max(1);
                    let factor = money(&line["CONTRACT MONITORING ACTUAL MARKET FORCES FACTOR"]);
                    assert_eq!(of_price + factor, money(&line["TOTAL COST"]), "{name}: {line:?}");
                }
            }
            let of_own_month = |line: &&BTreeMap<String, String>| {
                name.contains(&format!("-m{:0>2}-", line["FINANCIAL MONTH"]))
            };
            if file["STAGE"] == "freeze" && flow != "ACM" {
                frozen += lines.iter().filter(of_own_month).count();
            }
            let (provider, rest) = name.split_once(&format!("-{}-", flow.to_lowercase())).unwrap();
            let of_flow = sums.entry((provider.to_owned(), rest.to_owned())).or_default();
            of_flow[usize::from(flow == "ACM")] += value;
        }
        assert_eq!(frozen.to_string(), options[1], "frozen lines of the year");
        assert!(sums.values().all(|[patients, aggregate]| patients == aggregate && *aggregate != 0));
    }
}

#[test]
fn every_column_is_filled_and_nobody_has_an_nhs_number() {
    let place = made(&["--lines", "6000", "--providers", "4"]);
    let mut filled: BTreeMap<String, BTreeMap<String, bool>> = BTreeMap::new();
    let mut identifiers = BTreeSet::new();
    for file in table(&place, "activity/manifest.csv") {
        let of_flow = filled.entry(file["FLOW"].clone()).or_default();
        for line in table(&place, &format!("activity/{}", file["FILE"])) {
            for (column, cell) in &line {
                *of_flow.entry(column.clone()).or_default() |= !cell.is_empty();
            }
            let Some(person) = line.get("NHS NUMBER") else { continue };
            let digits = person.chars().filter(char::is_ascii_digit).count();
            assert!(person.starts_with("px-") && person.len() == 19 && digits < person.len(), "{person}");
            if file["STAGE"] == "freeze" {
                let id = line["CDS UNIQUE IDENTIFIER"].clone() + &line["NON-CDS UNIQUE IDENTIFIER"];
                assert!(!id.is_empty() && identifiers.insert(id), "{line:?}");
            }
            let (begin, end) = (
                &line["ACTIVITY START DATE (CONTRACT MONITORING)"],
                &line["ACTIVITY END DATE (CONTRACT MONITORING)"],
            );
            let month: u32 = line["FINANCIAL MONTH"].parse().unwrap();
            let calendar = (month + 2) % 12 + 1;
            assert!(begin <= end && end.contains(&format!("-{calendar:02}-")), "{begin} {end} {month}");
        }
    }
    assert_eq!(identifiers.len(), 6000);
    let columns: Vec<(&str, usize)> =
        filled.iter().map(|(flow, columns)| (flow.as_str(), columns.len())).collect();
    assert_eq!(columns, [("ACM", 37), ("DePLCM", 54), ("DrPLCM", 55), ("PLCM", 50)]);
    let empty = |flow: &str| -> Vec<&str> {
        filled[flow].iter().filter(|(_, filled)| !**filled).map(|(column, _)| column.as_str()).collect()
    };
    assert!(empty("PLCM").is_empty() && empty("ACM").is_empty(), "{:?} {:?}", empty("PLCM"), empty("ACM"));
    // A drug is given neither in a stay nor in a clinic, and has no tariff.
    assert!(empty("DrPLCM").contains(&"TARIFF CODE") && empty("DrPLCM").len() < 14, "{:?}", empty("DrPLCM"));
}

/// A line spoilt in its own way is the clean line but for what is said of it.
#[test]
fn dirt_is_listed_line_by_line() {
    let place = made(&["--lines", "8000", "--dirt", "10%", "--providers", "3"]);
    let dirt = table(&place, "activity/dirt.csv");
    let kinds: BTreeSet<(&str, &str)> =
        dirt.iter().map(|row| (row["WHAT"].as_str(), row["VERDICT"].as_str())).collect();
    let of = |verdict: &str| kinds.iter().filter(|kind| kind.1 == verdict).count();
    assert_eq!([of("accepted"), of("duplicate"), of("rejected")], [14, 1, 10], "{kinds:?}");
    for file in table(&place, "activity/manifest.csv").iter().filter(|file| file["FLOW"] == "PLCM") {
        let lines = table(&place, &format!("activity/{}", file["FILE"]));
        let spoilt: BTreeMap<usize, &BTreeMap<String, String>> = dirt
            .iter()
            .filter(|row| row["FILE"] == file["FILE"])
            .map(|row| (row["LINE"].parse().unwrap(), row))
            .collect();
        let mut accepted = 0;
        for (number, line) in (2..).zip(&lines) {
            let verdict = spoilt.get(&number).map_or("accepted", |row| &row["VERDICT"]);
            accepted += usize::from(verdict == "accepted");
            let repeats = number > 2 && line == &lines[number - 3];
            assert_eq!(repeats, verdict == "duplicate", "{}:{number}", file["FILE"]);
        }
        assert_eq!(file["ACCEPTED"], accepted.to_string(), "{}", file["FILE"]);
    }
    let run = place.run(&["generate", "made"]);
    assert_eq!(run.exit, 2, "{}", run.err);
    assert!(run.err.contains("holds files already"), "{}", run.err);
}

/// What the importer said of each line of a file, by its number: the verdict, and the column that is to
/// blame.
fn verdicts(place: &Place, file: &str) -> BTreeMap<u64, (String, String)> {
    let mut back = csv::Reader::from_path(place.path().join(file)).unwrap();
    let columns = back.headers().unwrap().clone();
    // They stand behind the sender's own columns.
    let at = |name: &str| columns.iter().enumerate().filter(|(_, column)| *column == name).last().unwrap().0;
    let (line, verdict, blamed) = (at("LINE"), at("VERDICT"), at("COLUMN"));
    let row = |record: csv::StringRecord| {
        (record[line].parse().unwrap(), (record[verdict].to_owned(), record[blamed].to_owned()))
    };
    back.records().map(|record| row(record.unwrap())).collect()
}

/// The generator lists what it spoilt and what a careful reader makes of it; the importer, which knows
/// nothing of that list, gives every line of every file that verdict, blames that column, and adds up the
/// money of the lines that are left.
#[test]
fn the_importer_finds_every_spoilt_line_and_no_other() {
    let place = made(&["--lines", "4000", "--dirt", "10%", "--providers", "2"]);
    place.answer(&["load", "made"]);
    let dirt = table(&place, "activity/dirt.csv");
    let (mut found, mut kinds) = (0, BTreeSet::new());
    for file in table(&place, "activity/manifest.csv") {
        let (name, path) = (&file["FILE"], format!("made/activity/{}", file["FILE"]));
        let how =
            ["--stage", &file["STAGE"], "--mff", &file["MFF"], "--output", "json", "--verdicts", "back.csv"];
        let run = place.run(&[&["import", "activity", &path], &how[..]].concat());
        let told: serde_json::Value =
            serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{name}: {}", run.err));
        assert_eq!(told[0]["counted"]["accepted"].to_string(), file["ACCEPTED"], "{name}");
        let months = told[0]["months"].as_array().unwrap();
        let value: i64 = months.iter().map(|month| money(month["value"].as_str().unwrap())).sum();
        assert_eq!(value, money(&file["VALUE"]), "{name}");
        let mut spoilt: BTreeMap<u64, &BTreeMap<String, String>> = dirt
            .iter()
            .filter(|row| row["FILE"] == *name)
            .map(|row| (row["LINE"].parse().unwrap(), row))
            .collect();
        assert_eq!(run.exit, i32::from(spoilt.values().any(|row| row["VERDICT"] == "rejected")), "{name}");
        for (line, (verdict, blamed)) in verdicts(&place, "back.csv") {
            let row = spoilt.remove(&line);
            let expected = row.map_or("accepted", |row| &row["VERDICT"]);
            assert_eq!(verdict, expected, "{name}:{line}: {row:?}");
            if let Some(row) = row {
                found += 1;
                kinds.insert(row["WHAT"].clone());
                assert!(
                    verdict != "rejected" || blamed == row["COLUMN"],
                    "{name}:{line}: {blamed} for {row:?}"
                );
            }
        }
        assert!(spoilt.is_empty(), "{name} has no verdict for {spoilt:?}");
    }
    assert_eq!((found, kinds.len()), (dirt.len(), 25), "{kinds:?}");
}
