//! The alias under which JPush knows an account: a form that the vendor accepts for any id.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// JPush's limit, in bytes.
const MAX_ALIAS: usize = 40;
/// Bytes of the digest that are used; they make 36 characters of base64.
const DIGEST_BYTES: usize = 27;

/// The alias under which the client binds and addresses an account.
///
/// JPush takes at most 40 bytes of letters, digits, `_`, Chinese characters and `@!#$&*+=.|￥`, and no
/// hyphen ([device API](https://docs.jiguang.cn/en/jpush/server/push/rest_api_v3_device)). Accounts
/// never share an alias:
///
/// * an id of up to 40 letters, digits, `_` and `-` is its own alias, with `.` for each hyphen, and
///   [`account_of`] reads it back;
/// * any other id becomes `#` and 27 bytes of its SHA-256 in base64, which cannot be read back.
#[must_use]
pub fn alias_of(account: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    match (1..=MAX_ALIAS).contains(&account.len()) && account.bytes().all(plain) {
        true => account.replace('-', "."),
        false => digest_of(account),
    }
}

/// The account of an alias that [`alias_of`] made; `None` if the alias is a digest.
#[must_use]
pub fn account_of(alias: &str) -> Option<String> {
    (!alias.starts_with('#')).then(|| alias.replace('.', "-"))
}

fn digest_of(account: &str) -> String {
    let digest = Sha256::digest(account.as_bytes());
    let short: Vec<u8> = digest.iter().copied().take(DIGEST_BYTES).collect();
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
        assert_eq!(account_of("a.b_C.1").as_deref(), Some("a-b_C-1"));
    }

    #[test]
    fn what_is_too_long_gets_a_digest_that_says_nothing() {
        assert!(is_alias(&alias_of("")), "the empty alias would unbind");
        let (one, other) = (format!("{}a", "x".repeat(40)), format!("{}b", "x".repeat(40)));
        assert!(is_alias(&alias_of(&one)));
        assert_ne!(alias_of(&one), alias_of(&other));
        assert_eq!(account_of(&alias_of(&one)), None);
    }

    proptest! {
        #[test]
        fn every_uid_has_an_alias_of_its_own(one in "[A-Za-z0-9_-]{1,64}", other in "[A-Za-z0-9_-]{1,64}") {
            prop_assert!(is_alias(&alias_of(&one)));
            prop_assert_eq!(one == other, alias_of(&one) == alias_of(&other));
            if one.len() <= 40 {
                prop_assert_eq!(account_of(&alias_of(&one)), Some(one));
            }
        }
    }
}
