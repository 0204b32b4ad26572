//! The address of a file that says by itself who reads it, for a while: for pictures in pages that can send no header.
//!
//! It is signed with the hash of a token, which the server keeps and whoever has the token can make, and is good as long
//! as the token is. Nothing is kept of it.

use crate::model::{FileId, Time, TokenHash, Uid};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::time::Duration;

/// How long an address is good.
pub const LIFETIME: Duration = Duration::from_secs(600);

/// What an address says.
#[derive(Debug, Clone)]
pub struct FileAddress {
    /// The file.
    pub fileid: FileId,
    /// Who reads it.
    pub uid: Uid,
    /// Until when.
    pub expires: Time,
}

impl FileAddress {
    /// The signature by a token.
    pub fn sign(&self, token: TokenHash) -> Option<String> {
        Some(URL_SAFE_NO_PAD.encode(self.mac(token)?.finalize().into_bytes()))
    }

    /// Whether this is the signature by the token.
    pub fn is_signed(&self, token: TokenHash, signature: &str) -> bool {
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap_or_default();
        self.mac(token).is_some_and(|mac| mac.verify_slice(&signature).is_ok())
    }

    /// Whether it is good at a time: neither over, nor for longer than one is given out for.
    pub fn is_good(&self, now: Time) -> bool {
        let left = self.expires.since(now);
        !left.is_zero() && left <= LIFETIME
    }

    /// A key of any length fits.
    fn mac(&self, token: TokenHash) -> Option<Hmac<Sha256>> {
        let Self { fileid, uid, expires } = self;
        let said = format!("file {fileid} {uid} {}", expires.millis());
        Some(Hmac::new_from_slice(&token.0).ok()?.chain_update(said))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_of_all_that_an_address_says() {
        let token = TokenHash([7; 32]);
        let address = |fileid: &str, uid: &str, expires| FileAddress {
            fileid: fileid.to_owned().try_into().unwrap(),
            uid: uid.to_owned().try_into().unwrap(),
            expires: Time::from_millis(expires),
        };
        let signed = address("file", "uid", 1000);
        let signature = signed.sign(token).unwrap();
        assert!(signed.is_signed(token, &signature));
        assert!(!signed.is_signed(TokenHash([8; 32]), &signature));
        for other in [address("fil", "uid", 1000), address("file", "ui", 1000), address("file", "uid", 1001)]
        {
            assert!(!other.is_signed(token, &signature), "{other:?}");
        }
        for wrong in ["", "*", &signature[1..], &format!("{signature}A")] {
            assert!(!signed.is_signed(token, wrong), "{wrong}");
        }
    }

    #[test]
    fn an_address_is_good_for_ten_minutes() {
        let address = FileAddress {
            fileid: "file".to_owned().try_into().unwrap(),
            uid: "uid".to_owned().try_into().unwrap(),
            expires: Time::from_millis(600_001),
        };
        let good = [0, 1, 600_000, 600_001].map(|now| address.is_good(Time::from_millis(now)));
        assert_eq!(good, [false, true, true, false]);
    }
}
