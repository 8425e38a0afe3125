//! How a file writes rates: as fractions or as percentages, and to how many places. The program's files
//! differ in that by year, column and revision, so each column is judged by its own figures.

use domain::exact::Exact;
use domain::money::Unit;

use super::table::{Number, Table};

/// How the columns of a file write rates.
#[derive(Debug)]
pub struct Units {
    /// `MinSavPerc`. Nobody's minimum is half of the benchmark or more, and the smallest choice above nought
    /// is 0.5%.
    pub minimum: Printed,
    /// `QualScore`, at most one.
    pub score: Printed,
    /// `QualPerfShare`, the highest sharing rate of the track.
    pub sharing: Printed,
    /// Whether totals carry cents, so that savings are made from them (2013).
    pub carries_cents: bool,
}

/// How one column writes rates.
#[derive(Debug)]
pub struct Printed {
    /// What stands for one: 100 where rates are percentages.
    one: i64,
    /// Half of the last place printed, as a fraction of one.
    pub half: Exact,
}

impl Units {
    /// Judges the columns of a file.
    pub fn of(table: &Table) -> Units {
        let numbers = |column| table.numbers(column);
        Units {
            minimum: Printed::of(&numbers("MinSavPerc"), |value| *value >= Exact::ratio(1, 2)),
            score: Printed::of(&numbers("QualScore"), |value| *value > Exact::one()),
            sharing: Printed::of(&numbers("QualPerfShare"), |value| *value > Exact::one()),
            carries_cents: numbers("ABtotBnchmk").iter().any(|n| n.value != n.value.to_unit(Unit::Whole)),
        }
    }
}

impl Printed {
    /// A column of percentages has a value that no fraction in it could have. Four places of a fraction are
    /// the fewest that any file prints: zeros at the end are lost where a spreadsheet wrote it.
    fn of(numbers: &[Number], no_fraction: impl Fn(&Exact) -> bool) -> Printed {
        let percentages = numbers.iter().any(|number| number.percent || no_fraction(&number.value));
        let (one, shift) = if percentages { (100, 2) } else { (1, 0) };
        let places = numbers.iter().map(|number| number.places + shift).max().unwrap_or_default();
        Printed { one, half: Exact::ratio(1, 2) * Exact::ratio(1, 10i64.saturating_pow(places.max(4))) }
    }

    /// A number of the column as a fraction of one; a percent sign says so by itself.
    pub fn fraction(&self, number: &Number) -> Exact {
        let one = if number.percent { 100 } else { self.one };
        number.value.clone() * Exact::ratio(1, one)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(rows: &str) -> Units {
        let content = format!("MinSavPerc,QualScore,QualPerfShare\n{rows}");
        Units::of(&Table::read("f.csv", content.as_bytes(), &[]).unwrap())
    }

    fn half(printed: &Printed) -> String {
        printed.half.to_string()
    }

    /// As in 2014, where minimum rates are percentages and scores are fractions, and in 2020, the other way
    /// round.
    #[test]
    fn every_column_is_judged_by_its_own_figures() {
        let of_2014 = units("2.353985133,0.916964286,0.5\n3.42982983,P4R,0.6\n");
        assert_eq!((of_2014.minimum.one, of_2014.score.one, of_2014.sharing.one), (100, 1, 1));
        assert_eq!(half(&of_2014.score), "0.0000000005");
        let of_2020 = units("0,100,0.75\n0.0299,96.87,0.4\n");
        assert_eq!((of_2020.minimum.one, of_2020.score.one, of_2020.sharing.one), (1, 100, 1));
        assert_eq!((half(&of_2020.score).as_str(), half(&of_2020.minimum).as_str()), ("0.00005", "0.00005"));
        let of_2015 = units("2.00,,50\n3.15,96.63,60\n");
        assert_eq!((of_2015.minimum.one, of_2015.score.one, of_2015.sharing.one), (100, 100, 100));
    }

    /// The smallest choice, and the highest rate of the scale that was ever published.
    #[test]
    fn a_choice_of_half_a_percent_and_a_scale_of_a_quarter_are_told_apart() {
        assert_eq!(units("0.50,1,1\n").minimum.one, 100);
        assert_eq!(units("0.254190476,1,1\n0.005,1,1\n").minimum.one, 1);
    }
}
