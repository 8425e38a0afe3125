//! Random histories of a small contract: a head with a stop-loss pool and a programme pool, and two
//! subcontracts.

use api::app::App;
use domain::request::Request;
use proptest::prelude::*;
use store::Done;

use crate::ledger::somebody;

/// The year of every history.
pub const YEAR: &str = "2024/25";
/// The contracts, subcontracts first.
pub const CONTRACTS: [&str; 3] = ["beds", "block", "care"];
/// The parties.
pub const PARTIES: [&str; 5] = ["northmoor", "tarn-lead", "hospital", "physio", "costly-patients"];

const TERMS: [&str; 3] = [
    r#"{"contract":"care","title":"Care","parties":{"commissioner":"northmoor","lead":"tarn-lead","pool":{"party":"costly-patients","host":"northmoor"}},
      "years":{"kind":"nhs","from":"2024/25","to":"2024/25"},"rounding":{"unit":"0.01","at":"line"},
      "outcomes":[{"indicator":"score","direction":"higher","floor":"0","target":"1"}],
      "pay":[{"clause":"1","kind":"core","budget":"1200000.01","withheld":"10%"},
       {"clause":"2","kind":"outcome_pot","of":"core.withheld","score":"score","deadline":"90 days","late":"zero"},
       {"clause":"3","kind":"programme_pool","of":"core.budget","cost":["own","subcontracts","less stop_loss"],
        "gain":[{"party":"northmoor","share":"50%"},{"party":"tarn-lead","share":"50%"}],
        "loss":[{"party":"northmoor","share":"33%"},{"party":"tarn-lead","share":"67%"}]},
       {"clause":"4","kind":"stop_loss","pool":"costly-patients","per":"patient-year","threshold":"5000.00","coinsurance":"20%","limit":"20000.00"}]}"#,
    r#"{"contract":"beds","under":"care","title":"Beds","parties":{"lead":"tarn-lead","provider":"hospital"},
      "years":{"kind":"nhs","from":"2024/25","to":"2024/25"},"rounding":{"unit":"0.01","at":"line"},
      "pay":[{"clause":"1","kind":"activity_at_price","plan":"600000.00","cap":"5%","collar":"5%"},{"clause":"2","kind":"sanctions","passed_up":"25%"}]}"#,
    r#"{"contract":"block","under":"care","title":"Block","parties":{"lead":"tarn-lead","provider":"physio"},
      "years":{"kind":"nhs","from":"2024/25","to":"2024/25"},"rounding":{"unit":"0.01","at":"line"},
      "pay":[{"clause":"1","kind":"block","amount":"100000.00"}]}"#,
];

/// One command of a history: its name and its body.
#[derive(Clone, Debug)]
pub struct Told {
    pub command: &'static str,
    pub body: String,
}

fn told(command: &'static str, body: String) -> Told {
    Told { command, body }
}

/// The `n`th month of the year.
pub fn month(n: u32) -> String {
    if n < 9 { format!("2024-{:02}", n + 4) } else { format!("2025-{:02}", n - 8) }
}

/// The last day of the `n`th month of the year.
pub fn end(n: u32) -> String {
    let days = [30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 28, 31];
    format!("{}-{}", month(n), days[n as usize])
}

fn amount(most: i64) -> impl Strategy<Value = String> {
    (0..=most).prop_map(|pence| format!("{}.{:02}", pence / 100, pence % 100))
}

