//! When fixed sums are to be paid, over the whole year and every text of the terms.
//!
//! A variation signed late changes what earlier months should have been, not what they were: until the month
//! of its signature the schedule is that of the text before it, and what the new text would have had
//! scheduled until then, less what was scheduled, is paid in that month as arrears.

use crate::book::Case;
use crate::exact::Exact;
use crate::facts::Facts;
use crate::money::Money;
use crate::statement::Scheduled;
use crate::terms::Terms;
use crate::year::Month;

/// The schedule of a contract year.
pub fn of(facts: &Facts) -> Vec<Scheduled> {
    let case = facts.case;
    let mut rows = under(facts, &case.terms);
    let texts: Vec<(Month, &Terms)> = case
        .variations
        .iter()
        .filter_map(|v| Some((Month::of(v.fact.signed_on), v.fact.terms.as_deref()?)))
        .collect();
    if let Some(late) = texts.iter().position(|(signed, _)| facts.months().iter().any(|m| m < signed)) {
        let before = if late == 0 { &case.as_awarded } else { texts[late - 1].1 };
        rows = under(facts, before);
        for (signed, terms) in &texts[late..] {
            rows = signed_in(*signed, &rows, under(facts, terms));
        }
    }
    rows
}

/// The schedule as one text of the terms has it.
fn under(facts: &Facts, terms: &Terms) -> Vec<Scheduled> {
    let bare = Case {
        variations: facts.case.variations.clone(),
        terminations: facts.case.terminations.clone(),
        ..Case::new(terms.clone(), facts.case.signed_on, facts.case.awarded)
    };
    let facts = facts.drafts.facts(&bare, facts.year);
    let clauses = bare.terms.in_order_of_settlement();
    clauses.iter().flat_map(|clause| clause.mechanism.schedule(&facts, &clause.clause)).collect()
}

/// A new schedule in the place of an old one from the month of its signature, with the arrears of the months
/// before.
fn signed_in(signed: Month, old: &[Scheduled], new: Vec<Scheduled>) -> Vec<Scheduled> {
    let mut streams: Vec<&str> = Vec::new();
    for row in new.iter().chain(old) {
        if !streams.contains(&row.stream.as_str()) {
            streams.push(&row.stream);
        }
    }
    streams.into_iter().flat_map(|stream| one_stream(stream, signed, old, &new)).collect()
}

fn one_stream(stream: &str, signed: Month, old: &[Scheduled], new: &[Scheduled]) -> Vec<Scheduled> {
    let of = |rows: &[Scheduled], before: bool| -> Vec<Scheduled> {
        rows.iter().filter(|r| r.stream == stream && (r.month < signed) == before).cloned().collect()
    };
    let sum = |rows: &[Scheduled]| rows.iter().map(|r| Exact::from(r.amount)).sum::<Exact>();
    let was = of(old, true);
    let arrears = sum(&of(new, true)) - sum(&was);
    let mut rest = of(new, false);
    if !arrears.is_zero() {
        let add = |amount: Money| (Exact::from(amount) + arrears.clone()).as_money().unwrap_or(amount);
        match rest.iter_mut().find(|row| row.month == signed) {
            Some(row) => (row.amount, row.arrears) = (add(row.amount), add(row.arrears)),
            None => {
                let amount = add(Money::ZERO);
                rest.insert(
                    0,
                    Scheduled { month: signed, stream: stream.to_owned(), amount, arrears: amount },
                );
            }
        }
    }
    was.into_iter().chain(rest).collect()
}
