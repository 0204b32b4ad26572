//! The ids that JPush gives out: for a send, for what it accepted, and for a device.

use std::fmt;

/// An id that makes a send safe to repeat: JPush answers a second push with the same `cid` as it did
/// the first, and notifies nobody again.
///
/// [`Client::cids`](crate::Client::cids) fetches them. An id is valid for one day, and has the form
/// `{app key}-{uuid}`; `Debug` shows only the last part of the uuid.
#[derive(Clone, PartialEq, Eq)]
pub struct Cid(pub String);

impl fmt::Debug for Cid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.0.rsplit('-').next().unwrap_or_default();
        write!(f, "Cid(…{last})")
    }
}

/// JPush's id of a push that it has accepted; withdrawals, replacements and reports name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MsgId(pub u64);

/// JPush's id of an app's installation on a device. The SDK in the app gets it; the REST API has no
/// call that lists them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RegistrationId(String);

impl RegistrationId {
    /// Takes what an app reports. Returns `None` unless it is 1 to 64 letters, digits, `-` or `_`:
    /// the id becomes part of a URL, and JPush gives out no other.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let fits = (1..=64).contains(&text.len()) && text.bytes().all(plain);
        fits.then(|| Self(text.to_owned()))
    }

    /// The id as JPush writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registration_id_cannot_lead_elsewhere() {
        for bad in ["", ".", "..", "a/b", "a?b", "a b", "鹏", &"x".repeat(65)] {
            assert_eq!(RegistrationId::parse(bad), None, "{bad}");
        }
        assert!(RegistrationId::parse("18171adc030b6f1f").is_some());
    }
}
