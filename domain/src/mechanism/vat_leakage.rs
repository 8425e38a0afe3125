//! # VAT leakage
//!
//! **What it pays.** Nothing: it is an explicit line of the envelope. Where the lead provider cannot recover
//! VAT that NHS bodies recovered when they contracted directly, the difference is a permanent cost that
//! nobody is paid for. The line says how much it is and what it leaves of the headroom between the envelope
//! and the planned cost.
//!
//! **When nothing is due.** Always: nothing is owed for it. It is a figure of the whole year, as planned.
//!
//! **Clause.** National Audit Office, investigation into the collapse of the UnitingCare Partnership
//! contract: the partnership was an LLP whose subcontractors could no longer recover VAT; it was not funded
//! by either side.
//!
//! **Worked example.** Envelope £152,000,000.00, planned cost £150,000,000.00, vatable inputs £25,000,000.00
//! at 20%, all of it recoverable before and nothing after: leakage £5,000,000.00; a headroom of £2,000,000.00
//! becomes -£3,000,000.00.

use super::{Pays, Phase, Told, part};
use crate::facts::Facts;
use crate::money::Money;
use crate::name::ClauseRef;
use crate::rate::Rate;
use crate::terms::Fields;
use crate::worksheet::{Figure, Step, Worksheet};

/// VAT that can no longer be recovered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VatLeakage {
    envelope: Money,
    /// Planned cost of a contract year without VAT.
    planned: Money,
    /// The part of it on which VAT is charged.
    vatable: Money,
    rate: Rate,
    /// What of the VAT could be recovered.
    before: Rate,
    /// What of it can be recovered now.
    after: Rate,
}

impl Pays for VatLeakage {
    const KIND: &'static str = "vat_leakage";
    const PHASE: Phase = Phase::Base;

    fn read(fields: &Fields) -> VatLeakage {
        let recoverable = fields.map("recoverable", |f| (part(f, "before"), part(f, "after")));
        if recoverable.is_none() {
            fields.missing(
                "recoverable",
                "`recoverable` is missing",
                "write `recoverable: {before: 100%, after: 0%}`",
            );
        }
        let none = || Rate::of(crate::exact::Exact::zero());
        let (before, after) = recoverable.unwrap_or_else(|| (none(), none()));
        VatLeakage {
            envelope: fields.required("envelope"),
            planned: fields.required("planned"),
            vatable: fields.required("vatable"),
            rate: part(fields, "rate"),
            before,
            after,
        }
    }

    fn writes(&self) -> Vec<Step> {
        let before = [Step::Envelope, Step::PlannedCost, Step::HeadroomBefore];
        let leakage = [Step::VatableInputs, Step::Vat, Step::VatLeakage, Step::HeadroomAfter];
        before.into_iter().chain(leakage).collect()
    }

    fn settle(&self, sheet: &mut Worksheet, _: &Facts, _: &ClauseRef) {
        let envelope = sheet.stated(Step::Envelope, self.envelope);
        let planned = sheet.stated(Step::PlannedCost, self.planned);
        let before = sheet.line(Step::HeadroomBefore, envelope - planned);
        let vatable: Figure<Money> = sheet.stated(Step::VatableInputs, self.vatable);
        let vat = sheet.line(Step::Vat, &self.rate * vatable);
        let leakage = sheet.line(Step::VatLeakage, (&self.before - &self.after) * vat);
        sheet.line(Step::HeadroomAfter, before - leakage);
    }

    fn words(&self, told: &Told) -> String {
        format!(
            "Nothing is owed: of VAT at {} on {} of {}'s planned cost, {} could be recovered before and {} can be now. What is \
             lost comes off the headroom between {} and {}.",
            self.rate,
            told.money(self.vatable),
            told.payee(),
            self.before,
            self.after,
            told.money(self.envelope),
            told.money(self.planned)
        )
    }
}
