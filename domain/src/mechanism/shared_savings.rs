//! # Medicare shared savings
//!
//! **What it pays.** Savings are the benchmark less the expenditure of the performance year. Where they reach the minimum
//! rate, the organisation earns its sharing rate times all of them, from the first dollar, after sequestration and
//! within the payment limit. Where losses reach the minimum and the track is two-sided, it owes the loss rate times all
//! of them, within the loss limit, less relief for disasters.
//!
//! **When nothing is due.** Savings or losses below the minimum; savings where the quality standard is failed; losses in
//! a one-sided track. Where quality decides and is not measured, the year comes to no amount yet: that is not a failure.
//!
//! **Clause.** 42 CFR 425.605 (BASIC) and 425.610 (ENHANCED); CMS, Shared Savings and Losses Specifications v11, 4.3.
//!
//! **Worked example.** Benchmark $500,000,000, expenditure $487,000,000, 60,000 beneficiaries, level B: savings of
//! $13,000,000 reach 2% ($10,000,000); 40% is $5,200,000; less 2% is $5,096,000, below the limit of $50,000,000.

use super::{Pays, Phase, Told, scale};
use crate::book::Entered;
use crate::exact::Exact;
use crate::exposure::{Exposure, Limit, between};
use crate::facts::Facts;
use crate::money::Money;
use crate::name::{ClauseRef, IndicatorId};
use crate::rate::{Count, Rate};
use crate::terms::{Field, Fields, Terms};
use crate::verb::outcome::OutcomeMeasured;
use crate::worksheet::{Figure, Given, LineState, Operand, Source, Step, Working, Worksheet};
use crate::year::Span;

/// Savings and losses shared with Medicare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedSavings {
    minimum: Minimum,
    sharing: Rate,
    sequestration: Rate,
    payment_limit: Rate,
    losses: Option<Losses>,
}

impl SharedSavings {
    /// The band of a population that counts the people assigned to the organisation.
    pub const ASSIGNED: &str = "assigned beneficiaries";
    /// The indicator that is 1 where the quality standard is met.
    pub const STANDARD_MET: &str = "quality-standard";
    /// The indicator that is 1 where only the alternative quality standard is met.
    pub const ALTERNATIVE_MET: &str = "alternative-quality-standard";
    /// The indicator that holds the quality score, as a fraction of one.
    pub const QUALITY_SCORE: &str = "quality-score";
    /// Below this many beneficiaries a fixed minimum rate gives way to the sliding scale (425.110(b)(3)).
    pub const FULL_SIZE: i64 = 5_000;

    /// The minimum rate that the sliding scale gives a number of beneficiaries; nothing below 500, where it is not
    /// published. An importer compares it with what was published.
    pub fn sliding_minimum(beneficiaries: &Count) -> Option<Rate> {
        scale::minimum(beneficiaries.exact())
    }
}

/// The minimum rate of savings or losses.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Minimum {
    Sliding,
    Fixed(Rate),
}

/// What a two-sided track owes of losses.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Losses {
    rate: LossRate,
    benchmark_limit: Rate,
    revenue_limit: Option<Rate>,
}

/// How the loss rate is found.
#[derive(Clone, Debug, PartialEq, Eq)]
enum LossRate {
    Fixed(Rate),
    /// One less the sharing rate times the quality score, kept between two rates; the upper one where the standard is
    /// failed.
    ByQuality {
        lowest: Rate,
        highest: Rate,
    },
}

/// Which quality standard an organisation met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quality {
    Met,
    Alternative,
    Failed,
}

impl Pays for SharedSavings {
    const KIND: &'static str = "shared_savings";
    const PHASE: Phase = Phase::RiskShare;

    fn read(fields: &Fields) -> SharedSavings {
        SharedSavings {
            minimum: fields.required("minimum"),
            sharing: fields.required("sharing"),
            sequestration: fields.required("sequestration"),
            payment_limit: fields.required("payment_limit"),
            losses: fields.map("losses", read_losses),
        }
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, _: &ClauseRef) {
        if !facts.year_ended() {
            let text = format!("savings are due when {} has ended", facts.year);
            sheet.missing(Step::NotYetDue, None, LineState::NotYetDue, text);
            return;
        }
        let Some(year) = Experience::write(sheet, facts) else { return };
        let minimum_rate = self.minimum.write(sheet, facts, year.beneficiaries);
        let minimum = sheet.line(Step::Minimum, minimum_rate * year.benchmark);

        let earned = if sheet.amount(year.savings).is_negative() {
            self.owed(sheet, facts, &year, minimum)
        } else {
            self.earned(sheet, facts, &year, minimum)
        };
        if let Some(earned) = earned {
            sheet.owes(facts.payer(), facts.payee(), earned);
        }
    }

