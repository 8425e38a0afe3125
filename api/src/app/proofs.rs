//! Proofs: checkpoints, inclusion, consistency, exports.

use domain::time::Entry;
use projections::history::contracts_told_by;
use store::StoreError;
use store::proof::{Checkpoint, Consistency, Export, Inclusion, Manifest, PublicKey, SigningKey};

use super::App;
use crate::problem::{Exit, Problem};

impl App {
    /// Whether it has a key to sign with.
    pub fn signs(&self) -> bool {
        self.key.is_some()
    }

    /// The public key that checks what it signs.
    pub fn public_key(&self) -> Result<&PublicKey, Problem> {
        Ok(self.signing_key()?.public())
    }

    fn signing_key(&self) -> Result<&SigningKey, Problem> {
        self.key.as_deref().ok_or_else(|| {
            let hint = "make a key with `riskshare keys new NAME` and give its file as --signing-key";
            Problem::new(Exit::Refused, "no-key", "there is no key to sign a checkpoint with", hint)
        })
    }

    /// Signs the ledger as it is now and keeps the checkpoint.
    pub async fn checkpoint(&self) -> Result<Checkpoint, Problem> {
        Ok(self.ledger.log().checkpoint(self.signing_key()?).await?)
    }

    /// The proof that an event is in the ledger, under a fresh checkpoint.
    pub async fn inclusion(&self, entry: Entry) -> Result<Inclusion, Problem> {
        let checkpoint = self.checkpoint().await?;
        let log = self.ledger.log();
        let before = Entry(entry.0.saturating_sub(1));
        let envelope = log.envelopes(before, 1).await?.pop().filter(|_| entry.0 > 0);
        let envelope = envelope.ok_or_else(|| {
            let message = format!("there is no entry {entry}: the last is {}", checkpoint.entry);
            Problem::new(Exit::NotFound, "unknown-entry", message, "take an entry from `riskshare history`")
        })?;
        self.look_at_entry(entry).await?;
        let proof = Inclusion::of(&log.leaves().await?, entry, envelope, checkpoint);
        Ok(proof.map_err(StoreError::from)?)
    }

    /// Notes that an event is about to be shown whole.
    async fn look_at_entry(&self, entry: Entry) -> Result<(), Problem> {
        let kept = self.kept().await?;
        let recorded = kept.events().iter().find(|recorded| recorded.entry == entry);
        let contracts = recorded.into_iter().flat_map(|event| contracts_told_by(kept.book(), &event.stream));
        self.look(&kept, contracts, &format!("proof of entry {entry}")).await
    }

    /// The proof that the ledger only grew since an older checkpoint, under a fresh one.
    pub async fn consistency(&self, older: Checkpoint) -> Result<Consistency, Problem> {
        let newer = self.checkpoint().await?;
        let leaves = self.ledger.log().leaves().await?;
        Ok(Consistency::of(&leaves, older, newer).map_err(StoreError::from)?)
    }

    /// The checkpoint that was kept at an entry.
    pub async fn kept_checkpoint(&self, entry: Entry) -> Result<Checkpoint, Problem> {
        let kept = self.ledger.log().checkpoints().await?;
        let note = kept.iter().find(|(at, _)| *at == entry).map(|(_, note)| note).ok_or_else(|| {
            let entries: Vec<String> = kept.iter().map(|(at, _)| at.to_string()).collect();
            let hint = format!("there are checkpoints at the entries: {}", entries.join(", "));
            Problem::new(
                Exit::NotFound,
                "no-checkpoint",
                format!("no checkpoint was kept at entry {entry}"),
                hint,
            )
        })?;
        Ok(Checkpoint::read(note).map_err(StoreError::from)?)
    }

    /// Writes the ledger into a folder; signed, where there is a key.
    pub async fn export(&self, folder: &Export) -> Result<Manifest, Problem> {
        let kept = self.kept().await?;
        self.look(&kept, kept.book().contracts.keys(), "export of the ledger").await?;
        drop(kept);
        Ok(self.ledger.log().export(folder, self.key.as_deref()).await?)
    }

    /// Restores an exported ledger into this one, which must be empty.
    pub async fn restore(&self, folder: &Export) -> Result<Manifest, Problem> {
        Ok(self.ledger.log().restore(folder).await?)
    }
}
