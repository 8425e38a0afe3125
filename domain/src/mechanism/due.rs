//! Whether a clause has its turn yet, and what parties report open-book: written as lines, or named as
//! missing.

use crate::facts::Facts;
use crate::money::Money;
use crate::name::PartyId;
use crate::worksheet::{Figure, Given, LineState, Step, Worksheet};
use crate::year::Month;

/// Whether no month of the year has ended; the line says so.
pub(super) fn nothing_ended(sheet: &mut Worksheet, facts: &Facts) -> bool {
    let none = facts.months_ended().is_empty();
    if none {
        let text = format!("no month of {} has ended", facts.year);
        sheet.missing(Step::NotYetDue, None, LineState::NotYetDue, text);
    }
    none
}

/// Whether a rule that exists only for the whole year has to wait for its end; the line says so.
pub(super) fn waits_for_the_year(sheet: &mut Worksheet, facts: &Facts, what: &str) -> bool {
    let waits = !facts.year_ended();
    if waits {
        let text = format!("{what} when {} has ended", facts.year);
        sheet.missing(Step::NotYetDue, None, LineState::NotYetDue, text);
    }
    waits
}

/// A party's cost of every month ended; nothing while any is missing, and each missing month is named.
pub(super) fn cost(
    sheet: &mut Worksheet,
    facts: &Facts,
    step: Step,
    party: &PartyId,
) -> Option<Figure<Money>> {
    whole(sheet, step, party, "cost", facts.cost_of(party))
}

/// A party's turnover of every month ended, in the same way.
pub(super) fn turnover(
    sheet: &mut Worksheet,
    facts: &Facts,
    step: Step,
    party: &PartyId,
) -> Option<Figure<Money>> {
    whole(sheet, step, party, "turnover", facts.turnover_of(party))
}

fn whole(
    sheet: &mut Worksheet,
    step: Step,
    party: &PartyId,
    what: &str,
    (given, missing): (Option<Given>, Vec<Month>),
) -> Option<Figure<Money>> {
    for month in &missing {
        let text = format!("no {what} of {party} for {month}");
        sheet.missing(
            Step::NotReported,
            Some(format!("{party} {what} {month}")),
            LineState::NotReported,
            text,
        );
    }
    if given.is_none() && missing.is_empty() {
        let text = format!("no {what} of {party} is reported");
        sheet.missing(Step::NotReported, Some(format!("{party} {what}")), LineState::NotReported, text);
    }
    let given = given.filter(|_| missing.is_empty())?;
    Some(sheet.given(step, Some(party.to_string()), given))
}

/// Says that a figure cannot be had because reports that it rests on are missing.
pub(super) fn not_reported(sheet: &mut Worksheet, step: Step, why: &str) {
    sheet.missing(step, None, LineState::NotReported, why);
}
