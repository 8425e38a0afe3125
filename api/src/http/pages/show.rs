//! How pages write dates, amounts and words.

use chrono::NaiveDate;
use domain::exact::Exact;
use domain::money::{Currency, Money};
use domain::statement::Status;
use domain::time::KnownAt;
use domain::worksheet::{Line, LineKind, LineState, Stage};
use domain::year::ContractYear;

/// A text with the look of its tag.
pub type Tag = (String, &'static str);

/// A date: `30 June 2014`.
pub fn day(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}

/// A contract year: `2013/14`, and stated dates as days.
pub fn year(year: ContractYear) -> String {
    match year {
        ContractYear::Stated(first, last) => format!("{} to {}", day(first), day(last)),
        ContractYear::Nhs(_) | ContractYear::Calendar(_) => year.to_string(),
    }
}

/// A text with a real minus sign, which is read out and does not break off a line.
pub fn minus(text: &str) -> String {
    text.replacen('-', "−", 1)
}

/// An amount with its currency.
pub fn money(money: Money, currency: Currency) -> String {
    minus(&money.show(currency))
}

/// An amount where there may be none.
pub fn amount(amount: Option<Money>, currency: Currency, none: &str) -> String {
    amount.map_or_else(|| none.to_owned(), |m| money(m, currency))
}

/// An exact amount as money, else with four places.
pub fn exact(amount: &Exact, currency: Currency) -> String {
    amount.as_money().map_or_else(|| minus(&amount.show(4)), |m| money(m, currency))
}

/// The amount of a line.
pub fn line(line: &Line) -> String {
    let text = line.shown();
    if line.state == LineState::Ok && line.kind != LineKind::Test { minus(&text) } else { text }
}

/// A wire name in words: `activity-reported` is `Activity reported`.
pub fn event(kind: &str) -> String {
    sentence(&kind.replace('-', " "))
}

/// Words with a capital at their beginning.
pub fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// Where a statement stands.
pub fn status(status: Status) -> Tag {
    let look = match status {
        Status::Draft => "grey",
        Status::DrawnUp => "blue",
        Status::Agreed => "green",
        Status::Restated => "amber",
    };
    (status.to_string(), look)
}

/// Where a statement stands, and how sure its figures are.
pub fn tags(of: Status, stage: Stage, complete: bool) -> Vec<Tag> {
    let mut tags = vec![status(of)];
    if !complete {
        tags.push(("incomplete".to_owned(), "amber"));
    }
    if matches!(stage, Stage::Estimated | Stage::Flex) {
        tags.push((format!("provisional: {stage} data"), "amber"));
    }
    tags
}

/// The amount of a line by itself, with its currency.
pub fn figure(of: &Line) -> String {
    let currency = of.unit.as_deref().and_then(|unit| unit.parse().ok());
    let amount = of.value.as_deref().and_then(|value| value.parse().ok());
    match (of.kind, currency, amount) {
        (LineKind::Money, Some(currency), Some(amount)) => money(amount, currency),
        _ => line(of),
    }
}

/// Whether a line is one of the statement's own, which carry out no clause.
pub fn is_total(of: &Line) -> bool {
    of.clause.as_str() == "total"
}

/// The clause of a line; the statement's own totals have none.
pub fn clause(of: &Line) -> String {
    if is_total(of) { "The statement’s totals".to_owned() } else { format!("Clause {}", of.clause) }
}

/// A number of any kind, with its thousands apart.
pub fn number(number: &Exact) -> String {
    minus(&number.as_money().map_or_else(|| number.show(4), |m| m.show_plain()))
}

/// What the ledger knew, in words after "as known".
pub fn known_at(text: &str) -> String {
    match text.parse() {
        Ok(KnownAt::Now) => "now".to_owned(),
        Ok(KnownAt::Day(known)) => format!("on {}", day(known)),
        Ok(KnownAt::Entry(entry)) => format!("at entry {entry}"),
        Ok(KnownAt::Moment(_)) | Err(_) => format!("at {text}"),
    }
}
