//! Every mechanism against tables of further inputs, whose answers are written arithmetic and never the
//! engine's output.
//!
//! A table `domain/tests/reckoned/<kind>.yaml` has the `terms` of its mechanism, with the rules of the
//! contract beside them, the `facts` that all of its sets share, and the `sets`: each with what it changes
//! (`with` fills `<placeholders>`; `none` leaves a fact out), further facts, when it is asked, and what each
//! line comes to. A line is arithmetic as [`crate::reckon`] reads it, in which `line(ID)` is what the table
//! says of another line; or `met`, `not met`, `none` for a line without an amount and `absent` for one that
//! must not stand there. `payable` is what the payer owes the payee, `complete` whether anything is missing,
//! `scheduled` what is to be paid in all months of the year; in an id, `@2` is the entry of the set's second
//! fact. By the terms of the first set the mechanism `commits` its payer to sums, and what each party can
//! gain and lose by it has `limits`; `declares` has what else others ask of it.
#![allow(clippy::disallowed_methods, reason = "the domain reads no files, but its tests do")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use domain::exposure::{Exposure, Limit};
use domain::headroom::Commitment;
use domain::mechanism::Mechanism;
use domain::money::Money;
use domain::names::Names;
use domain::statement::{Payable, Statement};
use domain::terms::{Document, RoundedAt, Terms};
use domain::worksheet::{Expr, Line, LineKind, Op, Step};
use num_rational::BigRational;
use num_traits::Zero;
use serde_json::{Map, Value, json};

use crate::cases::Desk;
use crate::paying::MONTHS;
use crate::reckon::reckon;

/// Worked against the published results of every year instead, in tests of its own.
const WORKED_ELSEWHERE: &str = "shared_savings";

/// The least number of sets of a mechanism.
const SETS: usize = 10;

fn table(kind: &str) -> Value {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/reckoned/{kind}.yaml"));
    let text = std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    let (table, _) = Document::from_yaml(&text).unwrap_or_else(|fault| panic!("{kind}.yaml: {fault:?}"));
    serde_json::to_value(table).unwrap()
}

fn kinds() -> impl Iterator<Item = &'static str> {
    Mechanism::KINDS.iter().copied().filter(|kind| *kind != WORKED_ELSEWHERE)
}

/// The same tests of every mechanism, in a module of its name.
macro_rules! of_each {
    ($($kind:ident)*) => {
        /// The mechanisms that have a table.
        const WITH_TABLES: &[&str] = &[$(stringify!($kind)),*];

        $(mod $kind {
            #[test]
            fn has_ten_sets_of_its_own() {
                super::has_ten_sets_of_its_own(stringify!($kind));
            }

            #[test]
            fn comes_to_what_the_arithmetic_says() {
                super::comes_to_what_the_arithmetic_says(stringify!($kind));
            }

            #[test]
            fn writes_the_lines_that_it_lets_others_name() {
                super::writes_the_lines_that_it_lets_others_name(stringify!($kind));
            }

            #[test]
            fn commits_and_moves_no_more_than_its_limits() {
                super::commits_and_moves_no_more_than_its_limits(stringify!($kind));
            }

            #[test]
            fn lets_others_know_what_they_need() {
                super::lets_others_know_what_they_need(stringify!($kind));
            }

            #[test]
            fn owes_nothing_before_the_year() {
                super::owes_nothing_before_the_year(stringify!($kind));
            }
        })*
    };
}
of_each! {
    activity_at_price aligned_payment alliance at_risk best_practice_tariff blended_payment block capitation claimed_values
    control_total core cost_and_volume cquin equity gain_loss_share integrated_payment marginal_rate milestones
    minimum_population nested_pools outcome_pot paid_outside pathway_bundle per_process pooled_fund programme_pool
    risk_corridor sanctions split stop_loss unit_price vat_leakage year_of_care
}

#[test]
fn every_mechanism_has_a_table() {
    assert_eq!(WITH_TABLES.iter().copied().collect::<BTreeSet<_>>(), kinds().collect());
}

fn has_ten_sets_of_its_own(kind: &str) {
    let table = table(kind);
    let named = format!("kind: {kind}");
    assert!(table["terms"].as_str().unwrap().contains(&named), "{kind}.yaml is about another mechanism");
    let sets = table["sets"].as_array().unwrap();
    assert!(sets.len() >= SETS, "{kind}.yaml has {} sets", sets.len());
    let names: BTreeSet<_> = sets.iter().map(|set| set["case"].to_string()).collect();
    assert_eq!(names.len(), sets.len(), "two sets of {kind}.yaml have one name");
}

