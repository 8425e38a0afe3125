//! `publish-prices`: a list of prices and market forces factors, or of the weights of bands, comes into
//! force, such as a national tariff or a table of needs. Contracts that name the list pay by what is in force
//! in the month.
//!
//! Where two publications of a list cover a day, the one recorded last is in force: a list published late, or
//! again, changes what earlier months should have been from its entry on, and nothing that was said before.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Happened, Verb};
use crate::book::{Book, Entered};
use crate::money::Money;
use crate::name::{PartyId, PriceListId, StreamId};
use crate::rate::Count;
use crate::refusal::Refusal;
use crate::time::Entry;
use crate::year::Month;

/// A list of prices was published.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PricesPublished {
    /// The list.
    pub list: PriceListId,
    /// The first day on which its prices are in force: the first of a month.
    #[serde(with = "crate::time::day")]
    pub from: NaiveDate,
    /// The last day; until another publication where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::time::day::optional")]
    pub to: Option<NaiveDate>,
    /// Its prices.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prices: Vec<ListPrice>,
    /// Its market forces factors, by provider; one for who is not named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mff: Vec<ProviderFactor>,
    /// What a person of each band counts for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weights: Vec<BandWeight>,
}

/// What a unit of activity costs by a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListPrice {
    /// The code of the tariff.
    pub tariff_code: String,
    /// The point of delivery.
    pub pod: String,
    /// The price of one unit, before the market forces factor.
    pub price: Money,
    /// The days after which a stay is paid by the day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trim_point: Option<Count>,
    /// What a day beyond the trim point pays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excess_day: Option<Money>,
    /// The price of a stay of fewer than two days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short_stay: Option<Money>,
}

/// The market forces factor of a provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderFactor {
    /// The provider.
    pub provider: PartyId,
    /// What its prices are multiplied by.
    pub factor: Count,
}

/// What a person of a band counts for by a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BandWeight {
    /// The band, by age, sex or need.
    pub band: String,
    /// Its weight.
    pub weight: Count,
}

impl PricesPublished {
    /// The weight of a band.
    pub fn weight_of(&self, band: &str) -> Option<&Count> {
        self.weights.iter().find(|weight| weight.band == band).map(|weight| &weight.weight)
    }

    /// The price of a code at a point of delivery, in a list of the book.
    pub fn price_of(&self, tariff_code: &str, pod: &str) -> Option<&ListPrice> {
        let asked = (tariff_code, pod);
        let place = self.prices.partition_point(|price| price.of() < asked);
        self.prices.get(place).filter(|price| price.of() == asked)
    }

    fn covers(&self, day: NaiveDate) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }
}

impl ListPrice {
    /// What it is the price of: a code at a point of delivery.
    fn of(&self) -> (&str, &str) {
        (&self.tariff_code, &self.pod)
    }
}

impl Book {
    /// The publication of a list that is in force in a month, as far as it is recorded.
    pub fn prices_in_force(&self, list: &PriceListId, month: Month) -> Option<&Entered<PricesPublished>> {
        let published = self.price_lists.iter().rev();
        published.into_iter().find(|p| p.fact.list == *list && p.fact.covers(month.first_day()))
    }
}

impl Verb for PricesPublished {
    type Makes = PricesPublished;

    fn stream(&self) -> StreamId {
        StreamId::of("price-list", &self.list)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        Vec::new()
    }

    fn decide(self, book: &Book) -> Result<PricesPublished, Refusal> {
        if self.from != Month::of(self.from).first_day() {
            let message = format!("{} is not the first day of a month", self.from);
            return Err(Refusal::rule("not-a-whole-month", message, "prices come into force with a month")
                .at("/from"));
        }
        if let Some(to) = self.to.filter(|to| *to != Month::of(*to).last_day() || *to < self.from) {
            let message = format!("{to} is not the last day of a month from {} on", self.from);
            return Err(
                Refusal::rule("not-a-whole-month", message, "prices go out of force with a month").at("/to")
            );
        }
        if self.prices.is_empty() && self.weights.is_empty() {
            let hint =
                "write each tariff code with its point of delivery and price, or each band with its weight";
            return Err(Refusal::rule("no-prices", "a price list has prices or weights", hint).at("/prices"));
        }
        for (i, price) in self.prices.iter().enumerate() {
            if price.price.is_negative() {
                let message = format!("the price of {} is negative", price.tariff_code);
                return Err(Refusal::rule("price-negative", message, "write what a unit pays")
                    .at(format!("/prices/{i}/price")));
            }
            if self.prices[..i].iter().any(|p| p.tariff_code == price.tariff_code && p.pod == price.pod) {
                let message = format!("{} at {} stands twice", price.tariff_code, price.pod);
                return Err(Refusal::rule("price-twice", message, "keep the one that counts")
                    .at(format!("/prices/{i}")));
            }
        }
        for (i, factor) in self.mff.iter().enumerate() {
            book.known_party(&factor.provider).map_err(|refusal| refusal.at(format!("/mff/{i}/provider")))?;
            if factor.factor.exact().is_negative() || factor.factor.exact().is_zero() {
                let message = "a market forces factor is above 0";
                return Err(Refusal::rule("factor-not-positive", message, "write it as 1.0461")
                    .at(format!("/mff/{i}/factor")));
            }
        }
        self.weigh_each_band_once()?;
        Ok(self)
    }
}

impl PricesPublished {
    fn weigh_each_band_once(&self) -> Result<(), Refusal> {
        for (i, BandWeight { band, weight }) in self.weights.iter().enumerate() {
            if weight.exact().is_negative() {
                let message = format!("the weight of `{band}` is negative");
                return Err(Refusal::rule(
                    "weight-negative",
                    message,
                    "write what a person counts for, as 1.80",
                )
                .at(format!("/weights/{i}/weight")));
            }
            if self.weights[..i].iter().any(|earlier| earlier.band == *band) {
                let message = format!("`{band}` is weighed twice");
                return Err(Refusal::rule("band-twice", message, "keep the one that counts")
                    .at(format!("/weights/{i}")));
            }
        }
        Ok(())
    }
}

impl Happened for PricesPublished {
    fn stream(&self) -> StreamId {
        Verb::stream(self)
    }

    fn apply(mut self, book: &mut Book, entry: Entry) {
        // A national tariff has ten thousand prices, and every line of activity asks for one.
        self.prices.sort_by(|a, b| a.of().cmp(&b.of()));
        book.price_lists.push(Entered { entry, fact: self });
    }

    fn decide_again(self, book: &Book) -> Result<PricesPublished, Refusal> {
        Verb::decide(self, book)
    }
}
