//! The verbs of the ledger: one file each, with the command's body, its refusals in the order in which they
//! are checked, and the event it makes.
//!
//! A command's body and its event are one type wherever the event adds nothing but consequences: `decide`
//! checks the body against the [`Book`] and gives it back with its consequences filled in. A new verb is one
//! file and one row below.

pub mod activity;
pub mod advance;
pub mod agree;
pub mod award;
pub mod benchmark;
pub mod challenge;
pub mod claim;
pub mod code_map;
pub mod cost;
pub mod dispute;
pub mod draw_up;
pub mod expectation;
pub mod extend;
pub mod fixed_sum;
pub mod forecast;
pub mod guarantee;
pub mod in_error;
pub mod invoice;
pub mod ledger;
pub mod milestone;
pub mod novate;
pub mod outcome;
pub mod outside;
pub mod party;
pub mod payment;
pub mod population;
pub mod prices;
pub mod publication;
pub mod reinvestment;
pub mod relief;
pub mod rename;
pub mod reopen;
pub mod reopen_freeze;
pub mod residence;
pub mod restate;
pub mod sanction;
pub mod soft_close;
pub mod start;
pub mod stop_loss;
pub mod succeed;
pub mod terminate;
mod told;
pub mod transfer;
pub mod turnover;
pub mod vary;
pub mod volume;
pub mod waiver;

use serde::{Deserialize, Serialize};

use crate::actor::Giver;
use crate::book::Book;
use crate::name::StreamId;
use crate::refusal::Refusal;
use crate::statement::Statement;
use crate::time::Entry;

/// What a command asks for and how it is decided.
pub trait Verb {
    /// The event it makes.
    type Makes: Happened;

    /// The stream its event goes to.
    fn stream(&self) -> StreamId;

    /// Other streams whose versions the decision relies on.
    fn relies_on(&self, book: &Book) -> Vec<StreamId>;

    /// The event with its consequences, or why not.
    fn decide(self, book: &Book) -> Result<Self::Makes, Refusal>;
}

/// A business fact, past tense.
pub trait Happened {
    /// The stream it stands in.
    fn stream(&self) -> StreamId;

    /// Takes it into the book.
    fn apply(self, book: &mut Book, entry: Entry);

    /// Refuses it from somebody who may not state it. Most facts may be stated by anybody.
    ///
    /// # Errors
    /// Where the person prepared what they approve, or acts for another party.
    fn permit(&self, _: &Book, _: &Giver) -> Result<(), Refusal> {
        Ok(())
    }

    /// The event as it would be decided on another book, for what-if questions: its body with its
    /// consequences there, or why not. An event that no book refuses stays as it is.
    ///
    /// # Errors
    /// As [`Verb::decide`] of the command that made it.
    fn decide_again(self, _: &Book) -> Result<Self, Refusal>
    where
        Self: Sized,
    {
        Ok(self)
    }
}

/// A fact about a contract that is kept in a list of its case, in the order of recording.
macro_rules! entered_in {
    ($type:ident, $list:ident) => {
        impl $crate::verb::Happened for $type {
            fn stream(&self) -> $crate::name::StreamId {
                $crate::verb::Verb::stream(self)
            }

            fn apply(self, book: &mut $crate::book::Book, entry: $crate::time::Entry) {
                let contract = self.contract.clone();
                book.enter(&contract, |case| case.$list.push($crate::book::Entered { entry, fact: self }));
            }

            fn decide_again(self, book: &$crate::book::Book) -> Result<Self, $crate::refusal::Refusal> {
                $crate::verb::Verb::decide(self, book)
            }
        }
    };
}
use entered_in;

/// The same for a fact that not everybody may state: `permits` of the type says who. It is said of what
/// stands in the ledger, so that a what-if question does not decide it again.
macro_rules! entered_by {
    ($type:ident, $list:ident) => {
        impl $crate::verb::Happened for $type {
            fn stream(&self) -> $crate::name::StreamId {
                $crate::verb::Verb::stream(self)
            }

            fn apply(self, book: &mut $crate::book::Book, entry: $crate::time::Entry) {
                let contract = self.contract.clone();
                book.enter(&contract, |case| case.$list.push($crate::book::Entered { entry, fact: self }));
            }

            fn permit(
                &self,
                book: &$crate::book::Book,
                giver: &$crate::actor::Giver,
            ) -> Result<(), $crate::refusal::Refusal> {
                self.permits(book, giver)
            }
        }
    };
}
use entered_by;

