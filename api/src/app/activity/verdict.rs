//! What becomes of a line, and why: the codes of the verdicts, one row each.

use serde::Serialize;

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It counts.
    Accepted,
    /// The same line stands before it in the file; it counts once.
    Duplicate,
    /// It counts for nothing.
    Rejected,
}

impl Verdict {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Accepted => "accepted",
            Verdict::Duplicate => "duplicate",
            Verdict::Rejected => "rejected",
        }
    }
}

/// Something wrong with a line, at a column of the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What.
    pub code: Code,
    /// The column, by its place; none where it is the line as a whole.
    pub column: Option<usize>,
}

/// Makes the codes, with the list of all.
macro_rules! codes {
    ($($code:ident $word:literal $meaning:literal $hint:literal;)*) => {
        /// Why a line is rejected.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs, reason = "each says its meaning")]
        pub enum Code { $($code,)* }

        impl Code {
            /// Every code, in the order of the documentation.
            pub const ALL: &[Code] = &[$(Code::$code,)*];

            /// The word for programs.
            pub fn word(self) -> &'static str {
                match self { $(Code::$code => $word,)* }
            }

            /// What is wrong.
            pub fn meaning(self) -> &'static str {
                match self { $(Code::$code => $meaning,)* }
            }

            /// What to do.
            pub fn hint(self) -> &'static str {
                match self { $(Code::$code => $hint,)* }
            }
        }
    };
}

codes! {
    Cells "cells" "the line has more or fewer cells than the header"
        "put a cell that holds a comma in quotes; give every line a cell for each column";
    Missing "missing" "a cell that every line needs is empty" "fill it in";
    TooLong "too-long" "the value is longer than its field" "shorten it to the length of the field";
    Month "financial-month" "not a month of the financial year" "write a whole number, 1 for April to 12 for March";
    Year "financial-year" "not a financial year, or one that could be two" "write it as 202526";
    Date "date" "not a date" "write it as 2025-04-30";
    Amount "amount" "not an amount of money" "write it as 1234.56, or -1234.56";
    Count "count" "not a count: a number, not negative, with at most 3 decimal places" "write it as 1 or 0.125";
    TooFine "too-fine" "more decimal places than are held: 6 of money, 3 of a count" "round it at its source";
    TooLarge "too-large" "larger than any amount that is held" "check it";
    Provider "provider-code" "not the code of a provider: 3 to 6 characters that do not end in 00"
        "write the ODS code of the organisation, not of a site";
    Commissioner "commissioner-code" "not the code of a commissioner: 3 to 5 characters" "write its ODS code";
    Responsible "organisation-code" "not the code of a commissioner: 3 to 5 characters"
        "write the code of the ICB or of its sub-location";
    Practice "practice-code" "not the code of a general practice: 6 characters" "write its ODS code, such as A81001";
    Site "site-code" "not the code of a site: 5 to 9 characters" "write its ODS code, such as RXX01";
    UnknownOrganisation "unknown-organisation" "no party of this ledger has the code"
        "check the code; or register the party with it: register-party";
    TreatmentFunction "treatment-function" "not a treatment function" "write its three characters, such as 110";
    Category "service-category" "not a commissioned service category" "write its two digits, such as 12";
    PointOfDelivery "point-of-delivery" "not a national point of delivery"
        "write the national code, and yours in LOCAL POINT OF DELIVERY CODE";
    Tariff "tariff-code" "the tariff code does not begin with a healthcare resource group"
        "begin it with the group, such as HN22A";
    NoTariff "tariff-missing" "the point of delivery needs a tariff code" "give the line its tariff code";
    TariffIndicator "tariff-indicator" "neither Y nor N" "write Y for national tariff or N";
    NotBlank "not-blank" "a line of money without activity has no site, treatment function or responsible commissioner"
        "leave the cell empty";
    NotZero "not-zero" "a line of money without activity counts exactly 0" "write 0";
    EndsBeforeStart "ends-before-start" "the activity ends before it starts" "correct the dates";
    OutsideMonth "outside-month" "the activity did not end in the month that the line states"
        "correct the date or the month; a stay belongs to the month in which it ends";
    NoContract "no-contract" "no contract between the two runs in the month"
        "check both codes and the month; or name the contract with --contract";
    SeveralContracts "several-contracts" "more than one contract between the two runs in the month"
        "import the file for each with --contract, with only its lines in it";
    WrongProvider "wrong-provider" "not a provider under the contract" "check the code, or the contract";
    WrongCommissioner "wrong-commissioner" "not a party to the contract, nor to the one it is under"
        "send the line to the commissioner that it is for";
    OutsideTerm "outside-term" "the contract does not run in the month" "check the month, or the contract";
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_code_has_a_word_of_its_own() {
        let words: HashSet<&str> = Code::ALL.iter().map(|code| code.word()).collect();
        assert_eq!(words.len(), Code::ALL.len());
    }
}
