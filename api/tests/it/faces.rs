//! Three faces, one answer: what the command line, the API and the page say of every statement that the
//! examples settle by hand, at every pair of times they name.

use std::collections::{BTreeMap, BTreeSet};

use api::app::{App, Times};
use api::http::v1::ALL;
use api::problem::Problem;
use domain::money::{Currency, Money};
use domain::name::PartyId;
use domain::statement::Statement;
use projections::balances::Above;
use serde_json::Value;

use crate::binary::Place;
use crate::examples::Example;
use crate::http::{assert_fits, problem};
use crate::ledger::times;
use crate::web::Web;

/// A statement that a row of `figures.csv` asks for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Question {
    contract: String,
    year: String,
    as_of: String,
    known_at: String,
}

impl Question {
    /// Every question of an example, once.
    fn all(example: &Example) -> BTreeSet<Question> {
        let rows = example.table("figures.csv");
        let question = |row: &api::app::table::Row| {
            let [contract, year, as_of, known_at] = ["contract", "year", "as_of", "known_at"]
                .map(|name| row.fields[name].as_str().unwrap().to_owned());
            Question { contract, year, as_of, known_at }
        };
        rows.iter().map(question).collect()
    }

    /// Where the API has the answer (below `/v1`), and the page.
    fn path(&self) -> String {
        let Question { contract, year, as_of, known_at } = self;
        format!("/contracts/{contract}/statement?year={year}&as_of={as_of}&known_at={known_at}&which=draft")
    }

    /// What is asked on the command line.
    fn arguments(&self) -> Vec<&str> {
        let Question { contract, year, as_of, known_at } = self;
        vec!["settle", contract, "--year", year, "--as-of", as_of, "--known-at", known_at, "--output", "json"]
    }
}

/// Text between two marks.
fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let rest = text.split_once(from).unwrap_or_else(|| panic!("no {from} in {text}")).1;
    rest.split_once(to).unwrap_or_else(|| panic!("no {to} after {from} in {text}")).0
}

/// An amount as the wire has it, from what a page prints: `−£1,234.50` is `-1234.50`.
fn plain(printed: &str) -> String {
    printed.replace('−', "-").replace(['£', '$', '€', ','], "").replace("NZ", "")
}

/// What a page says of each line: its number and its amount, as printed.
fn lines_of(page: &str) -> Vec<(u64, String)> {
    let rows = page.split("data-label=\"No.\">").skip(1);
    let row = |row: &str| {
        let n = row.split('<').next().unwrap().parse().unwrap();
        (n, between(row, "data-label=\"Amount\">", "</td>").to_owned())
    };
    rows.map(row).collect()
}

/// What a page says of each pair: the two names, then payable, paid and balance as printed.
fn pairs_of(page: &str) -> Vec<Vec<String>> {
    let pair = |text: &str| {
        let name = text.split("</h2>").next().unwrap().to_owned();
        let sums = text.split("</dl>").next().unwrap();
        let amounts = sums.split("<dd class=\"num\">").skip(1);
        let amounts = amounts.map(|amount| plain(amount.split('<').next().unwrap()));
        [name].into_iter().chain(amounts).collect()
    };
    page.split("<h2 class=\"pair\">").skip(1).map(pair).collect()
}

/// What the page says otherwise than the statement.
fn differences(page: &str, statement: &Value, name: impl Fn(&Value) -> String) -> Vec<String> {
    let mut wrong = Vec::new();
    let lines = statement["lines"].as_array().unwrap();
    let shown = lines_of(page);
    if shown.len() != lines.len() {
        wrong.push(format!("{} lines of {}", shown.len(), lines.len()));
    }
    for (line, (n, printed)) in lines.iter().zip(&shown) {
        let said = match (line["kind"].as_str().unwrap(), line["value"].as_str()) {
            ("money", Some(amount)) => amount.to_owned(),
            ("money", None) => line["state"].as_str().unwrap().replace('_', " "),
            _ => continue,
        };
        if line["n"] != *n || plain(printed) != said {
            wrong.push(format!("line {n} says {printed}, {} is {said}", line["id"]));
        }
    }
    let text = |amount: &Value| amount.as_str().unwrap_or("not reported").to_owned();
    let payables = statement["payables"].as_array().unwrap().iter();
    let pairs: Vec<Vec<String>> = payables
        .map(|p| {
            let pair = format!("{} to {}", name(&p["from"]), name(&p["to"]));
            vec![pair, text(&p["entitled"]), text(&p["paid"]), text(&p["balance"])]
        })
        .collect();
    if pairs_of(page) != pairs {
        wrong.push(format!("pairs {:?}, not {pairs:?}", pairs_of(page)));
    }
    wrong
}