macro_rules! verbs {
    ($($command:literal $body:ty => $event:literal v $v:literal $name:ident ($payload:ty);)*) => {
        /// Everything that can be asked of a ledger.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Command { $(#[doc = $command] $name($body),)* }

        /// Everything that can have happened.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        pub enum Event { $(#[doc = $event] $name($payload),)* }

        impl Command {
            /// The names of all commands, with the event each makes and its version.
            pub const NAMES: &[(&str, &str, u32)] = &[$(($command, $event, $v),)*];

            /// Reads a command's body from JSON text; `None` where no command has this name.
            pub fn read(name: &str, body: &str) -> Option<Result<Command, serde_json::Error>> {
                match name {
                    $($command => Some(serde_json::from_str(body).map(Command::$name)),)*
                    _ => None,
                }
            }

            /// Its name.
            pub fn name(&self) -> &'static str {
                match self { $(Command::$name(_) => $command,)* }
            }

            /// The body as JSON, as it is compared when a key is used again.
            pub fn body(&self) -> Result<serde_json::Value, serde_json::Error> {
                match self { $(Command::$name(body) => serde_json::to_value(body),)* }
            }

            /// The stream its event goes to.
            pub fn stream(&self) -> StreamId {
                match self { $(Command::$name(body) => Verb::stream(body),)* }
            }

            /// Every stream the decision relies on, its own first.
            pub fn relies_on(&self, book: &Book) -> Vec<StreamId> {
                let mut all = vec![self.stream()];
                all.extend(match self { $(Command::$name(body) => body.relies_on(book),)* });
                all
            }

            /// The event it makes, or why not.
            ///
            /// # Errors
            /// The refusals of its verb; then those of who may state it, and when.
            pub fn decide(self, book: &Book, giver: &Giver) -> Result<Event, Refusal> {
                let event = match self { $(Command::$name(body) => body.decide(book).map(Event::$name),)* }?;
                match &event { $(Event::$name(fact) => fact.permit(book, giver),)* }?;
                soft_close::in_time(&event, book, giver)?;
                Ok(event)
            }
        }

        impl Event {
            /// Its name on the wire.
            pub fn kind(&self) -> &'static str {
                match self { $(Event::$name(_) => $event,)* }
            }

            /// The version of its shape.
            pub fn version(&self) -> u32 {
                match self { $(Event::$name(_) => $v,)* }
            }

            /// Its payload as JSON.
            pub fn payload(&self) -> Result<serde_json::Value, serde_json::Error> {
                match self { $(Event::$name(payload) => serde_json::to_value(payload),)* }
            }

            /// Reads a payload of this name and version back.
            pub fn decode(kind: &str, v: u32, payload: serde_json::Value) -> Result<Event, CannotDecode> {
                let read = match (kind, present(kind, v)) {
                    $(($event, $v) => serde_json::from_value::<$payload>(payload).map(Event::$name),)*
                    _ => return Err(CannotDecode::Unknown { kind: kind.to_owned(), v }),
                };
                read.map_err(|why| CannotDecode::Malformed { kind: kind.to_owned(), v, why: why.to_string() })
            }

            /// The stream it stands in.
            pub fn stream(&self) -> StreamId {
                match self { $(Event::$name(payload) => Happened::stream(payload),)* }
            }

            pub(crate) fn apply(self, book: &mut Book, entry: Entry) {
                match self { $(Event::$name(payload) => payload.apply(book, entry),)* }
            }

            /// The event as it would be decided on another book; see [`Happened::decide_again`].
            ///
            /// # Errors
            /// As the decision of its command.
            pub fn decide_again(self, book: &Book) -> Result<Event, Refusal> {
                match self { $(Event::$name(payload) => payload.decide_again(book).map(Event::$name),)* }
            }
        }
    };
}

