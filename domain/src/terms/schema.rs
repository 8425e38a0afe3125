//! The JSON Schema of a terms file, made from what the readers of terms ask for (`shape.rs`).
//!
//! It says what may stand where. What goes beyond that (shares that sum to the whole, clauses that exist,
//! bands that meet) is left to the readers.

use chrono::NaiveDate;
use serde_json::{Map, Value, json};

use super::reader::Field;
use super::shape::{Holds, Shape};
use crate::mechanism::Mechanism;
use crate::terms::Terms;

/// Where a terms file lists its paying clauses.
const CLAUSE: &str = "/pay/0";

/// The JSON Schema (2020-12) of a terms file.
pub fn schema() -> Value {
    let terms = Terms::shape();
    let mut root = map(&terms, "");
    root["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    root["title"] = json!("Terms of a contract or subcontract");
    root["properties"]["pay"]["items"] = clause(&terms);
    // Who is party to a subcontract goes by other names than who is party to a head contract.
    root["$defs"] = Mechanism::shapes()
        .iter()
        .map(|(kind, own)| (kind.to_string(), of_kind(&terms, own, kind)))
        .collect();
    root
}

/// A clause: its kind says what else it holds.
fn clause(terms: &Shape) -> Value {
    let mut clause = map(terms, CLAUSE);
    clause["properties"]["kind"] = json!({"enum": Mechanism::KINDS});
    if let Some(open) = clause.as_object_mut() {
        open.remove("additionalProperties");
    }
    let by_kind = |kind: &&str| {
        json!({
            "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
            "then": {"$ref": format!("#/$defs/{kind}")}
        })
    };
    clause["allOf"] = Mechanism::KINDS.iter().map(by_kind).collect();
    clause
}

/// A clause of one kind: what every clause has, and what this kind asks for.
fn of_kind(terms: &Shape, own: &Shape, kind: &str) -> Value {
    let mut all = map(terms, CLAUSE);
    let own = map(own, "");
    for (list, of_own) in [("properties", &own["properties"]), ("required", &own["required"])] {
        match (&mut all[list], of_own) {
            (Value::Object(all), Value::Object(own)) => own.iter().for_each(|(name, field)| {
                all.entry(name).or_insert_with(|| field.clone());
            }),
            (Value::Array(all), Value::Array(own)) => {
                let new: Vec<Value> = own.iter().filter(|name| !all.contains(name)).cloned().collect();
                all.extend(new);
            }
            _ => {}
        }
    }
    all["properties"]["kind"] = json!({"const": kind});
    all
}

/// A map with the names that it may hold, and no others.
fn map(shape: &Shape, pointer: &str) -> Value {
    let names = shape.names(pointer);
    let place = |name: &str| format!("{pointer}/{name}");
    let properties: Map<String, Value> =
        names.iter().map(|name| (name.to_string(), value(shape, &place(name)))).collect();
    let required = |name: &&&str| shape.at(&place(name)).is_some_and(|asked| asked.required);
    let required: Vec<&&str> = names.iter().filter(required).collect();
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

/// Whatever may stand at a place.
fn value(shape: &Shape, pointer: &str) -> Value {
    let holds = || shape.at(pointer).into_iter().flat_map(|asked| &asked.holds);
    let mut all: Vec<Value> = holds()
        .filter(|holds| **holds != Holds::Dated)
        .map(|holds| match holds {
            Holds::Text { expected, words: [], number } => {
                let types = if *number { json!(["string", "number"]) } else { json!("string") };
                json!({"type": types, "description": expected})
            }
            Holds::Text { words, .. } => {
                json!({"enum": words.iter().flat_map(|word| scalars(word)).collect::<Vec<_>>()})
            }
            Holds::List => json!({"type": "array", "items": value(shape, &format!("{pointer}/0"))}),
            Holds::Map | Holds::Dated => map(shape, pointer),
        })
        .collect();
    if holds().any(|holds| *holds == Holds::Dated) {
        all.push(dated(&all));
    }
    match all.len() {
        1 => all.remove(0),
        _ => json!({"anyOf": all}),
    }
}

/// Values with the days on which they come into force.
fn dated(plain: &[Value]) -> Value {
    let day = json!({"type": "string", "description": NaiveDate::EXPECTED});
    json!({"type": "array", "minItems": 1, "items": {
        "type": "object",
        "properties": {"from": day, "to": day, "value": {"anyOf": plain}},
        "required": ["from", "value"],
        "additionalProperties": false
    }})
}

/// A word as it may be written: a number also without quotes.
fn scalars(word: &str) -> Vec<Value> {
    let number = serde_json::from_str::<Value>(word).ok().filter(Value::is_number);
    [Value::from(word)].into_iter().chain(number).collect()
}
