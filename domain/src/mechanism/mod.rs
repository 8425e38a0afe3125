//! The mechanisms: one file for each way of paying or of sharing risk. A file's header is its manual page; a
//! new mechanism is one file, one row below and one table of worked inputs in `domain/tests/reckoned`.

mod activity_at_price;
mod aligned_payment;
mod alliance;
mod at_risk;
mod best_practice_tariff;
mod blended_payment;
mod block;
mod by_activity;
mod capitation;
mod chance;
mod claimed_values;
mod control_total;
mod core_payment;
mod cost_and_volume;
mod cquin;
mod due;
mod equity;
mod gain_loss_share;
mod integrated_payment;
mod marginal_rate;
mod members;
mod milestones;
mod minimum_population;
mod nested_pools;
mod outcome_pot;
mod paid_outside;
mod parts;
mod pathway_bundle;
mod per_process;
mod pooled_fund;
mod prices;
mod programme_pool;
mod quality_standard;
mod reading;
mod reference;
mod reported;
mod risk_corridor;
mod sanctions;
mod scale;
mod score;
mod selection;
mod shared_savings;
mod sorting;
mod split;
mod spread;
mod stop_loss;
mod told;
mod twelfths;
mod unit_price;
mod vat_leakage;
mod volumes;
mod year_of_care;

use crate::exact::Exact;
use crate::exposure::{Exposure, Limit, between};
use crate::facts::Facts;
use crate::headroom::Commitment;
use crate::name::{ClauseRef, PartyId, PriceListId};
use crate::rate::Rate;
use crate::statement::Scheduled;
use crate::terms::shape::Shape;
use crate::terms::{Dated, Fault, Fields, Share, Terms, reader};
use crate::verb::activity::Asked;
use crate::worksheet::{Step, Worksheet};
use crate::year::Month;

pub use activity_at_price::ActivityAtPrice;
pub use aligned_payment::AlignedPayment;
pub use alliance::Alliance;
pub use at_risk::AtRisk;
pub use best_practice_tariff::BestPracticeTariff;
pub use blended_payment::BlendedPayment;
pub use block::Block;
pub use by_activity::ByActivity;
pub use capitation::Capitation;
pub use claimed_values::ClaimedValues;
pub use control_total::ControlTotal;
pub use core_payment::CorePayment;
pub use cost_and_volume::CostAndVolume;
pub use cquin::Cquin;
pub use equity::Equity;
pub use gain_loss_share::GainLossShare;
pub use integrated_payment::IntegratedPayment;
pub use marginal_rate::MarginalRate;
pub use milestones::Milestones;
pub use minimum_population::MinimumPopulation;
pub use nested_pools::NestedPools;
pub use outcome_pot::OutcomePot;
pub use paid_outside::PaidOutside;
pub use pathway_bundle::PathwayBundle;
pub use per_process::PerProcess;
pub use pooled_fund::PooledFund;
pub use programme_pool::ProgrammePool;
pub(crate) use reading::Reader;
pub use reference::Reference;
pub use risk_corridor::RiskCorridor;
pub use sanctions::Sanctions;
pub use selection::Selection;
pub use shared_savings::SharedSavings;
pub use sorting::taken_by;
pub(crate) use sorting::{Pile, write_outside};
pub use split::Split;
pub use stop_loss::StopLoss;
pub use told::{Told, all};
pub use unit_price::UnitPrice;
pub use vat_leakage::VatLeakage;
pub use year_of_care::YearOfCare;

/// When in the settlement of a contract year a clause has its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Fixed sums and activity.
    Base,
    /// Outcome payments.
    Outcome,
    /// Sanctions.
    Sanction,
    /// Payments from stop-loss pools.
    StopLoss,
    /// Shares of the cumulative result.
    RiskShare,
    /// What becomes of the result of all others.
    Result,
}

/// The lines of a clause that say what its payer sets aside for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// The amount for the contract year.
    pub year: Step,
    /// Its part to date, until the year has ended; nothing where it is set aside for the end of the year.
    pub to_date: Option<Step>,
}

/// One way of paying or of sharing risk.
pub trait Pays: Sized {
    /// Its word in terms.
    const KIND: &'static str;
    /// When it has its turn.
    const PHASE: Phase;
    /// Reads its fields from a clause.
    fn read(fields: &Fields) -> Self;

    /// Faults that show only beside the rest of the terms. Pointers are relative to the clause.
    fn check(&self, _: &Terms) -> Vec<Fault> {
        Vec::new()
    }