    fn exposures(&self, terms: &Terms) -> Vec<Exposure> {
        let more = Limit::PartOf(format!("{} of the benchmark", self.payment_limit));
        let less = match &self.losses {
            None => Limit::nothing(),
            Some(losses) => Limit::PartOf(format!("{} of the benchmark", losses.benchmark_limit)),
        };
        between(terms, more, less)
    }

    fn words(&self, told: &Told) -> String {
        let minimum = match &self.minimum {
            Minimum::Sliding => "a minimum rate that falls as the population grows".to_owned(),
            Minimum::Fixed(rate) => format!("{rate} of it"),
        };
        let losses = match &self.losses {
            None => "Losses are not shared.".to_owned(),
            Some(losses) => {
                let rate = match &losses.rate {
                    LossRate::Fixed(rate) => rate.to_string(),
                    LossRate::ByQuality { lowest, highest } => format!("{lowest} to {highest}, by quality,"),
                };
                let revenue = losses
                    .revenue_limit
                    .as_ref()
                    .map(|limit| format!(" or {limit} of its participants' revenue"));
                format!(
                    "Of losses that reach the minimum it owes {rate} from the first dollar, no more than {} of the \
                     benchmark{}.",
                    losses.benchmark_limit,
                    revenue.unwrap_or_default()
                )
            }
        };
        format!(
            "Savings are the benchmark less what was spent. Where they reach {minimum} and the quality standard is met, {} \
             earns {} of them from the first dollar, less {} sequestration, no more than {} of the benchmark. {losses}",
            told.payee(),
            self.sharing,
            self.sequestration,
            self.payment_limit
        )
    }
}

impl SharedSavings {
    /// Step 5 to 9 for savings: first-dollar sharing, sequestration, payment limit. Nothing where quality decides and is
    /// not measured.
    fn earned(
        &self,
        sheet: &mut Worksheet,
        facts: &Facts,
        year: &Experience,
        minimum: Figure<Money>,
    ) -> Option<Figure<Money>> {
        if !sheet.reaches(Step::MinimumReached, year.savings, minimum) {
            return Some(nothing(sheet, "savings are below the minimum to be shared"));
        }
        let rate = match write_quality(sheet, facts)? {
            Quality::Met => sheet.stated_rate(Step::SharingRate, &self.sharing),
            Quality::Alternative => {
                let score = write_quality_score(sheet, facts)?;
                sheet.line(Step::SharingRate, &self.sharing * score)
            }
            Quality::Failed => {
                return Some(nothing(sheet, "the quality standard is failed: no share of savings"));
            }
        };
        let shared = sheet.line(Step::SharedSavings, rate * year.savings);
        let kept = Rate::of(Exact::one() - self.sequestration.exact().clone());
        let sequestered = sheet.line(Step::AfterSequestration, &kept * shared);
        let limit = sheet.line(Step::PaymentLimit, &self.payment_limit * year.benchmark);
        Some(sheet.line(Step::Earned, sequestered.at_most(limit)))
    }

    /// Step 5 to 10 for losses: first-dollar sharing, loss limit, relief for disasters. Nothing where quality decides
    /// and is not measured.
    fn owed(
        &self,
        sheet: &mut Worksheet,
        facts: &Facts,
        year: &Experience,
        minimum: Figure<Money>,
    ) -> Option<Figure<Money>> {
        let losses = sheet.line(Step::Losses, Working::<Money>::constant(Exact::zero()) - year.savings);
        let Some(terms) = &self.losses else {
            return Some(nothing(sheet, "the track is one-sided: losses are not shared"));
        };
        if !sheet.reaches(Step::MinimumReached, losses, minimum) {
            return Some(nothing(sheet, "losses are below the minimum to be shared"));
        }
        let rate = self.loss_rate(sheet, facts, &terms.rate)?;
        let shared = sheet.line(Step::SharedLosses, rate * losses);
        let limit = terms.write_limit(sheet, facts, year.benchmark);
        let Some(relief) = facts.relief() else {
            let none = Working::<Money>::constant(Exact::zero());
            return Some(sheet.line(Step::Earned, none - shared.at_most(limit)));
        };
        let owed = sheet.line(Step::LossesOwed, shared.at_most(limit));
        let given =
            Given::new(relief.fact.amount, relief.fact.reason.clone(), vec![Source::Entry(relief.entry)]);
        let relief = sheet.given(Step::Relief, None, given);
        let none = Working::<Money>::constant(Exact::zero());
        Some(sheet.line(Step::Earned, none - (owed - relief).not_below(Money::ZERO)))
    }

