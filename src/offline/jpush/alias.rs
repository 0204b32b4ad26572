//! The alias under which JPush knows an account.
//!
//! An alias has at most 40 bytes and takes letters, digits, `_` and some marks, but no hyphen,
//! while a `uid` has up to 64 letters, digits, `_` and hyphens. Two forms that cannot be confused:
//!
//! * a `uid` of up to 40 characters is its own alias, with `.` for each hyphen (no `uid` has a `.`),
//!   and can be read back;
//! * any other becomes `#` and a digest of it, which cannot be read back but never meets another.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// In bytes; the vendor's limit.
const LONGEST: usize = 40;
/// So many bytes of the digest make 36 characters, without padding.
const DIGEST: usize = 27;

/// The alias of an account.
#[must_use]
pub fn alias_of(uid: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    match uid.len() <= LONGEST && uid.bytes().all(plain) {
        true => uid.replace('-', "."),
        false => digest_of(uid),
    }
}

/// The account of an alias, where the alias says it.
#[must_use]
pub fn uid_of(alias: &str) -> Option<String> {
    (!alias.starts_with('#')).then(|| alias.replace('.', "-"))
}

fn digest_of(uid: &str) -> String {
    let digest = Sha256::digest(uid.as_bytes());
    let short: Vec<u8> = digest.iter().copied().take(DIGEST).collect();
    format!("#{}", URL_SAFE_NO_PAD.encode(short).replace('-', "."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn is_alias(text: &str) -> bool {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "_@!#$&*+=.|".contains(c);
        (1..=40).contains(&text.len()) && text.chars().all(allowed)
    }

    #[test]
    fn old_and_new_ids_stay_readable() {
        assert_eq!(alias_of("5f1e7a3c9b8d4e6f0a1b2c3d"), "5f1e7a3c9b8d4e6f0a1b2c3d");
        assert_eq!(alias_of("a-b_C-1"), "a.b_C.1");
        assert_eq!(uid_of("a.b_C.1").as_deref(), Some("a-b_C-1"));
    }

    #[test]
    fn what_is_too_long_gets_a_digest_that_says_nothing() {
        let (one, other) = (format!("{}a", "x".repeat(40)), format!("{}b", "x".repeat(40)));
        assert!(is_alias(&alias_of(&one)));
        assert_ne!(alias_of(&one), alias_of(&other));
        assert_eq!(uid_of(&alias_of(&one)), None);
    }

    proptest! {
        #[test]
        fn every_uid_has_an_alias_of_its_own(one in "[A-Za-z0-9_-]{1,64}", other in "[A-Za-z0-9_-]{1,64}") {
            prop_assert!(is_alias(&alias_of(&one)));
            prop_assert_eq!(one == other, alias_of(&one) == alias_of(&other));
            if one.len() <= 40 {
                prop_assert_eq!(uid_of(&alias_of(&one)), Some(one));
            }
        }
    }
}
