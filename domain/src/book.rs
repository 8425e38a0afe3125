//! The book: everything recorded up to an entry, folded. Deciders decide on it and settlements are made from
//! it.
//!
//! A book at entry `n` is exactly the fold of the first `n` events, so a question "as known at n" is answered
//! from it whenever it is asked. This file also holds the one shim to `cqrs_es`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};
use serde::{Deserialize, Serialize};

use crate::actor::{Actor, Giver};
use crate::name::{ContractId, PartyId, StreamId};
use crate::recorded::{Digest, Recorded};
use crate::refusal::Refusal;
use crate::terms::Terms;
use crate::time::{Entry, Zone};
use crate::verb::activity::ActivityReported;
use crate::verb::advance::AdvanceStated;
use crate::verb::agree::{AgreementPrepared, SettlementAgreed};
use crate::verb::benchmark::BenchmarkSet;
use crate::verb::challenge::{ChallengeRaised, ChallengeResolved};
use crate::verb::claim::BalanceStated;
use crate::verb::code_map::CodeMapPublished;
use crate::verb::cost::CostReported;
use crate::verb::dispute::SettlementDisputed;
use crate::verb::draw_up::SettlementDrawnUp;
use crate::verb::expectation::{Ending, Expectation, OfKind};
use crate::verb::extend::ContractExtended;
use crate::verb::fixed_sum::{FixedSumAgreed, FixedSumProposed};
use crate::verb::forecast::ForecastMade;
use crate::verb::guarantee::GuaranteeGiven;
use crate::verb::invoice::{InvoiceCredited, InvoiceReceived};
use crate::verb::ledger::LedgerCreated;
use crate::verb::milestone::MilestoneReached;
use crate::verb::novate::ContractNovated;
use crate::verb::outcome::OutcomeMeasured;
use crate::verb::outside::OutsidePaymentMade;
use crate::verb::party::PartyRegistered;
use crate::verb::payment::PaymentMade;
use crate::verb::population::PopulationReported;
use crate::verb::prices::PricesPublished;
use crate::verb::publication::SanctionPublished;
use crate::verb::reinvestment::SanctionReinvested;
use crate::verb::relief::ReliefGranted;
use crate::verb::rename::PartyRenamed;
use crate::verb::reopen::YearReopened;
use crate::verb::reopen_freeze::FreezeReopened;
use crate::verb::residence::ResidenceReported;
use crate::verb::sanction::SanctionApplied;
use crate::verb::soft_close::YearSoftClosed;
use crate::verb::start::ContractStarted;
use crate::verb::stop_loss::StopLossClaimed;
use crate::verb::succeed::PartySucceeded;
use crate::verb::terminate::ContractTerminated;
use crate::verb::transfer::PathwayTransferred;
use crate::verb::turnover::TurnoverReported;
use crate::verb::vary::ContractVaried;
use crate::verb::volume::VolumeReported;
use crate::verb::waiver::SanctionWaived;
use crate::verb::{Command, Event};
use crate::year::{ContractYear, Month, Span};

/// A fact with the entry it was recorded at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entered<T> {
    /// Where in the log.
    pub entry: Entry,
    /// The fact.
    pub fact: T,
}

