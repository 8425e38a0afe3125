//! The plain fold: what is entitled, paid and owed under three contracts, worked out from the commands as
//! they were told.
//!
//! It shares nothing with the ledger: no book, no facts, no settlement, no exact numbers, no dates. Amounts
//! are whole pence, days are texts, and every question goes through everything told from the beginning.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// The year of every history.
pub const YEAR: &str = "2024/25";
const LAST_DAY: &str = "2025-03-31";

/// Each month of the year with its first and its last day.
pub const MONTHS: [(&str, &str, &str); 12] = [
    ("2024-04", "2024-04-01", "2024-04-30"),
    ("2024-05", "2024-05-01", "2024-05-31"),
    ("2024-06", "2024-06-01", "2024-06-30"),
    ("2024-07", "2024-07-01", "2024-07-31"),
    ("2024-08", "2024-08-01", "2024-08-31"),
    ("2024-09", "2024-09-01", "2024-09-30"),
    ("2024-10", "2024-10-01", "2024-10-31"),
    ("2024-11", "2024-11-01", "2024-11-30"),
    ("2024-12", "2024-12-01", "2024-12-31"),
    ("2025-01", "2025-01-01", "2025-01-31"),
    ("2025-02", "2025-02-01", "2025-02-28"),
    ("2025-03", "2025-03-01", "2025-03-31"),
];

/// The contracts, subcontracts first: name, payer, payee.
pub const CONTRACTS: [(&str, &str, &str); 3] =
    [("beds", "tarn-lead", "hospital"), ("block", "tarn-lead", "physio"), ("care", "northmoor", "tarn-lead")];

/// The terms that the functions below work out again.
pub const TERMS: [&str; 3] = [
    r#"{"contract":"care","title":"Care","parties":{"commissioner":"northmoor","lead":"tarn-lead"},
      "years":{"kind":"nhs","from":"2024/25","to":"2024/25"},"rounding":{"unit":"0.01","at":"line"},
      "outcomes":[{"indicator":"score","direction":"higher","floor":"0","target":"1"},
       {"indicator":"seen","direction":"higher","scale":"pass_fail","target":"0.6"}],
      "pay":[{"clause":"1","kind":"core","budget":"1200000.01","withheld":"10%"},
       {"clause":"2","kind":"outcome_pot","of":"core.withheld","measures":[{"indicator":"score","weight":"60%"},
        {"indicator":"seen","weight":"40%"}],"deadline":"90 days","late":"zero"},
       {"clause":"3","kind":"programme_pool","of":"core.budget","cost":["own","subcontracts"],
        "gain":[{"party":"northmoor","share":"50%"},{"party":"tarn-lead","share":"50%"}],
        "loss":[{"party":"northmoor","share":"33%"},{"party":"tarn-lead","share":"67%"}]}]}"#,
    r#"{"contract":"beds","under":"care","title":"Beds","parties":{"lead":"tarn-lead","provider":"hospital"},
      "years":{"kind":"nhs","from":"2024/25","to":"2024/25"},"rounding":{"unit":"0.01","at":"line"},
      "pay":[{"clause":"1","kind":"activity_at_price","plan":"600000.05","cap":"40%","collar":"60%"}]}"#,
    r#"{"contract":"block","under":"care","title":"Block","parties":{"lead":"tarn-lead","provider":"physio"},
      "years":{"kind":"nhs","from":"2024/25","to":"2024/25"},"rounding":{"unit":"0.01","at":"line"},
      "pay":[{"clause":"1","kind":"block","amount":"100000.01"}]}"#,
];

const BUDGET: i128 = 120_000_001;
const WITHHELD: i128 = 12_000_000;
const PLAN: i128 = 60_000_005;
const BLOCK: i128 = 10_000_001;

/// A command that was carried out.
#[derive(Clone, Debug)]
pub struct Said {
    pub entry: u64,
    pub at: String,
    pub command: &'static str,
    pub body: Value,
}

impl Said {
    pub fn text(&self, name: &str) -> &str {
        self.body[name].as_str().unwrap_or_default()
    }

    fn pence(&self, name: &str) -> i128 {
        pence(self.text(name))
    }

    fn about(&self, command: &str, contract: &str) -> bool {
        self.command == command && self.text("contract") == contract
    }
}

/// When it was known, in each of the ways in which that is asked.
#[derive(Clone, Debug)]
pub enum When {
    Now,
    Entry(u64),
    Moment(String),
    Day(String),
}

impl When {
    /// As it is written in a question.
    pub fn text(&self) -> String {
        match self {
            When::Now => "now".to_owned(),
            When::Entry(entry) => format!("@{entry}"),
            When::Moment(text) | When::Day(text) => text.clone(),
        }
    }

    fn knew(&self, said: &Said) -> bool {
        match self {
            When::Now => true,
            When::Entry(entry) => said.entry <= *entry,
            When::Moment(moment) => said.at <= *moment,
            When::Day(day) => said.at < midnight_after(day),
        }
    }
}

