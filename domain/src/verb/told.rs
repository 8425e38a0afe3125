//! What an event was told as: the bodies of the command that can have made it. For most events that is the
//! payload, for some the decision added to it. A command's digest, kept beside the log, is held to them.

use serde_json::{Value, json};

use super::{Command, Event};
use crate::worksheet::Stage;

impl Event {
    /// The name of the command that makes such an event.
    pub fn command(&self) -> &'static str {
        Command::NAMES.iter().find(|(_, kind, _)| *kind == self.kind()).map_or("", |(command, ..)| command)
    }

    /// Every body from which its command can have made it.
    ///
    /// # Errors
    /// As [`Event::payload`].
    pub fn told_as(&self) -> Result<Vec<Value>, serde_json::Error> {
        let payload = self.payload()?;
        Ok(match self {
            Event::SettlementDrawnUp(_) | Event::SettlementRestated(_) => vec![drawn_up(&payload)],
            // After the freeze a report is after freeze, whatever it called itself.
            Event::ActivityReported(report) if report.stage == Stage::AfterFreeze => {
                let stages = [Stage::Estimated, Stage::Flex, Stage::Freeze, Stage::AfterFreeze];
                stages.map(|stage| with(&payload, "stage", json!(stage))).into()
            }
            // The ledger fills the digest in where it is left out.
            Event::SettlementAgreed(_) => vec![without(&payload, "digest"), payload],
            _ => vec![payload],
        })
    }
}

/// The body of the command that drew a statement up, or restated it.
fn drawn_up(payload: &Value) -> Value {
    let statement = &payload["statement"];
    let mut body = json!({});
    for field in ["contract", "year", "as_of"] {
        body[field] = statement[field].clone();
    }
    if let Some(reason) = payload.get("with_estimates") {
        body["with_estimates"] = reason.clone();
    }
    body
}

fn with(payload: &Value, field: &str, value: Value) -> Value {
    let mut body = payload.clone();
    body[field] = value;
    body
}

fn without(payload: &Value, field: &str) -> Value {
    let mut body = payload.clone();
    if let Some(fields) = body.as_object_mut() {
        fields.remove(field);
    }
    body
}
