//! Lines in bulk: where the lines of a report are kept beside it, and their totals, which it is settled from.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{ActivityReported, Totals};
use crate::refusal::Refusal;

/// The blocks that hold the lines of a report, each by the hash of its bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blocks {
    /// The lines, in the order of the file they came in.
    pub lines: Vec<Block>,
    /// What they come to, by what the provider stated.
    pub totals: Block,
    /// A digest of what the lines say, in hexadecimal, whatever their blocks.
    pub content: String,
    /// The totals as they were read: never recorded, for their hash is.
    #[serde(skip)]
    attached: Option<Arc<Totals>>,
}

/// A file of lines that is kept beside an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// How many lines it holds.
    pub lines: u64,
}

impl Blocks {
    /// Blocks whose totals are still to be read.
    pub fn new(lines: Vec<Block>, totals: Block, content: String) -> Blocks {
        Blocks { lines, totals, content, attached: None }
    }

    /// Every block, the totals first.
    pub fn all(&self) -> impl Iterator<Item = &Block> {
        std::iter::once(&self.totals).chain(&self.lines)
    }

    /// The totals, where they were read.
    pub fn attached(&self) -> Option<&Totals> {
        self.attached.as_deref()
    }

    /// Takes the totals that were read from the block of this hash.
    pub fn attach(&mut self, totals: Arc<Totals>) {
        self.attached = Some(totals);
    }

    /// The totals as read, to be attached elsewhere.
    pub fn totals_read(&self) -> Option<Arc<Totals>> {
        self.attached.clone()
    }

    /// How many lines all its blocks of lines hold.
    pub fn count(&self) -> u64 {
        self.lines.iter().map(|block| block.lines).sum()
    }
}

/// Refuses a report that names a block which is not kept.
pub fn missing(sha256: &str) -> Refusal {
    let message = format!("the block {sha256} is not kept in this ledger");
    let hint = "keep the blocks first, or import the file of lines: `riskshare import activity` does both";
    Refusal::not_found("block-missing", message, hint).at("/blocks")
}

/// Refuses totals that are none.
pub fn unreadable(sha256: &str, why: impl std::fmt::Display) -> Refusal {
    let message = format!("the block {sha256} does not hold the totals of a report: {why}");
    let hint = "import the file of lines again: `riskshare import activity` makes its blocks";
    Refusal::rule("block-unreadable", message, hint).at("/blocks/totals")
}

/// Refuses blocks beside lines, blocks that nobody has read, and totals that are not the report's.
pub(super) fn check(report: &ActivityReported) -> Result<(), Refusal> {
    let Some(blocks) = &report.blocks else { return Ok(()) };
    if !report.lines.is_empty() {
        let hint = "leave `lines` out: those in the blocks are the lines of the report";
        return Err(Refusal::rule("lines-twice", "a report has lines or blocks, not both", hint).at("/lines"));
    }
    let totals = blocks.attached().ok_or_else(|| missing(&blocks.totals.sha256))?;
    let differ = |what: String| {
        let hint = "both are what the provider states: import the file of lines again, or correct the total";
        Err(Refusal::rule("totals-differ", what, hint).at("/blocks/totals"))
    };
    if totals.len() as u64 != blocks.totals.lines {
        return differ(format!("the block has {} totals, not {}", totals.len(), blocks.totals.lines));
    }
    let (value, count) = (totals.all_value(), totals.all_count());
    if value != report.value.into() {
        return differ(format!("the totals sum to {}, the report states {}", value.show(2), report.value));
    }
    match &report.count {
        Some(stated) if *stated.exact() != count => {
            differ(format!("the totals count {count} units, the report states {stated}"))
        }
        _ => Ok(()),
    }
}
