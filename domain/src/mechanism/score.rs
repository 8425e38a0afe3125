//! Scores: what an indicator's value is worth between 0 and 1, by the scale of the terms, and what becomes of
//! one without a value. Every clause that pays for outcomes scores them here.

use crate::book::Entered;
use crate::exact::Exact;
use crate::facts::Facts;
use crate::name::IndicatorId;
use crate::rate::{Count, Rate};
use crate::terms::{Direction, Fields, Indicator, Scale, ScoreStep, reader};
use crate::verb::outcome::{Cases, OutcomeMeasured};
use crate::worksheet::{Figure, Given, LineState, Operand, Source, Step, Working, Worksheet, count};

/// Until when an indicator may be measured, and what becomes of one that was not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Timing {
    pub(super) deadline_days: u64,
    late: Late,
}

/// What happens to a measure without a value after the deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Late {
    Zero,
    CarryLast,
    Exclude,
}
reader::words!(Late { Zero = "zero", CarryLast = "carry_last", Exclude = "exclude" });

/// What became of a measure.
pub(super) enum Scored {
    /// It scored.
    Score(Figure<Rate>),
    /// It is not measured yet.
    Open,
    /// It is left out, and its weight falls to the others.
    Excluded,
}

impl Scored {
    /// The score, where there is one.
    pub(super) fn score(self) -> Option<Figure<Rate>> {
        match self {
            Scored::Score(score) => Some(score),
            Scored::Open | Scored::Excluded => None,
        }
    }
}

/// Whether no measure is left to score; the line says so. Nobody has then earned or forfeited anything.
pub(super) fn all_left_out(sheet: &mut Worksheet, scored: &[Scored]) -> bool {
    let none = scored.iter().all(|scored| matches!(scored, Scored::Excluded));
    if none {
        sheet.note(Step::NothingDue, "every measure is left out: nothing is earned and nothing forfeited");
    }
    none
}

impl Timing {
    pub(super) fn read(fields: &Fields) -> Timing {
        Timing { deadline_days: fields.required::<Days>("deadline").0, late: fields.required("late") }
    }

    /// The same of a single indicator, where it may be left out: without a deadline it is open until it is
    /// measured.
    pub(super) fn of_one(fields: &Fields) -> Option<Timing> {
        let there = fields.has("deadline") | fields.has("late");
        let timing = there.then(|| Timing::read(fields))?;
        if timing.late == Late::Exclude {
            let hint = "write `late: zero` or `late: carry_last`";
            fields.fault("late", "there is no other measure to carry the weight of this one", hint);
        }
        Some(timing)
    }

    /// Until when, and what then, in words.
    pub(super) fn words(&self) -> String {
        let late = match self.late {
            Late::Zero => "an outcome not measured earns nothing",
            Late::CarryLast => "the last measurement of an earlier year counts",
            Late::Exclude => "the other outcomes carry its weight",
        };
        format!(
            "Outcomes count once measured, up to {} days after the year's end; after that {late}.",
            self.deadline_days
        )
    }

    /// A deadline that has come, after which what is missing scores nothing.
    pub(super) fn at_once() -> Timing {
        Timing { deadline_days: 0, late: Late::Zero }
    }

    /// Scores an indicator, or says what becomes of it without a value.
    pub(super) fn score(&self, sheet: &mut Worksheet, facts: &Facts, name: &IndicatorId) -> Scored {
        score(Some(self), sheet, facts, name)
    }

    fn late(&self, sheet: &mut Worksheet, facts: &Facts, indicator: &Indicator) -> Scored {
        let name = &indicator.indicator;
        let note = |sheet: &mut Worksheet, what: &str| {
            let text = format!("not measured by the deadline: {what}");
            sheet.note_of(Step::LateData, name, text, Vec::new());
        };
        match (self.late, facts.earlier_measurement(name)) {
            (Late::Exclude, _) => {
                note(sheet, "left out, its weight falls to the other measures");
                Scored::Excluded
            }
            (Late::CarryLast, Some(earlier)) => {
                note(sheet, "the last earlier measurement is carried forward");
                write_score(sheet, indicator, earlier)
            }
            (Late::CarryLast, None) | (Late::Zero, _) => {
                note(sheet, "it scores nothing");
                let zero = Given::new(Exact::zero(), "by the late-data rule", Vec::new());
                Scored::Score(sheet.given(Step::Score, Some(name.to_string()), zero))
            }
        }
    }
}

/// Scores an indicator, or says what becomes of it without a value; without a deadline it stays open.
pub(super) fn score(
    timing: Option<&Timing>,
    sheet: &mut Worksheet,
    facts: &Facts,
    name: &IndicatorId,
) -> Scored {
    let Some(indicator) = facts.case.terms.indicator(name) else { return Scored::Excluded };
    if let Some(measured) = facts.measurement(name) {
        return write_score(sheet, indicator, measured);
    }
    if let Some(timing) = timing.filter(|timing| facts.past_deadline(timing.deadline_days)) {
        return timing.late(sheet, facts, indicator);
    }
    let text = format!("{name} is not measured yet");
    sheet.missing(Step::Measured, Some(name.to_string()), LineState::NotMeasured, text);
    Scored::Open
}