verbs! {
    "create-ledger" ledger::LedgerCreated => "ledger-created" v 1 LedgerCreated(ledger::LedgerCreated);
    "close-history" ledger::HistoryClosed => "history-closed" v 1 HistoryClosed(ledger::HistoryClosed);
    "register-party" party::PartyRegistered => "party-registered" v 1 PartyRegistered(party::PartyRegistered);
    "rename-party" rename::PartyRenamed => "party-renamed" v 1 PartyRenamed(rename::PartyRenamed);
    "succeed-party" succeed::PartySucceeded => "party-succeeded" v 1 PartySucceeded(succeed::PartySucceeded);
    "publish-prices" prices::PricesPublished => "prices-published" v 1 PricesPublished(prices::PricesPublished);
    "publish-code-map" code_map::CodeMapPublished => "code-map-published" v 1 CodeMapPublished(code_map::CodeMapPublished);
    "award-contract" award::ContractAwarded => "contract-awarded" v 1 ContractAwarded(award::ContractAwarded);
    "vary-contract" vary::ContractVaried => "contract-varied" v 2 ContractVaried(vary::ContractVaried);
    "extend-contract" extend::ContractExtended => "contract-extended" v 1 ContractExtended(extend::ContractExtended);
    "novate-contract" novate::ContractNovated => "contract-novated" v 1 ContractNovated(novate::ContractNovated);
    "terminate-contract" terminate::ContractTerminated => "contract-terminated" v 1 ContractTerminated(terminate::ContractTerminated);
    "report-population" population::PopulationReported => "population-reported" v 1 PopulationReported(population::PopulationReported);
    "report-volume" volume::VolumeReported => "volume-reported" v 1 VolumeReported(volume::VolumeReported);
    "report-activity" activity::ActivityReported => "activity-reported" v 1 ActivityReported(activity::ActivityReported);
    "report-cost" cost::CostReported => "cost-reported" v 1 CostReported(cost::CostReported);
    "report-turnover" turnover::TurnoverReported => "turnover-reported" v 1 TurnoverReported(turnover::TurnoverReported);
    "pay-outside" outside::OutsidePaymentMade => "outside-payment-made" v 1 OutsidePaymentMade(outside::OutsidePaymentMade);
    "report-residence" residence::ResidenceReported => "residence-reported" v 1 ResidenceReported(residence::ResidenceReported);
    "forecast" forecast::ForecastMade => "forecast-made" v 1 ForecastMade(forecast::ForecastMade);
    "set-benchmark" benchmark::BenchmarkSet => "benchmark-set" v 1 BenchmarkSet(benchmark::BenchmarkSet);
    "state-advance" advance::AdvanceStated => "advance-stated" v 1 AdvanceStated(advance::AdvanceStated);
    "grant-relief" relief::ReliefGranted => "relief-granted" v 1 ReliefGranted(relief::ReliefGranted);
    "claim-stop-loss" stop_loss::StopLossClaimed => "stop-loss-claimed" v 1 StopLossClaimed(stop_loss::StopLossClaimed);
    "measure-outcome" outcome::OutcomeMeasured => "outcome-measured" v 1 OutcomeMeasured(outcome::OutcomeMeasured);
    "apply-sanction" sanction::SanctionApplied => "sanction-applied" v 1 SanctionApplied(sanction::SanctionApplied);
    "waive-sanction" waiver::SanctionWaived => "sanction-waived" v 1 SanctionWaived(waiver::SanctionWaived);
    "reinvest-sanction" reinvestment::SanctionReinvested => "sanction-reinvested" v 1 SanctionReinvested(reinvestment::SanctionReinvested);
    "publish-sanction" publication::SanctionPublished => "sanction-published" v 1 SanctionPublished(publication::SanctionPublished);
    "reach-milestone" milestone::MilestoneReached => "milestone-reached" v 1 MilestoneReached(milestone::MilestoneReached);
    "transfer-pathway" transfer::PathwayTransferred => "pathway-transferred" v 1 PathwayTransferred(transfer::PathwayTransferred);
    "make-payment" payment::PaymentMade => "payment-made" v 1 PaymentMade(payment::PaymentMade);
    "receive-invoice" invoice::InvoiceReceived => "invoice-received" v 1 InvoiceReceived(invoice::InvoiceReceived);
    "credit-invoice" invoice::InvoiceCredited => "invoice-credited" v 1 InvoiceCredited(invoice::InvoiceCredited);
    "state-balance" claim::BalanceStated => "balance-stated" v 1 BalanceStated(claim::BalanceStated);
    "raise-challenge" challenge::ChallengeRaised => "challenge-raised" v 1 ChallengeRaised(challenge::ChallengeRaised);
    "resolve-challenge" challenge::ChallengeResolved => "challenge-resolved" v 1 ChallengeResolved(challenge::ChallengeResolved);
    "propose-fixed-sum" fixed_sum::FixedSumProposed => "fixed-sum-proposed" v 1 FixedSumProposed(fixed_sum::FixedSumProposed);
    "agree-fixed-sum" fixed_sum::FixedSumAgreed => "fixed-sum-agreed" v 2 FixedSumAgreed(fixed_sum::FixedSumAgreed);
    "record-in-error" in_error::RecordedInError => "recorded-in-error" v 1 RecordedInError(in_error::RecordedInError);
    "draw-up-settlement" draw_up::DrawUp => "settlement-drawn-up" v 1 SettlementDrawnUp(draw_up::SettlementDrawnUp);
    "start-contract" start::ContractStarted => "contract-started" v 1 ContractStarted(start::ContractStarted);
    "expect-variation" expectation::Expected<expectation::Variation> => "variation-expected" v 1 VariationExpected(expectation::Expected<expectation::Variation>);
    "end-expected-variation" expectation::Ended<expectation::Variation> => "expected-variation-ended" v 1 ExpectedVariationEnded(expectation::Ended<expectation::Variation>);
    "promise-saving" expectation::Expected<expectation::Saving> => "saving-promised" v 1 SavingPromised(expectation::Expected<expectation::Saving>);
    "deliver-saving" expectation::Ended<expectation::Saving> => "saving-delivered" v 1 SavingDelivered(expectation::Ended<expectation::Saving>);
    "make-accrual" expectation::Expected<expectation::Accrual> => "accrual-made" v 1 AccrualMade(expectation::Expected<expectation::Accrual>);
    "release-accrual" expectation::Ended<expectation::Accrual> => "accrual-released" v 1 AccrualReleased(expectation::Ended<expectation::Accrual>);
    "raise-open-item" expectation::Expected<expectation::OpenItem> => "open-item-raised" v 1 OpenItemRaised(expectation::Expected<expectation::OpenItem>);
    "close-open-item" expectation::Ended<expectation::OpenItem> => "open-item-closed" v 1 OpenItemClosed(expectation::Ended<expectation::OpenItem>);
    "set-deadline" expectation::Expected<expectation::Deadline> => "deadline-set" v 1 DeadlineSet(expectation::Expected<expectation::Deadline>);
    "meet-deadline" expectation::Ended<expectation::Deadline> => "deadline-met" v 1 DeadlineMet(expectation::Ended<expectation::Deadline>);
    "give-guarantee" guarantee::GuaranteeGiven => "guarantee-given" v 1 GuaranteeGiven(guarantee::GuaranteeGiven);
    "soft-close-year" soft_close::YearSoftClosed => "year-soft-closed" v 1 YearSoftClosed(soft_close::YearSoftClosed);
    "prepare-agreement" agree::AgreementPrepared => "agreement-prepared" v 1 AgreementPrepared(agree::AgreementPrepared);
    "agree-settlement" agree::SettlementAgreed => "settlement-agreed" v 1 SettlementAgreed(agree::SettlementAgreed);
    "dispute-settlement" dispute::SettlementDisputed => "settlement-disputed" v 1 SettlementDisputed(dispute::SettlementDisputed);
    "reopen-year" reopen::YearReopened => "year-reopened" v 1 YearReopened(reopen::YearReopened);
    "restate-settlement" restate::RestateSettlement => "settlement-restated" v 1 SettlementRestated(restate::SettlementRestated);
    "reopen-freeze" reopen_freeze::FreezeReopened => "freeze-reopened" v 1 FreezeReopened(reopen_freeze::FreezeReopened);
}

