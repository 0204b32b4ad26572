//! What appears on a phone, and on whose. How it becomes a request is in `payload`.

use crate::ids::{Cid, MsgId, RegistrationId};
use serde_json::{Map, Value};
use std::fmt;
use std::time::Duration;
use thiserror::Error;

/// The most targets that one push may have; JPush's limit for aliases and registration ids.
pub const MAX_TARGETS: usize = 1_000;

/// A notification, the same for all platforms. The client derives each platform's own fields, such as
/// priority, category and sound, from [`kind`](Self::kind).
///
/// `Debug` shows neither texts nor people, so a notification may be logged.
#[derive(Clone)]
pub struct Notification {
    /// Makes the send safe to repeat. Without it a lost answer may lead to two notifications.
    pub cid: Option<Cid>,
    /// Who gets it.
    pub audience: Audience,
    /// How urgent it is, and how it presents itself.
    pub kind: NotificationKind,
    /// The heading. Shortened to 120 bytes of JSON: no lock screen shows more.
    pub title: String,
    /// The text. Shortened so that each platform's part stays within its limit: 4,000 bytes for
    /// Android and HarmonyOS, 2,000 for iOS.
    pub body: String,
    /// Data for the app. Never shortened.
    pub extras: Map<String, Value>,
    /// iOS groups the notifications of one thread (`thread-id`).
    pub thread_id: Option<String>,
    /// On iOS a later notification with the same id replaces an earlier one (`apns_collapse_id`).
    /// Shortened to 64 bytes.
    pub collapse_id: Option<String>,
    /// How long JPush tries to reach a phone that is offline, in whole seconds; at most three days,
    /// and longer times are cut to that. Zero reaches only phones that are online.
    pub time_to_live: Duration,
    /// An earlier push that this one replaces on the phone (`override_msg_id`).
    pub replaces: Option<MsgId>,
}

impl Notification {
    /// A notification that is kept for one day, JPush's default, and has no optional field set.
    pub fn new(
        audience: Audience,
        kind: NotificationKind,
        title: impl Into<String>,
        body: impl Into<String>,
    ) -> Self {
        Self {
            cid: None,
            audience,
            kind,
            title: title.into(),
            body: body.into(),
            extras: Map::new(),
            thread_id: None,
            collapse_id: None,
            time_to_live: Duration::from_secs(86_400),
            replaces: None,
        }
    }
}

impl fmt::Debug for Notification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notification")
            .field("cid", &self.cid)
            .field("audience", &self.audience)
            .field("kind", &self.kind)
            .field("time_to_live", &self.time_to_live)
            .finish_non_exhaustive()
    }
}

/// What a notification is about. It decides the priority and the channel on Android, the category on
/// HarmonyOS, and how the phones' makers ration it (`classification`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotificationKind {
    /// Something meant for one person: Android priority 1, HarmonyOS category `IM`, classification
    /// 1 (system).
    Message,
    /// Something for many: Android priority 0, HarmonyOS category `MARKETING`, classification
    /// 0 (operational).
    Announcement,
    /// An incoming call: Android priority 2 on a channel of its own, HarmonyOS category `VOIP`, a
    /// VoIP push on iOS, classification 1 (system).
    Call,
}

/// Who gets a notification: 1 to [`MAX_TARGETS`] accounts or devices.
///
/// `Debug` shows only how many there are.
#[derive(Clone, PartialEq, Eq)]
pub struct Audience(pub(crate) Targets);

/// The targets, whose number has been checked.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Targets {
    Accounts(Vec<String>),
    Devices(Vec<RegistrationId>),
}

/// The error for an audience that is empty or too large; it holds the number of targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a notification goes to 1 to {MAX_TARGETS} targets, not to {0}")]
pub struct AudienceSize(pub usize);

impl Audience {
    /// All devices that are bound to these accounts, by your own ids
    /// (see [`alias_of`](crate::alias_of)).
    ///
    /// # Errors
    /// There are none, or more than [`MAX_TARGETS`].
    pub fn accounts(accounts: Vec<String>) -> Result<Self, AudienceSize> {
        check_size(accounts.len()).map(|()| Self(Targets::Accounts(accounts)))
    }

    /// Just these devices.
    ///
    /// # Errors
    /// There are none, or more than [`MAX_TARGETS`].
    pub fn devices(devices: Vec<RegistrationId>) -> Result<Self, AudienceSize> {
        check_size(devices.len()).map(|()| Self(Targets::Devices(devices)))
    }
}

impl fmt::Debug for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Targets::Accounts(accounts) => write!(f, "{} accounts", accounts.len()),
            Targets::Devices(devices) => write!(f, "{} devices", devices.len()),
        }
    }
}

fn check_size(targets: usize) -> Result<(), AudienceSize> {
    match targets {
        1..=MAX_TARGETS => Ok(()),
        _ => Err(AudienceSize(targets)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_audience_has_between_one_and_a_thousand_targets() {
        let many = |count| Audience::accounts(vec!["u".to_owned(); count]);
        assert_eq!(many(0), Err(AudienceSize(0)));
        assert!(many(1).is_ok() && many(1_000).is_ok());
        assert_eq!(many(1_001), Err(AudienceSize(1_001)));
    }
}
