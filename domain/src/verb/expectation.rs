//! What is expected of a contract year and is not so yet: variations not signed, savings not made, accruals,
//! open items, deadlines. Each is opened under a name, with its amount, its owner and a day, and ended whole
//! or in parts. It changes no settlement: it stands beside it, in positions and on the list of what is to be
//! done.
//!
//! All kinds have one shape: a new kind is one row of `kinds!` and two of `verbs!`.

use std::fmt;
use std::marker::PhantomData;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Happened, Verb};
use crate::book::{Book, Case, Entered};
use crate::exact::Exact;
use crate::money::Money;
use crate::name::{ContractId, ItemId, PartyId, StreamId};
use crate::rate::Rate;
use crate::refusal::Refusal;
use crate::time::Entry;
use crate::year::{ContractYear, Span};

/// A kind of expectation, as the type of its verbs.
pub trait Expectable: Clone + fmt::Debug + PartialEq {
    /// The kind.
    const KIND: Kind;
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)*) => {
        /// What is expected.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Kind { $($(#[$doc])* $name,)* }

        $($(#[$doc])* #[derive(Clone, Debug, PartialEq)] pub struct $name;

        impl Expectable for $name {
            const KIND: Kind = Kind::$name;
        })*

        impl fmt::Display for Kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(match self { $(Kind::$name => $word,)* })
            }
        }
    };
}

kinds! {
    /// A variation that the parties expect to sign.
    Variation = "expected variation";
    /// A saving that somebody has promised.
    Saving = "promised saving";
    /// What a party takes into its accounts before it is invoiced or settled.
    Accrual = "accrual";
    /// A point that the parties left open.
    OpenItem = "open item";
    /// Something to be done by a day: a freeze of the data timetable, a decision, a notice.
    Deadline = "deadline";
}

/// Something expected of a contract year.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// The contract.
    pub contract: ContractId,
    /// The contract year.
    pub year: ContractYear,
    /// Its name, each used once in a contract and kind.
    pub item: ItemId,
    /// What it is worth.
    pub amount: Money,
    /// How likely it is; needed for a variation, and only there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<Rate>,
    /// The party that has to see to it.
    pub owner: PartyId,
    /// By when.
    #[serde(with = "crate::time::day")]
    pub by: NaiveDate,
    /// What it is about.
    pub reason: String,
}

/// An expectation came true, was released or was dropped, whole or in part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ending {
    /// The contract.
    pub contract: ContractId,
    /// The item.
    pub item: ItemId,
    /// How much of what was expected is ended: a part of what is left, or all of it.
    pub amount: Money,
    /// When.
    #[serde(with = "crate::time::day")]
    pub on: NaiveDate,
    /// What this part turned out to be, where that is known: the error of an accrual is the difference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub came_to: Option<Money>,
    /// How it ended.
    pub reason: String,
}

/// An expectation of one kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent, bound = "")]
pub struct Expected<K: Expectable>(Expectation, #[serde(skip)] PhantomData<K>);

/// The end of an expectation of one kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent, bound = "")]
pub struct Ended<K: Expectable>(Ending, #[serde(skip)] PhantomData<K>);

/// A fact with the kind that its verb gives it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfKind<T> {
    /// The kind.
    pub kind: Kind,
    /// The fact.
    pub said: T,
}

/// An expectation that has not ended whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Open<'a> {
    /// Where it was opened.
    pub entry: Entry,
    /// Its kind.
    pub kind: Kind,
    /// What is expected.
    pub expected: &'a Expectation,
    /// What of its amount is left.
    pub left: Money,
}

impl Case {
    /// The expectations of all kinds of which something is left, in the order in which they were opened.
    pub fn expected(&self) -> Vec<Open<'_>> {
        let open = self.expectations.iter().map(|e| Open {
            entry: e.entry,
            kind: e.fact.kind,
            expected: &e.fact.said,
            left: self.left(e.fact.kind, &e.fact.said),
        });
        open.filter(|open| open.left != Money::ZERO).collect()
    }

    /// What of an expectation has not ended.
    fn left(&self, kind: Kind, expected: &Expectation) -> Money {
        let of_item = |e: &&Entered<OfKind<Ending>>| e.fact.kind == kind && e.fact.said.item == expected.item;
        let ended: Exact = self.endings.iter().filter(of_item).map(|e| e.fact.said.amount.into()).sum();
        (Exact::from(expected.amount) - ended).as_money().unwrap_or(Money::ZERO)
    }

    fn expectation(&self, kind: Kind, item: &ItemId) -> Option<&Expectation> {
        let same = |e: &&Entered<OfKind<Expectation>>| e.fact.kind == kind && e.fact.said.item == *item;
        self.expectations.iter().find(same).map(|e| &e.fact.said)
    }
}

