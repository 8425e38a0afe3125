//! `docs/QUESTIONS.md`: what the ledger is asked, each question with one command on an example and its whole
//! answer.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use domain::verb::Command;

use crate::binary::Place;
use crate::examples::Example;
use crate::ledger::{text, times};

/// A row of `docs/questions.csv`.
struct Question {
    number: String,
    question: String,
    /// The example it is asked of; none where it cannot be answered.
    example: String,
    command: String,
    /// The event without which the command answers `not recorded`.
    fact: String,
    /// What the reader should know, or what is missing.
    remark: String,
}

const INTRODUCTION: &str = "# Questions\n\nThirty questions that a finance manager, an auditor and a reader of a dashboard ask, \
    each with one command and its\nwhole answer. The commands are run by a test on the folders in [examples](../examples), each \
    loaded into a ledger of its\nown. Where the fact that a question is about was not recorded the answer is `not recorded: \
    <event>` and the exit code 1.\n";
const READERS: [(char, &str); 3] =
    [('F', "Finance manager"), ('A', "Auditor"), ('D', "Reader of a dashboard")];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn questions() -> Vec<Question> {
    let mut table = csv::Reader::from_path(root().join("docs/questions.csv")).unwrap();
    let rows = table.records().map(|row| {
        let row = row.unwrap();
        let cell = |i: usize| row.get(i).unwrap().to_owned();
        Question {
            number: cell(0),
            question: cell(1),
            example: cell(2),
            command: cell(3),
            fact: cell(4),
            remark: cell(5),
        }
    });
    rows.collect()
}

/// What the binary says to a command, with the exit code where it is not 0. The root of a ledger's tree is
/// left out: it hides its events behind random salts.
fn answer(place: &Place, command: &str) -> String {
    let words: Vec<&str> = command.split_whitespace().collect();
    assert_eq!(words[0], "riskshare", "{command}");
    let run = place.run(&words[1..]);
    let is_root = |word: &str| word.len() == 64 && word.bytes().all(|b| b.is_ascii_hexdigit());
    let told = |line: &str| match line.rsplit_once(' ') {
        Some((before, word)) if is_root(word) => format!("{before} [root]\n"),
        _ => format!("{}\n", line.trim_end()),
    };
    let mut shown: String = format!("{}{}", run.out, run.err).lines().map(told).collect();
    if run.exit != 0 {
        writeln!(shown, "[exit {}]", run.exit).unwrap();
    }
    shown
}

fn page(questions: &[Question]) -> String {
    let mut places: BTreeMap<&str, Place> = BTreeMap::new();
    let mut page = INTRODUCTION.to_owned();
    for (mark, reader) in READERS {
        writeln!(page, "\n## {reader}").unwrap();
        for asked in questions.iter().filter(|q| q.number.starts_with(mark)) {
            write!(page, "\n### {}. {}\n\n", asked.number, asked.question).unwrap();
            if asked.command.is_empty() {
                writeln!(page, "Cannot be answered yet. {}", asked.remark).unwrap();
                continue;
            }
            let place =
                places.entry(&asked.example).or_insert_with(|| loaded(&Example::named(&asked.example)));
            let said = answer(place, &asked.command);
            writeln!(page, "On `{}`:\n\n```console\n$ {}\n{said}```", asked.example, asked.command).unwrap();
            if !asked.remark.is_empty() {
                writeln!(page, "\n{}", asked.remark).unwrap();
            }
        }
    }
    page
}

/// A folder with the example loaded into its ledger.
fn loaded(example: &Example) -> Place {
    let place = Place::new();
    place.answer(&["load", &example.path("").to_string_lossy()]);
    place
}