/// Everything recorded about one contract.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each list holds the facts its type documents, in the order of recording")]
pub struct Case {
    pub terms: Terms,
    /// Its terms as they were awarded.
    pub as_awarded: Terms,
    /// When it was signed.
    pub signed_on: NaiveDate,
    /// The entry of its award.
    pub awarded: Entry,
    /// Its subcontracts.
    pub subcontracts: BTreeSet<ContractId>,
    pub variations: Vec<Entered<ContractVaried>>,
    pub extensions: Vec<Entered<ContractExtended>>,
    pub novations: Vec<Entered<ContractNovated>>,
    pub terminations: Vec<Entered<ContractTerminated>>,
    pub populations: Vec<Entered<PopulationReported>>,
    pub volumes: Vec<Entered<VolumeReported>>,
    pub reports: Vec<Entered<ActivityReported>>,
    pub costs: Vec<Entered<CostReported>>,
    pub turnovers: Vec<Entered<TurnoverReported>>,
    pub paid_outside: Vec<Entered<OutsidePaymentMade>>,
    pub residences: Vec<Entered<ResidenceReported>>,
    pub forecasts: Vec<Entered<ForecastMade>>,
    pub benchmarks: Vec<Entered<BenchmarkSet>>,
    pub advances: Vec<Entered<AdvanceStated>>,
    pub reliefs: Vec<Entered<ReliefGranted>>,
    pub claims: Vec<Entered<StopLossClaimed>>,
    pub measurements: Vec<Entered<OutcomeMeasured>>,
    pub sanctions: Vec<Entered<SanctionApplied>>,
    pub waivers: Vec<Entered<SanctionWaived>>,
    pub reinvestments: Vec<Entered<SanctionReinvested>>,
    pub publications: Vec<Entered<SanctionPublished>>,
    pub transfers: Vec<Entered<PathwayTransferred>>,
    pub milestones: Vec<Entered<MilestoneReached>>,
    pub challenges: Vec<Entered<ChallengeRaised>>,
    pub resolutions: Vec<Entered<ChallengeResolved>>,
    pub proposed_sums: Vec<Entered<FixedSumProposed>>,
    pub fixed_sums: Vec<Entered<FixedSumAgreed>>,
    pub payments: Vec<Entered<PaymentMade>>,
    pub invoices: Vec<Entered<InvoiceReceived>>,
    pub credits: Vec<Entered<InvoiceCredited>>,
    pub balances: Vec<Entered<BalanceStated>>,
    pub statements: Vec<DrawnUp>,
    pub expectations: Vec<Entered<OfKind<Expectation>>>,
    pub endings: Vec<Entered<OfKind<Ending>>>,
    pub guarantees: Vec<Entered<GuaranteeGiven>>,
    pub starts: Vec<Entered<ContractStarted>>,
    pub soft_closes: Vec<Entered<YearSoftClosed>>,
    pub preparations: Vec<Entered<AgreementPrepared>>,
    pub agreements: Vec<Entered<SettlementAgreed>>,
    pub statement_disputes: Vec<Entered<SettlementDisputed>>,
    pub reopenings: Vec<Entered<YearReopened>>,
    pub freeze_reopenings: Vec<Entered<FreezeReopened>>,
}

/// A statement that was drawn up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DrawnUp {
    /// Where in the log.
    pub entry: Entry,
    /// The hash of its event; known once the log has it.
    pub digest: Option<Digest>,
    /// The statement it takes the place of, where it restates one.
    pub restates: Option<Entry>,
    /// The statement.
    pub fact: Arc<SettlementDrawnUp>,
}

impl DrawnUp {
    /// How other statements cite it: its digest, or its entry where the log has not sealed it yet.
    pub fn cited_as(&self) -> String {
        self.digest.map_or_else(|| format!("drawn up @{}", self.entry), |d| d.to_string())
    }
}

/// For every list of facts that can be recorded in error: whether it holds an entry, and how it is taken
/// back.
macro_rules! lists_of_facts {
    ($($list:ident),* $(,)?) => {
        impl Case {
            /// Whether a fact that can be recorded in error stands at this entry.
            pub fn holds(&self, entry: Entry) -> bool {
                $(self.$list.iter().any(|e| e.entry == entry))||*
            }

            pub(crate) fn take_back(&mut self, entry: Entry) {
                $(self.$list.retain(|e| e.entry != entry);)*
                self.restate();
            }
        }
    };
}

lists_of_facts!(
    variations,
    extensions,
    novations,
    terminations,
    populations,
    volumes,
    reports,
    costs,
    turnovers,
    paid_outside,
    residences,
    forecasts,
    benchmarks,
    advances,
    reliefs,
    claims,
    measurements,
    sanctions,
    waivers,
    reinvestments,
    publications,
    transfers,
    milestones,
    challenges,
    resolutions,
    proposed_sums,
    fixed_sums,
    payments,
    invoices,
    credits,
    balances,
    expectations,
    endings,
    guarantees,
    starts,
);

