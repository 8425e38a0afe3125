//! A command as it is sent: one JSON object, the same in NDJSON, over HTTP and in a timeline.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::actor::{Actor, Evidence, Giver};
use crate::name::{CommandKey, StreamId};
use crate::time::Instant;
use crate::verb::Command;

/// A command with who gives it, under which key.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// What is asked.
    pub command: Command,
    /// Its key: the same key with the same body is the same command.
    pub key: CommandKey,
    /// Who asks.
    pub actor: Actor,
    /// When it was recorded; only a ledger whose history its source states takes it.
    pub recorded_at: Option<Instant>,
    /// Files that support it.
    pub evidence: Vec<Evidence>,
    /// Why it comes after the year it is about was soft-closed.
    pub late_because: Option<String>,
    /// 16 random bytes in hexadecimal, which keep the event's hash from telling a guessable price.
    pub salt: Option<[u8; 16]>,
    /// Versions of streams that the sender relies on.
    pub expect: BTreeMap<StreamId, u64>,
}

/// What is wrong with the text of a command, and where in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Unreadable {
    /// What is wrong.
    pub message: String,
    /// What to do next.
    pub hint: String,
    /// Line within the text, from 1.
    pub line: usize,
    /// Column within the line, from 1.
    pub column: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire<'a> {
    command: String,
    key: CommandKey,
    actor: Actor,
    #[serde(default)]
    recorded_at: Option<Instant>,
    #[serde(default)]
    evidence: Vec<Evidence>,
    #[serde(default)]
    late_because: Option<String>,
    #[serde(default)]
    salt: Option<String>,
    #[serde(default)]
    expect: BTreeMap<StreamId, u64>,
    #[serde(borrow)]
    body: &'a RawValue,
}

impl Request {
    /// Who gives it, as its decision sees them.
    pub fn giver(&self) -> Giver {
        let (actor, evidence) = (self.actor.clone(), self.evidence.clone());
        Giver { actor, evidence, late_because: self.late_because.clone() }
    }

    /// Reads a command from JSON text.
    ///
    /// # Errors
    /// Names the line and column of an unknown field, a wrong type, a number with digits too many.
    pub fn from_json(text: &str) -> Result<Request, Unreadable> {
        let wire: Wire = serde_json::from_str(text).map_err(|e| unreadable(&e, text, 0))?;
        let body = wire.body.get();
        let offset = body.as_ptr() as usize - text.as_ptr() as usize;
        let command = match Command::read(&wire.command, body) {
            Some(read) => read.map_err(|e| unreadable(&e, text, offset))?,
            None => return Err(unknown_command(&wire.command, text)),
        };
        let salt = wire.salt.as_deref().map(read_salt).transpose().map_err(|message| Unreadable {
            message,
            hint: "write 16 random bytes as 32 hexadecimal digits, or leave the salt out".to_owned(),
            line: 1,
            column: 1,
        })?;
        Ok(Request {
            command,
            key: wire.key,
            actor: wire.actor,
            recorded_at: wire.recorded_at,
            evidence: wire.evidence,
            late_because: wire.late_because,
            salt,
            expect: wire.expect,
        })
    }
}

fn unknown_command(name: &str, text: &str) -> Unreadable {
    let known: Vec<&str> = Command::NAMES.iter().map(|row| row.0).collect();
    let at = text.find(&format!("\"{name}\"")).unwrap_or(0);
    let (line, column) = place(text, at);
    Unreadable {
        message: format!("`{name}` is not a command"),
        hint: format!("the commands are: {}", known.join(", ")),
        line,
        column,
    }
}

fn read_salt(text: &str) -> Result<[u8; 16], String> {
    let wrong = || format!("`{text}` is not a salt");
    if text.len() != 32 || !text.is_ascii() {
        return Err(wrong());
    }
    let mut salt = [0; 16];
    for (i, byte) in salt.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).map_err(|_| wrong())?;
    }
    Ok(salt)
}

