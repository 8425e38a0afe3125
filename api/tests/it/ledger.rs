//! A ledger under test: commands go in as JSON, the way NDJSON has them; statements and positions come out.

use api::app::{App, Times};
use api::problem::Problem;
use domain::actor::Actor;
use domain::money::Money;
use domain::request::Request;
use domain::statement::Statement;
use domain::terms::Terms;
use domain::time::{Entry, KnownAt};
use projections::position::Position;
use store::Done;

/// The person who gives the commands of a test.
pub fn somebody() -> Actor {
    Actor { person: "a.tester".to_owned(), party: "northmoor".parse().unwrap(), role: "finance".to_owned() }
}

/// A command as one JSON line.
pub fn line(command: &str, key: &str, body: &str) -> String {
    format!(
        r#"{{"command":"{command}","key":"{key}","actor":{{"person":"a.tester","party":"northmoor","role":"finance"}},"body":{body}}}"#
    )
}

/// A ledger in memory with its own clock, and a count of the commands sent.
pub struct Desk {
    pub app: App,
    sent: usize,
}

impl Desk {
    pub async fn new() -> Desk {
        Desk::over(App::open_or_create("memory:", somebody()).await.unwrap())
    }

    /// On a ledger that is open.
    pub fn over(app: App) -> Desk {
        Desk { app, sent: 0 }
    }

    /// Carries out a command under a key of its own.
    pub async fn run(&mut self, command: &str, body: &str) -> Result<Done, Problem> {
        self.sent += 1;
        let text = line(command, &format!("test:{}", self.sent), body);
        let request = Request::from_json(&text).unwrap_or_else(|e| panic!("{e}: {text}"));
        self.app.send(&request).await
    }

    /// The same, for a command that is carried out.
    pub async fn done(&mut self, command: &str, body: &str) -> Entry {
        self.run(command, body).await.unwrap_or_else(|e| panic!("{command} {body}\n{e}")).entry()
    }

    /// Registers the parties of YAML terms that are not there yet, and awards the contract.
    pub async fn award(&mut self, yaml: &str) {
        let terms = Terms::from_yaml(yaml).unwrap_or_else(|faults| panic!("{faults:#?}"));
        for party in terms.all_parties() {
            if !self.app.parties().await.unwrap().contains(&party) {
                self.done("register-party", &format!(r#"{{"party":"{party}","name":"{party}"}}"#)).await;
            }
        }
        let terms = serde_json::to_string(&terms).unwrap();
        self.done("award-contract", &format!(r#"{{"signed_on":"2013-01-01","terms":{terms}}}"#)).await;
    }

    /// The draft of a contract year; its own working is checked.
    pub async fn settle(&self, contract: &str, year: &str, as_of: &str, known_at: &str) -> Statement {
        let (contract, year) = (contract.parse().unwrap(), year.parse().unwrap());
        let statement = self.app.settle(&contract, year, times(as_of, known_at)).await.unwrap().draft;
        statement.audit().unwrap();
        statement
    }

    pub async fn position(&self, party: &str, as_of: &str, known_at: &str) -> Position {
        self.app.position(&party.parse().unwrap(), times(as_of, known_at)).await.unwrap()
    }

    /// The last entry and the root over all of them.
    pub async fn head(&self) -> store::Head {
        self.app.ledger().log().head().await.unwrap()
    }
}

pub fn times(as_of: &str, known_at: &str) -> Times {
    Times { as_of: Some(as_of.parse().unwrap()), known_at: known_at.parse::<KnownAt>().unwrap() }
}

/// The value of the line of this id.
pub fn value<'a>(statement: &'a Statement, id: &str) -> &'a str {
    let line = statement.line(id).unwrap_or_else(|| panic!("no line {id} in\n{statement}"));
    line.value.as_deref().unwrap_or("none")
}

/// Asserts the values of lines, by id without the contract.
pub fn assert_lines(statement: &Statement, expected: &[(&str, &str)]) {
    for (id, amount) in expected {
        let id = format!("{}/{id}", statement.contract);
        assert_eq!(value(statement, &id), *amount, "{id} in\n{statement}");
    }
}

/// An amount as it is written on the wire; nothing is `not reported`.
pub fn text(amount: Option<Money>) -> String {
    amount.map_or("not reported".to_owned(), |m| m.to_string())
}
