//! # Medicare shared savings
//!
//! **What it pays.** Savings are the benchmark less the expenditure of the performance year. Where they reach
//! the minimum rate, the organisation earns its sharing rate times all of them, from the first dollar, after
//! sequestration and within the payment limit. Where losses reach the minimum and the track is two-sided, it
//! owes the loss rate times all of them, within the loss limit, less relief for disasters. An advance
//! outstanding is recouped from what is earned, and shown beside it: what is payable is before recoupment.
//!
//! **When nothing is due.** Savings or losses below the minimum; savings where the quality standard is
//! failed, where the agreement ended within the year (`terminated-mid-year`), and where only the guardrail of
//! the blended benchmark made them savings (`benchmark-guardrail`); losses in a one-sided track. Where
//! quality decides and is not measured, the year comes to no amount yet: that is not a failure.
//!
//! **Clause.** 42 CFR 425.604 (Track 1), 425.606 (Track 2), 425.610 (Track 3 and ENHANCED), 425.605 (BASIC),
//! the Track 1+ model; CMS, Shared Savings and Losses Specifications v11, 4.3.
//!
//! | track | sharing | payment limit | loss rate | loss limit |
//! |---|---:|---:|---|---|
//! | Track 1 | 50% | 10% | none | none |
//! | Track 2 | 60% | 15% | 1 less final sharing rate, 40% to 60% | 5%, 7.5%, 10% of benchmark by year in the track |
//! | Track 3, ENHANCED | 75% | 20% | 1 less 75% of quality score, 40% to 75% | 15% of benchmark |
//! | Track 1+ | 50% | 10% | 30% | 4% of benchmark or 8% of revenue, by composition |
//! | BASIC A, B | 40% | 10% | none | none |
//! | BASIC C, D, E | 50% | 10% | 30% | the lesser of 1%, 2%, 4% of benchmark and 2%, 4%, 8% of revenue |
//!
//! **Quality.** `quality: gate` (also where nothing is said; 2013, and from 2021): who meets the standard has
//! the full sharing rate, who meets only the alternative one has it times the score (425.512). `quality:
//! scale` (2014 to 2020): the sharing rate is always the full one times the score. A failed standard shares
//! nothing, and owes the highest loss rate.
//!
//! **Further terms.** `minimum` is a rate that the organisation chose, or `sliding`, by its people
//! (425.604(b)). `below_minimum: 50%`: with at least 5,000 people, savings below the minimum earn this part
//! of the sharing rate (425.605(h), from 2024). `months: 6`: benchmark and expenditure are those of a
//! half-year and relief is stated for the calendar year, so it counts by months (425.609, first half of
//! 2019).
//!
//! **Worked example.** Benchmark $500,000,000, expenditure $487,000,000, 60,000 beneficiaries, level B:
//! savings of $13,000,000 reach 2% ($10,000,000); 40% is $5,200,000; less 2% is $5,096,000, below the limit
//! of $50,000,000.

use super::quality_standard::{self, QualityStandard};
use super::{Pays, Phase, Told, scale};
use crate::exact::Exact;
use crate::exposure::{Exposure, Limit, between};
use crate::facts::Facts;
use crate::money::Money;
use crate::name::ClauseRef;
use crate::rate::{Count, Rate};
use crate::terms::{Field, Fields, Terms, reader};
use crate::worksheet::{Figure, Given, LineState, Operand, Source, Step, Working, Worksheet};

/// Savings and losses shared with Medicare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedSavings {
    minimum: Minimum,
    sharing: Rate,
    quality: QualityRule,
    below_minimum: Option<Rate>,
    sequestration: Rate,
    payment_limit: Rate,
    months: Option<Count>,
    losses: Option<Losses>,
}

impl SharedSavings {
    /// The band of a population that counts the people assigned to the organisation.
    pub const ASSIGNED: &str = "assigned beneficiaries";
    /// The indicator that is 1 where the quality standard is met.
    pub const STANDARD_MET: &str = quality_standard::STANDARD_MET;
    /// The indicator that is 1 where only the alternative quality standard is met.
    pub const ALTERNATIVE_MET: &str = quality_standard::ALTERNATIVE_MET;
    /// The indicator that holds the quality score, as a fraction of one.
    pub const QUALITY_SCORE: &str = quality_standard::QUALITY_SCORE;
    /// The indicator that is 1 where the agreement ended before the performance year did (425.221(b)).
    pub const TERMINATED: &str = "terminated-mid-year";
    /// The indicator that is 1 where the two-way blend of the benchmark was used because the three-way blend
    /// would have made losses (425.652).
    pub const GUARDRAIL: &str = "benchmark-guardrail";
    /// Below this many beneficiaries a fixed minimum rate gives way to the sliding scale (425.110(b)(3)).
    pub const FULL_SIZE: i64 = 5_000;

