//! # Sanctions
//!
//! **What it pays.** A sanction takes its amount off what is payable. Sanctions are recorded one by one, or
//! computed from counts for each of the `standards`: breaches beyond those that the `target` allows, counted
//! no further than the `floor`, times the `rate`; without a target every breach counts. Counts are those of
//! the year to date. What is due, what the payer waives of it and what is applied are lines of their own, and
//! so is what the payer reinvests. `cap` is the most that sanctions take, as a part of the line that `cap_of`
//! names; of an amount per year it is the part to date. `passed_up` says which part of them the holder of the
//! head contract passes on to the commissioner; the rest stays with the holder.
//!
//! **When nothing is due.** No sanction was recorded, and no standard missed, in the months that have ended.
//! A month that lacks one of the counts of a standard does not count for it, and is named.
//!
//! **Clause.** NHS Standard Contract, national and local quality requirements.
//!
//! **Worked example.** 10,000 attendances, 1,100 of them breaches, at £120.00 beyond 5% and no further than a
//! floor of 85%: 600 breaches count, £72,000.00; at a floor of 92% and £200.00, 300 count, £60,000.00. A
//! sanction of £12,000.00 on activity of £10,290,000.00 leaves £10,278,000.00 payable. Passed up at 0%, no
//! sanction reaches the commissioner; but a lower subcontract payable raises a head contract's pool, whose
//! shares reach the commissioner all the same, and the statement says so.

use super::reference::Reference;
use super::{Mechanism, Pays, Phase, Told, told, volumes};
use crate::exact::Exact;
use crate::exposure::{Exposure, Limit, between};
use crate::facts::Facts;
use crate::money::Money;
use crate::name::ClauseRef;
use crate::rate::{Count, Rate};
use crate::terms::{Clause, Fault, Fields, Terms};
use crate::worksheet::{Figure, Given, Operand, Source, Step, Working, Worksheet, count, net, sum};

/// Sanctions on what a provider is paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sanctions {
    /// The part that is passed on to the commissioner of the head contract.
    passed_up: Rate,
    standards: Vec<Standard>,
    cap: Option<(Rate, Reference)>,
}

/// A standard whose breaches cost a rate each.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Standard {
    standard: String,
    breaches: String,
    rate: Money,
    allowance: Option<Allowance>,
}

/// What part of the cases must meet the standard, and how far breaches beyond that are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Allowance {
    of: String,
    target: Rate,
    floor: Rate,
}

impl Pays for Sanctions {
    const KIND: &'static str = "sanctions";
    const PHASE: Phase = Phase::Sanction;

    fn read(fields: &Fields) -> Sanctions {
        let passed_up: Rate = fields.optional("passed_up").unwrap_or_else(|| Rate::of(Exact::zero()));
        if passed_up.exact().is_negative() || *passed_up.exact() > Exact::one() {
            fields.fault("passed_up", format!("{passed_up} is not a part of a sanction"), "write 0% to 100%");
        }
        let standards = fields.list("standards", Standard::read);
        super::distinct(fields, "standards", standards.iter().map(|s| s.standard.as_str()));
        let (cap, of) = (fields.optional("cap"), fields.optional("cap_of"));
        if cap.is_some() != of.is_some() {
            let hint = "write `cap: 2.5%` and `cap_of: activity_at_price.activity-value`";
            fields.fault("cap", "a cap is a part of a line, and needs `cap` and `cap_of`", hint);
        }
        Sanctions { passed_up, standards, cap: cap.zip(of) }
    }

    fn check(&self, terms: &Terms) -> Vec<Fault> {
        self.cap.as_ref().map(|(_, of)| of.check("cap_of", terms)).unwrap_or_default()
    }

