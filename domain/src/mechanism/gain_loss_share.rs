//! # Multilateral gain and loss share
//!
//! **What it pays.** Expected spend less actual spend is a pool, shared among several members; the payments
//! underneath carry on. Gains and losses have their own lists of shares. What lies within `tolerance`, a part
//! of the expected spend, is shared by nobody. A `multiplier`, an indicator's score, scales every provider's
//! exact share of a gain before pennies are allocated; what is withheld goes to the commissioner. `caps`
//! limit a party's part; what is above a cap falls to the parties without one, in proportion to their shares.
//!
//! The contract's payer holds the pool: of a gain it pays every other member its part, of a loss every other
//! member pays its part to the payer. So transfers go through the first-named payer and sum to zero. A loss
//! is settled in `cash`, or `carried_forward`: the next year's pool bears it first, and the contract's last
//! year settles what is left in cash.
//!
//! **When nothing is due.** Before the first month has ended; while the spend of any month ended is missing.
//! Where there is a multiplier, a gain is due when the year has ended and the indicator is measured; with a
//! `deadline` the rule for `late` data decides after it, as in an outcome pot. A loss carried forward pays
//! nothing in its own year.
//!
//! **Clause.** Monitor and NHS England, multilateral gain/loss sharing: the pool is expected less actual
//! commissioner spend, distributed among all members.
//!
//! **Worked example.** Expected £50,000,000.00, actual £48,190,000.00: £1,810,000.00 shared 30/45/10/8/7
//! gives 543,000.00, 814,500.00, 181,000.00, 144,800.00 and 126,700.00. At a score of 0.8 the providers get
//! 80% and the commissioner 796,400.00. Of the mirror loss with one party capped at £50,000.00, £1,760,000.00
//! falls on the others.

use super::score::{self, Timing};
use super::{Pays, Phase, Told, all, due, members, twelfths};
use crate::exact::Exact;
use crate::exposure::{Exposure, Limit};
use crate::facts::Facts;
use crate::money::Money;
use crate::name::{ClauseRef, IndicatorId, PartyId};
use crate::rate::Rate;
use crate::terms::{Fault, Fields, Share, Terms, read_shares, reader};
use crate::worksheet::{Figure, Given, LineState, Operand, Source, Step, Working, Worksheet, net, sum};

/// Gains and losses on what is spent, shared among several parties.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GainLossShare {
    /// What a contract year is expected to cost.
    expected: Money,
    /// The parties whose reported costs are the spend.
    spend: Vec<PartyId>,
    gain: Vec<Share>,
    loss: Vec<Share>,
    tolerance: Option<Rate>,
    multiplier: Option<Multiplier>,
    caps: Vec<Caps>,
    losses: Losses,
}

/// The most of a gain or loss that falls to a party in a year.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Caps {
    party: PartyId,
    gain: Option<Money>,
    loss: Option<Money>,
}

/// The indicator whose score multiplies gains.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Multiplier {
    indicator: IndicatorId,
    /// Until when it may be measured, and what then; open until it is, where nothing is said.
    timing: Option<Timing>,
}

/// How a loss is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Losses {
    Cash,
    CarriedForward,
}
reader::words!(Losses { Cash = "cash", CarriedForward = "carried_forward" });

/// A party's weight in a pool: as it stands in the working, and its value.
struct Weight {
    party: PartyId,
    working: Working<Rate>,
    exact: Exact,
}

/// Why the payer's exposure has no limit.
const NO_LIMIT: &str = "what is spent above expectation has no limit";

impl Pays for GainLossShare {
    const KIND: &'static str = "gain_loss_share";
    const PHASE: Phase = Phase::RiskShare;

    fn read(fields: &Fields) -> GainLossShare {
        let spend = fields.values("spend");
        if spend.is_empty() {
            fields.missing(
                "spend",
                "`spend` says whose reported costs are the spend, and is missing",
                "write `spend: [..]` with the commissioner, or with every provider in scope",
            );
        }
        GainLossShare {
            expected: fields.required("expected"),
            spend,
            gain: read_shares(fields, "gain"),
            loss: read_shares(fields, "loss"),
            tolerance: fields.optional("tolerance"),
            multiplier: fields
                .optional("multiplier")
                .map(|indicator| Multiplier { indicator, timing: Timing::of_one(fields) }),
            caps: fields.list("caps", |f| Caps {
                party: f.required("party"),
                gain: f.optional("gain"),
                loss: f.optional("loss"),
            }),
            losses: fields.optional("losses").unwrap_or(Losses::Cash),
        }
    }

