//! # Capitation
//!
//! **What it pays.** A rate for each person on the list, weighted by band. The rate is the budget divided by
//! the weighted list at baseline, held to `rate_decimals` places (4 unless stated) for the whole year. Each
//! period (`list: monthly`, `quarterly` or `yearly`) pays by the list of its first month: list times rate
//! times the period's months, over the months of the year. So the payer bears growth of the list, and the
//! payee the cost per head. With a `tolerance`, a list that moved by less than that part of the baseline pays
//! as the baseline; beyond it the whole movement counts. With a `score_growth_cap`, the weighted list per
//! head is paid for only up to the baseline's with that growth, so that better coding alone does not raise
//! the payment. Budget and weights may be dated: each part of the year then has its own rate, from the
//! baseline under its own weights. With `weights` bands have those of the published list of that name that is
//! in force in the month.
//!
//! **When nothing is due.** A period whose list is not reported, or lacks a band, has no amount: neither the
//! last list nor zero is taken in its place. A later list of the same month replaces the earlier one. Nor has
//! a month an amount in which a band has no published weight.
//!
//! **Clause.** Local; see Monitor's guidance on capitation.
//!
//! **Worked example.** £30,000,000.00 over a weighted list of 48,800 is a rate of 614.7541. Weighted lists of
//! 48,800, 49,620, 49,595 and 50,150 pay 7,500,000.02, 7,626,024.61, 7,622,182.40 and 7,707,479.53:
//! £30,455,686.56, which is £455,686.56 above the budget, 8p of it from holding the rate to four places.

use super::parts::{Part, parts};
use super::{Envelope, Pays, Phase, Told, all};
use crate::exact::Exact;
use crate::facts::Facts;
use crate::headroom::Commitment;
use crate::money::Money;
use crate::name::{ClauseRef, PriceListId};
use crate::rate::{Count, Rate};
use crate::terms::{Dated, Fields, Terms, reader};
use crate::verb::population::PopulationReported;
use crate::worksheet::{
    Figure, Given, LineState, MOST_PLACES, Operand, Price, Source, Step, Working, Worksheet, count, sum,
};
use crate::year::Month;

/// A rate per weighted head of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capitation {
    budget: Dated<Money>,
    bands: Vec<Band>,
    /// The published list that weighs the bands, where the contract does not.
    weights: Option<PriceListId>,
    list: ListDate,
    rate_decimals: u32,
    tolerance: Option<Rate>,
    score_growth_cap: Option<Rate>,
}

/// A band of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Band {
    band: String,
    /// Its weight by the contract; nothing where a published list has it.
    weight: Option<Dated<Count>>,
    baseline: Count,
}

/// How often the list that pays is taken anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ListDate {
    Monthly,
    Quarterly,
    Yearly,
}
reader::words!(ListDate { Monthly = "monthly", Quarterly = "quarterly", Yearly = "yearly" });

/// Months that pay by one list, that of the first month of their period, at one rate.
struct Period {
    list: Month,
    first: Month,
    ended: usize,
    era: usize,
}

/// A part of the year with one budget and one set of weights, and so one rate.
struct Era {
    part: Part,
    budget: Figure<Money>,
    /// Nothing where a band has no weight.
    rated: Option<Rated>,
}

/// What a person of a band counts for.
enum Weight {
    /// As the contract says.
    Stated(Count),
    /// As it is published, on a line of its own.
    Published(Figure<Count>),
}

/// What is paid for a weighted head.
struct Rated {
    weights: Vec<Weight>,
    baseline: Figure<Count>,
    score_limit: Option<Figure<Rate>>,
    rate: Figure<Price>,
}

impl Pays for Capitation {
    const KIND: &'static str = "capitation";
    const PHASE: Phase = Phase::Base;

    fn read(fields: &Fields) -> Capitation {
        let weights = fields.optional("weights");
        let listed = weights.is_some();
        let terms = Capitation {
            budget: fields.dated("budget"),
            bands: fields.list("bands", |f| Band {
                band: f.required("band"),
                weight: (!listed).then(|| f.dated("weight")),
                baseline: f.required("baseline"),
            }),
            weights,
            list: fields.optional("list").unwrap_or(ListDate::Quarterly),
            rate_decimals: read_decimals(fields),
            tolerance: fields.optional("tolerance"),
            score_growth_cap: fields.optional("score_growth_cap"),
        };
        terms.note_faults(fields);
        terms
    }

