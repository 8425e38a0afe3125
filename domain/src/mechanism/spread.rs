//! How a line of the year to date falls on the parts of the year: a line of one month on the part with that
//! month, a sum of such lines each by its own month, a dated amount by what is in force in each month,
//! anything else by months.

use super::parts::Part;
use crate::exact::Exact;
use crate::facts::Facts;
use crate::money::Money;
use crate::worksheet::{Figure, Step, Working, Worksheet, sum};
use crate::year::Month;

/// Writes what of a line falls on each part of the year that has begun; all of it together.
pub(super) fn over<'p>(
    sheet: &mut Worksheet,
    facts: &Facts,
    line: Figure<Money>,
    parts: &'p [Part],
) -> Vec<(&'p Part, Figure<Money>)> {
    let begun: Vec<&Part> = parts.iter().filter(|part| !part.ended.is_empty()).collect();
    let what = sheet.below_contract(line);
    let subjects: Vec<String> = begun.iter().map(|part| part.of(&what)).collect();
    if let Some(by_month) = by_month(sheet, line) {
        let of_part = |part: &Part| -> Vec<Figure<Money>> {
            by_month.iter().filter(|(month, _)| part.months.contains(month)).map(|(_, line)| *line).collect()
        };
        let held = begun.iter().zip(subjects).map(|(part, subject)| (*part, of_part(part), subject));
        let held: Vec<_> = held.filter(|(_, lines, _)| !lines.is_empty()).collect();
        let write = |(part, lines, subject): (&'p Part, Vec<_>, String)| {
            (part, sheet.line_of(Step::OfMonths, subject, sum(lines)))
        };
        return held.into_iter().map(write).collect();
    }
    let months = sheet
        .spread_of(line)
        .unwrap_or_else(|| facts.months_ended().into_iter().map(|month| (month, Exact::one())).collect());
    let weight = |part: &Part| -> Exact {
        months.iter().filter(|(month, _)| part.ended.contains(month)).map(|(_, weight)| weight.clone()).sum()
    };
    let weights =
        begun.iter().zip(subjects).map(|(part, subject)| (subject, Working::constant(weight(part))));
    let weights: Vec<(String, Working<crate::rate::Count>)> = weights.collect();
    let lines = sheet.shares_by(Step::OfMonths, line, &weights);
    begun.into_iter().zip(lines).collect()
}

/// The lines of single months that a line is the sum of, or the line itself where it is one.
fn by_month(sheet: &Worksheet, line: Figure<Money>) -> Option<Vec<(Month, Figure<Money>)>> {
    let month = |line: Figure<Money>| -> Option<Month> {
        sheet.written(line)?.subject.as_deref()?.split(' ').next()?.parse().ok()
    };
    if let Some(own) = month(line) {
        return Some(vec![(own, line)]);
    }
    let addends = sheet.addends(line)?;
    addends.into_iter().map(|addend| Some((month(addend)?, addend))).collect()
}
