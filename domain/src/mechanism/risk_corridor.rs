//! # Risk corridor
//!
//! **What it pays.** What the year costs above or below a target is a deviation. It is cut into slices at
//! band edges that are parts of the target; each slice is shared at its own rate, like the bands of a tax.
//! `first: provider` reads each band's share as the provider's, `first: commissioner` as the commissioner's.
//! Loss bands (above target) and gain bands (below it) are lists of their own.
//!
//! Measured `on: cost`, another clause pays the target and this one adds the commissioner's part of the
//! deviation in the payee's open-book cost. Measured `on: price`, the activity clause named by `of` pays in
//! full, less what is challenged of it, and this one takes the provider's part off. Either way the
//! commissioner pays the target and its own part of the deviation.
//!
//! **When nothing is due.** Before the first month has ended; on cost, while the cost of any month ended is
//! missing; on price, while no month is reported. Target and edges are taken at twelfths: on cost of the
//! months ended, on price of the months reported.
//!
//! **Clause.** Local; the risk corridors of capitated contracts.
//!
//! **Worked example.** Target £50,000,000.00; the provider bears 100% to 2%, 50% to 5%, 20% to 10% and
//! nothing above. A cost of £54,000,000.00 deviates by £4,000,000.00: the provider bears 1,000,000.00 +
//! 750,000.00 + 300,000.00 = £2,050,000.00 and the commissioner £1,950,000.00, so that it pays
//! £51,950,000.00.

use super::reference::Reference;
use super::{Pays, Phase, Told, all, due, twelfths};
use crate::exact::Exact;
use crate::exposure::{Exposure, Limit};
use crate::facts::Facts;
use crate::headroom::Commitment;
use crate::money::Money;
use crate::name::ClauseRef;
use crate::rate::Rate;
use crate::terms::{Fault, Fields, Terms, reader};
use crate::worksheet::{Figure, Step, Worksheet, count, in_bands};

/// A deviation from a target, shared slice by slice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RiskCorridor {
    /// The target of a contract year.
    target: Money,
    on: Measure,
    first: First,
    loss: Bands,
    gain: Bands,
}

/// What the deviation is measured on.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Measure {
    /// The payee's cost, open-book.
    Cost,
    /// What an activity clause comes to.
    Price(Reference),
}

/// The words for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum On {
    Cost,
    Price,
}
reader::words!(On { Cost = "cost", Price = "price" });

/// Whose share each band states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum First {
    Provider,
    Commissioner,
}
reader::words!(First { Provider = "provider", Commissioner = "commissioner" });

/// Bands below rising edges, and the one above them all. The rates are the provider's.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Bands {
    below: Vec<(Rate, Rate)>,
    above: Rate,
}

impl Pays for RiskCorridor {
    const KIND: &'static str = "risk_corridor";
    const PHASE: Phase = Phase::RiskShare;

    fn read(fields: &Fields) -> RiskCorridor {
        let first = fields.required("first");
        RiskCorridor {
            target: fields.required("target"),
            on: match fields.required("on") {
                On::Cost => Measure::Cost,
                On::Price => Measure::Price(fields.required("of")),
            },
            first,
            loss: Bands::read(fields, "loss", first),
            gain: Bands::read(fields, "gain", first),
        }
    }

    fn check(&self, terms: &Terms) -> Vec<Fault> {
        match &self.on {
            Measure::Cost => Vec::new(),
            Measure::Price(of) => of.check("of", terms),
        }
    }

    fn writes(&self) -> Vec<Step> {
        vec![Step::Target, Step::TargetToDate, Step::Deviation]
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, _: &ClauseRef) {
        if due::nothing_ended(sheet, facts) {
            return;
        }
        let Some((target, actual)) = self.measured(sheet, facts) else { return };

        let deviation = sheet.line(Step::Deviation, actual - target);
        let bands = if sheet.amount(deviation).is_negative() { &self.gain } else { &self.loss };
        let edges = bands.edges(sheet, target);
        let provider = sheet.line_of(Step::Borne, facts.payee(), in_bands(deviation, edges, &bands.above));
        let commissioner = sheet.line_of(Step::Borne, facts.payer(), deviation - provider);
        match self.on {
            Measure::Cost => sheet.owes(facts.payer(), facts.payee(), commissioner),
            Measure::Price(_) => sheet.owes_less(facts.payer(), facts.payee(), provider),
        }
    }

    fn unbounded(&self) -> Option<&'static str> {
        (*self.loss.above.exact() < Exact::one())
            .then_some("no band ends the commissioner's part of an overspend")
    }

    fn uses(&self) -> Vec<(&'static str, &Reference)> {
        match &self.on {
            Measure::Price(of) => vec![("of", of)],
            Measure::Cost => Vec::new(),
        }
    }

    fn commitment(&self, _: &Terms) -> Option<Commitment> {
        let target = Exact::from(self.target);
        let payers = |provider: &Rate| Exact::one() - provider.exact().clone();
        // Measured on price it only corrects what the activity clause comes to, which has a limit or none of
        // its own.
        let Measure::Cost = self.on else { return None };
        let most = self.loss.part(&target, None, payers);
        let least = -self.gain.part(&target, Some(&target), payers)?;
        Some(Commitment { planned: Some(Exact::zero()), most, least })
    }

    fn exposures(&self, terms: &Terms) -> Vec<Exposure> {
        let target = Exact::from(self.target);
        let side = |part: &dyn Fn(&Rate) -> Exact| {
            let gain = self.gain.part(&target, Some(&target), part).map_or_else(Limit::nothing, Limit::at);
            let beyond = Limit::Without("no band ends the part of an overspend");
            (gain, self.loss.part(&target, None, part).map_or(beyond, Limit::at))
        };
        let (gain, loss) = side(&|provider| Exact::one() - provider.exact().clone());
        let payer = Exposure::of(&terms.parties.payer, gain, loss);
        let (gain, loss) = side(&|provider| provider.exact().clone());
        vec![payer, Exposure::of(&terms.parties.payee, gain, loss)]
    }

    fn words(&self, told: &Told) -> String {
        let on = match &self.on {
            Measure::Cost => format!("what {} costs, open-book,", told.payee()),
            Measure::Price(of) => format!("what {} comes to", told.line(of)),
        };
        format!(
            "A target of {} a year is compared with {on} slice by slice. Of what is above it {} bears {}; of what is below it \
             {} keeps {}. The rest is {}'s.",
            told.money(self.target),
            told.payee(),
            self.loss.words(),
            told.payee(),
            self.gain.words(),
            told.payer()
        )
    }
}

