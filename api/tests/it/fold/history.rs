//! Random histories with every kind of turn: reports of all stages, challenges, variations signed late,
//! outcomes measured again, payments, what was recorded in error, freezes reopened, fixed sums, years drawn
//! up, agreed, reopened, restated.
//!
//! What a turn is about (which report, which challenge) is chosen while the history is told, among what was
//! accepted.

use api::app::App;
use domain::request::Request;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use super::plain::{CONTRACTS, MONTHS, Said, TERMS, YEAR, pence, shown};
use crate::ledger::somebody;

/// A turn of a history.
#[derive(Clone, Debug)]
pub enum Turn {
    /// A command as it stands.
    Say(&'static str, Value),
    /// The block's next variation.
    Vary { from: usize, signed: String, effect: i128 },
    /// A challenge is resolved, so much of the hundred upheld.
    Resolve(Index, i128),
    /// A fact was recorded in error.
    TakeBack(Index),
    /// A freeze is reopened.
    ReopenFreeze(Index),
    /// A sum is proposed by one side and agreed by the other.
    FixSum { contract: usize, amount: String },
    /// A year is drawn up, or restated where it was reopened; and agreed by both sides.
    Settle { contract: usize, as_of: &'static str, agreed: bool },
    /// A year is reopened, and often restated at once.
    Reopen { contract: usize, restated: Option<&'static str> },
}

/// A turn, and how many hours after the one before.
pub type Timed = (Turn, u32);

fn amount(most: i128) -> impl Strategy<Value = String> {
    (0..=most as i64).prop_map(|pence| shown(pence.into()))
}

fn month() -> impl Strategy<Value = &'static str> {
    (0..12usize).prop_map(|n| MONTHS[n].0)
}

fn period() -> impl Strategy<Value = &'static str> {
    prop_oneof![3 => month(), 1 => Just(YEAR)]
}

fn report(month: &str, flow: &str, stage: &str, value: &str) -> Turn {
    let mut body = json!({"contract": "beds", "provider": "hospital", "month": month, "flow": flow, "stage": stage,
        "value": value});
    if stage == "estimated" {
        body["estimate"] = json!({"author": "a", "method": "m"});
    }
    Turn::Say("report-activity", body)
}

fn activity() -> impl Strategy<Value = Turn> {
    let stage = select(vec!["estimated", "flex", "flex", "freeze", "freeze", "after freeze"]);
    let flow = select(vec!["PLCM", "PLCM", "PLCM", "DrPLCM", "local", "ACM"]);
    (month(), flow, stage, amount(8_000_000))
        .prop_map(|(m, flow, stage, value)| report(m, flow, stage, &value))
}

fn cost(period: &str, amount: &str) -> Turn {
    let body = json!({"contract": "care", "party": "tarn-lead", "period": period, "amount": amount});
    Turn::Say("report-cost", body)
}

/// A day of the year or soon after it.
fn day() -> impl Strategy<Value = String> {
    let days =
        (0..460u64).prop_map(|n| "2024-04-01".parse::<chrono::NaiveDate>().unwrap() + chrono::Days::new(n));
    days.prop_map(|day| day.to_string())
}

fn payment() -> impl Strategy<Value = Turn> {
    (0..3usize, any::<bool>(), day(), amount(20_000_000)).prop_map(|(n, back, paid_on, amount)| {
        let (contract, payer, payee) = CONTRACTS[n];
        let (from, to) = if back { (payee, payer) } else { (payer, payee) };
        let body = json!({"contract": contract, "year": YEAR, "from": from, "to": to, "amount": amount,
            "paid_on": paid_on});
        Turn::Say("make-payment", body)
    })
}

fn measurement() -> impl Strategy<Value = Turn> {
    (select(vec!["score", "seen"]), period(), amount(120), any::<bool>()).prop_map(
        |(indicator, period, value, provisional)| {
            let body = json!({"contract": "care", "indicator": indicator, "period": period, "value": value,
                "provisional": provisional});
            Turn::Say("measure-outcome", body)
        },
    )
}

fn challenge() -> impl Strategy<Value = Turn> {
    (0..4u32, month(), amount(900_000)).prop_map(|(n, month, amount)| {
        let body = json!({"contract": "beds", "challenge": format!("C-{n}"), "month": month, "amount": amount,
            "reason": "twice"});
        Turn::Say("raise-challenge", body)
    })
}

fn variation() -> impl Strategy<Value = Turn> {
    let effect = -5_000_000..5_000_000i64;
    (0..12usize, day(), effect).prop_map(|(from, signed, e)| Turn::Vary { from, signed, effect: e.into() })
}

fn fixed_sum() -> impl Strategy<Value = Turn> {
    (0..3usize, amount(100_000_000)).prop_map(|(contract, amount)| Turn::FixSum { contract, amount })
}

fn turn() -> impl Strategy<Value = Turn> {
    let as_of = || select(vec!["2025-03-31", "2025-05-31", "2025-07-31"]);
    prop_oneof![
        8 => activity(),
        3 => (period(), amount(6_000_000)).prop_map(|(period, amount)| cost(period, &amount)),
        4 => payment(),
        3 => measurement(),
        2 => challenge(),
        2 => variation(),
        1 => fixed_sum(),
        2 => (any::<Index>(), 0..=100i128).prop_map(|(which, part)| Turn::Resolve(which, part)),
        3 => any::<Index>().prop_map(Turn::TakeBack),
        2 => any::<Index>().prop_map(Turn::ReopenFreeze),
        3 => (0..3usize, as_of(), any::<bool>())
            .prop_map(|(contract, as_of, agreed)| Turn::Settle { contract, as_of, agreed }),
        2 => (0..3usize, prop::option::of(as_of()))
            .prop_map(|(contract, restated)| Turn::Reopen { contract, restated }),
    ]
}

/// Every month's report and cost, so that there is a pool.
fn everything() -> impl Strategy<Value = Vec<Turn>> {
    let months = prop::collection::vec((amount(8_000_000), amount(6_000_000)), 12);
    (months, select(vec!["flex", "freeze"])).prop_map(|(months, stage)| {
        let of_month = |(n, (value, own)): (usize, (String, String))| {
            [report(MONTHS[n].0, "PLCM", stage, &value), cost(MONTHS[n].0, &own)]
        };
        months.into_iter().enumerate().flat_map(of_month).collect()
    })
}

/// A history of at most so many turns, in half the cases after one in which nothing is missing.
pub fn history(longest: usize) -> impl Strategy<Value = Vec<Timed>> {
    let begun = prop_oneof![Just(Vec::new()), everything()];
    let gap = || select(vec![0u32, 1, 3, 26, 170]);
    let timed = move |turns: Vec<Turn>| turns.into_iter().map(|turn| (turn, 1)).collect::<Vec<Timed>>();
    (begun.prop_map(timed), prop::collection::vec((turn(), gap()), 5..longest))
        .prop_map(|(begun, rest)| begun.into_iter().chain(rest).collect())
}

/// Facts that do not rely on each other, each about something of its own.
pub fn independent() -> impl Strategy<Value = Vec<Turn>> {
    let payments = prop::collection::vec(payment(), 4);
    let measurements = prop::collection::vec((select(vec!["score", "seen"]), amount(120)), 2);
    (everything(), payments, measurements, challenge(), variation()).prop_map(
        |(mut all, payments, measurements, challenge, variation)| {
            all.extend(payments);
            for (n, (indicator, value)) in measurements.into_iter().enumerate() {
                let period = if n == 0 { "2025-02" } else { YEAR };
                let body =
                    json!({"contract": "care", "indicator": indicator, "period": period, "value": value});
                all.push(Turn::Say("measure-outcome", body));
            }
            all.extend([challenge, variation]);
            all
        },
    )
}

/// Tells a history to a ledger, and keeps what was said and what became of it.
pub struct Teller {
    pub app: App,
    /// What was carried out, the opening left out.
    pub said: Vec<Said>,
    /// Every command sent, and its entry or the code of its refusal.
    pub sent: Vec<(String, Result<u64, String>)>,
    clock: chrono::NaiveDateTime,
}

/// Sends a command as it is written.
pub async fn send(app: &App, line: &str) -> Result<u64, String> {
    let request = Request::from_json(line).unwrap_or_else(|e| panic!("{e}: {line}"));
    app.send(&request).await.map(|done| done.entry().0).map_err(|problem| problem.code)
}

impl Teller {
    /// A ledger with its parties and contracts.
    pub async fn begin(url: &str) -> Teller {
        let app = App::open_uncreated(url, somebody()).await.unwrap();
        let clock = "2024-03-02T21:40:00".parse().unwrap();
        let mut teller = Teller { app, said: Vec::new(), sent: Vec::new(), clock };
        teller.say("create-ledger", json!({"zone": "Europe/London", "history": true})).await;
        for party in ["northmoor", "tarn-lead", "hospital", "physio"] {
            teller.say("register-party", json!({"party": party, "name": party})).await;
        }
        for terms in TERMS {
            let terms: Value = serde_json::from_str(terms).unwrap();
            teller.say("award-contract", json!({"signed_on": "2024-03-01", "terms": terms})).await;
        }
        assert_eq!(teller.said.len(), teller.sent.len(), "{:?}", teller.sent);
        teller.said.clear();
        teller
    }

