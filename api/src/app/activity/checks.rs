//! The checks of a value by itself, made once for each different value of a column.

use std::collections::HashMap;

use super::amount::{self, NotAnAmount};
use super::codes::{
    POINTS_OF_DELIVERY, SERVICE_CATEGORIES, TREATMENT_FUNCTIONS, begins_with_a_resource_group,
};
use super::field::Role;
use super::header::Column;
use super::parties::Parties;
use super::verdict::Code;
use super::{date, period};

/// The number of a value that is not stated.
pub const BLANK: i64 = i64::MIN;

/// What a value says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What is wrong with it.
    pub fault: Option<Code>,
    /// A day since 1970, money in millionths, a count in thousandths, the place of a code in its list;
    /// [`BLANK`].
    pub number: i64,
}

/// Texts by number, each once.
#[derive(Debug, Default)]
pub struct Texts {
    places: HashMap<String, i64>,
    texts: Vec<String>,
}

impl Texts {
    fn place(&mut self, text: &str) -> i64 {
        if let Some(place) = self.places.get(text) {
            return *place;
        }
        let place = self.texts.len() as i64;
        self.places.insert(text.to_owned(), place);
        self.texts.push(text.to_owned());
        place
    }

    /// The text of a number; nothing for what is not stated.
    pub fn text(&self, number: i64) -> Option<&str> {
        self.texts.get(usize::try_from(number).ok()?).map(String::as_str)
    }
}

/// Judges values.
#[derive(Debug)]
pub struct Judge<'a> {
    parties: &'a Parties,
    /// Sites, tariff codes and local contract codes.
    pub texts: Texts,
}

impl<'a> Judge<'a> {
    /// A judge who knows these parties.
    pub fn new(parties: &'a Parties) -> Judge<'a> {
        Judge { parties, texts: Texts::default() }
    }

    /// What a value of a column says.
    pub fn fact(&mut self, column: &Column, raw: &str) -> Fact {
        let text = trimmed(raw);
        if text.is_empty() {
            return Fact { fault: column.needed.then_some(Code::Missing), number: BLANK };
        }
        if text.len() > column.longest && text.chars().count() > column.longest {
            return Fact { fault: Some(Code::TooLong), number: BLANK };
        }
        match self.number(column.role, text) {
            Ok(number) => Fact { fault: None, number },
            Err(fault) => Fact { fault: Some(fault), number: BLANK },
        }
    }

    fn number(&mut self, role: Role, text: &str) -> Result<i64, Code> {
        let found = |place: Option<u16>, code: Code| place.map(i64::from).ok_or(code);
        match role {
            Role::Text | Role::NhsNumber => Ok(0),
            Role::Month => period::month(text).map(i64::from).ok_or(Code::Month),
            Role::Year => period::year(text).map(i64::from).ok_or(Code::Year),
            Role::Created | Role::Start | Role::End => date::day(text).map(i64::from).ok_or(Code::Date),
            Role::Provider => self.party(text, Code::Provider, |n| (3..=6).contains(&n)),
            Role::Commissioner => self.party(text, Code::Commissioner, |n| (3..=5).contains(&n)),
            Role::Responsible => shaped(text, 3..=5).then_some(0).ok_or(Code::Responsible),
            Role::Practice => shaped(text, 6..=6).then_some(0).ok_or(Code::Practice),
            Role::Site => self.site(text),
            Role::TreatmentFunction => {
                found(TREATMENT_FUNCTIONS.place(&text.to_uppercase()), Code::TreatmentFunction)
            }
            Role::Category => found(SERVICE_CATEGORIES.place(text), Code::Category),
            Role::PointOfDelivery => {
                found(POINTS_OF_DELIVERY.place(&text.to_uppercase()), Code::PointOfDelivery)
            }
            Role::Tariff => {
                let group = begins_with_a_resource_group(text);
                Ok(self.texts.place(&text.to_uppercase()) * 2 + i64::from(group))
            }
            Role::TariffIndicator => {
                let known = ["Y", "N"].iter().any(|known| text.eq_ignore_ascii_case(known));
                known.then_some(0).ok_or(Code::TariffIndicator)
            }
            Role::LocalContract => Ok(self.texts.place(text)),
            Role::Count | Role::OtherCount => amount::count(text).map_err(|why| amiss(why, Code::Count)),
            Role::UnitPrice | Role::Value | Role::MarketForces | Role::OtherMoney => {
                amount::money(text).map_err(|why| amiss(why, Code::Amount))
            }
        }
    }

    fn party(&self, text: &str, shape: Code, fits: impl Fn(usize) -> bool) -> Result<i64, Code> {
        let code = text.to_uppercase();
        let a_site = shape == Code::Provider && code.ends_with("00");
        if !shaped(&code, 1..=12) || !fits(code.len()) || a_site {
            return Err(shape);
        }
        self.parties.place(&code).map(i64::from).ok_or(Code::UnknownOrganisation)
    }

    fn site(&mut self, text: &str) -> Result<i64, Code> {
        if !shaped(text, 5..=9) {
            return Err(Code::Site);
        }
        Ok(self.texts.place(&text.to_uppercase()))
    }
}

/// The tariff code of its number, and whether it begins with a resource group.
pub fn tariff(number: i64) -> (i64, bool) {
    if number == BLANK { (BLANK, false) } else { (number / 2, number % 2 == 1) }
}

/// Without blank and invisible characters around it.
pub fn trimmed(raw: &str) -> &str {
    let bytes = raw.as_bytes();
    let plain = |byte: Option<&u8>| byte.is_none_or(|byte| byte.is_ascii_graphic());
    if plain(bytes.first()) && plain(bytes.last()) {
        return raw;
    }
    raw.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'..='\u{200d}' | '\u{2060}')
    })
}

/// Whether a text has the shape of an organisation's code of some length.
fn shaped(text: &str, lengths: std::ops::RangeInclusive<usize>) -> bool {
    lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn amiss(why: NotAnAmount, malformed: Code) -> Code {
    match why {
        NotAnAmount::Malformed => malformed,
        NotAnAmount::TooFine => Code::TooFine,
        NotAnAmount::TooLarge => Code::TooLarge,
    }
}
