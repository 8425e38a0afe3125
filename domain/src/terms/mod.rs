//! A contract's terms as data: who pays whom, for which years, by which mechanisms.
//!
//! Read from YAML or JSON into [`Terms`]; every fault is named with its place. The document as written is
//! what an award records, so a later reader sees the contract's own words.

mod check;
mod counts;
mod dated;
mod document;
mod indicator;
pub mod reader;
pub mod schema;
pub(crate) mod shape;
mod yaml;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use counts::Rule;
pub use dated::{Dated, differs_before};
pub use document::{Document, Places};
pub use indicator::{Direction, Exclusions, Indicator, Scale, ScoreStep};
pub use reader::{Fault, Field, Fields};
pub use shape::Shape;

use crate::exact::Exact;
use crate::mechanism::{Mechanism, Told};
use crate::money::{Currency, Unit};
use crate::name::{ClauseRef, ContractId, IndicatorId, PartyId};
use crate::names::Names;
use crate::rate::Rate;
use crate::verb::activity::Flow;
use crate::year::{ContractYear, Month};

/// The terms of one contract or subcontract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    document: Document,
    /// The contract's name.
    pub contract: ContractId,
    /// The contract it is a subcontract of.
    pub under: Option<ContractId>,
    /// The title printed on statements.
    pub title: String,
    /// The currency of every amount.
    pub currency: Currency,
    /// Who is party to it.
    pub parties: Parties,
    /// The first and the last contract year.
    pub years: Years,
    /// To what unit money is rounded, and where.
    pub rounding: Rounding,
    /// The flows of activity reports that pay; empty: patient-level flows where they are sent, else the local
    /// one.
    pub paying_flows: Vec<Flow>,
    /// Above what part of a year's planned amount items left open stop the start of the contract or the close
    /// of the year.
    pub stop_start_above: Option<Rate>,
    /// The rules that say which lines of activity the contract is about; nothing where clauses choose for
    /// themselves.
    pub counts: Option<Dated<Vec<Rule>>>,
    /// The indicators that outcome clauses use.
    pub outcomes: Vec<Indicator>,
    /// The paying clauses, in the contract's order.
    pub pay: Vec<Clause>,
}

/// The parties of a contract.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parties {
    /// Who pays: the commissioner of a head contract, the lead provider of a subcontract.
    pub payer: PartyId,
    /// Who is paid: the lead provider of a head contract, the provider of a subcontract.
    pub payee: PartyId,
    /// The stop-loss pool, where there is one.
    pub pool: Option<Pool>,
    /// Who shares in the contract besides payer and payee.
    pub members: Vec<PartyId>,
    /// The commissioners that bear the contract together and their parts, where there are several.
    pub commissioners: Option<Dated<Vec<Share>>>,
}

impl Parties {
    /// Whether `party` pays, is paid, is a member or one of several commissioners.
    pub fn name(&self, party: &PartyId) -> bool {
        self.payer == *party
            || self.payee == *party
            || self.members.contains(party)
            || self.all_commissioners().contains(&party)
    }

    /// Every commissioner that bears a part of the contract at any time, each once.
    pub fn all_commissioners(&self) -> Vec<&PartyId> {
        let mut all: Vec<&PartyId> = Vec::new();
        for (commissioner, _) in self.commissioners.iter().flat_map(Dated::values).flatten() {
            if !all.contains(&commissioner) {
                all.push(commissioner);
            }
        }
        all
    }
}

/// A stop-loss pool: a party with a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    /// The pool as a party.
    pub party: PartyId,
    /// The party that runs it.
    pub host: PartyId,
}

/// The contract years a contract runs for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Years {
    /// The first.
    pub from: ContractYear,
    /// The last.
    pub to: ContractYear,
    /// The day on which the service begins, where that is within the first year.
    pub starts_on: Option<NaiveDate>,
    /// The day on which it ends, where that is within the last year.
    pub ends_on: Option<NaiveDate>,
}

impl Years {
    fn placeholder() -> Years {
        let year = ContractYear::placeholder();
        Years { from: year, to: year, starts_on: None, ends_on: None }
    }