    fn check(&self, terms: &Terms) -> Vec<Fault> {
        let mut faults = members::check("gain", self.gain.iter().map(|s| &s.0), terms);
        faults.extend(members::check("loss", self.loss.iter().map(|s| &s.0), terms));
        faults.extend(members::check("caps", self.caps.iter().map(|c| &c.party), terms));
        let named = self.multiplier.iter().map(|multiplier| &multiplier.indicator);
        faults.extend(named.filter(|name| terms.indicator(name).is_none()).map(|name| {
            let message = format!("indicator `{name}` is not defined under `outcomes`");
            Fault::new("/multiplier", message, "define it with its direction, floor and target")
        }));
        if self.caps.iter().any(|c| c.party == terms.parties.payer) {
            let message = "the payer holds the pool and cannot be capped";
            faults.push(Fault::new("/caps", message, "cap the other members"));
        }
        for (list, shares) in [("gain", &self.gain), ("loss", &self.loss)] {
            let open = |s: &&Share| !s.1.exact().is_zero() && self.cap(&s.0, list == "loss").is_none();
            if shares.iter().find(open).is_none() {
                let message =
                    format!("every party of `{list}` is capped: nobody takes what is above the caps");
                faults.push(Fault::new("/caps", message, "leave one party with a share without a cap"));
            }
        }
        faults
    }

    fn writes(&self) -> Vec<Step> {
        vec![Step::Expected, Step::ExpectedToDate, Step::Spend, Step::Pool]
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, clause: &ClauseRef) {
        if due::nothing_ended(sheet, facts) {
            return;
        }
        let annual = sheet.stated(Step::Expected, self.expected);
        let expected = twelfths::to_date(sheet, Step::ExpectedToDate, annual, facts);
        let Some(spend) = self.spend(sheet, facts) else {
            return due::not_reported(
                sheet,
                Step::Pool,
                "expected spend of all months against the spend of some would be no gain",
            );
        };

        let pool = sheet.line(Step::Pool, expected - spend);
        let pool = self.beyond_tolerance(sheet, expected, pool);
        let Some(pool) = self.brought_forward(sheet, facts, clause, pool) else { return };
        let is_loss = sheet.amount(pool).is_negative();
        if is_loss && self.carries_forward(sheet, facts, pool) {
            return;
        }
        let Some(weights) = self.weights(sheet, facts, pool, is_loss) else { return };
        let parts = self.parts(sheet, facts, pool, weights);
        for (party, part) in parts {
            members::owes(sheet, facts, &party, part);
        }
    }

    fn parties(&self) -> Vec<PartyId> {
        let shares = self.gain.iter().chain(&self.loss).map(|(party, _)| party.clone());
        shares.chain(self.spend.iter().cloned()).collect()
    }

    fn unbounded(&self) -> Option<&'static str> {
        Some(NO_LIMIT)
    }

    fn measures_due(&self) -> Option<u64> {
        Some(self.multiplier.as_ref()?.timing.as_ref()?.deadline_days)
    }

    fn exposures(&self, _: &Terms) -> Vec<Exposure> {
        let named = self.gain.iter().chain(&self.loss).map(|(party, _)| party);
        let named: std::collections::BTreeSet<&PartyId> = named.collect();
        let share = |shares: &[Share], party: &PartyId| {
            shares
                .iter()
                .find(|(p, _)| p == party)
                .map_or_else(Exact::zero, |(_, share)| share.exact().clone())
        };
        let each = |party: &PartyId| {
            let gain = Exact::from(self.expected) * share(&self.gain, party);
            let gain = self.cap(party, false).map(Exact::from).map_or(gain.clone(), |cap| cap.min(gain));
            let loss = match (self.cap(party, true), share(&self.loss, party).is_zero()) {
                (_, true) => Limit::nothing(),
                (Some(cap), false) => Limit::at(cap.into()),
                (None, false) => Limit::Without(NO_LIMIT),
            };
            Exposure::of(party, Limit::at(gain), loss)
        };
        named.into_iter().map(each).collect()
    }

    fn words(&self, told: &Told) -> String {
        let tolerance =
            self.tolerance.as_ref().map(|part| format!(" The first {part} either way is nobody's."));
        let multiplier = self.multiplier.as_ref().map(Multiplier::words);
        let caps = self.caps.iter().map(|caps| {
            let of = |what: &str, most: Option<Money>| {
                most.map(|most| format!("no more than {} of a {what}", told.money(most)))
            };
            format!(
                " {} takes {}.",
                told.party(&caps.party),
                all([of("gain", caps.gain), of("loss", caps.loss)].into_iter().flatten())
            )
        });
        let losses = match self.losses {
            Losses::Cash => "A loss is settled in cash.",
            Losses::CarriedForward => {
                "A loss is carried forward to the next year, and settled in cash in the last."
            }
        };
        format!(
            "What {} spend is compared with {} a year. What it came in under is shared {}; what it came in over is borne {}. \
             {losses}{}{}{}",
            told.parties(&self.spend),
            told.money(self.expected),
            told.shares(&self.gain, "to"),
            told.shares(&self.loss, "by"),
            tolerance.unwrap_or_default(),
            multiplier.unwrap_or_default(),
            caps.collect::<String>()
        )
    }
}

