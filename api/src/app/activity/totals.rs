//! What the lines of a group come to, by everything that a contract may tell them apart by.

use std::collections::HashMap;

use domain::exact::Exact;
use domain::money::Money;
use domain::name::PartyId;
use domain::rate::Count;
use domain::verb::activity::ActivityLine;

use super::amount::{COUNT_PLACES, MONEY_PLACES};
use super::checks::{BLANK, Texts};
use super::codes::{POINTS_OF_DELIVERY, TREATMENT_FUNCTIONS};

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

    /// The money to the penny: fractions of one are rounded here, once for lines that are alike.
    pub fn money(&self) -> Option<Money> {
        money(self.value)
    }
}

fn money(units: i128) -> Option<Money> {
    Exact::ratio(units, 10i64.pow(u32::from(MONEY_PLACES))).to_places(2).as_money()
}

/// The sums of a group.
#[derive(Debug, Default)]
pub struct Totals {
    sums: HashMap<Alike, Sum, hashbrown::DefaultHashBuilder>,
}

impl Totals {
    /// Adds a line.
    pub fn add(&mut self, alike: Alike, value: i64, count: i64) {
        self.sums.entry(alike).or_default().add(value, count);
    }

    /// The sums as lines of a report, in an order that only what they say decides; nothing where one is too
    /// large. Where nearly every line has a price of its own they are not told apart by it: a block holds
    /// only so many.
    pub fn lines(&self, texts: &Texts, commissioners: &HashMap<i64, PartyId>) -> Option<Vec<ActivityLine>> {
        if self.sums.len() <= store::block::MOST_LINES {
            return named(self.sums.iter(), texts, commissioners);
        }
        let mut sums: HashMap<Alike, Sum> = HashMap::new();
        for (alike, sum) in &self.sums {
            let all = sums.entry(Alike { unit_price: BLANK, ..*alike }).or_default();
            all.lines += sum.lines;
            all.value += sum.value;
            all.count += sum.count;
        }
        named(sums.iter(), texts, commissioners)
    }
}

fn named<'a>(
    sums: impl Iterator<Item = (&'a Alike, &'a Sum)>,
    texts: &Texts,
    commissioners: &HashMap<i64, PartyId>,
) -> Option<Vec<ActivityLine>> {
    let line = |(alike, sum): (&Alike, &Sum)| {
        Some(ActivityLine {
            pod: POINTS_OF_DELIVERY.code(u16::try_from(alike.point_of_delivery).ok()?).to_owned(),
            tfc: u16::try_from(alike.treatment_function)
                .ok()
                .map(|place| TREATMENT_FUNCTIONS.code(place).to_owned()),
            tariff_code: texts.text(alike.tariff).map(str::to_owned),
            local_contract: texts.text(alike.local_contract).map(str::to_owned),
            commissioner: commissioners.get(&alike.commissioner).cloned(),
            site: texts.text(alike.site).map(str::to_owned),
            count: sum.count(),
            length_of_stay: None,
            unit_price: Some(alike.unit_price).filter(|price| *price != BLANK).and_then(whole_pennies),
            value: Some(sum.money()?),
            flags: Vec::new(),
        })
    };
    let mut lines: Vec<ActivityLine> = sums.map(line).collect::<Option<_>>()?;
    lines.sort_by(|a, b| said(a).cmp(&said(b)));
    Some(lines)
}

/// A unit price as a report can state it: one with fractions of a penny is on the lines only.
fn whole_pennies(units: i64) -> Option<Money> {
    let exact = Exact::ratio(units, 10i64.pow(u32::from(MONEY_PLACES)));
    (exact == exact.to_places(2)).then(|| exact.as_money()).flatten()
}

/// What a line is sorted by.
fn said(line: &ActivityLine) -> impl Ord + '_ {
    (
        &line.commissioner,
        &line.site,
        &line.pod,
        &line.tfc,
        &line.tariff_code,
        &line.local_contract,
        line.unit_price,
        line.value,
        line.count.exact(),
    )
}
