//! The names by which things are known: parties, contracts, clauses, streams, keys. Each is its own type, so
//! that a party's code is never taken for a contract's name.

use std::fmt;
use std::str::FromStr;

use crate::text::serde_as_text;

/// Why a text is not a name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {what}: use 1 to {longest} letters, digits and any of `{also}`")]
pub struct NotAName {
    text: String,
    what: &'static str,
    longest: usize,
    also: &'static str,
}

macro_rules! name {
    ($(#[$doc:meta])* $type:ident, $what:literal, $longest:literal, $also:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(String);

        impl $type {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl FromStr for $type {
            type Err = NotAName;

            fn from_str(text: &str) -> Result<$type, NotAName> {
                let fits = |c: char| c.is_alphanumeric() || $also.contains(c);
                if text.is_empty() || text.chars().count() > $longest || !text.chars().all(fits) {
                    let text = text.chars().take(60).collect();
                    return Err(NotAName { text, what: $what, longest: $longest, also: $also });
                }
                Ok($type(text.to_owned()))
            }
        }

        serde_as_text!($type, $what);
    };
}

name!(
    /// The name by which a ledger knows an organisation (`northmoor`).
    PartyId, "a party's name", 60, "-_."
);
name!(
    /// The name of something expected of a contract year: a variation, a saving, an accrual, an open item.
    ItemId, "an item's name", 60, "-_. /"
);
name!(
    /// The name of a contract or subcontract (`pennine-msk`).
    ContractId, "a contract's name", 80, "-_."
);
name!(
    /// The name of a list of prices (`national-tariff`).
    PriceListId, "a price list's name", 80, "-_."
);
name!(
    /// The number of a clause in the contract's terms (`3.1`, `425.605(d)`).
    ClauseRef, "a clause", 40, "-_.()"
);
name!(
    /// The name of an outcome indicator (`programme-score`).
    IndicatorId, "an indicator's name", 60, "-_."
);
name!(
    /// An opaque pseudonym of a patient, made by the sender; never an NHS number.
    Pseudonym, "a pseudonym", 64, "-_."
);
name!(
    /// The number of a challenge, as the payer gives it (`C1`).
    ChallengeId, "a challenge's number", 60, "-_./"
);
name!(
    /// The key of a command: the same key with the same body is the same command, however often it is sent.
    CommandKey, "a command key", 200, "-_.:/@#+=, "
);
name!(
    /// The name of a series of events that are decided on together (`contract/pennine-msk`).
    StreamId, "a stream", 200, "-_./"
);

impl StreamId {
    /// The stream of one noun about one thing.
    pub fn of(noun: &str, thing: &impl fmt::Display) -> StreamId {
        StreamId(format!("{noun}/{thing}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_what_it_may_hold() {
        assert!("pennine-msk".parse::<ContractId>().is_ok());
        let refusal = "pennine msk".parse::<ContractId>().unwrap_err().to_string();
        assert!(refusal.starts_with("`pennine msk` is not a contract's name"), "{refusal}");
        assert!("".parse::<PartyId>().is_err());
    }
}
