//! The shapes of events on the wire. A ledger keeps them for ever: each must decode and come out again byte
//! for byte. A new shape is a new version with its own file; the old file stays and is read by an upcast.

#![allow(clippy::disallowed_methods, reason = "the domain reads no files, but its tests do")]

use std::collections::BTreeSet;
use std::path::PathBuf;

use domain::verb::{CannotDecode, Command, Event, READ_AS};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/wire")
}

/// Every event with each of its versions that may stand in a ledger, and the version that reads it.
fn versions() -> Vec<(&'static str, u32, u32)> {
    let present = Command::NAMES.iter().map(|(_, kind, v)| (*kind, *v, *v));
    present.chain(READ_AS.iter().copied()).collect()
}

#[test]
fn every_event_comes_out_as_it_went_in() {
    for (kind, v, read_as) in versions() {
        let file = format!("{kind}.v{v}.json");
        let text = std::fs::read_to_string(folder().join(&file)).unwrap_or_else(|e| panic!("{file}: {e}"));
        let payload = serde_json::from_str(&text).unwrap();
        let event = Event::decode(kind, v, payload).unwrap_or_else(|e| panic!("{file}: {e}"));
        assert_eq!((event.kind(), event.version()), (kind, read_as));
        let again = serde_json::to_string_pretty(&event.payload().unwrap()).unwrap();
        assert_eq!(format!("{again}\n"), text, "{file}");
    }
}

#[test]
fn there_is_one_file_for_each_event_and_version() {
    let files: BTreeSet<String> =
        std::fs::read_dir(folder()).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap()).collect();
    let events: BTreeSet<String> =
        versions().into_iter().map(|(kind, v, _)| format!("{kind}.v{v}.json")).collect();
    assert_eq!(files, events);
}

/// An event of a later release is no event of this one, and neither is one with a field too many or too few.
#[test]
fn what_is_not_the_promised_shape_does_not_decode() {
    for (_, kind, v) in Command::NAMES {
        let text = std::fs::read_to_string(folder().join(format!("{kind}.v{v}.json"))).unwrap();
        let payload: serde_json::Value = serde_json::from_str(&text).unwrap();
        let later = Event::decode(kind, v + 1, payload.clone());
        assert!(matches!(later, Err(CannotDecode::Unknown { .. })), "{kind}");
        let mut more = payload;
        more.as_object_mut().unwrap().insert("surprise".to_owned(), true.into());
        let told = Event::decode(kind, *v, more);
        assert!(matches!(told, Err(CannotDecode::Malformed { .. })), "{kind}: {told:?}");
    }
}
