//! The headroom of a programme: its envelope less its own cost and what its subcontracts pay, at plan, at
//! forecast and at the contractual worst case. It is no payment and no settlement, and so no clause: it is
//! asked of terms and forecasts.
//!
//! An exposure without a cap is named as unbounded and never guessed; what is not planned or not forecast is
//! named and leaves that headroom without a figure. Where a subcontract can pay neither more nor less than
//! its plan, its forecast is its plan.
//!
//! Worked example 09: an envelope of £23,000,000.00, own service £6,200,000.00, overhead £700,000.00 and four
//! subcontracts planned at £15,500,000.00 and forecast at £15,970,000.00: headroom £600,000.00 at plan and
//! £130,000.00 at forecast; the acute contract can cost £10,290,000.00 at most, and the one without a cap is
//! unbounded.

use serde::Serialize;

use crate::book::{Book, Case, Entered};
use crate::exact::Exact;
use crate::money::Money;
use crate::name::ContractId;
use crate::refusal::Refusal;
use crate::verb::vary::ContractVaried;
use crate::year::{ContractYear, Span};

/// What a clause commits its payer to in a contract year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commitment {
    /// What it is planned to pay, where that is said.
    pub planned: Option<Exact>,
    /// The most it can pay; nothing where it has no limit that the terms alone can say.
    pub most: Option<Exact>,
    /// The least it can pay; negative where it takes something off what other clauses pay.
    pub least: Exact,
}

impl Commitment {
    /// A sum that is paid whatever happens.
    pub fn fixed(amount: Money) -> Commitment {
        Commitment { planned: Some(amount.into()), most: Some(amount.into()), least: amount.into() }
    }
}

/// The headroom of a programme in a contract year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Headroom {
    /// What the head contract pays in all, if every outcome is earned.
    pub envelope: Exact,
    /// Own items first, then the subcontracts.
    pub rows: Vec<Row>,
    /// Envelope less everything planned.
    pub at_plan: Option<Exact>,
    /// Envelope less everything forecast.
    pub at_forecast: Option<Exact>,
    /// Envelope less own items as forecast and the most that every subcontract can pay.
    pub at_worst: Option<Exact>,
}

/// One item or subcontract of a programme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The item, or the subcontract's name.
    pub what: String,
    /// Whether it is a subcontract.
    pub subcontract: bool,
    /// What is planned.
    pub plan: Option<Exact>,
    /// What is forecast.
    pub forecast: Option<Exact>,
    /// The most that its contract allows; nothing where there is no limit.
    pub most: Option<Exact>,
}

impl Headroom {
    /// The headroom of a contract year, from what the book knows.
    ///
    /// # Errors
    /// Refuses an unknown contract and a year outside its term.
    pub fn of(book: &Book, contract: &ContractId, year: ContractYear) -> Result<Headroom, Refusal> {
        let case = book.case(contract)?;
        case.covers(Span::Year(year)).map_err(|refusal| refusal.at("/year"))?;
        let mut rows = own_items(case, year);
        for name in &case.subcontracts {
            let sub = book.case(name)?;
            if sub.runs_in_year(year) {
                rows.push(subcontract(sub, year));
            }
        }
        let envelope = commitments(case, year).planned.unwrap_or_else(Exact::zero);
        let less = |of: &dyn Fn(&Row) -> Option<Exact>| {
            let spent: Option<Vec<Exact>> = rows.iter().map(of).collect();
            Some(envelope.clone() - spent?.into_iter().sum())
        };
        let at_plan = less(&|row| row.plan.clone());
        let at_forecast = less(&|row| row.forecast.clone());
        let at_worst = less(&|row| if row.subcontract { row.most.clone() } else { row.forecast.clone() });
        Ok(Headroom { envelope, rows, at_plan, at_forecast, at_worst })
    }

    /// The subcontracts that can pay without limit.
    pub fn unbounded(&self) -> Vec<&str> {
        let without = self.rows.iter().filter(|row| row.subcontract && row.most.is_none());
        without.map(|row| row.what.as_str()).collect()
    }

    /// The subcontracts of which no forecast is recorded, and which need one.
    pub fn not_forecast(&self) -> Vec<&str> {
        let without = self.rows.iter().filter(|row| row.forecast.is_none());
        without.map(|row| row.what.as_str()).collect()
    }
}

/// The holder's own items, in the order in which they were first forecast, each as forecast last.
fn own_items(case: &Case, year: ContractYear) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for forecast in case.forecasts.iter().filter(|f| f.fact.year == year) {
        let Some(item) = &forecast.fact.item else { continue };
        let amount = Some(Exact::from(forecast.fact.amount));
        let plan = forecast.fact.plan.map(Exact::from);
        match rows.iter_mut().find(|row| row.what == *item) {
            Some(row) => {
                row.forecast = amount;
                row.plan = plan.or(row.plan.take());
            }
            None => {
                rows.push(Row { what: item.clone(), subcontract: false, plan, forecast: amount, most: None });
            }
        }
    }
    rows
}

fn subcontract(sub: &Case, year: ContractYear) -> Row {
    let Commitment { planned, most, .. } = commitments(sub, year);
    let latest = sub.forecasts.iter().rfind(|f| f.fact.year == year && f.fact.item.is_none());
    let fixed = planned.clone().filter(|planned| most.as_ref() == Some(planned));
    let forecast = latest.map(|f| Exact::from(f.fact.amount)).or(fixed);
    Row { what: sub.terms.contract.to_string(), subcontract: true, plan: planned, forecast, most }
}

/// What a contract plans to pay in a contract year, with its variations, where its clauses say.
pub(crate) fn planned(case: &Case, year: ContractYear) -> Option<Exact> {
    commitments(case, year).planned.filter(|planned| !planned.is_zero())
}

/// What all clauses of a contract commit its payer to in a contract year, with its variations: nothing
/// planned where one has no plan or none says what it pays, no limit where one has none.
fn commitments(case: &Case, year: ContractYear) -> Commitment {
    let terms = &case.terms;
    let all: Vec<Commitment> = terms.pay.iter().filter_map(|c| c.mechanism.commitment(terms)).collect();
    if all.is_empty() {
        return Commitment { planned: None, most: None, least: Exact::zero() };
    }
    let limited = terms.pay.iter().all(|c| c.mechanism.unbounded().is_none());
    let varied = varied(case, year);
    let whole = |of: &dyn Fn(&Commitment) -> Option<Exact>| {
        let amounts = all.iter().map(of).collect::<Option<Vec<Exact>>>()?;
        Some(amounts.into_iter().sum::<Exact>() + varied.clone())
    };
    Commitment {
        planned: whole(&|c| c.planned.clone()),
        most: whole(&|c| c.most.clone().filter(|_| limited)),
        least: all.iter().map(|c| c.least.clone()).sum::<Exact>() + varied.clone(),
    }
}

/// What variations add in a contract year: a twelfth of the full-year effect for each month in which they are
/// in force.
fn varied(case: &Case, year: ContractYear) -> Exact {
    let months = case.months_of(year);
    let effect = |variation: &Entered<ContractVaried>| {
        let fact = &variation.fact;
        let in_force = months.iter().filter(|month| month.first_day() >= fact.effective_from).count();
        fact.effect().map_or_else(Exact::zero, |(_, effect)| effect.into())
            * Exact::ratio(in_force as i64, 12)
    };
    case.variations.iter().map(effect).sum()
}