fn activity() -> impl Strategy<Value = Told> {
    let stage = prop::sample::select(vec!["estimated", "flex", "flex", "freeze", "freeze", "after freeze"]);
    let flow = prop::sample::select(vec!["PLCM", "PLCM", "local", "ACM"]);
    (0..12u32, stage, flow, amount(12_000_000)).prop_map(|(n, stage, flow, value)| {
        let estimate = if stage == "estimated" { r#","estimate":{"author":"a","method":"m"}"# } else { "" };
        told(
            "report-activity",
            format!(
                r#"{{"contract":"beds","provider":"hospital","month":"{}","flow":"{flow}","stage":"{stage}","value":"{value}"{estimate}}}"#,
                month(n)
            ),
        )
    })
}

fn cost() -> impl Strategy<Value = Told> {
    (0..13u32, amount(8_000_000)).prop_map(|(n, amount)| {
        let period = if n == 12 { YEAR.to_owned() } else { month(n) };
        told(
            "report-cost",
            format!(r#"{{"contract":"care","party":"tarn-lead","period":"{period}","amount":"{amount}"}}"#),
        )
    })
}

fn payment() -> impl Strategy<Value = Told> {
    let pairs = vec![
        ("care", "northmoor", "tarn-lead"),
        ("care", "tarn-lead", "northmoor"),
        ("care", "costly-patients", "tarn-lead"),
        ("beds", "tarn-lead", "hospital"),
        ("beds", "hospital", "tarn-lead"),
        ("block", "tarn-lead", "physio"),
    ];
    (prop::sample::select(pairs), 0..12u32, 1..28u32, amount(20_000_000)).prop_map(
        |((contract, from, to), n, day, amount)| {
            told(
                "make-payment",
                format!(
                    r#"{{"contract":"{contract}","year":"{YEAR}","from":"{from}","to":"{to}","amount":"{amount}","paid_on":"{}-{day:02}"}}"#,
                    month(n)
                ),
            )
        },
    )
}

fn measured() -> impl Strategy<Value = Told> {
    let outcome = (0..13u32, 0..120u32, any::<bool>()).prop_map(|(n, value, provisional)| {
        let period = if n == 12 { YEAR.to_owned() } else { month(n) };
        told(
            "measure-outcome",
            format!(
                r#"{{"contract":"care","indicator":"score","period":"{period}","value":"{}.{:02}","provisional":{provisional}}}"#,
                value / 100,
                value % 100
            ),
        )
    });
    let sanction = (0..12u32, amount(500_000)).prop_map(|(n, amount)| {
        told(
            "apply-sanction",
            format!(r#"{{"contract":"beds","month":"{}","amount":"{amount}","reason":"late"}}"#, month(n)),
        )
    });
    let claim = (0..2u32, 0..12u32, amount(3_000_000)).prop_map(|(patient, n, cost)| {
        told(
            "claim-stop-loss",
            format!(
                r#"{{"contract":"care","year":"{YEAR}","patient":"px-{patient}","up_to":"{}","cost":"{cost}"}}"#,
                end(n)
            ),
        )
    });
    prop_oneof![outcome, sanction, claim]
}

fn agreed() -> impl Strategy<Value = Told> {
    let vary = (1..3u32, 0..12u32, 0..12u32, -5_000_000i64..5_000_000).prop_map(|(number, from, signed, pence)| {
        let sign = if pence < 0 { "-" } else { "" };
        told(
            "vary-contract",
            format!(
                r#"{{"contract":"block","number":{number},"signed_on":"{}","effective_from":"{}-01","clause":"1","full_year_effect":"{sign}{}.{:02}"}}"#,
                end(signed),
                month(from),
                pence.abs() / 100,
                pence.abs() % 100
            ),
        )
    });
    let challenge = (0..3u32, 0..12u32, amount(300_000)).prop_map(|(name, n, amount)| {
        told(
            "raise-challenge",
            format!(
                r#"{{"contract":"beds","challenge":"C-{name}","month":"{}","amount":"{amount}","reason":"twice"}}"#,
                month(n)
            ),
        )
    });
    let resolve = (0..3u32, amount(100_000)).prop_map(|(name, upheld)| {
        told(
            "resolve-challenge",
            format!(
                r#"{{"contract":"beds","challenge":"C-{name}","upheld":"{upheld}","reason":"looked at"}}"#
            ),
        )
    });
    let error = (10..60u32, prop::sample::select(CONTRACTS.to_vec())).prop_map(|(entry, contract)| {
        told(
            "record-in-error",
            format!(r#"{{"contract":"{contract}","entry":{entry},"reason":"typed twice"}}"#),
        )
    });
    prop_oneof![vary, challenge, resolve, error]
}

fn drawn_up() -> impl Strategy<Value = Told> {
    let day = prop::sample::select(vec!["2025-03-31", "2025-06-30", "2025-09-30"]);
    (prop::sample::select(CONTRACTS.to_vec()), day).prop_map(|(contract, as_of)| {
        told(
            "draw-up-settlement",
            format!(
                r#"{{"contract":"{contract}","year":"{YEAR}","as_of":"{as_of}","with_estimates":"a test"}}"#
            ),
        )
    })
}

/// Any command; most of them are carried out.
pub fn anything() -> impl Strategy<Value = Told> {
    prop_oneof![8 => activity(), 5 => cost(), 5 => payment(), 4 => measured(), 3 => agreed(), 1 => drawn_up()]
}

/// Commands after which nothing is missing for the year: every month reported and frozen, every month's cost,
/// the outcome.
pub fn everything_reported() -> impl Strategy<Value = Vec<Told>> {
    let months = prop::collection::vec((amount(9_000_000), amount(6_000_000)), 12);
    (months, 0..100u32).prop_map(|(months, score)| {
        let mut all = Vec::new();
        for (n, (value, cost)) in (0..).zip(months) {
            let month = month(n);
            all.push(told(
                "report-activity",
                format!(r#"{{"contract":"beds","provider":"hospital","month":"{month}","flow":"PLCM","stage":"freeze","value":"{value}"}}"#),
            ));
            all.push(told(
                "report-cost",
                format!(r#"{{"contract":"care","party":"tarn-lead","period":"{month}","amount":"{cost}"}}"#),
            ));
        }
        all.push(told(
            "measure-outcome",
            format!(r#"{{"contract":"care","indicator":"score","period":"{YEAR}","value":"0.{score:02}"}}"#),
        ));
        all
    })
}

/// The commands that come before every history.
pub fn opening() -> Vec<Told> {
    let mut all = vec![told("create-ledger", r#"{"zone":"Europe/London","history":true}"#.to_owned())];
    let register = |p: &&str| told("register-party", format!(r#"{{"party":"{p}","name":"The {p}"}}"#));
    all.extend(PARTIES.iter().map(register));
    let award =
        |terms: &&str| told("award-contract", format!(r#"{{"signed_on":"2024-03-01","terms":{terms}}}"#));
    all.extend(TERMS.iter().map(award));
    all
}

/// The `n`th command of a history as JSON: at noon, the next one three days later; its salt is its number.
pub fn line(n: usize, told: &Told) -> String {
    let first: chrono::NaiveDate = "2024-03-02".parse().unwrap();
    let day = first + chrono::Days::new(3 * n as u64);
    let Told { command, body } = told;
    let body = body.replace('\n', " ");
    format!(
        r#"{{"command":"{command}","key":"told:{n}","actor":{{"person":"a.tester","party":"northmoor","role":"finance"}},"recorded_at":"{day}T12:00:00Z","salt":"{n:032x}","body":{body}}}"#
    )
}

/// Sends commands numbered from `first`, and gives those that were carried out.
pub async fn tell(app: &App, first: usize, all: &[Told]) -> Vec<(usize, Done)> {
    let mut carried_out = Vec::new();
    for (n, told) in (first..).zip(all) {
        let text = line(n, told);
        let request = Request::from_json(&text).unwrap_or_else(|e| panic!("{e}: {text}"));
        if let Ok(done) = app.send(&request).await {
            carried_out.push((n, done));
        }
    }
    carried_out
}

/// A ledger with the opening recorded, and the number of the next command.
pub async fn begun(url: &str) -> (App, usize) {
    let app = App::open_uncreated(url, somebody()).await.unwrap();
    let opening = opening();
    assert_eq!(tell(&app, 0, &opening).await.len(), opening.len());
    (app, opening.len())
}

/// How many cases a property is tried on: more where `RISKSHARE_TEST_LONG` is set.
pub fn cases(usual: u32) -> ProptestConfig {
    let long = std::env::var_os("RISKSHARE_TEST_LONG").is_some();
    let cases = if long { usual * 20 } else { usual };
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 200, ..ProptestConfig::default() }
}
