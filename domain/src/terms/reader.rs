//! Reads typed fields out of a [`Document`], collecting every fault instead of stopping at the first.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::dated::is_dated;
use super::document::Document;
use super::shape::{Holds, Probe};
use crate::exact::Exact;
use crate::money::{Currency, Money, Unit};
use crate::name::{ClauseRef, ContractId, IndicatorId, PartyId, PriceListId};
use crate::rate::{Count, Rate};
use crate::year::ContractYear;

/// One fault of a contract's terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where, as a JSON pointer.
    pub pointer: String,
    /// Line and column, where the terms came as a file.
    pub place: Option<(usize, usize)>,
    /// What is wrong and why.
    pub message: String,
    /// What to do next.
    pub hint: String,
}

impl Fault {
    pub(crate) fn new(
        pointer: impl Into<String>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Fault {
        Fault { pointer: pointer.into(), place: None, message: message.into(), hint: hint.into() }
    }
}

/// A type that a field of terms can hold.
pub trait Field: Sized {
    /// What a reader is told to write.
    const EXPECTED: &'static str;
    /// The words it may be, where it is one of several words.
    const WORDS: &'static [&'static str] = &[];
    /// Reads the field's text.
    fn read(text: &str) -> Result<Self, String>;
    /// Stands in for a faulty value while the rest of the terms is checked; never used further.
    fn placeholder() -> Self;
}

macro_rules! fields {
    ($($type:ty, $expected:literal $(of $words:expr)?, $placeholder:expr;)*) => {$(
        impl Field for $type {
            const EXPECTED: &'static str = $expected;
            $(const WORDS: &'static [&'static str] = $words;)?
            fn read(text: &str) -> Result<Self, String> {
                text.parse::<$type>().map_err(|e| e.to_string())
            }
            fn placeholder() -> Self { $placeholder }
        }
    )*};
}
fields! {
    Money, "an amount such as \"23000000.00\"", Money::ZERO;
    Rate, "a rate such as 10%", Rate::of(Exact::zero());
    Count, "a number such as 0.72", Count::of(0);
    PartyId, "a party's name", PartyId::default();
    ContractId, "a contract's name", ContractId::default();
    PriceListId, "a price list's name", PriceListId::default();
    ClauseRef, "a clause such as \"3.1\"", ClauseRef::default();
    IndicatorId, "an indicator's name", IndicatorId::default();
    ContractYear, "a year such as 2025/26", ContractYear::Calendar(2000);
    Unit, "0.01 or 1" of &["0.01", "1"], Unit::Penny;
    Currency, "GBP, USD or NZD" of &["GBP", "USD", "NZD"], Currency::Gbp;
    String, "a text", String::new();
}

impl Field for NaiveDate {
    const EXPECTED: &'static str = "a date such as 2025-04-01";
    fn read(text: &str) -> Result<Self, String> {
        crate::time::date(text)
    }
    fn placeholder() -> Self {
        NaiveDate::MIN
    }
}

/// Implements [`Field`] for an enum of words, each with its word.
macro_rules! words {
    ($type:ident { $first:ident = $first_word:literal $(, $variant:ident = $word:literal)* }) => {
        impl $crate::terms::reader::Field for $type {
            const EXPECTED: &'static str = concat!($first_word $(, " or ", $word)*);
            const WORDS: &'static [&'static str] = &[$first_word $(, $word)*];
            fn read(text: &str) -> Result<Self, String> {
                match text {
                    $first_word => Ok($type::$first),
                    $($word => Ok($type::$variant),)*
                    other => Err(format!("`{other}` is not one of the words known here")),
                }
            }
            fn placeholder() -> Self { $type::$first }
        }
    };
}
pub(crate) use words;

/// The named values of one map of the terms.
#[derive(Debug)]
pub struct Fields<'a> {
    values: &'a BTreeMap<String, Document>,
    pointer: String,
    asked: RefCell<BTreeSet<String>>,
    faults: &'a RefCell<Vec<Fault>>,
    /// Stands in for a document where it is only recorded what a reader asks for.
    probe: Option<&'a Probe>,
    /// The first and the last day of the contract's term, once they are read.
    term: &'a Cell<Option<(NaiveDate, NaiveDate)>>,
}

