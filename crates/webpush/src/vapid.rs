//! VAPID (RFC 8292): the key by which push services know who sends, and what is signed with it.

use crate::error::SettingsError;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::json;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How long a signature is good; RFC 8292 allows a day.
const LIFETIME: Duration = Duration::from_secs(12 * 3_600);

/// The key pair of a sender. `Debug` does not show it.
pub struct VapidKey {
    pair: EcdsaKeyPair,
    subject: String,
}

impl std::fmt::Debug for VapidKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

/// Makes a key pair (P-256), as PKCS #8 in base64url. `None` where this machine has no random numbers.
#[must_use]
pub fn generate_key() -> Option<String> {
    let pair = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).ok()?;
    Some(URL_SAFE_NO_PAD.encode(pair))
}

impl VapidKey {
    /// A key that [`generate_key`] has made; `subject` is where those who run a push service reach who sends.
    ///
    /// # Errors
    /// One of the two is something else.
    pub fn parse(key: &str, subject: &str) -> Result<Self, SettingsError> {
        let bytes = URL_SAFE_NO_PAD.decode(key).map_err(|_| SettingsError::Key)?;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &bytes, &SystemRandom::new());
        let pair = pair.map_err(|_| SettingsError::Key)?;
        let rest = ["mailto:", "https://"].into_iter().find_map(|scheme| subject.strip_prefix(scheme));
        let is_address =
            rest.is_some_and(|rest| rest.contains('.') && rest.bytes().all(|b| b.is_ascii_graphic()));
        is_address.then(|| Self { pair, subject: subject.to_owned() }).ok_or(SettingsError::Subject)
    }

    /// The public key in base64url, as browsers take it for `applicationServerKey`.
    #[must_use]
    pub fn public(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.pair.public_key())
    }

    /// The value of `Authorization` for requests to the push service with this origin. `None` where this machine has
    /// no random numbers.
    pub(crate) fn authorization(&self, origin: &str) -> Option<String> {
        let expires = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() + LIFETIME;
        let claims = json!({ "aud": origin, "exp": expires.as_secs(), "sub": self.subject });
        let part = |json: String| URL_SAFE_NO_PAD.encode(json);
        let signed =
            format!("{}.{}", part(r#"{"typ":"JWT","alg":"ES256"}"#.to_owned()), part(claims.to_string()));
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes()).ok()?;
        Some(format!("vapid t={signed}.{}, k={}", URL_SAFE_NO_PAD.encode(signature), self.public()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    #[test]
    fn what_is_signed_can_be_verified() {
        let key = VapidKey::parse(&generate_key().unwrap(), "mailto:it@clinic.test").unwrap();
        let header = key.authorization("https://push.test.org").unwrap();
        let (token, public) = header.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
        let verifier = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, decode(public));
        verifier.verify(signed.as_bytes(), &decode(signature)).unwrap();
        let claims: serde_json::Value =
            serde_json::from_slice(&decode(signed.split_once('.').unwrap().1)).unwrap();
        assert_eq!(
            (&claims["aud"], &claims["sub"]),
            (&json!("https://push.test.org"), &json!("mailto:it@clinic.test"))
        );
        assert!(!format!("{key:?}").contains(public));
    }

    #[test]
    fn settings_that_could_never_work_are_refused() {
        let key = generate_key().unwrap();
        for subject in ["", "it@clinic.test", "mailto:", "http://clinic.test", "mailto:it@clinic.test\n"] {
            assert_eq!(VapidKey::parse(&key, subject).err(), Some(SettingsError::Subject), "{subject}");
        }
        for key in ["", "x", &key[1..], &key[..key.len() - 4]] {
            assert_eq!(VapidKey::parse(key, "mailto:it@clinic.test").err(), Some(SettingsError::Key));
        }
    }
}
