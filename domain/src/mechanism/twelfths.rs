//! Fixed sums month by month: cumulatively, so that the months of a stream sum to it to the penny.
//!
//! `pay(m) = R(A × m/n) - R(A × (m-1)/n)`. Each stream (the base, each variation) runs by itself from its first month;
//! arrears are what a stream would have had scheduled before the month of its signature. Cash is not looked at.

use crate::book::Entered;
use crate::exact::Exact;
use crate::facts::Facts;
use crate::money::{Money, Unit};
use crate::name::ClauseRef;
use crate::statement::Scheduled;
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

/// The same of an amount that the clause states for one of its parties; as it states it once the year has ended.
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

/// Writes what each variation of the clause adds to date, and owes it.
pub(super) fn variations(sheet: &mut Worksheet, facts: &Facts, clause: &ClauseRef) {
    for variation in facts.variations(clause) {
        let ContractVaried { number, full_year_effect, effective_from, .. } = &variation.fact;
        let said =
            format!("variation {number}, effective {effective_from}, signed {}", variation.fact.signed_on);
        let given = Given::new(*full_year_effect, said, vec![Source::Entry(variation.entry)]);
        let effect: Figure<Money> = sheet.given(Step::Variation, Some(number.to_string()), given);
        let months = facts.months_ended().iter().filter(|m| m.first_day() >= *effective_from).count();
        let working = effect * count(months) / count(FULL_YEAR as usize);
        let to_date = sheet.line_of(Step::VariationToDate, number, working);
        sheet.owes(facts.payer(), facts.payee(), to_date);
    }
}

/// The schedule of a base amount and its variations over the whole year.
pub(super) fn schedule(annual: &Exact, facts: &Facts, clause: &ClauseRef) -> Vec<Scheduled> {
    let months = facts.year.months();
    let unit = facts.case.terms.rounding.unit;
    let base = Stream { name: clause.to_string(), annual: annual.clone(), parts: months.len() as i64, unit };
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
    let stream = Stream {
        name: format!("{clause} variation {}", fact.number),
        annual: fact.full_year_effect.into(),
        parts: FULL_YEAR,
        unit,
    };
    let from: Vec<Month> = months.iter().filter(|m| m.first_day() >= fact.effective_from).copied().collect();
    stream.rows(&from, Some(Month::of(fact.signed_on)))
}

struct Stream {
    name: String,
    annual: Exact,
    parts: i64,
    unit: Unit,
}

impl Stream {
    /// Its cumulative amount after `months` months.
    fn cumulative(&self, months: usize) -> Exact {
        (&self.annual * &Exact::ratio(months as i64, self.parts)).to_unit(self.unit)
    }

    /// One row for each of its months; what falls before the month of signature is paid in that month as arrears.
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