/// Earlier versions of events, each with the version that reads it: later ones only added fields that may be
/// absent.
pub const READ_AS: &[(&str, u32, u32)] = &[("contract-varied", 1, 2), ("fixed-sum-agreed", 1, 2)];

/// The version by which an event is read.
fn present(kind: &str, v: u32) -> u32 {
    READ_AS.iter().find(|(of, earlier, _)| *of == kind && *earlier == v).map_or(v, |(.., present)| *present)
}

impl Command {
    /// Whether it names blocks, whose totals it must be given before it is decided.
    pub fn has_blocks(&self) -> bool {
        matches!(self, Command::ActivityReported(report) if report.blocks.is_some())
    }

    /// The blocks that it names.
    pub fn blocks_mut(&mut self) -> Option<&mut activity::Blocks> {
        match self {
            Command::ActivityReported(report) => report.blocks.as_mut(),
            _ => None,
        }
    }
}

impl Event {
    /// The blocks in which what happened is kept beside its payload, where it is. An event as the log has it
    /// must be given their totals before it is folded.
    pub fn blocks(&self) -> Option<&activity::Blocks> {
        match self {
            Event::ActivityReported(report) => report.blocks.as_ref(),
            _ => None,
        }
    }

    /// The same, to give it the totals.
    pub fn blocks_mut(&mut self) -> Option<&mut activity::Blocks> {
        match self {
            Event::ActivityReported(report) => report.blocks.as_mut(),
            _ => None,
        }
    }

