//! The envelope: the one canonical form in which an event is stored, hashed and exported.

use domain::actor::{Actor, Evidence};
use domain::name::{CommandKey, StreamId};
use domain::time::{Entry, Instant};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::StoreError;
use crate::tree::leaf_hash;

/// What came with a command besides its body. A payload holds it beside the fields of its event.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Attached {
    /// Files that support the fact.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// Why it came after the year it is about was soft-closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late_because: Option<String>,
}

impl Attached {
    /// Puts it into a payload.
    #[cfg(feature = "log")]
    pub(crate) fn put(&self, payload: &mut Value) -> Result<(), serde_json::Error> {
        if let (Some(fields), Value::Object(more)) = (payload.as_object_mut(), serde_json::to_value(self)?) {
            fields.extend(more);
        }
        Ok(())
    }

    /// Takes it out of a payload, which then holds the event alone.
    ///
    /// # Errors
    /// Where one of its fields is not what it promises to be.
    pub fn take(payload: &mut Value) -> Result<Attached, serde_json::Error> {
        let Some(fields) = payload.as_object_mut() else { return Ok(Attached::default()) };
        let mut more = serde_json::Map::new();
        for name in ["evidence", "late_because"] {
            more.extend(fields.remove(name).map(|value| (name.to_owned(), value)));
        }
        serde_json::from_value(Value::Object(more))
    }
}

/// An event as the log holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// Its number in the ledger, from 1 without gaps, in the order of commits.
    pub entry: Entry,
    /// The stream it belongs to.
    pub stream: StreamId,
    /// Its number in its stream, from 1 without gaps.
    pub version: u64,
    /// When the ledger recorded it; never before the entry before it.
    pub recorded_at: Instant,
    /// Who gave the command.
    pub actor: Actor,
    /// The key of the command that recorded it.
    pub key: CommandKey,
    /// What kind of event it is, such as `contract-executed`. The log does not know what it means.
    pub kind: String,
    /// The version of the payload's shape.
    pub v: u32,
    /// What happened.
    pub payload: Value,
    /// 16 random bytes that keep the hash from telling a guessable payload.
    pub salt: [u8; 16],
    /// The RFC 6962 leaf hash of its envelope.
    pub hash: [u8; 32],
}

/// The members of an envelope. Canonical JSON puts them in order.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope {
    ledger: String,
    entry: Entry,
    stream: StreamId,
    version: u64,
    recorded_at: Instant,
    actor: Actor,
    key: CommandKey,
    #[serde(rename = "type")]
    kind: String,
    v: u32,
    #[serde(with = "hex::serde")]
    salt: [u8; 16],
    payload: Value,
}

/// An event and the bytes that are stored for it.
#[derive(Clone, Debug)]
pub(crate) struct Sealed {
    #[cfg_attr(
        not(feature = "log"),
        expect(dead_code, reason = "who checks proofs seals only to compare bytes")
    )]
    pub stored: Stored,
    pub envelope: Vec<u8>,
}

/// Writes an event down in its envelope and hashes it; `stored.hash` is set here.
pub(crate) fn seal(ledger: &str, mut stored: Stored) -> Result<Sealed, StoreError> {
    let unsealable =
        |stored: &Stored, reason: String| StoreError::Unsealable { stream: stored.stream.clone(), reason };
    if let Some(reason) = unfit(&stored) {
        return Err(unsealable(&stored, reason));
    }
    let envelope = Envelope {
        ledger: ledger.to_owned(),
        entry: stored.entry,
        stream: stored.stream.clone(),
        version: stored.version,
        recorded_at: stored.recorded_at,
        actor: stored.actor.clone(),
        key: stored.key.clone(),
        kind: stored.kind.clone(),
        v: stored.v,
        salt: stored.salt,
        payload: stored.payload.clone(),
    };
    let envelope = serde_jcs::to_vec(&envelope).map_err(|error| unsealable(&stored, error.to_string()))?;
    stored.hash = leaf_hash(&envelope);
    Ok(Sealed { stored, envelope })
}

