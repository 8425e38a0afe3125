//! Medicare shared savings: what CMS published for organisations of every year and track, settled by the
//! mechanism. The cases lie beside the project; where they do not, the tests say that they were not run.

#![allow(clippy::disallowed_methods, reason = "the domain reads no files, but its tests do")]

use std::path::PathBuf;

use domain::exact::Exact;
use domain::rate::Rate;
use domain::statement::Statement;
use domain::worksheet::Step;
use serde_json::Value;

use crate::cases::Desk;

/// The document of cases, where it is there.
fn document(name: &str) -> Option<Value> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/medicare").join(name);
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(serde_json::from_str(&text).unwrap()),
        Err(_) => {
            println!("not run: {} is not there", path.display());
            None
        }
    }
}

/// The same, for cases that take their time.
fn long_document(name: &str) -> Option<Value> {
    if std::env::var_os("RISKSHARE_TEST_LONG").is_none() {
        println!("not run: {name} takes its time; set RISKSHARE_TEST_LONG=1");
        return None;
    }
    document(name)
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value[name].as_str()
}

fn number(value: &Value, name: &str) -> Exact {
    text(value, name).unwrap_or_else(|| panic!("no {name} in {value}")).parse().unwrap()
}

/// `0.5` as terms write it, `50%`.
fn percent(fraction: &str) -> String {
    Rate::of(fraction.parse().unwrap()).to_string()
}

/// To the dollar, halves away from zero, as money is written.
fn dollars(amount: &Exact) -> String {
    amount.to_places(0).as_money().unwrap().to_string()
}

/// The loss terms that the document's table of tracks states: a rate, or the bounds of one less quality.
fn losses(track: &Value) -> Option<String> {
    let rate = text(track, "loss_rate")?;
    let rate = match rate.split_once("within ").and_then(|(_, within)| within.split_once("..")) {
        Some((low, high)) => format!("lowest: {}, highest: {}", percent(low), percent(high)),
        None => format!("rate: {}", percent(rate)),
    };
    let limit = text(track, "loss_limit_benchmark").unwrap().split(',').next().unwrap();
    let revenue = text(track, "loss_limit_revenue");
    let revenue = revenue.map(|r| format!(", revenue_limit: {}", percent(r))).unwrap_or_default();
    Some(format!("losses: {{{rate}, benchmark_limit: {}{revenue}}}", percent(limit)))
}

fn terms(case: &Value, tracks: &Value) -> String {
    let year = case["year"].as_i64().unwrap();
    let track = &tracks[text(case, "track").unwrap()];
    let minimum = match text(&case["in"], "msr") {
        Some("sliding") | None => "sliding".to_owned(),
        Some(chosen) => percent(chosen),
    };
    let mut clause = vec![
        "clause: \"1\"".to_owned(),
        "kind: shared_savings".to_owned(),
        format!("minimum: {minimum}"),
        format!("sharing: {}", percent(text(track, "max_sharing_rate").unwrap())),
        format!("quality: {}", if (2014..=2020).contains(&year) { "scale" } else { "gate" }),
        format!("sequestration: {}", percent(text(case, "sequester").unwrap_or("0"))),
        format!("payment_limit: {}", percent(text(track, "payment_limit").unwrap())),
    ];
    clause.extend(losses(track));
    let indicators = ["quality-score", "quality-standard", "alternative-quality-standard"]
        .map(|name| format!("{{indicator: {name}, direction: higher, floor: 0, target: 1}}"));
    format!(
        "contract: mssp\ntitle: Medicare Shared Savings Program\ncurrency: USD\n\
         parties: {{commissioner: cms, lead: aco}}\nyears: {{kind: calendar, from: {year}, to: {year}}}\n\
         rounding: {{unit: 1, at: payable}}\noutcomes: [{}]\npay: [{{{}}}]\n",
        indicators.join(", "),
        clause.join(", ")
    )
}

/// A minimum rate that is neither the scale's nor on offer was published for one organisation of 152 people.
fn stated_minimum(case: &Value) -> Option<String> {
    let people = case["in"]["assigned_beneficiaries"].as_i64().unwrap();
    text(&case["in"], "msr").filter(|msr| people < 500 && *msr != "sliding").map(percent)
}

