//! Lines that are alike in what is asked of them, added up. A contract that asks two columns of a million
//! lines reads a handful.

use std::collections::{BTreeMap, BTreeSet};

use super::{ActivityLine, ActivityReported, Column, Line, Totals};
use crate::exact::Exact;

/// What is looked at in a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// These columns.
    pub columns: BTreeSet<Column>,
    /// Its flags.
    pub flags: bool,
    /// Its length of stay.
    pub days: bool,
}

/// Lines that say the same in what is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Alike {
    /// The first of them, from 0.
    pub first: usize,
    /// How many lines.
    pub lines: usize,
    /// How many units.
    pub units: Exact,
    /// The value as stated; nothing where a line states none.
    pub value: Option<Exact>,
}

impl Asked {
    /// Both.
    pub fn and(mut self, other: Asked) -> Asked {
        self.columns.extend(other.columns);
        Asked { flags: self.flags || other.flags, days: self.days || other.days, columns: self.columns }
    }
}

impl ActivityReported {
    /// The totals of the lines in its blocks, where it has any.
    pub fn totals(&self) -> Option<&Totals> {
        self.blocks.as_ref()?.attached()
    }

    /// A line by its place, from 0.
    pub fn stated_line(&self, place: usize) -> Option<Line<'_>> {
        match self.totals() {
            Some(totals) => (place < totals.len()).then_some(Line::Total(totals, place)),
            None => self.lines.get(place).map(Line::Own),
        }
    }

    /// Its lines by what is asked of them, in the order of the first of each. A report that carries its lines
    /// and one that keeps them beside it come to the same.
    pub(crate) fn alike(&self, asked: &Asked) -> Vec<Alike> {
        match self.totals() {
            Some(totals) => totals.alike(asked),
            None => own(&self.lines, asked),
        }
    }
}

fn own(lines: &[ActivityLine], asked: &Asked) -> Vec<Alike> {
    let mut places = BTreeMap::new();
    let mut alike: Vec<Alike> = Vec::new();
    for (first, line) in lines.iter().enumerate() {
        let texts: Vec<_> = asked.columns.iter().map(|column| Line::Own(line).text(*column)).collect();
        let flags = asked.flags.then_some(&line.flags);
        let days = asked.days.then_some(line.length_of_stay);
        let place = *places.entry((texts, flags, days)).or_insert(alike.len());
        let (units, value) = (line.count.exact().clone(), line.value.map(Exact::from));
        match alike.get_mut(place) {
            None => alike.push(Alike { first, lines: 1, units, value }),
            Some(before) => {
                before.lines += 1;
                before.units = before.units.clone() + units;
                before.value = before.value.take().zip(value).map(|(before, value)| before + value);
            }
        }
    }
    alike
}