    /// The statement that it records, where it records one.
    pub fn statement(&self) -> Option<&Statement> {
        match self {
            Event::SettlementDrawnUp(drawn_up) => Some(&drawn_up.statement),
            Event::SettlementRestated(restated) => Some(&restated.statement),
            _ => None,
        }
    }

    /// The day on which what it measures had been measured: `as_of` leaves it out before. Terms, plans,
    /// budgets and what is said about a year as a whole are not restricted.
    pub fn measured_on(&self) -> Option<chrono::NaiveDate> {
        match self {
            Event::PopulationReported(e) => Some(e.period.last_day()),
            Event::VolumeReported(e) => Some(e.month.last_day()),
            Event::ActivityReported(e) => Some(e.month.last_day()),
            Event::CostReported(e) => Some(e.period.last_day()),
            Event::TurnoverReported(e) => Some(e.period.last_day()),
            Event::OutsidePaymentMade(e) => Some(e.month.last_day()),
            Event::ResidenceReported(e) => Some(e.month.last_day()),
            Event::StopLossClaimed(e) => Some(e.up_to),
            Event::OutcomeMeasured(e) => Some(e.period.last_day()),
            Event::SanctionApplied(e) => Some(e.month.last_day()),
            Event::SanctionWaived(e) => Some(e.month.last_day()),
            Event::SanctionReinvested(e) => Some(e.month.last_day()),
            Event::SanctionPublished(e) => Some(e.on),
            Event::MilestoneReached(e) => Some(e.on),
            Event::PathwayTransferred(e) => Some(e.on),
            Event::PaymentMade(e) => Some(e.paid_on),
            Event::InvoiceReceived(e) => Some(e.received_on),
            Event::InvoiceCredited(e) => Some(e.on),
            Event::ChallengeRaised(e) => Some(e.month.last_day()),
            Event::ChallengeResolved(_)
            | Event::FixedSumProposed(_)
            | Event::FixedSumAgreed(_)
            | Event::RecordedInError(_)
            | Event::ForecastMade(_)
            | Event::LedgerCreated(_)
            | Event::HistoryClosed(_)
            | Event::PartyRegistered(_)
            | Event::PartyRenamed(_)
            | Event::PartySucceeded(_)
            | Event::PricesPublished(_)
            | Event::CodeMapPublished(_)
            | Event::ContractAwarded(_)
            | Event::ContractVaried(_)
            | Event::ContractExtended(_)
            | Event::ContractNovated(_)
            | Event::ContractTerminated(_)
            | Event::BenchmarkSet(_)
            | Event::AdvanceStated(_)
            | Event::ReliefGranted(_)
            | Event::BalanceStated(_)
            | Event::SettlementDrawnUp(_)
            | Event::ContractStarted(_)
            | Event::VariationExpected(_)
            | Event::ExpectedVariationEnded(_)
            | Event::SavingPromised(_)
            | Event::SavingDelivered(_)
            | Event::AccrualMade(_)
            | Event::AccrualReleased(_)
            | Event::OpenItemRaised(_)
            | Event::OpenItemClosed(_)
            | Event::DeadlineSet(_)
            | Event::DeadlineMet(_)
            | Event::GuaranteeGiven(_)
            | Event::YearSoftClosed(_)
            | Event::AgreementPrepared(_)
            | Event::SettlementAgreed(_)
            | Event::SettlementDisputed(_)
            | Event::YearReopened(_)
            | Event::SettlementRestated(_)
            | Event::FreezeReopened(_) => None,
        }
    }
}

/// Why a stored event cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotDecode {
    /// A later riskshare wrote it.
    #[error("`{kind}` version {v} is not an event this riskshare knows; a later version wrote it")]
    Unknown {
        /// The event's name.
        kind: String,
        /// Its version.
        v: u32,
    },
    /// Its payload is not what its name and version promise.
    #[error("`{kind}` version {v} cannot be read: {why}")]
    Malformed {
        /// The event's name.
        kind: String,
        /// Its version.
        v: u32,
        /// What is wrong.
        why: String,
    },
}
