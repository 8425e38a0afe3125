//! `/lines`: a line taken apart, down to the events behind it.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use domain::actor::Evidence;
use domain::name::ContractId;
use domain::worksheet::{Line, Step};
use domain::year::ContractYear;
use projections::contracts::Clause;
use projections::explain::{Behind, Explanation};
use projections::history::Happening;
use std::collections::BTreeMap;

use super::frame::{Frame, encoded};
use super::show::is_total;
use super::{Desk, Query, Unanswered, show};

pub fn route() -> MethodRouter<Desk> {
    get(line)
}

#[derive(Template)]
#[template(path = "line.html")]
struct Page {
    frame: Frame,
    explanation: Explanation,
    first: Named,
    year: String,
    meaning: &'static str,
    parts: Vec<Part>,
}

struct Named {
    label: String,
    amount: String,
}

/// A line of the explanation; those that it uses follow one step further in.
struct Part {
    depth: usize,
    n: u32,
    contract: ContractId,
    label: String,
    amount: String,
    link: String,
    working: String,
    clause: String,
    says: Option<String>,
    events: Vec<Event>,
}

struct Event {
    what: String,
    entry: u64,
    when: String,
    who: String,
    said: String,
    key: String,
    hash: String,
    /// The lines that the report carries.
    lines: Option<String>,
    evidence: Vec<Evidence>,
}

/// The deepest step that is still drawn further in.
const DEEPEST: usize = 5;

type Clauses = BTreeMap<ContractId, Vec<Clause>>;

async fn line(State(desk): State<Desk>, query: Query) -> Result<Response, Unanswered> {
    query.only(&["as_of", "known_at", "line", "year"])?;
    let id: String = query.needed("line", "a line's id")?;
    let year: Option<ContractYear> = query.get("year")?;
    let frame = Frame::of(&desk.app, "/lines".to_owned(), &query).await?;
    let times = frame.at.pinned();
    let explanation = desk.app.explain(&id, year, times).await?;
    let mut clauses = Clauses::new();
    for contract in contracts(&explanation) {
        let detail = desk.app.contract(&contract, times).await?;
        clauses.insert(contract, detail.clauses);
    }
    let title = desk.app.contract(&explanation.contract, times).await?.contract.title;
    let (contract, year) = (explanation.contract.as_str(), explanation.year.to_string());
    let first = Named { label: frame.label(&explanation.line), amount: show::figure(&explanation.line) };
    let words = show::year(explanation.year);
    let above =
        [(title.as_str(), frame.to_contract(contract)), (words.as_str(), frame.to_year(contract, &year))];
    let frame = frame.titled(format!("{}, {words}", first.label), &above);
    let mut parts = Vec::new();
    flatten(&frame, &clauses, &explanation, 0, &mut parts);
    super::page(Page {
        meaning: explanation.line.name.meaning(),
        frame,
        explanation,
        first,
        year: words,
        parts,
    })
}

/// Every contract an explanation reaches into.
fn contracts(explanation: &Explanation) -> Vec<ContractId> {
    let mut all = vec![explanation.contract.clone()];
    for used in &explanation.uses {
        all.extend(contracts(used).into_iter().filter(|c| !all.contains(c)).collect::<Vec<_>>());
    }
    all
}

fn flatten(frame: &Frame, clauses: &Clauses, told: &Explanation, depth: usize, parts: &mut Vec<Part>) {
    let line = &told.line;
    // A rule of `counts` may stand in the clause that pays; the paying clause comes after it.
    let said = clauses.get(&told.contract).and_then(|all| all.iter().rfind(|c| c.clause == line.clause));
    parts.push(Part {
        depth: depth.min(DEEPEST),
        n: line.n,
        contract: told.contract.clone(),
        label: frame.label(line),
        amount: show::figure(line),
        link: frame.to_line(&line.id, &told.year.to_string()),
        working: frame.names.in_working(line),
        clause: show::clause(line),
        // The clause is told once, where the explanation has it.
        says: said.filter(|_| told.clause.is_some()).map(|c| c.says.clone()),
        events: told.events.iter().map(|event| behind(frame, line, event)).collect(),
    });
    told.uses.iter().for_each(|used| flatten(frame, clauses, used, depth + 1, parts));
}

/// Where the lines of a report stand that the clause of a line pays for.
fn lines_behind(frame: &Frame, line: &Line, event: &Behind) -> Option<String> {
    let text = |name: &str| event.payload[name].as_str();
    let carries = event.payload["lines"].as_array().is_some_and(|lines| !lines.is_empty());
    if event.event != "activity-reported" || !(carries || event.payload["blocks"].is_object()) {
        return None;
    }
    let clause = match line.name {
        Step::OutsideContract => "none",
        _ if is_total(line) => "",
        _ => line.clause.as_str(),
    };
    let asked = [
        ("month", text("month")?),
        ("provider", text("provider")?),
        ("flow", text("flow")?),
        ("clause", clause),
    ];
    Some(frame.with(&format!("/contracts/{}/lines", encoded(text("contract")?)), &asked))
}

fn behind(frame: &Frame, line: &Line, event: &Behind) -> Event {
    let Behind { entry, recorded_at, actor, key, hash, payload, .. } = event.clone();
    let happening = Happening { entry, recorded_at, event: event.event, actor, key, hash, payload };
    Event {
        what: show::event(event.event),
        entry: entry.0,
        when: recorded_at.shown(frame.at.zone),
        who: frame.who(&happening.actor),
        said: happening.said(),
        key: happening.key.to_string(),
        hash: hash.to_string(),
        lines: lines_behind(frame, line, event),
        evidence: event.evidence.clone(),
    }
}