    /// The first day of the term.
    pub fn first_day(&self) -> NaiveDate {
        self.starts_on.unwrap_or(self.from.first_day())
    }

    /// The last day of the term.
    pub fn last_day(&self) -> NaiveDate {
        self.ends_on.unwrap_or(self.to.last_day())
    }

    /// Whether `year` is a year of the contract: of its kind, not before the first and not after the last.
    pub fn include(&self, year: ContractYear) -> bool {
        let same_kind = match (self.from, year) {
            (ContractYear::Stated(..), ContractYear::Stated(..)) => year == self.from || year == self.to,
            (from, year) => std::mem::discriminant(&from) == std::mem::discriminant(&year),
        };
        same_kind && self.from <= year && year <= self.to
    }

    /// The contract years before `year`, oldest first.
    pub fn before(&self, year: ContractYear) -> Vec<ContractYear> {
        let first = Some(self.from).filter(|first| *first < year);
        // Stated years do not follow from each other: a contract has at most a first and a last.
        std::iter::successors(first, |y| y.next().filter(|next| *next < year)).collect()
    }

    /// The number of `year` among the years of the contract, from 1.
    pub fn number_of(&self, year: ContractYear) -> usize {
        let mut number = 1;
        let mut at = self.from;
        while let Some(next) = at.next().filter(|next| *next <= year) {
            (at, number) = (next, number + 1);
        }
        // Stated years do not follow from each other: a contract has at most a first and a last.
        if at < year { number + 1 } else { number }
    }

    /// The contract year that `day` falls in, if the contract runs then.
    pub fn containing(&self, day: NaiveDate) -> Option<ContractYear> {
        let mut year = Some(self.from);
        while let Some(candidate) = year.filter(|y| *y <= self.to) {
            if candidate.contains(day) {
                return Some(candidate);
            }
            year = candidate.next();
        }
        Some(self.to).filter(|y| y.contains(day))
    }
}

/// The contract's rounding rule; halves always go away from zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rounding {
    /// To what.
    pub unit: Unit,
    /// Where.
    pub at: RoundedAt,
}

/// Where money is rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RoundedAt {
    /// Every money line is rounded, and later lines use the rounded amount.
    Line,
    /// Lines carry the exact value; only payables are rounded.
    Payable,
}
reader::words!(RoundedAt { Line = "line", Payable = "payable" });

/// One paying clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// Its number in the contract.
    pub clause: ClauseRef,
    /// How it pays or shares.
    pub mechanism: Mechanism,
    /// Whether the contract says that an exposure without a limit is accepted.
    pub unbounded_accepted: bool,
}

/// What a contract says of an exposure without a limit, so that none is overlooked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unbounded {
    Accepted,
}
reader::words!(Unbounded { Accepted = "accepted" });

impl Clause {
    /// What it says, in plain words. The terms are those it stands in.
    pub fn words(&self, terms: &Terms, names: &Names) -> String {
        self.mechanism.words(&Told { terms, names })
    }
}

/// A party and its share.
pub type Share = (PartyId, Rate);

impl Terms {
    /// Reads terms from a document, or gives every fault.
    pub fn read(document: Document) -> Result<Terms, Vec<Fault>> {
        let terms = Fields::read(&document, |fields| read_terms(fields, document.clone()))?;
        let faults = terms.faults();
        if faults.is_empty() { Ok(terms) } else { Err(faults) }
    }

    /// Reads terms from YAML, or gives every fault with its line and column.
    pub fn from_yaml(text: &str) -> Result<Terms, Vec<Fault>> {
        Terms::checked(text).map(|(terms, _)| terms)
    }

    /// The same, with what the parties should know before they sign: [`Terms::cautions`], each at its line
    /// and column.
    pub fn checked(text: &str) -> Result<(Terms, Vec<Fault>), Vec<Fault>> {
        let (document, places) = Document::from_yaml(text).map_err(|fault| vec![fault])?;
        let placed = |faults: Vec<Fault>| -> Vec<Fault> {
            faults.into_iter().map(|f| Fault { place: places.of(&f.pointer), ..f }).collect()
        };
        let terms = Fields::read(&document, |fields| read_terms(fields, document.clone())).map_err(placed)?;
        let faults: Vec<Fault> = terms.faults().into_iter().chain(terms.contradictions()).collect();
        if !faults.is_empty() {
            return Err(placed(faults));
        }
        let cautions = placed(terms.cautions());
        Ok((terms, cautions))
    }

