//! The example folders: what was settled by hand is what the engine says, at every pair of times they name.
//!
//! A folder is found by its `timeline.csv`. Its `figures.csv` holds
//! `contract,year,as_of,known_at,line,amount,hand`: `line` is `payable` (of the contract's first pair),
//! `payable:FROM:TO`, `paid`, `balance`, `result:PARTY` or the id of a statement's line without its contract;
//! `hand` names the line of the README's working that has the same figure.

use std::collections::BTreeSet;
use std::path::PathBuf;

use api::app::App;
use api::app::load::{Folder, Loaded, load, steps};
use api::app::table;
use domain::statement::Statement;
use domain::terms::Terms;

use crate::ledger::{somebody, text, times};
use crate::reckon::reckon;
use crate::working::working;

/// One example folder.
#[derive(Clone)]
pub struct Example {
    path: PathBuf,
}

/// One row of `figures.csv`.
struct Figure {
    place: usize,
    contract: String,
    year: String,
    as_of: String,
    known_at: String,
    line: String,
    amount: String,
    hand: Option<String>,
}

impl Example {
    /// The folder of this name.
    pub fn named(name: &str) -> Example {
        Example { path: PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples").join(name) }
    }

    /// Every folder with a timeline, by name.
    pub fn all() -> Vec<Example> {
        let root = Example::named("").path;
        let folders = api::app::load::folders(&root).unwrap();
        let found = folders.into_iter().map(|folder| Example::named(&folder.name()));
        // That of Medicare is imported, and held to what was published, in `medicare_years.rs`.
        found.filter(|example| example.path(api::app::load::TIMELINE).is_file()).collect()
    }

    /// Its name.
    pub fn name(&self) -> String {
        self.path.file_name().unwrap().to_string_lossy().into_owned()
    }

    /// Where a file of it is.
    pub fn path(&self, file: &str) -> PathBuf {
        self.path.join(file)
    }

    /// A file's text.
    pub fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.path.join(file))
            .unwrap_or_else(|e| panic!("{}/{file}: {e}", self.name()))
    }

    /// A table's rows.
    pub fn table(&self, file: &str) -> Vec<table::Row> {
        table::read(file, self.read(file).as_bytes()).unwrap_or_else(|e| panic!("{}: {e}", self.name()))
    }

    /// A ledger in memory with the folder in it.
    pub async fn loaded(&self) -> App {
        let app = App::open_uncreated("memory:", somebody()).await.unwrap();
        self.load_into(&app).await;
        app
    }

    async fn load_into(&self, app: &App) -> Loaded {
        let steps = steps(&Folder::Disk(self.path.clone()), app).unwrap_or_else(|e| panic!("{e}"));
        load(app, &steps, || ()).await.unwrap_or_else(|e| panic!("{}: {e}", self.name()))
    }

    /// The terms of its contracts.
    pub fn terms(&self) -> Vec<Terms> {
        let files = std::fs::read_dir(self.path.join("terms")).unwrap();
        let read = files.map(|file| {
            let path = file.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            let checked = Terms::checked(&text);
            let (terms, cautions) =
                checked.unwrap_or_else(|faults| panic!("{}: {faults:#?}", path.display()));
            // Whoever copies an example begins with terms that `terms check` has nothing to say about.
            assert!(cautions.is_empty(), "{}: {cautions:#?}", path.display());
            terms
        });
        read.collect()
    }

    fn figures(&self) -> Vec<Figure> {
        let figure = |row: table::Row| {
            let cell = |name: &str| row.fields.get(name).map(|cell| cell.as_str().unwrap().to_owned());
            let needed = |name: &str| {
                cell(name).unwrap_or_else(|| panic!("{}/figures.csv:{}: no {name}", self.name(), row.line))
            };
            Figure {
                place: row.line,
                contract: needed("contract"),
                year: needed("year"),
                as_of: needed("as_of"),
                known_at: needed("known_at"),
                line: needed("line"),
                amount: needed("amount"),
                hand: cell("hand"),
            }
        };
        self.table("figures.csv").into_iter().map(figure).collect()
    }

    /// What differs from the engine among the figures settled by hand.
    async fn differences(&self) -> Vec<String> {
        let app = self.loaded().await;
        let mut wrong = Vec::new();
        for figure in self.figures() {
            let found = figure.as_settled(&app).await;
            if found != figure.amount {
                let Figure { place, contract, line, as_of, known_at, amount, .. } = figure;
                let place = format!("{}/figures.csv:{place}", self.name());
                wrong.push(format!(
                    "{place}: {contract} {line} at {as_of}, {known_at}: by hand {amount}, settled {found}"
                ));
            }
        }
        wrong
    }
}

