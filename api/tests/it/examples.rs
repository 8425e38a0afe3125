//! The example folders: what their figures say is what the engine says, at every pair of times they name.

use std::path::PathBuf;

use api::app::App;
use api::app::load::{Folder, Loaded, load, steps};
use api::app::table;
use domain::exact::Exact;

use crate::ledger::{somebody, text, times};

fn pennine() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples/pennine-msk")
}

fn read(file: &str) -> String {
    std::fs::read_to_string(pennine().join(file)).unwrap()
}

async fn loaded() -> App {
    let app = App::open_uncreated("memory:", somebody()).await.unwrap();
    load_into(&app).await;
    app
}

async fn load_into(app: &App) -> Loaded {
    let steps = steps(&Folder::Disk(pennine()), app).unwrap_or_else(|e| panic!("{e}"));
    load(app, &steps, || ()).await.unwrap_or_else(|e| panic!("{e}"))
}

/// A figure of figures.csv as the engine has it.
async fn figure(app: &App, contract: &str, year: &str, pair: (&str, &str), line: &str) -> String {
    let times = times(pair.0, pair.1);
    let asked = app.settle(&contract.parse().unwrap(), year.parse().unwrap(), times).await.unwrap();
    asked.draft.audit().unwrap();
    if let Some(party) = line.strip_prefix("result:") {
        let position = app.position(&party.parse().unwrap(), times).await.unwrap();
        let rows: Vec<_> = position.rows.iter().filter(|r| r.contract.as_str() == contract).collect();
        let drafted = asked.draft.result(&party.parse().unwrap());
        assert_eq!(rows[0].result, drafted, "{contract} {line}: position and draft differ");
        return text(drafted);
    }
    let payable = &asked.draft.payables[0];
    match line {
        "payable" => text(payable.entitled),
        "paid" => payable.paid.to_string(),
        "balance" => text(payable.balance),
        other => panic!("figures.csv has a line `{other}`"),
    }
}

#[tokio::test]
async fn every_figure_of_the_pennine_example_is_what_the_engine_says() {
    let app = loaded().await;
    let rows = table::read("figures.csv", read("figures.csv").as_bytes()).unwrap();
    let mut wrong = Vec::new();
    for row in &rows {
        let cell = |name: &str| row.fields[name].as_str().unwrap().to_owned();
        let (contract, year, line, amount) = (cell("contract"), cell("year"), cell("line"), cell("amount"));
        let (as_of, known_at) = (cell("as_of"), cell("known_at"));
        let found = figure(&app, &contract, &year, (&as_of, &known_at), &line).await;
        if found != amount {
            wrong.push(format!(
                "line {}: {contract} {line} at {as_of}, {known_at}: {amount}, but {found}",
                row.line
            ));
        }
    }
    assert_eq!(rows.len(), 65, "rows of figures.csv");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn loading_an_example_twice_changes_nothing() {
    let app = App::open_uncreated("memory:", somebody()).await.unwrap();
    let first = load_into(&app).await;
    assert_eq!(first.there_already, 0);
    let head = app.ledger().log().head().await.unwrap();
    assert_eq!(head.entry.0, first.recorded as u64);
    let again = load_into(&app).await;
    assert_eq!(again, Loaded { recorded: 0, there_already: first.recorded });
    assert_eq!(app.ledger().log().head().await.unwrap(), head);
}

/// The month that has no report yet is why the half year has no gain to share.
#[tokio::test]
async fn a_half_year_with_a_month_missing_shares_nothing_and_says_why() {
    let app = loaded().await;
    let asked = app
        .settle(
            &"pennine-msk".parse().unwrap(),
            "2013/14".parse().unwrap(),
            times("2013-09-30", "2013-09-30"),
        )
        .await
        .unwrap();
    let draft = asked.draft;
    assert!(!draft.complete);
    for id in [
        "pennine-msk/5.1/not-reported/2013-09",
        "pennine-msk/5.1/not-reported/pennine-acute",
        "pennine-msk/5.1/not-reported/pennine-isp",
        "pennine-msk/5.1/pool",
        "pennine-msk/total/result/msk-partnership",
    ] {
        let line = draft.line(id).unwrap_or_else(|| panic!("no line {id} in\n{draft}"));
        assert_eq!(
            (line.state, line.value.as_deref()),
            (domain::worksheet::LineState::NotReported, None),
            "{id}"
        );
    }
    assert!(draft.line("pennine-msk/5.1/pool-share/northmoor").is_none());
    // August is flex, 791,863.45; the cap does not bite, so the rest of 4,264,811.35 is frozen.
    let acute = draft.line("pennine-msk/5.1/subcontract/pennine-acute").unwrap().by_stage.unwrap();
    assert_eq!((acute.frozen.to_string(), acute.flex.to_string()), ("3472947.90".into(), "791863.45".into()));
}

/// The arithmetic of a README: what stands in its code blocks as `name = expression = value`.
fn arithmetic(readme: &str) -> Vec<(usize, &str, &str)> {
    let mut inside = false;
    let mut found = Vec::new();
    for (number, line) in (1..).zip(readme.lines()) {
        if line.starts_with("```") {
            inside = !inside;
        } else if let (true, [_, expression, value]) =
            (inside, line.split(" = ").collect::<Vec<_>>().as_slice())
        {
            found.push((number, *expression, *value));
        } else {
            assert!(!inside, "line {number} of the README is no arithmetic: {line}");
        }
    }
    found
}

#[test]
fn the_hand_working_in_the_readme_holds_exactly() {
    let readme = read("README.md");
    let lines = arithmetic(&readme);
    assert!(lines.len() > 40, "only {} lines of arithmetic were found", lines.len());
    for (number, expression, value) in lines {
        let (left, right) = (Sum::of(expression), Sum::of(value));
        assert_eq!(left, right, "line {number} of the README: {expression} = {value}");
    }
    let year = readme.split("## The year settled by hand").nth(1).unwrap();
    let year = year.split("```").nth(1).unwrap();
    assert!(year.trim().lines().count() <= 20, "the year's working is longer than twenty lines");
}

/// The table of three dates repeats figures.csv.
#[test]
fn the_readmes_three_answers_are_those_of_the_figures() {
    let readme = read("README.md");
    let rows = table::read("figures.csv", read("figures.csv").as_bytes()).unwrap();
    let figure = |as_of: &str, known_at: &str, contract: &str, line: &str| {
        let cell = |row: &table::Row, name: &str| row.fields[name].as_str().unwrap().to_owned();
        let of = [("as_of", as_of), ("known_at", known_at), ("contract", contract), ("line", line)];
        let row = rows.iter().find(|row| of.iter().all(|(name, text)| cell(row, name) == *text)).unwrap();
        cell(row, "amount")
    };
    let table = readme.lines().filter(|line| line.starts_with("| 20"));
    let mut seen = 0;
    for line in table {
        let cells: Vec<String> = line.split('|').map(|cell| cell.trim().replace(',', "")).collect();
        let [_, as_of, known_at, entitled, paid, balance, acute, _] = cells.as_slice() else {
            panic!("{line}");
        };
        let head = |what: &str| figure(as_of, known_at, "pennine-msk", what);
        assert_eq!((entitled, paid, balance), (&head("payable"), &head("paid"), &head("balance")), "{line}");
        assert_eq!(*acute, figure(as_of, known_at, "pennine-acute", "payable"), "{line}");
        seen += 1;
    }
    assert_eq!(seen, 3);
}

/// Payment terms that are not public are told as such, and real names stand in the README only.
#[test]
fn an_example_in_the_manner_of_somebody_says_so_everywhere() {
    assert!(read("README.md").starts_with("# In the manner of "));
    let terms: Vec<_> = std::fs::read_dir(pennine().join("terms")).unwrap().collect();
    assert_eq!(terms.len(), 5);
    for file in terms {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        assert!(text.contains("\ntitle: In the manner of "), "{text}");
    }
    let parties = table::read("parties.csv", read("parties.csv").as_bytes()).unwrap();
    assert!(parties.iter().all(|p| p.fields["code"].as_str().unwrap().starts_with("ZZ")));
}

/// Evaluates `R(2,137,112.95 / 2)`, `min(a, b)`, `x`, `/`, `+`, `-`, `%` and parentheses, exactly.
struct Sum<'a>(&'a str);