    /// What stops an award beside the rest of the terms, but not the reading of terms that a ledger holds
    /// already. Pointers are relative to the clause.
    fn contradictions(&self, _: &Terms) -> Vec<Fault> {
        Vec::new()
    }

    /// What the parties should know of it before they sign. Pointers are relative to the clause.
    fn cautions(&self, _: &Terms) -> Vec<Fault> {
        Vec::new()
    }

    /// The lines of other clauses that it uses, each with the field that names it.
    fn uses(&self) -> Vec<(&'static str, &Reference)> {
        Vec::new()
    }

    /// The amounts about nobody in particular that it writes once it has what they need: what other clauses
    /// may name.
    fn writes(&self) -> Vec<Step>;

    /// Writes its lines and what it makes owed.
    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, clause: &ClauseRef);

    /// When its fixed sums are to be paid.
    fn schedule(&self, _: &Facts, _: &ClauseRef) -> Vec<Scheduled> {
        Vec::new()
    }

    /// Parties it names besides the contract's own.
    fn parties(&self) -> Vec<PartyId> {
        Vec::new()
    }

    /// What it counts month by month that is neither money nor people, by the names `report-volume` uses.
    fn volumes(&self) -> Vec<String> {
        Vec::new()
    }

    /// How many days after the year its measures are due, where it has any.
    fn measures_due(&self) -> Option<u64> {
        None
    }

    /// The activity that it pays by, where it does.
    fn activity(&self) -> Option<&ByActivity> {
        None
    }

    /// The published list that it pays by, where there is one.
    fn price_list(&self) -> Option<&PriceListId> {
        self.activity()?.price_list()
    }

    /// Whether a variation can change it by a full-year effect.
    fn can_be_varied(&self) -> bool {
        false
    }

    /// What it commits its payer to in a contract year, where it pays anything by itself.
    fn commitment(&self, _: &Terms) -> Option<Commitment> {
        None
    }

    /// Why the payer's exposure under it has no limit, if it has none.
    fn unbounded(&self) -> Option<&'static str> {
        None
    }

    /// The lines that say what the payer sets aside for it, where it states that.
    fn envelope(&self) -> Option<Envelope> {
        None
    }

    /// What one of its lines comes to in a full contract year, where the terms alone say it.
    fn yearly(&self, _: Step) -> Option<Exact> {
        None
    }

    /// What parties can gain and lose by it, against what it plans. Where nothing else is said it is what
    /// payer and payee can gain and lose by the commitment.
    fn exposures(&self, terms: &Terms) -> Vec<Exposure> {
        let Some(Commitment { planned, most, least }) = self.commitment(terms) else { return Vec::new() };
        let planned = planned.unwrap_or_else(Exact::zero);
        let more = match (most, self.unbounded()) {
            (Some(most), None) => Limit::at(most - planned.clone()),
            (_, reason) => Limit::Without(reason.unwrap_or("what it can pay has no limit")),
        };
        between(terms, more, Limit::at(planned - least))
    }

    /// What it says, in plain words.
    fn words(&self, told: &Told) -> String;
}

