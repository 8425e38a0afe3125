//! What the order and the cut of facts must not change, and that a bridge tells the whole of a change; on
//! random histories.

use std::collections::{BTreeMap, BTreeSet};

use api::app::App;
use domain::exact::Exact;
use domain::statement::Statement;
use domain::time::{Entry, KnownAt};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::ledger::times;
use crate::random::{CONTRACTS, Told, YEAR, anything, begun, cases, end, everything_reported, tell};

const AFTER_THE_YEAR: &str = "2025-07-31";

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

/// The statements of a ledger in memory that was told all of this, as known at the end.
async fn told_so(history: &[Told], as_of: &str) -> Vec<Statement> {
    let (app, next) = begun("memory:").await;
    assert_eq!(tell(&app, next, history).await.len(), history.len(), "every command is carried out");
    let mut statements = Vec::new();
    for contract in CONTRACTS {
        statements.push(asked(&app, contract, as_of, KnownAt::Now).await);
    }
    statements
}

async fn asked(app: &App, contract: &str, as_of: &str, known_at: KnownAt) -> Statement {
    let times = api::app::Times { known_at, ..times(as_of, "now") };
    let asked = app.settle(&contract.parse().unwrap(), YEAR.parse().unwrap(), times).await;
    asked.unwrap_or_else(|e| panic!("{e}")).draft
}

/// Every figure of a statement: the entries behind it differ with the order of recording.
fn figures(statement: &Statement) -> Vec<(String, Option<String>, String)> {
    let line = |l: &domain::worksheet::Line| (l.id.clone(), l.value.clone(), format!("{:?}", l.state));
    statement.lines.iter().map(line).collect()
}

/// What every pair of parties is due, and each party's result.
fn outcome(statement: &Statement) -> BTreeMap<String, Option<String>> {
    let total =
        |l: &&domain::worksheet::Line| l.id.contains("/total/payable/") || l.id.contains("/total/result/");
    statement.lines.iter().filter(total).map(|l| (l.id.clone(), l.value.clone())).collect()
}

proptest! {
    #![proptest_config(cases(6))]

    /// (12) The order of commands that do not rely on each other changes no figure as known at the end.
    #[test]
    fn independent_commands_may_come_in_any_order(
        history in everything_reported(),
        order in prop::collection::vec(any::<Index>(), 25),
        as_of in (0..12u32).prop_map(end),
    ) {
        runtime().block_on(async {
            let (mut left, mut shuffled) = (history.clone(), Vec::new());
            for place in &order {
                shuffled.push(left.remove(place.index(left.len())));
            }
            assert!(left.is_empty());
            for as_of in [as_of.as_str(), AFTER_THE_YEAR] {
                let (one, other) = (told_so(&history, as_of).await, told_so(&shuffled, as_of).await);
                for (one, other) in one.iter().zip(&other) {
                    assert_eq!(figures(one), figures(other), "{one}\n\n{other}");
                }
            }
        });
    }

    /// (3) A year of costs told month by month, in any order, comes to the same as one told whole.
    #[test]
    fn a_year_split_into_months_is_the_whole(history in everything_reported(), backwards in any::<bool>()) {
        runtime().block_on(async {
            let is_cost = |told: &Told| told.command == "report-cost";
            let (months, mut rest): (Vec<Told>, Vec<Told>) = history.iter().cloned().partition(is_cost);
            let amount = |told: &Told| {
                let body: serde_json::Value = serde_json::from_str(&told.body).unwrap();
                body["amount"].as_str().unwrap().parse::<Exact>().unwrap()
            };
            let sum: Exact = months.iter().map(amount).sum();
            let whole = format!(
                r#"{{"contract":"care","party":"tarn-lead","period":"{YEAR}","amount":"{}"}}"#,
                sum.show(2)
            );
            let mut by_month = rest.clone();
            by_month.extend(if backwards { months.into_iter().rev().collect::<Vec<_>>() } else { months });
            rest.push(Told { command: "report-cost", body: whole });
            let (one, other) = (told_so(&by_month, AFTER_THE_YEAR).await, told_so(&rest, AFTER_THE_YEAR).await);
            for (one, other) in one.iter().zip(&other) {
                assert_eq!(outcome(one), outcome(other), "{one}\n\n{other}");
            }
        });
    }

    /// (11) What a statement is at one time, less what it was at another, is what the bridge tells, line by
    /// line.
    #[test]
    fn a_bridge_tells_the_whole_of_a_change(
        history in prop::collection::vec(anything(), 5..30),
        cuts in (any::<Index>(), any::<Index>()),
        as_of in (0..12u32).prop_map(end),
    ) {
        runtime().block_on(async {
            let (app, first) = begun("memory:").await;
            tell(&app, first, &history).await;
            let last = app.ledger().log().head().await.unwrap().entry.0;
            let entry = |cut: Index| first as u64 + cut.index((last - first as u64 + 1) as usize) as u64;
            let (a, b) = (entry(cuts.0), entry(cuts.1));
            let (from, to) = (KnownAt::Entry(Entry(a.min(b))), KnownAt::Entry(Entry(a.max(b))));
            let day = as_of.parse().unwrap();
            for contract in CONTRACTS {
                let (id, year) = (contract.parse().unwrap(), YEAR.parse().unwrap());
                let bridge = app.bridge(&id, year, (Some(day), from), (Some(day), to)).await.unwrap();
                let mut told: BTreeMap<&str, Exact> = BTreeMap::new();
                for change in bridge.causes.iter().flat_map(|cause| &cause.changes) {
                    let sum = told.entry(&change.line).or_insert_with(Exact::zero);
                    *sum = sum.clone() + change.by();
                }
                let (before, after) =
                    (asked(&app, contract, &as_of, from).await, asked(&app, contract, &as_of, to).await);
                let lines = before.lines.iter().chain(&after.lines).filter(|l| l.unit.as_deref() == Some("GBP"));
                let ids: BTreeSet<&str> = lines.map(|l| l.id.as_str()).collect();
                for line in ids {
                    let value = |statement: &Statement| {
                        let value = statement.line(line).and_then(|l| l.value.clone());
                        value.map_or_else(Exact::zero, |value| value.parse().unwrap())
                    };
                    let change = value(&after) - value(&before);
                    assert_eq!(told.get(line).cloned().unwrap_or_else(Exact::zero), change, "{line}\n{bridge}");
                }
            }
        });
    }
}