impl Sum<'_> {
    fn of(text: &str) -> Exact {
        let mut sum = Sum(text);
        let value = sum.terms();
        assert!(sum.0.trim().is_empty(), "cannot read `{}` in `{text}`", sum.0);
        value
    }

    fn eat(&mut self, sign: &str) -> bool {
        let rest = self.0.trim_start();
        match rest.strip_prefix(sign) {
            Some(after) => {
                self.0 = after;
                true
            }
            None => false,
        }
    }

    fn terms(&mut self) -> Exact {
        let mut value = self.factors();
        loop {
            if self.eat("+ ") {
                value = value + self.factors();
            } else if self.eat("- ") {
                value = value - self.factors();
            } else {
                return value;
            }
        }
    }

    fn factors(&mut self) -> Exact {
        let mut value = self.single();
        loop {
            if self.eat("x ") {
                value = value * self.single();
            } else if self.eat("/ ") {
                value = value.checked_div(&self.single()).unwrap();
            } else {
                return value;
            }
        }
    }

    fn single(&mut self) -> Exact {
        if self.eat("R(") {
            return self.closed().to_places(2);
        }
        if self.eat("min(") {
            let first = self.terms();
            assert!(self.eat(", "), "min takes two: `{}`", self.0);
            let second = self.closed();
            return if first < second { first } else { second };
        }
        if self.eat("(") {
            return self.closed();
        }
        self.number()
    }

    fn closed(&mut self) -> Exact {
        let value = self.terms();
        assert!(self.eat(")"), "a parenthesis is not closed: `{}`", self.0);
        value
    }

    fn number(&mut self) -> Exact {
        let text = self.0.trim_start();
        // A comma between digits groups thousands; one before a space parts arguments.
        let inside = |(at, sign): (usize, char)| {
            let next = text[at + sign.len_utf8()..].chars().next();
            sign.is_ascii_digit()
                || sign == '.'
                || (sign == '-' && at == 0)
                || (sign == ',' && next.is_some_and(|c| c.is_ascii_digit()))
        };
        let end = text.char_indices().find(|place| !inside(*place)).map_or(text.len(), |(at, _)| at);
        let (digits, rest) = text.split_at(end);
        let value: Exact = digits.replace(',', "").parse().unwrap_or_else(|e| panic!("{e} in `{text}`"));
        self.0 = rest;
        if self.eat("%") { value.checked_div(&Exact::from(100)).unwrap() } else { value }
    }
}

#[test]
fn the_reader_of_hand_working_reads_as_people_do() {
    for (text, value) in [
        ("1,000.50 - 0.50", "1000"),
        ("2 + 3 x 4", "14"),
        ("(2 + 3) x 4", "20"),
        ("R(1 / 3)", "0.33"),
        ("min(4,900,000.00, 5,145,000.00)", "4900000"),
        ("5% x 200", "10"),
        ("-240,561.73", "-240561.73"),
        ("1 - 2 - 3", "-4"),
    ] {
        assert_eq!(Sum::of(text).to_string(), value, "{text}");
    }
}