fn settle(case: &Value, tracks: &Value) -> Statement {
    let mut desk = Desk::default();
    desk.award(&terms(case, tracks));
    let (year, given) = (case["year"].as_i64().unwrap(), &case["in"]);
    let benchmark = number(given, "benchmark");
    let savings = text(given, "savings").map(|_| number(given, "savings"));
    let expenditure = savings
        .as_ref()
        .map_or_else(|| number(given, "expenditure"), |savings| benchmark.clone() - savings.clone());
    let money = |amount: &Exact| amount.as_money().unwrap().to_string();
    let stated = savings.map(|s| format!(r#","stated_savings":"{}""#, money(&s))).unwrap_or_default();
    let minimum =
        stated_minimum(case).map(|m| format!(r#","stated_minimum_rate":"{m}""#)).unwrap_or_default();
    let of_year = format!(r#""contract":"mssp","year":"{year}""#);
    let period = format!(r#""contract":"mssp","period":"{year}""#);
    let people = &given["assigned_beneficiaries"];
    let mut run = |name: &str, body: String| desk.run(name, &format!("{{{body}}}")).unwrap();
    let bands = format!(r#"[{{"band":"assigned beneficiaries","count":{people}}}]"#);
    run("report-population", format!(r#"{period},"bands":{bands}"#));
    run("set-benchmark", format!(r#"{of_year},"amount":"{}"{stated}{minimum}"#, money(&benchmark)));
    run("report-cost", format!(r#"{period},"party":"cms","amount":"{}""#, money(&expenditure)));
    let standard = text(given, "quality_standard").unwrap();
    let flag = |is: bool| if is { "1" } else { "0" };
    for (name, value) in [
        ("quality-standard", flag(standard == "met")),
        ("alternative-quality-standard", flag(standard == "alternative")),
        ("quality-score", text(given, "quality_score").unwrap_or("0")),
    ] {
        run("measure-outcome", format!(r#"{period},"indicator":"{name}","value":"{value}""#));
    }
    if let Some(relief) = relief(case) {
        run("grant-relief", format!(r#"{of_year},"amount":"{relief}","reason":"disaster""#));
    }
    if let Some(advance) = text(given, "advance_balance") {
        run("state-advance", format!(r#"{of_year},"amount":"{advance}""#));
    }
    desk.settle("mssp", &year.to_string(), &format!("{year}-12-31"))
}

/// Relief as published; CMS's examples give the shares of year and beneficiaries affected, of losses owed.
fn relief(case: &Value) -> Option<String> {
    let given = &case["in"];
    if let Some(amount) = text(given, "disaster_reduction") {
        return Some(amount.to_owned());
    }
    let year: Exact = text(given, "affected_share_of_year")?.parse().unwrap();
    let owed = number(&case["out"], "shared_losses");
    (owed * year * number(given, "affected_share_of_beneficiaries")).as_money().map(|m| m.to_string())
}

fn exact(statement: &Statement, step: &str) -> Exact {
    let line = statement.line(&format!("mssp/1/{step}"));
    line.and_then(|line| line.exact.clone()).unwrap_or_else(|| panic!("no {step} in\n{statement}"))
}

/// Compares every published figure that a case has with the statement's line.
fn check(case: &Value, statement: &Statement) {
    let (id, out) = (&case["id"], &case["out"]);
    let told = |step: &str| dollars(&exact(statement, step));
    let published = |name: &str| dollars(&number(out, name));
    assert_eq!(statement.payables[0].entitled.unwrap().to_string(), published("earned"), "{id}\n{statement}");
    // In 2013 the published savings were made from totals with more decimals than those published.
    let savings = (exact(statement, "savings") - number(out, "savings")).abs();
    assert!(savings.is_zero() || (case["year"] == 2013 && savings < Exact::one()), "{id}: {savings}");
    let minimum = number(out, "msr");
    assert_eq!(exact(statement, "minimum-rate").to_places(12), minimum.to_places(12), "{id}");
    let earned = number(out, "earned");
    for (name, step) in [("sharing_rate", "sharing-rate"), ("loss_rate", "loss-rate")] {
        if text(out, name).is_some() && !earned.is_zero() {
            // Published rates are held to nine or ten places.
            assert_eq!(exact(statement, step).to_places(8), number(out, name).to_places(8), "{id} {name}");
        }
    }
    if text(out, "shared_losses_before_relief").is_some() {
        let step = if relief(case).is_some() { "losses-owed" } else { "shared-losses" };
        assert_eq!(told(step), published("shared_losses_before_relief"), "{id}");
    }
    if text(out, "advance_recouped").is_some() {
        assert_eq!(told("advance-recouped"), published("advance_recouped"), "{id}");
    }
    if out["limit_applied"] == true {
        assert_eq!(exact(statement, "earned"), exact(statement, "payment-limit"), "{id}");
    }
}

fn check_all(document: &Value, lists: &[&str]) -> usize {
    let mut checked = 0;
    for list in lists {
        for case in document[*list].as_array().unwrap_or_else(|| panic!("no {list}")) {
            check(case, &settle(case, &document["tracks"]));
            checked += 1;
        }
    }
    checked
}

/// One case for each distinct combination of rules, and every one near its minimum.
#[test]
fn every_combination_of_rules_settles_as_published() {
    let Some(document) = document("settlement-cases-core.json") else { return };
    assert_eq!(check_all(&document, &["cases"]), 219);
}

#[test]
fn every_case_settles_as_published() {
    let Some(document) = long_document("settlement-cases.json") else { return };
    let lists = ["cases_from_benchmark_and_expenditure", "cases_from_published_savings"];
    assert_eq!(check_all(&document, &lists), 2_638);
}

/// Cents that are not published make a dollar's difference, and no more.
#[test]
fn cases_whose_cents_are_hidden_settle_within_a_dollar() {
    let Some(document) = document("settlement-cases-tolerance.json") else { return };
    for case in document["cases_within_one_dollar"].as_array().unwrap() {
        let statement = settle(case, &document["tracks"]);
        let settled = Exact::from(statement.payables[0].entitled.unwrap());
        let apart = (settled - number(&case["out"], "earned")).abs();
        assert_eq!(apart, Exact::one(), "{}\n{statement}", case["id"]);
    }
}

/// A score printed to two places of a percentage stands for an interval, and so do savings printed without
/// cents: the published amount lies between the settlements of both ends.
#[test]
fn cases_whose_score_is_rounded_settle_around_what_was_published() {
    let Some(document) = long_document("settlement-cases-tolerance.json") else { return };
    let (half_dollar, one) = (Exact::ratio(1, 2), Exact::one());
    for case in document["cases_quality_rounded"].as_array().unwrap() {
        let statement = settle(case, &document["tracks"]);
        let (given, out) = (&case["in"], &case["out"]);
        let (score, half) = (number(given, "quality_score"), number(given, "quality_half_width"));
        let end = |sign: &Exact| {
            let score = score.clone() + sign.clone() * half.clone();
            let savings = number(given, "savings") + sign.clone() * half_dollar.clone();
            statement.payable_with(&[(Step::QualityScore, score), (Step::Savings, savings)]).unwrap()
        };
        let (low, high, earned) = (end(&-one.clone()), end(&one), number(out, "earned"));
        assert!(low <= earned && earned <= high, "{}: {low} to {high} in\n{statement}", case["id"]);
        let stated = number(out, "earned_low")..=number(out, "earned_high");
        assert!(stated.contains(&low) && stated.contains(&high), "{}: {low} to {high}", case["id"]);
    }
}

#[test]
fn the_program_s_own_examples_settle_as_worked() {
    let (Some(examples), Some(cases)) =
        (document("worked-examples.json"), document("settlement-cases-core.json"))
    else {
        return;
    };
    let mut settled = 0;
    for case in examples.as_array().unwrap().iter().filter(|example| example["kind"] == "settlement") {
        let statement = settle(case, &cases["tracks"]);
        let out = &case["out"];
        assert_eq!(exact(&statement, "earned"), number(out, "earned"), "{}", case["id"]);
        for (name, step) in [
            ("savings", "savings"),
            ("msr_dollars", "minimum"),
            ("sharing_rate", "sharing-rate"),
            ("shared_savings", "shared-savings"),
            ("payment_limit", "payment-limit"),
            ("loss_rate", "loss-rate"),
            ("shared_losses", "shared-losses"),
            ("loss_limit", "loss-limit"),
            ("disaster_reduction", "relief"),
        ] {
            if text(out, name).is_some() {
                assert_eq!(exact(&statement, step), number(out, name), "{} {name}", case["id"]);
            }
        }
        settled += 1;
    }
    assert_eq!(settled, 4);
}