/// Where a fault in the part of `text` that begins at `offset` stands in the whole: at the first sign of the
/// field or value that is wrong.
fn unreadable(error: &serde_json::Error, text: &str, offset: usize) -> Unreadable {
    let part = &text[offset..];
    let lines_before = part.split_inclusive('\n').take(error.line().saturating_sub(1));
    let read = (lines_before.map(str::len).sum::<usize>() + error.column()).min(part.len());
    let within =
        if error.is_data() { start_of_token(&part.as_bytes()[..read]) } else { read.saturating_sub(1) };
    let (line, column) = place(text, offset + part.floor_char_boundary(within));
    let whole = error.to_string();
    let message = match error.is_eof() {
        true => "the text ends in the middle of a command".to_owned(),
        false => whole.split(" at line ").next().unwrap_or(&whole).to_owned(),
    };
    let hint = if error.is_eof() {
        "was the file cut off? save it whole and send it again"
    } else if error.is_syntax() {
        "each command is one JSON object on a line of its own"
    } else {
        "correct this field; `docs/COMMANDS.md` lists the fields of every command"
    };
    Unreadable { message, hint: hint.to_owned(), line, column }
}

/// The first byte of the text, number or word that `read` ends with.
fn start_of_token(read: &[u8]) -> usize {
    let Some((last, before)) = read.split_last() else { return 0 };
    if *last == b'"' {
        let opens = |&at: &usize| before[at] == b'"' && (at == 0 || before[at - 1] != b'\\');
        return (0..before.len()).rev().find(opens).unwrap_or(before.len());
    }
    let of_number = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+');
    let length = read.iter().rev().take_while(of_number).count();
    read.len() - length.max(1)
}

fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = &text[..offset];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    (line, column)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(body: &str) -> Unreadable {
        let actor = r#"{"person":"jo","party":"northmoor","role":"finance"}"#;
        let text = format!(r#"{{"command":"make-payment","key":"k","actor":{actor},"body":{body}}}"#);
        Request::from_json(&text).unwrap_err()
    }

    #[test]
    fn an_unknown_field_is_named_with_its_place() {
        let fault = fault(r#"{"contract":"c","amoumt":"5"}"#);
        assert!(fault.message.starts_with("unknown field `amoumt`"), "{}", fault.message);
        assert_eq!((fault.line, fault.column), (1, 121));
    }

    #[test]
    fn digits_below_the_penny_are_refused_with_their_place() {
        let fault = fault(
            r#"{"contract":"c","year":"2025/26","from":"a","to":"b","paid_on":"2025-04-15","amount":"5.001"}"#,
        );
        assert!(fault.message.contains("below the penny"), "{}", fault.message);
        assert_eq!((fault.line, fault.column), (1, 190));
    }

    #[test]
    fn a_place_is_counted_in_letters_not_in_bytes() {
        let fault = fault(r#"{"contract":"c","reference":"ÄÖÜ","amount":true}"#);
        assert_eq!((fault.line, fault.column), (1, 148), "{}", fault.message);
    }

    #[test]
    fn a_bare_fraction_is_refused_because_a_float_would_read_it() {
        let fault = fault(r#"{"contract":"c","year":"2025/26","from":"a","to":"b","amount":5.25}"#);
        assert!(fault.message.contains("in quotes"), "{}", fault.message);
    }

    #[test]
    fn an_unknown_command_lists_the_known_ones() {
        let text = r#"{"command":"pay","key":"k","actor":{"person":"jo","party":"n","role":"f"},"body":{}}"#;
        let fault = Request::from_json(text).unwrap_err();
        assert_eq!(fault.message, "`pay` is not a command");
        assert!(fault.hint.contains("make-payment"));
        assert_eq!(fault.column, 12);
    }

    #[test]
    fn a_truncated_line_says_so() {
        let fault = Request::from_json(r#"{"command":"make-payment","key":"k""#).unwrap_err();
        assert!(fault.hint.contains("cut off"), "{}", fault.hint);
    }
}
