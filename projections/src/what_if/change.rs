//! What a what-if question changes: a field of a contract's terms, a field of a recorded fact, or a
//! contract's whole terms.

use std::fmt;
use std::str::FromStr;

use domain::book::Book;
use domain::name::ContractId;
use domain::refusal::Refusal;
use domain::terms::{Document, Terms};
use domain::time::Entry;
use serde_json::Value;

/// One thing taken otherwise than it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A field has another value.
    Field {
        /// Whose field.
        of: Whose,
        /// A JSON pointer to it.
        pointer: String,
        /// The value as written; empty where the field is left out.
        value: String,
    },
    /// A contract has other terms.
    Terms {
        /// The terms.
        terms: Box<Terms>,
        /// The file they came from.
        file: String,
    },
}

/// Whose field is changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The terms of the contract asked about.
    Asked,
    /// The terms of another contract.
    Contract(ContractId),
    /// The body of the event recorded at an entry.
    Entry(Entry),
}

/// Why a text is no change.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a change; write /pay/0/budget=24000000.00 for a field of the contract's terms, \
     CONTRACT:/pointer=VALUE for another contract's, @ENTRY/pointer=VALUE for a recorded fact"
)]
pub struct NotAChange(String);

impl FromStr for Change {
    type Err = NotAChange;

    fn from_str(text: &str) -> Result<Change, NotAChange> {
        let wrong = || NotAChange(text.to_owned());
        let (target, value) = text.trim().split_once('=').ok_or_else(wrong)?;
        let (whose, pointer) = target.split_at(target.find('/').ok_or_else(wrong)?);
        let of = match (whose.strip_prefix('@'), whose.strip_suffix(':')) {
            (Some(entry), _) => Whose::Entry(Entry(entry.parse().map_err(|_| wrong())?)),
            (_, Some(contract)) => Whose::Contract(contract.parse().map_err(|_| wrong())?),
            (None, None) if whose.is_empty() => Whose::Asked,
            (None, None) => return Err(wrong()),
        };
        Ok(Change::Field { of, pointer: pointer.to_owned(), value: value.to_owned() })
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Change::Field { of: Whose::Asked, pointer, value } => write!(f, "{pointer}={value}"),
            Change::Field { of: Whose::Contract(name), pointer, value } => {
                write!(f, "{name}:{pointer}={value}")
            }
            Change::Field { of: Whose::Entry(entry), pointer, value } => {
                write!(f, "@{entry}{pointer}={value}")
            }
            Change::Terms { terms, file } => write!(f, "terms of {} from {file}", terms.contract),
        }
    }
}

/// Several changes in one text, separated by `; `.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes(pub Vec<Change>);

impl FromStr for Changes {
    type Err = NotAChange;

    fn from_str(text: &str) -> Result<Changes, NotAChange> {
        text.split("; ").map(str::parse).collect::<Result<_, _>>().map(Changes)
    }
}

impl Change {
    /// The entry of the event it changes: a contract's terms stand in its award, or in the variation that
    /// replaced their text last.
    pub(super) fn entry(&self, book: &Book, asked: &ContractId) -> Result<Entry, Refusal> {
        let contract = match self {
            Change::Field { of: Whose::Entry(entry), .. } => return Ok(*entry),
            Change::Field { of: Whose::Contract(contract), .. } => contract,
            Change::Field { of: Whose::Asked, .. } => asked,
            Change::Terms { terms, .. } => &terms.contract,
        };
        Ok(book.case(contract)?.text())
    }

    /// Puts the change into the payload of its event; gives back the value that stood there.
    pub(super) fn put(&self, payload: &mut Value) -> Result<Option<String>, Refusal> {
        match self {
            Change::Terms { terms, .. } => {
                payload["terms"] = serde_json::to_value(terms).unwrap_or_default();
                Ok(None)
            }
            Change::Field { of: Whose::Entry(_), pointer, value } => put(payload, pointer, value),
            Change::Field { pointer, value, .. } => put(&mut payload["terms"], pointer, value),
        }
    }
}