/// The end of a day in London, in UTC: an hour earlier in summer time.
fn midnight_after(day: &str) -> String {
    let summers = [("2024-03-31", "2024-10-26"), ("2025-03-30", "2025-10-25"), ("2026-03-29", "2026-10-24")];
    if summers.iter().any(|(first, last)| (*first..=*last).contains(&day)) {
        return format!("{day}T23:00:00Z");
    }
    format!("{}T00:00:00Z", day.parse::<chrono::NaiveDate>().unwrap().succ_opt().unwrap())
}

pub fn pence(text: &str) -> i128 {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (pounds, pence) = digits.split_once('.').unwrap();
    assert_eq!(pence.len(), 2, "{text}");
    sign * (pounds.parse::<i128>().unwrap() * 100 + pence.parse::<i128>().unwrap())
}

pub fn shown(pence: i128) -> String {
    let sign = if pence < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", pence.abs() / 100, pence.abs() % 100)
}

/// Whole pence, halves away from zero.
fn part(amount: i128, of: usize, all: i128) -> i128 {
    let amount = amount * of as i128;
    amount.signum() * ((amount.abs() * 2 + all) / (all * 2))
}

fn last_day_of(period: &str) -> &str {
    MONTHS.iter().find(|(month, ..)| *month == period).map_or(LAST_DAY, |(.., last)| last)
}

fn months_ended(as_of: &str) -> Vec<&'static str> {
    MONTHS.iter().filter(|(.., last)| *last <= as_of).map(|(month, ..)| *month).collect()
}

/// Everything told by some time, in its order.
#[derive(Clone, Copy)]
pub struct Plain<'a>(&'a [Said]);

impl<'a> Plain<'a> {
    pub fn known_at(all: &'a [Said], when: &When) -> Plain<'a> {
        Plain(&all[..all.iter().take_while(|said| when.knew(said)).count()])
    }

    /// What was not taken back.
    fn standing(self) -> impl Iterator<Item = &'a Said> {
        let errors = self.0.iter().filter(|said| said.command == "record-in-error");
        let taken_back: BTreeSet<u64> = errors.map(|said| said.body["entry"].as_u64().unwrap()).collect();
        self.0.iter().filter(move |said| !taken_back.contains(&said.entry))
    }

