//! The rules of the program by performance year: one row for a year, one for each of its tracks.

use domain::name::PartyId;
use domain::rate::Rate;
use domain::year::ContractYear;
use serde_json::{Value, json};

use crate::problem::Problem;

/// The rules of one performance year, and how its public use file writes figures.
#[derive(Debug)]
pub struct Rules {
    /// The performance year.
    pub year: i32,
    /// What is taken off shared savings before the payment limit.
    sequestration: &'static str,
    /// How the file writes a rate of one: 100 where rates are percentages, 1 where they are fractions.
    pub one_as_rate: i64,
    /// How the file writes a quality score of one.
    pub one_as_score: i64,
    /// The tracks, by the codes of `Current_Track`.
    pub tracks: &'static [Track],
}

/// The rules of one track.
#[derive(Debug)]
pub struct Track {
    /// As the file names it.
    pub code: &'static str,
    title: &'static str,
    clause: &'static str,
    sharing: &'static str,
    payment_limit: &'static str,
    losses: Option<Losses>,
}

/// What a two-sided track owes of losses.
#[derive(Debug)]
struct Losses {
    rate: LossRate,
    benchmark_limit: &'static str,
    revenue_limit: Option<&'static str>,
}

#[derive(Debug)]
enum LossRate {
    Fixed(&'static str),
    ByQuality { lowest: &'static str, highest: &'static str },
}

/// The years whose files can be imported.
const YEARS: &[Rules] = &[Rules {
    year: 2023,
    sequestration: "2%",
    one_as_rate: 100,
    one_as_score: 100,
    tracks: &[LEVEL_A, LEVEL_B, LEVEL_C, LEVEL_D, LEVEL_E, ENHANCED],
}];

const LEVEL_A: Track = one_sided("A", "BASIC track, level A", "425.605(d)(1)(i)");
const LEVEL_B: Track = one_sided("B", "BASIC track, level B", "425.605(d)(1)(ii)");
const LEVEL_C: Track = two_sided("C", "BASIC track, level C", "425.605(d)(1)(iii)", "1%", "2%");
const LEVEL_D: Track = two_sided("D", "BASIC track, level D", "425.605(d)(1)(iv)", "2%", "4%");
const LEVEL_E: Track = two_sided("E", "BASIC track, level E", "425.605(d)(1)(v)", "4%", "8%");
const ENHANCED: Track = Track {
    code: "EN",
    title: "ENHANCED track",
    clause: "425.610",
    sharing: "75%",
    payment_limit: "20%",
    losses: Some(Losses {
        rate: LossRate::ByQuality { lowest: "40%", highest: "75%" },
        benchmark_limit: "15%",
        revenue_limit: None,
    }),
};

/// Levels A and B.
const fn one_sided(code: &'static str, title: &'static str, clause: &'static str) -> Track {
    Track { code, title, clause, sharing: "40%", payment_limit: "10%", losses: None }
}

/// Levels C to E, which differ in their loss limits.
const fn two_sided(
    code: &'static str,
    title: &'static str,
    clause: &'static str,
    benchmark_limit: &'static str,
    revenue_limit: &'static str,
) -> Track {
    let rate = LossRate::Fixed("30%");
    let losses = Losses { rate, benchmark_limit, revenue_limit: Some(revenue_limit) };
    Track { code, title, clause, sharing: "50%", payment_limit: "10%", losses: Some(losses) }
}

impl Rules {
    /// The rules of a performance year.
    ///
    /// # Errors
    /// Names the years known where this one has no rules.
    pub fn of(year: i32) -> Result<&'static Rules, Problem> {
        YEARS.iter().find(|rules| rules.year == year).ok_or_else(|| {
            let known: Vec<String> = YEARS.iter().map(|rules| rules.year.to_string()).collect();
            let message = format!("there are no rules for performance year {year}");
            let hint = format!("the years known are: {}", known.join(", "));
            Problem::usage("performance-year", message, hint)
        })
    }

    /// The performance year as a contract year.
    pub fn contract_year(&self) -> ContractYear {
        ContractYear::Calendar(self.year)
    }

    /// The track of this code.
    pub fn track(&self, code: &str) -> Option<&'static Track> {
        self.tracks.iter().find(|track| track.code.eq_ignore_ascii_case(code))
    }

    /// The terms of an organisation's contract for the year; `chosen` is its fixed minimum rate, if it has one.
    pub fn terms(
        &self,
        track: &Track,
        payer: &str,
        lead: &PartyId,
        name: &str,
        chosen: Option<&Rate>,
    ) -> Value {
        let year = self.contract_year().to_string();
        let indicator =
            |name: &str| json!({"indicator": name, "direction": "higher", "floor": "0", "target": "1"});
        let mut clause = json!({
            "clause": track.clause,
            "kind": "shared_savings",
            "minimum": chosen.map_or_else(|| "sliding".to_owned(), Rate::to_string),
            "sharing": track.sharing,
            "sequestration": self.sequestration,
            "payment_limit": track.payment_limit,
        });
        if let Some(losses) = &track.losses {
            clause["losses"] = losses.terms();
        }
        json!({
            "contract": format!("mssp-{year}-{lead}"),
            "title": format!("Medicare Shared Savings Program {year}, {}: {name}", track.title),
            "currency": "USD",
            "parties": {"commissioner": payer, "lead": lead},
            "years": {"kind": "calendar", "from": year, "to": year},
            "rounding": {"unit": "1", "at": "payable"},
            "outcomes": super::INDICATORS.map(indicator),
            "pay": [clause],
        })
    }
}

impl Track {
    /// Whether losses are shared too, so that the minimum rate is the organisation's choice.
    pub fn is_two_sided(&self) -> bool {
        self.losses.is_some()
    }
}

impl Losses {
    fn terms(&self) -> Value {
        let mut terms = match self.rate {
            LossRate::Fixed(rate) => json!({"rate": rate}),
            LossRate::ByQuality { lowest, highest } => json!({"lowest": lowest, "highest": highest}),
        };
        terms["benchmark_limit"] = self.benchmark_limit.into();
        if let Some(limit) = self.revenue_limit {
            terms["revenue_limit"] = limit.into();
        }
        terms
    }
}
