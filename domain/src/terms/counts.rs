//! `counts`: which lines of activity a contract is about, and the pathway that each belongs to.
//!
//! Rules are asked in their order and the first that matches counts a line. Where terms have rules, a line
//! that none of them counts is outside the contract, whatever clause would take it. The list may be dated as
//! a whole; each line is counted by the rules in force in its month.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{Dated, Document, Fault, Fields, Terms};
use crate::mechanism::Selection;
use crate::name::ClauseRef;
use crate::year::Month;

/// A rule that counts lines to a pathway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The clause of the contract that says so.
    pub clause: ClauseRef,
    /// The pathway that its lines belong to.
    pub pathway: String,
    /// The tariff code at whose price its lines are paid, where that is not their own.
    pub price_line: Option<String>,
    /// What a line must be.
    pub when: Selection,
}

pub(super) fn read(fields: &Fields, name: &str) -> Vec<Rule> {
    fields.list(name, |f| Rule {
        clause: f.required("clause"),
        pathway: f.required("pathway"),
        price_line: f.optional("price_line"),
        when: Selection::of_line(f).unwrap_or_default(),
    })
}

impl Rule {
    fn told(&self) -> String {
        let activity = match self.when.told() {
            asked if asked.is_empty() => "activity that no rule before it counts".to_owned(),
            asked => format!("activity ({asked})"),
        };
        let price = self.price_line.iter().map(|code| format!(", at the price of {code}"));
        format!("counts to the pathway {}: {activity}{}", self.pathway, price.collect::<String>())
    }

    /// Whether it makes a difference which of the two counts a line.
    fn differs(&self, other: &Rule) -> bool {
        self.pathway != other.pathway || self.price_line != other.price_line
    }
}

impl Terms {
    /// The rules by which lines of a month are counted; none where the terms have none.
    pub fn counts_in(&self, month: Month) -> &[Rule] {
        self.counts.as_ref().map_or(&[], |counts| counts.in_force(month))
    }

    /// Which activity counts, clause by clause, in plain words.
    pub fn counts_told(&self) -> Vec<(ClauseRef, String)> {
        let ranges = self.counts.iter().flat_map(Dated::ranges).enumerate();
        let told = ranges.flat_map(|(i, (from, rules))| {
            let since = if i == 0 { "It".to_owned() } else { format!("From {from} it") };
            rules.iter().map(move |rule| (rule.clause.clone(), format!("{since} {}.", rule.told())))
        });
        told.collect()
    }

    /// Each list of rules with the pointer to it.
    fn lists_of_rules(&self) -> Vec<(String, &Vec<Rule>)> {
        let written = match self.document.at("/counts") {
            Some(Document::List(items)) => items.as_slice(),
            _ => &[],
        };
        let begins = |item: &Document, day: NaiveDate| matches!(item.at("/from"), Some(Document::Text(from)) if crate::time::date(from) == Ok(day));
        let place = |(from, rules)| match written.iter().position(|item| begins(item, from)) {
            Some(i) => (format!("/counts/{i}/value"), rules),
            None => ("/counts".to_owned(), rules),
        };
        self.counts.iter().flat_map(Dated::ranges).map(place).collect()
    }

    fn pathways(&self) -> BTreeSet<&str> {
        let rules = self.counts.iter().flat_map(Dated::values).flatten();
        rules.map(|rule| rule.pathway.as_str()).collect()
    }

    /// Rules that can never count a line, and clauses that pay for a pathway to which nothing counts.
    pub(super) fn faults_of_counts(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        for (pointer, rules) in self.lists_of_rules() {
            for (i, rule) in rules.iter().enumerate() {
                let before: Vec<&Selection> = rules[..i].iter().map(|earlier| &earlier.when).collect();
                if !rule.when.is_covered_by(&before) {
                    continue;
                }
                let who = match before.iter().position(|earlier| earlier.covers(&rule.when)) {
                    Some(before) => format!("rule {} counts", before + 1),
                    None => "the rules before it together count".to_owned(),
                };
                let message = format!("rule {} of `counts` never counts a line: {who} every one", i + 1);
                faults.push(Fault::new(
                    format!("{pointer}/{i}/when"),
                    message,
                    "list the narrower rule first, or leave it out",
                ));
            }
        }
        let known = self.pathways();
        for (i, clause) in self.pay.iter().enumerate() {
            let paid = clause.mechanism.selection().map_or(&[][..], Selection::pathways);
            for pathway in paid.iter().filter(|pathway| !known.contains(pathway.as_str())) {
                let message = format!("nothing counts to the pathway `{pathway}`");
                let hint = match known.is_empty() {
                    true => "write `counts:` with a rule that says which lines belong to it".to_owned(),
                    false => {
                        format!("the pathways are: {}", known.iter().copied().collect::<Vec<_>>().join(", "))
                    }
                };
                faults.push(Fault::new(format!("/pay/{i}/pathway"), message, hint));
            }
        }
        faults
    }

    /// Rules that take a part of a later rule's lines, and pathways that no clause pays for.
    pub(super) fn cautions_of_counts(&self) -> Vec<Fault> {
        let mut cautions = Vec::new();
        for (pointer, rules) in self.lists_of_rules() {
            for (j, rule) in rules.iter().enumerate() {
                let hides = |(_, earlier): &(usize, &Rule)| {
                    earlier.differs(rule)
                        && earlier.when.overlaps(&rule.when)
                        // A rule that asks nothing says itself that it counts what is left.
                        && !rule.when.asks_nothing()
                };
                for (i, earlier) in rules[..j].iter().enumerate().filter(hides) {
                    let message = format!(
                        "rules {} and {} of `counts` can mean the same line: it counts to {}, as the earlier says",
                        i + 1,
                        j + 1,
                        earlier.pathway
                    );
                    cautions.push(Fault::new(
                        format!("{pointer}/{j}/when"),
                        message,
                        "give each line to one rule, or check their order",
                    ));
                }
            }
        }
        cautions.extend(self.unpaid_pathways());
        cautions
    }

    /// Pathways that no clause pays for, where clauses pay by activity and all of them name theirs.
    fn unpaid_pathways(&self) -> Vec<Fault> {
        let by_activity = self.pay.iter().map(|clause| &clause.mechanism).filter(|m| m.by_activity());
        let paid: Vec<&[String]> =
            by_activity.map(|m| m.selection().map_or(&[][..], Selection::pathways)).collect();
        if paid.is_empty() || paid.iter().any(|pathways| pathways.is_empty()) {
            return Vec::new();
        }
        let unpaid = self
            .pathways()
            .into_iter()
            .filter(|pathway| !paid.iter().any(|p| p.iter().any(|p| p == pathway)));
        let caution = |pathway: &str| {
            let message =
                format!("no clause pays for the pathway `{pathway}`: its lines are shown, not paid");
            Fault::new("/counts", message, "name it in the `pathway` of a clause that pays by activity")
        };
        unpaid.map(caution).collect()
    }
}
