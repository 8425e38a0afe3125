//! What the lines of a group come to, by everything that a contract may tell them apart by.

use std::collections::{BTreeSet, HashMap};

use domain::columns::Columns;
use domain::exact::Exact;
use domain::name::PartyId;
use domain::rate::Count;
use domain::verb::activity::{Total, Totals};

use super::amount::COUNT_PLACES;
use super::checks::{BLANK, Texts};
use super::codes::{Codes, POINTS_OF_DELIVERY, TREATMENT_FUNCTIONS};

/// Money is summed in millionths of a pound, and recorded in pennies.
const MILLIONTHS_IN_A_PENNY: i64 = 10_000;
/// Counts are summed in thousandths, and recorded in ten-thousandths.
const TEN_THOUSANDTHS: i128 = 10;

/// What lines are told apart by, each by its number; [`BLANK`] where it is not stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each is named as its column")]
pub struct Alike {
    pub commissioner: i64,
    pub site: i64,
    pub point_of_delivery: i64,
    pub treatment_function: i64,
    pub tariff: i64,
    pub local_contract: i64,
    pub unit_price: i64,
}

/// Sums in millionths and thousandths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// How many lines.
    pub lines: u64,
    /// Money in millionths.
    pub value: i128,
    /// The count in thousandths.
    pub count: i128,
}

impl Sum {
    /// Adds a line.
    pub fn add(&mut self, value: i64, count: i64) {
        self.lines += 1;
        self.value += i128::from(value);
        self.count += if count == BLANK { 0 } else { i128::from(count) };
    }

    /// The count.
    pub fn count(&self) -> Count {
        Count::from(Exact::ratio(self.count, 10i64.pow(u32::from(COUNT_PLACES))))
    }

    /// The money in pennies: fractions of one are rounded here, once for lines that are alike.
    fn pennies(&self) -> Option<i64> {
        let whole = match self.value % i128::from(MILLIONTHS_IN_A_PENNY) {
            0 => self.value / i128::from(MILLIONTHS_IN_A_PENNY),
            _ => Exact::ratio(self.value, MILLIONTHS_IN_A_PENNY).to_places(0).show(0).parse().ok()?,
        };
        i64::try_from(whole).ok()
    }
}

/// The sums of a group.
#[derive(Debug, Default)]
pub struct Sums {
    sums: HashMap<Alike, Sum, hashbrown::DefaultHashBuilder>,
}

impl Sums {
    /// Adds a line.
    pub fn add(&mut self, alike: Alike, value: i64, count: i64) {
        self.sums.entry(alike).or_default().add(value, count);
    }

    /// The sums as totals of a report, in an order that only what they say decides; nothing where one is too
    /// large. Where nearly every line has a price of its own they are not told apart by it: a block holds
    /// only so many.
    pub fn columns(&self, texts: &Texts, commissioners: &HashMap<i64, PartyId>) -> Option<Columns> {
        if self.sums.len() <= store::block::MOST_LINES {
            return columns(self.sums.iter().map(|(alike, sum)| (*alike, *sum)), texts, commissioners);
        }
        let mut sums: HashMap<Alike, Sum> = HashMap::new();
        for (alike, sum) in &self.sums {
            let all = sums.entry(Alike { unit_price: BLANK, ..*alike }).or_default();
            all.lines += sum.lines;
            all.value += sum.value;
            all.count += sum.count;
        }
        columns(sums.into_iter(), texts, commissioners)
    }
}

fn columns(
    sums: impl Iterator<Item = (Alike, Sum)>,
    texts: &Texts,
    commissioners: &HashMap<i64, PartyId>,
) -> Option<Columns> {
    let sums: Vec<(Alike, Sum)> = sums.collect();
    let column = |number: fn(&Alike) -> i64| sums.iter().map(move |(alike, _)| number(alike));
    let code = |codes: &'static Codes, number: i64| u16::try_from(number).ok().map(|place| codes.code(place));
    let named = [
        named(column(|a| a.commissioner), |n| commissioners.get(&n).map(PartyId::as_str)),
        named(column(|a| a.site), |n| texts.text(n)),
        named(column(|a| a.point_of_delivery), |n| code(&POINTS_OF_DELIVERY, n)),
        named(column(|a| a.treatment_function), |n| code(&TREATMENT_FUNCTIONS, n)),
        named(column(|a| a.tariff), |n| texts.text(n)),
        named(column(|a| a.local_contract), |n| texts.text(n)),
    ];
    let total = |(line, (alike, sum)): (usize, &(Alike, Sum))| {
        Some(Total {
            texts: std::array::from_fn(|column| named[column].1[line]),
            unit_price: whole_pennies(alike.unit_price),
            value: sum.pennies()?,
            count: i64::try_from(sum.count * TEN_THOUSANDTHS).ok()?,
        })
    };
    let mut totals: Vec<Total> = sums.iter().enumerate().map(total).collect::<Option<_>>()?;
    totals.sort_unstable();
    Some(Totals::columns(named.map(|(list, _)| list), &totals))
}

/// The different texts of numbers, in their order, and the place of each number's text among them.
fn named<'a>(
    numbers: impl Iterator<Item = i64> + Clone,
    text: impl Fn(i64) -> Option<&'a str>,
) -> (Vec<String>, Vec<u32>) {
    let different: HashMap<i64, &str> = numbers.clone().map(|n| (n, "")).collect();
    let different: HashMap<i64, &str> =
        different.into_keys().map(|n| (n, text(n).unwrap_or_default())).collect();
    let list: BTreeSet<&str> = different.values().copied().collect();
    let places: HashMap<&str, u32> = list.iter().zip(0..).map(|(text, place)| (*text, place)).collect();
    let place = |n: i64| different.get(&n).and_then(|text| places.get(text)).copied().unwrap_or_default();
    (list.into_iter().map(str::to_owned).collect(), numbers.map(place).collect())
}

/// A unit price as a report can state it: one with fractions of a penny is on the lines only.
fn whole_pennies(units: i64) -> Option<i64> {
    (units != BLANK && units % MILLIONTHS_IN_A_PENNY == 0).then_some(units / MILLIONTHS_IN_A_PENNY)
}
