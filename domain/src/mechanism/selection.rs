//! Which lines of a report a clause is about: `when: {pod: [NEL], tariff_code: [HN22A]}`. A line belongs to the first
//! clause of the contract that matches it, so that no activity is paid twice.

use crate::exact::Exact;
use crate::facts::Facts;
use crate::money::Money;
use crate::name::ClauseRef;
use crate::terms::{Clause, Fields};
use crate::verb::activity::{ActivityLine, ActivityReported};
use crate::worksheet::{Figure, Given, Source, Step, Worksheet};

/// What a line must be to belong to a clause; an empty list asks nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    pod: Vec<String>,
    tfc: Vec<String>,
    tariff_code: Vec<String>,
    commissioner: Vec<String>,
    site: Vec<String>,
    flags: Vec<String>,
}

impl Selection {
    /// Reads `when`; nothing where it is absent.
    pub(super) fn read(fields: &Fields) -> Option<Selection> {
        let read = |f: &Fields| Selection {
            pod: f.values("pod"),
            tfc: f.values("tfc"),
            tariff_code: f.values("tariff_code"),
            commissioner: f.values("commissioner"),
            site: f.values("site"),
            flags: f.values("flags"),
        };
        fields.map("when", read)
    }

    /// What it asks of a line's texts, one list each.
    fn lists(&self) -> [&[String]; 5] {
        [&self.pod, &self.tfc, &self.tariff_code, &self.commissioner, &self.site]
    }

    /// Whether one line could match both. A line may carry the flags of both.
    pub(crate) fn overlaps(&self, other: &Selection) -> bool {
        let common = |(a, b): (&[String], &[String])| {
            a.is_empty() || b.is_empty() || a.iter().any(|one| b.contains(one))
        };
        self.lists().into_iter().zip(other.lists()).all(common)
    }

    /// Whether every line that matches `other` matches this one too.
    pub(crate) fn covers(&self, other: &Selection) -> bool {
        let within = |(a, b): (&[String], &[String])| {
            a.is_empty() || (!b.is_empty() && b.iter().all(|one| a.contains(one)))
        };
        self.lists().into_iter().zip(other.lists()).all(within)
            && self.flags.iter().all(|flag| other.flags.contains(flag))
    }

    /// What it asks, in words.
    pub(super) fn told(&self) -> String {
        let names = ["pod", "tfc", "tariff code", "commissioner", "site"];
        let lists = names.into_iter().zip(self.lists()).filter(|(_, list)| !list.is_empty());
        let lists = lists.map(|(name, list)| format!("{name} {}", list.join(" or ")));
        let flags = self.flags.iter().map(|flag| format!("flag {flag}"));
        lists.chain(flags).collect::<Vec<_>>().join("; ")
    }

    fn matches(&self, line: &ActivityLine) -> bool {
        let one_of = |list: &[String], value: Option<&str>| {
            list.is_empty() || value.is_some_and(|value| list.iter().any(|one| one == value))
        };
        one_of(&self.pod, Some(&line.pod))
            && one_of(&self.tfc, line.tfc.as_deref())
            && one_of(&self.tariff_code, line.tariff_code.as_deref())
            && one_of(&self.commissioner, line.commissioner.as_ref().map(|c| c.as_str()))
            && one_of(&self.site, line.site.as_deref())
            && self.flags.iter().all(|flag| line.flags.contains(flag))
    }
}

/// The lines of a report that belong to a clause, with their numbers from 1: those it is the first to choose, or, for a
/// clause that chooses none, those that no clause chooses.
pub(super) fn lines<'a>(
    facts: &'a Facts,
    clause: &ClauseRef,
    report: &'a ActivityReported,
) -> Vec<(usize, &'a ActivityLine)> {
    let first = |line: &ActivityLine| {
        let takes = |c: &&Clause| c.mechanism.selection().is_some_and(|s| s.matches(line));
        facts.case.terms.pay.iter().find(takes).map(|c| &c.clause)
    };
    let wanted = chooses(facts, clause).then_some(clause);
    (1..).zip(&report.lines).filter(|(_, line)| first(line) == wanted).collect()
}

/// Writes the lines that no clause of the contract takes: shown with their number and stated value, never paid and
/// never dropped. A contract that pays nothing by activity only monitors it, and has no such lines.
pub(crate) fn write_outside(sheet: &mut Worksheet, facts: &Facts) {
    let by_activity: Vec<&Clause> =
        facts.case.terms.pay.iter().filter(|c| c.mechanism.by_activity()).collect();
    if by_activity.is_empty() || by_activity.iter().any(|c| c.mechanism.takes_the_rest()) {
        return;
    }
    let taken = |line: &ActivityLine| {
        by_activity.iter().any(|c| c.mechanism.selection().is_some_and(|s| s.matches(line)))
    };
    for month in facts.months_ended() {
        let reports = facts.payable_reports(month);
        let outside = || reports.iter().flat_map(|r| &r.fact.lines).filter(|line| !taken(line));
        if outside().next().is_none() {
            continue;
        }
        let units: Exact = outside().map(|line| line.count.exact().clone()).sum();
        let given = Given {
            values: outside().filter_map(|line| line.value.map(Exact::from)).collect(),
            sources: reports.iter().map(|r| Source::Entry(r.entry)).collect(),
            said: format!(
                "lines: {}, units: {units}, that no clause is about; never payable",
                outside().count()
            ),
            by_stage: None,
        };
        let _shown: Figure<Money> = sheet.given(Step::OutsideContract, Some(month.to_string()), given);
    }
}

/// Whether a clause chooses lines.
pub(super) fn chooses(facts: &Facts, clause: &ClauseRef) -> bool {
    facts.case.terms.pay.iter().any(|c| c.clause == *clause && c.mechanism.selection().is_some())
}

/// What a report states for a clause: all of it, where it carries no lines and the clause chooses none; nothing where a
/// line of the clause states none.
pub(super) fn stated<T>(
    facts: &Facts,
    clause: &ClauseRef,
    report: &ActivityReported,
    whole: Option<T>,
    of_line: impl Fn(&ActivityLine) -> Option<Exact>,
) -> Option<Exact>
where
    Exact: From<T>,
{
    let any_chooses = facts.case.terms.pay.iter().any(|c| c.mechanism.selection().is_some());
    if !any_chooses || (report.lines.is_empty() && !chooses(facts, clause)) {
        return whole.map(Exact::from);
    }
    if report.lines.is_empty() {
        return None;
    }
    lines(facts, clause, report).into_iter().map(|(_, line)| of_line(line)).sum()
}