    /// What a terms file may hold, as its readers ask for it. What a clause holds besides its number and its
    /// kind is in [`Mechanism::shapes`].
    pub fn shape() -> Shape {
        Shape::of(|fields| {
            read_terms(fields, Document::Text(String::new()));
        })
    }

    /// The same terms with a later last year, which they run to the end of.
    ///
    /// # Errors
    /// Gives every fault of the longer term, such as dated values that do not reach to its end.
    pub fn extended(&self, to: ContractYear) -> Result<Terms, Vec<Fault>> {
        let mut document = self.document.clone();
        if let Some(Document::Map(years)) = document.at_mut("/years") {
            years.insert("to".to_owned(), Document::Text(to.to_string()));
            years.remove("ends_on");
        }
        Terms::read(document)
    }

    /// The document as written.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// The clause of this number.
    pub fn clause(&self, clause: &ClauseRef) -> Option<&Clause> {
        self.pay.iter().find(|c| c.clause == *clause)
    }

    /// The indicator of this name.
    pub fn indicator(&self, name: &IndicatorId) -> Option<&Indicator> {
        self.outcomes.iter().find(|i| i.indicator == *name)
    }

    /// Every party the terms name, each once.
    pub fn all_parties(&self) -> BTreeSet<PartyId> {
        let mut all = BTreeSet::from([self.parties.payer.clone(), self.parties.payee.clone()]);
        all.extend(self.parties.members.iter().cloned());
        all.extend(self.parties.all_commissioners().into_iter().cloned());
        if let Some(pool) = &self.parties.pool {
            all.extend([pool.party.clone(), pool.host.clone()]);
        }
        all.extend(self.pay.iter().flat_map(|c| c.mechanism.parties()));
        all
    }
}

fn read_terms(fields: &Fields, document: Document) -> Terms {
    let under = fields.optional::<ContractId>("under");
    let years = fields.map("years", read_years).unwrap_or_else(|| {
        fields.missing(
            "years",
            "`years` is missing",
            "write `years: {kind: nhs, from: 2025/26, to: 2027/28}`",
        );
        Years::placeholder()
    });
    fields.set_term(years.first_day(), years.last_day());
    let parties = fields.map("parties", |f| read_parties(f, under.is_some())).unwrap_or_else(|| {
        fields.missing("parties", "`parties` is missing", "write `parties: {commissioner: .., lead: ..}`");
        Parties { payer: PartyId::default(), payee: PartyId::default(), ..Parties::default() }
    });
    fields.must_be_there("rounding");
    let rounding = fields.map("rounding", |f| Rounding { unit: f.required("unit"), at: f.required("at") });
    let pay = fields.list("pay", |f| Clause {
        clause: f.required("clause"),
        mechanism: Mechanism::read(f),
        unbounded_accepted: f.optional::<Unbounded>("unbounded").is_some(),
    });
    if pay.is_empty() {
        fields.missing("pay", "`pay` has no clauses", "write at least one paying clause");
    }
    Terms {
        contract: fields.required("contract"),
        under,
        title: fields.required("title"),
        currency: fields.optional("currency").unwrap_or(Currency::Gbp),
        parties,
        years,
        // What contracts that were awarded without a rounding rule have been settled by.
        rounding: rounding.unwrap_or(Rounding { unit: Unit::Penny, at: RoundedAt::Line }),
        paying_flows: fields.values::<Flow>("paying_flows"),
        stop_start_above: fields.optional("stop_start_above"),
        counts: fields.dated_with("counts", counts::read),
        outcomes: fields.list("outcomes", Indicator::read),
        pay,
        document,
    }
}

fn read_parties(fields: &Fields, subcontract: bool) -> Parties {
    let (payer, payee) = if subcontract { ("lead", "provider") } else { ("commissioner", "lead") };
    Parties {
        payer: fields.required(payer),
        payee: fields.required(payee),
        pool: fields.map("pool", |f| Pool { party: f.required("party"), host: f.required("host") }),
        members: fields.values("members"),
        commissioners: fields.dated_with("commissioners", read_shares),
    }
}