    fn writes(&self) -> Vec<Step> {
        let mut lines = vec![Step::Sanction];
        lines.extend(self.cap.as_ref().map(|_| Step::SanctionLimit));
        lines
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, _: &ClauseRef) {
        let mut lines = recorded(sheet, facts);
        for standard in &self.standards {
            lines.extend(standard.settle(sheet, facts));
        }
        for line in &lines {
            sheet.owes_less(facts.payer(), facts.payee(), *line);
        }
        let passes_up = facts.case.terms.under.is_some();
        if !lines.is_empty() && (passes_up || self.cap.is_some() || !self.standards.is_empty()) {
            let all = self.within_cap(sheet, facts, lines);
            if passes_up {
                sheet.line(Step::PassedUp, &self.passed_up * all);
                note_the_pool(sheet, facts);
            }
        }
        reinvested(sheet, facts);
    }

    fn volumes(&self) -> Vec<String> {
        let of = |s: &Standard| s.allowance.as_ref().map(|a| a.of.clone());
        self.standards.iter().flat_map(|s| of(s).into_iter().chain([s.breaches.clone()])).collect()
    }

    fn uses(&self) -> Vec<(&'static str, &Reference)> {
        self.cap.iter().map(|(_, of)| ("cap_of", of)).collect()
    }

    fn exposures(&self, terms: &Terms) -> Vec<Exposure> {
        let less = match &self.cap {
            None => Limit::Without("sanctions have no cap"),
            Some((part, of)) => match of.yearly(terms) {
                Some(of) => Limit::at(&of * part.exact()),
                None => Limit::PartOf(format!("{part} of {}", told::line(terms, of))),
            },
        };
        between(terms, Limit::nothing(), less)
    }

    fn words(&self, told: &Told) -> String {
        let standards = self.standards.iter().map(|s| match &s.allowance {
            None => format!(" Each of `{}` takes {} off.", s.breaches, told.money(s.rate)),
            Some(Allowance { of, target, floor }) => format!(
                " Each of `{}` beyond those that {target} of `{of}` allow, and no further than {floor}, takes {} off.",
                s.breaches,
                told.money(s.rate)
            ),
        });
        let cap = self
            .cap
            .as_ref()
            .map(|(part, of)| format!(" Together they take no more than {part} of {}.", told.line(of)));
        format!(
            "Sanctions for missed standards reduce what {} pays {}; {} of them is passed up to the head contract.{}{}",
            told.payer(),
            told.payee(),
            self.passed_up,
            standards.collect::<String>(),
            cap.unwrap_or_default()
        )
    }
}

impl Sanctions {
    /// The names of the standards whose sanctions are computed.
    pub fn standards(&self) -> Vec<&str> {
        self.standards.iter().map(|s| s.standard.as_str()).collect()
    }

    /// All sanctions, no further than the cap; what is beyond it is owed back.
    fn within_cap(&self, sheet: &mut Worksheet, facts: &Facts, lines: Vec<Figure<Money>>) -> Figure<Money> {
        let Some((cap, of)) = &self.cap else { return sheet.line(Step::Sanction, sum(lines)) };
        let Some(value) = sheet.find_to_date(&of.clause, of.step) else {
            of.note_no_amount(sheet, facts, Step::SanctionLimit);
            return sheet.line(Step::Sanction, sum(lines));
        };
        let limit = sheet.line(Step::SanctionLimit, cap * value);
        let all = sheet.line(Step::Sanction, sum(lines.iter().copied()).at_most(limit));
        let beyond = sheet.line(Step::AboveSanctionLimit, sum(lines) - all);
        sheet.owes(facts.payer(), facts.payee(), beyond);
        all
    }
}

/// Says that the head contract's pool moves with a sanction, where it has one.
fn note_the_pool(sheet: &mut Worksheet, facts: &Facts) {
    let head = facts.case.terms.under.as_ref().and_then(|head| facts.book.contracts.get(head));
    let shared = |c: &Clause| matches!(c.mechanism, Mechanism::ProgrammePool(_));
    if head.is_some_and(|head| head.terms.pay.iter().any(shared)) {
        let text = "what a sanction takes off this payable lowers the cost of the programme, and so reaches the head \
                    contract's pool, whether or not it is passed up";
        sheet.note(Step::ThroughThePool, text);
    }
}

