//! What a unit of activity costs under a contract: prices of its own or of a published list, top-ups, excess
//! days, short stays and market forces factors. Clauses that pay by activity price their lines here.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::reading::{self, Reading};
use super::reported;
use super::sorting::Sorted;
use crate::book::Entered;
use crate::exact::Exact;
use crate::facts::Facts;
use crate::money::Money;
use crate::name::{ClauseRef, PartyId, PriceListId};
use crate::rate::{Count, Rate};
use crate::terms::{Fault, Fields, Terms, reader};
use crate::verb::activity::{ActivityReported, Alike, Asked, Column, Line};
use crate::verb::prices::{ListPrice, PricesPublished};
use crate::worksheet::{Figure, Given, LineState, Source, Step, Working, Worksheet, sum};
use crate::year::Month;

/// The prices of a clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Prices {
    prices: Vec<Price>,
    /// The published list that has the prices, where the contract states none.
    price_list: Option<PriceListId>,
    mff: Vec<Factor>,
    topups: Vec<TopUp>,
    topup_base: TopUpBase,
}

/// A price of the contract's own, for care within a range of days.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Price {
    of: ListPrice,
    from: NaiveDate,
    to: Option<NaiveDate>,
}

/// The market forces factor from a day on, until a later one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Factor {
    /// Whose it is; everybody's where nobody is named.
    provider: Option<PartyId>,
    from: NaiveDate,
    factor: Count,
}

/// What a flag adds to a price.
#[derive(Clone, Debug, PartialEq, Eq)]
struct TopUp {
    flag: String,
    rate: Rate,
}

/// What a top-up is a part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TopUpBase {
    Price,
    PriceAndExcessDays,
}
reader::words!(TopUpBase { Price = "price", PriceAndExcessDays = "price_and_excess_days" });

impl Prices {
    /// Reads `prices` or `price_list` and what goes with them; nothing where both are absent.
    pub(super) fn read(fields: &Fields) -> Option<Prices> {
        let prices = fields.list("prices", |f| Price {
            of: ListPrice {
                tariff_code: f.required("tariff_code"),
                pod: f.required("pod"),
                price: f.required("price"),
                trim_point: f.optional("trim_point"),
                excess_day: f.optional("excess_day"),
                short_stay: f.optional("short_stay"),
            },
            from: f.required("from"),
            to: f.optional("to"),
        });
        let price_list = fields.optional::<PriceListId>("price_list");
        if !prices.is_empty() && price_list.is_some() {
            let message = "`prices` and `price_list` say the same thing twice";
            fields.fault("price_list", message, "keep one of them");
        }
        let overlaps = |(i, a): (usize, &Price)| prices[..i].iter().any(|b| a.overlaps(b)).then_some(i);
        if let Some(i) = prices.iter().enumerate().find_map(overlaps) {
            let message =
                format!("{} at {} has two prices at one time", prices[i].of.tariff_code, prices[i].of.pod);
            fields.fault(
                &format!("prices/{i}"),
                message,
                "end the earlier price with `to` before the later begins",
            );
        }
        let mff = fields.list("mff", |f| Factor {
            provider: f.optional("provider"),
            from: f.required("from"),
            factor: f.required("factor"),
        });
        let topups = fields.list("topups", |f| TopUp { flag: f.required("flag"), rate: f.required("rate") });
        super::distinct(fields, "topups", topups.iter().map(|t| t.flag.as_str()));
        let topup_base = fields.optional("topup_base");
        if prices.is_empty() && price_list.is_none() {
            if !mff.is_empty() || !topups.is_empty() || topup_base.is_some() {
                let hint = "write `prices` or `price_list`, or leave factors and top-ups out: a stated value has them";
                fields.fault("", "factors and top-ups are of prices, and there are none", hint);
            }
            return None;
        }
        let topup_base = topup_base.unwrap_or(TopUpBase::Price);
        Some(Prices { prices, price_list, mff, topups, topup_base })
    }

    /// The published list that it prices by.
    pub(super) fn list(&self) -> Option<&PriceListId> {
        self.price_list.as_ref()
    }

    /// What it looks at in the lines of a month.
    pub(super) fn asks(&self, facts: &Facts, month: Month) -> Asked {
        let list = self.price_list.as_ref().and_then(|list| facts.book.prices_in_force(list, month));
        let listed = list.into_iter().flat_map(|list| &list.fact.prices);
        let mut prices = self.prices.iter().map(|price| &price.of).chain(listed);
        let by_days = prices.any(|price| price.trim_point.is_some() || price.short_stay.is_some());
        let columns = [Column::TariffCode, Column::Pod].into();
        Asked { columns, flags: !self.topups.is_empty(), days: by_days }
    }

