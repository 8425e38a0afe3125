//! What a clause that pays by activity is about, and at what value: its lines, and the value that the
//! provider states or, where the clause has `prices`, what they come to by those.

use super::prices::Prices;
use super::reported::{self, Payable};
use super::selection::Selection;
use crate::facts::Facts;
use crate::money::Money;
use crate::name::{ClauseRef, PriceListId};
use crate::terms::{Fault, Fields, Terms};
use crate::verb::activity::Asked;
use crate::worksheet::{Figure, Step, Worksheet};
use crate::year::Month;

/// Activity as a clause pays by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByActivity {
    /// The lines of a report that it is about; all that no other clause is about where it chooses none.
    when: Option<Selection>,
    /// What they are paid at; their stated value where there are none.
    prices: Option<Prices>,
}

impl ByActivity {
    /// Reads `when`, `pathway` and prices, each of which may be left out.
    pub(super) fn read(fields: &Fields) -> ByActivity {
        ByActivity { when: Selection::read(fields), prices: Prices::read(fields) }
    }

    /// The same where lines are paid only at prices, line by line: prices must be there, and where nothing is
    /// asked of a line every line matches.
    pub(super) fn at_prices(fields: &Fields) -> ByActivity {
        let prices = Prices::read(fields);
        if prices.is_none() {
            let hint = "write each tariff code with its point of delivery and price, or name a published `price_list`";
            fields.fault("", "`prices` is missing", hint);
        }
        ByActivity { when: Some(Selection::read(fields).unwrap_or_default()), prices }
    }

    /// Whether lines are paid at prices, and not at their stated value.
    pub(super) fn has_prices(&self) -> bool {
        self.prices.is_some()
    }

    /// Which lines of a report it is about, where it chooses any.
    pub fn selection(&self) -> Option<&Selection> {
        self.when.as_ref()
    }

    /// The published list of prices that it pays by.
    pub fn price_list(&self) -> Option<&PriceListId> {
        self.prices.as_ref()?.list()
    }

    /// What it looks at in the lines of a month.
    pub(super) fn asks(&self, facts: &Facts, month: Month) -> Asked {
        let chosen = self.when.as_ref().map(Selection::asks);
        let priced = self.prices.as_ref().map(|prices| prices.asks(facts, month));
        chosen.into_iter().chain(priced).fold(Asked::default(), Asked::and)
    }

    /// The lines without a subject that [`ByActivity::worth`] writes.
    pub(super) fn writes(&self) -> Vec<Step> {
        match self.prices {
            Some(_) => vec![Step::PricedActivity, Step::ActivityValue, Step::AgainstStated],
            None => vec![Step::ActivityValue],
        }
    }

    /// Writes what the activity of the months ended is worth; gives it with how many months were reported.
    pub(super) fn worth(
        &self,
        sheet: &mut Worksheet,
        facts: &Facts,
        clause: &ClauseRef,
    ) -> Option<(Figure<Money>, usize)> {
        match &self.prices {
            Some(prices) => prices.write(sheet, facts, clause),
            None => reported::stated(sheet, facts, clause),
        }
    }

    /// The same, less what is challenged.
    pub(super) fn payable(
        &self,
        sheet: &mut Worksheet,
        facts: &Facts,
        clause: &ClauseRef,
    ) -> Option<Payable> {
        let (value, months) = self.worth(sheet, facts, clause)?;
        let (value, if_rejected) = reported::after_challenges(sheet, facts, clause, value);
        Some(Payable { value, if_rejected, months })
    }

    /// What stops an award.
    pub(super) fn contradictions(&self, terms: &Terms) -> Vec<Fault> {
        self.prices.as_ref().map_or_else(Vec::new, |prices| prices.contradictions(terms))
    }

    /// What the parties should know before they sign.
    pub(super) fn cautions(&self, terms: &Terms) -> Vec<Fault> {
        self.prices.as_ref().map_or_else(Vec::new, |prices| prices.cautions(terms))
    }

    /// At what value, in plain words.
    pub(super) fn valued(&self) -> String {
        self.prices.as_ref().map_or_else(|| "at its stated value".to_owned(), Prices::told)
    }

    /// What its top-ups say, each as a sentence.
    pub(super) fn topups_told(&self) -> String {
        self.prices.as_ref().map_or_else(String::new, Prices::topups_told)
    }
}
