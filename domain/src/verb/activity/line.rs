//! A line of an activity report: what the provider stated of some units of activity, never our price for
//! them.

use serde::{Deserialize, Deserializer, Serialize};

use crate::exact::Exact;
use crate::money::Money;
use crate::name::PartyId;
use crate::rate::Count;
use crate::refusal::Refusal;

use super::{Column, Totals};

/// The most lines that a report carries.
pub const MOST_LINES: usize = 1_000;

/// Units of activity that are alike, as the provider states them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActivityLine {
    /// The point of delivery, such as `EL`.
    pub pod: String,
    /// The treatment function, three characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tfc: Option<String>,
    /// The tariff code, which begins with a healthcare resource group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tariff_code: Option<String>,
    /// The local contract code that the line names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local_contract: Option<String>,
    /// The commissioner that the line names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commissioner: Option<PartyId>,
    /// The site of treatment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// How many units.
    pub count: Count,
    /// Days of the stay of each unit.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "days")]
    pub length_of_stay: Option<u32>,
    /// The price of a unit as stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_price: Option<Money>,
    /// The value of the line as stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Money>,
    /// What else is said of it, such as a top-up or that criteria were met.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<String>,
}

/// A line as a report states it: one of its own, or a total of the lines in its blocks.
#[derive(Clone, Copy, Debug)]
pub enum Line<'a> {
    /// Of the report itself.
    Own(&'a ActivityLine),
    /// Of its blocks: which of the totals, from 0.
    Total(&'a Totals, usize),
}

impl<'a> Line<'a> {
    /// What it states in a column; nothing of the provider, whom only the report names.
    pub fn text(self, column: Column) -> Option<&'a str> {
        let line = match self {
            Line::Total(totals, place) => return totals.text(place, column),
            Line::Own(line) => line,
        };
        match column {
            Column::Pod => Some(&line.pod),
            Column::Tfc => line.tfc.as_deref(),
            Column::TariffCode => line.tariff_code.as_deref(),
            Column::Commissioner => line.commissioner.as_ref().map(PartyId::as_str),
            Column::Site => line.site.as_deref(),
            Column::LocalContract => line.local_contract.as_deref(),
            Column::Provider => None,
        }
    }

    /// How many units.
    pub fn count(self) -> Exact {
        match self {
            Line::Own(line) => line.count.exact().clone(),
            Line::Total(totals, place) => totals.count(place),
        }
    }

    /// The value as stated.
    pub fn value(self) -> Option<Exact> {
        match self {
            Line::Own(line) => line.value.map(Exact::from),
            Line::Total(totals, place) => Some(totals.value(place)),
        }
    }

    /// Days of the stay of each unit.
    pub fn length_of_stay(self) -> Option<u32> {
        match self {
            Line::Own(line) => line.length_of_stay,
            Line::Total(totals, place) => totals.length_of_stay(place),
        }
    }

    /// Whether it carries a flag.
    pub fn has_flag(self, flag: &str) -> bool {
        match self {
            Line::Own(line) => line.flags.iter().any(|one| one == flag),
            Line::Total(totals, place) => totals.has_flag(place, flag),
        }
    }
}

/// A table has days as text.
fn days<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    crate::text::whole(deserializer).map(Some)
}

/// Refuses too many lines, and values of lines that do not sum to the report's.
pub(super) fn check(lines: &[ActivityLine], value: Money) -> Result<(), Refusal> {
    if lines.len() > MOST_LINES {
        let message = format!("{} lines are more than a report carries", lines.len());
        let hint = format!("send at most {MOST_LINES} lines: add up units that are alike, or split the flow");
        return Err(Refusal::rule("too-many-lines", message, hint).at("/lines"));
    }
    let stated: Option<Vec<Exact>> = lines.iter().map(|l| l.value.map(Exact::from)).collect();
    let sum: Option<Exact> = stated.filter(|s| !s.is_empty()).map(|s| s.into_iter().sum());
    if let Some(sum) = sum.filter(|sum| *sum != Exact::from(value)) {
        let message = format!("the lines sum to {}, the report states {value}", sum.show(2));
        let hint = "correct the line or the total that is wrong; both are what the provider states";
        return Err(Refusal::rule("lines-differ", message, hint).at("/lines"));
    }
    Ok(())
}