fn comes_to_what_the_arithmetic_says(kind: &str) {
    let table = table(kind);
    let faults = |set| {
        let set = Set::of(&table, set);
        set.faults().into_iter().map(move |fault| format!("{}: {fault}", set.case))
    };
    let wrong: Vec<_> = table["sets"].as_array().unwrap().iter().flat_map(faults).collect();
    assert!(wrong.is_empty(), "{} lines differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// What a clause says other clauses may name is written by it, for one set or another, as terms that differ
/// in what they leave out write different lines.
fn writes_the_lines_that_it_lets_others_name(kind: &str) {
    let table = table(kind);
    let (mut named, mut written) = (BTreeSet::new(), BTreeSet::new());
    for set in table["sets"].as_array().unwrap() {
        let set = Set::of(&table, set);
        let terms = domain::terms::Terms::from_yaml(&set.terms).unwrap();
        let (statement, _) = set.settled();
        for clause in terms.pay.iter().filter(|clause| clause.mechanism.kind() == kind) {
            named.extend(clause.mechanism.writes());
            let plain = |line: &&Line| {
                line.clause == clause.clause && line.subject.is_none() && line.kind == LineKind::Money
            };
            written.extend(statement.lines.iter().filter(plain).map(|line| line.name));
        }
    }
    let never: Vec<_> = named.difference(&written).collect();
    assert!(never.is_empty(), "{kind} never writes {never:?}");
}

/// What a mechanism commits its payer to, and what each party can gain and lose by it, is the table's
/// arithmetic, or its words where there is no amount.
fn commits_and_moves_no_more_than_its_limits(kind: &str) {
    let table = table(kind);
    let terms = Terms::from_yaml(&Set::of(&table, &table["sets"][0]).terms).unwrap();
    let mechanism = &terms.pay.iter().find(|clause| clause.mechanism.kind() == kind).unwrap().mechanism;
    let same = |says: &Value, found: &str| {
        let says = says.as_str().unwrap();
        let is_amount = found.starts_with(|c: char| c == '-' || c.is_ascii_digit()) && !found.contains('%');
        assert!(
            says == found || is_amount && reckon(found) == reckon(says),
            "{kind}: {says}, but it is {found}"
        );
    };
    let commits = &table["commits"];
    match mechanism.commitment(&terms) {
        None => same(commits, "none"),
        Some(Commitment { planned, most, least }) => {
            for (name, found) in [("planned", planned), ("most", most), ("least", Some(least))] {
                same(&commits[name], &found.map_or_else(|| "none".to_owned(), |amount| amount.to_string()));
            }
        }
    }
    let exposures = mechanism.exposures(&terms);
    assert_eq!(exposures.len(), table["limits"].as_object().unwrap().len(), "{kind}: {exposures:?}");
    let shown = |limit: &Limit| match limit {
        Limit::At(amount) => amount.to_string(),
        Limit::PartOf(words) => words.clone(),
        Limit::Without(reason) => (*reason).to_owned(),
    };
    for Exposure { party, gain, loss } in &exposures {
        let limits = &table["limits"][party.to_string()];
        same(&limits["gain"], &shown(gain));
        same(&limits["loss"], &shown(loss));
    }
}

/// What other clauses and the verbs that report ask of a mechanism is what its table says, and nothing else:
/// the lines it `writes`, what they come to `yearly`, the fields in which it `uses` others', the parties it
/// `names`, what it `counts`, why its payer's exposure is `unbounded`, whether it can be `varied` and whether
/// it `chooses` lines of a report.
fn lets_others_know_what_they_need(kind: &str) {
    let table = table(kind);
    let terms = Terms::from_yaml(&Set::of(&table, &table["sets"][0]).terms).unwrap();
    let mechanism = &terms.pay.iter().find(|clause| clause.mechanism.kind() == kind).unwrap().mechanism;
    let says = &table["declares"];
    let list = |name: &str| {
        let items = says[name].as_array().into_iter().flatten();
        items.map(|item| item.as_str().unwrap().to_owned()).collect::<BTreeSet<_>>()
    };
    let texts = |items: Vec<String>| items.into_iter().collect::<BTreeSet<_>>();
    assert_eq!(texts(mechanism.writes().iter().map(ToString::to_string).collect()), list("writes"));
    assert_eq!(texts(mechanism.uses().iter().map(|(field, _)| (*field).to_owned()).collect()), list("uses"));
    assert_eq!(texts(mechanism.parties().iter().map(ToString::to_string).collect()), list("names"));
    assert_eq!(texts(mechanism.volumes()), list("counts"));
    assert_eq!(mechanism.unbounded(), says["unbounded"].as_str());
    assert_eq!(mechanism.can_be_varied(), says["varied"] == "yes");
    assert_eq!(mechanism.selection().is_some(), says["chooses"] == "yes");
    assert_eq!(mechanism.price_list(), None);
    for (step, word, ..) in Step::ALL {
        let yearly = mechanism.yearly(*step).map(|amount| reckon(&amount.to_string()));
        assert_eq!(yearly, says["yearly"][*word].as_str().map(reckon), "{word}");
    }
}

/// Nothing in, nothing out: before the year begins no fact of it counts and no month has ended.
fn owes_nothing_before_the_year(kind: &str) {
    let table = table(kind);
    let set = Set { as_of: "2025-03-31", ..Set::of(&table, &table["sets"][0]) };
    let (statement, _) = set.settled();
    let due = |p: &&Payable| p.entitled.is_some_and(|amount| amount != Money::ZERO);
    assert_eq!(statement.payables.iter().find(due), None, "{kind}: {statement}");
}

/// Every clause of the tables in plain words, as `domain/tests/words.txt` has them. With
/// `RISKSHARE_REWRITE_WORDS` set the test writes the file instead of comparing; read what changed.
#[test]
fn clauses_in_plain_words_read_as_they_are_written_down() {
    let mut told = String::new();
    for kind in kinds() {
        let table = table(kind);
        let terms = Terms::from_yaml(&Set::of(&table, &table["sets"][0]).terms).unwrap();
        for clause in terms.pay.iter().filter(|clause| clause.mechanism.kind() == kind) {
            told += &format!("{kind}: {}\n", clause.words(&terms, &Names::default()));
        }
    }
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/words.txt");
    if std::env::var_os("RISKSHARE_REWRITE_WORDS").is_some() {
        std::fs::write(&file, &told).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    for (now, before) in told.lines().zip(written.lines()) {
        assert_eq!(now, before);
    }
    assert_eq!(told.lines().count(), written.lines().count(), "domain/tests/words.txt is out of date");
}

/// One set of inputs with what is to come of it.
struct Set<'a> {
    case: &'a str,
    terms: String,
    subcontract: Option<String>,
    facts: Vec<Value>,
    year: &'a str,
    as_of: &'a str,
    lines: &'a Map<String, Value>,
}

impl<'a> Set<'a> {
    fn of(table: &'a Value, set: &'a Value) -> Set<'a> {
        for name in set.as_object().unwrap().keys() {
            let known = ["case", "with", "terms", "facts", "year", "as_of", "lines"];
            assert!(known.contains(&name.as_str()), "{}: nothing reads `{name}`", set["case"]);
        }
        for name in set["with"].as_object().into_iter().flat_map(Map::keys) {
            let placeholder = table.to_string().contains(&format!("<{name}>"));
            assert!(placeholder, "{}: there is no <{name}> to fill", set["case"]);
        }
        let mut with = table["with"].as_object().cloned().unwrap_or_default();
        with.extend(set["with"].as_object().cloned().unwrap_or_default());
        let text =
            |name: &str, otherwise: &'a str| set[name].as_str().or(table[name].as_str()).unwrap_or(otherwise);
        let facts = [&table["facts"], &set["facts"]].into_iter().filter_map(Value::as_array).flatten();
        Set {
            case: text("case", ""),
            terms: terms("c", &filled(text("terms", ""), &with)),
            subcontract: table["subcontract"].as_str().map(|terms| self::terms("sub", &filled(terms, &with))),
            facts: facts.map(|fact| filled_in(fact, &with)).collect(),
            year: text("year", "2025/26"),
            as_of: text("as_of", "2026-03-31"),
            lines: set["lines"].as_object().unwrap(),
        }
    }

    /// Awards, reports, settles and audits; the statement, and the entry of each fact.
    fn settled(&self) -> (Statement, Vec<String>) {
        let mut desk = Desk::default();
        for terms in [&self.terms].into_iter().chain(&self.subcontract) {
            desk.award(terms);
        }
        let mut entries = Vec::new();
        for fact in &self.facts {
            self.report(&mut desk, fact);
            entries.push(desk.book.entry.to_string());
        }
        (desk.settle("c", self.year, self.as_of), entries)
    }

    /// Every line that is not what the arithmetic says, and every amount whose shares do not sum to it.
    fn faults(&self) -> Vec<String> {
        let (statement, entries) = self.settled();
        let wrong = |(line, says): (&String, &Value)| {
            let says = says.as_str().unwrap();
            let found = found(&statement, &id(&statement, line, &entries));
            let right = match (&found, says) {
                (Found::Amount(amount), says) if !is_word(says) => {
                    reckon(amount) == reckon(&self.expanded(says))
                }
                (Found::Amount(_), _) => false,
                (Found::Word(word), says) => word == says,
            };
            (!right).then(|| format!("{line} = {says}, but it is {found}"))
        };
        self.lines.iter().filter_map(wrong).chain(lost_pennies(&statement)).collect()
    }

    /// The arithmetic with what the table says of other lines in the place of their names.
    fn expanded(&self, says: &str) -> String {
        let Some((before, after)) = says.split_once("line(") else { return says.to_owned() };
        let (id, after) = after.split_once(')').unwrap();
        let meant = self.lines.get(id).unwrap_or_else(|| panic!("{}: no line {id} in the set", self.case));
        let meant = self.expanded(meant.as_str().unwrap());
        format!("{before}({meant}){}", self.expanded(after))
    }

    /// Carries out the commands of a fact: one, or one for each month of a range.
    fn report(&self, desk: &mut Desk, fact: &Value) {
        let (command, body) = fact.as_object().unwrap().iter().next().unwrap();
        let body = body.as_object().unwrap();
        if body.values().any(|value| value == "none") {
            return;
        }
        let range = body.iter().find_map(|(name, value)| Some((name, value.as_str()?.split_once("..")?)));
        let Some((name, (from, to))) = range else { return self.run(desk, command, body.clone()) };
        for month in MONTHS.iter().filter(|month| from <= **month && **month <= to) {
            let mut of_month = body.clone();
            of_month.insert(name.clone(), json!(month));
            self.run(desk, command, of_month);
        }
    }

    fn run(&self, desk: &mut Desk, command: &str, body: Map<String, Value>) {
        let mut whole = json!({"contract": "c"});
        if command == "report-activity" {
            let of = body.get("contract").and_then(Value::as_str).unwrap_or("c");
            let payee = &desk.book.case(&of.parse().unwrap()).unwrap().terms.parties.payee;
            whole["provider"] = json!(payee);
            whole["flow"] = json!("local");
            whole["stage"] = json!("freeze");
        }
        if command == "register-party" {
            whole = json!({});
        }
        whole.as_object_mut().unwrap().extend(body.into_iter().map(|(name, value)| typed(name, value)));
        if command == "agree-fixed-sum" {
            return self.agree_a_sum(desk, whole);
        }
        let done = desk.run(command, &whole.to_string());
        done.unwrap_or_else(|refusal| panic!("{}: {command} {whole}: {refusal}", self.case));
    }

    /// The payer proposes the sum, and the payee agrees it.
    fn agree_a_sum(&self, desk: &mut Desk, mut sum: Value) {
        let parties = desk.book.case(&"c".parse().unwrap()).unwrap().terms.parties.clone();
        let mut agreed = sum.clone();
        sum["party"] = json!(parties.payer);
        desk.run_as(&format!("jo@{}", parties.payer), "propose-fixed-sum", &sum.to_string()).unwrap();
        agreed["proposal"] = json!(desk.book.entry);
        desk.run_as(&format!("sam@{}", parties.payee), "agree-fixed-sum", &agreed.to_string()).unwrap();
    }
}

/// Terms with the head that all tables share.
fn terms(contract: &str, terms: &str) -> String {
    let given =
        |name: &str, line: &str| if terms.contains(name) { String::new() } else { format!("{line}\n") };
    format!(
        "contract: {contract}\ntitle: Under test\n{}{}{}{terms}",
        given("parties:", "parties: {commissioner: icb, lead: trust}"),
        given("years:", "years: {kind: nhs, from: 2025/26, to: 2027/28}"),
        given("rounding:", "rounding: {unit: 0.01, at: line}"),
    )
}

fn filled(text: &str, with: &Map<String, Value>) -> String {
    with.iter().fold(text.to_owned(), |text, (name, value)| {
        text.replace(&format!("<{name}>"), value.as_str().unwrap())
    })
}

fn filled_in(value: &Value, with: &Map<String, Value>) -> Value {
    match value {
        Value::String(text) => Value::String(filled(text, with)),
        Value::Array(items) => items.iter().map(|item| filled_in(item, with)).collect(),
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(name, value)| (name.clone(), filled_in(value, with))).collect())
        }
        other => other.clone(),
    }
}

