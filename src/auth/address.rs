//! The address of a file that says by itself who reads it, for a while: for pictures in pages that can send no header.
//!
//! It is signed with the hash of a token, which the server keeps and whoever has the token can make, and is good as long
//! as the token is. Nothing is kept of it. The signature begins with a quarter of the hash, by which the token is found; the
//! rest of it stays secret: who has it, as from the database, reads files at their server.

use crate::model::{FileId, Time, TokenHash, Uid};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt::{self, Display, Formatter};
use std::str::FromStr;
use std::time::Duration;

/// For how long an address is given out.
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
    pub fn sign(&self, token: TokenHash) -> Option<Signature> {
        let [signer, ..] = *token.0.as_chunks().0 else { return None };
        Some(Signature { signer, mac: self.mac(token)?.finalize().into_bytes().to_vec() })
    }

    /// Whether this is the signature by the token.
    pub fn is_signed(&self, token: TokenHash, signature: &Signature) -> bool {
        self.mac(token).is_some_and(|mac| mac.verify_slice(&signature.mac).is_ok())
    }

    /// A key of any length fits.
    fn mac(&self, token: TokenHash) -> Option<Hmac<Sha256>> {
        let Self { fileid, uid, expires } = self;
        let said = format!("file {fileid} {uid} {}", expires.millis());
        Some(Hmac::new_from_slice(&token.0).ok()?.chain_update(said))
    }
}

/// The signature of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The beginning of the hash of the token that it was made with.
    pub signer: [u8; 8],
    mac: Vec<u8>,
}

impl Display for Signature {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode([&self.signer, &self.mac[..]].concat()))
    }
}

impl FromStr for Signature {
    type Err = NoSignature;

    fn from_str(text: &str) -> Result<Self, NoSignature> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| NoSignature)?;
        let (signer, mac) = bytes.split_first_chunk().ok_or(NoSignature)?;
        Ok(Self { signer: *signer, mac: mac.to_vec() })
    }
}

/// A text that is no signature.
#[derive(Debug)]
pub struct NoSignature;

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
        let text = signature.to_string();
        assert_eq!(text.parse::<Signature>().unwrap(), signature);
        for cut in [&text[..12], &text[..text.len() - 2], &format!("{text}AA")] {
            assert!(!signed.is_signed(token, &cut.parse().unwrap()), "{cut}");
        }
        for wrong in ["", "*", "AAAA"] {
            assert!(wrong.parse::<Signature>().is_err(), "{wrong}");
        }
    }
}
