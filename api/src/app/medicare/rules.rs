//! The rules of the program (42 CFR part 425): one row for each track, one for each performance year.

use domain::mechanism::SharedSavings;
use domain::name::PartyId;
use domain::rate::Rate;
use domain::year::ContractYear;
use serde_json::{Value, json};

use crate::problem::Problem;

/// The rules of one performance year.
#[derive(Debug)]
pub struct Rules {
    /// The performance year.
    pub year: i32,
    /// What is taken off shared savings before the payment limit.
    sequestration: &'static str,
    /// What the quality score does to the sharing rate.
    quality: Quality,
    /// The tracks that were open.
    pub tracks: &'static [Track],
    /// The columns that this year's file must have besides those of every year.
    pub columns: &'static [&'static str],
}

/// What the quality score does to the sharing rate of who meets the standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quality {
    /// Nothing: the standard is a gate.
    Gate,
    /// It scales the rate.
    Scale,
}

/// The rules of one track.
#[derive(Debug)]
pub struct Track {
    /// As `Current_Track` names it; for tracks that ended before that column, its short name.
    pub code: &'static str,
    title: &'static str,
    /// The regulation, as the clause of the contract.
    clause: &'static str,
    /// The columns that are 1 for it, where there is no `Current_Track`.
    pub flags: &'static [&'static str],
    sharing: &'static str,
    payment_limit: &'static str,
    losses: Option<Losses>,
}

