//! # Grant and milestones
//!
//! **What it pays.** A `grant` per contract year in equal monthly parts, if there is one, and a value for
//! each milestone in the contract year in which it is reached: in full by its due date, after it the `late`
//! part, and the rest is forfeited.
//!
//! **When nothing is due.** A milestone not reached pays nothing: its value is still to play for until its
//! due date, and the late part of it after.
//!
//! **Clause.** Local; grants to voluntary organisations and for starting a service.
//!
//! **Worked example.** A grant of £180,000.00; milestones of £25,000.00 reached in time, £25,000.00 reached
//! late at 50%, and £50,000.00 due after the year: £217,500.00, with £12,500.00 forfeited and £50,000.00
//! still to play for.

use chrono::NaiveDate;

use super::{Pays, Phase, Told, all, twelfths};
use crate::exact::Exact;
use crate::facts::Facts;
use crate::headroom::Commitment;
use crate::money::Money;
use crate::name::ClauseRef;
use crate::rate::Rate;
use crate::statement::Scheduled;
use crate::terms::{Fault, Fields, Terms};
use crate::verb::milestone::MilestoneReached;
use crate::worksheet::{Figure, Given, Source, Step, Worksheet};

/// A grant, and payments for what is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Milestones {
    grant: Option<Money>,
    milestones: Vec<Milestone>,
    late: Rate,
}

/// One milestone.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Milestone {
    milestone: String,
    value: Money,
    due: NaiveDate,
}

impl Pays for Milestones {
    const KIND: &'static str = "milestones";
    const PHASE: Phase = Phase::Base;

    fn read(fields: &Fields) -> Milestones {
        super::twelfths_only(fields);
        let milestones = fields.list("milestones", |f| Milestone {
            milestone: f.required("milestone"),
            value: f.required("value"),
            due: f.required("due"),
        });
        if milestones.is_empty() {
            fields.missing(
                "milestones",
                "`milestones` is missing",
                "write each milestone with its value and due date",
            );
        }
        super::distinct(fields, "milestones", milestones.iter().map(|m| m.milestone.as_str()));
        let late: Rate = fields.required("late");
        if late.exact().is_negative() || *late.exact() > Exact::one() {
            let hint = "write what part a late milestone still pays, 0% to 100%";
            fields.fault("late", format!("{late} is not a part of a milestone"), hint);
        }
        Milestones { grant: fields.optional("grant"), milestones, late }
    }

    fn contradictions(&self, terms: &Terms) -> Vec<Fault> {
        let (first, last) = (terms.years.first_day(), terms.years.last_day());
        let outside = |(i, milestone): (usize, &Milestone)| {
            let Milestone { milestone: name, due, .. } = milestone;
            let message =
                format!("`{name}` is due on {due}, outside the contract's term of {first} to {last}");
            let hint =
                "a milestone is paid in the contract year in which it is reached: write a day of the term";
            let fault = || Fault::new(format!("/milestones/{i}/due"), message, hint);
            (*due < first || last < *due).then(fault)
        };
        self.milestones.iter().enumerate().filter_map(outside).collect()
    }

    fn writes(&self) -> Vec<Step> {
        if self.grant.is_some() { vec![Step::Grant, Step::GrantToDate] } else { Vec::new() }
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, clause: &ClauseRef) {
        if let Some(grant) = self.grant {
            let annual = sheet.stated(Step::Grant, grant);
            let due = twelfths::to_date(sheet, Step::GrantToDate, annual, facts);
            sheet.owes(facts.payer(), facts.payee(), due);
            twelfths::variations(sheet, facts, clause);
        }
        for milestone in &self.milestones {
            self.settle_one(sheet, facts, milestone);
        }
    }

    fn schedule(&self, facts: &Facts, clause: &ClauseRef) -> Vec<Scheduled> {
        self.grant.map(|grant| twelfths::schedule(&grant.into(), facts, clause)).unwrap_or_default()
    }

    fn can_be_varied(&self) -> bool {
        self.grant.is_some()
    }

    fn commitment(&self, _: &Terms) -> Option<Commitment> {
        let grant = self.grant.map_or_else(Exact::zero, Exact::from);
        let values: Exact = self.milestones.iter().map(|m| Exact::from(m.value)).sum();
        let all = &grant + &values;
        Some(Commitment { planned: Some(all.clone()), most: Some(all), least: grant })
    }

    fn words(&self, told: &Told) -> String {
        let grant = self
            .grant
            .map(|grant| format!("a grant of {} a year in equal monthly parts, and ", told.money(grant)));
        let milestones = self
            .milestones
            .iter()
            .map(|m| format!("{} for {} by {}", told.money(m.value), m.milestone, m.due));
        format!(
            "{} pays {} {}{}. A milestone reached late pays {} of its value.",
            told.payer(),
            told.payee(),
            grant.unwrap_or_default(),
            all(milestones),
            self.late
        )
    }
}

impl Milestones {
    /// The names of its milestones.
    pub fn names(&self) -> Vec<&str> {
        self.milestones.iter().map(|m| m.milestone.as_str()).collect()
    }

    fn settle_one(&self, sheet: &mut Worksheet, facts: &Facts, milestone: &Milestone) {
        let Milestone { milestone: name, due, .. } = milestone;
        let Some(reached) = facts.milestone(name) else {
            self.not_reached(sheet, facts, milestone);
            return;
        };
        let MilestoneReached { on, .. } = reached.fact;
        if !facts.year.contains(on) {
            let text = format!("reached on {on}, and paid in that contract year");
            sheet.note_of(Step::NothingDue, name, text, vec![Source::Entry(reached.entry)]);
            return;
        }
        let said = format!("due by {due}, reached on {on}");
        let given = Given::new(milestone.value, said, vec![Source::Entry(reached.entry)]);
        let value: Figure<Money> = sheet.given(Step::Milestone, Some(name.clone()), given);
        if on <= *due {
            let earned = sheet.line_of(Step::MilestoneEarned, name, crate::worksheet::sum([value]));
            sheet.owes(facts.payer(), facts.payee(), earned);
            return;
        }
        let earned = sheet.line_of(Step::MilestoneEarned, name, &self.late * value);
        sheet.owes(facts.payer(), facts.payee(), earned);
        sheet.line_of(Step::MilestoneForfeited, name, value - earned);
    }

    /// What is still to play for: the value until the due date, the late part after it.
    fn not_reached(&self, sheet: &mut Worksheet, facts: &Facts, milestone: &Milestone) {
        let Milestone { milestone: name, due, value } = milestone;
        let given = Given::new(*value, format!("due by {due}, not reached"), Vec::new());
        let value: Figure<Money> = sheet.given(Step::Milestone, Some(name.clone()), given);
        if facts.as_of.0 <= *due {
            sheet.line_of(Step::StillToPlayFor, name, crate::worksheet::sum([value]));
            return;
        }
        let open = sheet.line_of(Step::StillToPlayFor, name, &self.late * value);
        sheet.line_of(Step::MilestoneForfeited, name, value - open);
    }
}
