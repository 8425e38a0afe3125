//! # Pathway bundle
//!
//! **What it pays.** One price for a whole pathway, in instalments earned as patients reach its stages;
//! instalments are whole pennies that sum to the price. A patient who moves to another provider on the way
//! splits the price by days: the outgoing provider keeps the part of the days elapsed, the incoming one gets
//! the rest; such pathways are reported as transfers and not among the stages. What the payee pays others for
//! care inside the bundle (`inside`) is shown with what is left to it: it never bills it to the payer. At the
//! end of the year the part of pathways still running is shown as recognised and deferred, by whole months of
//! their `duration`, as if the price were paid when they began; that changes when income is counted, not what
//! is payable. Where the price is dated, a stage is paid by the price in force in the month in which it is
//! reached.
//!
//! **When nothing is due.** A month that lacks the count of a stage has no amount for that stage and is
//! named. Transfers are events and need no report where there are none.
//!
//! **Clause.** The maternity pathway, and local bundles; the lead provider is paid once and pays the others.
//!
//! **Worked example.** £1,850.00 in parts of 40, 40 and 20%: 500, 480 and 470 patients reach the stages and
//! pay £899,100.00. A transfer after 63 of 180 days leaves £647.50 and brings £1,202.50. A pathway of
//! £1,500.00 begun on 1 February and lasting six months is £500.00 of this year and £1,000.00 deferred.

use super::parts::{Part, parts};
use super::{Pays, Phase, Told, all, volumes};
use crate::exact::Exact;
use crate::facts::Facts;
use crate::headroom::Commitment;
use crate::money::Money;
use crate::name::ClauseRef;
use crate::rate::{Count, Rate};
use crate::terms::{Dated, Fields, Terms, reader};
use crate::worksheet::{Figure, Given, Source, Step, Worksheet, count, net, sum};
use crate::year::Month;

/// One price for a pathway, in instalments by stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathwayBundle {
    price: Dated<Money>,
    instalments: Vec<Instalment>,
    inside: Vec<Inside>,
    duration: Option<usize>,
}

/// A stage and the part of the price earned on reaching it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Instalment {
    stage: String,
    share: Rate,
}

/// Care inside the bundle that others give, at the price the payee pays for it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Inside {
    care: String,
    price: Dated<Money>,
}

impl Pays for PathwayBundle {
    const KIND: &'static str = "pathway_bundle";
    const PHASE: Phase = Phase::Base;

    fn read(fields: &Fields) -> PathwayBundle {
        let instalments = fields
            .list("instalments", |f| Instalment { stage: f.required("stage"), share: f.required("share") });
        let whole: Exact = instalments.iter().map(|i| i.share.exact().clone()).sum();
        if instalments.is_empty() {
            let hint = "write each stage with its share of the price";
            fields.missing("instalments", "`instalments` is missing", hint);
        } else if whole != Exact::one() {
            let message = format!("the instalments sum to {}, not to 100%", whole.show_percent(6));
            fields.fault("instalments", message, "write each stage with its share of the price");
        }
        let inside = fields.list("inside", |f| Inside { care: f.required("care"), price: f.dated("price") });
        let names = instalments.iter().map(|i| &i.stage).chain(inside.iter().map(|i| &i.care));
        super::distinct(fields, "instalments", names.map(String::as_str));
        let duration = fields.optional::<Months>("duration").map(|m| m.0);
        PathwayBundle { price: fields.dated("price"), instalments, inside, duration }
    }

    fn writes(&self) -> Vec<Step> {
        let mut lines = vec![Step::PathwayIncome];
        lines.extend((!self.inside.is_empty()).then_some(Step::LeftToPayee));
        lines
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, clause: &ClauseRef) {
        let prices: Vec<(Part, Figure<Money>)> = parts(facts, self.price.changes())
            .into_iter()
            .map(|part| {
                let given = Given::new(*part.value(&self.price), "as the clause states", Vec::new());
                let price = sheet.given(
                    Step::PathwayPrice,
                    part.name.as_ref().map(|months| format!("of {months}")),
                    given,
                );
                (part, price)
            })
            .collect();
        let mut income = Vec::new();
        for (part, price) in &prices {
            income.extend(self.stages(sheet, facts, part, *price));
        }
        let price_of = |month: Month| {
            let found = prices.iter().find(|(part, _)| part.months.contains(&month)).or(prices.last());
            found.map(|(_, price)| *price)
        };
        income.extend(transfers(sheet, facts, clause, price_of));
        if income.is_empty() {
            return;
        }
        let all = sheet.line(Step::PathwayIncome, sum(income));
        sheet.owes(facts.payer(), facts.payee(), all);
        self.paid_on(sheet, facts, all);
        self.running(sheet, facts, price_of);
    }

    fn volumes(&self) -> Vec<String> {
        let stages = self.instalments.iter().map(|i| i.stage.clone());
        stages.chain(self.inside.iter().map(|i| i.care.clone())).collect()
    }