/// A table holds texts; these fields are numbers and answers of yes or no in a command.
fn typed(name: String, value: Value) -> (String, Value) {
    let whole =
        ["length_of_stay", "days_elapsed", "days_total", "number", "provisional"].contains(&name.as_str());
    let value = match value {
        Value::String(text) if whole => serde_json::from_str(&text).unwrap(),
        Value::Array(items) => items.into_iter().map(|item| typed(String::new(), item).1).collect(),
        Value::Object(fields) => Value::Object(fields.into_iter().map(|(n, v)| typed(n, v)).collect()),
        other => other,
    };
    (name, value)
}

/// The whole id of a line of a table.
fn id(statement: &Statement, line: &str, entries: &[String]) -> String {
    let payable = &statement.payables[0];
    let line = match line {
        "complete" | "scheduled" => return line.to_owned(),
        "payable" => format!("total/payable/{}-to-{}", payable.from, payable.to),
        line => line.to_owned(),
    };
    let Some((before, after)) = line.split_once('@') else { return format!("{}/{line}", statement.contract) };
    let (fact, after) = after.split_once(' ').unwrap_or((after, ""));
    let entry = &entries[fact.parse::<usize>().unwrap() - 1];
    format!("{}/{before}@{entry} {after}", statement.contract).trim_end().to_owned()
}