/// What a two-sided track owes of losses.
#[derive(Debug)]
struct Losses {
    rate: LossRate,
    /// As a part of the benchmark, in the first, second and every later year in the track.
    benchmark_limit: [&'static str; 3],
    /// As a part of participants' revenue.
    revenue_limit: Option<&'static str>,
}

#[derive(Debug)]
enum LossRate {
    Fixed(&'static str),
    ByQuality { lowest: &'static str, highest: &'static str },
}

/// What of an organisation's agreement its row says, where the track leaves it open.
#[derive(Debug)]
pub struct Agreement {
    /// The organisation.
    pub lead: PartyId,
    /// Its name.
    pub name: String,
    /// The fixed minimum rate that it chose, if it has one.
    pub chosen: Option<Rate>,
    /// Full years in the track before this one.
    pub years_before: usize,
    /// Whether its losses may be limited by its participants' revenue (in Track 1+ by its composition).
    pub by_revenue: bool,
    /// Whether savings below the minimum earn half the rate (425.605(h)).
    pub reduced: bool,
    /// Whether its figures are those of half a year (425.609).
    pub half_year: bool,
    /// Further indicators that are 1 for it.
    pub flagged: Vec<&'static str>,
}

/// The years whose files can be imported. Sequestration was suspended when 2019 and 2020 were paid. Quality
/// was pay-for-reporting in the first year, scaled the rate to 2020 (425.502) and is a gate from 2021
/// (425.512).
const YEARS: &[Rules] = &[
    year(2013, "2%", Quality::Gate, FIRST, &[]),
    year(2014, "2%", Quality::Scale, FIRST, &[]),
    year(2015, "2%", Quality::Scale, FIRST, &[]),
    year(2016, "2%", Quality::Scale, WITH_TRACK_3, &["Met_QPS"]),
    year(2017, "2%", Quality::Scale, WITH_TRACK_3, &["Met_QPS", "DisAdj"]),
    year(2018, "2%", Quality::Scale, WITH_TRACK_1_PLUS, &["Met_QPS", "DisAdj"]),
    year(2019, "0%", Quality::Scale, ALL, &["Met_QPS", "DisAdj", "UpdatedBnchmk", "N_AB_Year_PY"]),
    year(2020, "0%", Quality::Scale, ALL, &["Met_QPS", "DisAdj"]),
    year(2021, "2%", Quality::Gate, ALL, &["Met_QPS", "DisAdj"]),
    year(2022, "2%", Quality::Gate, ALL, &["Met_QPS", "DisAdj"]),
    year(2023, "2%", Quality::Gate, PATHWAYS, &["Current_Track", "DisAdj", "Met_QPS", "Met_AltQPS"]),
    year(
        2024,
        "2%",
        Quality::Gate,
        PATHWAYS,
        &["Current_Track", "DisAdj", "Met_QPS", "Met_AltQPS", "Guardrail"],
    ),
];

/// The year from whose agreements on savings below the minimum can be shared.
pub const REDUCED_FROM: i32 = 2024;
/// Their part of the sharing rate.
const REDUCED: &str = "50%";
/// The months of the first half of 2019.
const HALF_YEAR: &str = "6";

const FIRST: &[Track] = &[TRACK_1, TRACK_2];
const WITH_TRACK_3: &[Track] = &[TRACK_1, TRACK_2, TRACK_3];
const WITH_TRACK_1_PLUS: &[Track] = &[TRACK_1, TRACK_2, TRACK_3, TRACK_1_PLUS];
const ALL: &[Track] =
    &[TRACK_1, TRACK_2, TRACK_3, TRACK_1_PLUS, LEVEL_A, LEVEL_B, LEVEL_C, LEVEL_D, LEVEL_E, ENHANCED];
/// The tracks of Pathways to Success alone.
const PATHWAYS: &[Track] = &[LEVEL_A, LEVEL_B, LEVEL_C, LEVEL_D, LEVEL_E, ENHANCED];

const TRACK_1: Track = Track {
    code: "T1",
    title: "Track 1",
    clause: "425.604",
    flags: &["Current_Track_1", "Track1"],
    sharing: "50%",
    payment_limit: "10%",
    losses: None,
};
const TRACK_2: Track = Track {
    code: "T2",
    title: "Track 2",
    clause: "425.606",
    flags: &["Current_Track_2", "Track2"],
    sharing: "60%",
    payment_limit: "15%",
    losses: Some(Losses {
        rate: LossRate::ByQuality { lowest: "40%", highest: "60%" },
        benchmark_limit: ["5%", "7.5%", "10%"],
        revenue_limit: None,
    }),
};
const TRACK_3: Track = Track { code: "T3", title: "Track 3", flags: &["Current_Track_3"], ..ENHANCED };
const TRACK_1_PLUS: Track = Track {
    code: "T1+",
    title: "Track 1+ Model",
    clause: "track-1-plus-model",
    flags: &["Current_Track_1_Plus"],
    ..LEVEL_E
};
const LEVEL_A: Track = one_sided("A", "BASIC track, level A", "425.605(d)(1)(i)", &["Current_BASIC_A"]);
const LEVEL_B: Track = one_sided("B", "BASIC track, level B", "425.605(d)(1)(ii)", &["Current_BASIC_B"]);
const LEVEL_C: Track =
    two_sided("C", "BASIC track, level C", "425.605(d)(1)(iii)", &["Current_BASIC_C"], "1%", "2%");
const LEVEL_D: Track =
    two_sided("D", "BASIC track, level D", "425.605(d)(1)(iv)", &["Current_BASIC_D"], "2%", "4%");
const LEVEL_E: Track =
    two_sided("E", "BASIC track, level E", "425.605(d)(1)(v)", &["Current_BASIC_E"], "4%", "8%");
const ENHANCED: Track = Track {
    code: "EN",
    title: "ENHANCED track",
    clause: "425.610",
    flags: &["Current_ENHANCED"],
    sharing: "75%",
    payment_limit: "20%",
    losses: Some(Losses {
        rate: LossRate::ByQuality { lowest: "40%", highest: "75%" },
        benchmark_limit: ["15%"; 3],
        revenue_limit: None,
    }),
};

const fn year(
    year: i32,
    sequestration: &'static str,
    quality: Quality,
    tracks: &'static [Track],
    columns: &'static [&'static str],
) -> Rules {
    Rules { year, sequestration, quality, tracks, columns }
}

/// Levels A and B.
const fn one_sided(
    code: &'static str,
    title: &'static str,
    clause: &'static str,
    flags: &'static [&'static str],
) -> Track {
    Track { code, title, clause, flags, sharing: "40%", payment_limit: "10%", losses: None }
}

