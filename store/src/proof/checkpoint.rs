//! A checkpoint: the length and the root of a ledger at one moment, signed. Whoever keeps one can show later
//! that nothing before it was altered, dropped or put in.

use domain::time::Entry;
use signed_note::{Note, VerifierList};
use tlog_tiles::Hash;

use super::{ProofError, PublicKey, SigningKey};

/// The word before the ledger's name in a checkpoint's extension line.
const LEDGER: &str = "ledger ";

/// A signed checkpoint whose text was read. It proves nothing until [`Checkpoint::check`] has held it to a
/// key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The name of the key that signed it.
    pub origin: String,
    /// The ledger.
    pub ledger: String,
    /// The last entry it covers.
    pub entry: Entry,
    /// The RFC 6962 root over the envelopes of all entries up to there.
    pub root: [u8; 32],
    /// The signed note as text.
    pub note: String,
}

impl Checkpoint {
    /// Signs the head of a ledger.
    ///
    /// # Errors
    /// Where the note cannot be made, which a readable key never causes.
    pub fn sign(
        key: &SigningKey,
        ledger: &str,
        entry: Entry,
        root: [u8; 32],
    ) -> Result<Checkpoint, ProofError> {
        let broken = |why: String| ProofError::NotSigned(why);
        let text =
            tlog_tiles::Checkpoint::new(key.name(), entry.0, Hash(root), &format!("{LEDGER}{ledger}\n"));
        let text = text.map_err(|e| broken(e.to_string()))?.to_bytes();
        let mut note = Note::new(&text, &[]).map_err(|e| broken(e.to_string()))?;
        note.add_sigs(&[&key.signer]).map_err(|e| broken(e.to_string()))?;
        Checkpoint::read(&String::from_utf8_lossy(&note.to_bytes()))
    }

    /// Reads a checkpoint's text.
    ///
    /// # Errors
    /// Where it is no signed note, or not one of a ledger.
    pub fn read(text: &str) -> Result<Checkpoint, ProofError> {
        let note = Note::from_bytes(text.as_bytes()).map_err(|e| ProofError::NotSigned(e.to_string()))?;
        let head = tlog_tiles::Checkpoint::from_bytes(note.text())
            .map_err(|e| ProofError::NotSigned(e.to_string()))?;
        let extension = head.extension().strip_prefix(LEDGER).and_then(|line| line.strip_suffix('\n'));
        let ledger = extension.filter(|name| !name.contains('\n'));
        let no_ledger = || ProofError::NotSigned("it does not name a ledger".to_owned());
        Ok(Checkpoint {
            origin: head.origin().to_owned(),
            ledger: ledger.ok_or_else(no_ledger)?.to_owned(),
            entry: Entry(head.size()),
            root: head.hash().0,
            note: text.to_owned(),
        })
    }

    /// Holds the checkpoint to a public key.
    ///
    /// # Errors
    /// Where the key did not sign it.
    pub fn check(&self, key: &PublicKey) -> Result<(), ProofError> {
        let note =
            Note::from_bytes(self.note.as_bytes()).map_err(|e| ProofError::NotSigned(e.to_string()))?;
        if self.origin != key.name() {
            let why = format!("it comes from `{}`, and the key is that of `{}`", self.origin, key.name());
            return Err(ProofError::NotSigned(why));
        }
        let known = VerifierList::new(vec![Box::new(key.verifier()?)]);
        note.verify(&known).map_err(|e| ProofError::NotSigned(format!("entry {}: {e}", self.entry)))?;
        Ok(())
    }
}