    /// Writes every line of the months ended at its price, their sum, and how it differs from what is stated;
    /// gives it with how many months have lines.
    pub(super) fn write(
        &self,
        sheet: &mut Worksheet,
        facts: &Facts,
        clause: &ClauseRef,
    ) -> Option<(Figure<Money>, usize)> {
        let mut priced = Vec::new();
        let mut stated = Some(Vec::new());
        let (mut months, mut unpriced) = (0, false);
        for month in facts.months_ended() {
            reported::after_freeze(sheet, facts, clause, month);
            let reports = facts.payable_reports(month);
            if reports.is_empty() || reports.iter().any(|r| r.fact.is_without_lines()) {
                let text = format!("no activity report with lines for {month}");
                sheet.missing(Step::NotReported, Some(month.to_string()), LineState::NotReported, text);
            }
            months += usize::from(reports.iter().any(|r| !r.fact.is_without_lines()));
            for report in reports {
                for (read, alike) in Sorted::of(facts, clause, &report.fact).lines() {
                    let Some(value) = self.line(sheet, facts, month, report, &read, alike) else {
                        unpriced = true;
                        continue;
                    };
                    priced.push(value);
                    stated = stated.zip(alike.value.clone()).map(|(mut all, value)| {
                        all.push(value);
                        all
                    });
                }
            }
        }
        if months == 0 || (priced.is_empty() && unpriced) {
            return None;
        }
        let all = sheet.line(Step::PricedActivity, sum(priced));
        if let Some(values) = stated.filter(|values| !values.is_empty()) {
            let given =
                Given { values, ..Given::new(Exact::zero(), "of the lines that have a price", Vec::new()) };
            let stated: Figure<Money> = sheet.given(Step::ActivityValue, None, given);
            sheet.line(Step::AgainstStated, all - stated);
        }
        Some((all, months))
    }

    /// Factors that begin after the term does, where no other covers the days before.
    pub(super) fn contradictions(&self, terms: &Terms) -> Vec<Fault> {
        let begins = terms.years.first_day();
        // A published list may have the factors of the days before.
        if self.price_list.is_some() || self.covers(None, begins) {
            return Vec::new();
        }
        let late = |factor: &Factor| !self.covers(factor.provider.as_ref(), begins);
        let Some(i) = self.mff.iter().position(late) else { return Vec::new() };
        let of = self.mff[i].provider.as_ref().map(|provider| format!(" of {provider}")).unwrap_or_default();
        let message =
            format!("care from {begins} has no market forces factor{of} until {}", self.mff[i].from);
        let hint = "write the factor in force when the term begins; where there is none, `factor: 1`";
        vec![Fault::new(format!("/mff/{i}/from"), message, hint)]
    }

    /// Days of the term on which a code has no price.
    pub(super) fn cautions(&self, terms: &Terms) -> Vec<Fault> {
        let term = (terms.years.first_day(), terms.years.last_day());
        let first = |(i, price): (usize, &Price)| !self.prices[..i].iter().any(|p| p.is_like(price));
        let named = self.prices.iter().enumerate().filter(|(i, price)| first((*i, price)));
        let gap = |(i, price): (usize, &Price)| {
            let (from, to) = self.unpriced(price, term)?;
            let message =
                format!("{} at {} has no price from {from} to {to}", price.of.tariff_code, price.of.pod);
            let hint = "add a price for these days, or end the contract's years before them";
            Some(Fault::new(format!("/prices/{i}"), message, hint))
        };
        named.filter_map(gap).collect()
    }

    /// What it says, in plain words.
    pub(super) fn told(&self) -> String {
        let codes: BTreeSet<&str> = self.prices.iter().map(|p| p.of.tariff_code.as_str()).collect();
        let prices = match &self.price_list {
            Some(list) => format!("of the published list {list}"),
            None => format!("of {} tariff codes", codes.len()),
        };
        let factor = if self.mff.is_empty() { "" } else { ", times the market forces factor of the month" };
        format!("at the prices {prices}{factor}")
    }

    /// What its top-ups say, each as a sentence.
    pub(super) fn topups_told(&self) -> String {
        self.topups.iter().map(|t| format!(" Flag {} adds {}.", t.flag, t.rate)).collect()
    }
}

impl Prices {
    /// Whether a provider, or everybody where none is named, has a factor of the contract's own on a day.
    fn covers(&self, provider: Option<&PartyId>, day: NaiveDate) -> bool {
        self.mff.iter().any(|factor| factor.provider.as_ref() == provider && factor.from <= day)
    }

    /// The first days of a term on which nothing like `price` has a price, if there are any.
    fn unpriced(
        &self,
        price: &Price,
        (first, last): (NaiveDate, NaiveDate),
    ) -> Option<(NaiveDate, NaiveDate)> {
        let mut like: Vec<&Price> = self.prices.iter().filter(|p| p.is_like(price)).collect();
        like.sort_by_key(|p| p.from);
        let mut open = first;
        for priced in like {
            if priced.from > open {
                return Some((open, priced.from.pred_opt()?.min(last))).filter(|_| open <= last);
            }
            open = open.max(priced.to?.succ_opt()?);
        }
        (open <= last).then_some((open, last))
    }