/// The kind of a contract's years, so that a mistyped first year is noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum YearKind {
    Nhs,
    Calendar,
    Stated,
}
reader::words!(YearKind { Nhs = "nhs", Calendar = "calendar", Stated = "stated" });

fn read_years(fields: &Fields) -> Years {
    let (kind, from, to) = (fields.needed("kind"), fields.needed("from"), fields.needed("to"));
    let (Some(kind), Some(from), Some(to)) = (kind, from, to) else {
        return Years::placeholder();
    };
    let years =
        Years { from, to, starts_on: fields.optional("starts_on"), ends_on: fields.optional("ends_on") };
    let fits = |year: ContractYear| {
        matches!(
            (kind, year),
            (YearKind::Nhs, ContractYear::Nhs(_))
                | (YearKind::Calendar, ContractYear::Calendar(_))
                | (YearKind::Stated, ContractYear::Stated(..))
        )
    };
    for (name, year) in [("from", years.from), ("to", years.to)] {
        if !fits(year) {
            let hint = "nhs years are written 2025/26, calendar years 2025, stated years as first/last day";
            fields.fault(name, format!("{year} is not a year of the kind stated"), hint);
        }
    }
    if years.to < years.from {
        fields.fault(
            "to",
            format!("the last year {} is before the first {}", years.to, years.from),
            "swap them",
        );
    }
    note_part_years(fields, &years);
    years
}

/// A term may begin and end within a contract year, with a whole month.
fn note_part_years(fields: &Fields, years: &Years) {
    let begins = |day: NaiveDate| day == Month::of(day).first_day();
    if let Some(day) = years.starts_on.filter(|day| !years.from.contains(*day) || !begins(*day)) {
        let message = format!("{day} is not the first day of a month of {}", years.from);
        fields.fault("starts_on", message, "name the month with which the service begins, or leave it out");
    }
    if let Some(day) =
        years.ends_on.filter(|day| !years.to.contains(*day) || *day != Month::of(*day).last_day())
    {
        let message = format!("{day} is not the last day of a month of {}", years.to);
        fields.fault("ends_on", message, "name the month with which the service ends, or leave it out");
    }
    if years.from <= years.to && years.last_day() < years.first_day() {
        fields.fault("ends_on", "the service ends before it begins", "swap the two days");
    }
}

/// Reads a list of `{party, share}`; its shares must sum to 100%.
pub(crate) fn read_shares(fields: &Fields, name: &str) -> Vec<Share> {
    if fields.piece(name).is_some_and(dated::is_dated) {
        let message =
            format!("the shares of `{name}` are of the whole year's result and cannot change within it");
        fields.fault(
            name,
            message,
            "write one list of shares; vary the contract to change them for its years",
        );
        return Vec::new();
    }
    let read = fields.list(name, |f| (f.required("party"), f.needed::<Rate>("share")));
    if read.is_empty() && !fields.has(name) {
        let hint = format!("write `{name}: [{{party: .., share: 50%}}, ..]`, with shares that sum to 100%");
        fields.missing(name, format!("`{name}` is missing"), hint);
        return Vec::new();
    }
    let whole = read.iter().all(|(_, share)| share.is_some());
    let shares: Vec<Share> = read.into_iter().filter_map(|(party, share)| Some((party, share?))).collect();
    let sum: Exact = shares.iter().map(|(_, share)| share.exact().clone()).sum();
    if whole && sum != Exact::one() {
        let message = format!("the shares of `{name}` sum to {}, not to 100%", sum.show_percent(6));
        fields.fault(name, message, "name every party that shares, so that the shares sum to 100%");
    }
    shares
}

impl Serialize for Terms {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        self.document.serialize(s)
    }
}

impl<'de> Deserialize<'de> for Terms {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Terms, D::Error> {
        let document = Document::deserialize(d)?;
        Terms::read(document).map_err(|faults| {
            let all: Vec<String> =
                faults.iter().map(|f| format!("{} at /terms{}", f.message, f.pointer)).collect();
            serde::de::Error::custom(all.join("; "))
        })
    }
}