    fn writes(&self) -> Vec<Step> {
        vec![Step::Budget, Step::BudgetToDate, Step::Capitation, Step::RateRounding, Step::AgainstBudget]
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, _: &ClauseRef) {
        let changes = self.bands.iter().filter_map(|band| band.weight.as_ref()).flat_map(Dated::changes);
        let changes = self.budget.changes().chain(changes).chain(self.publications(facts));
        let parts = parts(facts, changes);
        let eras: Vec<Era> = parts.into_iter().map(|part| self.era(sheet, facts, part)).collect();
        let year = count(facts.year.months().len());
        if eras.len() > 1 {
            let of_era = |era: &Era| era.budget * count(era.part.months.len()) / year.clone();
            sheet.line(Step::Budget, total(&eras, of_era));
        }

        if !facts.year_ended() || facts.part_of_year().0 < facts.part_of_year().1 {
            let ended = |era: &Era| era.budget * count(era.part.ended.len()) / year.clone();
            sheet.line(Step::BudgetToDate, total(&eras, ended));
        }
        let periods = self.periods(facts, &eras);
        let mut paid = Vec::new();
        for period in &periods {
            let era = &eras[period.era];
            let Some(rated) = &era.rated else { continue };
            let Some(list) = self.list_that_pays(sheet, facts, period, rated) else { continue };
            let payment = list * rated.rate * count(period.ended) / year.clone();
            paid.push(sheet.line_of(Step::Capitation, period.first, payment));
        }
        if paid.is_empty() {
            return;
        }
        let every_period = paid.len() == periods.len();
        let capitation = sheet.line(Step::Capitation, sum(paid));
        sheet.owes(facts.payer(), facts.payee(), capitation);
        if every_period {
            let ended = |era: &Era| count(era.part.ended.len());
            let paid = eras.iter().filter_map(|era| Some((era, era.rated.as_ref()?)));
            let rounding = paid.map(|(era, Rated { baseline, rate, .. })| {
                (*baseline * *rate - era.budget) * ended(era) / year.clone()
            });
            sheet.line(Step::RateRounding, added_up(rounding));
            let budget = total(&eras, |era| era.budget * ended(era) / year.clone());
            sheet.line(Step::AgainstBudget, capitation - budget);
        }
    }

    fn unbounded(&self) -> Option<&'static str> {
        Some("growth of the list is paid without a limit")
    }

    fn price_list(&self) -> Option<&PriceListId> {
        self.weights.as_ref()
    }

    fn envelope(&self) -> Option<Envelope> {
        Some(Envelope { year: Step::Budget, to_date: Some(Step::BudgetToDate) })
    }

    fn commitment(&self, _: &Terms) -> Option<Commitment> {
        Some(Commitment { planned: Some((*self.budget.latest()).into()), most: None, least: Exact::zero() })
    }

    fn words(&self, told: &Told) -> String {
        let list = match self.list {
            ListDate::Monthly => "every month",
            ListDate::Quarterly => "every quarter",
            ListDate::Yearly => "once a year",
        };
        let weighed = |b: &Band| match &b.weight {
            Some(weight) => format!("{} at {weight}", b.band),
            None => b.band.clone(),
        };
        let bands = all(self.bands.iter().map(weighed));
        let bands = match &self.weights {
            Some(list) => format!("{bands}, each as published in {list}"),
            None => bands,
        };
        let tolerance = self
            .tolerance
            .as_ref()
            .map(|part| format!(" A list that moved by less than {part} pays as at baseline."));
        let growth = self
            .score_growth_cap
            .as_ref()
            .map(|cap| format!(" Weight per head is paid for only up to {cap} above the baseline's."));
        format!(
            "{} pays {} for each person on the list, weighted by band ({}). The rate is {} a year over the weighted list at \
             baseline; the list is taken anew {list}.{}{}",
            told.payer(),
            told.payee(),
            bands,
            told.dated(&self.budget),
            tolerance.unwrap_or_default(),
            growth.unwrap_or_default()
        )
    }
}

impl Capitation {
    fn periods(&self, facts: &Facts, eras: &[Era]) -> Vec<Period> {
        let length = match self.list {
            ListDate::Monthly => 1,
            ListDate::Quarterly => 3,
            ListDate::Yearly => facts.year.months().len(),
        };
        let months = facts.months_ended();
        let era = |month: &Month| eras.iter().position(|era| era.part.months.contains(month)).unwrap_or(0);
        let of_list = |months: &[Month]| -> Vec<Period> {
            let runs = months.chunk_by(|a, b| era(a) == era(b));
            let list = months[0];
            runs.map(|run| Period { list, first: run[0], ended: run.len(), era: era(&run[0]) }).collect()
        };
        months.chunks(length).flat_map(of_list).collect()
    }