/// Puts a value at a pointer, or takes the field away where the value is empty.
fn put(body: &mut Value, pointer: &str, text: &str) -> Result<Option<String>, Refusal> {
    let missing = missing(body, pointer);
    let (above, name) = pointer.rsplit_once('/').unwrap_or(("", pointer));
    let name = name.replace("~1", "/").replace("~0", "~");
    let was = match body.pointer_mut(above) {
        Some(Value::Object(fields)) => match fields.get(&name) {
            None if text.is_empty() => return Err(missing),
            _ if text.is_empty() => fields.remove(&name),
            old => {
                let value = like(old, text)?;
                fields.insert(name, value)
            }
        },
        Some(Value::Array(items)) => match name.parse::<usize>().ok().filter(|place| *place < items.len()) {
            None => return Err(missing),
            Some(place) if text.is_empty() => Some(items.remove(place)),
            Some(place) => {
                let value = like(items.get(place), text)?;
                Some(std::mem::replace(&mut items[place], value))
            }
        },
        _ => return Err(missing),
    };
    Ok(was.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
}

/// A typed value: of the kind that stood there; in brackets or braces, a list or a map as YAML writes it.
fn like(old: Option<&Value>, text: &str) -> Result<Value, Refusal> {
    if text.starts_with(['[', '{']) {
        let (document, _) = Document::from_yaml(&format!("value: {text}"))
            .map_err(|fault| Refusal::rule("what-if-value", fault.message, fault.hint))?;
        return Ok(serde_json::to_value(document.at("/value")).unwrap_or_default());
    }
    let of_its_kind = match old {
        Some(Value::Number(_)) => text.parse::<i64>().ok().map(Value::from),
        Some(Value::Bool(_)) => text.parse::<bool>().ok().map(Value::from),
        _ => None,
    };
    Ok(of_its_kind.unwrap_or_else(|| Value::from(text)))
}

/// The refusal of a pointer to nothing, with what stands at the last place on the way to it.
fn missing(body: &Value, pointer: &str) -> Refusal {
    let mut above = pointer;
    let there = loop {
        above = above.rfind('/').map_or("", |end| &above[..end]);
        if let Some(there) = body.pointer(above) {
            break there;
        }
    };
    let place = if above.is_empty() { "at its top".to_owned() } else { format!("at `{above}`") };
    let hint = match there {
        Value::Object(fields) => {
            let names: Vec<&str> = fields.keys().map(String::as_str).collect();
            format!("{place} stand: {}", names.join(", "))
        }
        Value::Array(items) => {
            let items: Vec<String> =
                items.iter().enumerate().map(|(place, item)| name(place, item)).collect();
            format!("{place} stand: {}", items.join(", "))
        }
        value => format!("{place} stands the value {value}, with nothing below it"),
    };
    Refusal::not_found("no-such-field", format!("there is nothing at `{pointer}`"), hint).at(pointer)
}

/// An item of a list by its place and what names it.
fn name(place: usize, item: &Value) -> String {
    let words: Vec<&str> =
        ["clause", "kind", "indicator", "party"].iter().filter_map(|field| item[field].as_str()).collect();
    if words.is_empty() { place.to_string() } else { format!("{place} ({})", words.join(" ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn change(text: &str) -> Change {
        text.parse().unwrap_or_else(|e| panic!("{e}"))
    }

    #[test]
    fn a_change_reads_as_it_is_written() {
        for text in ["/pay/0/budget=24000000.00", "pennine-acute:/pay/0/cap=", "@41/value=0.80"] {
            assert_eq!(change(text).to_string(), text);
        }
        for text in ["budget=1", "/pay/0/budget", "@x/value=1", "pennine-acute/pay/0/cap=5%", ""] {
            assert!(text.parse::<Change>().is_err(), "{text}");
        }
        let several: Changes = "/pay/0/cap=5%; @41/value=0.80".parse().unwrap();
        assert_eq!(several.0, [change("/pay/0/cap=5%"), change("@41/value=0.80")]);
    }

    #[test]
    fn a_value_keeps_the_kind_of_the_one_it_replaces() {
        let mut body = json!({"value": "0.72", "provisional": true, "number": 1, "list": [{"a": "b"}]});
        let mut set = |pointer: &str, text: &str| put(&mut body, pointer, text).unwrap();
        assert_eq!(set("/value", "0.80"), Some("0.72".to_owned()));
        assert_eq!(set("/provisional", "false"), Some("true".to_owned()));
        set("/number", "2");
        set("/list/0/a", "[{party: x, share: 60%}]");
        assert_eq!(
            body,
            json!({"value": "0.80", "provisional": false, "number": 2,
                "list": [{"a": [{"party": "x", "share": "60%"}]}]})
        );
        assert_eq!(put(&mut body, "/provisional", "").unwrap(), Some("false".to_owned()));
        assert_eq!(body.get("provisional"), None);
    }

    #[test]
    fn a_pointer_to_nothing_is_told_what_stands_there() {
        let mut body =
            json!({"pay": [{"clause": "3.1", "kind": "core"}, {"clause": "3.2", "kind": "block"}]});
        let mut hint = |pointer: &str, text: &str| put(&mut body, pointer, text).unwrap_err().hint;
        assert_eq!(hint("/pay/2/budget", "1"), "at `/pay` stand: 0 (3.1 core), 1 (3.2 block)");
        assert_eq!(hint("/pay/-", "1"), "at `/pay` stand: 0 (3.1 core), 1 (3.2 block)");
        assert_eq!(hint("/paid/0", "1"), "at its top stand: pay");
        assert_eq!(
            hint("/pay/0/kind/x", "1"),
            "at `/pay/0/kind` stands the value \"core\", with nothing below it"
        );
        assert_eq!(hint("/pay/0/cap", ""), "at `/pay/0` stand: clause, kind");
    }
}