    /// Writes what a line pays; names it where its code has no price.
    fn line(
        &self,
        sheet: &mut Worksheet,
        facts: &Facts,
        month: Month,
        report: &Entered<ActivityReported>,
        read: &Reading,
        alike: &Alike,
    ) -> Option<Figure<Money>> {
        let subject = format!("{month} @{} {}", report.entry, alike.first + 1);
        let code = read.priced_as().unwrap_or("no tariff code");
        let pod = read.text(Column::Pod).unwrap_or_default();
        let list = self.price_list.as_ref().and_then(|list| facts.book.prices_in_force(list, month));
        let Some(price) = self.price_of(read, month, list) else {
            let text = format!("no price for {code} at {pod} in {month}");
            sheet.missing(Step::NoPrice, Some(subject), LineState::NotReported, text);
            return None;
        };
        let provider = &report.fact.provider;
        let factor = self.factor(month, provider, list);
        if factor.is_none() && self.has_factors(list) {
            let text = format!("no market forces factor of {provider} for {code} at {pod} in {month}");
            sheet.missing(Step::NoPrice, Some(subject), LineState::NotReported, text);
            return None;
        }
        let units = Given::new(
            alike.units.clone(),
            format!("{code} at {pod}, as counted"),
            reading::sources(facts, report).into_iter().chain(list.map(|l| Source::Entry(l.entry))).collect(),
        );
        let units: Figure<Count> = sheet.given(Step::ActivityCount, Some(subject.clone()), units);
        let adjusted = self.adjusted(&price, read.line);
        let value = match factor {
            Some(factor) => sheet.line_of(Step::PricedActivity, subject, adjusted * units * factor),
            None => sheet.line_of(Step::PricedActivity, subject, adjusted * units),
        };
        sheet.at_stage(value, report.fact.stage);
        Some(value)
    }

    /// The price of a unit with its top-up and its excess days, each only where the line has any.
    fn adjusted(&self, price: &ListPrice, line: Line) -> Working<Money> {
        let money = |amount: Money| Working::<Money>::constant(amount.into());
        let days = line.length_of_stay().map(i64::from);
        let topup: Exact =
            self.topups.iter().filter(|t| line.has_flag(&t.flag)).map(|t| t.rate.exact().clone()).sum();
        let topped = |price: Working<Money>, base: Working<Money>| match topup.is_zero() {
            true => price,
            false => price + &Rate::of(topup.clone()) * base,
        };
        if let (Some(short_stay), true) = (price.short_stay, days.is_some_and(|days| days < SHORT_STAY)) {
            return topped(money(short_stay), money(short_stay));
        }
        let beyond = |trim: &Count| Exact::from(days.unwrap_or(0)) - trim.exact().clone();
        let excess = price.trim_point.as_ref().map(beyond).filter(|days| *days > Exact::zero());
        let Some(excess) =
            excess.map(|days| money(price.excess_day.unwrap_or(Money::ZERO)) * &Count::from(days))
        else {
            return topped(money(price.price), money(price.price));
        };
        let base = match self.topup_base {
            TopUpBase::Price => money(price.price),
            TopUpBase::PriceAndExcessDays => money(price.price) + excess.clone(),
        };
        topped(money(price.price), base) + excess
    }

    /// What a line costs in a month: by the contract's own price, or by the list in force.
    fn price_of(
        &self,
        read: &Reading,
        month: Month,
        list: Option<&Entered<PricesPublished>>,
    ) -> Option<ListPrice> {
        let (code, pod) = (read.priced_as()?, read.text(Column::Pod)?);
        if let Some(own) = self.prices.iter().find(|p| p.is_of(code, pod, month)) {
            return Some(own.of.clone());
        }
        list?.fact.price_of(code, pod).cloned()
    }

    /// Whether prices are multiplied by a factor at all.
    fn has_factors(&self, list: Option<&Entered<PricesPublished>>) -> bool {
        !self.mff.is_empty() || list.is_some_and(|list| !list.fact.mff.is_empty())
    }

    /// The market forces factor of a provider in the month of care: the contract's own, else the list's.
    fn factor<'a>(
        &'a self,
        month: Month,
        provider: &PartyId,
        list: Option<&'a Entered<PricesPublished>>,
    ) -> Option<&'a Count> {
        let begun =
            |f: &&Factor| f.from <= month.first_day() && f.provider.as_ref().is_none_or(|p| p == provider);
        let own = self.mff.iter().filter(begun).max_by_key(|f| (f.provider.is_some(), f.from));
        let listed = || list?.fact.mff.iter().find(|f| f.provider == *provider);
        own.map(|f| &f.factor).or_else(|| listed().map(|f| &f.factor))
    }
}

/// A stay of fewer days is short.
const SHORT_STAY: i64 = 2;

impl Price {
    fn is_of(&self, tariff_code: &str, pod: &str, month: Month) -> bool {
        self.of.tariff_code == tariff_code
            && self.of.pod == pod
            && self.from <= month.first_day()
            && self.to.is_none_or(|to| month.first_day() <= to)
    }

    /// Whether it is a price of the same thing.
    fn is_like(&self, other: &Price) -> bool {
        self.of.tariff_code == other.of.tariff_code && self.of.pod == other.of.pod
    }

    fn overlaps(&self, other: &Price) -> bool {
        let before = |a: &Price, b: &Price| a.to.is_some_and(|to| to < b.from);
        self.is_like(other) && !before(self, other) && !before(other, self)
    }
}