impl Figure {
    async fn as_settled(&self, app: &App) -> String {
        let times = times(&self.as_of, &self.known_at);
        let contract = self.contract.parse().unwrap();
        let asked = app.settle(&contract, self.year.parse().unwrap(), times).await;
        let draft = asked.unwrap_or_else(|e| panic!("{}: {e}", self.contract)).draft;
        draft.audit().unwrap();
        if let Some(party) = self.line.strip_prefix("result:") {
            let position = app.position(&party.parse().unwrap(), times).await.unwrap();
            let row = position.rows.iter().find(|r| r.contract == contract && r.year == draft.year);
            let drafted = draft.result(&party.parse().unwrap());
            let row = row.unwrap_or_else(|| panic!("{party} has no position under {contract}"));
            assert_eq!(row.result, drafted, "{contract} {}: position and draft differ", self.line);
        }
        figure(&draft, &self.line)
    }
}

/// A figure of a statement by the names that the folders use.
pub fn figure(statement: &Statement, line: &str) -> String {
    if let Some(party) = line.strip_prefix("result:") {
        return text(statement.result(&party.parse().unwrap()));
    }
    let pair = |names: &str| {
        let (from, to) = names.split_once(':').unwrap_or_else(|| panic!("write payable:FROM:TO, not {line}"));
        let pairs = &mut statement.payables.iter();
        pairs
            .find(|p| p.from.as_str() == from && p.to.as_str() == to)
            .unwrap_or_else(|| panic!("no {line} in\n{statement}"))
    };
    match line.split_once(':') {
        Some(("payable", names)) => text(pair(names).entitled),
        Some(("paid", names)) => pair(names).paid.to_string(),
        Some(("balance", names)) => text(pair(names).balance),
        _ => match line {
            "payable" => text(statement.payables[0].entitled),
            "paid" => statement.payables[0].paid.to_string(),
            "balance" => text(statement.payables[0].balance),
            id => {
                let id = format!("{}/{id}", statement.contract);
                let line = statement.line(&id).unwrap_or_else(|| panic!("no line {id} in\n{statement}"));
                line.value.clone().unwrap_or_else(|| "none".to_owned())
            }
        },
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_figure_settled_by_hand_is_what_the_engine_says() {
    let mut running = tokio::task::JoinSet::new();
    for example in Example::all() {
        running.spawn(async move { example.differences().await });
    }
    let wrong: Vec<String> = running.join_all().await.concat();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn loading_an_example_twice_changes_nothing() {
    let mut running = tokio::task::JoinSet::new();
    for example in Example::all() {
        running.spawn(async move {
            let app = App::open_uncreated("memory:", somebody()).await.unwrap();
            let first = example.load_into(&app).await;
            assert_eq!(first.there_already, 0);
            let head = app.ledger().log().head().await.unwrap();
            assert_eq!(head.entry.0, first.recorded as u64);
            let again = example.load_into(&app).await;
            assert_eq!(again, Loaded { recorded: 0, there_already: first.recorded });
            assert_eq!(app.ledger().log().head().await.unwrap(), head);
        });
    }
    running.join_all().await;
}

#[test]
fn the_hand_working_in_every_readme_holds_exactly() {
    for example in Example::all() {
        let (name, readme) = (example.name(), example.read("README.md"));
        for line in working(&readme) {
            let (left, right) = (reckon(line.expression), reckon(line.value));
            assert_eq!(left, right, "{name}/README.md:{}: {} = {}", line.place, line.expression, line.value);
        }
        let section = readme.split("## The year settled by hand").nth(1);
        let year = section.unwrap_or_else(|| panic!("{name}/README.md does not settle the year by hand"));
        let lines = year.split("```").nth(1).unwrap().trim().lines().count();
        assert!(
            (5..=20).contains(&lines),
            "{name}: the year's working has {lines} lines, not at most twenty"
        );
    }
}

/// A figure that names its line of the working has that line's value.
#[test]
fn the_figures_are_those_of_the_hand_working() {
    for example in Example::all() {
        let (name, readme) = (example.name(), example.read("README.md"));
        let by_hand = working(&readme);
        for figure in example.figures() {
            let Some(hand) = &figure.hand else { continue };
            let values: Vec<_> =
                by_hand.iter().filter(|line| line.name == hand).map(|line| reckon(line.value)).collect();
            let amount = reckon(&figure.amount);
            let place = format!("{name}/figures.csv:{}", figure.place);
            assert!(values.contains(&amount), "{place}: `{hand}` is {values:?} in the README, {amount} here");
        }
    }
}

/// Every contract's year is settled by hand, and a head contract's payable is worked in the README.
#[test]
fn every_contract_of_an_example_is_settled_by_hand() {
    for example in Example::all() {
        let figures = example.figures();
        for terms in example.terms() {
            let payables = || {
                let of_it = figures.iter().filter(|f| f.contract == terms.contract.as_str());
                of_it.filter(|f| f.line.starts_with("payable"))
            };
            let (name, contract) = (example.name(), &terms.contract);
            assert!(payables().next().is_some(), "{name}/figures.csv has no payable of {contract}");
            let worked = terms.under.is_some() || payables().any(|f| f.hand.is_some());
            assert!(worked, "{name}: the payable of {contract} names no line of the README's working");
        }
        let dates: BTreeSet<_> = figures.iter().map(|f| (&f.as_of, &f.known_at)).collect();
        assert!(dates.len() > 1, "{}/figures.csv asks at one date only", example.name());
    }
}

/// Payment terms that are not public are told as such, and real names stand in the README only.
#[test]
fn an_example_in_the_manner_of_somebody_says_so_everywhere() {
    for example in Example::all() {
        let name = example.name();
        let invented = example.read("README.md").starts_with("# In the manner of ");
        for terms in example.terms() {
            let told = terms.title.starts_with("In the manner of ");
            assert_eq!(told, invented, "{name}: title of {}: {}", terms.contract, terms.title);
        }
        for party in example.table("parties.csv") {
            let code = party.fields.get("code").and_then(|code| code.as_str());
            assert!(
                code.is_some_and(|code| code.starts_with("ZZ")),
                "{name}/parties.csv:{}: {code:?}",
                party.line
            );
        }
    }
}

/// The list of examples names every folder, and no other.
#[test]
fn the_list_of_examples_names_every_folder() {
    let list = std::fs::read_to_string(Example::named("README.md").path).unwrap();
    let rows = list.lines().filter(|line| line.starts_with("| ") && line.contains("]("));
    let named: BTreeSet<String> =
        rows.map(|row| row.split("](").nth(1).unwrap().split(')').next().unwrap().to_owned()).collect();
    let mut there: BTreeSet<String> = Example::all().iter().map(Example::name).collect();
    // Its files are imported, not loaded.
    there.insert("us-aco".to_owned());
    assert_eq!(named, there);
}

/// What a contract comes to in the overview is what its payer owes all members together, not the first of
/// them.
#[tokio::test]
async fn the_overview_counts_every_member_of_a_contract() {
    let example = Example::named("canterbury-alliance");
    let app = example.loaded().await;
    let figures = example.figures();
    let contract = "canterbury-older-people";
    let of_it = || figures.iter().filter(|f| f.contract == contract && f.line.starts_with("payable"));
    let last = of_it().map(|f| (f.as_of.clone(), f.known_at.clone())).max().unwrap();
    let mut by_hand = domain::exact::Exact::zero();
    let mut members = 0;
    for figure in of_it().filter(|f| (f.as_of.clone(), f.known_at.clone()) == last) {
        by_hand = by_hand + figure.amount.parse().unwrap();
        members += 1;
    }
    assert!(members > 1, "{contract} has several members");
    let detail = app.contract(&contract.parse().unwrap(), times(&last.0, &last.1)).await.unwrap();
    let year = detail.contract.years.last().unwrap();
    assert_eq!(year.payable.map(|m| m.to_string()), Some(by_hand.show(2)));
}