    fn loss_rate(&self, sheet: &mut Worksheet, facts: &Facts, rate: &LossRate) -> Option<Figure<Rate>> {
        let (lowest, highest) = match rate {
            LossRate::Fixed(rate) => return Some(sheet.stated_rate(Step::LossRate, rate)),
            LossRate::ByQuality { lowest, highest } => (lowest, highest),
        };
        if write_quality(sheet, facts)? == Quality::Failed {
            return Some(sheet.stated_rate(Step::LossRate, highest));
        }
        let score = write_quality_score(sheet, facts)?;
        let one = Rate::of(Exact::one());
        Some(sheet.line(Step::LossRate, (&one - &self.sharing * score).within(lowest, highest)))
    }
}

impl Losses {
    /// The lesser of a part of the benchmark and a part of participants' revenue, where that revenue is recorded.
    fn write_limit(&self, sheet: &mut Worksheet, facts: &Facts, benchmark: Figure<Money>) -> Figure<Money> {
        let by_benchmark = &self.benchmark_limit * benchmark;
        let Some(part) = &self.revenue_limit else { return sheet.line(Step::LossLimit, by_benchmark) };
        let set = facts.benchmark();
        let Some((set, revenue)) = set.and_then(|b| Some((b, b.fact.participant_revenue?))) else {
            sheet.note(Step::RevenueLimit, "revenue limit not recorded, may owe less");
            return sheet.line(Step::LossLimit, by_benchmark);
        };
        let given =
            Given::new(revenue, "Parts A and B revenue of all participants", vec![Source::Entry(set.entry)]);
        let revenue: Figure<Money> = sheet.given(Step::Revenue, None, given);
        let by_revenue = sheet.line(Step::RevenueLimit, part * revenue);
        sheet.line(Step::LossLimit, by_benchmark.at_most(by_revenue))
    }
}

/// What the year came to: steps 1 and 2.
struct Experience {
    beneficiaries: Figure<Count>,
    benchmark: Figure<Money>,
    savings: Figure<Money>,
}

impl Experience {
    /// Writes beneficiaries, benchmark, expenditure and savings, or says which is not reported.
    fn write(sheet: &mut Worksheet, facts: &Facts) -> Option<Experience> {
        let missing = |sheet: &mut Worksheet, step: Step, what: &str| {
            sheet.missing(step, None, LineState::NotReported, format!("{what} is not recorded"));
        };
        let Some((count, source)) = facts.population(SharedSavings::ASSIGNED) else {
            missing(sheet, Step::Beneficiaries, "the number of assigned beneficiaries");
            return None;
        };
        let Some(set) = facts.benchmark() else {
            missing(sheet, Step::Benchmark, "the benchmark");
            return None;
        };
        let Some(expenditure) = facts.cost_of(facts.payer()).0 else {
            missing(sheet, Step::Expenditure, "the expenditure");
            return None;
        };
        let given = Given::new(count.exact().clone(), "assigned in the performance year", vec![source]);
        let beneficiaries = sheet.given(Step::Beneficiaries, None, given);
        let source = vec![Source::Entry(set.entry)];
        let benchmark = sheet.given(
            Step::Benchmark,
            None,
            Given::new(set.fact.amount, "updated benchmark", source.clone()),
        );
        let expenditure = sheet.given(Step::Expenditure, None, expenditure);
        let savings = match set.fact.stated_savings {
            Some(stated) => {
                let said = "as published, made from unrounded figures";
                let savings = sheet.given(Step::Savings, None, Given::new(stated, said, source));
                sheet.line(Step::SavingsCheck, benchmark - expenditure - savings);
                savings
            }
            None => sheet.line(Step::Savings, benchmark - expenditure),
        };
        Some(Experience { beneficiaries, benchmark, savings })
    }
}