/// Sanctions recorded one by one.
fn recorded(sheet: &mut Worksheet, facts: &Facts) -> Vec<Figure<Money>> {
    let write = |applied: &crate::book::Entered<crate::verb::sanction::SanctionApplied>| {
        let subject = format!("{} @{}", applied.fact.month, applied.entry);
        let source = vec![Source::Entry(applied.entry)];
        let given = Given::new(applied.fact.amount, format!("applied: {}", applied.fact.reason), source);
        sheet.given(Step::Sanction, Some(subject), given)
    };
    facts.sanctions().into_iter().map(write).collect()
}

/// What sanctions brought and was spent: shown, and nothing payable changes by it.
fn reinvested(sheet: &mut Worksheet, facts: &Facts) {
    for spent in facts.reinvestments() {
        let subject = format!("{} @{}", spent.fact.month, spent.entry);
        let given =
            Given::new(spent.fact.amount, spent.fact.purpose.clone(), vec![Source::Entry(spent.entry)]);
        let _shown: Figure<Money> = sheet.given(Step::Reinvested, Some(subject), given);
    }
}

impl Standard {
    fn read(fields: &Fields) -> Standard {
        let standard = Standard {
            standard: fields.required("standard"),
            breaches: fields.required("breaches"),
            rate: fields.required("rate"),
            allowance: fields.optional("of").map(|of| Allowance {
                of,
                target: fields.required("target"),
                floor: fields.optional("floor").unwrap_or_else(|| Rate::of(Exact::zero())),
            }),
        };
        if standard.rate.is_negative() {
            fields.fault("rate", "a rate is not negative", "write what a breach costs");
        }
        if standard.allowance.as_ref().is_some_and(|a| {
            a.floor > a.target || a.floor.exact().is_negative() || *a.target.exact() > Exact::one()
        }) {
            let hint = "write `target: 95%` and a lower `floor`, both from 0% to 100%";
            fields.fault("target", "the target is not above the floor", hint);
        }
        standard
    }

    /// Writes what is due, what is waived, and what is applied; nothing where no month is counted.
    fn settle(&self, sheet: &mut Worksheet, facts: &Facts) -> Option<Figure<Money>> {
        let counted = self.breaches_counted(sheet, facts)?;
        let name = &self.standard;
        let due = sheet.line_of(Step::SanctionDue, name, counted * self.rate);
        let waived: Vec<Figure<Money>> = facts
            .waivers(name)
            .into_iter()
            .map(|waiver| {
                let subject = format!("{name} {} @{}", waiver.fact.month, waiver.entry);
                let said = format!("waived: {}", waiver.fact.reason);
                let given = Given::new(waiver.fact.amount, said, vec![Source::Entry(waiver.entry)]);
                sheet.given(Step::SanctionWaived, Some(subject), given)
            })
            .collect();
        // More cannot be waived than is due.
        let applied = net(vec![due], waived).not_below(Money::ZERO);
        Some(sheet.line_of(Step::Sanction, name, applied))
    }

    fn breaches_counted(&self, sheet: &mut Worksheet, facts: &Facts) -> Option<Figure<Count>> {
        let Some(Allowance { of, target, floor }) = &self.allowance else {
            return volumes::counted(sheet, facts, &[&self.breaches], None)?.pop();
        };
        let counts = volumes::counted(sheet, facts, &[of, &self.breaches], None)?;
        let [all, breaches] = counts.as_slice() else { return None };
        let (whole, name) = (Rate::of(Exact::one()), &self.standard);
        let may_fail: Working<Rate> = &whole - target;
        let allowed = sheet.line_of(Step::AllowedBreaches, name, may_fail * *all);
        let no_further: Working<Count> = (target - floor) * *all;
        let beyond = (*breaches - allowed).within(count(0), no_further);
        Some(sheet.line_of(Step::BreachesCounted, name, beyond))
    }
}
