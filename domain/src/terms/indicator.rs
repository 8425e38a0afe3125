//! Outcome indicators: which way is better, and how a value becomes a score between 0 and 1.

use super::reader::{self, Field, Fields};
use crate::name::IndicatorId;
use crate::rate::{Count, Rate};

/// An outcome indicator as the contract defines it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Indicator {
    /// Its name.
    pub indicator: IndicatorId,
    /// Which way is better.
    pub direction: Direction,
    /// The value at which it begins to score; for lower-is-better it is above the target.
    pub floor: Count,
    /// The value at which it scores in full.
    pub target: Count,
    /// How its value becomes a score.
    pub scale: Scale,
    /// The least number of cases, exclusions left out, on which it is scored.
    pub minimum_denominator: Option<Count>,
    /// Whether cases may be left out of the denominator.
    pub exclusions: Exclusions,
}

/// Which way an indicator is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
}
reader::words!(Direction { Higher = "higher", Lower = "lower" });

/// How a value becomes a score.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scale {
    /// In a straight line from 0 at the floor to 1 at the target.
    Linear,
    /// 1 at the target or better, else 0.
    PassFail,
    /// The score of the best step reached, else 0.
    Steps(Vec<ScoreStep>),
}

/// A step of a stepped scale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScoreStep {
    /// The value at which it begins.
    pub bound: Count,
    /// Whether a value exactly on the bound has reached it.
    pub inclusive: bool,
    /// What it scores.
    pub scores: Rate,
}

/// Whether cases may be left out of the denominator: patients who refuse, or for whom care is not suitable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exclusions {
    /// They may.
    Allowed,
    /// Every case counts.
    Refused,
}
reader::words!(Exclusions { Allowed = "allowed", Refused = "refused" });

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ScaleWord {
    Linear,
    PassFail,
    Steps,
}
reader::words!(ScaleWord { Linear = "linear", PassFail = "pass_fail", Steps = "steps" });

impl Indicator {
    /// The best step that `value` reaches on a stepped scale.
    pub fn step_reached<'a>(&self, steps: &'a [ScoreStep], value: &Count) -> Option<&'a ScoreStep> {
        let reached = |step: &&ScoreStep| {
            let beyond = match self.direction {
                Direction::Higher => *value > step.bound,
                Direction::Lower => *value < step.bound,
            };
            beyond || (step.inclusive && *value == step.bound)
        };
        steps.iter().rfind(reached)
    }

    pub(super) fn read(fields: &Fields) -> Indicator {
        let direction: Option<Direction> = fields.needed("direction");
        let steps = fields.list("steps", |f| read_step(f, direction));
        let word = fields.optional("scale").unwrap_or(match steps.is_empty() {
            true => ScaleWord::Linear,
            false => ScaleWord::Steps,
        });
        if (word == ScaleWord::Steps) == steps.is_empty() {
            let hint =
                "write `steps: [{above: 50, scores: 25%}, {from: 60, scores: 100%}]`, or another scale";
            fields.fault("steps", "a stepped scale has `steps`, and no other scale has them", hint);
        }
        let (floor, target) = read_ends(fields, word, &steps);
        let readable = direction.is_some() && floor.is_some() && target.is_some();
        let indicator = Indicator {
            indicator: fields.required("indicator"),
            direction: direction.unwrap_or_else(Direction::placeholder),
            floor: floor.unwrap_or_else(Count::placeholder),
            target: target.unwrap_or_else(Count::placeholder),
            scale: match word {
                ScaleWord::Linear => Scale::Linear,
                ScaleWord::PassFail => Scale::PassFail,
                ScaleWord::Steps => Scale::Steps(steps),
            },
            minimum_denominator: fields.optional("minimum_denominator"),
            exclusions: fields.optional("exclusions").unwrap_or(Exclusions::Allowed),
        };
        if readable {
            indicator.note_faults(fields);
        }
        indicator
    }

    fn worse(&self, a: &Count, b: &Count) -> bool {
        match self.direction {
            Direction::Higher => a < b,
            Direction::Lower => a > b,
        }
    }

    fn note_faults(&self, fields: &Fields) {
        let steps: &[ScoreStep] = match &self.scale {
            Scale::Steps(steps) => steps,
            Scale::Linear | Scale::PassFail => &[],
        };
        if steps.is_empty() && self.worse(&self.target, &self.floor) {
            fields.fault(
                "target",
                format!("the target {} is worse than the floor {}", self.target, self.floor),
                "for `higher` the target is above the floor, for `lower` below it",
            );
        }
        for (i, pair) in steps.windows(2).enumerate() {
            if !self.worse(&pair[0].bound, &pair[1].bound) || pair[1].scores < pair[0].scores {
                let message = format!("the step at {} is not better than the one before", pair[1].bound);
                let hint = "list steps from worst to best, with scores that do not fall";
                fields.fault(&format!("steps/{}", i + 1), message, hint);
            }
        }
    }
}

/// The floor and the target: those stated, or the first and the last of the steps.
fn read_ends(fields: &Fields, word: ScaleWord, steps: &[ScoreStep]) -> (Option<Count>, Option<Count>) {
    match (word, steps.first().zip(steps.last())) {
        (ScaleWord::Steps, Some((first, last))) => (Some(first.bound.clone()), Some(last.bound.clone())),
        (ScaleWord::PassFail, _) => {
            let target: Option<Count> = fields.needed("target");
            (fields.optional("floor").or_else(|| target.clone()), target)
        }
        (ScaleWord::Linear | ScaleWord::Steps, _) => (fields.needed("floor"), fields.needed("target")),
    }
}

/// Reads a step: `from` or `above` a value where higher is better, `to` or `below` it where lower is.
fn read_step(fields: &Fields, direction: Option<Direction>) -> ScoreStep {
    let (on, beyond) = match direction {
        Some(Direction::Lower) => ("to", "below"),
        Some(Direction::Higher) | None => ("from", "above"),
    };
    let (inclusive, exclusive) = (fields.optional::<Count>(on), fields.optional::<Count>(beyond));
    if inclusive.is_some() == exclusive.is_some() {
        let hint =
            format!("write `{on}:` where the value itself has reached the step, `{beyond}:` where not");
        fields.fault("", format!("a step begins either `{on}` or `{beyond}` a value"), hint);
    }
    ScoreStep {
        inclusive: inclusive.is_some(),
        bound: inclusive.or(exclusive).unwrap_or(Count::of(0)),
        scores: fields.required("scores"),
    }
}