impl Case {
    /// A contract just awarded.
    pub fn new(terms: Terms, signed_on: NaiveDate, awarded: Entry) -> Case {
        Case {
            as_awarded: terms.clone(),
            terms,
            signed_on,
            awarded,
            subcontracts: BTreeSet::new(),
            variations: Vec::new(),
            extensions: Vec::new(),
            novations: Vec::new(),
            terminations: Vec::new(),
            populations: Vec::new(),
            volumes: Vec::new(),
            reports: Vec::new(),
            costs: Vec::new(),
            turnovers: Vec::new(),
            paid_outside: Vec::new(),
            residences: Vec::new(),
            forecasts: Vec::new(),
            benchmarks: Vec::new(),
            advances: Vec::new(),
            reliefs: Vec::new(),
            claims: Vec::new(),
            measurements: Vec::new(),
            sanctions: Vec::new(),
            waivers: Vec::new(),
            reinvestments: Vec::new(),
            publications: Vec::new(),
            transfers: Vec::new(),
            milestones: Vec::new(),
            challenges: Vec::new(),
            resolutions: Vec::new(),
            proposed_sums: Vec::new(),
            fixed_sums: Vec::new(),
            payments: Vec::new(),
            invoices: Vec::new(),
            credits: Vec::new(),
            balances: Vec::new(),
            statements: Vec::new(),
            expectations: Vec::new(),
            endings: Vec::new(),
            guarantees: Vec::new(),
            starts: Vec::new(),
            soft_closes: Vec::new(),
            preparations: Vec::new(),
            agreements: Vec::new(),
            statement_disputes: Vec::new(),
            reopenings: Vec::new(),
            freeze_reopenings: Vec::new(),
        }
    }

    /// Refuses a period outside the contract's years.
    pub fn covers(&self, period: Span) -> Result<(), Refusal> {
        let inside = match period {
            Span::Year(year) => self.runs_in_year(year),
            Span::Month(month) => {
                let years = &self.terms.years;
                let of_a_year = years.containing(month.last_day()).or(years.containing(month.first_day()));
                of_a_year.is_some() && self.runs_in(month)
            }
        };
        if inside { Ok(()) } else { Err(self.outside_term(period)) }
    }

    /// The first and the last day on which the contract runs.
    pub fn term(&self) -> (NaiveDate, NaiveDate) {
        let years = &self.terms.years;
        let terminated = self.terminations.last().map(|t| t.fact.on);
        (years.first_day(), terminated.map_or(years.last_day(), |on| on.min(years.last_day())))
    }

    /// The entry of the event that holds the latest text of the terms: a variation, or the award.
    pub fn text(&self) -> Entry {
        let varied = self.variations.iter().rfind(|v| v.fact.terms.is_some());
        varied.map_or(self.awarded, |v| v.entry)
    }

    /// Makes the terms what award, variations and extensions come to in their order.
    pub(crate) fn restate(&mut self) {
        let varied = self.variations.iter().filter_map(|v| Some((v.entry, Ok(v.fact.terms.as_deref()?))));
        let extended = self.extensions.iter().map(|e| (e.entry, Err(e.fact.to)));
        let mut changes: Vec<(Entry, Result<&Terms, ContractYear>)> = varied.chain(extended).collect();
        changes.sort_by_key(|(entry, _)| *entry);
        self.terms = changes.into_iter().fold(self.as_awarded.clone(), |terms, (_, change)| match change {
            Ok(text) => text.clone(),
            Err(to) => terms.extended(to).unwrap_or(terms),
        });
    }

    /// Whether the contract runs in a month.
    pub fn runs_in(&self, month: Month) -> bool {
        let (first, last) = self.term();
        first <= month.last_day() && month.first_day() <= last
    }

    /// The months of a contract year in which the contract runs.
    pub fn months_of(&self, year: ContractYear) -> Vec<Month> {
        year.months().into_iter().filter(|month| self.runs_in(*month)).collect()
    }

    /// The last day of a contract year on which the contract runs.
    pub fn end_of(&self, year: ContractYear) -> NaiveDate {
        year.last_day().min(self.term().1)
    }

    /// Whether the contract runs in any month of a year of its own.
    pub fn runs_in_year(&self, year: ContractYear) -> bool {
        self.terms.years.include(year) && !self.months_of(year).is_empty()
    }