/// What a statement says of a line.
enum Found {
    Amount(String),
    Word(String),
}

impl std::fmt::Display for Found {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (Found::Amount(text) | Found::Word(text)) = self;
        f.write_str(text)
    }
}

fn is_word(says: &str) -> bool {
    ["met", "not met", "none", "absent", "yes", "no"].contains(&says)
}

/// Amounts that were split into shares, all of which stand on the statement and do not sum to them.
fn lost_pennies(statement: &Statement) -> Vec<String> {
    let mut wholes: BTreeMap<String, (usize, BigRational, BigRational)> = BTreeMap::new();
    let amount = |line: &Line| line.value.as_deref().map_or_else(BigRational::zero, reckon);
    for line in &statement.lines {
        let args = match divides(statement, line) {
            Some(Expr::Op { op: Op::Allocate, args }) => args,
            _ => continue,
        };
        let [Expr::Line(of), _, _, weights @ ..] = args.as_slice() else { continue };
        let whole = amount(statement.line(of).unwrap());
        let key = format!("{of} by {weights:?} under {}", line.clause);
        let (left, sum, _) = wholes.entry(key).or_insert((weights.len(), BigRational::zero(), whole));
        *left -= 1;
        *sum += amount(line);
    }
    let lost = |(left, sum, whole): &(usize, BigRational, BigRational)| *left == 0 && sum != whole;
    wholes
        .into_iter()
        .filter(|(_, parts)| lost(parts))
        .map(|(of, _)| format!("shares of {of} do not sum to it"))
        .collect()
}

