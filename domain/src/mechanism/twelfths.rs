//! Fixed sums month by month: cumulatively, so that the months of a stream sum to it to the penny.
//!
//! `pay(m) = R(A × m/n) - R(A × (m-1)/n)`. Each stream (the base, each variation) runs by itself from its
//! first month; arrears are what a stream would have had scheduled before the month of its signature. Cash is
//! not looked at.

use super::parts::{Part, parts};
use crate::book::Entered;
use crate::exact::Exact;
use crate::facts::Facts;
use crate::money::{Money, Unit};
use crate::name::ClauseRef;
use crate::statement::Scheduled;
use crate::terms::Dated;
use crate::verb::vary::ContractVaried;
use crate::worksheet::{Figure, Given, Source, Step, Working, Worksheet, count};
use crate::year::Month;

/// Months in a full year, of which a full-year effect is always twelfths.
const FULL_YEAR: i64 = 12;

/// What an annual amount comes to by the last whole month ended; the amount itself once the year has ended.
pub(super) fn to_date(
    sheet: &mut Worksheet,
    step: Step,
    annual: Figure<Money>,
    facts: &Facts,
) -> Figure<Money> {
    let (ended, all) = facts.part_of_year();
    if ended == all { annual } else { sheet.line(step, annual * count(ended) / count(all)) }
}

/// The same of an amount that the clause states for one of its parties; as it states it once the year has
/// ended.
pub(super) fn stated_to_date(
    sheet: &mut Worksheet,
    step: Step,
    subject: impl ToString,
    annual: Money,
    facts: &Facts,
) -> Figure<Money> {
    let (ended, all) = facts.part_of_year();
    if ended == all {
        let stated = Given::new(annual, "as the clause states", Vec::new());
        return sheet.given(step, Some(subject.to_string()), stated);
    }
    let annual = Working::<Money>::constant(annual.into());
    sheet.line_of(step, subject, annual * count(ended) / count(all))
}

/// An amount per contract year that may change within it, and of which a contract that runs for a part of the
/// year pays the months it runs for.
pub(super) struct Annual {
    /// What the year comes to.
    pub(super) year: Figure<Money>,
    parts: Vec<(Figure<Money>, Part)>,
}

impl Annual {
    /// Writes each value in force, where the year has several or is not served whole, and what the year comes
    /// to.
    pub(super) fn write(sheet: &mut Worksheet, step: Step, amount: &Dated<Money>, facts: &Facts) -> Annual {
        let parts = parts(facts, amount.changes());
        let (served, all) = (facts.months().len(), facts.year.months().len());
        if parts.len() == 1 && served == all {
            let parts = parts.into_iter().map(|part| (sheet.stated(step, *part.value(amount)), part));
            let parts: Vec<(Figure<Money>, Part)> = parts.collect();
            return Annual { year: parts[0].0, parts };
        }
        let in_force = |part: Part| {
            let given = Given::new(*part.value(amount), "a year, as the clause states", Vec::new());
            (sheet.given(Step::InForce, Some(part.of(step.slug())), given), part)
        };
        let parts: Vec<(Figure<Money>, Part)> = parts.into_iter().map(in_force).collect();
        let months = |(value, part): &(Figure<Money>, Part)| *value * count(part.months.len()) / count(all);
        let year = parts.iter().map(months).reduce(|all, part| all + part);
        Annual { year: sheet.line(step, year.unwrap_or_else(|| Working::constant(Exact::zero()))), parts }
    }

    /// Notes that `line` falls on the months ended as the amounts in force in them.
    pub(super) fn spread(&self, sheet: &mut Worksheet, line: Figure<Money>) {
        let of_part = |(value, part): &(Figure<Money>, Part)| -> Vec<(Month, Exact)> {
            part.ended.iter().map(|month| (*month, sheet.amount(*value))).collect()
        };
        let months = self.parts.iter().flat_map(of_part).collect();
        sheet.spread(line, months);
    }

    /// What it comes to by the last whole month ended.
    pub(super) fn to_date(&self, sheet: &mut Worksheet, step: Step, facts: &Facts) -> Figure<Money> {
        if self.has_ended() {
            return self.year;
        }
        let all = facts.year.months().len();
        let months = |(value, part): &(Figure<Money>, Part)| *value * count(part.ended.len()) / count(all);
        let begun = self.parts.iter().filter(|(_, part)| !part.ended.is_empty());
        let to_date = begun.map(months).reduce(|all, part| all + part);
        sheet.line(step, to_date.unwrap_or_else(|| self.parts[0].0 * count(0) / count(all)))
    }

