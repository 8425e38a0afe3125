//! Random histories asked at random pairs of times on all three stores, held to a plain fold written for this
//! test alone: `plain.rs` works out again, from the commands as they were told, what `domain` makes of the
//! book.

mod history;
mod plain;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use api::app::App;
use domain::statement::Statement;
use domain::time::{AsOf, KnownAt};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::TestRunner;
use serde_json::Value;

use crate::ledger::{somebody, times};
use crate::random::cases;
use history::{Teller, Timed, history, independent, send};
use plain::{CONTRACTS, MONTHS, Plain, Said, When, YEAR, pence, shown};

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

/// Ends of months, days inside them, the year's end, and days after it.
fn business_dates() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => (0..12usize).prop_map(|n| MONTHS[n].2.to_owned()),
        1 => (0..12usize, 2..27u32).prop_map(|(n, day)| format!("{}-{day:02}", MONTHS[n].0)),
        3 => select(vec!["2025-03-31", "2025-04-15", "2025-06-29", "2025-06-30", "2025-07-31"])
            .prop_map(str::to_owned),
    ]
}

/// A pair of times: the second is an entry, a moment or a day of something that was said.
#[derive(Clone, Debug)]
struct Pair {
    as_of: String,
    known: Index,
    form: usize,
}

fn pairs(n: usize) -> impl Strategy<Value = Vec<Pair>> {
    let pair = (business_dates(), any::<Index>(), 0..4usize);
    prop::collection::vec(pair.prop_map(|(as_of, known, form)| Pair { as_of, known, form }), n)
}

impl Pair {
    fn when(&self, said: &[Said]) -> When {
        let said = &said[self.known.index(said.len())];
        match self.form {
            0 => When::Now,
            1 => When::Entry(said.entry),
            2 => When::Moment(said.at.clone()),
            _ => When::Day(said.at[..10].to_owned()),
        }
    }
}

fn money(amount: Option<domain::money::Money>) -> Option<i128> {
    amount.map(|m| pence(&m.to_string()))
}

async fn settled(app: &App, contract: &str, as_of: &str, known_at: &str) -> Statement {
    let asked = app.settle(&contract.parse().unwrap(), YEAR.parse().unwrap(), times(as_of, known_at)).await;
    let draft = asked.unwrap_or_else(|e| panic!("{e}")).draft;
    draft.audit().unwrap();
    draft
}

/// Holds the statements and positions of a ledger at a pair of times to the plain fold.
async fn held_to_the_plain_fold(app: &App, plain: Plain<'_>, as_of: &str, known_at: &str) {
    for (contract, payer, payee) in CONTRACTS {
        let paid = plain.paid(contract, payer, as_of);
        let balance = |entitled: Option<i128>| (entitled, paid, entitled.map(|e| e - paid));
        let draft = settled(app, contract, as_of, known_at).await;
        let place = format!("{contract}, as of {as_of}, known at {known_at}\n{draft}");
        let [payable] = draft.payables.as_slice() else { panic!("not one pair: {place}") };
        assert_eq!((payable.from.as_str(), payable.to.as_str()), (payer, payee), "{place}");
        let says = (money(payable.entitled), pence(&payable.paid.to_string()), money(payable.balance));
        assert_eq!(says, balance(plain.draft(contract, as_of).0), "{place}");

        let in_force = balance(plain.in_force(contract, as_of).0);
        for (party, with, sign) in [(payee, payer, 1), (payer, payee, -1)] {
            let position = app.position(&party.parse().unwrap(), times(as_of, known_at)).await;
            let position = position.unwrap_or_else(|e| panic!("{e}"));
            let of_pair = position
                .rows
                .iter()
                .filter(|row| row.contract.as_str() == contract && row.counterparty.as_str() == with);
            let says: Vec<_> = of_pair
                .map(|row| (money(row.entitled), pence(&row.paid.to_string()), money(row.balance)))
                .collect();
            let turned = |amount: Option<i128>| amount.map(|amount| sign * amount);
            let expected = (turned(in_force.0), sign * in_force.1, turned(in_force.2));
            assert_eq!(says, [expected], "{party} of {place}\n{position}");
        }
        if contract == "block" {
            let mut months: BTreeMap<String, i128> = BTreeMap::new();
            for row in &draft.schedule {
                *months.entry(row.month.to_string()).or_default() += pence(&row.amount.to_string());
            }
            months.retain(|_, amount| *amount != 0);
            assert_eq!(months, plain.schedule(), "schedule of {place}");
        }
    }
}

