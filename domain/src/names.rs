//! What organisations are called where people read: an id becomes the name that the ledger has for it.

use std::collections::BTreeMap;

use crate::name::PartyId;
use crate::year::Month;

/// The names of organisations by their ids. Whoever is not among them goes by its id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names(BTreeMap<PartyId, String>);

impl FromIterator<(PartyId, String)> for Names {
    fn from_iter<T: IntoIterator<Item = (PartyId, String)>>(names: T) -> Names {
        Names(names.into_iter().collect())
    }
}

impl Names {
    /// What an organisation is called.
    pub fn of(&self, party: &PartyId) -> String {
        self.0.get(party).cloned().unwrap_or_else(|| party.to_string())
    }

    /// The label of a line with its subject in words: `Payable: northmoor-to-fellside` names both, and
    /// `Paid outside: fellside 2014-07 @48` is told of Fellside, July 2014, entry 48.
    pub fn in_label(&self, label: &str) -> String {
        match label.split_once(": ") {
            Some((name, subject)) => format!("{name}: {}", self.in_subject(subject)),
            None => label.to_owned(),
        }
    }

    /// The subject of a line in words.
    pub fn in_subject(&self, subject: &str) -> String {
        if let Some(pair) = self.pair(subject) {
            return pair;
        }
        let mut parts: Vec<String> = Vec::new();
        let mut before = false;
        for word in subject.split(' ') {
            let told = self.in_words(word);
            match parts.last_mut() {
                // Words that stay as they are belong together; whatever is told stands by itself.
                Some(last) if told.is_none() && !before => last.extend([" ", word]),
                _ => parts.push(told.clone().unwrap_or_else(|| word.to_owned())),
            }
            before = told.is_some();
        }
        parts.join(", ")
    }

    /// A party, a month or an entry in words.
    fn in_words(&self, word: &str) -> Option<String> {
        let month = || Some(word.parse::<Month>().ok()?.first_day().format("%B %Y").to_string());
        let entry = || Some(format!("entry {}", word.strip_prefix('@')?));
        self.known(word).or_else(month).or_else(entry)
    }

    /// Two parties as `payer-to-payee`.
    fn pair(&self, subject: &str) -> Option<String> {
        let mut places = subject.match_indices("-to-");
        places.find_map(|(at, between)| {
            let (from, to) = (&subject[..at], &subject[at + between.len()..]);
            Some(format!("{} to {}", self.known(from)?, self.known(to)?))
        })
    }

    fn known(&self, id: &str) -> Option<String> {
        self.0.get(&id.parse().ok()?).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        let named =
            [("northmoor", "NHS Northmoor"), ("back-to-work", "Back to Work Ltd"), ("fellside", "Fellside")];
        named.into_iter().map(|(id, name)| (id.parse().unwrap(), name.to_owned())).collect()
    }

    #[test]
    fn a_label_tells_its_subject_in_words() {
        let told = |label: &str| names().in_label(label);
        assert_eq!(told("Payable: northmoor-to-fellside"), "Payable: NHS Northmoor to Fellside");
        assert_eq!(told("Payable: northmoor-to-back-to-work"), "Payable: NHS Northmoor to Back to Work Ltd");
        assert_eq!(told("Result: back-to-work"), "Result: Back to Work Ltd");
        assert_eq!(told("Paid outside: fellside 2014-07 @48"), "Paid outside: Fellside, July 2014, entry 48");
        assert_eq!(told("List count: 2014-10 65 and over"), "List count: October 2014, 65 and over");
        assert_eq!(told("Volume: hip fractures at best practice"), "Volume: hip fractures at best practice");
        assert_eq!(told("Result: nobody"), "Result: nobody");
        assert_eq!(told("Pool"), "Pool");
    }
}