fn positive(amount: Money, hint: &str) -> Result<(), Refusal> {
    if amount.is_negative() || amount == Money::ZERO {
        return Err(Refusal::rule("not-positive", "the amount is more than nothing", hint).at("/amount"));
    }
    Ok(())
}

impl<K: Expectable> Verb for Expected<K> {
    type Makes = Expected<K>;

    fn stream(&self) -> StreamId {
        StreamId::of("expectation", &self.0.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        vec![StreamId::of("contract", &self.0.contract)]
    }

    fn decide(self, book: &Book) -> Result<Expected<K>, Refusal> {
        let said = &self.0;
        let case = book.case(&said.contract)?;
        case.covers(Span::Year(said.year)).map_err(|refusal| refusal.at("/year"))?;
        if case.expectation(K::KIND, &said.item).is_some() {
            let message = format!("{} `{}` of `{}` is there already", K::KIND, said.item, said.contract);
            let hint = "give it a name of its own; what was expected before is ended, not changed";
            return Err(Refusal::conflict("item-exists", message, hint).at("/item"));
        }
        positive(said.amount, "write what it is worth, without a sign")?;
        if !book.has_a_place(case, &said.owner) {
            case.known_party(&said.owner).map_err(|refusal| refusal.at("/owner"))?;
        }
        let whole = said.probability.as_ref().is_none_or(|p| *p.exact() <= Exact::one());
        if !whole || (K::KIND == Kind::Variation) != said.probability.is_some() {
            let message = "a variation has a probability up to 100%, and nothing else has one";
            let hint = "write how likely it is to be signed, such as `probability: \"60%\"`, or leave it out";
            return Err(Refusal::rule("probability", message, hint).at("/probability"));
        }
        Ok(self)
    }
}

impl<K: Expectable> Happened for Expected<K> {
    fn stream(&self) -> StreamId {
        Verb::stream(self)
    }

    fn apply(self, book: &mut Book, entry: Entry) {
        let fact = OfKind { kind: K::KIND, said: self.0 };
        let contract = fact.said.contract.clone();
        book.enter(&contract, |case| case.expectations.push(Entered { entry, fact }));
    }
}

impl<K: Expectable> Verb for Ended<K> {
    type Makes = Ended<K>;

    fn stream(&self) -> StreamId {
        StreamId::of("expectation", &self.0.contract)
    }

    fn relies_on(&self, _: &Book) -> Vec<StreamId> {
        vec![StreamId::of("contract", &self.0.contract)]
    }

    fn decide(self, book: &Book) -> Result<Ended<K>, Refusal> {
        let said = &self.0;
        let case = book.case(&said.contract)?;
        let Some(expected) = case.expectation(K::KIND, &said.item) else {
            let message = format!("`{}` has no {} `{}`", said.contract, K::KIND, said.item);
            return Err(Refusal::not_found("unknown-item", message, "check its name").at("/item"));
        };
        positive(said.amount, "write how much of what was expected is ended")?;
        let left = case.left(K::KIND, expected);
        if said.amount > left {
            let message = format!("{} is more than the {left} left of `{}`", said.amount, said.item);
            let hint = "end what is left; what it turned out to be goes in `came_to`";
            return Err(Refusal::rule("more-than-expected", message, hint).at("/amount"));
        }
        Ok(self)
    }
}

impl<K: Expectable> Happened for Ended<K> {
    fn stream(&self) -> StreamId {
        Verb::stream(self)
    }

    fn apply(self, book: &mut Book, entry: Entry) {
        let fact = OfKind { kind: K::KIND, said: self.0 };
        let contract = fact.said.contract.clone();
        book.enter(&contract, |case| case.endings.push(Entered { entry, fact }));
    }
}