/// Reads an envelope of `ledger` back, and sees that it is canonical: no other bytes say the same event.
pub(crate) fn open(ledger: &str, bytes: &[u8]) -> Result<Stored, StoreError> {
    let envelope: Envelope = serde_json::from_slice(bytes)
        .map_err(|error| StoreError::Corrupt(format!("an envelope cannot be read: {error}")))?;
    if envelope.ledger != ledger {
        let (entry, other) = (envelope.entry, envelope.ledger);
        return Err(StoreError::Corrupt(format!(
            "entry {entry} of `{ledger}` belongs to the ledger `{other}`"
        )));
    }
    Ok(Stored {
        entry: envelope.entry,
        stream: envelope.stream,
        version: envelope.version,
        recorded_at: envelope.recorded_at,
        actor: envelope.actor,
        key: envelope.key,
        kind: envelope.kind,
        v: envelope.v,
        payload: envelope.payload,
        salt: envelope.salt,
        hash: leaf_hash(bytes),
    })
}

/// Canonical JSON writes numbers as the nearest double, and databases keep text without NUL: what would not
/// read back as it was given is refused.
fn unfit(stored: &Stored) -> Option<String> {
    let texts = [("kind", &stored.kind), ("person", &stored.actor.person), ("role", &stored.actor.role)];
    for (what, text) in texts {
        if text.len() > 400 || text.chars().any(char::is_control) {
            return Some(format!("its {what} must have at most 400 bytes and no control characters"));
        }
    }
    unfit_value(&stored.payload, 100)
}

fn unfit_value(value: &Value, depth_left: u32) -> Option<String> {
    let Some(depth_left) = depth_left.checked_sub(1) else {
        return Some("its payload is nested more than 100 deep".to_owned());
    };
    const EXACT: u64 = (1 << 53) - 1;
    match value {
        Value::Number(n) if n.as_i64().is_none_or(|n| n.unsigned_abs() > EXACT) => {
            Some(format!("the number {n} is not a whole number below 2^53"))
        }
        Value::Array(items) => items.iter().find_map(|item| unfit_value(item, depth_left)),
        Value::Object(members) => members.values().find_map(|member| unfit_value(member, depth_left)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn stored(payload: Value) -> Stored {
        Stored {
            entry: Entry(7),
            stream: "contract/pennine-msk".parse().unwrap(),
            version: 2,
            recorded_at: "2025-06-20T18:30:00+01:00".parse().unwrap(),
            actor: Actor {
                person: "Ada O'Neil".into(),
                party: "northmoor".parse().unwrap(),
                role: "finance".into(),
            },
            key: "load:12".parse().unwrap(),
            kind: "contract-executed".into(),
            v: 1,
            payload,
            salt: [0xab; 16],
            hash: [0; 32],
        }
    }

    #[test]
    fn the_envelope_is_this_text() {
        let sealed = seal("main", stored(json!({"b": "£1.20", "a": [1, null, true]}))).unwrap();
        let text = concat!(
            r#"{"actor":{"party":"northmoor","person":"Ada O'Neil","role":"finance"},"entry":7,"#,
            r#""key":"load:12","ledger":"main","payload":{"a":[1,null,true],"b":"£1.20"},"#,
            r#""recorded_at":"2025-06-20T17:30:00.000000Z","salt":"abababababababababababababababab","#,
            r#""stream":"contract/pennine-msk","type":"contract-executed","v":1,"version":2}"#
        );
        assert_eq!(String::from_utf8(sealed.envelope.clone()).unwrap(), text);
        assert_eq!(open("main", &sealed.envelope).unwrap(), sealed.stored);
        assert!(matches!(open("other", &sealed.envelope), Err(StoreError::Corrupt(_))));
    }

    #[test]
    fn what_would_not_read_back_is_refused() {
        let mut deep = json!(1);
        for _ in 0..100 {
            deep = json!([deep]);
        }
        for payload in [json!(0.5), json!([9007199254740992u64]), json!({"a": -9007199254740992i64}), deep] {
            assert!(matches!(seal("main", stored(payload)), Err(StoreError::Unsealable { .. })));
        }
        assert!(seal("main", stored(json!(9007199254740991u64))).is_ok());
        let mut nul = stored(json!({}));
        nul.actor.person = "A\0".into();
        assert!(seal("main", nul).is_err());
    }
}
