//! Keys in the text form of C2SP signed notes: a private key signs checkpoints, a public key checks them.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rand_core::OsRng;
use signed_note::{StandardSigner, StandardVerifier, Verifier, generate_key, new_ed25519_verifier_key};

use super::ProofError;

/// A private key: `PRIVATE+KEY+<name>+<id>+<key>`. Its text is never shown by `Debug`.
pub struct SigningKey {
    pub(super) signer: StandardSigner,
    public: PublicKey,
}

/// A public key: `<name>+<id>+<key>`.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    text: String,
    name: String,
}

/// Makes a key pair for a ledger's keeper: the private key's text, and the public key.
///
/// `name` stands on every checkpoint as its origin. C2SP asks for a name that is unique in the world, such as
/// `northmoor.example/riskshare`; it must not be empty and must hold no space and no `+`.
///
/// # Errors
/// Refuses a name that cannot stand in a key.
pub fn new_pair(name: &str) -> Result<(String, PublicKey), ProofError> {
    if !signed_note::is_key_name_valid(name) {
        let why = format!("`{name}` is empty or has a space or a plus sign in it");
        return Err(ProofError::NotAKey { what: "name of a key", why });
    }
    let (private, public) = generate_key(&mut OsRng, name);
    Ok((private, public.parse()?))
}

impl SigningKey {
    /// The name that stands on its checkpoints.
    pub fn name(&self) -> &str {
        signed_note::Signer::name(&self.signer)
    }

    /// The public key that checks what it signs.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }
}

impl FromStr for SigningKey {
    type Err = ProofError;

    fn from_str(text: &str) -> Result<SigningKey, ProofError> {
        let not_a_key = |why: String| ProofError::NotAKey { what: "private key", why };
        let signer = StandardSigner::new(text.trim()).map_err(|e| not_a_key(format!("{e:?}")))?;
        // The key's own part, in which a plus sign may stand: a byte for the kind of key, and the seed.
        let own = text.trim().splitn(5, '+').nth(4).and_then(|own| BASE64_STANDARD.decode(own).ok());
        let seed = own.and_then(|own| <[u8; 32]>::try_from(own.get(1..)?).ok());
        let seed = seed.ok_or_else(|| not_a_key("its last part is not 33 bytes".to_owned()))?;
        let public = ed25519_dalek::SigningKey::from_bytes(&seed).verifying_key();
        let public = new_ed25519_verifier_key(signed_note::Signer::name(&signer), &public).parse()?;
        Ok(SigningKey { signer, public })
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.name())
    }
}

impl PublicKey {
    /// The name of the keeper it belongs to.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn verifier(&self) -> Result<StandardVerifier, ProofError> {
        let not_a_key = |e| ProofError::NotAKey { what: "public key", why: format!("{e:?}") };
        StandardVerifier::new(&self.text).map_err(not_a_key)
    }
}

impl FromStr for PublicKey {
    type Err = ProofError;

    fn from_str(text: &str) -> Result<PublicKey, ProofError> {
        let mut key = PublicKey { text: text.trim().to_owned(), name: String::new() };
        key.name = key.verifier()?.name().to_owned();
        Ok(key)
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}
