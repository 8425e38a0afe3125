//! Contract years through their lives, asked at every date of worked examples 24 and 31; and the command line
//! of an agreement.

use api::app::App;
use domain::request::Request;
use domain::time::{Entry, Zone};

use crate::binary::Place;
use crate::ledger::{Desk, somebody, text, value};

/// A ledger whose history is stated: what was recorded on which day, by whom.
struct History {
    desk: Desk,
    sent: usize,
}

impl History {
    async fn from(day: &str, yaml: &[&str]) -> History {
        let app = App::open_uncreated("memory:", somebody()).await.unwrap();
        let moment = format!("{day}T08:00:00Z").parse().unwrap();
        app.create(Zone::default(), Some(moment)).await.unwrap();
        let mut history = History { desk: Desk::over(app), sent: 0 };
        for yaml in yaml {
            let terms = domain::terms::Terms::from_yaml(yaml).unwrap_or_else(|faults| panic!("{faults:#?}"));
            for party in terms.all_parties() {
                if !history.desk.app.parties().await.unwrap().contains(&party) {
                    let body = format!(r#"{{"party":"{party}","name":"{party}"}}"#);
                    history.on(day, "a.tester@northmoor", "register-party", &body).await;
                }
            }
            let terms = serde_json::to_string(&terms).unwrap();
            let body = format!(r#"{{"signed_on":"{day}","terms":{terms}}}"#);
            history.on(day, "a.tester@northmoor", "award-contract", &body).await;
        }
        history
    }

    /// What a person, written `jo@icb`, recorded at noon of a day.
    async fn on(&mut self, day: &str, person: &str, command: &str, body: &str) -> Entry {
        self.sent += 1;
        let (person, party) = person.split_once('@').unwrap();
        let text = format!(
            r#"{{"command":"{command}","key":"{}","recorded_at":"{day}T12:00:00Z","actor":{{"person":"{person}","party":"{party}","role":"finance"}},"body":{body}}}"#,
            self.sent
        );
        let request = Request::from_json(&text).unwrap_or_else(|e| panic!("{e}: {text}"));
        self.desk.app.send(&request).await.unwrap_or_else(|e| panic!("{text}\n{e}")).entry()
    }

    /// Draws a year up and has both sides agree it, all on one day.
    async fn settled(&mut self, day: &str, contract: &str, year: &str, sides: [&str; 2]) {
        let body = format!(r#"{{"contract":"{contract}","year":"{year}","as_of":"{day}"}}"#);
        let drawer = format!("drawer@{}", sides[0]);
        let entry = self.on(day, &drawer, "draw-up-settlement", &body).await;
        for side in sides {
            let body =
                format!(r#"{{"contract":"{contract}","year":"{year}","entry":{entry},"party":"{side}"}}"#);
            self.on(day, &format!("first@{side}"), "prepare-agreement", &body).await;
            self.on(day, &format!("second@{side}"), "agree-settlement", &body).await;
        }
    }
}

const APRIL: &str = r#"
contract: april
title: One month of activity
parties: {commissioner: icb, lead: trust}
years: {kind: stated, from: 2025-04-01/2025-04-30, to: 2025-04-01/2025-04-30}
rounding: {unit: 0.01, at: line}
pay:
  - {clause: "2", kind: activity_at_price}
"#;

/// Worked example 24: a month through flex, freeze, challenge, late activity and the year-end agreement.
#[tokio::test]
async fn a_month_is_followed_from_flex_to_its_year_end() {
    let mut history = History::from("2025-04-01", &[APRIL]).await;
    let report = |stage: &str, value: &str| {
        format!(
            r#"{{"contract":"april","provider":"trust","month":"2025-04","flow":"PLCM","stage":"{stage}","value":"{value}"}}"#
        )
    };
    let payment = r#"{"contract":"april","year":"2025-04-01/2025-04-30","from":"icb","to":"trust","amount":"100000.00","paid_on":"2025-05-15"}"#;
    history.on("2025-05-15", "jo@icb", "make-payment", payment).await;
    history.on("2025-05-19", "sam@trust", "report-activity", &report("flex", "102000.00")).await;
    history.on("2025-06-18", "sam@trust", "report-activity", &report("freeze", "104500.00")).await;
    let raised = r#"{"contract":"april","challenge":"C1","month":"2025-04","amount":"6000.00","reason":"wrong commissioner"}"#;
    history.on("2025-06-25", "jo@icb", "raise-challenge", raised).await;
    let resolved =
        r#"{"contract":"april","challenge":"C1","upheld":"4000.00","reason":"two thirds were ours"}"#;
    history.on("2025-07-09", "jo@icb", "resolve-challenge", resolved).await;
    history.on("2025-08-20", "sam@trust", "report-activity", &report("freeze", "106500.00")).await;
    let sum = r#"{"contract":"april","year":"2025-04-01/2025-04-30","amount":"100000.00","reason":"year-end agreement","#;
    let proposed = format!(r#"{sum}"party":"trust"}}"#);
    let proposal = history.on("2026-04-18", "sam@trust", "propose-fixed-sum", &proposed).await;
    let agreed = format!(r#"{sum}"proposal":{proposal}}}"#);
    history.on("2026-04-20", "jo@icb", "agree-fixed-sum", &agreed).await;
    for (day, stated, payable, disputed, balance) in [
        ("2025-05-16", None, "not reported", "0.00", "not reported"),
        ("2025-05-31", Some("102000.00"), "102000.00", "0.00", "2000.00"),
        ("2025-06-20", Some("104500.00"), "104500.00", "0.00", "4500.00"),
        // 104,500 less the 6,000 in dispute; of which 4,000 are upheld.
        ("2025-06-30", Some("104500.00"), "98500.00", "6000.00", "-1500.00"),
        ("2025-07-31", Some("104500.00"), "100500.00", "0.00", "500.00"),
        // 106,500 came after the freeze: shown, never payable.
        ("2025-08-31", Some("104500.00"), "100500.00", "0.00", "500.00"),
        ("2026-04-30", Some("104500.00"), "100000.00", "0.00", "0.00"),
    ] {
        let position = history.desk.position("trust", day, day).await;
        let row = &position.rows[0];
        let told = (text(row.entitled), row.disputed.to_string(), row.paid.to_string(), text(row.balance));
        let expected = (payable, disputed, "100000.00", balance);
        let expected = (expected.0.into(), expected.1.into(), expected.2.into(), expected.3.into());
        assert_eq!(told, expected, "{day}");
        let statement = history.desk.settle("april", "2025-04-01/2025-04-30", day, day).await;
        let says = statement.line("april/2/activity-value").and_then(|l| l.value.as_deref());
        assert_eq!(says, stated, "{day}");
    }
    let year_end = history.desk.settle("april", "2025-04-01/2025-04-30", "2026-04-30", "2026-04-30").await;
    assert_eq!(value(&year_end, "april/total/settlement-adjustment"), "-500.00");
}

const HEAD: &str = r#"
contract: head
title: An outcome pot that is passed on
parties: {commissioner: icb, lead: lead}
years: {kind: nhs, from: 2024/25, to: 2025/26}
rounding: {unit: 0.01, at: line}
outcomes:
  - {indicator: recovery, direction: higher, floor: 60, target: 80}
pay:
  - {clause: "1", kind: core, budget: "1000000.00", withheld: 100%}
  - {clause: "2", kind: outcome_pot, of: core.withheld, score: recovery, deadline: 90 days, late: zero}
"#;

/// A subcontract that passes on part of the pot: 40% to one, 10% to the other.
fn passed_on(name: &str, provider: &str, pot: &str) -> String {
    format!(
        r#"
contract: {name}
under: head
title: Part of the pot
parties: {{lead: lead, provider: {provider}}}
years: {{kind: nhs, from: 2024/25, to: 2025/26}}
rounding: {{unit: 0.01, at: line}}
outcomes:
  - {{indicator: recovery, direction: higher, floor: 60, target: 80}}
pay:
  - {{clause: "1", kind: core, budget: "{pot}", withheld: 100%}}
  - {{clause: "2", kind: outcome_pot, of: core.withheld, score: recovery, deadline: 90 days, late: zero}}
"#
    )
}

const CONTRACTS: [(&str, &str, &str); 3] =
    [("sub-a", "lead", "first-provider"), ("sub-b", "lead", "second-provider"), ("head", "icb", "lead")];

async fn measured(history: &mut History, day: &str, value: &str, provisional: bool) {
    for (contract, ..) in CONTRACTS {
        let body = format!(
            r#"{{"contract":"{contract}","indicator":"recovery","period":"2024/25","value":"{value}","provisional":{provisional}}}"#
        );
        history.on(day, "sam@lead", "measure-outcome", &body).await;
    }
}

/// Worked example 31: measured at 74, settled at (74 - 60) ÷ 20 = 70%; measured finally at 71, which is 55%.
async fn outcome_restated() -> History {
    let (a, b) = (
        passed_on("sub-a", "first-provider", "400000.00"),
        passed_on("sub-b", "second-provider", "100000.00"),
    );
    let mut history = History::from("2024-04-01", &[HEAD, &a, &b]).await;
    measured(&mut history, "2025-05-30", "74", true).await;
    for (contract, payer, payee) in CONTRACTS {
        history.settled("2025-06-20", contract, "2024/25", [payer, payee]).await;
    }
    measured(&mut history, "2025-10-15", "71", false).await;
    history
}

#[tokio::test]
async fn a_restated_outcome_is_posted_in_the_open_year_and_flows_down() {
    let history = outcome_restated().await;
    // What each contract pays the year before and adjusts in the open year, by the day.
    for (day, settled, adjusted) in [
        ("2025-05-29", [None, None, None], [None, None, None]),
        ("2025-05-30", [Some("280000.00"), Some("70000.00"), Some("700000.00")], [None, None, None]),
        ("2025-06-20", [Some("280000.00"), Some("70000.00"), Some("700000.00")], [None, None, None]),
        ("2025-10-14", [Some("280000.00"), Some("70000.00"), Some("700000.00")], [None, None, None]),
        (
            "2025-10-15",
            [Some("280000.00"), Some("70000.00"), Some("700000.00")],
            [Some("-60000.00"), Some("-15000.00"), Some("-150000.00")],
        ),
    ] {
        for (i, (contract, payer, payee)) in CONTRACTS.into_iter().enumerate() {
            let position = history.desk.position(payee, day, day).await;
            let row = |year: &str| {
                let of_year = position
                    .rows
                    .iter()
                    .find(|r| (r.contract.as_str(), r.year.to_string().as_str()) == (contract, year));
                of_year.and_then(|r| r.entitled).map(|m| m.to_string())
            };
            let before = row("2024/25").filter(|paid| paid != "0.00");
            assert_eq!(before.as_deref(), settled[i], "{contract} on {day}");
            let open = history.desk.settle(contract, "2025/26", day, day).await;
            let id = format!("{contract}/total/prior-year-adjustment/2024/25 {payer}-to-{payee}");
            assert_eq!(open.line(&id).and_then(|l| l.value.as_deref()), adjusted[i], "{contract} on {day}");
        }
    }
}

/// Of the 150,000.00 that go back, the lead bears what it does not pass on: 150,000.00 - 60,000.00 -
/// 15,000.00.
#[tokio::test]
async fn the_lead_bears_what_it_does_not_pass_on() {
    let history = outcome_restated().await;
    let lead = history.desk.position("lead", "2025-10-15", "2025-10-15").await;
    let open = lead.rows.iter().filter(|r| r.year.to_string() == "2025/26");
    let sum: domain::exact::Exact = open.filter_map(|r| r.entitled).map(Into::into).sum();
    assert_eq!(sum.show(2), "-75000.00");
    // The settled year is not reopened: all three statements are agreed, and say what they said.
    let settlements =
        history.desk.app.settlements(false, crate::ledger::times("2025-10-15", "now")).await.unwrap();
    let told: Vec<(String, String, String)> =
        settlements.iter().map(|s| (s.contract.to_string(), text(s.payable), s.status.to_string())).collect();
    let agreed =
        |contract: &str, payable: &str| (contract.to_owned(), payable.to_owned(), "agreed".to_owned());
    assert_eq!(
        told,
        [agreed("head", "700000.00"), agreed("sub-a", "280000.00"), agreed("sub-b", "70000.00")]
    );
}

/// The reason why an item is late is kept with it, and told in the history of the contract.
#[tokio::test]
async fn a_late_item_keeps_its_reason() {
    let mut history = History::from("2025-04-01", &[APRIL]).await;
    let year = "2025-04-01/2025-04-30";
    let close = format!(r#"{{"contract":"april","year":"{year}"}}"#);
    history.on("2025-06-30", "jo@icb", "soft-close-year", &close).await;
    let late = |reason: &str| {
        format!(
            r#"{{"command":"report-activity","key":"late","recorded_at":"2025-07-02T12:00:00Z",{reason}"actor":{{"person":"sam","party":"trust","role":"finance"}},"body":{{"contract":"april","provider":"trust","month":"2025-04","flow":"PLCM","stage":"freeze","value":"90.00"}}}}"#
        )
    };
    let app = &history.desk.app;
    let refused = app.send(&Request::from_json(&late("")).unwrap()).await.unwrap_err();
    assert_eq!(refused.code, "year-soft-closed");
    let reason = late(r#""late_because":"a ward was left out","#);
    app.send(&Request::from_json(&reason).unwrap()).await.unwrap();
    let told =
        app.history(&"april".parse().unwrap(), &[], crate::ledger::times("2025-07-31", "now")).await.unwrap();
    let last = told.last().unwrap().to_string();
    assert!(last.contains("late_because a ward was left out"), "{last}");
}

const BLOCK: &str = r#"
contract: block
title: Block
parties: {commissioner: icb, lead: trust}
years: {kind: nhs, from: 2024/25, to: 2024/25}
rounding: {unit: 0.01, at: line}
pay: [{clause: "1", kind: block, amount: "120000.00"}]
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_side_agrees_on_the_command_line() {
    let place = Place::new();
    let ledger = format!("sqlite:{}", place.path().join("riskshare.db").display());
    let mut desk = Desk::over(App::open_or_create(&ledger, somebody()).await.unwrap());
    desk.award(BLOCK).await;
    let year = ["block", "--year", "2024/25"];
    let run = |who: &str, words: &[&str]| place.run(&[&["--as", who], words].concat());
    run("jo@icb", &[&["draw-up"], &year[..], &["--as-of", "2025-06-30"]].concat());
    let own = run("jo@icb", &[&["agree"], &year[..]].concat());
    assert_eq!((own.exit, own.err.contains("who prepares does not approve")), (4, true), "{}", own.err);
    let agreed = run("ann@icb", &[&["agree"], &year[..]].concat());
    assert_eq!(agreed.out, "2024/25 of block agreed for icb, entry 6\n", "{}", agreed.err);
    place.write("letter.pdf", "we agree");
    let behalf = ["--on-behalf-of", "trust", "--evidence", "letter.pdf"];
    let agreed = run("ann@icb", &[&["agree"], &year[..], &behalf[..]].concat());
    assert_eq!(agreed.out, "2024/25 of block agreed for trust, entry 7\n", "{}", agreed.err);
    let list = run("ann@icb", &["settlements"]);
    assert_eq!(list.out.lines().nth(1), Some("block,2024/25,icb,trust,120000.00,agreed,5"));
    let shown = run("ann@icb", &[&["settle"], &year[..]].concat());
    assert!(shown.out.contains("In force: agreed by both sides, drawn up at entry 5"), "{}", shown.out);
}

/// A row of a timeline, or of its tables, may say why it is late.
#[test]
fn a_timeline_says_why_something_is_late() {
    let place = Place::new();
    std::fs::create_dir(place.path().join("late")).unwrap();
    place.write("late/terms.yaml", APRIL);
    let close = r#""soft-close-year {""contract"":""april"",""year"":""2025-04-01/2025-04-30""}""#;
    let timeline = |columns: &str, reason: &str| {
        let none = if columns.is_empty() { "" } else { "," };
        format!(
            "recorded_at,actor,do{columns}\n\
             2025-04-01T08:00:00Z,jo@icb,history{none}\n\
             2025-04-01T08:01:00Z,jo@icb,\"register-party {{\"\"party\"\":\"\"icb\"\",\"\"name\"\":\"\"ICB\"\"}}\"{none}\n\
             2025-04-01T08:02:00Z,jo@icb,\"register-party {{\"\"party\"\":\"\"trust\"\",\"\"name\"\":\"\"Trust\"\"}}\"{none}\n\
             2025-04-01T08:03:00Z,jo@icb,award-contract terms.yaml{none}\n\
             2025-06-30T12:00:00Z,jo@icb,{close}{none}\n\
             2025-07-02T12:00:00Z,sam@trust,report-activity late.csv{reason}\n"
        )
    };
    place.write(
        "late/late.csv",
        "contract,provider,month,flow,stage,value\napril,trust,2025-04,PLCM,freeze,104500.00\n",
    );
    place.write("late/timeline.csv", timeline("", ""));
    let refused = place.run(&["load", "late"]);
    assert_eq!((refused.exit, refused.err.contains("late_because")), (5, true), "{}", refused.err);
    place.write("late/timeline.csv", timeline(",late_because", ",a ward was left out"));
    place.answer(&["load", "late"]);
    let told = place.answer(&["history", "april", "--as-of", "2025-07-31"]);
    assert!(told.contains("late_because a ward was left out"), "{told}");
}
