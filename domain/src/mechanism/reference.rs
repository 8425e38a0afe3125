//! References from one clause to a line of another: `core.withheld` is the line `withheld` of the clause of kind `core`.

use crate::exact::Exact;
use crate::terms::{Clause, Fault, Field, Terms};
use crate::worksheet::Step;

/// A line of another clause, by the clause's kind or number and the line's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The clause, by kind or number.
    pub clause: String,
    /// The line.
    pub step: Step,
}

impl Reference {
    /// Whether it is a line of this clause.
    pub(crate) fn means(&self, clause: &Clause) -> bool {
        clause.clause.as_str() == self.clause || clause.mechanism.kind() == self.clause
    }

    /// What the line comes to in a full contract year, where the terms alone say it.
    pub(super) fn yearly(&self, terms: &Terms) -> Option<Exact> {
        terms.pay.iter().find(|clause| self.means(clause))?.mechanism.yearly(self.step)
    }

    /// A fault where no clause of the terms is meant.
    pub(super) fn check(&self, field: &str, terms: &Terms) -> Vec<Fault> {
        match terms.pay.iter().filter(|c| self.means(c)).count() {
            1 => Vec::new(),
            0 => {
                let message = format!("no clause is of kind or number `{}`", self.clause);
                vec![Fault::new(
                    format!("/{field}"),
                    message,
                    "name a clause of this contract, such as core.withheld",
                )]
            }
            _ => {
                let message = format!("several clauses are of kind `{}`", self.clause);
                vec![Fault::new(
                    format!("/{field}"),
                    message,
                    "name the clause by its number, such as 3.1.withheld",
                )]
            }
        }
    }
}

impl Field for Reference {
    const EXPECTED: &'static str = "a line of another clause, such as core.withheld";

    fn read(text: &str) -> Result<Reference, String> {
        let (clause, step) =
            text.rsplit_once('.').ok_or_else(|| format!("`{text}` names no line of a clause"))?;
        Ok(Reference { clause: clause.to_owned(), step: step.parse()? })
    }

    fn placeholder() -> Reference {
        Reference { clause: String::new(), step: Step::Budget }
    }
}