    pub async fn tell(&mut self, history: &[Timed]) {
        for (turn, hours) in history {
            self.clock += chrono::TimeDelta::hours((*hours).into());
            self.take(turn).await;
        }
    }

    async fn say(&mut self, command: &'static str, body: Value) -> Option<u64> {
        self.say_as("a.tester@northmoor", command, body).await
    }

    async fn say_as(&mut self, who: &str, command: &'static str, body: Value) -> Option<u64> {
        let (number, at) = (self.sent.len(), format!("{}Z", self.clock.format("%Y-%m-%dT%H:%M:%S")));
        let line = json!({"command": command, "key": format!("told:{number}"), "actor": person(who), "recorded_at": at,
            "late_because": "told late", "salt": format!("{number:032x}"), "body": body})
        .to_string();
        let outcome = send(&self.app, &line).await;
        self.sent.push((line, outcome.clone()));
        let entry = outcome.ok()?;
        self.said.push(Said { entry, at, command, body });
        Some(entry)
    }

    /// One of what was said with a command.
    fn one_of(&self, which: &Index, is_meant: impl Fn(&Said) -> bool) -> Option<Said> {
        let all: Vec<&Said> = self.said.iter().filter(|said| is_meant(said)).collect();
        (!all.is_empty()).then(|| (*which.get(&all)).clone())
    }

