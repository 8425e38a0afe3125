//! What the readers of terms ask for, recorded from the readers themselves: they read from a probe instead of
//! a document, and the probe notes each field, what it may hold and whether it must be there. So a schema
//! made of it cannot differ from what is read.
//!
//! A reader asks for some fields only where others hold something. Each field is therefore answered in every
//! way there is (there, not there, each of its words), one change at a time.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::reader::{Field, Fields};

/// What may stand at a place of the terms.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holds {
    /// A single value.
    Text {
        /// What a reader is told to write.
        expected: &'static str,
        /// The words it may be, where it is one of several words.
        words: &'static [&'static str],
        /// Whether a bare number is read.
        number: bool,
    },
    /// Things in order, each as stated under `0`.
    List,
    /// Things by name.
    Map,
    /// Whatever else it may hold, as values with the days from which they are in force.
    Dated,
}

/// A place of the terms as its readers ask for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Everything that it may hold.
    pub holds: BTreeSet<Holds>,
    /// Whether it must be there wherever the map around it is.
    pub required: bool,
}

/// The places that a reader asks for, by JSON pointer; `0` stands for every item of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape(BTreeMap<String, Asked>);

/// How a probe answers at a place, where it does not answer as usual: with one thing in every list and map,
/// with what must be there, and with nothing that need not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Answer {
    There,
    NotThere,
    Word(&'static str),
}

/// Answers a reader and notes what it asked for.
#[derive(Debug, Default)]
pub(super) struct Probe {
    answers: BTreeMap<String, Answer>,
    notes: RefCell<Notes>,
}

/// What one reading asked for.
#[derive(Debug, Default)]
struct Notes {
    asked: BTreeMap<String, Asked>,
    missed: BTreeSet<String>,
    other_answers: BTreeSet<(String, Answer)>,
}

impl Shape {
    /// Records what a reader asks for.
    pub fn of(read: impl Fn(&Fields)) -> Shape {
        let mut readings: Vec<Notes> = Vec::new();
        let mut tried = BTreeSet::new();
        let mut waiting = VecDeque::from([BTreeMap::new()]);
        while let Some(answers) = waiting.pop_front() {
            let probe = Probe { answers, notes: RefCell::default() };
            Fields::probed(&probe, &read);
            let notes = probe.notes.into_inner();
            for (pointer, answer) in &notes.other_answers {
                if tried.insert((pointer.clone(), *answer)) {
                    let mut answers = probe.answers.clone();
                    answers.insert(pointer.clone(), *answer);
                    waiting.push_back(answers);
                }
            }
            readings.push(notes);
        }
        Shape(gathered(&readings))
    }

    /// What may stand at a pointer.
    pub fn at(&self, pointer: &str) -> Option<&Asked> {
        self.0.get(pointer)
    }

    /// The names that a map may hold.
    pub fn names(&self, pointer: &str) -> BTreeSet<&str> {
        let below = format!("{pointer}/");
        let names = self.0.keys().filter_map(|place| place.strip_prefix(&below));
        names.filter(|name| !name.contains('/')).collect()
    }
}

/// All readings as one: a place is required where every reading that could ask for it did, or where it was
/// missed.
fn gathered(readings: &[Notes]) -> BTreeMap<String, Asked> {
    let mut all: BTreeMap<String, Asked> = BTreeMap::new();
    for (pointer, asked) in readings.iter().flat_map(|notes| &notes.asked) {
        all.entry(pointer.clone()).or_default().holds.extend(asked.holds.iter().cloned());
    }
    for (pointer, asked) in &mut all {
        let around = pointer.rsplit_once('/').map_or("", |(around, _)| around);
        let could = |notes: &&Notes| around.is_empty() || notes.asked.contains_key(around);
        let did = |notes: &Notes| notes.asked.get(pointer).is_some_and(|asked| asked.required);
        asked.required = readings.iter().any(|notes| notes.missed.contains(pointer))
            || readings.iter().filter(could).all(did);
    }
    all
}

impl Probe {
    fn note(&self, pointer: &str, holds: Option<Holds>, required: bool) {
        let mut notes = self.notes.borrow_mut();
        let asked = notes.asked.entry(pointer.to_owned()).or_default();
        asked.holds.extend(holds);
        asked.required |= required;
    }

    fn could_answer(&self, pointer: &str, answer: Answer) {
        self.notes.borrow_mut().other_answers.insert((pointer.to_owned(), answer));
    }

    /// A single value: its word, or what stands in for it.
    pub(super) fn text<T: Field>(&self, pointer: &str, required: bool) -> Option<T> {
        let number = T::read("1").is_ok() || T::read("2025").is_ok();
        let holds = Holds::Text { expected: T::EXPECTED, words: T::WORDS, number };
        self.note(pointer, Some(holds), required);
        for word in T::WORDS {
            self.could_answer(pointer, Answer::Word(word));
        }
        if !required {
            self.could_answer(pointer, Answer::There);
        }
        match self.answers.get(pointer) {
            Some(Answer::Word(word)) => T::read(word).ok(),
            Some(Answer::There) => Some(T::placeholder()),
            Some(Answer::NotThere) => None,
            None => required.then(T::placeholder),
        }
    }

    /// Whether a field stands there: not, unless it is answered so.
    pub(super) fn has(&self, pointer: &str) -> bool {
        self.could_answer(pointer, Answer::There);
        self.answers.get(pointer) == Some(&Answer::There)
    }

    /// Whether a list or a map is there: it is, unless it is answered otherwise.
    pub(super) fn holds(&self, pointer: &str, holds: Holds) -> bool {
        self.note(pointer, Some(holds), false);
        self.could_answer(pointer, Answer::NotThere);
        self.answers.get(pointer) != Some(&Answer::NotThere)
    }

    /// A field whose value may change within the term.
    pub(super) fn dated(&self, pointer: &str) {
        self.note(pointer, Some(Holds::Dated), false);
    }

    /// An item of a list of maps.
    pub(super) fn item(&self, pointer: &str) {
        self.note(pointer, Some(Holds::Map), false);
    }

    /// A reader misses this field.
    pub(super) fn missed(&self, pointer: String) {
        self.notes.borrow_mut().missed.insert(pointer);
    }
}