    /// Refuses a name that the terms do not have: the kind of `thing` it is meant to be, those they have, and
    /// what to say where they have none.
    pub(crate) fn known_name(
        &self,
        thing: &str,
        name: &str,
        known: &[&str],
        none: &str,
    ) -> Result<(), Refusal> {
        if known.contains(&name) {
            return Ok(());
        }
        let message = format!("`{}` has no {thing} `{name}`", self.terms.contract);
        let hint = match known {
            [] => none.to_owned(),
            known => format!("its {thing}s are: {}", known.join(", ")),
        };
        Err(Refusal::rule(&format!("unknown-{thing}"), message, hint).at(format!("/{thing}")))
    }

    /// Refuses who is not a party of the contract.
    pub fn known_party(&self, party: &PartyId) -> Result<(), Refusal> {
        let parties = self.terms.all_parties();
        if parties.contains(party) {
            return Ok(());
        }
        let message = format!("`{party}` is not a party of `{}`", self.terms.contract);
        let known: Vec<&str> = parties.iter().map(PartyId::as_str).collect();
        Err(Refusal::rule("not-a-party", message, format!("its parties are: {}", known.join(", "))))
    }

    /// The refusal of something outside the contract's years.
    pub fn outside_term(&self, what: impl std::fmt::Display) -> Refusal {
        let (contract, years) = (&self.terms.contract, &self.terms.years);
        let message = format!("{what} is outside the term of `{contract}`, {} to {}", years.from, years.to);
        Refusal::rule(
            "outside-term",
            message,
            "check the period and the contract, or extend the contract first",
        )
    }

    /// The statement in force for a year, as drawn up last on or before `as_of`.
    pub fn statement(&self, year: ContractYear, as_of: NaiveDate) -> Option<&DrawnUp> {
        let drawn_up = self.statements.iter().rev();
        drawn_up.into_iter().find(|s| s.fact.statement.year == year && s.fact.statement.as_of.0 <= as_of)
    }
}

/// The nouns whose streams belong to a contract; a settlement relies on all of them.
pub const CONTRACT_STREAMS: &[&str] = &[
    "contract",
    "population",
    "volume",
    "activity",
    "cost",
    "turnover",
    "outside",
    "residence",
    "forecast",
    "benchmark",
    "advance",
    "relief",
    "stop-loss",
    "outcome",
    "sanction",
    "milestone",
    "challenge",
    "payment",
    "claim",
    "expectation",
];

/// Everything recorded up to an entry.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Book {
    /// The last entry folded in.
    pub entry: Entry,
    /// The ledger's own settings.
    pub ledger: Option<LedgerCreated>,
    /// Where the history stated by its source was closed.
    pub history_closed: Option<Entry>,
    /// Parties by name.
    pub parties: BTreeMap<PartyId, PartyRegistered>,
    /// Lists of prices, in the order in which they were published.
    pub price_lists: Vec<Entered<PricesPublished>>,
    /// Maps of providers' local codes, in the order in which they were published.
    #[serde(default)]
    pub code_maps: Vec<Entered<CodeMapPublished>>,
    /// Parties that others succeeded.
    pub successions: Vec<Entered<PartySucceeded>>,
    /// Parties that were renamed.
    pub renamings: Vec<Entered<PartyRenamed>>,
    /// Contracts by name.
    pub contracts: BTreeMap<ContractId, Arc<Case>>,
    /// The parties whose people have given commands.
    pub acting: BTreeSet<PartyId>,
    /// Who drew up, prepared, agreed or proposed what is at an entry.
    signatures: BTreeMap<Entry, Actor>,
    versions: BTreeMap<StreamId, u64>,
}

impl Book {
    /// Takes in the next event of the log, with what only the log knows about it.
    pub fn fold(&mut self, recorded: &Recorded) {
        self.apply(recorded.event.clone());
        self.seal(recorded);
    }

    /// Passes over the next event of the log: its entry and its place in its stream are taken, and nothing
    /// else. A what-if question leaves out so what its changes make refused.
    pub fn pass_over(&mut self, recorded: &Recorded) {
        self.entry = self.entry.next();
        *self.versions.entry(recorded.stream.clone()).or_default() += 1;
    }