    fn about(self, command: &'static str, contract: &str) -> Vec<&'a Said> {
        self.standing().filter(|said| said.about(command, contract)).collect()
    }

    /// What a statement drawn up says, where one is in force, else what a draft says; and whether nothing is
    /// missing.
    pub fn in_force(self, contract: &str, as_of: &str) -> (Option<i128>, bool) {
        let is_statement = |said: &&Said| {
            ["draw-up-settlement", "restate-settlement"].iter().any(|command| said.about(command, contract))
                && said.text("as_of") <= as_of
        };
        match self.0.iter().rfind(is_statement) {
            Some(said) => {
                let before = self.0.iter().take_while(|earlier| earlier.entry < said.entry).count();
                Plain(&self.0[..before]).draft(contract, said.text("as_of"))
            }
            None => self.draft(contract, as_of),
        }
    }

    /// What is due under a contract by the facts alone, and whether nothing is missing.
    pub fn draft(self, contract: &str, as_of: &str) -> (Option<i128>, bool) {
        let (due, complete) = match contract {
            "beds" => self.beds(as_of),
            "block" => (Some(self.block(as_of)), true),
            "care" => (Some(self.care(as_of)), true),
            other => panic!("no contract {other}"),
        };
        let fixed = self.about("agree-fixed-sum", contract).last().map(|said| said.pence("amount"));
        (fixed.filter(|_| as_of >= LAST_DAY).or(due), complete)
    }

    /// What was paid under a contract, less what came back.
    pub fn paid(self, contract: &str, payer: &str, as_of: &str) -> i128 {
        let payments = self.about("make-payment", contract).into_iter();
        let paid = payments.filter(|said| said.text("paid_on") <= as_of);
        paid.map(|said| said.pence("amount") * if said.text("from") == payer { 1 } else { -1 }).sum()
    }

    fn beds(self, as_of: &str) -> (Option<i128>, bool) {
        let months = months_ended(as_of);
        let values: Vec<i128> = months.iter().filter_map(|month| self.activity(month)).collect();
        let complete = values.len() == months.len();
        if values.is_empty() {
            return (None, complete);
        }
        let challenged: i128 = self
            .about("raise-challenge", "beds")
            .into_iter()
            .filter(|raised| months.contains(&raised.text("month")))
            .map(|raised| {
                let resolved = self.about("resolve-challenge", "beds");
                let of_it = |said: &&&Said| said.text("challenge") == raised.text("challenge");
                resolved.iter().find(of_it).map_or(raised.pence("amount"), |said| said.pence("upheld"))
            })
            .sum();
        let plan = part(PLAN, values.len(), 12);
        let (collar, cap) = (plan - part(plan, 60, 100), plan + part(plan, 40, 100));
        let value = values.iter().sum::<i128>() - challenged;
        (Some(value.clamp(collar, cap)), complete)
    }

    /// The payable value of a month: of each return that pays, the last of the highest stage before its
    /// freeze closed it.
    fn activity(self, month: &str) -> Option<i128> {
        let of_month = |said: &&Said| said.text("contract") == "beds" && said.text("month") == month;
        let mut payable: BTreeMap<&str, (usize, i128)> = BTreeMap::new();
        let mut frozen: BTreeSet<&str> = BTreeSet::new();
        let mut patients = false;
        for said in self.standing().filter(of_month) {
            let flow = said.text("flow");
            if said.command == "reopen-freeze" {
                frozen.remove(flow);
            }
            if said.command != "report-activity" {
                continue;
            }
            patients |= flow != "local" && flow != "ACM";
            if frozen.contains(flow) {
                continue;
            }
            let stage =
                ["estimated", "flex", "freeze"].iter().position(|s| *s == said.text("stage")).unwrap();
            if payable.get(flow).is_none_or(|(earlier, _)| *earlier <= stage) {
                payable.insert(flow, (stage, said.pence("value")));
            }
            if said.text("stage") == "freeze" {
                frozen.insert(flow);
            }
        }
        let pays = |flow: &str| if patients { flow != "local" && flow != "ACM" } else { flow == "local" };
        let values: Vec<i128> = payable.iter().filter(|(flow, _)| pays(flow)).map(|(_, (_, v))| *v).collect();
        (!values.is_empty()).then(|| values.iter().sum())
    }

    fn block(self, as_of: &str) -> i128 {
        let base = part(BLOCK, months_ended(as_of).len(), 12);
        let variations = self.about("vary-contract", "block").into_iter();
        base + variations
            .map(|said| {
                let in_effect = |(_, first, last): &&(&str, &str, &str)| {
                    *last <= as_of && *first >= said.text("effective_from")
                };
                part(said.pence("full_year_effect"), MONTHS.iter().filter(in_effect).count(), 12)
            })
            .sum::<i128>()
    }

    /// What the block is to be paid in each month: each stream by itself, and what was signed late in the
    /// month in which it was signed.
    pub fn schedule(self) -> BTreeMap<String, i128> {
        let mut months: BTreeMap<String, i128> = BTreeMap::new();
        let mut pay = |month: &str, amount: i128| *months.entry(month.to_owned()).or_default() += amount;
        for (i, (month, ..)) in MONTHS.iter().enumerate() {
            pay(month, part(BLOCK, i + 1, 12) - part(BLOCK, i, 12));
        }
        for said in self.about("vary-contract", "block") {
            let (effect, signed) = (said.pence("full_year_effect"), &said.text("signed_on")[..7]);
            let months = MONTHS.iter().filter(|(_, first, _)| *first >= said.text("effective_from"));
            for (i, (month, ..)) in months.enumerate() {
                let month = if *month < signed { signed } else { month };
                pay(month, part(effect, i + 1, 12) - part(effect, i, 12));
            }
        }
        months.retain(|_, amount| *amount != 0);
        months
    }

    fn care(self, as_of: &str) -> i128 {
        let ended = months_ended(as_of).len();
        let core = part(BUDGET - WITHHELD, ended, 12);
        core + self.outcomes(as_of) - self.commissioners_share(part(BUDGET, ended, 12), as_of)
    }

    fn outcomes(self, as_of: &str) -> i128 {
        if as_of < LAST_DAY {
            return 0;
        }
        let measured = |indicator: &str| {
            let all = self.about("measure-outcome", "care").into_iter();
            all.filter(|said| {
                said.text("indicator") == indicator && last_day_of(said.text("period")) <= as_of
            })
            .max_by_key(|said| (last_day_of(said.text("period")), said.entry))
            .map_or(0, |said| said.pence("value"))
        };
        let seen = if measured("seen") >= 60 { 4_800_000 } else { 0 };
        measured("score").clamp(0, 100) * 72_000 + seen
    }

    /// The commissioner's share of what the programme came in under its budget, or over it.
    fn commissioners_share(self, budget: i128, as_of: &str) -> i128 {
        let (beds, block) = (self.in_force("beds", as_of), self.in_force("block", as_of));
        let (Some(own), true) = (self.own_cost(as_of), beds.1 && block.1) else { return 0 };
        let pool = budget - own - beds.0.unwrap_or(0) - block.0.unwrap_or(0);
        if pool >= 0 {
            // The odd penny goes to the first named.
            return (pool + 1) / 2;
        }
        let (mine, others) = (-pool * 33, -pool * 67);
        let odd = -pool - mine / 100 - others / 100;
        -(mine / 100 + if mine % 100 >= others % 100 { odd } else { 0 })
    }

    /// The lead's own cost of all months ended; nothing while one is missing.
    fn own_cost(self, as_of: &str) -> Option<i128> {
        let reports = self.about("report-cost", "care");
        let of = |period: &str| reports.iter().rfind(|said| said.text("period") == period);
        let last_month = reports.iter().rfind(|said| said.text("period") != YEAR).map(|said| said.entry);
        let whole = of(YEAR).filter(|said| as_of >= LAST_DAY && last_month.is_none_or(|m| m < said.entry));
        if let Some(said) = whole {
            return Some(said.pence("amount"));
        }
        months_ended(as_of).into_iter().map(|month| of(month).map(|said| said.pence("amount"))).sum()
    }
}