impl Minimum {
    fn write(&self, sheet: &mut Worksheet, facts: &Facts, beneficiaries: Figure<Count>) -> Figure<Rate> {
        if let Some((set, rate)) =
            facts.benchmark().and_then(|set| Some((set, set.fact.stated_minimum_rate.as_ref()?)))
        {
            let said = "as published, where it differs from the rule";
            let given = Given::new(rate.exact().clone(), said, vec![Source::Entry(set.entry)]);
            return sheet.given(Step::MinimumRate, None, given);
        }
        let n = sheet.amount(beneficiaries);
        match self {
            Minimum::Fixed(rate) if n >= Exact::from(SharedSavings::FULL_SIZE) => {
                sheet.stated_rate(Step::MinimumRate, rate)
            }
            Minimum::Fixed(_) | Minimum::Sliding => scale::write(sheet, beneficiaries),
        }
    }
}

fn nothing(sheet: &mut Worksheet, why: &str) -> Figure<Money> {
    sheet.note(Step::NothingDue, why);
    sheet.given(Step::Earned, None, Given::new(Exact::zero(), why, Vec::new()))
}

fn indicator(name: &str) -> IndicatorId {
    name.parse().unwrap_or_default()
}

/// The quality score, or a line that says it is not measured.
fn write_quality_score(sheet: &mut Worksheet, facts: &Facts) -> Option<Figure<Rate>> {
    let Some(measured) = facts.measurement(&indicator(SharedSavings::QUALITY_SCORE)) else {
        not_measured(sheet, Step::QualityScore, "the quality score");
        return None;
    };
    let source = vec![Source::Entry(measured.entry)];
    let given = Given::new(measured.fact.value.exact().clone(), "as measured", source);
    Some(sheet.given(Step::QualityScore, None, given))
}

/// Which standard was met, or a line that says neither is measured: that is not a failure.
fn write_quality(sheet: &mut Worksheet, facts: &Facts) -> Option<Quality> {
    let measured = |name: &str| facts.measurement(&indicator(name));
    let (standard, alternative) =
        (measured(SharedSavings::STANDARD_MET), measured(SharedSavings::ALTERNATIVE_MET));
    let met = |m: &&Entered<OutcomeMeasured>| *m.fact.value.exact() == Exact::one();
    let (quality, entries, text) = match (standard.filter(met), alternative.filter(met)) {
        (Some(standard), _) => (Quality::Met, vec![standard.entry], "met"),
        (None, Some(alternative)) => {
            (Quality::Alternative, vec![alternative.entry], "the alternative standard is met")
        }
        (None, None) if standard.is_none() => {
            not_measured(sheet, Step::QualityStandard, "whether the quality standard is met");
            return None;
        }
        (None, None) => {
            let entries = [standard, alternative].into_iter().flatten().map(|m| m.entry).collect();
            (Quality::Failed, entries, "failed")
        }
    };
    let sources = entries.into_iter().map(Source::Entry).collect();
    sheet.note_of(Step::QualityStandard, Span::Year(facts.year), text.to_owned(), sources);
    Some(quality)
}

fn not_measured(sheet: &mut Worksheet, step: Step, what: &str) {
    sheet.missing(step, None, LineState::NotMeasured, format!("{what} is not recorded"));
}

fn read_losses(fields: &Fields) -> Losses {
    let rate = match fields.optional::<Rate>("rate") {
        Some(rate) => LossRate::Fixed(rate),
        None => {
            LossRate::ByQuality { lowest: fields.required("lowest"), highest: fields.required("highest") }
        }
    };
    Losses {
        rate,
        benchmark_limit: fields.required("benchmark_limit"),
        revenue_limit: fields.optional("revenue_limit"),
    }
}

impl Field for Minimum {
    const EXPECTED: &'static str = "`sliding` or a rate such as 2%";

    fn read(text: &str) -> Result<Minimum, String> {
        match text {
            "sliding" => Ok(Minimum::Sliding),
            rate => rate.parse().map(Minimum::Fixed).map_err(|e: crate::rate::NotARate| e.to_string()),
        }
    }

    fn placeholder() -> Minimum {
        Minimum::Sliding
    }
}
