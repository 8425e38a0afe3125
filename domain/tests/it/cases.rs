//! Worked examples as commands folded into a book, settled, and compared figure by figure.

use std::sync::Arc;

use domain::actor::{Actor, Giver};
use domain::book::Book;
use domain::name::ContractId;
use domain::recorded::{Digest, Recorded};
use domain::refusal::Refusal;
use domain::settle::settle;
use domain::statement::Statement;
use domain::time::{AsOf, Instant};
use domain::verb::Command;
use domain::verb::activity::Totals;
use domain::year::ContractYear;

/// A book under test.
#[derive(Default)]
pub struct Desk {
    /// What is recorded.
    pub book: Book,
}

impl Desk {
    /// Carries out a command given as its name and JSON body.
    pub fn run(&mut self, name: &str, body: &str) -> Result<(), Refusal> {
        self.give(&giver("a.tester@tests"), name, body)
    }

    /// The same, given by a person written as `jo@icb`.
    pub fn run_as(&mut self, person: &str, name: &str, body: &str) -> Result<(), Refusal> {
        self.give(&giver(person), name, body)
    }

    /// The same, with what comes with it.
    pub fn give(&mut self, giver: &Giver, name: &str, body: &str) -> Result<(), Refusal> {
        self.take(giver, Command::read(name, body).expect("a known command").expect("a readable body"))
    }

    /// Decides a command and takes in its event.
    pub fn take(&mut self, giver: &Giver, command: Command) -> Result<(), Refusal> {
        let event = command.decide(&self.book, giver)?;
        let entry = self.book.entry.next();
        let (stream, version) = (event.stream(), self.book.version(&event.stream()) + 1);
        self.book.fold(&Recorded {
            entry,
            stream,
            version,
            recorded_at: Instant::from_micros(0).unwrap(),
            actor: giver.actor.clone(),
            key: "key".parse().unwrap(),
            hash: Digest([entry.0 as u8; 32]),
            evidence: giver.evidence.clone(),
            late_because: giver.late_because.clone(),
            event,
        });
        Ok(())
    }

    /// Registers parties and awards a contract from YAML terms.
    pub fn award(&mut self, yaml: &str) {
        let terms = domain::terms::Terms::from_yaml(yaml).unwrap_or_else(|faults| panic!("{faults:#?}"));
        for party in terms.all_parties() {
            if !self.book.parties.contains_key(&party) {
                self.run("register-party", &format!(r#"{{"party":"{party}","name":"{party}"}}"#)).unwrap();
            }
        }
        let terms = serde_json::to_string(&terms).unwrap();
        self.run("award-contract", &format!(r#"{{"signed_on":"2013-01-01","terms":{terms}}}"#)).unwrap();
    }

    /// Settles a contract year.
    pub fn settle(&self, contract: &str, year: &str, as_of: &str) -> Statement {
        let contract: ContractId = contract.parse().unwrap();
        let year: ContractYear = year.parse().unwrap();
        let as_of: AsOf = as_of.parse().unwrap();
        let statement = settle(&self.book, &contract, year, as_of).unwrap();
        statement.audit().unwrap();
        // Whatever a test settles from lines that reports carry settles to the same from lines in blocks.
        assert_eq!(settle(&in_blocks(&self.book), &contract, year, as_of).unwrap(), statement);
        statement
    }
}

/// The same book with the lines of reports in blocks, as far as every line states a value.
fn in_blocks(book: &Book) -> Book {
    let mut book = book.clone();
    for case in book.contracts.values_mut() {
        for report in &mut Arc::make_mut(case).reports {
            let lines = std::mem::take(&mut report.fact.lines);
            match Totals::block(&lines) {
                Ok(block) if !lines.is_empty() => report.fact.blocks = Some(crate::blocks::of(&block)),
                _ => report.fact.lines = lines,
            }
        }
    }
    book
}

/// A person, written as `jo@icb`, with nothing besides.
pub fn giver(person: &str) -> Giver {
    let (person, party) = person.split_once('@').unwrap();
    let actor =
        Actor { person: person.to_owned(), party: party.parse().unwrap(), role: "finance".to_owned() };
    Giver { actor, evidence: Vec::new(), late_because: None }
}

/// The value of the line of this id.
pub fn value<'a>(statement: &'a Statement, id: &str) -> &'a str {
    let line = statement.line(id).unwrap_or_else(|| panic!("no line {id} in\n{statement}"));
    line.value.as_deref().unwrap_or("none")
}

const COBIC: &str = r#"
contract: oxford-mh
title: Capitated, outcome-based contract
parties: {commissioner: ccg, lead: oxford-health}
years: {kind: nhs, from: 2015/16, to: 2019/20}
rounding: {unit: 0.01, at: line}
outcomes:
  - {indicator: safety, direction: higher, floor: 0, target: 100}
  - {indicator: O1, direction: higher, floor: 60, target: 80}
  - {indicator: O2, direction: higher, floor: 40, target: 50}
  - {indicator: O3, direction: lower, floor: 30, target: 20}
  - {indicator: O4, direction: higher, floor: 85, target: 95}
  - {indicator: O5, direction: higher, floor: 70, target: 70}
  - {indicator: O6, direction: higher, floor: 0, target: 12}
pay:
  - {clause: "1", kind: core, budget: "35000000.00", withheld: 20%}
  - clause: "2"
    kind: outcome_pot
    of: core.withheld
    gateway: {indicator: safety, at_least: 95.0, otherwise: 0%}
    measures:
      - {indicator: O1, weight: 20%}
      - {indicator: O2, weight: 20%}
      - {indicator: O3, weight: 20%}
      - {indicator: O4, weight: 15%}
      - {indicator: O5, weight: 15%}
      - {indicator: O6, weight: 10%}
    deadline: 90 days
    late: zero
"#;

/// Worked example 08: scores, payments and what is forfeited.
#[test]
fn a_cobic_contract_pays_core_and_outcomes() {
    let mut desk = Desk::default();
    desk.award(COBIC);
    for (name, value) in [
        ("safety", "96.2"),
        ("O1", "74"),
        ("O2", "38"),
        ("O3", "22"),
        ("O4", "97"),
        ("O5", "70"),
        ("O6", "5"),
    ] {
        let body = format!(
            r#"{{"contract":"oxford-mh","indicator":"{name}","period":"2016/17","value":"{value}"}}"#
        );
        desk.run("measure-outcome", &body).unwrap();
    }
    let statement = desk.settle("oxford-mh", "2016/17", "2017-06-30");
    println!("{statement}");
    for (step, expected) in [
        ("1/withheld", "7000000.00"),
        ("1/core", "28000000.00"),
        ("2/score/O1", "0.7"),
        ("2/score/O2", "0"),
        ("2/score/O3", "0.8"),
        ("2/score/O4", "1"),
        ("2/score/O5", "1"),
        ("2/score/O6", "0.416666666667"),
        ("2/outcome-earned/O1", "980000.00"),
        ("2/outcome-earned/O2", "0.00"),
        ("2/outcome-earned/O3", "1120000.00"),
        ("2/outcome-earned/O4", "1050000.00"),
        ("2/outcome-earned/O5", "1050000.00"),
        ("2/outcome-earned/O6", "291666.67"),
        ("2/outcome-earned", "4491666.67"),
        ("2/outcome-forfeited", "2508333.33"),
        ("total/payable/ccg-to-oxford-health", "32491666.67"),
    ] {
        assert_eq!(value(&statement, &format!("oxford-mh/{step}")), expected, "{step}");
    }
}