    /// Sets the statements drawn up for a year aside, so that every contract is settled from its facts.
    pub fn set_aside(&mut self, year: ContractYear) {
        for case in self.contracts.values_mut() {
            if case.statements.iter().any(|s| s.fact.statement.year == year) {
                Arc::make_mut(case).statements.retain(|s| s.fact.statement.year != year);
            }
        }
    }

    /// Notes what only the log knows about an event already applied: who gave its command, and a statement's
    /// digest.
    pub fn seal(&mut self, recorded: &Recorded) {
        if !self.acting.contains(&recorded.actor.party) {
            self.acting.insert(recorded.actor.party.clone());
        }
        let signed = matches!(
            recorded.event,
            Event::AgreementPrepared(_) | Event::SettlementAgreed(_) | Event::FixedSumProposed(_)
        );
        if signed || recorded.event.statement().is_some() {
            self.signatures.insert(recorded.entry, recorded.actor.clone());
        }
        if let Some(statement) = recorded.event.statement() {
            self.enter(&statement.contract.clone(), |case| {
                let sealed = case.statements.iter_mut().find(|s| s.entry == recorded.entry);
                if let Some(statement) = sealed {
                    statement.digest = Some(recorded.hash);
                }
            });
        }
    }

    /// Who drew up, prepared, agreed or proposed what is at an entry.
    pub fn signed_by(&self, entry: Entry) -> Option<&Actor> {
        self.signatures.get(&entry)
    }

    /// The version of a stream: how many events it has.
    pub fn version(&self, stream: &StreamId) -> u64 {
        self.versions.get(stream).copied().unwrap_or(0)
    }

    /// The zone in which the ledger's days end.
    pub fn zone(&self) -> Zone {
        self.ledger.as_ref().map(|l| l.zone).unwrap_or_default()
    }

    /// Whether times of recording are still taken from the commands.
    pub fn states_its_history(&self) -> bool {
        self.ledger.as_ref().is_some_and(|l| l.history) && self.history_closed.is_none()
    }

    /// The contract of this name.
    pub fn case(&self, contract: &ContractId) -> Result<&Case, Refusal> {
        self.contracts.get(contract).map(Arc::as_ref).ok_or_else(|| {
            let message = format!("there is no contract `{contract}` in this ledger");
            Refusal::not_found("unknown-contract", message, "award it first, or check its name")
                .at("/contract")
        })
    }

    /// Refuses a party that is not registered.
    pub fn known_party(&self, party: &PartyId) -> Result<(), Refusal> {
        if self.parties.contains_key(party) { Ok(()) } else { Err(self.unknown_party(party)) }
    }

    /// The refusal of a party that is not registered.
    pub fn unknown_party(&self, party: &PartyId) -> Refusal {
        let message = format!("there is no party `{party}` in this ledger");
        Refusal::not_found(
            "unknown-party",
            message,
            "register it first with register-party, or check its name",
        )
    }

    pub(crate) fn award(&mut self, case: Case) {
        if let Some(head) = &case.terms.under {
            self.enter(&head.clone(), |head| {
                head.subcontracts.insert(case.terms.contract.clone());
            });
        }
        self.contracts.insert(case.terms.contract.clone(), Arc::new(case));
    }

    pub(crate) fn enter(&mut self, contract: &ContractId, change: impl FnOnce(&mut Case)) {
        if let Some(case) = self.contracts.get_mut(contract) {
            change(Arc::make_mut(case));
        }
    }
}

impl DomainEvent for Event {
    fn event_type(&self) -> String {
        self.kind().to_owned()
    }

    fn event_version(&self) -> String {
        self.version().to_string()
    }
}

impl Aggregate for Book {
    const TYPE: &'static str = "book";
    type Command = Command;
    type Event = Event;
    type Error = Refusal;
    /// Who gives the command.
    type Services = Giver;

    async fn handle(
        &mut self,
        command: Command,
        giver: &Giver,
        sink: &EventSink<Self>,
    ) -> Result<(), Refusal> {
        let event = command.decide(self, giver)?;
        sink.write(event, self).await;
        Ok(())
    }

    fn apply(&mut self, event: Event) {
        self.entry = self.entry.next();
        *self.versions.entry(event.stream()).or_default() += 1;
        let entry = self.entry;
        event.apply(self, entry);
    }
}