    fn unbounded(&self) -> Option<&'static str> {
        Some("pathways are paid for without a limit")
    }

    fn commitment(&self, _: &Terms) -> Option<Commitment> {
        Some(Commitment { planned: None, most: None, least: Exact::zero() })
    }

    fn words(&self, told: &Told) -> String {
        let stages = self.instalments.iter().map(|i| format!("{} on {}", i.share, i.stage));
        let inside = match self.inside.as_slice() {
            [] => String::new(),
            inside => format!(
                " From it {} pays for {}.",
                told.payee(),
                all(inside.iter().map(|i| format!("{} at {}", i.care, told.dated(&i.price))))
            ),
        };
        format!(
            "{} pays {} {} for each pathway: {}. A patient who moves on the way splits the price by days.{inside}",
            told.payer(),
            told.payee(),
            told.dated(&self.price),
            all(stages)
        )
    }
}

impl PathwayBundle {
    /// Writes what each stage reached has earned.
    fn stages(
        &self,
        sheet: &mut Worksheet,
        facts: &Facts,
        part: &Part,
        price: Figure<Money>,
    ) -> Vec<Figure<Money>> {
        let mut earned = Vec::new();
        let shares: Vec<(String, Rate)> =
            self.instalments.iter().map(|i| (part.of(&i.stage), i.share.clone())).collect();
        let instalments = sheet.shares(Step::Instalment, price, &shares);
        for (i, instalment) in self.instalments.iter().zip(instalments) {
            let Some(reached) = counted(sheet, facts, part, &i.stage) else { continue };
            earned.push(sheet.line_of(Step::StageEarned, part.of(&i.stage), reached * instalment));
        }
        earned
    }

    /// What the payee pays others for care inside the bundle, and what is left to it.
    fn paid_on(&self, sheet: &mut Worksheet, facts: &Facts, income: Figure<Money>) {
        let mut paid = Vec::new();
        for Inside { care, price } in &self.inside {
            for part in parts(facts, price.changes()).iter().filter(|part| !part.ended.is_empty()) {
                let Some(given) = counted(sheet, facts, part, care) else { return };
                paid.push(sheet.line_of(Step::PaidInside, part.of(care), given * *part.value(price)));
            }
        }
        if !paid.is_empty() {
            sheet.line(Step::LeftToPayee, net(vec![income], paid));
        }
    }

    /// At the end of the year: how much of the pathways begun in its last months belongs to the next.
    fn running(
        &self,
        sheet: &mut Worksheet,
        facts: &Facts,
        price_of: impl Fn(Month) -> Option<Figure<Money>>,
    ) {
        let (Some(duration), Some(first), true) =
            (self.duration, self.instalments.first(), facts.year_ended())
        else {
            return;
        };
        let months = facts.year.months();
        let mut deferred = Vec::new();
        for (i, month) in months.iter().enumerate() {
            let elapsed = months.len() - i;
            let Some(begun) = facts.volume(*month, &first.stage, None).filter(|_| elapsed < duration) else {
                continue;
            };
            let Some(price) = price_of(*month) else { continue };
            let given =
                Given::new(begun.fact.count.exact().clone(), "as counted", vec![Source::Entry(begun.entry)]);
            let begun: Figure<Count> = sheet.given(Step::PathwaysBegun, Some(month.to_string()), given);
            let recognised = begun * price * count(elapsed) / count(duration);
            let recognised = sheet.line_of(Step::Recognised, month, recognised);
            deferred.push(sheet.line_of(Step::Deferred, month, begun * price - recognised));
        }
        if !deferred.is_empty() {
            sheet.line(Step::Deferred, sum(deferred));
        }
    }
}

fn counted(sheet: &mut Worksheet, facts: &Facts, part: &Part, what: &str) -> Option<Figure<Count>> {
    volumes::counted_in(sheet, facts, part, &[what], None)?.pop()
}

/// Writes what each pathway that changed provider is worth to the payee.
fn transfers(
    sheet: &mut Worksheet,
    facts: &Facts,
    clause: &ClauseRef,
    price_of: impl Fn(Month) -> Option<Figure<Money>>,
) -> Vec<Figure<Money>> {
    let mut parts = Vec::new();
    for transfer in facts.transfers(clause) {
        let fact = &transfer.fact;
        let Some(price) = price_of(Month::of(fact.on)) else { continue };
        let subject = format!("{} {}", fact.on, fact.patient);
        let said = format!("{} after {} of {} days", fact.direction, fact.days_elapsed, fact.days_total);
        let source = vec![Source::Entry(transfer.entry)];
        let given = Given::new(Exact::from(i64::from(fact.days_elapsed)), said, source);
        let elapsed: Figure<Count> = sheet.given(Step::DaysElapsed, Some(subject.clone()), given);
        let kept = price * elapsed / count(fact.days_total as usize);
        let kept = sheet.line_of(Step::TransferOutgoing, &subject, kept);
        parts.push(match fact.direction {
            crate::verb::transfer::Direction::Out => kept,
            crate::verb::transfer::Direction::In => {
                sheet.line_of(Step::TransferIncoming, &subject, price - kept)
            }
        });
    }
    parts
}

/// A number of months, written `6 months`.
struct Months(usize);

impl reader::Field for Months {
    const EXPECTED: &'static str = "a number of months such as 6 months";

    fn read(text: &str) -> Result<Months, String> {
        let months = text.strip_suffix(" months").and_then(|n| n.parse().ok()).filter(|n| *n > 0);
        months.map(Months).ok_or_else(|| format!("`{text}` is not a number of months"))
    }

    fn placeholder() -> Months {
        Months(1)
    }
}