impl RiskCorridor {
    /// The target to date, and what is measured against it.
    fn measured(&self, sheet: &mut Worksheet, facts: &Facts) -> Option<(Figure<Money>, Figure<Money>)> {
        match &self.on {
            Measure::Cost => {
                let cost = due::cost(sheet, facts, Step::OwnCost, facts.payee())?;
                let annual = sheet.stated(Step::Target, self.target);
                Some((twelfths::to_date(sheet, Step::TargetToDate, annual, facts), cost))
            }
            Measure::Price(of) => {
                let value = of.find(sheet, facts, Step::Deviation)?;
                let annual = sheet.stated(Step::Target, self.target);
                let reported = |month: &_| !facts.payable_reports(*month).is_empty();
                let months = facts.months_ended().iter().filter(|month| reported(month)).count();
                let all = facts.year.months().len();
                if months == all {
                    return Some((annual, value));
                }
                Some((sheet.line(Step::TargetToDate, annual * count(months) / count(all)), value))
            }
        }
    }
}

impl Bands {
    /// Reads a list of `{up_to, share}`, the last of them without an edge.
    fn read(fields: &Fields, name: &str, first: First) -> Bands {
        let mut bands: Vec<(Option<Rate>, Rate)> =
            fields.list(name, |f| (f.optional("up_to"), f.required("share")));
        if bands.is_empty() {
            let hint = "write `{up_to: 2%, share: 100%}` for each band, and `{share: 0%}` for what is beyond";
            fields.missing(name, format!("`{name}` is missing"), hint);
            return Bands { below: Vec::new(), above: Rate::of(Exact::zero()) };
        }
        let (zero, one) = (Exact::zero(), Exact::one());
        if bands.iter().any(|(_, share)| share.exact().is_negative() || *share.exact() > one) {
            fields.fault(name, "a share of a band is a part of it", "write 0% to 100%");
        }
        let above = bands.pop().filter(|(edge, _)| edge.is_none());
        let edges: Vec<Option<&Exact>> =
            bands.iter().map(|(edge, _)| edge.as_ref().map(Rate::exact)).collect();
        let rising = edges.iter().scan(&zero, |below, edge| {
            let rises = edge.is_some_and(|edge| edge > *below);
            *below = edge.unwrap_or(below);
            Some(rises)
        });
        if above.is_none() || !rising.collect::<Vec<_>>().iter().all(|rises| *rises) {
            let message = format!("the bands of `{name}` do not cover every deviation once");
            let hint = "write rising edges `{up_to: 2%, share: 100%}` and end with a band without one: `{share: 0%}`";
            fields.fault(name, message, hint);
        }
        let providers = |share: &Rate| match first {
            First::Provider => share.clone(),
            First::Commissioner => Rate::of(&one - share.exact()),
        };
        Bands {
            below: bands.iter().filter_map(|(edge, share)| Some((edge.clone()?, providers(share)))).collect(),
            above: providers(&above.map_or_else(|| Rate::of(zero.clone()), |(_, share)| share)),
        }
    }

    /// The part of the largest deviation that `rate` of the bands gives: of `whole`, or, where it has no
    /// limit, nothing where the last band gives any.
    fn part(&self, target: &Exact, whole: Option<&Exact>, rate: impl Fn(&Rate) -> Exact) -> Option<Exact> {
        let (mut below, mut part) = (Exact::zero(), Exact::zero());
        for (edge, share) in &self.below {
            let edge = target * edge.exact();
            let edge = whole.map_or(edge.clone(), |whole| edge.min(whole.clone()));
            part = part + (edge.clone() - below) * rate(share);
            below = edge;
        }
        match (whole, rate(&self.above)) {
            (_, none) if none.is_zero() => Some(part),
            (Some(whole), above) => Some(part + (whole.clone() - below) * above),
            (None, _) => None,
        }
    }

    /// The provider's part of each band, in words.
    fn words(&self) -> String {
        let bands = self.below.iter().map(|(edge, share)| format!("{share} up to {edge}"));
        all(bands.chain([format!("{} beyond", self.above)]))
    }

    /// Each band's rate with its upper edge as an amount.
    fn edges(&self, sheet: &mut Worksheet, target: Figure<Money>) -> Vec<(Rate, Figure<Money>)> {
        let mut edge = |edge: &Rate| sheet.line_of(Step::BandEdge, edge, edge * target);
        self.below.iter().map(|(up_to, share)| (share.clone(), edge(up_to))).collect()
    }
}