    /// The months with which a publication gives a band another weight.
    fn publications(&self, facts: &Facts) -> Vec<Month> {
        let weights = |month: &Month| -> Vec<Option<&Count>> {
            let list = self.weights.as_ref().and_then(|list| facts.book.prices_in_force(list, *month));
            self.bands.iter().map(|band| list?.fact.weight_of(&band.band)).collect()
        };
        let months = facts.months();
        months.windows(2).filter(|pair| weights(&pair[0]) != weights(&pair[1])).map(|pair| pair[1]).collect()
    }

    /// Writes the budget and what is paid for a head, for one part of the year.
    fn era(&self, sheet: &mut Worksheet, facts: &Facts, part: Part) -> Era {
        let given = Given::new(*part.value(&self.budget), "as the clause states", Vec::new());
        let budget = sheet.given(Step::Budget, part.name.clone(), given);
        let rated = self.weights(sheet, facts, &part).map(|weights| self.rate(sheet, &part, budget, weights));
        Era { part, budget, rated }
    }

    /// What a person of each band counts for. Each published weight is written, and those that are missing
    /// are named.
    fn weights(&self, sheet: &mut Worksheet, facts: &Facts, part: &Part) -> Option<Vec<Weight>> {
        let Some(list) = &self.weights else {
            let own = |band: &Band| Some(Weight::Stated(part.value(band.weight.as_ref()?).clone()));
            return self.bands.iter().map(own).collect();
        };
        let month = part.months.first()?;
        let published = facts.book.prices_in_force(list, *month);
        let weight = |band: &Band| published?.fact.weight_of(&band.band);
        let lacking: Vec<&str> =
            self.bands.iter().filter(|b| weight(b).is_none()).map(|b| b.band.as_str()).collect();
        if !lacking.is_empty() {
            let text = format!("{list} has no weight of {} in {month}", lacking.join(", "));
            let begun = !part.ended.is_empty();
            let state = if begun { LineState::NotReported } else { LineState::NotYetDue };
            sheet.missing(Step::HeadRate, part.name.clone(), state, text);
            return None;
        }
        let source: Vec<Source> = published.iter().map(|list| Source::Entry(list.entry)).collect();
        let written = self.bands.iter().filter_map(|band| {
            let given = Given::new(weight(band)?.exact().clone(), format!("by {list}"), source.clone());
            let subject = part.of(&format!("weight {}", band.band));
            Some(Weight::Published(sheet.given(Step::InForce, Some(subject), given)))
        });
        Some(written.collect())
    }

    /// Writes what the list at baseline comes to and the rate per head, for one part of the year.
    fn rate(&self, sheet: &mut Worksheet, part: &Part, budget: Figure<Money>, weights: Vec<Weight>) -> Rated {
        let counts: Vec<Figure<Count>> = self
            .bands
            .iter()
            .map(|b| {
                let given = Given::new(b.baseline.exact().clone(), "as the clause states", Vec::new());
                sheet.given(Step::ListCount, Some(part.of(&format!("baseline {}", b.band))), given)
            })
            .collect();
        let of = part.of("baseline");
        let weighted = sheet.line_of(Step::WeightedList, &of, weighted_by(&weights, &counts));
        let score_limit = self.score_growth_cap.as_ref().map(|cap| {
            let heads = sheet.line_of(Step::Heads, &of, sum(counts));
            let score = sheet.line_of(Step::RiskScore, &of, weighted / heads);
            sheet.line_if_of(Step::ScoreLimit, part.name.as_deref(), score + cap * score)
        });
        let per_head = budget / weighted;
        let rate = sheet.price(Step::HeadRate, part.name.as_deref(), per_head, self.rate_decimals);
        Rated { weights, baseline: weighted, score_limit, rate }
    }

    /// The weighted list of a period, within the score limit and the tolerance; nothing where it is not
    /// reported.
    fn list_that_pays(
        &self,
        sheet: &mut Worksheet,
        facts: &Facts,
        period: &Period,
        rated: &Rated,
    ) -> Option<Figure<Count>> {
        let month = period.first;
        let counts = self.counts(sheet, facts, period)?;
        let mut list = sheet.line_of(Step::WeightedList, month, weighted_by(&rated.weights, &counts));
        if let Some(limit) = rated.score_limit {
            let heads = sheet.line_of(Step::Heads, month, sum(counts));
            let capped = sheet.line_of(Step::CappedList, month, list.at_most(heads * limit));
            let months = count(period.ended);
            let withheld = (list - capped) * rated.rate * months / count(facts.year.months().len());
            sheet.line_of(Step::CapWithheld, month, withheld);
            list = capped;
        }
        if let Some(tolerance) = &self.tolerance {
            let movement = sheet.line_of(Step::ListMovement, month, list - rated.baseline);
            let either_way = movement.not_below(rated.baseline - list);
            let moved = sheet.reaches_of(Step::ListMoved, month, either_way, tolerance * rated.baseline);
            list = if moved { list } else { rated.baseline };
        }
        Some(list)
    }

