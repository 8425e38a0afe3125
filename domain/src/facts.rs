//! The facts of one contract year as one question sees them: what is in the book, restricted to what had been
//! measured by `as_of`. Amounts per year are taken at the terms' profile to the last whole month ended.

use std::sync::Arc;

use chrono::{Days, NaiveDate};

use crate::book::{Book, Case, Entered};
use crate::drafts::Drafts;
use crate::exact::Exact;
use crate::money::Money;
use crate::name::{ClauseRef, IndicatorId, PartyId};
use crate::rate::Count;
use crate::statement::Statement;
use crate::time::{AsOf, Entry};
use crate::verb::activity::{ActivityReported, Flow};
use crate::verb::advance::AdvanceStated;
use crate::verb::benchmark::BenchmarkSet;
use crate::verb::challenge::{ChallengeRaised, ChallengeResolved};
use crate::verb::fixed_sum::FixedSumAgreed;
use crate::verb::milestone::MilestoneReached;
use crate::verb::outcome::OutcomeMeasured;
use crate::verb::outside::OutsidePaymentMade;
use crate::verb::population::PopulationReported;
use crate::verb::reinvestment::SanctionReinvested;
use crate::verb::relief::ReliefGranted;
use crate::verb::residence::ResidenceReported;
use crate::verb::stop_loss::StopLossClaimed;
use crate::verb::transfer::PathwayTransferred;
use crate::verb::vary::ContractVaried;
use crate::verb::volume::VolumeReported;
use crate::verb::waiver::SanctionWaived;
use crate::worksheet::{Given, Source, Stage};
use crate::year::{ContractYear, Month, Span};

/// A subcontract's settlement as its head contract sees it: payable and what is passed up, nothing else.
#[derive(Clone, Debug)]
pub struct SubSettlement {
    /// Its statement in force, or a draft at the same times.
    pub statement: Arc<Statement>,
    /// The digest of the drawn-up statement, or `draft @entry`.
    pub cited_as: String,
}

/// A challenge with its resolution, if it has one.
#[derive(Clone, Copy, Debug)]
pub struct Challenge<'a> {
    /// What is disputed.
    pub raised: &'a Entered<ChallengeRaised>,
    /// How it ended.
    pub resolved: Option<&'a Entered<ChallengeResolved>>,
}

/// The facts of one contract year at one pair of times.
#[derive(Debug)]
pub struct Facts<'a> {
    /// Settlements at the same times that this one rests on.
    pub(crate) drafts: &'a Drafts<'a>,
    /// The book at `known_at`.
    pub book: &'a Book,
    /// The contract.
    pub case: &'a Case,
    /// The contract year.
    pub year: ContractYear,
    /// The business date.
    pub as_of: AsOf,
    /// The settlements of its subcontracts.
    pub subcontracts: Vec<SubSettlement>,
}

