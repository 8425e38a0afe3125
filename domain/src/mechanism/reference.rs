//! References from one clause to a line of another: `core.withheld` is the line `withheld` of the clause of
//! kind `core`.

use crate::exact::Exact;
use crate::facts::Facts;
use crate::money::Money;
use crate::terms::{Clause, Fault, Field, Terms};
use crate::worksheet::{Figure, LineState, Step, Worksheet};

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

    /// The line; where it has no amount, `needed_for` says so on the sheet.
    pub(super) fn find(
        &self,
        sheet: &mut Worksheet,
        facts: &Facts,
        needed_for: Step,
    ) -> Option<Figure<Money>> {
        let found = sheet.find(&self.clause, self.step);
        if found.is_none() {
            self.note_no_amount(sheet, facts, needed_for);
        }
        found
    }

    /// Says that `needed_for` waits for the amount of the line.
    pub(super) fn note_no_amount(&self, sheet: &mut Worksheet, facts: &Facts, needed_for: Step) {
        let begun = !facts.months_ended().is_empty();
        let state = if begun { LineState::NotReported } else { LineState::NotYetDue };
        let text = format!("it is a part of {}.{}, which has no amount yet", self.clause, self.step);
        sheet.missing(needed_for, None, state, text);
    }

    /// A fault where the clause that is meant writes no such line.
    pub(crate) fn unwritten(&self, clause: &Clause) -> Option<(String, String)> {
        let written = clause.mechanism.writes();
        if written.contains(&self.step) {
            return None;
        }
        let (number, kind) = (&clause.clause, clause.mechanism.kind());
        let message = format!("clause {number} ({kind}) as it stands here has no line `{}`", self.step);
        let names: Vec<&str> = written.into_iter().map(Step::slug).collect();
        let hint = match names.as_slice() {
            [] => "it has no line that another clause can name".to_owned(),
            names => format!("its lines that another clause can name are: {}", names.join(", ")),
        };
        Some((message, hint))
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
