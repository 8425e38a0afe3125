//! Which lines of a report a clause is about: `when: {pod: [NEL], tariff_code: [HN22A]}`, and `pathway`,
//! which is what the terms' `counts` make of a line.

use std::collections::BTreeSet;

use super::reading::Reading;
use crate::book::Book;
use crate::name::PartyId;
use crate::terms::Fields;
use crate::verb::activity::{Asked, Column};

/// What a line must be; what nothing is asked of is not looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// The columns of which something is asked, in the order in which they are told, with what each may be.
    columns: Vec<(Column, Vec<String>)>,
    flags: Vec<String>,
    /// The pathways, of those that the terms count lines to.
    pathways: Vec<String>,
}

impl Selection {
    /// Reads `when` and `pathway` of a clause; nothing where both are absent.
    pub(super) fn read(fields: &Fields) -> Option<Selection> {
        let when = Selection::of_line(fields);
        let pathways = fields.one_or_more("pathway");
        match (when, pathways.is_empty()) {
            (None, true) => None,
            (when, _) => Some(Selection { pathways, ..when.unwrap_or_default() }),
        }
    }

    /// Reads `when`, what it asks of the line itself; nothing where it is absent.
    pub(crate) fn of_line(fields: &Fields) -> Option<Selection> {
        let read = |f: &Fields| {
            let asked = |column: Column| (column, f.values(column.name()));
            let columns = Column::ALL.map(asked).into_iter().filter(|(_, values)| !values.is_empty());
            Selection { columns: columns.collect(), flags: f.values("flags"), pathways: Vec::new() }
        };
        fields.map("when", read)
    }

    /// The pathways that it names.
    pub(crate) fn pathways(&self) -> &[String] {
        &self.pathways
    }

    /// Whether it asks nothing, and every line matches.
    pub(crate) fn asks_nothing(&self) -> bool {
        *self == Selection::default()
    }

    /// What it asks of each column, and of the pathway.
    fn lists(&self) -> impl Iterator<Item = &[String]> {
        let asked = |column: Column| {
            self.columns.iter().find(|(of, _)| *of == column).map_or(&[][..], |(_, values)| values)
        };
        Column::ALL.into_iter().map(asked).chain([self.pathways.as_slice()])
    }

    /// Whether one line could match both. A line may carry the flags of both.
    pub(crate) fn overlaps(&self, other: &Selection) -> bool {
        let common = |(a, b): (&[String], &[String])| {
            a.is_empty() || b.is_empty() || a.iter().any(|one| b.contains(one))
        };
        self.lists().zip(other.lists()).all(common)
    }

    /// Whether every line that matches `other` matches this one too.
    pub(crate) fn covers(&self, other: &Selection) -> bool {
        let within = |(a, b): (&[String], &[String])| {
            a.is_empty() || (!b.is_empty() && b.iter().all(|one| a.contains(one)))
        };
        self.lists().zip(other.lists()).all(within)
            && self.flags.iter().all(|flag| other.flags.contains(flag))
    }

    /// Whether every line that matches this one matches one of `others`, be it not the same one for all.
    pub(crate) fn is_covered_by(&self, others: &[&Selection]) -> bool {
        let others = others.iter().filter(|other| other.flags.iter().all(|flag| self.flags.contains(flag)));
        let others: Vec<&Selection> = others.copied().collect();
        // What nobody names is alike to all of them, and stands here as the empty text.
        let mut named: Vec<BTreeSet<&str>> = self.lists().map(|_| BTreeSet::from([""])).collect();
        for selection in others.iter().copied().chain([self]) {
            for (all, list) in named.iter_mut().zip(selection.lists()) {
                all.extend(list.iter().map(String::as_str));
            }
        }
        let spread = |selection: &Selection| -> Lines {
            let of = |(list, all): (&[String], &BTreeSet<&str>)| match list {
                [] => all.iter().map(|value| value.to_string()).collect(),
                list => list.iter().cloned().collect(),
            };
            selection.lists().zip(&named).map(of).collect()
        };
        let left = |left: Vec<Lines>, other: &Selection| {
            let taken = spread(other);
            left.into_iter().flat_map(|lines| without(lines, &taken)).collect()
        };
        others.into_iter().fold(vec![spread(self)], left).is_empty()
    }

    /// What it asks, in words.
    pub(crate) fn told(&self) -> String {
        let named = |name: String, values: &[String]| format!("{name} {}", values.join(" or "));
        let columns =
            self.columns.iter().map(|(column, values)| named(column.name().replace('_', " "), values));
        let flags = self.flags.iter().map(|flag| format!("flag {flag}"));
        let pathways = (!self.pathways.is_empty()).then(|| named("pathway".to_owned(), &self.pathways));
        columns.chain(flags).chain(pathways).collect::<Vec<_>>().join("; ")
    }

    /// The same, with every name and official code by which a party that it names goes.
    pub(super) fn spelled(&self, book: &Book) -> Selection {
        let names = |one: &String| {
            let code = one.parse().ok().and_then(|party: PartyId| book.parties.get(&party)?.code.clone());
            let named = book.parties.iter().filter(|(_, party)| party.code.as_ref() == Some(one));
            let named = named.map(|(party, _)| party.to_string());
            std::iter::once(one.clone()).chain(code).chain(named).collect::<Vec<_>>()
        };
        let spelled = |(column, values): &(Column, Vec<String>)| match column.holds_a_party() {
            true => (*column, values.iter().flat_map(names).collect()),
            false => (*column, values.clone()),
        };
        Selection { columns: self.columns.iter().map(spelled).collect(), ..self.clone() }
    }

    /// What it looks at in a line.
    pub(super) fn asks(&self) -> Asked {
        let columns = self.columns.iter().map(|(column, _)| *column).collect();
        Asked { columns, flags: !self.flags.is_empty(), ..Asked::default() }
    }

    /// Whether a line is what it asks, of parties by the names that are spelled.
    pub(crate) fn matches(&self, line: &Reading) -> bool {
        self.columns.iter().all(|(column, values)| {
            line.text(*column).is_some_and(|said| values.iter().any(|one| one == said))
        }) && self.flags.iter().all(|flag| line.line.has_flag(flag))
            && (self.pathways.is_empty()
                || line.pathway().is_some_and(|of| self.pathways.iter().any(|pathway| pathway == of)))
    }
}

/// Lines by what they may say in each column.
type Lines = Vec<BTreeSet<String>>;

/// What of some lines others leave, in parts that have no line in common.
fn without(lines: Lines, taken: &Lines) -> Vec<Lines> {
    if lines.iter().zip(taken).any(|(of, taken)| of.is_disjoint(taken)) {
        return vec![lines];
    }
    let (mut left, mut rest) = (Vec::new(), lines);
    for (column, taken) in taken.iter().enumerate() {
        let (inside, outside): (BTreeSet<String>, BTreeSet<String>) =
            rest[column].iter().cloned().partition(|value| taken.contains(value));
        if !outside.is_empty() {
            let mut part = rest.clone();
            part[column] = outside;
            left.push(part);
        }
        rest[column] = inside;
    }
    left
}