impl GainLossShare {
    fn cap(&self, party: &PartyId, of_loss: bool) -> Option<Money> {
        let caps = self.caps.iter().find(|c| c.party == *party)?;
        if of_loss { caps.loss } else { caps.gain }
    }

    /// The spend of every party in scope.
    fn spend(&self, sheet: &mut Worksheet, facts: &Facts) -> Option<Figure<Money>> {
        let costs: Vec<Option<Figure<Money>>> =
            self.spend.iter().map(|party| due::cost(sheet, facts, Step::Spend, party)).collect();
        let costs: Vec<Figure<Money>> = costs.into_iter().collect::<Option<_>>()?;
        Some(sheet.line(Step::Spend, sum(costs)))
    }

    /// What of the pool lies beyond the tolerance; the whole of it where there is none.
    fn beyond_tolerance(
        &self,
        sheet: &mut Worksheet,
        expected: Figure<Money>,
        pool: Figure<Money>,
    ) -> Figure<Money> {
        let Some(tolerance) = &self.tolerance else { return pool };
        let tolerance = sheet.line(Step::Tolerance, tolerance * expected);
        let none = Working::<Money>::constant(Exact::zero());
        sheet.line(Step::BeyondTolerance, pool - pool.within(none - tolerance, tolerance))
    }

    /// The pool after a loss that the year before carried forward; nothing where that year cannot say.
    fn brought_forward(
        &self,
        sheet: &mut Worksheet,
        facts: &Facts,
        clause: &ClauseRef,
        pool: Figure<Money>,
    ) -> Option<Figure<Money>> {
        if self.losses == Losses::Cash {
            return Some(pool);
        }
        let Some(before) = facts.year_before() else { return Some(pool) };
        let Some(settled) = facts.settlement_of(before).filter(|s| s.statement.complete) else {
            let text = format!("{before}, which may carry a loss forward, is not complete");
            sheet.missing(Step::BroughtForward, None, LineState::NotReported, text);
            return None;
        };
        let id = format!("{}/{clause}/{}", settled.statement.contract, Step::CarriedForward);
        let carried = settled.statement.line(&id).and_then(|line| line.exact.clone());
        let Some(carried) = carried else { return Some(pool) };
        let source = Source::Line { line: id, statement: settled.cited_as };
        let given = Given::new(carried, format!("loss of {before}, carried forward"), vec![source]);
        let brought = sheet.given(Step::BroughtForward, None, given);
        Some(sheet.line(Step::PoolToShare, pool + brought))
    }

    /// Whether a loss is left to the next year; the line says so.
    fn carries_forward(&self, sheet: &mut Worksheet, facts: &Facts, pool: Figure<Money>) -> bool {
        let carries = self.losses == Losses::CarriedForward && facts.year < facts.case.terms.years.to;
        if carries && facts.year_ended() {
            sheet.line(Step::CarriedForward, pool);
        } else if carries {
            sheet.note(Step::CarriedForward, "a loss at the year's end will be carried forward, not paid");
        }
        carries
    }

    /// Each party's weight. Of a gain with a multiplier, the providers' shares times the score; what that
    /// withholds is the payer's.
    fn weights(
        &self,
        sheet: &mut Worksheet,
        facts: &Facts,
        pool: Figure<Money>,
        is_loss: bool,
    ) -> Option<Vec<Weight>> {
        let shares = if is_loss { &self.loss } else { &self.gain };
        let (Some(multiplier), false) = (&self.multiplier, is_loss) else {
            let weight = |(party, share): &Share| Weight {
                party: party.clone(),
                working: Working::constant(share.exact().clone()),
                exact: share.exact().clone(),
            };
            return Some(shares.iter().map(weight).collect());
        };
        let Some(score) = multiplier.score(sheet, facts) else {
            sheet.line(Step::StillToPlayFor, pool);
            return None;
        };
        Some(scaled(shares, facts.payer(), score, &sheet.amount(score)))
    }

