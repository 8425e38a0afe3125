//! `report-activity`: one provider's statement of a month's activity in one flow. A report replaces, never
//! adds.

mod alike;
mod blocks;
mod column;
mod line;
mod memo;
mod totals;

use serde::{Deserialize, Serialize};

use super::{Verb, entered_in};
use crate::book::Book;
use crate::money::Money;
use crate::name::{ContractId, PartyId, StreamId};
use crate::rate::Count;
use crate::refusal::Refusal;
use crate::terms::Field;
use crate::text::serde_as_text;
use crate::worksheet::Stage;
use crate::year::{Month, Span};

pub use alike::{Alike, Asked};
pub use blocks::{Block, Blocks, missing as block_missing, unreadable as block_unreadable};
pub use column::Column;
pub use line::{ActivityLine, Line, MOST_LINES};
pub use totals::{Total, Totals};

/// A provider reported the activity of a month.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActivityReported {
    /// The contract.
    pub contract: ContractId,
    /// The provider that reports.
    pub provider: PartyId,
    /// The month in which care was given.
    pub month: Month,
    /// Which return it came in.
    pub flow: Flow,
    /// How final it is. After the freeze of its key every report is `after freeze`, whatever it calls itself.
    pub stage: Stage,
    /// The value as the provider states it.
    pub value: Money,
    /// How many units of activity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Count>,
    /// The lines it is made of, at most 1,000: what the provider stated, never our price.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<ActivityLine>,
    /// Where its lines are, where they are kept beside it; then it carries none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocks: Option<Blocks>,
    /// Who estimated and how; needed for an estimate, and only there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<Estimate>,
}

/// Who made an estimate, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Estimate {
    /// The author.
    pub author: String,
    /// The method.
    pub method: String,
}

/// The return that a report came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flow {
    /// Aggregate contract monitoring: a control total, never added.
    Acm,
    /// Patient-level contract monitoring.
    Plcm,
    /// Drugs.
    DrPlcm,
    /// Devices.
    DePlcm,
    /// A local return.
    Local,
}

impl Flow {
    /// The flows whose lines are patients; where they are sent, they pay.
    pub const PATIENT_LEVEL: [Flow; 3] = [Flow::Plcm, Flow::DrPlcm, Flow::DePlcm];
}

impl std::fmt::Display for Flow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Flow::Acm => "ACM",
            Flow::Plcm => "PLCM",
            Flow::DrPlcm => "DrPLCM",
            Flow::DePlcm => "DePLCM",
            Flow::Local => "local",
        })
    }
}

impl std::str::FromStr for Flow {
    type Err = String;

    fn from_str(text: &str) -> Result<Flow, String> {
        let all = [Flow::Acm, Flow::Plcm, Flow::DrPlcm, Flow::DePlcm, Flow::Local];
        all.into_iter()
            .find(|flow| flow.to_string() == text)
            .ok_or_else(|| format!("`{text}` is not a flow; write ACM, PLCM, DrPLCM, DePLCM or local"))
    }
}

serde_as_text!(Flow, "a flow: ACM, PLCM, DrPLCM, DePLCM or local");

impl Field for Flow {
    const EXPECTED: &'static str = "ACM, PLCM, DrPLCM, DePLCM or local";
    const WORDS: &'static [&'static str] = &["ACM", "PLCM", "DrPLCM", "DePLCM", "local"];

    fn read(text: &str) -> Result<Flow, String> {
        text.parse()
    }

    fn placeholder() -> Flow {
        Flow::Local
    }
}

impl ActivityReported {
    /// Its lines: those it carries, or the totals of those in its blocks.
    pub fn stated_lines(&self) -> impl Iterator<Item = Line<'_>> {
        let totals = self.blocks.as_ref().and_then(Blocks::attached);
        let of_blocks =
            totals.into_iter().flat_map(|totals| (0..totals.len()).map(|place| Line::Total(totals, place)));
        self.lines.iter().map(Line::Own).chain(of_blocks)
    }

    /// Whether it states no lines but a value only.
    pub fn is_without_lines(&self) -> bool {
        self.stated_lines().next().is_none()
    }

    /// Whether both are reports of the same key, so that the later replaces the earlier.
    pub fn same_key(&self, other: &ActivityReported) -> bool {
        self.provider == other.provider && self.month == other.month && self.flow == other.flow
    }
}

impl Verb for ActivityReported {
    type Makes = ActivityReported;

    fn stream(&self) -> StreamId {
        StreamId::of("activity", &self.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        vec![StreamId::of("contract", &self.contract)]
    }

    fn decide(self, book: &Book) -> Result<ActivityReported, Refusal> {
        let case = book.case(&self.contract)?;
        book.party_to(case, &self.provider, self.month.first_day())
            .map_err(|refusal| refusal.at("/provider"))?;
        case.covers(Span::Month(self.month)).map_err(|refusal| refusal.at("/month"))?;
        line::check(&self.lines, self.value)?;
        blocks::check(&self)?;
        let frozen = case.is_frozen(&self);
        // After the freeze an estimate keeps who made it.
        let late = self.stage == Stage::AfterFreeze;
        if !late && (self.stage == Stage::Estimated) != self.estimate.is_some() {
            let message = "an estimate names its author and method, and no other report does";
            let hint = "add `estimate: {author, method}` to an estimated report, or leave it out";
            return Err(Refusal::rule("estimate-without-author", message, hint).at("/estimate"));
        }
        if self.stage == Stage::AfterFreeze && !frozen {
            let message =
                format!("{} of `{}` for {} is not frozen yet", self.flow, self.provider, self.month);
            let hint = "report it as flex or freeze";
            return Err(Refusal::rule("not-frozen", message, hint).at("/stage"));
        }
        if frozen {
            return Ok(ActivityReported { stage: Stage::AfterFreeze, ..self });
        }
        Ok(self)
    }
}

entered_in!(ActivityReported, reports);
