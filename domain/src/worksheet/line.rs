//! A line of a statement, as it is recorded and read back.

use serde::{Deserialize, Serialize};

use super::expr::Expr;
use super::step::Step;
use crate::exact::Exact;
use crate::money::Money;
use crate::name::ClauseRef;
use crate::text::serde_as_text;
use crate::time::Entry;

/// One numbered line of a statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Stable across statements: `contract/clause/step[/subject]`.
    pub id: String,
    /// Its number on this statement, from 1.
    pub n: u32,
    /// The step, by its word in ids.
    pub name: Step,
    /// The party, indicator, month or patient it is about, where the step has one.
    pub subject: Option<String>,
    /// The clause it carries out.
    pub clause: ClauseRef,
    /// What it measures.
    pub kind: LineKind,
    /// The amount as later lines and readers take it: money in the currency's places (four where the contract
    /// rounds only payables), rates to twelve places, `met` or `not met` for a test. Null where there is no
    /// amount.
    pub value: Option<String>,
    /// The amount before rounding, as a decimal or a fraction `n/d`; of a test, the margin.
    pub exact: Option<Exact>,
    /// The currency, `%`, or nothing.
    pub unit: Option<String>,
    /// How the amount is made up of frozen, flex and estimated data, where any of it may still change.
    pub by_stage: Option<ByStage>,
    /// Whether there is an amount, and if not, why.
    pub state: LineState,
    /// How it came about.
    pub working: Recorded,
    /// The entries, or lines of other statements, that give its figures.
    pub sources: Vec<Source>,
}

/// The working of a line as recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    /// In words.
    pub text: String,
    /// As an expression that evaluates to the line's exact amount; absent on lines without one.
    pub expr: Option<Expr<String>>,
}

/// What a line measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LineKind {
    /// An amount in the contract's currency.
    Money,
    /// A fraction of one, printed as a percentage.
    Rate,
    /// A number of anything, an indicator's value, a score.
    Count,
    /// Whether something is reached, with its margin.
    Test,
    /// Words only.
    Note,
}

/// Whether a line has an amount, and if not, why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineState {
    /// It has one, or is a note that needs none.
    Ok,
    /// A report is missing.
    NotReported,
    /// A measurement is missing.
    NotMeasured,
    /// The rule exists only for the whole year, which has not ended.
    NotYetDue,
}

/// Where a given figure comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Source {
    /// An event of this ledger.
    Entry(Entry),
    /// A line of another contract's statement.
    Line {
        /// The line's id.
        line: String,
        /// The digest of the drawn-up statement, or `draft @entry`.
        statement: String,
    },
}

/// How sure a figure is: the data behind an activity report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// An estimate, with author and method.
    Estimated,
    /// The first, still changeable cut of a month.
    Flex,
    /// The final cut, on which payment is made.
    Freeze,
    /// A report after the freeze of its key: shown, never payable.
    AfterFreeze,
}

impl std::fmt::Display for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Stage::Estimated => "estimated",
            Stage::Flex => "flex",
            Stage::Freeze => "freeze",
            Stage::AfterFreeze => "after freeze",
        })
    }
}

impl std::str::FromStr for Stage {
    type Err = String;

    fn from_str(text: &str) -> Result<Stage, String> {
        match text {
            "estimated" => Ok(Stage::Estimated),
            "flex" => Ok(Stage::Flex),
            "freeze" => Ok(Stage::Freeze),
            "after freeze" => Ok(Stage::AfterFreeze),
            other => Err(format!("`{other}` is not a stage; write estimated, flex, freeze or after freeze")),
        }
    }
}

serde_as_text!(Stage, "a stage: estimated, flex, freeze or after freeze");

/// An amount split by how sure its parts are. The parts sum to the amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByStage {
    /// Made of frozen data, or of what cannot change.
    pub frozen: Money,
    /// Made of flex data.
    pub flex: Money,
    /// Made of estimates.
    pub estimated: Money,
}

impl ByStage {
    pub(crate) const NOTHING: ByStage =
        ByStage { frozen: Money::ZERO, flex: Money::ZERO, estimated: Money::ZERO };

    /// `amount`, all of it at one stage.
    pub(crate) fn all_at(amount: Money, stage: Stage) -> ByStage {
        match stage {
            Stage::Estimated => ByStage { estimated: amount, ..ByStage::NOTHING },
            Stage::Flex => ByStage { flex: amount, ..ByStage::NOTHING },
            Stage::Freeze | Stage::AfterFreeze => ByStage { frozen: amount, ..ByStage::NOTHING },
        }
    }

    /// Stage by stage, where the sums fit.
    pub(crate) fn plus(self, other: ByStage) -> ByStage {
        let add = |a: Money, b: Money| a.checked_add(b).unwrap_or(a);
        ByStage {
            frozen: add(self.frozen, other.frozen),
            flex: add(self.flex, other.flex),
            estimated: add(self.estimated, other.estimated),
        }
    }

    /// Stage by stage the difference, where it fits.
    pub(crate) fn less(self, other: ByStage) -> ByStage {
        let less = |a: Money, b: Money| (Exact::from(a) - Exact::from(b)).as_money().unwrap_or(a);
        ByStage {
            frozen: less(self.frozen, other.frozen),
            flex: less(self.flex, other.flex),
            estimated: less(self.estimated, other.estimated),
        }
    }

    /// The amount that is split.
    pub(crate) fn total(&self) -> Exact {
        [self.frozen, self.flex, self.estimated].map(Exact::from).into_iter().sum()
    }

    /// The weakest stage that has a part in it.
    pub fn weakest(&self) -> Stage {
        if self.estimated != Money::ZERO {
            Stage::Estimated
        } else if self.flex != Money::ZERO {
            Stage::Flex
        } else {
            Stage::Freeze
        }
    }

    /// `amount` split in the proportions of `parts` taken together; what rounding leaves counts as frozen.
    pub(super) fn in_proportion(amount: Money, parts: &[ByStage]) -> ByStage {
        let whole = parts.iter().fold(ByStage::NOTHING, |a, b| a.plus(*b));
        let part = |of: Money| {
            let scaled = (Exact::from(amount) * Exact::from(of)).checked_div(&whole.total());
            scaled.and_then(|part| part.to_places(2).as_money()).unwrap_or(Money::ZERO)
        };
        let (flex, estimated) = (part(whole.flex), part(whole.estimated));
        let rest = Exact::from(amount) - Exact::from(flex) - Exact::from(estimated);
        ByStage { frozen: rest.as_money().unwrap_or(amount), flex, estimated }
    }
}
