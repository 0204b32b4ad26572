//! A notice for people's phones, in no vendor's words.

use serde_json::{Map, Value};
use std::fmt;
use std::time::{Duration, Instant};
use thiserror::Error;

/// Most targets of one notice.
pub const MOST_TARGETS: usize = 1_000;

/// What appears on a phone.
///
/// Its `Debug` shows neither texts nor people: a notice may be logged.
#[derive(Clone)]
pub struct Notice {
    /// Makes sending it again safe.
    pub cid: Option<Cid>,
    /// Who gets it.
    pub to: Targets,
    /// How urgent it is, and how it presents itself.
    pub kind: Kind,
    /// The heading. Shortened where it is too long for a lock screen.
    pub title: String,
    /// The line below. Shortened where it is too long for a platform.
    pub content: String,
    /// For the app alone: ids, nothing to read.
    pub extras: Map<String, Value>,
    /// Notices of one thread are shown together.
    pub thread: Option<String>,
    /// A later notice with the same takes the place of an earlier one on the phone.
    pub collapse: Option<String>,
    /// How long the vendor tries for a phone that is off. Zero: only one that is on.
    pub lifetime: Duration,
    /// An earlier notice that this one takes the place of.
    pub replaces: Option<MsgId>,
}

impl fmt::Debug for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notice")
            .field("cid", &self.cid)
            .field("to", &self.to)
            .field("kind", &self.kind)
            .field("lifetime", &self.lifetime)
            .finish_non_exhaustive()
    }
}

/// What kind of thing a notice tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Somebody wrote, or something was decided.
    Message,
    /// The service addresses many.
    Announcement,
    /// Somebody is ringing now: at once, loud, and gone when it is over.
    Call,
}

/// One to [`MOST_TARGETS`] targets.
#[derive(Clone, PartialEq, Eq)]
pub struct Targets(Whom);

/// What the targets are.
#[derive(Clone, PartialEq, Eq)]
pub enum Whom {
    /// Accounts, by `uid`.
    Accounts(Vec<String>),
    /// Single devices.
    Devices(Vec<RegistrationId>),
}

/// Why there are no such targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a notice goes to 1 to {MOST_TARGETS} targets, not to {0}")]
pub struct BadTargets(pub usize);

impl Targets {
    /// Every device of these accounts.
    pub fn accounts(uids: Vec<String>) -> Result<Self, BadTargets> {
        count(uids.len()).map(|()| Self(Whom::Accounts(uids)))
    }

    /// Just these devices.
    pub fn devices(devices: Vec<RegistrationId>) -> Result<Self, BadTargets> {
        count(devices.len()).map(|()| Self(Whom::Devices(devices)))
    }

    /// What they are.
    #[must_use]
    pub fn whom(&self) -> &Whom {
        &self.0
    }
}

impl fmt::Debug for Targets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Whom::Accounts(uids) => write!(f, "{} accounts", uids.len()),
            Whom::Devices(devices) => write!(f, "{} devices", devices.len()),
        }
    }
}

fn count(targets: usize) -> Result<(), BadTargets> {
    match targets {
        1..=MOST_TARGETS => Ok(()),
        _ => Err(BadTargets(targets)),
    }
}

/// An id that makes a send safe to repeat; a vendor gives them out, for a day.
#[derive(Clone, PartialEq, Eq)]
pub struct Cid(pub String);

impl fmt::Debug for Cid {
    /// Only the last part: the first of JPush's is the app's key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.0.rsplit('-').next().unwrap_or_default();
        write!(f, "Cid(…{last})")
    }
}

/// The vendor's id of what it has taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MsgId(pub u64);

/// A vendor's name for a device.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RegistrationId(String);

impl RegistrationId {
    /// Takes what an app says, which may be anything: `None` for what no vendor has given out.
    /// It becomes part of an address, so nothing but letters, digits, `-` and `_` will do.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let fits = (1..=64).contains(&text.len()) && text.bytes().all(plain);
        fits.then(|| Self(text.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How many requests a vendor still takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// How many in one period, where that was said.
    pub limit: Option<u32>,
    /// How many are left of them.
    pub remaining: u32,
    /// When the next period begins.
    pub renewed: Instant,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_has_between_one_and_a_thousand_targets() {
        let many = |count| Targets::accounts(vec!["u".to_owned(); count]);
        assert_eq!(many(0), Err(BadTargets(0)));
        assert!(many(1).is_ok() && many(1_000).is_ok());
        assert_eq!(many(1_001), Err(BadTargets(1_001)));
    }

    #[test]
    fn a_registration_id_cannot_lead_elsewhere() {
        for bad in ["", ".", "..", "a/b", "a?b", "a b", "鹏", &"x".repeat(65)] {
            assert_eq!(RegistrationId::parse(bad), None, "{bad}");
        }
        assert!(RegistrationId::parse("18171adc030b6f1f").is_some());
    }
}
