//! An event as the log gives it back.

use std::fmt;
use std::str::FromStr;

use crate::actor::{Actor, Evidence};
use crate::name::{CommandKey, StreamId};
use crate::text::serde_as_text;
use crate::time::{Entry, Instant};
use crate::verb::Event;

/// The SHA-256 hash of an event's envelope. Written `sha256:` and 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Digest {
    type Err = String;

    fn from_str(text: &str) -> Result<Digest, String> {
        let wrong = || format!("`{text}` is not a digest; it is `sha256:` and 64 hexadecimal digits");
        let hex = text.strip_prefix("sha256:").filter(|h| h.len() == 64 && h.is_ascii()).ok_or_else(wrong)?;
        let mut bytes = [0; 32];
        for (i, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).map_err(|_| wrong())?;
        }
        Ok(Digest(bytes))
    }
}

serde_as_text!(Digest, "a digest such as \"sha256:...\"");

/// An event of the log with everything known about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// Its number in the ledger's log.
    pub entry: Entry,
    /// The series it belongs to.
    pub stream: StreamId,
    /// Its number in that series, from 1.
    pub version: u64,
    /// When the ledger took it in.
    pub recorded_at: Instant,
    /// Who gave the command.
    pub actor: Actor,
    /// The command's key.
    pub key: CommandKey,
    /// The hash of its envelope.
    pub hash: Digest,
    /// Files that support it.
    pub evidence: Vec<Evidence>,
    /// Why it came after the year it is about was soft-closed.
    pub late_because: Option<String>,
    /// What happened.
    pub event: Event,
}
