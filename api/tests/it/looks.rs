//! The access log: who looked at prices that are not their party's.

use api::app::App;
use api::app::looks::Look;

use domain::money::Money;
use store::proof::Export;

use crate::binary::Place;
use crate::examples::Example;
use crate::ledger::{Desk, somebody, times};
use crate::web::Web;

const TERMS: [&str; 2] = [
    r#"
contract: head
title: Head
parties: {commissioner: icb, lead: lead}
years: {kind: nhs, from: 2025/26, to: 2025/26}
rounding: {unit: 0.01, at: line}
pay: [{clause: "1", kind: block, amount: "120000.00"}]
"#,
    r#"
contract: sub
under: head
title: Subcontract
parties: {lead: lead, provider: trust}
years: {kind: nhs, from: 2025/26, to: 2025/26}
rounding: {unit: 0.01, at: line}
pay: [{clause: "1", kind: block, amount: "60000.00"}]
"#,
];

/// Who looked at what, without the moments.
fn told(looks: Vec<Look>) -> Vec<String> {
    let one = |l: Look| format!("{}@{} {} {} by {}", l.person, l.party, l.contract, l.what, l.face);
    looks.into_iter().map(one).collect()
}

async fn desk(url: &str) -> Desk {
    let mut desk = Desk::over(App::open_or_create(url, somebody()).await.unwrap());
    for terms in TERMS {
        desk.award(terms).await;
    }
    desk
}

/// The same ledger for another person.
async fn of(url: &str, person: &str, party: &str) -> App {
    let actor =
        domain::actor::Actor { person: person.into(), party: party.parse().unwrap(), role: "finance".into() };
    App::open(url, actor).await.unwrap()
}

async fn looks_are_noted(url: &str) {
    desk(url).await;
    let year = "2025/26".parse().unwrap();
    let ask = async |app: &App, contract: &str| {
        app.settle(&contract.parse().unwrap(), year, times("2025-06-30", "now")).await.unwrap();
    };
    let lead = of(url, "ann", "lead").await;
    ask(&lead, "sub").await;
    ask(&lead, "head").await;
    assert!(lead.looks(None).await.unwrap().is_empty(), "a side looks at its own");
    let commissioner = of(url, "jo", "icb").await;
    ask(&commissioner, "head").await;
    ask(&commissioner, "sub").await;
    commissioner.explain("sub/1/block", Some(year), times("2025-06-30", "now")).await.unwrap();
    commissioner.position(&"trust".parse().unwrap(), times("2025-06-30", "now")).await.unwrap();
    let provider = of(url, "sam", "trust").await.through("page");
    provider.history(&"head".parse().unwrap(), &[], times("2025-06-30", "now")).await.unwrap();
    let of_sub = [
        "jo@icb sub statement 2025/26 by command line",
        "jo@icb sub line sub/1/block by command line",
        "jo@icb sub position of trust by command line",
    ];
    assert_eq!(told(provider.looks(Some(&"sub".parse().unwrap())).await.unwrap()), of_sub);
    let of_head = ["sam@trust head history by page"];
    assert_eq!(told(provider.looks(Some(&"head".parse().unwrap())).await.unwrap()), of_head);
    // They are no part of the ledger: it is as long as it was, and holds together.
    assert_eq!(provider.ledger().log().verify().await.unwrap().entry.0, 6);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn looks_at_anothers_prices_are_noted_beside_the_ledger() {
    let dir = tempfile::tempdir().unwrap();
    looks_are_noted(&format!("sqlite:{}", dir.path().join("test.db").display())).await;
    match std::env::var("RISKSHARE_TEST_POSTGRES") {
        Ok(server) => looks_are_noted(&format!("{server}#looks-{}", std::process::id())).await,
        Err(_) => println!("NOT RUN on PostgreSQL: RISKSHARE_TEST_POSTGRES is not set"),
    }
}

/// Where the look cannot be noted, the price is not shown.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_a_look_cannot_be_noted_no_price_is_shown() {
    let place = Place::new();
    let file = place.path().join("riskshare.db");
    desk(&format!("sqlite:{}", file.display())).await;
    rusqlite::Connection::open(&file).unwrap().execute("DROP TABLE look", []).unwrap();
    let own = place.run(&["--as", "ann@lead", "settle", "sub", "--year", "2025/26", "--as-of", "2025-06-30"]);
    assert_eq!(own.exit, 0, "{}", own.err);
    let other = place.run(&["--as", "jo@icb", "settle", "sub", "--year", "2025/26", "--as-of", "2025-06-30"]);
    assert_ne!(other.exit, 0);
    assert!(other.out.is_empty() && other.err.contains("no price is shown"), "{}{}", other.out, other.err);
}