/// Names as a page writes them.
fn escaped(name: &str) -> String {
    name.replace('&', "&#38;").replace('\'', "&#39;")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_line_the_api_and_the_pages_say_the_same_of_every_example() {
    let (mut asked, mut wrong) = (0, Vec::new());
    for example in Example::all() {
        let app = example.loaded().await;
        let web = Web::serving(app.clone());
        for question in Question::all(&example) {
            let Question { contract, year, as_of, known_at } = &question;
            let times = times(as_of, known_at);
            let settled = app.settle(&contract.parse().unwrap(), year.parse().unwrap(), times).await;
            let draft: Statement = settled.unwrap().draft;
            // The command line writes the statement as it is.
            let said = serde_json::to_value(&draft).unwrap();
            let answered = web.get(&format!("/v1{}", question.path())).json();
            assert_eq!(said, answered, "{question:?}");
            let page = web.page(&question.path());
            assert_eq!(page.status, 200, "{question:?}: {}", page.body);
            let parties = app.organisations(times).await.unwrap();
            let name = |id: &Value| {
                let id: PartyId = id.as_str().unwrap().parse().unwrap();
                let known = parties.iter().find(|party| party.party == id);
                known.map_or_else(|| id.to_string(), |party| escaped(&party.name))
            };
            let differences = differences(&page.body, &said, name);
            wrong.extend(differences.into_iter().map(|what| format!("{question:?}: {what}")));
            asked += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(asked > 50, "only {asked} statements were compared");
}

/// What the API answers, against what its use case says: the list of items, or the whole.
fn compare<T: serde::Serialize>(web: &Web, path: &str, said: Result<T, Problem>) -> bool {
    let reply = web.get(path);
    match said {
        Ok(said) => {
            assert_eq!(reply.status, 200, "{path}: {}", reply.body);
            let answered = reply.json();
            let of_list = answered.get("items").unwrap_or(&answered);
            assert_eq!(serde_json::to_value(said).unwrap(), *of_list, "{path}");
            let at = path.split('?').next().unwrap().rsplit('/').next().unwrap();
            let endpoint = ALL.iter().find(|endpoint| endpoint.id == at).unwrap();
            assert_fits(endpoint.answers[0].2, &answered);
            true
        }
        Err(said) => {
            assert_eq!(problem(&reply).1, said.code, "{path}");
            false
        }
    }
}

/// What is asked of a whole ledger or of a year month by month, in every example at its last pair of times.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn questions_answered_with_a_list_are_the_same_in_the_api_and_on_the_pages() {
    let mut answered: BTreeMap<&str, usize> = BTreeMap::new();
    for example in Example::all() {
        let app = example.loaded().await;
        let web = Web::serving(app.clone());
        let all = Question::all(&example);
        let last = all.iter().max_by_key(|q| (q.as_of.clone(), q.known_at.clone())).unwrap();
        let at = times(&last.as_of, &last.known_at);
        let to = format!("as_of={}&known_at={}", last.as_of, last.known_at);
        let mut tell = |name, told: bool| *answered.entry(name).or_default() += usize::from(told);
        let same = all.iter().filter(|q| (&q.as_of, &q.known_at) == (&last.as_of, &last.known_at));
        for Question { contract, year, .. } in same {
            let (id, of) = (contract.parse().unwrap(), year.parse().unwrap());
            let below = |name: &str| format!("/v1/contracts/{contract}/{name}?year={year}&{to}");
            tell("months", compare(&web, &below("months"), app.months(&id, of, None, at).await));
            tell("flows", compare(&web, &below("flows"), app.flows(&id, of, at).await));
            let first = all.iter().filter(|q| q.contract == *contract).map(|q| &q.year).min().unwrap();
            let spend = app.spend(&id, [of, first.parse().unwrap()], at).await;
            let against = format!("{}&against={first}", below("spend"));
            tell("spend", compare(&web, &against, spend));
            let headroom = app.headroom(&id, of, at.known_at).await;
            tell("headroom", compare(&web, &below("headroom"), headroom));
            let page = web.page(&format!("/contracts/{contract}/months?year={year}&{to}"));
            assert_eq!(page.status, 200, "{}", page.body);
            for month in app.months(&id, of, None, at).await.unwrap().months {
                let paid = format!(
                    "data-label=\"Paid\">{}<",
                    minus(&month.paid.show(currency(&app, contract, at).await))
                );
                assert!(page.body.contains(&paid), "{contract} {year}: {paid} is on no row");
            }
        }
        let of_all = |name: &str| format!("/v1/{name}?{to}");
        tell("challenges", compare(&web, &of_all("challenges"), app.challenges(at).await));
        tell("exposure", compare(&web, &of_all("exposure"), app.exposure(at).await));
        let above = Above { receivable: Money::ZERO, income: Money::ZERO };
        tell("balances", compare(&web, &of_all("balances"), app.balances(above, at).await));
        let todo = app.todo(None, at).await;
        let home = web.page(&format!("/?{to}")).body;
        let tasks = home.matches("data-label=\"Whose turn\"").count();
        assert_eq!(tasks, todo.as_ref().unwrap().len(), "{}: the home page's tasks", example.name());
        tell("todo", compare(&web, &of_all("todo"), todo));
    }
    for (name, least) in [
        ("months", 40),
        ("flows", 1),
        ("spend", 1),
        ("headroom", 40),
        ("challenges", 1),
        ("exposure", 20),
        ("todo", 20),
    ] {
        assert!(answered[name] >= least, "{name} was answered {} times", answered[name]);
    }
}

/// A minus as pages print it.
fn minus(printed: &str) -> String {
    printed.replace('-', "−")
}

async fn currency(app: &App, contract: &str, at: Times) -> Currency {
    app.contract(&contract.parse().unwrap(), at).await.unwrap().contract.currency
}

/// Every question of the command line, and the endpoint that answers it. What is left works on files or keeps
/// the ledger, and is nothing that a caller asks.
const ENDPOINTS: &[(&str, &[&str])] = &[
    ("apply", &["command", "bulk"]),
    ("award", &["command"]),
    ("draw-up", &["command"]),
    ("agree", &["command"]),
    ("contracts", &["contracts", "contract", "parties"]),
    ("settle", &["statement", "workbook"]),
    ("diff", &["diff"]),
    ("what-if", &["whatIf"]),
    ("explain", &["explain"]),
    ("reconcile", &["reconcile", "balances"]),
    ("months", &["months"]),
    ("looks", &["looks"]),
    ("settlements", &["settlements"]),
    ("position", &["position", "overTime"]),
    ("todo", &["todo"]),
    ("headroom", &["headroom"]),
    ("exposure", &["exposure"]),
    ("challenges", &["challenges"]),
    ("flows", &["flows"]),
    ("spend", &["spend"]),
    ("history", &["history"]),
    ("lines", &["lines"]),
    ("claim-stop-loss", &["command"]),
    ("keys", &["key"]),
    ("checkpoint", &["checkpoint"]),
    ("proof", &["proof", "growth"]),
];

#[test]
fn every_question_of_the_command_line_has_its_endpoint_and_the_other_way_round() {
    let help = Place::new().answer(&["help"]);
    let verbs = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let verbs: BTreeSet<&str> = verbs.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let asked: BTreeSet<&str> = ENDPOINTS.iter().map(|(verb, _)| *verb).collect();
    let others: Vec<&&str> = verbs.difference(&asked).collect();
    let tools = [
        "check", "demo", "export", "generate", "help", "import", "load", "new", "serve", "template", "terms",
        "verify",
    ];
    assert!(asked.is_subset(&verbs), "{verbs:?}");
    assert!(others.iter().all(|verb| tools.contains(verb)), "neither asked over HTTP nor a tool: {others:?}");
    let answered: BTreeSet<&str> = ENDPOINTS.iter().flat_map(|(_, ids)| ids.iter().copied()).collect();
    let there: BTreeSet<&str> = ALL.iter().map(|e| e.id).filter(|id| !SERVER.contains(id)).collect();
    assert_eq!(answered, there);
}

/// What a server says of itself.
const SERVER: [&str; 3] = ["live", "ready", "openapi"];

#[test]
fn the_binary_writes_what_the_api_answers() {
    let example = Example::named("essex-diabetes");
    let place = Place::new();
    place.answer(&["load", example.path("").to_str().unwrap()]);
    let url = format!("sqlite:{}", place.path().join("riskshare.db").display());
    let web = Web::over(&url, None, api::http::Limits::default());
    for question in Question::all(&example) {
        let said = place.answer(&question.arguments());
        // What differs from run to run is left out of what the binary says.
        let mut answered = web.get(&format!("/v1{}", question.path())).json();
        let mut said: Value = serde_json::from_str(&said).unwrap();
        for statement in [&mut answered, &mut said] {
            let lines = statement["lines"].as_array_mut().unwrap().iter_mut();
            lines.for_each(|line| line["sources"] = Value::Null);
        }
        assert_eq!(said, answered, "{question:?}");
    }
    let at = "--as-of 2015-03-31 --known-at 2015-06-30 --output json";
    for (command, path) in [
        ("months essex-diabetes --year 2014/15", "/v1/contracts/essex-diabetes/months?year=2014/15"),
        (
            "spend essex-foot-care --year 2014/15 --against 2014/15",
            "/v1/contracts/essex-foot-care/spend?year=2014/15&against=2014/15",
        ),
        ("exposure", "/v1/exposure?"),
        ("todo", "/v1/todo?"),
        ("reconcile --all", "/v1/balances?"),
        ("settlements", "/v1/settlements?"),
        ("contracts", "/v1/contracts?"),
        ("position --party gp-federation", "/v1/parties/gp-federation/position?"),
    ] {
        let words: Vec<&str> = command.split(' ').chain(at.split(' ')).collect();
        let said: Value =
            serde_json::from_str(&place.run(&words).out).unwrap_or_else(|e| panic!("{command}: {e}"));
        let answered = web.get(&format!("{path}&as_of=2015-03-31&known_at=2015-06-30")).json();
        assert_eq!(said, *answered.get("items").unwrap_or(&answered), "{command}");
    }
}
