//! The encryption of a message for one browser: RFC 8291, in the one record of RFC 8188 that it asks for.

use crate::error::{Cause, Error};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::agreement::{self, ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey};
use ring::hkdf::{self, HKDF_SHA256, KeyType};
use ring::rand::{SecureRandom, SystemRandom};

/// The longest message, in bytes: what push services must take, without what encryption adds.
pub const MAX_MESSAGE: usize = 3_993;
/// The size of a record, of which there is one.
const RECORD: u32 = 4_096;
/// What ends the message in its last record.
const LAST: u8 = 2;

/// What a browser has named when it subscribed. `Debug` does not show them.
#[derive(Clone, PartialEq, Eq)]
pub struct BrowserKeys {
    /// `p256dh`: its public key, an uncompressed point of P-256.
    pub public: [u8; 65],
    /// `auth`: a secret that it shares with whoever may send to it.
    pub auth: [u8; 16],
}

impl std::fmt::Debug for BrowserKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

/// Whether a browser's public key is a point of P-256, so that messages can be encrypted with it.
pub(crate) fn is_point(public: &[u8; 65]) -> bool {
    let browser = UnparsedPublicKey::new(&ECDH_P256, public);
    let own = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new());
    own.is_ok_and(|own| agreement::agree_ephemeral(own, &browser, |_| ()).is_ok())
}

/// The body of a request with this message.
pub(crate) fn encrypt(keys: &BrowserKeys, message: &[u8]) -> Result<Vec<u8>, Error> {
    if message.len() > MAX_MESSAGE {
        return Err(Error::TooLong);
    }
    let random = SystemRandom::new();
    let none = |_| Error::Transient { retry_after: std::time::Duration::from_secs(1), cause: Cause::Random };
    let own = EphemeralPrivateKey::generate(&ECDH_P256, &random).map_err(none)?;
    let own_public = own.compute_public_key().map_err(none)?;
    let mut salt = [0; 16];
    random.fill(&mut salt).map_err(none)?;
    let browser = UnparsedPublicKey::new(&ECDH_P256, keys.public);
    // It fails where the browser's key is no point of the curve.
    let sealed = agreement::agree_ephemeral(own, &browser, |shared| {
        seal(shared, keys, own_public.as_ref(), salt, message)
    });
    sealed.and_then(|sealed| sealed).map_err(|_| Error::Gone)
}

/// Encrypts under the secret that the two keys share: RFC 8291, section 3.4.
fn seal(
    shared: &[u8],
    keys: &BrowserKeys,
    own_public: &[u8],
    salt: [u8; 16],
    message: &[u8],
) -> Result<Vec<u8>, ring::error::Unspecified> {
    let input: [u8; 32] = derive(&keys.auth, shared, &[b"WebPush: info\0", &keys.public, own_public])?;
    let key: [u8; 16] = derive(&salt, &input, &[b"Content-Encoding: aes128gcm\0"])?;
    let nonce: [u8; 12] = derive(&salt, &input, &[b"Content-Encoding: nonce\0"])?;
    let mut record = [message, &[LAST]].concat();
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key)?);
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut record)?;
    let id_length = u8::try_from(own_public.len()).map_err(|_| ring::error::Unspecified)?;
    Ok([&salt[..], &RECORD.to_be_bytes(), &[id_length], own_public, &record].concat())
}

/// How many bytes are derived.
struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

/// HKDF with SHA-256.
fn derive<const N: usize>(
    salt: &[u8],
    input: &[u8],
    info: &[&[u8]],
) -> Result<[u8; N], ring::error::Unspecified> {
    let mut derived = [0; N];
    let prk = hkdf::Salt::new(HKDF_SHA256, salt).extract(input);
    prk.expand(info, Length(N))?.fill(&mut derived)?;
    Ok(derived)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    fn decoded<const N: usize>(text: &str) -> [u8; N] {
        URL_SAFE_NO_PAD.decode(text).unwrap().try_into().unwrap()
    }

    fn browser() -> BrowserKeys {
        BrowserKeys {
            public: decoded(
                "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            ),
            auth: decoded("BTBZMqHH6r4Tts7J_aSIgg"),
        }
    }

    #[test]
    fn the_example_of_rfc_8291_appendix_a() {
        let shared: [u8; 32] = decoded("kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs");
        let own: [u8; 65] = decoded(
            "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8",
        );
        let salt = decoded("DGv6ra1nlYgDCS1FRnbzlw");
        let message = b"When I grow up, I want to be a watermelon";
        let sealed = seal(&shared, &browser(), &own, salt, message).unwrap();
        let expected = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6T\
                        lzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy\
                        4a-fN";
        assert_eq!(URL_SAFE_NO_PAD.encode(sealed), expected);
    }

    #[test]
    fn what_is_no_key_or_too_long_is_refused() {
        let odd = BrowserKeys { public: [4; 65], ..browser() };
        assert_eq!((is_point(&odd.public), is_point(&browser().public)), (false, true));
        assert_eq!(encrypt(&odd, b"x"), Err(Error::Gone));
        assert_eq!(encrypt(&browser(), &[0; MAX_MESSAGE]).unwrap().len(), 4_096);
        assert_eq!(encrypt(&browser(), &[0; MAX_MESSAGE + 1]), Err(Error::TooLong));
    }
}