/// A page is told from the API, and both from the command line; who asks is believed, and the answer says so.
#[test]
fn the_server_notes_looks_by_its_face() {
    let web = Web::pennine();
    assert_eq!(web.get("/v1/looks").json()["items"], serde_json::json!([]));
    let statement = "statement?year=2013/14&as_of=2014-06-30";
    assert_eq!(web.get(&format!("/v1/contracts/pennine-acute/{statement}")).status, 200);
    assert_eq!(web.get(&format!("/contracts/pennine-vcs/{statement}")).status, 200);
    let said = web.get("/v1/looks").json();
    assert!(said["note"].as_str().unwrap().contains("believes"), "{said}");
    let faces = |contract: &str| -> Vec<String> {
        let items = said["items"].as_array().unwrap().iter().filter(|look| look["contract"] == contract);
        items.map(|look| look["face"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(faces("pennine-acute")[0], "API");
    assert!(
        !faces("pennine-vcs").is_empty() && faces("pennine-vcs").iter().all(|face| face == "page"),
        "{said}"
    );
}

/// Reads that show no amount and no terms of a contract, so that nobody's look is noted.
const UNNOTED: &[(&str, &str)] = &[
    ("parties", "names and codes of organisations"),
    ("looks", "who asked, not what was answered"),
    ("checkpoint", "a root, in which salts hide every price"),
    ("growth", "hashes of nodes of the tree"),
    ("key", "a public key"),
    ("live", "whether the server lives"),
    ("ready", "whether the ledger can be read"),
    ("openapi", "the description of the API"),
];

/// Every read of the API, asked by somebody who is no side of any contract. What needs facts that this
/// example does not have is asked of others below.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_read_that_shows_amounts_is_noted() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", dir.path().join("test.db").display());
    drop(Web::over(&url, Some("pennine-msk"), api::http::Limits::default()));
    let auditor = of(&url, "vi", "auditors").await.signing(Some(crate::web::KEY.parse().unwrap()));
    let log = auditor.ledger().log().clone();
    let web = Web::serving(auditor);
    let mut noted = 0;
    for (id, path) in crate::http::READS {
        let reply = web.get(path);
        assert_eq!(reply.status, 200, "{path}");
        // This example has no claimed balances: a list without a row shows nothing.
        if ["reconcile", "balances"].contains(id) {
            assert_eq!(reply.json()["items"], serde_json::json!([]));
            continue;
        }
        let all = log.looks().await.unwrap();
        let unnoted = UNNOTED.iter().find(|(unnoted, _)| unnoted == id);
        match unnoted {
            Some((_, why)) => assert_eq!(all.len(), noted, "{path} shows {why}, and a look was noted"),
            None => assert!(all.len() > noted, "{path} was answered, and nothing was noted"),
        }
        noted = all.len();
    }
}

#[tokio::test]
async fn questions_about_claims_returns_and_heads_are_noted() {
    let at = times("2015-11-30", "now");
    let essex = Example::named("essex-diabetes").loaded().await;
    let [federation, hospital] = ["gp-federation", "colnmarsh"].map(|party| party.parse().unwrap());
    essex.reconcile(&federation, &hospital, times("2015-03-31", "now")).await.unwrap();
    let above = projections::balances::Above { receivable: Money::ZERO, income: Money::ZERO };
    essex.balances(above, at).await.unwrap();
    let years = ["2015/16", "2014/15"].map(|year| year.parse().unwrap());
    essex.spend(&"essex-foot-care".parse().unwrap(), years, times("2015-04-30", "now")).await.unwrap();
    let older = Example::named("older-people-programme").loaded().await;
    older.flows(&"older-hospital".parse().unwrap(), "2015/16".parse().unwrap(), at).await.unwrap();
    let mut noted = std::collections::BTreeSet::new();
    for app in [essex, older] {
        noted.extend(app.looks(None).await.unwrap().into_iter().map(|look| look.what));
    }
    let asked = ["list of balances", "reconciliation", "returns 2015/16", "spend 2015/16"];
    assert_eq!(noted, asked.map(str::to_owned).into());
}

/// What has no endpoint, or shows nothing in the Pennine example.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_charts_and_exports_are_noted_where_they_show_anothers_amounts() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", dir.path().join("test.db").display());
    let mut desk = desk(&url).await;
    let terms = r#"
contract: beds
under: head
title: Beds
parties: {lead: lead, provider: trust}
years: {kind: nhs, from: 2025/26, to: 2025/26}
rounding: {unit: 0.01, at: line}
pay: [{clause: "1", kind: activity_at_price, unbounded: accepted}]
"#;
    desk.award(terms).await;
    let log = desk.app.ledger().log();
    let lines = vec![domain::columns::Column {
        name: "value".into(),
        values: domain::columns::Values::Decimal { scale: 2, units: vec![Some(50_000)] },
    }];
    let lines = store::block::encode(&domain::columns::Columns { lines: 1, columns: lines }).unwrap();
    let totals = vec![serde_json::from_str(r#"{"pod":"EL","count":"1","value":"500.00"}"#).unwrap()];
    let totals = store::block::encode(&domain::verb::activity::Totals::block(&totals).unwrap()).unwrap();
    let [lines, totals] = [log.put_file(&lines).await.unwrap(), log.put_file(&totals).await.unwrap()];
    let report = serde_json::json!({
        "contract": "beds", "provider": "trust", "month": "2025-04", "flow": "PLCM", "stage": "flex",
        "value": "500.00", "count": "1",
        "blocks": {
            "lines": [{"sha256": lines, "lines": 1}],
            "totals": {"sha256": totals, "lines": 1},
            "content": "00",
        },
    });
    desk.done("report-activity", &report.to_string()).await;
    let challenge =
        r#"{"contract":"beds","challenge":"c1","month":"2025-04","amount":"20.00","reason":"twice"}"#;
    let entry = desk.done("raise-challenge", challenge).await;
    let registered = desk.done("register-party", r#"{"party":"other","name":"Other"}"#).await;

    // A challenge counts from the day on which it was raised: the clock's.
    let (now, party) = (times("2099-12-31", "now"), "trust".parse().unwrap());
    let asked_by = async |app: &App, folder: &str| {
        app.todo(None, now).await.unwrap();
        app.challenges(now).await.unwrap();
        app.over_time(&party, now).await.unwrap();
        app.export_blocks(&dir.path().join(folder).join("blocks"), false, now).await.unwrap();
        app.export(&Export::at(dir.path().join(folder).join("whole"))).await.unwrap();
        app.inclusion(entry).await.unwrap();
        app.inclusion(registered).await.unwrap();
    };
    let key = || Some(crate::web::KEY.parse().unwrap());
    let lead = of(&url, "ann", "lead").await.signing(key());
    asked_by(&lead, "lead").await;
    assert!(lead.looks(None).await.unwrap().is_empty(), "the lead is a side of every contract");
    let commissioner = of(&url, "jo", "icb").await.signing(key());
    asked_by(&commissioner, "icb").await;
    assert_eq!(
        told(commissioner.looks(None).await.unwrap()),
        [
            "jo@icb beds list of what is to be done by command line".to_owned(),
            "jo@icb sub list of what is to be done by command line".to_owned(),
            "jo@icb beds list of challenges by command line".to_owned(),
            "jo@icb beds position of trust over time by command line".to_owned(),
            "jo@icb sub position of trust over time by command line".to_owned(),
            "jo@icb beds export of blocks by command line".to_owned(),
            "jo@icb beds export of the ledger by command line".to_owned(),
            "jo@icb sub export of the ledger by command line".to_owned(),
            format!("jo@icb beds proof of entry {entry} by command line"),
        ]
    );
}

/// By hand: 96,400.00 for the foot care of a year; see the answer to D6 for its heads.
#[tokio::test]
async fn spend_by_head_is_what_is_due_over_the_heads_reported_last() {
    let app = Example::named("essex-diabetes").loaded().await;
    let (contract, years) =
        ("essex-foot-care".parse().unwrap(), ["2015/16", "2014/15"].map(|y| y.parse().unwrap()));
    let spend = app.spend(&contract, years, times("2015-04-30", "now")).await.unwrap();
    let [_, baseline] = &spend.years;
    let due = domain::exact::Exact::from(baseline.entitled.unwrap());
    assert_eq!(baseline.per_head.clone().unwrap() * baseline.population.clone(), due);
    assert_eq!((spend.years[0].months, baseline.months), (1, 12));
}