    /// Each party's part: its share, or its cap where the share is above it; what is above the caps falls to
    /// the others.
    fn parts(
        &self,
        sheet: &mut Worksheet,
        facts: &Facts,
        pool: Figure<Money>,
        weights: Vec<Weight>,
    ) -> Vec<(PartyId, Figure<Money>)> {
        let amount = sheet.amount(pool);
        let caps: Vec<Option<Figure<Money>>> =
            weights.iter().map(|w| self.cap_to_date(sheet, facts, &w.party, amount.is_negative())).collect();
        let known: Vec<Option<Exact>> = caps.iter().map(|cap| cap.map(|cap| sheet.amount(cap))).collect();
        let capped = above_their_caps(&amount.abs(), &weights, &known);
        let mut parts = Vec::new();
        for ((weight, cap), _) in weights.iter().zip(&caps).zip(&capped).filter(|(_, capped)| **capped) {
            let Some(cap) = cap else { continue };
            let none = Working::<Money>::constant(Exact::zero());
            let part = if amount.is_negative() { none - *cap } else { sum([*cap]) };
            parts.push((weight.party.clone(), sheet.line_of(Step::PoolShare, &weight.party, part)));
        }
        let rest = match parts.as_slice() {
            [] => pool,
            capped => {
                let taken = capped.iter().map(|(_, part)| *part).collect();
                sheet.line(Step::BeyondCaps, net(vec![pool], taken))
            }
        };
        let open: Vec<(PartyId, Working<Rate>)> = weights
            .into_iter()
            .zip(&capped)
            .filter(|(_, capped)| !**capped)
            .map(|(weight, _)| (weight.party, weight.working))
            .collect();
        let shared = sheet.shares_by(Step::PoolShare, rest, &open);
        parts.extend(open.into_iter().map(|(party, _)| party).zip(shared));
        parts
    }

    /// A party's cap, at twelfths while the year runs.
    fn cap_to_date(
        &self,
        sheet: &mut Worksheet,
        facts: &Facts,
        party: &PartyId,
        of_loss: bool,
    ) -> Option<Figure<Money>> {
        let cap = self.cap(party, of_loss)?;
        Some(twelfths::stated_to_date(sheet, Step::ShareCap, party, cap, facts))
    }
}

impl Multiplier {
    /// The score, once the year has ended and it is measured, or its deadline has passed.
    fn score(&self, sheet: &mut Worksheet, facts: &Facts) -> Option<Figure<Rate>> {
        if due::waits_for_the_year(sheet, facts, "gains are multiplied by a score, and due") {
            return None;
        }
        score::score(self.timing.as_ref(), sheet, facts, &self.indicator).score()
    }

    fn words(&self) -> String {
        let until = self.timing.as_ref().map(|timing| format!(" {}", timing.words()));
        format!(
            " Every provider's share of a gain is scaled by the score of {}.{}",
            self.indicator,
            until.unwrap_or_default()
        )
    }
}

/// Providers' shares times the score; the payer has its own share and all that is withheld from the others.
fn scaled(shares: &[Share], payer: &PartyId, score: Figure<Rate>, value: &Exact) -> Vec<Weight> {
    let mut all = shares.to_vec();
    if !all.iter().any(|(party, _)| party == payer) {
        all.push((payer.clone(), Rate::of(Exact::zero())));
    }
    let weight = |(party, share): &Share| {
        if party == payer {
            let others = Rate::of(Exact::one() - share.exact().clone());
            let withheld = &Exact::one() - value;
            return Weight {
                party: party.clone(),
                working: Working::<Rate>::constant(Exact::one()) - &others * score,
                exact: share.exact().clone() + others.exact() * &withheld,
            };
        }
        Weight { party: party.clone(), working: share * score, exact: share.exact() * value }
    };
    all.iter().map(weight).collect()
}

/// Who is capped: again and again, since what one cap turns away can carry another party above its own.
fn above_their_caps(amount: &Exact, weights: &[Weight], caps: &[Option<Exact>]) -> Vec<bool> {
    let mut capped = vec![false; weights.len()];
    loop {
        let open = || weights.iter().zip(&capped).filter(|(_, capped)| !**capped);
        let taken: Exact =
            caps.iter().zip(&capped).filter(|(_, capped)| **capped).filter_map(|(cap, _)| cap.clone()).sum();
        let rest = amount.clone() - taken;
        let whole: Exact = open().map(|(w, _)| w.exact.clone()).sum();
        let share = |w: &Weight| (&rest * &w.exact).checked_div(&whole).unwrap_or_else(Exact::zero);
        let above = |i: usize| !capped[i] && caps[i].as_ref().is_some_and(|cap| share(&weights[i]) > *cap);
        let now: Vec<bool> = (0..weights.len()).map(|i| capped[i] || above(i)).collect();
        if now == capped {
            return capped;
        }
        capped = now;
    }
}