/// Levels C to E, which differ in their loss limits.
const fn two_sided(
    code: &'static str,
    title: &'static str,
    clause: &'static str,
    flags: &'static [&'static str],
    benchmark_limit: &'static str,
    revenue_limit: &'static str,
) -> Track {
    let losses = Losses {
        rate: LossRate::Fixed("30%"),
        benchmark_limit: [benchmark_limit; 3],
        revenue_limit: Some(revenue_limit),
    };
    Track { code, title, clause, flags, sharing: "50%", payment_limit: "10%", losses: Some(losses) }
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

    /// The track of this name: its code, or words that end with it, such as `BASIC E`.
    pub fn track(&self, name: &str) -> Option<&'static Track> {
        let code = match name.rsplit([' ', '_']).next() {
            Some(word) if word.eq_ignore_ascii_case("ENHANCED") => ENHANCED.code,
            word => word.unwrap_or(name),
        };
        self.tracks.iter().find(|track| track.code.eq_ignore_ascii_case(code))
    }

    /// Whether quality can be pay-for-reporting: an organisation's first year, before the standard became a
    /// gate. The score is then 100% for complete reporting.
    pub fn pays_for_reporting(&self) -> bool {
        self.quality == Quality::Scale
    }

    /// Whether a row can be of half a year: those of organisations that changed track on 1 July 2019.
    pub fn has_half_years(&self) -> bool {
        self.year == 2019
    }

    /// Whether the track's savings below the minimum can be shared in this year: those of BASIC (425.605(h)).
    pub fn may_reduce(&self, track: &Track) -> bool {
        track.clause.starts_with("425.605") && self.year >= REDUCED_FROM
    }

    /// The terms of an organisation's contract for the year.
    pub fn terms(&self, track: &Track, payer: &str, agreement: &Agreement) -> Value {
        let Agreement { lead, name, chosen, flagged, .. } = agreement;
        let year = self.contract_year().to_string();
        let indicator =
            |name: &&str| json!({"indicator": name, "direction": "higher", "floor": "0", "target": "1"});
        let mut clause = json!({
            "clause": track.clause,
            "kind": "shared_savings",
            "minimum": chosen.as_ref().map_or_else(|| "sliding".to_owned(), Rate::to_string),
            "sharing": track.sharing,
            "sequestration": self.sequestration,
            "payment_limit": track.payment_limit,
        });
        if self.quality == Quality::Scale {
            clause["quality"] = "scale".into();
        }
        if agreement.reduced {
            clause["below_minimum"] = REDUCED.into();
        }
        if agreement.half_year {
            clause["months"] = HALF_YEAR.into();
        }
        if let Some(losses) = &track.losses {
            clause["losses"] = losses.terms(agreement);
        }
        json!({
            "contract": format!("mssp-{year}-{lead}"),
            "title": format!("Medicare Shared Savings Program {year}, {}: {name}", track.title),
            "currency": "USD",
            "parties": {"commissioner": payer, "lead": lead},
            "years": {"kind": "calendar", "from": year, "to": year},
            "rounding": {"unit": "1", "at": "payable"},
            "outcomes": super::INDICATORS.iter().chain(flagged).map(indicator).collect::<Vec<Value>>(),
            "pay": [clause],
        })
    }
}

impl Track {
    /// Whether losses are shared too, so that the minimum rate is the organisation's choice.
    pub fn is_two_sided(&self) -> bool {
        self.losses.is_some()
    }

    /// Whether its loss limit rises with the years in the track (425.606(g)).
    pub fn has_years(&self) -> bool {
        self.losses.as_ref().is_some_and(|losses| losses.benchmark_limit[0] != losses.benchmark_limit[2])
    }

    /// Whether losses are limited either by revenue or by the benchmark, as the organisation is composed
    /// (Track 1+).
    pub fn limits_by_composition(&self) -> bool {
        self.clause == TRACK_1_PLUS.clause
    }

    /// Whether this is its final sharing rate at best.
    pub fn shares(&self, rate: &Rate) -> bool {
        self.sharing == rate.to_string()
    }
}

impl Losses {
    fn terms(&self, agreement: &Agreement) -> Value {
        let mut terms = match self.rate {
            LossRate::Fixed(rate) => json!({"rate": rate}),
            LossRate::ByQuality { lowest, highest } => json!({"lowest": lowest, "highest": highest}),
        };
        terms["benchmark_limit"] = self.benchmark_limit[agreement.years_before.min(2)].into();
        if let Some(limit) = self.revenue_limit.filter(|_| agreement.by_revenue) {
            terms["revenue_limit"] = limit.into();
        }
        terms
    }
}

/// The indicators that a row's flags measure, each with its column.
pub const FLAGS: &[(&str, &str)] =
    &[("Impact_Mid_Year_Termination", SharedSavings::TERMINATED), ("Guardrail", SharedSavings::GUARDRAIL)];