    /// The minimum rate that the sliding scale gives a number of beneficiaries; nothing below 500, where it
    /// is not published. An importer compares it with what was published.
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

/// What the quality score does to the sharing rate of who meets the standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum QualityRule {
    /// Nothing: the full rate.
    Gate,
    /// It scales the rate.
    Scale,
}

reader::words!(QualityRule { Gate = "gate", Scale = "scale" });

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
    /// One less the sharing rate times the quality score, kept between two rates; the upper one where the
    /// standard is failed.
    ByQuality {
        lowest: Rate,
        highest: Rate,
    },
}

impl Pays for SharedSavings {
    const KIND: &'static str = "shared_savings";
    const PHASE: Phase = Phase::RiskShare;

    fn read(fields: &Fields) -> SharedSavings {
        SharedSavings {
            minimum: fields.required("minimum"),
            sharing: fields.required("sharing"),
            quality: fields.optional("quality").unwrap_or(QualityRule::Gate),
            below_minimum: fields.optional("below_minimum"),
            sequestration: fields.required("sequestration"),
            payment_limit: fields.required("payment_limit"),
            months: read_months(fields),
            losses: fields.map("losses", read_losses),
        }
    }

    fn writes(&self) -> Vec<Step> {
        vec![Step::Benchmark, Step::Expenditure, Step::Savings, Step::Minimum, Step::Earned]
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, _: &ClauseRef) {
        if !facts.year_ended() {
            let text = format!("savings are due when {} has ended", facts.year);
            sheet.missing(Step::NotYetDue, None, LineState::NotYetDue, text);
            return;
        }
        let months = self.months.as_ref().map(|months| {
            let said = "of twelve: benchmark and expenditure are those of these months";
            sheet.given(Step::PerformanceMonths, None, Given::new(months.exact().clone(), said, Vec::new()))
        });
        let Some(year) = Experience::write(sheet, facts, months) else { return };
        let minimum_rate = self.minimum.write(sheet, facts, year.beneficiaries);
        let minimum = sheet.line(Step::Minimum, minimum_rate * year.benchmark);

        let earned = if sheet.amount(year.savings).is_negative() {
            self.owed(sheet, facts, &year, minimum)
        } else {
            self.earned(sheet, facts, &year, minimum)
        };
        if let Some(earned) = earned {
            sheet.owes(facts.payer(), facts.payee(), earned);
            write_recoupment(sheet, facts, earned);
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
        let by_score = if self.quality == QualityRule::Scale { " times the quality score" } else { "" };
        let below = self.below_minimum.as_ref().map(|part| {
            let people = SharedSavings::FULL_SIZE;
            format!(" With at least {people} people, savings below the minimum earn {part} of that rate.")
        });
        let months = self.months.as_ref().map(|months| format!(" Relief counts for {months} of 12 months."));
        let further = [below, months].into_iter().flatten().collect::<String>();
        format!(
            "Savings are the benchmark less what was spent. Where they reach {minimum} and the quality standard is met, {} \
             earns {}{by_score} of them from the first dollar, less {} sequestration, no more than {} of the \
             benchmark. {losses}{further}",
            told.payee(),
            self.sharing,
            self.sequestration,
            self.payment_limit
        )
    }
}

impl SharedSavings {
    /// Step 5 to 9 for savings: first-dollar sharing, sequestration, payment limit. Nothing where quality
    /// decides and is not measured.
    fn earned(
        &self,
        sheet: &mut Worksheet,
        facts: &Facts,
        year: &Experience,
        minimum: Figure<Money>,
    ) -> Option<Figure<Money>> {
        let part = match sheet.reaches(Step::MinimumReached, year.savings, minimum) {
            true => None,
            false => match self.part_below_the_minimum(sheet, year) {
                Some(part) => Some(part),
                None => return Some(nothing(sheet, "savings are below the minimum to be shared")),
            },
        };
        if let Some(why) = not_shared(facts) {
            return Some(nothing(sheet, why));
        }
        let full = match quality_standard::write_standard(sheet, facts)? {
            QualityStandard::Met if self.quality == QualityRule::Gate => {
                sheet.stated_rate(Step::SharingRate, &self.sharing)
            }
            QualityStandard::Met | QualityStandard::Alternative => {
                let score = quality_standard::write_score(sheet, facts)?;
                sheet.line(Step::SharingRate, &self.sharing * score)
            }
            QualityStandard::Failed => {
                return Some(nothing(sheet, "the quality standard is failed: no share of savings"));
            }
        };
        let rate = part.map_or(full, |part| sheet.line(Step::ReducedSharingRate, part * full));
        let shared = sheet.line(Step::SharedSavings, rate * year.savings);
        let kept = Rate::of(Exact::one() - self.sequestration.exact().clone());
        let sequestered = sheet.line(Step::AfterSequestration, &kept * shared);
        let limit = sheet.line(Step::PaymentLimit, &self.payment_limit * year.benchmark);
        Some(sheet.line(Step::Earned, sequestered.at_most(limit)))
    }

