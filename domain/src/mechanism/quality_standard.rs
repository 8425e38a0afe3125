//! The quality performance standard of shared savings: whether it is met, and the score.

use crate::book::Entered;
use crate::exact::Exact;
use crate::facts::Facts;
use crate::name::IndicatorId;
use crate::rate::Rate;
use crate::verb::outcome::OutcomeMeasured;
use crate::worksheet::{Figure, Given, LineState, Source, Step, Worksheet};
use crate::year::Span;

/// The indicator that is 1 where the quality standard is met.
pub(super) const STANDARD_MET: &str = "quality-standard";
/// The indicator that is 1 where only the alternative quality standard is met.
pub(super) const ALTERNATIVE_MET: &str = "alternative-quality-standard";
/// The indicator that holds the quality score, as a fraction of one.
pub(super) const QUALITY_SCORE: &str = "quality-score";

/// Which quality standard an organisation met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum QualityStandard {
    Met,
    Alternative,
    Failed,
}

/// The measurement of an indicator, where it is 1.
pub(super) fn flagged<'a>(facts: &Facts<'a>, name: &str) -> Option<&'a Entered<OutcomeMeasured>> {
    measured(facts, name).filter(|measured| *measured.fact.value.exact() == Exact::one())
}

fn measured<'a>(facts: &Facts<'a>, name: &str) -> Option<&'a Entered<OutcomeMeasured>> {
    facts.measurement(&name.parse::<IndicatorId>().unwrap_or_default())
}

/// The quality score, or a line that says it is not measured.
pub(super) fn write_score(sheet: &mut Worksheet, facts: &Facts) -> Option<Figure<Rate>> {
    let Some(measured) = measured(facts, QUALITY_SCORE) else {
        not_measured(sheet, Step::QualityScore, "the quality score");
        return None;
    };
    let source = vec![Source::Entry(measured.entry)];
    let given = Given::new(measured.fact.value.exact().clone(), "as measured", source);
    Some(sheet.given(Step::QualityScore, None, given))
}

/// Which standard was met, or a line that says neither is measured: that is not a failure.
pub(super) fn write_standard(sheet: &mut Worksheet, facts: &Facts) -> Option<QualityStandard> {
    let (standard, alternative) = (measured(facts, STANDARD_MET), measured(facts, ALTERNATIVE_MET));
    let (quality, entries, text) = match (flagged(facts, STANDARD_MET), flagged(facts, ALTERNATIVE_MET)) {
        (Some(standard), _) => (QualityStandard::Met, vec![standard.entry], "met"),
        (None, Some(alternative)) => {
            (QualityStandard::Alternative, vec![alternative.entry], "the alternative standard is met")
        }
        (None, None) if standard.is_none() => {
            not_measured(sheet, Step::QualityStandard, "whether the quality standard is met");
            return None;
        }
        (None, None) => {
            let entries = [standard, alternative].into_iter().flatten().map(|m| m.entry).collect();
            (QualityStandard::Failed, entries, "failed")
        }
    };
    let sources = entries.into_iter().map(Source::Entry).collect();
    sheet.note_of(Step::QualityStandard, Span::Year(facts.year), text.to_owned(), sources);
    Some(quality)
}

fn not_measured(sheet: &mut Worksheet, step: Step, what: &str) {
    sheet.missing(step, None, LineState::NotMeasured, format!("{what} is not recorded"));
}