impl<'a> Fields<'a> {
    /// Reads a whole document; gives all faults where there are any.
    pub fn read<T>(document: &Document, read: impl FnOnce(&Fields) -> T) -> Result<T, Vec<Fault>> {
        let (faults, term) = (RefCell::new(Vec::new()), Cell::new(None));
        let empty = BTreeMap::new();
        let values = match document {
            Document::Map(values) => values,
            Document::Text(_) | Document::List(_) => {
                faults.borrow_mut().push(Fault::new(
                    "",
                    "terms are names with values",
                    "start with `contract: NAME`",
                ));
                &empty
            }
        };
        let fields = Fields {
            values,
            pointer: String::new(),
            asked: RefCell::default(),
            faults: &faults,
            probe: None,
            term: &term,
        };
        let value = read(&fields);
        if faults.borrow().is_empty() || !values.is_empty() {
            fields.no_others();
        }
        let faults = faults.take();
        if faults.is_empty() { Ok(value) } else { Err(faults) }
    }

    /// Lets a reader ask a probe.
    pub(super) fn probed(probe: &Probe, read: impl Fn(&Fields)) {
        let (values, faults, term) = (BTreeMap::new(), RefCell::default(), Cell::new(None));
        let (asked, pointer) = (RefCell::default(), String::new());
        read(&Fields { values: &values, pointer, asked, faults: &faults, probe: Some(probe), term: &term });
    }

    /// A field that must be there.
    pub fn required<T: Field>(&self, name: &str) -> T {
        self.needed(name).unwrap_or_else(T::placeholder)
    }

    /// The same, for a value that is compared with others: a missing or faulty one leaves its fault and is
    /// nothing, so that no further fault comes of it.
    pub fn needed<T: Field>(&self, name: &str) -> Option<T> {
        if let Some(probe) = self.probe {
            return probe.text(&self.place(name), true);
        }
        if !self.values.contains_key(name) {
            self.fault("", format!("`{name}` is missing"), format!("write `{name}:` and {}", T::EXPECTED));
        }
        self.optional(name)
    }

    /// A field that may be absent; a faulty one counts as absent and leaves its fault.
    pub fn optional<T: Field>(&self, name: &str) -> Option<T> {
        if let Some(probe) = self.probe {
            return probe.text(&self.place(name), false);
        }
        self.asked.borrow_mut().insert(name.to_owned());
        let value = self.values.get(name)?;
        self.value(name, value)
    }

    fn value<T: Field>(&self, at: &str, value: &Document) -> Option<T> {
        if is_dated(value) {
            let message = format!("`{at}` holds for the whole term and cannot change within it");
            self.fault(at, message, format!("write one value: {}", T::EXPECTED));
            return None;
        }
        let Document::Text(text) = value else {
            self.fault(
                at,
                format!("`{at}` holds several values where one belongs"),
                format!("write {}", T::EXPECTED),
            );
            return None;
        };
        match T::read(text) {
            Ok(value) => Some(value),
            Err(why) => {
                self.fault(at, why, format!("write {}", T::EXPECTED));
                None
            }
        }
    }

    /// Whether a field stands here at all.
    pub fn has(&self, name: &str) -> bool {
        if let Some(probe) = self.probe {
            return probe.has(&self.place(name));
        }
        self.asked.borrow_mut().insert(name.to_owned());
        self.values.contains_key(name)
    }

    /// A list of single values; absent is empty.
    pub fn values<T: Field>(&self, name: &str) -> Vec<T> {
        if let Some(probe) = self.probe {
            let there = probe.holds(&self.place(name), Holds::List);
            let item = || probe.text(&self.place(&format!("{name}/0")), true);
            return there.then(item).flatten().into_iter().collect();
        }
        self.items(name)
            .iter()
            .enumerate()
            .filter_map(|(i, item)| self.value(&format!("{name}/{i}"), item))
            .collect()
    }

    /// One value, or a list of them; absent is empty.
    pub fn one_or_more<T: Field>(&self, name: &str) -> Vec<T> {
        if self.probe.is_some() {
            let one = self.optional(name);
            return self.values(name).into_iter().chain(one).collect();
        }
        match self.piece(name) {
            Some(Document::List(_)) => self.values(name),
            _ => self.optional(name).into_iter().collect(),
        }
    }

    /// A list of maps; absent is empty.
    pub fn list<T>(&self, name: &str, read: impl Fn(&Fields) -> T) -> Vec<T> {
        if let Some(probe) = self.probe {
            let item = self.place(&format!("{name}/0"));
            let there = probe.holds(&self.place(name), Holds::List);
            return there.then(|| self.probed_map(probe, item, &read)).into_iter().collect();
        }
        let items = self.items(name).iter().enumerate();
        items.filter_map(|(i, item)| self.nested(&format!("{name}/{i}"), item, &read)).collect()
    }