/// The stores that a history is told to beside memory: a file, and a server where one is given.
fn other_stores(dir: &std::path::Path, name: &str) -> Vec<String> {
    let mut urls = vec![format!("sqlite:{}#{name}", dir.join("test.db").display())];
    match std::env::var("RISKSHARE_TEST_POSTGRES") {
        Ok(server) => urls.push(format!("{server}#{name}")),
        Err(_) => println!("NOT RUN on PostgreSQL: RISKSHARE_TEST_POSTGRES is not set"),
    }
    urls
}

/// (1) and (9): on every store the same commands are carried out and refused and give the same root, and
/// every answer at every pair of times is the plain fold of what was known, restricted to what had been
/// measured.
async fn held_on_stores(history: &[Timed], pairs: &[Pair], stores: &[String], name: &str) -> Teller {
    let mut told = Teller::begin(&format!("memory:#{name}")).await;
    told.tell(history).await;
    let head = told.app.ledger().log().head().await.unwrap();
    let mut apps = vec![told.app.clone()];
    for url in stores {
        let app = App::open_uncreated(url, somebody()).await.unwrap();
        for (line, outcome) in &told.sent {
            assert_eq!(send(&app, line).await, *outcome, "{line}");
        }
        assert_eq!(app.ledger().log().head().await.unwrap(), head, "{url}");
        // What is asked is a ledger opened again.
        apps.push(App::open(url, somebody()).await.unwrap());
    }
    for pair in pairs {
        let when = pair.when(&told.said);
        for app in &apps {
            let plain = Plain::known_at(&told.said, &when);
            held_to_the_plain_fold(app, plain, &pair.as_of, &when.text()).await;
        }
    }
    told
}

/// In memory, on many histories, which between them hold every kind of command.
#[test]
fn every_answer_is_the_plain_fold_of_what_was_told() {
    let all = BTreeSet::from([
        "agree-fixed-sum",
        "agree-settlement",
        "draw-up-settlement",
        "make-payment",
        "measure-outcome",
        "prepare-agreement",
        "propose-fixed-sum",
        "raise-challenge",
        "record-in-error",
        "reopen-freeze",
        "reopen-year",
        "report-activity",
        "report-cost",
        "resolve-challenge",
        "restate-settlement",
        "vary-contract",
    ]);
    let carried_out = RefCell::new(BTreeSet::new());
    // A command that few histories carry out may be missing from a round: then there is another.
    for _ in 0..10 {
        let held = TestRunner::new(cases(20)).run(&(history(40), pairs(6)), |(history, pairs)| {
            let told = runtime().block_on(held_on_stores(&history, &pairs, &[], "main"));
            carried_out.borrow_mut().extend(told.said.iter().map(|said| said.command));
            Ok(())
        });
        held.unwrap_or_else(|e| panic!("{e}"));
        if *carried_out.borrow() == all {
            return;
        }
    }
    assert_eq!(carried_out.into_inner(), all);
}

proptest! {
    #![proptest_config(cases(4))]

    #[test]
    fn every_store_answers_as_the_plain_fold_does(
        history in history(30),
        pairs in pairs(4),
        number in any::<u64>(),
    ) {
        let (name, dir) = (format!("fold-{}-{number}", std::process::id()), tempfile::tempdir().unwrap());
        runtime().block_on(held_on_stores(&history, &pairs, &other_stores(dir.path(), &name), &name));
    }
}

