//! The access log: who looked at prices that are not their party's.

use api::app::App;
use api::app::looks::Look;

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

async fn ledger(url: &str) -> App {
    let mut desk = Desk::over(App::open_or_create(url, somebody()).await.unwrap());
    for terms in TERMS {
        desk.award(terms).await;
    }
    desk.app
}

/// The same ledger for another person.
async fn of(url: &str, person: &str, party: &str) -> App {
    let actor =
        domain::actor::Actor { person: person.into(), party: party.parse().unwrap(), role: "finance".into() };
    App::open(url, actor).await.unwrap()
}

async fn looks_are_noted(url: &str) {
    ledger(url).await;
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
    ledger(&format!("sqlite:{}", file.display())).await;
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