    fn items(&self, name: &str) -> &'a [Document] {
        self.asked.borrow_mut().insert(name.to_owned());
        match self.values.get(name) {
            Some(Document::List(items)) => items,
            Some(_) => {
                self.fault(
                    name,
                    format!("`{name}` is not a list"),
                    "write its items with dashes or in brackets",
                );
                &[]
            }
            None => &[],
        }
    }

    /// A map inside this one; nothing where it is absent.
    pub fn map<T>(&self, name: &str, read: impl Fn(&Fields) -> T) -> Option<T> {
        if let Some(probe) = self.probe {
            let place = self.place(name);
            return probe.holds(&place, Holds::Map).then(|| self.probed_map(probe, place, &read));
        }
        self.asked.borrow_mut().insert(name.to_owned());
        let value = self.values.get(name)?;
        self.nested(name, value, &read)
    }

    fn nested<T>(&self, at: &str, value: &Document, read: &impl Fn(&Fields) -> T) -> Option<T> {
        let Document::Map(values) = value else {
            self.fault(
                at,
                format!("`{at}` holds one value where names with values belong"),
                "write `name: value` pairs",
            );
            return None;
        };
        let fields = Fields { values, ..self.below(self.place(at)) };
        let value = read(&fields);
        fields.no_others();
        Some(value)
    }

    fn probed_map<T>(&self, probe: &Probe, pointer: String, read: &impl Fn(&Fields) -> T) -> T {
        probe.item(&pointer);
        read(&self.below(pointer))
    }

    /// The same values at another place.
    fn below(&self, pointer: String) -> Fields<'a> {
        let Fields { values, faults, probe, term, .. } = *self;
        Fields { values, pointer, asked: RefCell::default(), faults, probe, term }
    }

    fn place(&self, name: &str) -> String {
        format!("{}/{name}", self.pointer)
    }

    /// Notes that a list or a map is missing that must be there.
    pub fn missing(&self, name: &str, message: impl Into<String>, hint: impl Into<String>) {
        if let Some(probe) = self.probe {
            probe.missed(self.place(name));
        }
        self.fault("", message, hint);
    }

    /// Notes for whoever only asks what may be there that a list or a map must be, where
    /// [`Terms::contradictions`] finds its absence: terms that a ledger holds without it are read.
    ///
    /// [`Terms::contradictions`]: super::Terms::contradictions
    pub(super) fn must_be_there(&self, name: &str) {
        if let Some(probe) = self.probe {
            probe.missed(self.place(name));
        }
    }

    /// Notes a fault of the value at `at` below this map (empty for the map itself).
    pub fn fault(&self, at: &str, message: impl Into<String>, hint: impl Into<String>) {
        let pointer = if at.is_empty() { self.pointer.clone() } else { format!("{}/{at}", self.pointer) };
        self.faults.borrow_mut().push(Fault::new(pointer, message, hint));
    }

    /// Accepts whatever else stands here, where the reader of a kind that is unknown cannot know its fields.
    pub fn accept_all(&self) {
        self.asked.borrow_mut().extend(self.values.keys().cloned());
    }

    /// A field as it is written.
    pub(super) fn piece(&self, name: &str) -> Option<&'a Document> {
        self.asked.borrow_mut().insert(name.to_owned());
        self.values.get(name)
    }

    /// Notes for whoever only asks what a field may hold that this one may be dated; tells whether somebody
    /// does.
    pub(super) fn may_be_dated(&self, name: &str) -> bool {
        if let Some(probe) = self.probe {
            probe.dated(&self.place(name));
        }
        self.probe.is_some()
    }

    /// The first and the last day of the contract's term, where they are known already.
    pub(super) fn term(&self) -> Option<(NaiveDate, NaiveDate)> {
        self.term.get()
    }

    /// Notes the term, which dated values have to cover.
    pub(super) fn set_term(&self, first: NaiveDate, last: NaiveDate) {
        self.term.set(Some((first, last)));
    }

    /// Where this map stands.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    fn no_others(&self) {
        let asked = self.asked.borrow();
        for name in self.values.keys().filter(|name| !asked.contains(*name)) {
            let known: Vec<&str> = asked.iter().map(String::as_str).collect();
            self.fault(
                name,
                format!("`{name}` is not known here"),
                format!("known are: {}", known.join(", ")),
            );
        }
    }
}
