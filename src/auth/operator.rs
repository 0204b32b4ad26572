//! The proof that whoever asks knows `metrics_token`, which does not tell it: `jiayi check` asks by way of proxies, at an
//! address that may be mistyped. It says nothing of when or whence: who overhears it is told their own address.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// What is proved, so that the same token proves nothing else.
const WANTED: &[u8] = b"jiayi check: from where do I seem to ask?";

/// The proof of somebody who knows the token.
pub fn prove(token: &str) -> Option<String> {
    Some(URL_SAFE_NO_PAD.encode(mac(token)?.finalize().into_bytes()))
}

/// Whether this proves that somebody knows the token.
pub fn is_proof(token: &str, proof: &str) -> bool {
    let proof = URL_SAFE_NO_PAD.decode(proof).unwrap_or_default();
    mac(token).is_some_and(|mac| mac.verify_slice(&proof).is_ok())
}

/// A key of any length fits.
fn mac(token: &str) -> Option<Hmac<Sha256>> {
    Some(Hmac::new_from_slice(token.as_bytes()).ok()?.chain_update(WANTED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_token_proves_itself() {
        let proof = prove("north-of-the-river").unwrap();
        assert!(is_proof("north-of-the-river", &proof));
        for (token, proof) in [
            ("south-of-the-river", &*proof),
            ("north-of-the-river", ""),
            ("north-of-the-river", "north-of-the-river"),
            ("north-of-the-river", &proof[1..]),
        ] {
            assert!(!is_proof(token, proof), "{token} {proof}");
        }
    }
}