    /// Whether the year has one value and is served whole.
    pub(super) fn is_plain(&self) -> bool {
        matches!(self.parts.as_slice(), [(figure, _)] if figure.is(self.year))
    }

    /// Whether every month that it pays for had ended.
    pub(super) fn has_ended(&self) -> bool {
        self.parts.iter().all(|(_, part)| part.ended.len() == part.months.len())
    }
}

/// Writes what each variation of the clause adds to date, and owes it.
pub(super) fn variations(sheet: &mut Worksheet, facts: &Facts, clause: &ClauseRef) {
    for variation in facts.variations(clause) {
        let ContractVaried { number, effective_from, .. } = &variation.fact;
        let Some((_, full_year_effect)) = variation.fact.effect() else { continue };
        let said =
            format!("variation {number}, effective {effective_from}, signed {}", variation.fact.signed_on);
        let given = Given::new(full_year_effect, said, vec![Source::Entry(variation.entry)]);
        let effect: Figure<Money> = sheet.given(Step::Variation, Some(number.to_string()), given);
        let months: Vec<Month> =
            facts.months_ended().into_iter().filter(|m| m.first_day() >= *effective_from).collect();
        let working = effect * count(months.len()) / count(FULL_YEAR as usize);
        let to_date = sheet.line_of(Step::VariationToDate, number, working);
        sheet.spread(to_date, months.into_iter().map(|month| (month, Exact::one())).collect());
        sheet.owes(facts.payer(), facts.payee(), to_date);
    }
}

/// The schedule of a base amount and its variations over the whole year.
pub(super) fn schedule(annual: &Exact, facts: &Facts, clause: &ClauseRef) -> Vec<Scheduled> {
    schedule_of(facts, clause, |_| annual.clone())
}

/// The same of an amount per year that may differ from month to month.
pub(super) fn schedule_of(
    facts: &Facts,
    clause: &ClauseRef,
    annual: impl Fn(Month) -> Exact,
) -> Vec<Scheduled> {
    let months = facts.months();
    let part = Exact::ratio(1, facts.year.months().len() as i64);
    let monthly = months.iter().map(|month| annual(*month) * part.clone()).collect();
    let unit = facts.case.terms.rounding.unit;
    let base = Stream { name: clause.to_string(), monthly, unit };
    let mut rows = base.rows(&months, None);
    for variation in facts.variations(clause) {
        rows.extend(variation_rows(variation, &months, clause, unit));
    }
    rows
}

fn variation_rows(
    variation: &Entered<ContractVaried>,
    months: &[Month],
    clause: &ClauseRef,
    unit: Unit,
) -> Vec<Scheduled> {
    let fact = &variation.fact;
    let from: Vec<Month> = months.iter().filter(|m| m.first_day() >= fact.effective_from).copied().collect();
    let effect = fact.effect().map_or_else(Exact::zero, |(_, effect)| effect.into());
    let monthly = &effect * &Exact::ratio(1, FULL_YEAR);
    let stream = Stream {
        name: format!("{clause} variation {}", fact.number),
        monthly: vec![monthly; from.len()],
        unit,
    };
    stream.rows(&from, Some(Month::of(fact.signed_on)))
}

struct Stream {
    name: String,
    /// What each of its months adds, unrounded.
    monthly: Vec<Exact>,
    unit: Unit,
}

impl Stream {
    /// Its cumulative amount after `months` months.
    fn cumulative(&self, months: usize) -> Exact {
        self.monthly.iter().take(months).cloned().sum::<Exact>().to_unit(self.unit)
    }

    /// One row for each of its months; what falls before the month of signature is paid in that month as
    /// arrears.
    fn rows(&self, months: &[Month], signed: Option<Month>) -> Vec<Scheduled> {
        let late = signed.map_or(0, |signed| months.iter().filter(|m| **m < signed).count());
        let arrears = self.cumulative(late);
        let row = |month: Month, own: Exact, arrears: Exact| Scheduled {
            month,
            stream: self.name.clone(),
            amount: (own + arrears.clone()).as_money().unwrap_or(Money::ZERO),
            arrears: arrears.as_money().unwrap_or(Money::ZERO),
        };
        let mut rows: Vec<Scheduled> = (late..months.len())
            .map(|i| {
                let own = self.cumulative(i + 1) - self.cumulative(i);
                row(months[i], own, if i == late { arrears.clone() } else { Exact::zero() })
            })
            .collect();
        if let (Some(signed), true) = (signed, late == months.len() && late > 0) {
            rows.push(row(signed, Exact::zero(), arrears));
        }
        rows
    }
}