    async fn take(&mut self, turn: &Turn) {
        match turn {
            Turn::Say(command, body) => {
                self.say(command, body.clone()).await;
            }
            Turn::Vary { from, signed, effect } => self.vary(*from, signed, *effect).await,
            Turn::Resolve(which, part) => {
                let Some(raised) = self.one_of(which, |said| said.command == "raise-challenge") else {
                    return;
                };
                let upheld = shown(pence(raised.text("amount")) * part / 100);
                let body = json!({"contract": "beds", "challenge": raised.text("challenge"), "upheld": upheld,
                    "reason": "looked at"});
                self.say("resolve-challenge", body).await;
            }
            Turn::TakeBack(which) => {
                let Some(wrong) = self.one_of(which, |said| said.command != "record-in-error") else {
                    return;
                };
                let body =
                    json!({"contract": wrong.text("contract"), "entry": wrong.entry, "reason": "wrong"});
                self.say("record-in-error", body).await;
            }
            Turn::ReopenFreeze(which) => {
                let Some(freeze) = self.one_of(which, |said| said.text("stage") == "freeze") else { return };
                let body = json!({"contract": "beds", "provider": "hospital", "month": freeze.text("month"),
                    "flow": freeze.text("flow"), "reason": "wrong file", "agreed_by": person("second@hospital")});
                self.say_as("first@tarn-lead", "reopen-freeze", body).await;
            }
            Turn::FixSum { contract, amount } => {
                let (contract, payer, payee) = CONTRACTS[*contract];
                let mut body = json!({"contract": contract, "year": YEAR, "amount": amount, "reason": "to be done",
                    "party": payee});
                let proposed =
                    self.say_as(&format!("first@{payee}"), "propose-fixed-sum", body.clone()).await;
                let Some(entry) = proposed else { return };
                body.as_object_mut().unwrap().remove("party");
                body["proposal"] = entry.into();
                self.say_as(&format!("second@{payer}"), "agree-fixed-sum", body).await;
            }
            Turn::Settle { contract, as_of, agreed } => self.settle(*contract, as_of, *agreed).await,
            Turn::Reopen { contract: number, restated } => {
                let (contract, payer, payee) = CONTRACTS[*number];
                let body = json!({"contract": contract, "year": YEAR, "reason": "more is known",
                    "approved_by": person(&format!("second@{payee}"))});
                self.say_as(&format!("first@{payer}"), "reopen-year", body).await;
                if let Some(as_of) = restated {
                    self.settle(*number, as_of, true).await;
                }
            }
        }
    }

    async fn vary(&mut self, from: usize, signed: &str, effect: i128) {
        let said = |command: &str| self.said.iter().filter(move |s| s.command == command).collect::<Vec<_>>();
        let errors = said("record-in-error");
        let stands = |v: &&&Said| !errors.iter().any(|e| e.body["entry"].as_u64() == Some(v.entry));
        let number = said("vary-contract").iter().filter(stands).count() + 1;
        let body = json!({"contract": "block", "number": number, "signed_on": signed,
            "effective_from": MONTHS[from].1, "clause": "1", "full_year_effect": shown(effect)});
        self.say("vary-contract", body).await;
    }

    async fn settle(&mut self, contract: usize, as_of: &str, agreed: bool) {
        let (contract, payer, payee) = CONTRACTS[contract];
        let of_life = ["draw-up-settlement", "restate-settlement", "reopen-year"];
        let life = |said: &&Said| said.text("contract") == contract && of_life.contains(&said.command);
        let reopened = self.said.iter().rfind(life).is_some_and(|said| said.command == "reopen-year");
        let command = if reopened { "restate-settlement" } else { "draw-up-settlement" };
        let body = json!({"contract": contract, "year": YEAR, "as_of": as_of, "with_estimates": "a test"});
        let drawn_up = self.say_as(&format!("first@{payer}"), command, body).await;
        let Some(entry) = drawn_up.filter(|_| agreed) else { return };
        let agrees =
            |party: &str| json!({"contract": contract, "year": YEAR, "entry": entry, "party": party});
        for (who, command, party) in [
            ("second", "agree-settlement", payer),
            ("first", "prepare-agreement", payee),
            ("second", "agree-settlement", payee),
        ] {
            let done = self.say_as(&format!("{who}@{party}"), command, agrees(party)).await;
            assert!(done.is_some(), "{:?}", self.sent.last());
        }
    }
}

fn person(who: &str) -> Value {
    let (person, party) = who.split_once('@').unwrap();
    json!({"person": person, "party": party, "role": "finance"})
}