/// With `RISKSHARE_REWRITE_QUESTIONS` set the test writes the page instead of comparing.
#[test]
fn thirty_questions_have_the_answers_that_their_page_shows() {
    let questions = questions();
    assert_eq!(questions.len(), 30);
    let (page, path) = (page(&questions), root().join("docs/QUESTIONS.md"));
    if std::env::var_os("RISKSHARE_REWRITE_QUESTIONS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), page, "docs/QUESTIONS.md is out of date");
}

/// What the others rest on, where no fact of its own is missing from their answer.
const WITHOUT_A_FACT: &[(&str, &str)] = &[
    ("F1", "a position: what is not reported has no amount, and what nobody paid is nothing paid"),
    ("F4", "a what-if changes an entry; where it is not there, the entry is refused"),
    ("F6", "a change: without the variation every month's is 0.00"),
    ("F7", "a what-if, as F4"),
    ("F8", "what was believed and learned month by month; a month that nobody reported has no amount"),
    ("F10", "a position, as F1"),
    ("A1", "a statement in force, of which each line names what it rests on"),
    ("A2", "a bridge: where nothing changed it says so"),
    ("A3", "a check of everything that is recorded"),
    ("A5", "a check, as A3"),
    ("A9", "a bridge, as A2"),
    ("A10", "the access log, in which there are no events"),
    ("D1", "a list of contracts, which says of each what is missing"),
    ("D3", "the terms alone"),
    ("D5", "a bridge, as A2"),
    ("D7", "a position, as F1"),
    ("D9", "a statement, which names each month that is not reported"),
    ("D10", "a list of what is missing"),
];

#[test]
fn every_question_names_its_fact_or_is_about_none_in_particular() {
    let mut open: BTreeMap<&str, &str> = WITHOUT_A_FACT.iter().copied().collect();
    let questions = questions();
    for asked in &questions {
        let why = open.remove(asked.number.as_str());
        assert_eq!(why.is_none(), !asked.fact.is_empty(), "{}: {why:?}, fact `{}`", asked.number, asked.fact);
    }
    assert!(open.is_empty(), "no such question: {open:?}");
}

/// Each example again without the fact, and without what was recorded because of it.
#[test]
fn a_question_whose_fact_was_not_recorded_says_so_and_exits_1() {
    let questions = questions();
    let about_facts: Vec<&Question> = questions.iter().filter(|q| !q.fact.is_empty()).collect();
    assert!(about_facts.len() >= 12, "{} questions name their fact", about_facts.len());
    for asked in about_facts {
        let place = Place::new();
        copy_without(&asked.fact, &Example::named(&asked.example), place.path());
        place.answer(&["load", "example"]);
        let said = answer(&place, &asked.command);
        assert!(said.contains(&format!("not recorded: {}", asked.fact)), "{}: {said}", asked.number);
        assert!(said.ends_with("[exit 1]\n"), "{}: {said}", asked.number);
    }
}

/// A copy of an example in `place/example` whose timeline has neither the fact nor the life of the year after
/// it.
fn copy_without(fact: &str, example: &Example, place: &Path) {
    let folder = place.join("example");
    std::fs::create_dir(&folder).unwrap();
    let event = fact.split_whitespace().next().unwrap();
    let command = Command::NAMES.iter().find(|row| row.1 == event).unwrap().0;
    let family = event.split('-').next().unwrap();
    let left_out = |line: &str| {
        let does = line.splitn(3, ',').last().unwrap().trim_start_matches('"');
        let verb = does.split_whitespace().next().unwrap();
        let about = verb.ends_with(family) || verb == command;
        about || ["resolve-challenge", "draw-up-settlement", "close-history"].contains(&verb)
    };
    let timeline: String =
        example.read("timeline.csv").lines().filter(|l| !left_out(l)).map(|l| format!("{l}\n")).collect();
    assert_ne!(timeline, example.read("timeline.csv"));
    for entry in std::fs::read_dir(example.path("")).unwrap() {
        let entry = entry.unwrap();
        std::os::unix::fs::symlink(entry.path(), folder.join(entry.file_name())).unwrap();
    }
    std::fs::remove_file(folder.join("timeline.csv")).unwrap();
    std::fs::write(folder.join("timeline.csv"), timeline).unwrap();
}

/// The year of `examples/older-people-programme`, by hand: an envelope of 152,000,000.00, planned at
/// 146,950,000.00 when it was signed; VAT of 5,500,000.00 by the start; 34,000,000.00 asked for in May.
#[tokio::test]
async fn headroom_by_hand_at_three_times() {
    let app = Example::named("older-people-programme").loaded().await;
    let (contract, year) = ("older-people".parse().unwrap(), "2015/16".parse().unwrap());
    for (known_at, left) in
        [("2014-11-30", "5050000.00"), ("2015-03-31", "-450000.00"), ("2015-05-31", "-34000000.00")]
    {
        let asked = app.headroom(&contract, year, known_at.parse().unwrap()).await.unwrap();
        assert_eq!(asked.headroom.at_plan.unwrap().show(2), "5050000.00");
        assert_eq!(asked.headroom.at_forecast.unwrap().show(2), left, "{known_at}");
        assert_eq!((asked.headroom.at_worst, asked.unbounded), (None, vec!["older-hospital".to_owned()]));
    }
}

/// Six and eight twelfths of 152,000,000.00 against twelfths of 12,666,666.67 paid and an advance of
/// 9,300,000.00 in September: 9,300,000.02 of 76,000,000.00, then 9,300,000.03 of 101,333,333.33. Known
/// before the advance: nothing off.
#[tokio::test]
async fn months_by_hand() {
    let app = Example::named("older-people-programme").loaded().await;
    let (contract, year) = ("older-people".parse().unwrap(), "2015/16".parse().unwrap());
    let asked = times("2015-11-30", "2015-12-31");
    let months =
        app.months(&contract, year, Some("2014-11-30".parse().unwrap()), asked).await.unwrap().months;
    assert_eq!(months.len(), 8);
    let shown = |at: usize| (text(months[at].payable), text(months[at].balance), months[at].off.clone());
    let part = |paid: i64, due: i64| Some(domain::exact::Exact::ratio(paid, due));
    assert_eq!(shown(4), ("63333333.33".to_owned(), "-0.02".to_owned(), part(2, 6_333_333_333)));
    assert_eq!(
        shown(5),
        ("76000000.00".to_owned(), "-9300000.02".to_owned(), part(930_000_002, 7_600_000_000))
    );
    assert_eq!(
        shown(7),
        ("101333333.33".to_owned(), "-9300000.03".to_owned(), part(930_000_003, 10_133_333_333))
    );
    // The block was known at the signing, and nothing varied it.
    assert!(months.iter().all(|m| m.before == m.payable && text(m.change) == "0.00"));
}

/// Of eight months the aggregate of September alone differs from patients and drugs, by 41,286.40.
#[tokio::test]
async fn returns_that_differ_by_hand() {
    let app = Example::named("older-people-programme").loaded().await;
    let (contract, year) = ("older-hospital".parse().unwrap(), "2015/16".parse().unwrap());
    let months = app.flows(&contract, year, times("2015-11-30", "2016-02-29")).await.unwrap();
    let differences: Vec<String> = months.iter().map(|m| text(m.difference)).collect();
    assert_eq!(differences, ["0.00", "0.00", "0.00", "0.00", "0.00", "41286.40", "0.00", "0.00"]);
    // 6,628,954.41 + 226,310.78 = 6,855,265.19, and the aggregate said 6,896,551.59.
    assert_eq!(text(months[5].acm), "6896551.59");
}

/// Raised on 25 January for an answer by 8 February, resolved on 3 March: 6 days to the end of January, 37 in
/// all.
#[tokio::test]
async fn a_challenge_ages_until_it_is_resolved() {
    let app = Example::named("integrated-care-pilot").loaded().await;
    let mut told = Vec::new();
    for day in ["2011-01-31", "2011-02-08", "2011-02-09", "2011-03-31"] {
        let challenges = app.challenges(times(day, "2011-06-30")).await.unwrap();
        let [challenge] = challenges.as_slice() else { panic!("{challenges:?}") };
        told.push((challenge.days, challenge.overdue, text(challenge.upheld)));
    }
    let open = |days: i64, overdue: bool| (days, overdue, text(None));
    assert_eq!(told, [open(6, false), open(14, false), open(15, true), (37, false, "31940.15".to_owned())]);
}

/// A tenth of 23,000,000.00 is still to be measured; it is the contract's, and stands once beside two
/// counterparties.
#[tokio::test]
async fn what_is_still_to_play_for_is_told_once() {
    let app = Example::named("pennine-msk").loaded().await;
    let lead = "msk-partnership".parse().unwrap();
    let rows = app.position(&lead, times("2013-12-31", "2014-01-31")).await.unwrap().rows;
    let head: Vec<String> = rows
        .iter()
        .filter(|r| r.contract.as_str() == "pennine-msk")
        .map(|r| r.exposure.max_gain.to_string())
        .collect();
    assert_eq!(head, ["2300000.00", "0.00"]);
}

/// Open items of 3,970,000.00 + 1,111,431.44 + 5,500,000.00 and expected variations of 13,406,250.10 +
/// 10,012,318.46 are 34,000,000.00 of 152,000,000.00, and the terms allow 5%.
#[test]
fn a_programme_with_so_much_open_does_not_start() {
    let place = loaded(&Example::named("older-people-programme"));
    let readme = Example::named("older-people-programme").read("README.md");
    let start = readme.lines().map(str::trim).find(|line| line.starts_with("{\"command\"")).unwrap();
    place.write("start.ndjson", start);
    let said = place.run(&["apply", "start.ndjson"]);
    let whole = format!("{}{}", said.out, said.err);
    assert_eq!(said.exit, 1, "{whole}");
    assert!(whole.contains("£34,000,000.00 of £152,000,000.00, 22.37%, is unresolved in 2015/16"), "{whole}");
}
