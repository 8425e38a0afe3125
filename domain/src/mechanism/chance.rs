//! Whether savings or losses are more than chance: among few people they are not shared at all, and among
//! more only where they reach a rate that falls as the population grows.

use super::{due, scale};
use crate::exact::Exact;
use crate::facts::Facts;
use crate::money::Money;
use crate::rate::Count;
use crate::terms::Fields;
use crate::worksheet::{Figure, Given, LineState, Step, Working, Worksheet};

/// How many people it takes, and how they are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MoreThanChance {
    /// The band that counts the people.
    population: String,
    /// Below this, no risk is shared.
    minimum: Count,
}

impl MoreThanChance {
    pub(super) fn read(fields: &Fields) -> MoreThanChance {
        MoreThanChance { population: fields.required("population"), minimum: fields.required("minimum") }
    }

    /// When it is shared, in words.
    pub(super) fn words(&self) -> String {
        format!(
            " It is shared only at the year's end, where at least {} people are counted as `{}`, and beyond a rate that falls \
             as they are more.",
            self.minimum, self.population
        )
    }

    /// The people, once the year has ended and where they are enough; otherwise the sheet says why nothing is
    /// shared.
    pub(super) fn people(&self, sheet: &mut Worksheet, facts: &Facts) -> Option<Figure<Count>> {
        if due::waits_for_the_year(sheet, facts, "savings are measured against a minimum rate") {
            return None;
        }
        let Some((people, source)) = facts.population(&self.population) else {
            let text = format!("no population of band `{}` is reported", self.population);
            sheet.missing(Step::Population, None, LineState::NotReported, text);
            return None;
        };
        let said = format!("people of band `{}`", self.population);
        let given = Given::new(people.exact().clone(), said, vec![source]);
        let people = sheet.given(Step::Population, None, given);
        let enough = sheet.reaches(Step::PopulationReached, people, &self.minimum);
        if !enough {
            sheet.note(Step::NothingDue, "below the minimum population no risk is shared");
        }
        enough.then_some(people)
    }
}

/// Whether savings on a budget, or losses where they are negative, reach the minimum rate of so many people.
pub(super) fn reached(
    sheet: &mut Worksheet,
    people: Figure<Count>,
    budget: Figure<Money>,
    savings: Figure<Money>,
) -> bool {
    let rate = scale::write(sheet, people);
    let minimum = sheet.line(Step::Minimum, rate * budget);
    let reached = if sheet.amount(savings).is_negative() {
        let losses = sheet.line(Step::Losses, Working::<Money>::constant(Exact::zero()) - savings);
        sheet.reaches(Step::MinimumReached, losses, minimum)
    } else {
        sheet.reaches(Step::MinimumReached, savings, minimum)
    };
    if !reached {
        sheet.note(Step::NothingDue, "savings or losses are below the minimum to be shared");
    }
    reached
}