macro_rules! mechanisms {
    ($($type:ident),* $(,)?) => {
        /// A mechanism with its terms.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "each variant is documented on the type it holds")]
        #[allow(clippy::large_enum_variant, reason = "a clause is held once for each contract, not moved about")]
        pub enum Mechanism { $($type($type),)* }

        impl Mechanism {
            /// The words of all mechanisms.
            pub const KINDS: &[&str] = &[$($type::KIND,)*];

            /// What a clause of each kind asks for, besides what every clause has.
            pub fn shapes() -> Vec<(&'static str, Shape)> {
                vec![$(($type::KIND, Shape::of(|fields| { $type::read(fields); })),)*]
            }

            /// Reads the clause's mechanism by its `kind`.
            pub fn read(fields: &Fields) -> Mechanism {
                let kind: String = fields.required("kind");
                match kind.as_str() {
                    $($type::KIND => Mechanism::$type($type::read(fields)),)*
                    _ => unknown(fields, &kind),
                }
            }

            /// Its word in terms.
            pub fn kind(&self) -> &'static str {
                match self { $(Mechanism::$type(_) => $type::KIND,)* }
            }

            /// When it has its turn.
            pub fn phase(&self) -> Phase {
                match self { $(Mechanism::$type(_) => $type::PHASE,)* }
            }

            /// Faults that show only beside the rest of the terms.
            pub fn check(&self, terms: &Terms) -> Vec<Fault> {
                match self { $(Mechanism::$type(m) => m.check(terms),)* }
            }

            /// What stops an award, but not the reading of terms that a ledger holds already.
            pub fn contradictions(&self, terms: &Terms) -> Vec<Fault> {
                let of_activity = self.activity().map_or_else(Vec::new, |a| a.contradictions(terms));
                let own = match self { $(Mechanism::$type(m) => m.contradictions(terms),)* };
                of_activity.into_iter().chain(own).collect()
            }

            /// What the parties should know of it before they sign.
            pub fn cautions(&self, terms: &Terms) -> Vec<Fault> {
                let of_activity = self.activity().map_or_else(Vec::new, |a| a.cautions(terms));
                let own = match self { $(Mechanism::$type(m) => m.cautions(terms),)* };
                of_activity.into_iter().chain(own).collect()
            }

            /// The lines of other clauses that it uses, each with the field that names it.
            pub fn uses(&self) -> Vec<(&'static str, &Reference)> {
                match self { $(Mechanism::$type(m) => m.uses(),)* }
            }

            /// The amounts about nobody in particular that other clauses may name.
            pub fn writes(&self) -> Vec<Step> {
                match self { $(Mechanism::$type(m) => m.writes(),)* }
            }

            /// Writes its lines and what it makes owed.
            pub fn settle(&self, sheet: &mut Worksheet, facts: &Facts, clause: &ClauseRef) {
                match self { $(Mechanism::$type(m) => m.settle(sheet, facts, clause),)* }
            }

            /// When its fixed sums are to be paid.
            pub fn schedule(&self, facts: &Facts, clause: &ClauseRef) -> Vec<Scheduled> {
                match self { $(Mechanism::$type(m) => m.schedule(facts, clause),)* }
            }

            /// Parties it names besides the contract's own.
            pub fn parties(&self) -> Vec<PartyId> {
                match self { $(Mechanism::$type(m) => m.parties(),)* }
            }

            /// What it counts month by month that is neither money nor people, by the names `report-volume`
            /// uses.
            pub fn volumes(&self) -> Vec<String> {
                match self { $(Mechanism::$type(m) => m.volumes(),)* }
            }

            /// How many days after the year its measures are due, where it has any.
            pub fn measures_due(&self) -> Option<u64> {
                match self { $(Mechanism::$type(m) => m.measures_due(),)* }
            }

            /// Whether it pays for all activity that no other clause chooses.
            pub fn takes_the_rest(&self) -> bool {
                self.by_activity() && self.selection().is_none()
            }

            /// Whether it pays by the activity that is reported.
            pub fn by_activity(&self) -> bool {
                self.activity().is_some()
            }

            /// The activity that it pays by, where it does.
            fn activity(&self) -> Option<&ByActivity> {
                match self { $(Mechanism::$type(m) => m.activity(),)* }
            }

            /// The published list that it pays by, where there is one.
            pub fn price_list(&self) -> Option<&PriceListId> {
                match self { $(Mechanism::$type(m) => m.price_list(),)* }
            }

            /// Which lines of a report it is about, where it is about lines.
            pub fn selection(&self) -> Option<&Selection> {
                self.activity()?.selection()
            }

            /// What it looks at in the lines of a month.
            pub(crate) fn asks(&self, facts: &Facts, month: Month) -> Asked {
                self.activity().map_or_else(Asked::default, |activity| activity.asks(facts, month))
            }

            /// Whether a variation can change it by a full-year effect.
            pub fn can_be_varied(&self) -> bool {
                match self { $(Mechanism::$type(m) => m.can_be_varied(),)* }
            }

            /// What it commits its payer to in a contract year, where it pays anything by itself.
            pub fn commitment(&self, terms: &Terms) -> Option<Commitment> {
                match self { $(Mechanism::$type(m) => m.commitment(terms),)* }
            }

            /// What one of its lines comes to in a full contract year, where the terms alone say it.
            pub fn yearly(&self, step: Step) -> Option<Exact> {
                match self { $(Mechanism::$type(m) => m.yearly(step),)* }
            }

            /// What parties can gain and lose by it, against what it plans.
            pub fn exposures(&self, terms: &Terms) -> Vec<Exposure> {
                match self { $(Mechanism::$type(m) => m.exposures(terms),)* }
            }

            /// What it says, in plain words.
            pub fn words(&self, told: &Told) -> String {
                match self { $(Mechanism::$type(m) => m.words(told),)* }
            }

            /// The lines that say what the payer sets aside for it, where it states that.
            pub fn envelope(&self) -> Option<Envelope> {
                match self { $(Mechanism::$type(m) => m.envelope(),)* }
            }

            /// Why the payer's exposure under it has no limit, if it has none.
            pub fn unbounded(&self) -> Option<&'static str> {
                match self { $(Mechanism::$type(m) => m.unbounded(),)* }
            }
        }
    };
}

