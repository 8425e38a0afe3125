//! (7) The recorded expression of every line evaluates to what the line says, and a change of any part of a
//! line is found.

use std::path::PathBuf;

use api::app::App;
use api::app::load::{Folder, load, steps};
use domain::exact::Exact;
use domain::statement::Statement;
use domain::worksheet::{Expr, Op};

use crate::ledger::{Desk, somebody, times};

/// Statements of all mechanisms but one: the Pennine example at three pairs of times, and a varied block.
async fn statements() -> Vec<Statement> {
    let app = App::open_uncreated("memory:", somebody()).await.unwrap();
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples/pennine-msk");
    load(&app, &steps(&Folder::Disk(folder), &app).unwrap(), || ()).await.unwrap();
    let mut all = Vec::new();
    for (as_of, known_at) in
        [("2013-09-30", "2013-09-30"), ("2013-09-30", "2013-12-31"), ("2014-06-30", "2014-07-31")]
    {
        for contract in ["pennine-msk", "pennine-acute", "pennine-isp", "pennine-physio", "pennine-vcs"] {
            let year = "2013/14".parse().unwrap();
            let asked = app.settle(&contract.parse().unwrap(), year, times(as_of, known_at)).await;
            all.push(asked.unwrap().draft);
        }
    }
    let mut desk = Desk::new().await;
    desk.award(
        r#"{contract: varied, title: Varied, parties: {commissioner: a, lead: b}, years: {kind: nhs, from: 2025/26, to: 2025/26},
          rounding: {unit: 0.01, at: line}, pay: [{clause: "1", kind: block, amount: "1000000.00"}]}"#,
    )
    .await;
    let vary = r#"{"contract":"varied","number":1,"signed_on":"2025-12-10","effective_from":"2025-10-01","clause":"1","full_year_effect":"120000.00"}"#;
    desk.done("vary-contract", vary).await;
    all.push(desk.settle("varied", "2025/26", "2025-11-30", "now").await);
    all
}

/// The expressions that differ from this one in a single place, by a constant or a line.
fn changes(
    expr: &Expr<String>,
    change: &dyn Fn(&Expr<String>) -> Vec<Expr<String>>,
) -> Vec<Vec<Expr<String>>> {
    let Expr::Op { op, args } = expr else { return vec![change(expr)] };
    let mut places = Vec::new();
    for (i, arg) in args.iter().enumerate() {
        for changed in changes(arg, change) {
            let whole = |arg: Expr<String>| {
                let mut args = args.clone();
                args[i] = arg;
                Expr::Op { op: *op, args }
            };
            places.push(changed.into_iter().map(whole).collect());
        }
    }
    places
}

fn constant(value: Exact) -> Expr<String> {
    Expr::Const { value }
}

/// Whether the audit finds that line `n` was given this expression.
fn finds(statement: &Statement, n: usize, expr: Expr<String>) -> bool {
    let mut changed = statement.clone();
    changed.lines[n].working.expr = Some(expr);
    changed.audit().is_err()
}

#[tokio::test]
async fn every_line_evaluates_to_what_it_says() {
    for statement in statements().await {
        statement.audit().unwrap();
        assert!(statement.lines.iter().any(|l| l.working.expr.is_some()), "{statement}");
    }
}

#[tokio::test]
async fn a_changed_amount_is_found_on_every_line() {
    let penny: Exact = "0.01".parse().unwrap();
    for statement in statements().await {
        for (n, line) in statement.lines.iter().enumerate() {
            let Some(value) = &line.value else { continue };
            let mut changed = statement.clone();
            changed.lines[n].value = Some(match value.parse::<Exact>() {
                Ok(number) => (number + penny.clone()).to_string(),
                Err(_) => if value == "met" { "not met" } else { "met" }.to_owned(),
            });
            assert!(changed.audit().is_err(), "value of {}", line.id);
            let mut changed = statement.clone();
            changed.lines[n].exact = line.exact.clone().map(|e| e + penny.clone());
            assert!(changed.audit().is_err(), "exact of {}", line.id);
            let mut changed = statement.clone();
            changed.lines[n].exact = None;
            assert!(changed.audit().is_err(), "missing exact of {}", line.id);
            let mut changed = statement.clone();
            changed.lines[n].working.expr = None;
            assert!(changed.audit().is_err(), "missing working of {}", line.id);
        }
    }
}