/// What divides the amount of which a line is a part: its own working, or that of the line with the first
/// part.
fn divides<'a>(statement: &'a Statement, line: &'a Line) -> Option<&'a Expr<String>> {
    match line.working.expr.as_ref()? {
        Expr::Op { op: Op::Part, args } => match args.as_slice() {
            [Expr::Line(first), ..] => statement.line(first)?.working.expr.as_ref(),
            _ => None,
        },
        working => Some(working),
    }
}

/// Money as it is printed, where lines are rounded; every other amount exactly.
fn found(statement: &Statement, id: &str) -> Found {
    let word = |word: &str| Found::Word(word.to_owned());
    if id == "complete" {
        return word(if statement.complete { "yes" } else { "no" });
    }
    if id == "scheduled" {
        let months: Vec<String> = statement.schedule.iter().map(|row| row.amount.to_string()).collect();
        return Found::Amount(months.join(" + "));
    }
    let Some(line) = statement.line(id) else { return word("absent") };
    let rounded = statement.rounding.at == RoundedAt::Line || line.name == Step::Payable;
    match (line.kind, &line.value, &line.exact) {
        (LineKind::Money, Some(value), _) if rounded => Found::Amount(value.clone()),
        (LineKind::Money | LineKind::Rate | LineKind::Count, _, Some(exact)) => {
            Found::Amount(exact.to_string())
        }
        (_, Some(value), _) => word(value),
        (_, None, _) => word("none"),
    }
}