mechanisms! {
    Block,
    CorePayment,
    ActivityAtPrice,
    OutcomePot,
    Sanctions,
    StopLoss,
    ProgrammePool,
    SharedSavings,
    Capitation,
    YearOfCare,
    CostAndVolume,
    MarginalRate,
    Cquin,
    AlignedPayment,
    BlendedPayment,
    BestPracticeTariff,
    PerProcess,
    Milestones,
    PathwayBundle,
    UnitPrice,
    RiskCorridor,
    AtRisk,
    GainLossShare,
    Alliance,
    IntegratedPayment,
    ControlTotal,
    NestedPools,
    MinimumPopulation,
    PaidOutside,
    Equity,
    Split,
    PooledFund,
    ClaimedValues,
    VatLeakage,
}

/// Notes the fault of an unknown kind; the clause stands in as a block while the rest is checked.
fn unknown(fields: &Fields, kind: &str) -> Mechanism {
    if !kind.is_empty() {
        let hint = format!("the kinds are: {}", Mechanism::KINDS.join(", "));
        fields.fault("kind", format!("`{kind}` is not a kind of clause"), hint);
    }
    fields.accept_all();
    Mechanism::Block(Block::nothing())
}

/// How a fixed sum is spread over the months of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Profile {
    Twelfths,
}
reader::words!(Profile { Twelfths = "twelfths" });

/// Notes a fault where a list names the same thing twice: its lines could not be told apart.
fn distinct<'a>(fields: &Fields, list: &str, names: impl IntoIterator<Item = &'a str>) {
    let mut seen = std::collections::BTreeSet::new();
    for (i, name) in names.into_iter().enumerate() {
        if !seen.insert(name) {
            fields.fault(&format!("{list}/{i}"), format!("`{name}` stands twice"), "name each only once");
        }
    }
}

/// A fault where a value changes within a contract year although what it prices is measured against the whole
/// year to date and so belongs to no month.
fn by_year_only<T>(field: &str, value: &Dated<T>, terms: &Terms) -> Option<Fault> {
    let begins = |month: Month| {
        let year = terms.years.containing(month.first_day());
        year.is_none_or(|year| year.months().first() == Some(&month))
    };
    let change = value.changes().find(|month| !begins(*month))?;
    let message = format!("`{field}` changes in {change}, within a contract year");
    let hint =
        "activity is measured against the whole year to date: let the value change with a contract year";
    Some(Fault::new(format!("/{field}"), message, hint))
}

/// Reads `profile`, which may be left out.
fn twelfths_only(fields: &Fields) {
    let _: Option<Profile> = fields.optional("profile");
}

/// Reads a rate that is a part of something.
fn part(fields: &Fields, name: &str) -> Rate {
    checked_part(fields, name, fields.required(name))
}

/// The same, where it may be left out.
fn part_or(fields: &Fields, name: &str, otherwise: Exact) -> Rate {
    checked_part(fields, name, fields.optional(name).unwrap_or_else(|| Rate::of(otherwise)))
}

fn checked_part(fields: &Fields, name: &str, rate: Rate) -> Rate {
    if rate.exact().is_negative() || *rate.exact() > Exact::one() {
        fields.fault(name, format!("{rate} is not a part of anything"), "write 0% to 100%");
    }
    rate
}

/// What parties can gain and lose where a budget's underspend and overspend are shared: all of the budget at
/// the most can be left, but cost has no limit.
fn shared(budget: &Exact, gain: &[Share], loss: &[Share]) -> Vec<Exposure> {
    let named: std::collections::BTreeSet<&PartyId> =
        gain.iter().chain(loss).map(|(party, _)| party).collect();
    let share = |shares: &[Share], party: &PartyId| {
        shares.iter().find(|(p, _)| p == party).map_or_else(Exact::zero, |(_, share)| share.exact().clone())
    };
    let each = |party: &PartyId| {
        let loss = match share(loss, party).is_zero() {
            true => Limit::nothing(),
            false => Limit::Without("cost above the budget has no limit"),
        };
        Exposure::of(party, Limit::at(budget * &share(gain, party)), loss)
    };
    named.into_iter().map(each).collect()
}