    /// Writes how many people each band has on the list of a month; names the list or the band that is
    /// missing.
    fn counts(&self, sheet: &mut Worksheet, facts: &Facts, period: &Period) -> Option<Vec<Figure<Count>>> {
        let (list, month) = (facts.list_of(period.list), period.first);
        let Some(list) = list else {
            let month = period.list;
            let text = format!("no list for {month}");
            sheet.missing(Step::NotReported, Some(month.to_string()), LineState::NotReported, text);
            return None;
        };
        let reported = |b: &Band| list.fact.bands.iter().find(|r| r.band == b.band);
        let missing: Vec<&str> =
            self.bands.iter().filter(|b| reported(b).is_none()).map(|b| b.band.as_str()).collect();
        if !missing.is_empty() {
            let text = format!("the list for {month} has no count of {}", missing.join(", "));
            sheet.missing(Step::NotReported, Some(month.to_string()), LineState::NotReported, text);
            return None;
        }
        self.name_unknown_bands(sheet, &list.fact, month);
        let source = vec![Source::Entry(list.entry)];
        let write = |b: &crate::verb::population::Band| {
            let given = Given::new(b.count.exact().clone(), "as listed", source.clone());
            sheet.given(Step::ListCount, Some(format!("{month} {}", b.band)), given)
        };
        Some(self.bands.iter().filter_map(reported).map(write).collect())
    }

    /// People in a band that the terms do not weigh are not paid for, and are never dropped without a word.
    fn name_unknown_bands(&self, sheet: &mut Worksheet, list: &PopulationReported, month: Month) {
        for band in list.bands.iter().filter(|r| self.bands.iter().all(|b| b.band != r.band)) {
            let text =
                format!("{} people in `{}`, a band without a weight: not paid for", band.count, band.band);
            sheet.note_of(Step::ListCount, format!("{month} {}", band.band), text, Vec::new());
        }
    }

    fn note_faults(&self, fields: &Fields) {
        if self.bands.is_empty() {
            let hint = "write `bands:` with each band's weight and baseline";
            fields.missing("bands", "`bands` is missing: there is no rate per head", hint);
            return;
        }
        let negative = |c: &Count| c.exact().is_negative();
        let weights = |b: &Band| b.weight.as_ref().is_some_and(|weight| weight.values().any(negative));
        if let Some(i) = self.bands.iter().position(|b| weights(b) || negative(&b.baseline)) {
            let hint = "write a weight such as 1.80 and how many people the band had at baseline";
            fields.fault(&format!("bands/{i}"), "a weight or a count is negative", hint);
        }
        super::distinct(fields, "bands", self.bands.iter().map(|b| b.band.as_str()));
        let latest =
            |b: &Band| b.weight.as_ref().map_or_else(Exact::one, |weight| weight.latest().exact().clone());
        let weighted: Exact = self.bands.iter().map(|b| &latest(b) * b.baseline.exact()).sum();
        if weighted.is_zero() {
            let message = "the weighted list at baseline is nothing, so there is no rate per head";
            fields.fault("bands", message, "write `bands:` with each band's weight and baseline");
        }
    }
}

impl Weight {
    fn of(&self, people: Figure<Count>) -> Working<Count> {
        match self {
            Weight::Stated(weight) => weight * people,
            Weight::Published(weight) => *weight * people,
        }
    }
}

/// Each band's people times its weight, added up.
fn weighted_by(weights: &[Weight], counts: &[Figure<Count>]) -> Working<Count> {
    let bands = weights.iter().zip(counts).map(|(weight, people)| weight.of(*people));
    bands.reduce(|all, band| all + band).unwrap_or_else(|| count(0))
}

/// Something of every part of the year, added up.
fn total(eras: &[Era], of: impl Fn(&Era) -> Working<Money>) -> Working<Money> {
    added_up(eras.iter().map(of))
}

fn added_up(parts: impl Iterator<Item = Working<Money>>) -> Working<Money> {
    parts.reduce(|all, part| all + part).unwrap_or_else(|| Working::constant(Exact::zero()))
}

fn read_decimals(fields: &Fields) -> u32 {
    let Some(decimals) = fields.optional::<Count>("rate_decimals") else { return 4 };
    let read = decimals.to_string().parse().ok().filter(|d| *d <= MOST_PLACES);
    read.unwrap_or_else(|| {
        let hint = format!("write a whole number from 0 to {MOST_PLACES}");
        fields.fault("rate_decimals", format!("{decimals} is not a number of decimal places"), hint);
        4
    })
}
