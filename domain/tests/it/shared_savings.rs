//! Medicare shared savings: CMS's own worked examples (Shared Savings and Losses Specifications, version 11,
//! sections 4.2 and 4.3), the traps that published settlements laid bare, and what holds for every figure.

use domain::exact::Exact;
use domain::exposure::Limit;
use domain::mechanism::SharedSavings;
use domain::rate::Count;
use domain::statement::Statement;
use domain::terms::Terms;
use domain::worksheet::LineState;
use proptest::prelude::*;

use crate::cases::{Desk, value};

const LEVEL_B: &str = "sharing: 40%, payment_limit: 10%";
const LEVEL_E: &str = "sharing: 50%, payment_limit: 10%, \
    losses: {rate: 30%, benchmark_limit: 4%, revenue_limit: 8%}";
const ENHANCED: &str = "sharing: 75%, payment_limit: 20%, \
    losses: {lowest: 40%, highest: 75%, benchmark_limit: 15%}";

const TRACK_1: &str = "quality: scale, sharing: 50%, payment_limit: 10%";
const TRACK_2: &str = "quality: scale, sharing: 60%, payment_limit: 15%, \
    losses: {lowest: 40%, highest: 60%, benchmark_limit: 5%}";

/// One organisation's year.
#[derive(Clone)]
struct Year {
    track: &'static str,
    minimum: &'static str,
    beneficiaries: i64,
    benchmark: String,
    expenditure: String,
    /// Further fields of the benchmark.
    stated: String,
    /// Indicators with their values.
    quality: Vec<(&'static str, String)>,
    relief: Option<&'static str>,
    advance: Option<&'static str>,
}

impl Year {
    /// A benchmark and an expenditure, the standard met.
    fn of(track: &'static str, minimum: &'static str, beneficiaries: i64, money: [&str; 2]) -> Year {
        let [benchmark, expenditure] = money.map(str::to_owned);
        let quality = vec![("quality-standard", "1".to_owned())];
        Year {
            track,
            minimum,
            beneficiaries,
            benchmark,
            expenditure,
            stated: String::new(),
            quality,
            relief: None,
            advance: None,
        }
    }

    /// Whether the standard is met, whether the alternative one is, and the score.
    fn quality(self, standard: &str, alternative: &str, score: &str) -> Year {
        let quality = [
            ("quality-standard", standard),
            ("alternative-quality-standard", alternative),
            ("quality-score", score),
        ];
        Year { quality: quality.map(|(name, value)| (name, value.to_owned())).to_vec(), ..self }
    }

    fn relief(self, amount: &'static str) -> Year {
        Year { relief: Some(amount), ..self }
    }

    /// A further indicator that is 1.
    fn flagged(mut self, indicator: &'static str) -> Year {
        self.quality.push((indicator, "1".to_owned()));
        self
    }

    fn advance(self, amount: &'static str) -> Year {
        Year { advance: Some(amount), ..self }
    }

    fn stated(self, fields: &str) -> Year {
        Year { stated: fields.to_owned(), ..self }
    }

    fn settle(&self) -> Statement {
        self.settle_sequestered("2%")
    }