    /// The part of the sharing rate that savings below the minimum earn, where they earn any (425.605(h)).
    fn part_below_the_minimum(&self, sheet: &Worksheet, year: &Experience) -> Option<&Rate> {
        let full_size = sheet.amount(year.beneficiaries) >= Exact::from(SharedSavings::FULL_SIZE);
        let saved = !sheet.amount(year.savings).is_zero();
        self.below_minimum.as_ref().filter(|_| full_size && saved)
    }

    /// Step 5 to 10 for losses: first-dollar sharing, loss limit, relief for disasters. Nothing where quality
    /// decides and is not measured.
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
        if quality_standard::flagged(facts, SharedSavings::TERMINATED).is_some() {
            let text = "losses are owed for the months in the program, which are not recorded: may owe less";
            sheet.note(Step::Terminated, text);
        }
        let rate = self.loss_rate(sheet, facts, &terms.rate)?;
        let shared = sheet.line(Step::SharedLosses, rate * losses);
        let limit = terms.write_limit(sheet, facts, year.benchmark);
        let none = Working::<Money>::constant(Exact::zero());
        let Some(relief) = facts.relief() else {
            return Some(sheet.line(Step::Earned, none - shared.at_most(limit)));
        };
        let owed = sheet.line(Step::LossesOwed, shared.at_most(limit));
        let given =
            Given::new(relief.fact.amount, relief.fact.reason.clone(), vec![Source::Entry(relief.entry)]);
        let relief = match year.months {
            None => sheet.given(Step::Relief, None, given),
            Some(months) => {
                let whole: Figure<Money> = sheet.given(Step::CalendarYearRelief, None, given);
                sheet.line(Step::Relief, whole * months / &Count::of(12))
            }
        };
        Some(sheet.line(Step::Earned, none - (owed - relief).not_below(Money::ZERO)))
    }

    fn loss_rate(&self, sheet: &mut Worksheet, facts: &Facts, rate: &LossRate) -> Option<Figure<Rate>> {
        let (lowest, highest) = match rate {
            LossRate::Fixed(rate) => return Some(sheet.stated_rate(Step::LossRate, rate)),
            LossRate::ByQuality { lowest, highest } => (lowest, highest),
        };
        if quality_standard::write_standard(sheet, facts)? == QualityStandard::Failed {
            return Some(sheet.stated_rate(Step::LossRate, highest));
        }
        let score = quality_standard::write_score(sheet, facts)?;
        let one = Rate::of(Exact::one());
        Some(sheet.line(Step::LossRate, (&one - &self.sharing * score).within(lowest, highest)))
    }
}

impl Losses {
    /// The lesser of a part of the benchmark and a part of participants' revenue, where that revenue is
    /// recorded.
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
    /// How many months count, where it is not the whole year.
    months: Option<Figure<Count>>,
    beneficiaries: Figure<Count>,
    benchmark: Figure<Money>,
    savings: Figure<Money>,
}

impl Experience {
    /// Writes beneficiaries, benchmark, expenditure and savings, or says which is not reported.
    fn write(sheet: &mut Worksheet, facts: &Facts, months: Option<Figure<Count>>) -> Option<Experience> {
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
        Some(Experience { months, beneficiaries, benchmark, savings })
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

/// Why savings that reach the minimum are not shared at all, if so.
fn not_shared(facts: &Facts) -> Option<&'static str> {
    let flagged = |name| quality_standard::flagged(facts, name).is_some();
    if flagged(SharedSavings::TERMINATED) {
        Some("the agreement ended before the performance year did: no share of savings")
    } else if flagged(SharedSavings::GUARDRAIL) {
        Some("the three-way blend of the benchmark would have made losses: neither savings nor losses")
    } else {
        None
    }
}

/// What of an advance is kept back from what is earned (425.630), and what is left of it.
fn write_recoupment(sheet: &mut Worksheet, facts: &Facts, earned: Figure<Money>) {
    let Some(advance) = facts.advance() else { return };
    let given = Given::new(advance.fact.amount, "as stated", vec![Source::Entry(advance.entry)]);
    let advance: Figure<Money> = sheet.given(Step::Advance, None, given);
    let recouped = sheet.line(Step::AdvanceRecouped, advance.at_most(earned.not_below(Money::ZERO)));
    sheet.line(Step::AdvanceCarried, advance - recouped);
}

fn read_months(fields: &Fields) -> Option<Count> {
    let months: Count = fields.optional("months")?;
    if (1..=12).any(|n| *months.exact() == Exact::from(n)) {
        return Some(months);
    }
    fields.fault("months", format!("{months} is no number of months"), "write a whole number from 1 to 12");
    None
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