impl<'a> Facts<'a> {
    /// Who pays.
    pub fn payer(&self) -> &'a PartyId {
        &self.case.terms.parties.payer
    }

    /// Who is paid.
    pub fn payee(&self) -> &'a PartyId {
        &self.case.terms.parties.payee
    }

    /// Who stands in a party's place at `as_of`.
    pub fn now(&self, party: &PartyId) -> PartyId {
        self.book.stands(self.case, party, self.as_of.0)
    }

    /// A value that changes with contract years only, as it is in force in this one.
    pub fn of_year<'v, T>(&self, dated: &'v crate::terms::Dated<T>) -> &'v T {
        dated.in_force(Month::of(self.year.first_day()))
    }

    /// Whether the whole year had ended by `as_of`.
    pub fn year_ended(&self) -> bool {
        self.year.last_day() <= self.as_of.0
    }

    /// The months of the year that had ended by `as_of`.
    pub fn months_ended(&self) -> Vec<Month> {
        let ended = |month: &Month| month.last_day().min(self.year.last_day()) <= self.as_of.0;
        self.months().into_iter().filter(ended).collect()
    }

    /// The months of the year in which the contract runs: those after its end or before its beginning are
    /// expected to have no reports, and nothing is due for them.
    pub fn months(&self) -> Vec<Month> {
        self.case.months_of(self.year)
    }

    /// How many months of how many had ended, of those in which the contract runs.
    pub fn part_of_year(&self) -> (usize, usize) {
        (self.months_ended().len(), self.year.months().len())
    }

    /// Whether more than `days` have passed since the year's end.
    pub fn past_deadline(&self, days: u64) -> bool {
        self.year.last_day().checked_add_days(Days::new(days)).is_some_and(|last| last < self.as_of.0)
    }

    /// The contract year before this one, where the contract ran then.
    pub fn year_before(&self) -> Option<ContractYear> {
        let mut year = self.case.terms.years.from;
        while year < self.year {
            // A contract of stated years has two at most: the one before its second is its first.
            match year.next() {
                Some(next) if next < self.year => year = next,
                _ => return Some(year),
            }
        }
        None
    }

    /// The settlement of another year of this contract: the statement in force, else a draft at the same
    /// times.
    pub fn settlement_of(&self, year: ContractYear) -> Option<SubSettlement> {
        self.drafts.given(self.case, year).ok()
    }

    fn measured(&self, period: Span) -> bool {
        let served = match period {
            Span::Month(month) => self.case.runs_in(month),
            Span::Year(_) => true,
        };
        served && period.within(self.year) && period.last_day().min(self.year.last_day()) <= self.as_of.0
    }

    /// The payable report of each key of a month in a paying flow: the latest of the highest stage not above
    /// freeze.
    pub fn payable_reports(&self, month: Month) -> Vec<&'a Entered<ActivityReported>> {
        let mut payable: Vec<&Entered<ActivityReported>> = Vec::new();
        for report in self.paying_reports(month).filter(|r| r.fact.stage <= Stage::Freeze) {
            match payable.iter_mut().find(|p| p.fact.same_key(&report.fact)) {
                Some(earlier) if earlier.fact.stage <= report.fact.stage => *earlier = report,
                Some(_) => {}
                None => payable.push(report),
            }
        }
        payable
    }

    /// The latest report after freeze of each key of a month in a paying flow.
    pub fn reports_after_freeze(&self, month: Month) -> Vec<&'a Entered<ActivityReported>> {
        let mut late: Vec<&Entered<ActivityReported>> = Vec::new();
        for report in self.paying_reports(month).filter(|r| r.fact.stage == Stage::AfterFreeze) {
            late.retain(|earlier| !earlier.fact.same_key(&report.fact));
            late.push(report);
        }
        late
    }

    /// Reports in the flows that pay: those the terms name, else patient-level flows where the provider sent
    /// them for the month, else the local one. Another month's reports, earlier or later, decide nothing
    /// here.
    fn paying_reports(&self, month: Month) -> impl Iterator<Item = &'a Entered<ActivityReported>> {
        let (case, named) = (self.case, &self.case.terms.paying_flows);
        let pays = move |report: &ActivityReported| match named.as_slice() {
            [] if Flow::PATIENT_LEVEL.contains(&report.flow) => true,
            [] => {
                let of_same = |r: &&Entered<ActivityReported>| {
                    r.fact.provider == report.provider && r.fact.month == report.month
                };
                let mut sent = case.reports.iter().filter(of_same);
                report.flow == Flow::Local && !sent.any(|r| Flow::PATIENT_LEVEL.contains(&r.fact.flow))
            }
            named => named.contains(&report.flow),
        };
        case.reports.iter().filter(move |r| r.fact.month == month && pays(&r.fact))
    }

    /// The cost of a party, month by month or for the year, as one figure; and the months that are missing.
    pub fn cost_of(&self, party: &PartyId) -> (Option<Given>, Vec<Month>) {
        let costs = self.case.costs.iter().filter(|c| self.now(&c.fact.party) == self.now(party));
        self.reported(costs.map(|c| (c.fact.period, c.fact.amount, c.entry)).collect())
    }

    /// The turnover of a party in the same way.
    pub fn turnover_of(&self, party: &PartyId) -> (Option<Given>, Vec<Month>) {
        let turnovers = self.case.turnovers.iter().filter(|t| self.now(&t.fact.party) == self.now(party));
        self.reported(turnovers.map(|t| (t.fact.period, t.fact.amount, t.entry)).collect())
    }

    /// Amounts reported for months or for the year as one figure, the later report of a period counting; and
    /// the months that are missing.
    fn reported(&self, reports: Vec<(Span, Money, Entry)>) -> (Option<Given>, Vec<Month>) {
        let latest = |period: Span| reports.iter().rev().find(|(of, ..)| *of == period);
        let is_monthly = |of: &Span| matches!(of, Span::Month(_)) && of.within(self.year);
        let monthly = reports.iter().rfind(|(of, ..)| is_monthly(of));
        let whole = latest(Span::Year(self.year)).filter(|_| self.year_ended());
        if let Some((_, amount, entry)) = whole.filter(|whole| monthly.is_none_or(|m| m.2 < whole.2)) {
            let given = Given::new(*amount, "as reported for the year", vec![Source::Entry(*entry)]);
            return (Some(given), Vec::new());
        }
        let months = self.months_ended();
        let found: Vec<_> = months.iter().filter_map(|m| latest(Span::Month(*m))).collect();
        let missing = months.iter().filter(|m| latest(Span::Month(**m)).is_none()).copied().collect();
        if found.is_empty() {
            return (None, missing);
        }
        let given = Given {
            values: found.iter().map(|(_, amount, _)| (*amount).into()).collect(),
            sources: found.iter().map(|(.., entry)| Source::Entry(*entry)).collect(),
            said: format!("{} monthly reports", found.len()),
            by_stage: None,
        };
        (Some(given), missing)
    }

    /// The latest measurement of an indicator in the year, of the latest period measured.
    pub fn measurement(&self, indicator: &IndicatorId) -> Option<&'a Entered<OutcomeMeasured>> {
        let all = self.case.measurements.iter();
        all.filter(|m| m.fact.indicator == *indicator && self.measured(m.fact.period))
            .max_by_key(|m| (m.fact.period.last_day(), m.entry))
    }

    /// The latest measurement of an indicator in any earlier year of the contract.
    pub fn earlier_measurement(&self, indicator: &IndicatorId) -> Option<&'a Entered<OutcomeMeasured>> {
        let all = self.case.measurements.iter();
        all.filter(|m| m.fact.indicator == *indicator && m.fact.period.last_day() < self.year.first_day())
            .max_by_key(|m| (m.fact.period.last_day(), m.entry))
    }

    /// Challenges of what a clause pays for a month's activity: what is in dispute or was upheld, and whether
    /// it is still open.
    pub fn challenges(&self, clause: &ClauseRef, month: Month) -> Vec<Challenge<'a>> {
        let of_clause = |c: &&Entered<ChallengeRaised>| c.fact.paid_under(&self.case.terms) == Some(clause);
        let raised = self.case.challenges.iter().filter(|c| c.fact.month == month).filter(of_clause);
        raised
            .map(|raised| {
                let resolved =
                    self.case.resolutions.iter().find(|r| r.fact.challenge == raised.fact.challenge);
                Challenge { raised, resolved }
            })
            .collect()
    }

    /// The fixed sum agreed for the year, once it has ended.
    pub fn fixed_sum(&self) -> Option<&'a Entered<FixedSumAgreed>> {
        let agreed = self.case.fixed_sums.iter().rfind(|s| s.fact.year == self.year);
        agreed.filter(|_| self.year_ended())
    }

    /// Sanctions applied to months that had ended.
    pub fn sanctions(&self) -> Vec<&'a Entered<crate::verb::sanction::SanctionApplied>> {
        self.case.sanctions.iter().filter(|s| self.measured(Span::Month(s.fact.month))).collect()
    }

    /// Waivers of a standard's sanction, up to months that had ended.
    pub fn waivers(&self, standard: &str) -> Vec<&'a Entered<SanctionWaived>> {
        let of_standard = |w: &&Entered<SanctionWaived>| w.fact.standard == standard;
        self.case
            .waivers
            .iter()
            .filter(of_standard)
            .filter(|w| self.measured(Span::Month(w.fact.month)))
            .collect()
    }

    /// What sanctions brought and was spent in months that had ended.
    pub fn reinvestments(&self) -> Vec<&'a Entered<SanctionReinvested>> {
        self.case.reinvestments.iter().filter(|r| self.measured(Span::Month(r.fact.month))).collect()
    }

    /// When a milestone was reached, if it was by `as_of`, in whatever contract year.
    pub fn milestone(&self, name: &str) -> Option<&'a Entered<MilestoneReached>> {
        let latest = self.case.milestones.iter().rfind(|m| m.fact.milestone == name);
        latest.filter(|m| m.fact.on <= self.as_of.0)
    }

    /// Pathways of a clause that changed provider within the year, the latest report of each patient and
    /// direction.
    pub fn transfers(&self, clause: &ClauseRef) -> Vec<&'a Entered<PathwayTransferred>> {
        let mut latest: Vec<&Entered<PathwayTransferred>> = Vec::new();
        let of_year = |t: &&Entered<PathwayTransferred>| {
            self.year.contains(t.fact.on)
                && t.fact.on <= self.as_of.0
                && t.fact.paid_under(&self.case.terms) == Some(clause)
        };
        for transfer in self.case.transfers.iter().filter(of_year) {
            let same = |t: &&mut &Entered<PathwayTransferred>| {
                t.fact.patient == transfer.fact.patient && t.fact.direction == transfer.fact.direction
            };
            match latest.iter_mut().find(same) {
                Some(earlier) => *earlier = transfer,
                None => latest.push(transfer),
            }
        }
        latest
    }

    /// The latest count of a month's activity by residence.
    pub fn residence(&self, month: Month) -> Option<&'a Entered<ResidenceReported>> {
        self.case.residences.iter().rfind(|r| r.fact.month == month)
    }

    /// What was paid outside the contract for care of months that had ended.
    pub fn paid_outside(&self) -> Vec<&'a Entered<OutsidePaymentMade>> {
        self.case.paid_outside.iter().filter(|p| self.measured(Span::Month(p.fact.month))).collect()
    }

    /// The claim of each patient that goes furthest, in the order in which patients were first claimed for.
    pub fn claims(&self) -> Vec<&'a Entered<StopLossClaimed>> {
        let mut latest: Vec<&Entered<StopLossClaimed>> = Vec::new();
        let of_year =
            |c: &&Entered<StopLossClaimed>| c.fact.year == self.year && c.fact.up_to <= self.as_of.0;
        for claim in self.case.claims.iter().filter(of_year) {
            match latest.iter_mut().find(|c| c.fact.patient == claim.fact.patient) {
                Some(earlier) if earlier.fact.up_to <= claim.fact.up_to => *earlier = claim,
                Some(_) => {}
                None => latest.push(claim),
            }
        }
        latest
    }

    /// The latest count of a band for the year.
    pub fn population(&self, band: &str) -> Option<(Count, Source)> {
        let measured = self.case.populations.iter().filter(|p| self.measured(p.fact.period));
        let counted = measured.filter_map(|p| Some((p, p.fact.bands.iter().find(|b| b.band == band)?)));
        let (report, band) = counted.max_by_key(|(p, _)| (p.fact.period.last_day(), p.entry))?;
        Some((band.count.clone(), Source::Entry(report.entry)))
    }

    /// The latest list of a month that had ended.
    pub fn list_of(&self, month: Month) -> Option<&'a Entered<PopulationReported>> {
        let of_month = |p: &&Entered<PopulationReported>| p.fact.period == Span::Month(month);
        self.case.populations.iter().rfind(of_month).filter(|p| self.measured(p.fact.period))
    }

    /// The latest count of something in a month that had ended, by the party that did it where parties are
    /// told apart.
    pub fn volume(
        &self,
        month: Month,
        what: &str,
        by: Option<&PartyId>,
    ) -> Option<&'a Entered<VolumeReported>> {
        let same = |v: &&Entered<VolumeReported>| {
            let who = |party: Option<&PartyId>| party.map(|party| self.now(party));
            v.fact.month == month && v.fact.what == what && who(v.fact.by.as_ref()) == who(by)
        };
        self.case.volumes.iter().rfind(same).filter(|v| self.measured(Span::Month(v.fact.month)))
    }

    /// The benchmark of the year. It is not restricted by `as_of`: it is a term of the year, not a
    /// measurement.
    pub fn benchmark(&self) -> Option<&'a Entered<BenchmarkSet>> {
        self.case.benchmarks.iter().rev().find(|b| b.fact.year == self.year)
    }

    /// The relief granted for the year.
    pub fn relief(&self) -> Option<&'a Entered<ReliefGranted>> {
        self.case.reliefs.iter().rev().find(|r| r.fact.year == self.year)
    }

    /// The advance outstanding when the year is settled.
    pub fn advance(&self) -> Option<&'a Entered<AdvanceStated>> {
        self.case.advances.iter().rev().find(|a| a.fact.year == self.year)
    }

    /// Variations of a clause that take effect within or before the year.
    pub fn variations(&self, clause: &ClauseRef) -> Vec<&'a Entered<ContractVaried>> {
        let all = self.case.variations.iter();
        all.filter(|v| {
            v.fact.clause.as_ref() == Some(clause) && v.fact.effective_from <= self.year.last_day()
        })
        .collect()
    }

    /// What `from` had paid `to` by `as_of` for the year, less what came back.
    pub fn paid(&self, from: &PartyId, to: &PartyId) -> Exact {
        let by_now = |p: &&Entered<crate::verb::payment::PaymentMade>| {
            p.fact.year == self.year && p.fact.paid_on <= self.as_of.0
        };
        let signed = self.case.payments.iter().filter(by_now).map(|p| {
            let amount = Exact::from(p.fact.amount);
            match (&self.now(&p.fact.from), &self.now(&p.fact.to)) {
                (f, t) if f == from && t == to => amount,
                (f, t) if f == to && t == from => -amount,
                _ => Exact::zero(),
            }
        });
        signed.sum()
    }

    /// Pairs of parties between whom money has moved for the year by `as_of`.
    pub fn paid_pairs(&self) -> Vec<(PartyId, PartyId)> {
        let mut pairs: Vec<(PartyId, PartyId)> = Vec::new();
        for payment in &self.case.payments {
            let day: NaiveDate = payment.fact.paid_on;
            let (from, to) = (self.now(&payment.fact.from), self.now(&payment.fact.to));
            let known =
                pairs.contains(&(from.clone(), to.clone())) || pairs.contains(&(to.clone(), from.clone()));
            if payment.fact.year == self.year && day <= self.as_of.0 && !known {
                pairs.push((from, to));
            }
        }
        pairs
    }
}