    fn settle_sequestered(&self, sequestration: &str) -> Statement {
        let mut desk = Desk::default();
        desk.award(&terms(self.track, self.minimum, sequestration));
        let year = r#""contract":"mssp-2023-A1","year":"2023""#;
        let period = r#""contract":"mssp-2023-A1","period":"2023""#;
        let Year { beneficiaries, benchmark, expenditure, stated, .. } = self;
        let bands = format!(r#"[{{"band":"assigned beneficiaries","count":{beneficiaries}}}]"#);
        let mut run = |name: &str, body: String| desk.run(name, &format!("{{{body}}}")).unwrap();
        run("report-population", format!(r#"{period},"bands":{bands}"#));
        run("set-benchmark", format!(r#"{year},"amount":"{benchmark}"{stated}"#));
        run("report-cost", format!(r#"{period},"party":"cms","amount":"{expenditure}""#));
        for (name, value) in &self.quality {
            run("measure-outcome", format!(r#"{period},"indicator":"{name}","value":"{value}""#));
        }
        if let Some(amount) = self.relief {
            run("grant-relief", format!(r#"{year},"amount":"{amount}","reason":"hurricane""#));
        }
        if let Some(amount) = self.advance {
            run("state-advance", format!(r#"{year},"amount":"{amount}""#));
        }
        desk.settle("mssp-2023-A1", "2023", "2023-12-31")
    }
}

fn terms(track: &str, minimum: &str, sequestration: &str) -> String {
    format!(
        r#"
contract: mssp-2023-A1
title: Medicare Shared Savings Program
currency: USD
parties: {{commissioner: cms, lead: A1}}
years: {{kind: calendar, from: 2023, to: 2023}}
rounding: {{unit: 1, at: payable}}
outcomes:
  - {{indicator: quality-score, direction: higher, floor: 0, target: 1}}
  - {{indicator: quality-standard, direction: higher, floor: 0, target: 1}}
  - {{indicator: alternative-quality-standard, direction: higher, floor: 0, target: 1}}
  - {{indicator: terminated-mid-year, direction: higher, floor: 0, target: 1}}
  - {{indicator: benchmark-guardrail, direction: higher, floor: 0, target: 1}}
pay:
  - {{clause: "4.3", kind: shared_savings, minimum: {minimum}, sequestration: {sequestration}, {track}}}
"#
    )
}

/// Compares lines of the clause, the payable, and every figure's working.
fn check(statement: &Statement, lines: &[(&str, &str)], payable: &str) {
    for (step, expected) in lines {
        assert_eq!(
            value(statement, &format!("mssp-2023-A1/4.3/{step}")),
            *expected,
            "{step} in\n{statement}"
        );
    }
    let id = "mssp-2023-A1/total/payable/cms-to-A1";
    assert_eq!(value(statement, id), payable, "{statement}");
    let entitled = statement.payables[0].entitled.map(|m| m.to_string());
    assert_eq!(entitled.as_deref(), Some(payable));
}

/// Section 4.2.1: 5,333 beneficiaries. 3.9% × (5,999 - 5,333)/999 + 3.6% × (5,333 - 5,000)/999 is 3.8%
/// exactly.
#[test]
fn the_sliding_scale_gives_5333_people_three_point_eight_percent() {
    let statement = Year::of(LEVEL_B, "sliding", 5_333, ["100000000", "96200000"]).settle();
    check(
        &statement,
        &[("minimum-rate", "0.038"), ("minimum", "3800000.00"), ("minimum-reached", "met")],
        "1489600.00",
    );
}

/// Worked example 20: 10,000 people at a benchmark of 11,000 each on the two-sided track, at five levels of
/// spending, with no sequestration; and the loss rate at four levels of quality, 1 less 75% of the score
/// within 40% and 75%.
#[test]
fn the_two_sided_track_shares_savings_and_losses() {
    let year = |per_head: i64, score: &str| {
        let expenditure = (per_head * 10_000).to_string();
        let year = Year::of(ENHANCED, "2%", 10_000, ["110000000", &expenditure]);
        let year = year.quality("1", "1", score).settle_sequestered("0%");
        (value(&year, "mssp-2023-A1/total/payable/cms-to-A1").to_owned(), year)
    };
    for (per_head, due) in [
        (10_450, "4125000.00"),   // 75% of 5,500,000
        (10_890, "0.00"),         // 1% saved, below the minimum of 2%
        (11_880, "-3520000.00"),  // 40% of 8,800,000
        (14_300, "-13200000.00"), // 40% of 33,000,000
        (17_000, "-16500000.00"), // 15% of the benchmark, less than 40% of 60,000,000
    ] {
        assert_eq!(year(per_head, "0.85").0, due, "{per_head} a head");
    }
    for (score, rate) in [("0.80", "0.4"), ("0.7385", "0.446125"), ("0.60", "0.55"), ("0.40", "0.7")] {
        assert_eq!(value(&year(14_300, score).1, "mssp-2023-A1/4.3/loss-rate"), rate, "at {score}");
    }
}

/// Section 4.3, step 9: 8% of participants' revenue is less than 4% of the benchmark.
#[test]
fn losses_are_limited_by_revenue_where_that_is_the_lesser() {
    let year = Year::of(LEVEL_E, "0%", 60_000, ["93411313", "103411313"]);
    let statement = year.clone().stated(r#","participant_revenue":"13630983""#).settle();
    let limits =
        [("revenue-limit", "1090478.64"), ("loss-limit", "1090478.64"), ("shared-losses", "3000000.00")];
    check(&statement, &limits, "-1090479.00");

    let unknown = year.stated(r#","stated_savings":"-20000000""#).settle();
    check(&unknown, &[("loss-limit", "3736452.52"), ("shared-losses", "6000000.00")], "-3736453.00");
    let note = unknown.line("mssp-2023-A1/4.3/revenue-limit").unwrap();
    assert_eq!(note.working.text, "revenue limit not recorded, may owe less");
    assert!(unknown.complete, "a limit that is not recorded is no missing report");
}

/// Section 4.3, first savings example: level B, the standard met.
#[test]
fn savings_are_shared_from_the_first_dollar() {
    let statement = Year::of(LEVEL_B, "2%", 60_000, ["500000000", "487000000"]).settle();
    let lines = [
        ("savings", "13000000.00"),
        ("minimum", "10000000.00"),
        ("sharing-rate", "0.4"),
        ("shared-savings", "5200000.00"),
        ("after-sequestration", "5096000.00"),
        ("payment-limit", "50000000.00"),
        ("earned", "5096000.00"),
    ];
    check(&statement, &lines, "5096000.00");
}

/// Section 4.3, second savings example: only the alternative standard met, so 40% × 0.45.
#[test]
fn the_alternative_standard_scales_the_sharing_rate() {
    let year = Year::of(LEVEL_B, "2%", 60_000, ["500000000", "487000000"]).quality("0", "1", "0.45");
    let lines = [("sharing-rate", "0.18"), ("shared-savings", "2340000.00"), ("earned", "2293200.00")];
    check(&year.settle(), &lines, "2293200.00");
}

/// Section 4.3, first loss example: the standard failed, so 75%; 15% of the year and 90% of beneficiaries
/// affected.
#[test]
fn a_failed_standard_owes_the_highest_loss_rate() {
    let year = Year::of(ENHANCED, "1%", 16_000, ["130000000", "132600000"]).quality("0", "0", "0.45");
    let lines = [
        ("losses", "2600000.00"),
        ("minimum", "1300000.00"),
        ("loss-rate", "0.75"),
        ("shared-losses", "1950000.00"),
        ("loss-limit", "19500000.00"),
        ("losses-owed", "1950000.00"),
        ("relief", "263250.00"),
        ("earned", "-1686750.00"),
    ];
    check(&year.relief("263250.00").settle(), &lines, "-1686750.00");
}

/// Section 4.3, second loss example. CMS's text takes off the relief of the example before it (263,250) and
/// prints 1,459,250; by its own rule the relief is 1,722,500 × 15% × 90% = 232,537.50, and 1,489,962.50 is
/// owed.
#[test]
fn the_alternative_standard_lowers_the_loss_rate() {
    let year = Year::of(ENHANCED, "1%", 16_000, ["130000000", "132600000"]).quality("0", "1", "0.45");
    let lines = [("loss-rate", "0.6625"), ("shared-losses", "1722500.00"), ("earned", "-1489962.50")];
    check(&year.clone().relief("232537.50").settle(), &lines, "-1489963.00");
    check(&year.relief("263250.00").settle(), &[("earned", "-1459250.00")], "-1459250.00");
}

/// Sequestration comes before the payment limit: an organisation at the limit gets all of it, not 98% of it.
#[test]
fn the_payment_limit_is_paid_in_full() {
    let statement = Year::of(LEVEL_B, "2%", 60_000, ["100000000", "70000000"]).settle();
    let lines = [("after-sequestration", "11760000.00"), ("payment-limit", "10000000.00")];
    check(&statement, &lines, "10000000.00");
}

/// The minimum is reached when it is met to the cent, and compared without rounding.
#[test]
fn the_minimum_is_compared_exactly() {
    let at = |expenditure: &str, level| Year::of(level, "1%", 20_000, ["100000000", expenditure]);
    check(&at("99000000", ENHANCED).settle(), &[("minimum-reached", "met")], "735000.00");
    check(&at("99000000.01", ENHANCED).settle(), &[("minimum-reached", "not met")], "0.00");
    check(&at("101000000", LEVEL_E).settle(), &[("minimum-reached", "met")], "-300000.00");
    check(&at("100999999.99", LEVEL_E).settle(), &[("minimum-reached", "not met")], "0.00");
    // As A2833 in 2021: 2.98265% against a scale of 2.98356%, which print alike to two places.
    let close = Year::of(LEVEL_B, "sliding", 10_274, ["100000000", "97017350"]).settle();
    check(&close, &[("minimum-rate", "0.029835567113"), ("minimum-reached", "not met")], "0.00");
}

/// Fewer than 5,000 people: the scale counts, whatever rate was chosen (425.110(b)(3)).
#[test]
fn a_small_organisation_loses_its_choice() {
    let with = |people| Year::of(ENHANCED, "0.5%", people, ["50000000", "48500000"]).settle();
    check(&with(5_000), &[("minimum-rate", "0.005")], "1102500.00");
    let small = with(4_999);
    check(&small, &[("minimum-rate", "0.039"), ("minimum-reached", "not met")], "0.00");
}

/// Relief comes after the limit, and never turns losses into a payment.
#[test]
fn relief_takes_off_what_is_owed_within_the_limit_and_no_more() {
    let year = Year::of(LEVEL_E, "0%", 60_000, ["100000000", "120000000"]);
    let lines = [("shared-losses", "6000000.00"), ("losses-owed", "4000000.00"), ("earned", "-3000000.00")];
    check(&year.clone().relief("1000000").settle(), &lines, "-3000000.00");
    check(&year.relief("4000000.01").settle(), &[], "0.00");
}

/// ENHANCED: one less 75% of the score, between 40% and 75%. A score of 54.1% gives 59.425%, as A5386 in
/// 2024.
#[test]
fn the_loss_rate_of_enhanced_lies_between_40_and_75_percent() {
    for (score, rate) in
        [("0.541", "0.59425"), ("0.95", "0.4"), ("0.8", "0.4"), ("0.79", "0.4075"), ("0.2", "0.75")]
    {
        let year = Year::of(ENHANCED, "0%", 60_000, ["100000000", "101000000"]).quality("1", "0", score);
        assert_eq!(value(&year.settle(), "mssp-2023-A1/4.3/loss-rate"), rate, "{score}");
    }
}

#[test]
fn losses_of_a_one_sided_track_are_not_shared() {
    let statement = Year::of(LEVEL_B, "sliding", 60_000, ["100000000", "110000000"]).settle();
    check(&statement, &[("losses", "10000000.00"), ("earned", "0.00")], "0.00");
}

#[test]
fn a_failed_standard_earns_nothing() {
    let year = Year::of(LEVEL_B, "2%", 60_000, ["500000000", "487000000"]).quality("0", "0", "0.3");
    check(&year.settle(), &[("earned", "0.00")], "0.00");
}

/// Quality that nobody measured is not failed quality: the year comes to no amount, and cannot be drawn up.
#[test]
fn quality_that_is_not_measured_is_not_failed() {
    let savings = Year::of(LEVEL_B, "2%", 60_000, ["500000000", "487000000"]);
    let losses = Year::of(ENHANCED, "1%", 16_000, ["130000000", "132600000"]);
    let score_only = |year: Year| Year { quality: vec![("quality-score", "0.8".to_owned())], ..year };
    let no_score =
        Year { quality: vec![("alternative-quality-standard", "1".to_owned())], ..savings.clone() };
    for (year, step) in [
        (score_only(savings), "quality-standard"),
        (score_only(losses.clone()), "quality-standard"),
        (no_score, "quality-score"),
        (losses, "quality-score"),
    ] {
        let statement = year.settle();
        let line = statement.line(&format!("mssp-2023-A1/4.3/{step}")).unwrap();
        assert_eq!(line.state, LineState::NotMeasured);
        assert_eq!((statement.payables[0].entitled, statement.complete), (None, false));
    }
}

/// A published rate that no rule gives counts, and the line says that it is as published.
#[test]
fn a_stated_minimum_rate_counts_before_the_rule() {
    let year = Year::of(LEVEL_B, "sliding", 152, ["10000000", "8000000"]);
    check(&year.settle(), &[("minimum-rate", "0.122")], "784000.00");
    let stated = year.stated(r#","stated_minimum_rate":"25.419%""#).settle();
    check(&stated, &[("minimum-rate", "0.25419"), ("minimum-reached", "not met")], "0.00");
    let stated =
        Year::of(LEVEL_B, "2%", 60_000, ["500000000", "487000000"]).stated(r#","stated_minimum_rate":"3%""#);
    check(&stated.settle(), &[("minimum-rate", "0.03"), ("minimum-reached", "not met")], "0.00");
}

/// Published savings are made from cents the published totals hide; they count, and a line shows the
/// difference.
#[test]
fn published_savings_count_before_the_difference_of_the_totals() {
    let year =
        Year::of(LEVEL_B, "2%", 60_000, ["500000000", "487000000"]).stated(r#","stated_savings":"13000001""#);
    let lines = [("savings", "13000001.00"), ("savings-check", "-1.00")];
    check(&year.settle(), &lines, "5096000.00");
}

/// To 2020 the score scales the sharing rate of who meets the standard: 50% × 0.9, and 45% of $5,000,000.
#[test]
fn a_score_scales_the_sharing_rate_where_the_terms_say_so() {
    let year = Year::of(TRACK_1, "sliding", 60_000, ["100000000", "95000000"]);
    let lines = [("sharing-rate", "0.45"), ("shared-savings", "2250000.00"), ("earned", "2205000.00")];
    check(&year.clone().quality("1", "0", "0.9").settle(), &lines, "2205000.00");
    check(&year.quality("0", "0", "0.9").settle(), &[("earned", "0.00")], "0.00");
}

/// Track 2: one less 60% of the score, between 40% and 60%; 60% where the standard is failed; 5% of the
/// benchmark.
#[test]
fn track_2_owes_one_less_its_final_sharing_rate() {
    let year = |expenditure| Year::of(TRACK_2, "2%", 60_000, ["100000000", expenditure]);
    for (standard, score, rate, owed) in [
        ("1", "0.8", "0.52", "-2080000.00"),
        ("1", "1", "0.4", "-1600000.00"),
        ("1", "0.5", "0.6", "-2400000.00"),
        ("0", "0.8", "0.6", "-2400000.00"),
    ] {
        let statement = year("104000000").quality(standard, "0", score).settle();
        check(&statement, &[("loss-rate", rate)], owed);
    }
    let limited = year("115000000").quality("0", "0", "0").settle();
    check(&limited, &[("shared-losses", "9000000.00"), ("loss-limit", "5000000.00")], "-5000000.00");
}

/// 425.605(h): savings of 1% below a minimum of 2% earn half of 50%; with the alternative standard half of
/// 50% × 0.6.
#[test]
fn savings_below_the_minimum_earn_half_the_rate_where_the_terms_say_so() {
    let track = "sharing: 50%, payment_limit: 10%, below_minimum: 50%";
    let year = |people, expenditure| Year::of(track, "2%", people, ["100000000", expenditure]);
    let half = year(5_000, "99000000");
    let lines = [("sharing-rate", "0.5"), ("reduced-sharing-rate", "0.25"), ("shared-savings", "250000.00")];
    check(&half.settle(), &lines, "245000.00");
    check(&half.quality("0", "1", "0.6").settle(), &[("reduced-sharing-rate", "0.15")], "147000.00");
    check(&year(4_999, "99000000").settle(), &[("minimum-rate", "0.039")], "0.00");
    check(&year(5_000, "100000000").settle(), &[("savings", "0.00")], "0.00");
    let reached = year(5_000, "98000000").settle();
    check(&reached, &[("shared-savings", "1000000.00")], "980000.00");
    assert!(reached.line("mssp-2023-A1/4.3/reduced-sharing-rate").is_none());
}

/// As A5309 and A5321 in 2024: a minimum of nought, small savings, nothing earned. Losses are owed as ever.
#[test]
fn the_guardrail_of_the_benchmark_leaves_neither_savings_nor_losses() {
    let year =
        |expenditure| Year::of(ENHANCED, "0%", 60_000, ["100000000", expenditure]).quality("1", "0", "1");
    check(&year("99900000").settle(), &[], "73500.00");
    check(&year("99900000").flagged("benchmark-guardrail").settle(), &[("earned", "0.00")], "0.00");
    check(&year("101000000").flagged("benchmark-guardrail").settle(), &[], "-400000.00");
}

/// 425.221(b): no savings; losses by months, which nobody published.
#[test]
fn an_agreement_that_ends_within_the_year_shares_no_savings() {
    let year = |expenditure| Year::of(LEVEL_E, "0%", 60_000, ["100000000", expenditure]);
    check(&year("97000000").flagged("terminated-mid-year").settle(), &[("savings", "3000000.00")], "0.00");
    let losses = year("101000000").flagged("terminated-mid-year").settle();
    check(&losses, &[], "-300000.00");
    let note = losses.line("mssp-2023-A1/4.3/terminated").unwrap();
    assert_eq!(
        note.working.text,
        "losses are owed for the months in the program, which are not recorded: may owe less"
    );
}

/// 425.609: half-year dollars, relief for the calendar year: 30% of 2,000,000 less 6/12 of 1,000,000.
#[test]
fn relief_of_a_half_year_counts_by_its_months() {
    let track = "sharing: 50%, payment_limit: 10%, months: 6, losses: {rate: 30%, benchmark_limit: 4%}";
    let year = Year::of(track, "0%", 60_000, ["50000000", "52000000"]).relief("1000000");
    let lines = [
        ("performance-months", "6"),
        ("losses-owed", "600000.00"),
        ("calendar-year-relief", "1000000.00"),
        ("relief", "500000.00"),
    ];
    check(&year.settle(), &lines, "-100000.00");
    let thirteen =
        domain::terms::Terms::from_yaml(&terms(&track.replace("months: 6", "months: 13"), "0%", "2%"));
    assert_eq!(thirteen.unwrap_err()[0].message, "13 is no number of months");
}

/// 425.630: recouped from what is earned, no more than that; what is payable is before recoupment.
#[test]
fn an_advance_is_recouped_from_what_is_earned() {
    let year = Year::of(LEVEL_B, "2%", 60_000, ["500000000", "487000000"]);
    let lines = [("advance-recouped", "1000000.50"), ("advance-carried", "0.00")];
    check(&year.clone().advance("1000000.50").settle(), &lines, "5096000.00");
    let lines = [("advance-recouped", "5096000.00"), ("advance-carried", "904000.00")];
    check(&year.advance("6000000").settle(), &lines, "5096000.00");
    let losses = Year::of(LEVEL_E, "0%", 60_000, ["100000000", "101000000"]).advance("6000000");
    check(&losses.settle(), &[("advance-recouped", "0.00")], "-300000.00");
}

fn exact(statement: &Statement, step: &str) -> Exact {
    statement.line(&format!("mssp-2023-A1/4.3/{step}")).and_then(|line| line.exact.clone()).unwrap()
}

/// The published scale at its edges, in a band (12.2% at 500 and 8.7% at 999, so 249 and 250 parts of 499 at
/// 750), and beyond it.
#[test]
fn the_minimum_rate_slides_from_band_to_band() {
    let sliding =
        |people: i64| SharedSavings::sliding_minimum(&Count::of(people)).map(|rate| rate.exact().clone());
    for (people, rate) in [
        (500, Exact::ratio(122, 1000)),
        (750, Exact::ratio(122 * 249 + 87 * 250, 499_000)),
        (999, Exact::ratio(87, 1000)),
        (1_000, Exact::ratio(87, 1000)),
        (10_000, Exact::ratio(30, 1000)),
        (14_999, Exact::ratio(27, 1000)),
        (59_999, Exact::ratio(20, 1000)),
        (60_000, Exact::ratio(20, 1000)),
    ] {
        assert_eq!(sliding(people), Some(rate), "{people}");
    }
    assert_eq!(sliding(499), None);
}

/// What each party can gain and lose, in words, as it is no figure of the terms.
#[test]
fn limits_are_parts_of_the_benchmark() {
    let limits = |track: &str| {
        let terms = Terms::from_yaml(&terms(track, "2%", "2%")).unwrap();
        let shown = |limit: Limit| match limit {
            Limit::At(amount) => amount.to_string(),
            Limit::PartOf(words) => words,
            Limit::Without(reason) => reason.to_owned(),
        };
        let exposures = terms.pay[0].mechanism.exposures(&terms).into_iter();
        exposures.map(|e| format!("{}: {}, {}", e.party, shown(e.gain), shown(e.loss))).collect::<Vec<_>>()
    };
    assert_eq!(limits(LEVEL_B), ["cms: 0, 10% of the benchmark", "A1: 10% of the benchmark, 0"]);
    assert_eq!(
        limits(LEVEL_E),
        ["cms: 4% of the benchmark, 10% of the benchmark", "A1: 10% of the benchmark, 4% of the benchmark"]
    );
}

/// What it says other clauses may name stands on its settlement, without a subject.
#[test]
fn what_other_clauses_may_name_is_written() {
    let mechanism = &Terms::from_yaml(&terms(LEVEL_E, "2%", "2%")).unwrap().pay[0].mechanism;
    let named: Vec<String> = mechanism.writes().iter().map(ToString::to_string).collect();
    assert_eq!(named, ["benchmark", "expenditure", "savings", "minimum", "earned"]);
    let statement = Year::of(LEVEL_E, "2%", 5_000, ["100000000", "95000000"]).settle();
    for step in named {
        let line = statement.line(&format!("mssp-2023-A1/4.3/{step}"));
        assert!(line.is_some_and(|line| line.value.is_some()), "{step} in\n{statement}");
    }
}

/// A track in plain words: by what its rate is multiplied, and what is owed of losses.
#[test]
fn a_track_is_told_in_plain_words() {
    let words = |track: &str, minimum: &str| {
        let terms = Terms::from_yaml(&terms(track, minimum, "2%")).unwrap();
        terms.pay[0].words(&terms, &domain::names::Names::default())
    };
    assert_eq!(
        words(TRACK_1, "sliding"),
        "Savings are the benchmark less what was spent. Where they reach a minimum rate that falls as the population \
         grows and the quality standard is met, A1 earns 50% times the quality score of them from the first dollar, less \
         2% sequestration, no more than 10% of the benchmark. Losses are not shared."
    );
    assert_eq!(
        words(LEVEL_E, "2%"),
        "Savings are the benchmark less what was spent. Where they reach 2% of it and the quality standard is met, A1 \
         earns 50% of them from the first dollar, less 2% sequestration, no more than 10% of the benchmark. Of losses that \
         reach the minimum it owes 30% from the first dollar, no more than 4% of the benchmark or 8% of its participants' \
         revenue."
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// More savings never earn less; what is earned stays within both limits, and is nothing below the
    /// minimum.
    #[test]
    fn earning_follows_savings_within_the_limits(
        track in prop::sample::select(vec![LEVEL_B, LEVEL_E, ENHANCED]),
        minimum in prop::sample::select(vec!["sliding", "0%", "0.5%", "2%"]),
        beneficiaries in 500i64..80_000,
        benchmark in 1_000_000i64..1_000_000_000,
        parts in [-400i64..400, -400i64..400],
        score in 0i64..=100,
    ) {
        let settled = |part: i64| {
            let expenditure = benchmark - benchmark / 1000 * part;
            let money = [benchmark.to_string(), expenditure.to_string()];
            let score = format!("{}", Exact::ratio(score, 100));
            Year::of(track, minimum, beneficiaries, [&money[0], &money[1]]).quality("1", "0", &score).settle()
        };
        let [less, more] = [parts[0].min(parts[1]), parts[0].max(parts[1])].map(settled);
        prop_assert!(exact(&less, "earned") <= exact(&more, "earned"), "{less}\n{more}");
        for statement in [less, more] {
            let (earned, savings) = (exact(&statement, "earned"), exact(&statement, "savings"));
            let limit = Exact::from(benchmark) * if track == ENHANCED { Exact::ratio(1, 5) } else { Exact::ratio(1, 10) };
            prop_assert!(earned <= limit);
            if savings.abs() < exact(&statement, "minimum") {
                prop_assert!(earned.is_zero(), "{statement}");
            }
            prop_assert!(earned.abs() <= savings.abs());
        }
    }
}
