//! What organisations and contracts are called where people read: an id becomes the name that the ledger has
//! for it.

use std::collections::BTreeMap;

use crate::name::{ContractId, PartyId};
use crate::worksheet::Line;
use crate::year::Month;

/// The names of organisations and the titles of contracts by their ids. What is not among them goes by its
/// id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    parties: BTreeMap<PartyId, String>,
    contracts: BTreeMap<ContractId, String>,
}

impl FromIterator<(PartyId, String)> for Names {
    fn from_iter<T: IntoIterator<Item = (PartyId, String)>>(names: T) -> Names {
        Names { parties: names.into_iter().collect(), contracts: BTreeMap::new() }
    }
}

impl Names {
    /// What an organisation is called.
    pub fn of(&self, party: &PartyId) -> String {
        self.parties.get(party).cloned().unwrap_or_else(|| party.to_string())
    }

    /// With the titles of contracts too.
    pub fn with_contracts(self, titles: impl IntoIterator<Item = (ContractId, String)>) -> Names {
        Names { contracts: titles.into_iter().collect(), ..self }
    }

    /// The title of a contract.
    pub fn of_contract(&self, contract: &ContractId) -> String {
        self.contracts.get(contract).cloned().unwrap_or_else(|| contract.to_string())
    }

    /// The working of a line in words: a line about a contract calls it by its title.
    pub fn in_working(&self, line: &Line) -> String {
        let text = &line.working.text;
        let subject = line.subject.as_deref().filter(|subject| self.known(subject).is_none());
        let about = subject.and_then(|subject| Some((subject, self.title(subject)?)));
        about.map_or_else(|| text.clone(), |(subject, title)| text.replace(subject, &format!("“{title}”")))
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
        let whole = self.pair(subject).or_else(|| self.known(subject)).or_else(|| self.title(subject));
        if let Some(whole) = whole {
            return whole;
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
        self.parties.get(&id.parse().ok()?).cloned()
    }

    fn title(&self, id: &str) -> Option<String> {
        self.contracts.get(&id.parse().ok()?).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        let named =
            [("northmoor", "NHS Northmoor"), ("back-to-work", "Back to Work Ltd"), ("fellside", "Fellside")];
        let names: Names =
            named.into_iter().map(|(id, name)| (id.parse().unwrap(), name.to_owned())).collect();
        let titles = [("fell-beds", "Beds on the fell"), ("fellside", "A contract named as its party")];
        names.with_contracts(titles.map(|(id, title)| (id.parse().unwrap(), title.to_owned())))
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
        assert_eq!(told("Result: fellside"), "Result: Fellside");
        assert_eq!(told("Subcontract payable: fell-beds"), "Subcontract payable: Beds on the fell");
        assert_eq!(told("Volume: fell-beds and others"), "Volume: fell-beds and others");
        assert_eq!(told("Pool"), "Pool");
    }
}
