//! The paying clauses of a contract in plain words, from its terms as written.
//!
//! A kind without a sentence of its own is told field by field, so that no clause is left out.

use domain::money::{Currency, Money};
use domain::terms::{Document, Terms};

use crate::contracts::Clause;

/// Every paying clause of a contract, in its order.
pub fn clauses(terms: &Terms) -> Vec<Clause> {
    let told = terms.pay.iter().enumerate().map(|(place, clause)| {
        let empty = Document::Text(String::new());
        let written = terms.document().at(&format!("/pay/{place}")).unwrap_or(&empty);
        let kind = clause.mechanism.kind();
        let says = Told { terms, written }.sentence(kind).unwrap_or_else(|| fields(written));
        Clause { clause: clause.clause.clone(), kind: kind.to_owned(), says }
    });
    told.collect()
}

struct Told<'a> {
    terms: &'a Terms,
    written: &'a Document,
}

impl Told<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        match self.written.at(&format!("/{name}")) {
            Some(Document::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// A field as an amount of money.
    fn money(&self, name: &str) -> Option<String> {
        let text = self.text(name)?;
        Some(text.parse::<Money>().map_or_else(|_| text.to_owned(), |m| self.show(m)))
    }

    fn show(&self, money: Money) -> String {
        let text = money.show(self.terms.currency);
        match self.terms.currency {
            Currency::Gbp | Currency::Usd | Currency::Nzd => {
                text.strip_suffix(".00").map_or(text.clone(), str::to_owned)
            }
        }
    }

    /// A list of `{party, share}` in words.
    fn shares(&self, name: &str, word: &str) -> Option<String> {
        let Some(Document::List(shares)) = self.written.at(&format!("/{name}")) else { return None };
        let told = shares.iter().map(|share| match (share.at("/party"), share.at("/share")) {
            (Some(Document::Text(party)), Some(Document::Text(share))) => format!("{share} {word} {party}"),
            _ => fields(share),
        });
        Some(told.collect::<Vec<_>>().join(", "))
    }

    fn sentence(&self, kind: &str) -> Option<String> {
        let (payer, payee) = (&self.terms.parties.payer, &self.terms.parties.payee);
        Some(match kind {
            "block" => format!(
                "{payer} pays {payee} a fixed {} a year in equal monthly parts, whatever the activity.",
                self.money("amount")?
            ),
            "core" => format!(
                "{payer} pays {payee} a budget of {} a year in equal monthly parts{}.",
                self.money("budget")?,
                self.text("withheld").map_or(String::new(), |part| format!(
                    ", less {part} that is withheld until outcomes are measured"
                ))
            ),
            "activity_at_price" => format!(
                "{payer} pays {payee} for the activity reported, at its stated value{}.",
                self.limits().unwrap_or_default()
            ),
            "outcome_pot" => format!(
                "The part withheld ({}) is earned as outcomes are met, by {}. Outcomes count once measured, up to {} after \
                 the year's end; {}.",
                self.text("of")?,
                self.outcomes(),
                self.text("deadline").unwrap_or("the deadline"),
                match self.text("late") {
                    Some("carry_last") => "after that the last measurement of an earlier year counts",
                    Some("exclude") => "after that the other outcomes carry its weight",
                    _ => "after that an outcome not measured earns nothing",
                }
            ),
            "programme_pool" => format!(
                "At any date the cost of the programme is compared with its budget. What it came in under is shared {}; \
                 what it came in over is borne {}.{}",
                self.shares("gain", "to")?,
                self.shares("loss", "by")?,
                self.text("minimum_population/minimum").map_or(String::new(), |people| format!(
                    " It is shared only at the year's end, among at least {people} people and beyond a rate that falls as \
                     they are more."
                ))
            ),
            "stop_loss" => format!(
                "{} pays {payee} for each patient whose year costs more than {}: the cost above that{}{}.",
                self.text("pool")?,
                self.money("threshold")?,
                self.text("coinsurance").map_or(String::new(), |part| format!(", less {part}")),
                self.money("limit").map_or(String::new(), |limit| format!(", no more than {limit} a year"))
            ),
            "sanctions" => format!(
                "Sanctions for missed standards reduce what {payer} pays {payee}; {} of them is passed up to the head \
                 contract.",
                self.text("passed_up").unwrap_or("a part")
            ),
            _ => return None,
        })
    }

    fn limits(&self) -> Option<String> {
        let plan = self.money("plan")?;
        let side = |name: &str, words: &str| self.text(name).map(|part| format!("{words} {part}"));
        let limits: Vec<String> = [side("cap", "not above plan plus"), side("collar", "not below plan less")]
            .into_iter()
            .flatten()
            .collect();
        let within = if limits.is_empty() { String::new() } else { format!(": {}", limits.join(" and ")) };
        Some(format!(", against a plan of {plan} a year{within}"))
    }

    fn outcomes(&self) -> String {
        match self.text("score") {
            Some(score) => score.to_owned(),
            None => {
                let named: Vec<&str> = self.terms.outcomes.iter().map(|i| i.indicator.as_str()).collect();
                named.join(", ")
            }
        }
    }
}

/// Every field with its value.
fn fields(document: &Document) -> String {
    match document {
        Document::Text(text) => text.clone(),
        Document::List(items) => items.iter().map(fields).collect::<Vec<_>>().join("; "),
        Document::Map(map) => {
            let told = map.iter().filter(|(name, _)| !matches!(name.as_str(), "clause" | "kind"));
            let told = told.map(|(name, value)| format!("{} {}", name.replace('_', " "), fields(value)));
            told.collect::<Vec<_>>().join(", ")
        }
    }
}