/// A constant is moved far up and far down. The weight of an only share, and a number beside one that
/// decides, move nothing.
#[tokio::test]
async fn a_changed_constant_is_found_wherever_it_counts() {
    let far = Exact::from(1_000_000_000);
    let moved = |expr: &Expr<String>| match expr {
        Expr::Const { value } => vec![constant(value + &far), constant(value - &far)],
        _ => Vec::new(),
    };
    let mut tried = 0;
    for statement in statements().await {
        for (n, line) in statement.lines.iter().enumerate() {
            let Some(expr) = &line.working.expr else { continue };
            for place in changes(expr, &moved).into_iter().filter(|p| !p.is_empty()) {
                tried += 1;
                assert!(
                    place.into_iter().any(|changed| finds(&statement, n, changed)),
                    "a constant of {} can be changed unseen: {expr:?}",
                    line.id
                );
            }
        }
    }
    assert!(tried > 150, "only {tried} constants were tried");
}

/// Every operand is put in another line's place: one that is not there, itself, a later one, and each earlier
/// one of another amount.
#[tokio::test]
async fn a_changed_operand_is_found_wherever_it_counts() {
    let mut tried = 0;
    for statement in statements().await {
        for (n, line) in statement.lines.iter().enumerate() {
            let Some(expr) = &line.working.expr else { continue };
            let no_line = |expr: &Expr<String>| match expr {
                Expr::Line(_) => vec![Expr::Line("nowhere/1/budget".to_owned()), Expr::Line(line.id.clone())],
                _ => Vec::new(),
            };
            for place in changes(expr, &no_line) {
                for changed in place {
                    tried += 1;
                    assert!(finds(&statement, n, changed), "an operand of {} can point nowhere", line.id);
                }
            }
            let amounts = |id: &str| statement.line(id).and_then(|l| l.exact.clone());
            let others = |expr: &Expr<String>| match expr {
                Expr::Line(id) => {
                    let earlier = statement.lines[..n].iter().filter(|l| l.exact.is_some());
                    let other = earlier.filter(|l| l.exact != amounts(id));
                    other.map(|l| Expr::Line(l.id.clone())).collect()
                }
                _ => Vec::new(),
            };
            let places: Vec<_> = changes(expr, &others).into_iter().filter(|p| !p.is_empty()).collect();
            tried += places.len();
            let mut seen = places
                .into_iter()
                .map(|place| place.into_iter().any(|changed| finds(&statement, n, changed)));
            // Nothing of an amount is nothing of any amount.
            let of_nothing =
                matches!(expr, Expr::Op { op: Op::Mul, .. }) && line.exact == Some(Exact::zero());
            // Of several limits one decides; the others may be any line that does not.
            let limits = matches!(expr, Expr::Op { op: Op::Min | Op::Max | Op::Clamp, .. });
            let all_seen = if limits { seen.any(|seen| seen) } else { seen.all(|seen| seen) };
            assert!(all_seen || of_nothing, "an operand of {} can be changed unseen: {expr:?}", line.id);
        }
    }
    assert!(tried > 300, "only {tried} operands were tried");
}

#[tokio::test]
async fn a_line_that_is_gone_and_a_payable_that_differs_are_found() {
    for statement in statements().await {
        for (n, line) in statement.lines.iter().enumerate() {
            let used = |l: &domain::worksheet::Line| {
                l.working.expr.as_ref().is_some_and(|e| e.lines().contains(&&line.id))
            };
            if !statement.lines.iter().any(used) {
                continue;
            }
            let mut changed = statement.clone();
            changed.lines.remove(n);
            assert!(changed.audit().is_err(), "{} can be left out", line.id);
        }
        for n in 0..statement.payables.len() {
            let mut changed = statement.clone();
            changed.payables[n].entitled = Some("0.01".parse().unwrap());
            assert!(changed.audit().is_err(), "payable {n} of {}", statement.contract);
            let mut changed = statement.clone();
            changed.payables[n].entitled = None;
            let nothing_said = statement.payables[n].entitled.is_none();
            assert_eq!(changed.audit().is_ok(), nothing_said, "payable {n} of {}", statement.contract);
        }
    }
}