proptest! {
    #![proptest_config(cases(10))]

    /// (11) What a bridge tells of what is payable is what the plain fold says at its end less what it says
    /// at its beginning; and the bridge of a restated statement names exactly the lines in which it differs
    /// from the old one.
    #[test]
    fn a_bridge_is_the_later_fold_less_the_earlier(
        history in history(40),
        known in (any::<Index>(), any::<Index>()),
        as_of in business_dates(),
    ) {
        runtime().block_on(async {
            let mut told = Teller::begin("memory:").await;
            told.tell(&history).await;
            let entry = |index: Index| told.said[index.index(told.said.len())].entry;
            let (a, b) = (entry(known.0), entry(known.1));
            let (from, to) = (When::Entry(a.min(b)), When::Entry(a.max(b)));
            for (contract, payer, payee) in CONTRACTS {
                let (day, line): (AsOf, _) =
                    (as_of.parse().unwrap(), format!("{contract}/total/payable/{payer}-to-{payee}"));
                let point = |when: &When| (Some(day), when.text().parse::<KnownAt>().unwrap());
                let (id, year) = (contract.parse().unwrap(), YEAR.parse().unwrap());
                let bridge = told.app.bridge(&id, year, point(&from), point(&to)).await.unwrap();
                let changes = bridge.causes.iter().flat_map(|cause| &cause.changes);
                let sum: i128 = changes.filter(|c| c.line == line).map(|c| pence(&c.by().show(2))).sum();
                let due = |when: &When| {
                    Plain::known_at(&told.said, when).draft(contract, &as_of).0.unwrap_or(0)
                };
                assert_eq!(sum, due(&to) - due(&from), "{line} as of {as_of}, {from:?} to {to:?}\n{bridge}");
            }
            bridges_of_restated_statements(&told).await;
        });
    }

    /// (3) and (12): the same facts in another order, and a year's cost told in one figure or month by month,
    /// come to what the plain fold says of them, whichever way they were told.
    #[test]
    fn independent_facts_come_to_the_same_in_any_order(
        facts in independent(),
        order in Just((0..40).collect::<Vec<usize>>()).prop_shuffle(),
        whole in any::<bool>(),
        as_of in business_dates(),
    ) {
        runtime().block_on(async {
            let mut shuffled: Vec<(usize, Timed)> =
                order.iter().copied().zip(facts.iter().map(|turn| (turn.clone(), 1))).collect();
            shuffled.sort_by_key(|(place, _)| *place);
            let mut other: Vec<Timed> = shuffled.into_iter().map(|(_, timed)| timed).collect();
            if whole {
                other = in_one_figure(other);
            }
            let mut first = Teller::begin("memory:").await;
            first.tell(&facts.into_iter().map(|turn| (turn, 1)).collect::<Vec<Timed>>()).await;
            let mut second = Teller::begin("memory:").await;
            second.tell(&other).await;
            // One fold for both: of what the first ledger was told, in its order.
            let plain = Plain::known_at(&first.said, &When::Now);
            for told in [&first, &second] {
                assert!(told.sent.iter().all(|(_, outcome)| outcome.is_ok()), "{:?}", told.sent);
                for as_of in [as_of.as_str(), "2025-07-31"].iter().skip(usize::from(whole)) {
                    held_to_the_plain_fold(&told.app, plain, as_of, "now").await;
                }
            }
        });
    }
}

/// The same history with the year's cost in one figure, told last.
fn in_one_figure(history: Vec<Timed>) -> Vec<Timed> {
    let is_cost = |turn: &history::Turn| matches!(turn, history::Turn::Say("report-cost", _));
    let (costs, mut rest): (Vec<Timed>, Vec<Timed>) =
        history.into_iter().partition(|(turn, _)| is_cost(turn));
    let amounts = costs.iter().map(|(turn, _)| match turn {
        history::Turn::Say(_, body) => pence(body["amount"].as_str().unwrap()),
        _ => 0,
    });
    let sum = shown(amounts.sum());
    let body = serde_json::json!({"contract": "care", "party": "tarn-lead", "period": YEAR, "amount": sum});
    rest.push((history::Turn::Say("report-cost", body), 1));
    rest
}

/// Every line's value in a statement as the log has it.
fn values(statement: &Value) -> BTreeMap<String, Option<String>> {
    let lines = statement["lines"].as_array().unwrap().iter();
    lines.map(|l| (l["id"].as_str().unwrap().to_owned(), l["value"].as_str().map(str::to_owned))).collect()
}

async fn bridges_of_restated_statements(told: &Teller) {
    let log = told.app.ledger().log().read(domain::time::Entry(0), usize::MAX).await.unwrap();
    for stored in log.iter().filter(|stored| stored.kind == "settlement-restated") {
        let payload = &stored.payload;
        let old = &log[payload["restates"].as_u64().unwrap() as usize - 1];
        assert_eq!(payload["digest"].as_str().unwrap(), domain::recorded::Digest(old.hash).to_string());
        let (was, is) = (values(&old.payload["statement"]), values(&payload["statement"]));
        let ids: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
        let value = |of: &BTreeMap<String, Option<String>>, id: &String| of.get(id).cloned().flatten();
        let changed = ids.into_iter().map(|id| (id.clone(), (value(&was, id), value(&is, id))));
        let changed: BTreeMap<_, _> = changed.filter(|(_, (was, is))| was != is).collect();
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let bridge = payload["bridge"].as_array().unwrap().iter();
        let said = bridge.map(|l| (text(&l["line"]).unwrap(), (text(&l["before"]), text(&l["after"]))));
        assert_eq!(said.collect::<BTreeMap<_, _>>(), changed);
        // What the two statements come to is what the plain fold said when each was drawn up.
        for entry in [old.entry.0, stored.entry.0] {
            let said = told.said.iter().find(|said| said.entry == entry).unwrap();
            let (contract, payer, payee) =
                *CONTRACTS.iter().find(|(contract, ..)| *contract == said.text("contract")).unwrap();
            let plain = Plain::known_at(&told.said, &When::Entry(entry - 1));
            let due = plain.draft(contract, said.text("as_of")).0.map(shown);
            let line = format!("{contract}/total/payable/{payer}-to-{payee}");
            let says = if entry == stored.entry.0 { value(&is, &line) } else { value(&was, &line) };
            assert_eq!(says, due, "{line} at entry {entry}");
        }
    }
}
