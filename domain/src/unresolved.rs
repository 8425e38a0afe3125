//! What is left open under a contract, and how much of it stops the start of the contract or the close of a
//! year.
//!
//! The lesson of a contract that started in 2015 while £34,000,000.00 of a first year's £161,904,762.00 were
//! unsettled, 21%: whoever starts with so much open does not know the price. `stop_start_above` in the terms
//! sets the limit.

use crate::book::Case;
use crate::exact::Exact;
use crate::headroom;
use crate::money::Money;
use crate::name::ChallengeId;
use crate::refusal::Refusal;
use crate::verb::expectation::Kind;
use crate::year::{ContractYear, Span};

/// Something left open.
#[derive(Clone, Debug, PartialEq)]
pub struct Unresolved {
    /// What, by kind and name.
    pub what: String,
    /// What it is worth in full, however likely it is.
    pub amount: Money,
}

impl Case {
    /// Open items, variations expected and challenges not resolved of a contract year, in this order.
    pub fn unresolved(&self, year: ContractYear) -> Vec<Unresolved> {
        let open = self.expected();
        let of = |kind: Kind| {
            let of_kind = open.iter().filter(move |o| o.kind == kind && o.expected.year == year);
            of_kind.map(|o| Unresolved { what: format!("{} {}", o.kind, o.expected.item), amount: o.left })
        };
        let ended = |name: &ChallengeId| self.resolutions.iter().any(|r| r.fact.challenge == *name);
        let challenges = self.challenges.iter().map(|c| &c.fact);
        let challenges = challenges
            .filter(|c| Span::Month(c.month).within(year) && !ended(&c.challenge))
            .map(|c| Unresolved { what: format!("challenge {}", c.challenge), amount: c.amount });
        of(Kind::OpenItem).chain(of(Kind::Variation)).chain(challenges).collect()
    }

    /// Refuses to start a contract, or to close a year, while more is unresolved than the terms allow.
    ///
    /// # Errors
    /// Names every item with its amount; refuses too where the terms set a limit and plan no amount to
    /// measure it by.
    pub fn few_enough_open(&self, year: ContractYear, to: &str) -> Result<(), Refusal> {
        let Some(limit) = &self.terms.stop_start_above else { return Ok(()) };
        let open = self.unresolved(year);
        let sum: Exact = open.iter().map(|o| Exact::from(o.amount)).sum();
        if sum.is_zero() {
            return Ok(());
        }
        let contract = &self.terms.contract;
        let Some(annual) = headroom::planned(self, year) else {
            let message = format!("`{contract}` plans no amount for {year}, so nothing can be {limit} of it");
            let hint = "resolve what is open, or give its clauses a plan";
            return Err(Refusal::rule("no-annual-value", message, hint));
        };
        if sum <= annual.clone() * limit.exact().clone() {
            return Ok(());
        }
        let share = sum.checked_div(&annual).map_or_else(String::new, |share| share.show_percent(2));
        let show = |amount: Money| amount.show(self.terms.currency);
        let named: Vec<String> = open.iter().map(|o| format!("{} {}", o.what, show(o.amount))).collect();
        let (sum, annual) = (sum.as_money().map(show), annual.as_money().map(show));
        let message = format!(
            "`{contract}` cannot {to}: {} of {}, {share}, is unresolved in {year}, more than {limit}: {}",
            sum.unwrap_or_default(),
            annual.unwrap_or_default(),
            named.join(", ")
        );
        Err(Refusal::rule("too-much-open", message, "resolve these first, the largest first"))
    }
}