/// Writes an indicator's value: as measured, or, where its cases are counted, as the percentage they come to.
pub(super) fn write_measured(
    sheet: &mut Worksheet,
    name: &IndicatorId,
    measured: &Entered<OutcomeMeasured>,
) -> Figure<Count> {
    // A gateway may be one of the measures it opens.
    if let Some(written) = sheet.already(Step::Measured, name) {
        return written;
    }
    let provisional = if measured.fact.provisional { ", provisional" } else { "" };
    let said = format!("measured for {}{provisional}", measured.fact.period);
    let source = vec![Source::Entry(measured.entry)];
    let Some(Cases { numerator, denominator, excluded }) = &measured.fact.cases else {
        let given = Given::new(measured.fact.value.exact().clone(), said, source);
        return sheet.given(Step::Measured, Some(name.to_string()), given);
    };
    let mut case = |step: Step, n: &Count| -> Figure<Count> {
        let given = Given::new(n.exact().clone(), said.clone(), source.clone());
        sheet.given(step, Some(name.to_string()), given)
    };
    let numerator = case(Step::Numerator, numerator);
    let denominator = case(Step::Denominator, denominator);
    let excluded = case(Step::ExcludedCases, excluded);
    let part: Working<Rate> = numerator / (denominator - excluded);
    sheet.line_of(Step::Measured, name, part * count(100))
}

/// The score by the indicator's scale; none where there are too few cases to score it on.
pub(super) fn write_score(
    sheet: &mut Worksheet,
    indicator: &Indicator,
    measured: &Entered<OutcomeMeasured>,
) -> Scored {
    let name = &indicator.indicator;
    let actual = write_measured(sheet, name, measured);
    if let (Some(minimum), Some(cases)) = (&indicator.minimum_denominator, &measured.fact.cases) {
        let counted: Working<Count> = Working::constant(cases.counted());
        if !sheet.reaches_of(Step::EnoughCases, name, counted, minimum) {
            let text = "too few cases: left out, its weight falls to the other measures".to_owned();
            sheet.note_of(Step::NothingDue, name, text, Vec::new());
            return Scored::Excluded;
        }
    }
    Scored::Score(match &indicator.scale {
        Scale::Steps(steps) => stepped(sheet, indicator, steps, actual, measured),
        Scale::Linear if indicator.floor != indicator.target => linear(sheet, indicator, actual),
        Scale::Linear | Scale::PassFail => pass_or_fail(sheet, indicator, actual, measured),
    })
}

fn linear(sheet: &mut Worksheet, indicator: &Indicator, actual: Figure<Count>) -> Figure<Rate> {
    let Indicator { floor, target, .. } = indicator;
    let (none, full) = (Rate::of(Exact::zero()), Rate::of(Exact::one()));
    let line: Working<Rate> = (actual - floor) / (target - floor);
    sheet.line_of(Step::Score, &indicator.indicator, line.within(&none, &full))
}

fn pass_or_fail(
    sheet: &mut Worksheet,
    indicator: &Indicator,
    actual: Figure<Count>,
    measured: &Entered<OutcomeMeasured>,
) -> Figure<Rate> {
    let Indicator { indicator: name, target, .. } = indicator;
    let met = match indicator.direction {
        Direction::Higher => sheet.reaches_of(Step::TargetMet, name, actual, target),
        Direction::Lower => sheet.reaches_of(Step::TargetMet, name, target, actual),
    };
    let score = if met { Exact::one() } else { Exact::zero() };
    let given = Given::new(score, "pass or fail", vec![Source::Entry(measured.entry)]);
    sheet.given(Step::Score, Some(name.to_string()), given)
}

fn stepped(
    sheet: &mut Worksheet,
    indicator: &Indicator,
    steps: &[ScoreStep],
    actual: Figure<Count>,
    measured: &Entered<OutcomeMeasured>,
) -> Figure<Rate> {
    let value = sheet.written(actual).and_then(|line| line.exact.clone()).unwrap_or_else(Exact::zero);
    let reached = indicator.step_reached(steps, &Count::from(value));
    let score = reached.map_or_else(Exact::zero, |step| step.scores.exact().clone());
    let said = match reached {
        None => "it reaches no step of the scale".to_owned(),
        Some(ScoreStep { bound, inclusive: true, .. }) => format!("it reaches the step at {bound}"),
        Some(ScoreStep { bound, inclusive: false, .. }) => format!("it goes beyond the step at {bound}"),
    };
    let given = Given::new(score, said, vec![Source::Entry(measured.entry)]);
    sheet.given(Step::Score, Some(indicator.indicator.to_string()), given)
}

/// A number of days after the year's end, written `90 days`.
struct Days(u64);

impl crate::terms::Field for Days {
    const EXPECTED: &'static str = "a number of days such as 90 days";

    fn read(text: &str) -> Result<Days, String> {
        let days = text.strip_suffix(" days").and_then(|n| n.parse().ok());
        days.map(Days).ok_or_else(|| format!("`{text}` is not a number of days"))
    }

    fn placeholder() -> Days {
        Days(0)
    }
}
