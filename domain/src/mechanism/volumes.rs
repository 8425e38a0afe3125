//! What `report-volume` counted month by month, written on the sheet with every month that is missing.

use super::parts::Part;
use crate::facts::Facts;
use crate::name::PartyId;
use crate::rate::Count;
use crate::worksheet::{Figure, Given, LineState, Source, Step, Worksheet};
use crate::year::Month;

/// Writes how often each of `whats` happened in the months ended for which all of them are counted; names
/// every count that is missing. A part without its whole would be a rate that is none, so a month counts with
/// all or not at all.
pub(super) fn counted(
    sheet: &mut Worksheet,
    facts: &Facts,
    whats: &[&str],
    by: Option<&PartyId>,
) -> Option<Vec<Figure<Count>>> {
    counted_in(sheet, facts, &Part::whole(facts), whats, by)
}

/// The same for the months of one part of the year.
pub(super) fn counted_in(
    sheet: &mut Worksheet,
    facts: &Facts,
    part: &Part,
    whats: &[&str],
    by: Option<&PartyId>,
) -> Option<Vec<Figure<Count>>> {
    let has = |month: &Month, what: &str| facts.volume(*month, what, by).is_some();
    let (mut whole, mut gaps) = (Vec::new(), Vec::new());
    for month in part.ended.iter().copied() {
        let missing = whats.iter().filter(|what| !has(&month, what));
        let before = gaps.len();
        gaps.extend(missing.map(|what| (month, *what)));
        if gaps.len() == before {
            whole.push(month);
        }
    }
    for (month, what) in gaps {
        let subject = subject(what, by);
        let text = format!("no count of {subject} for {month}");
        let state = LineState::NotReported;
        sheet.missing(Step::NotReported, Some(format!("{subject} {month}")), state, text);
    }
    if whole.is_empty() {
        return None;
    }
    let subject_of = |what: &str| part.of(&subject(what, by));
    Some(whats.iter().map(|what| written(sheet, facts, &whole, (what, by), subject_of(what))).collect())
}

fn written(
    sheet: &mut Worksheet,
    facts: &Facts,
    months: &[Month],
    (what, by): (&str, Option<&PartyId>),
    subject: String,
) -> Figure<Count> {
    let reports: Vec<_> = months.iter().filter_map(|m| facts.volume(*m, what, by)).collect();
    let given = Given {
        values: reports.iter().map(|r| r.fact.count.exact().clone()).collect(),
        sources: reports.iter().map(|r| Source::Entry(r.entry)).collect(),
        said: format!("{} monthly counts", reports.len()),
        by_stage: None,
    };
    sheet.given(Step::Volume, Some(subject), given)
}

fn subject(what: &str, by: Option<&PartyId>) -> String {
    by.map_or_else(|| what.to_owned(), |by| format!("{what} {by}"))
}
