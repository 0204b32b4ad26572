//! What can go wrong, sorted by what the caller should do about it. No error contains an address, a key or a text.

use std::time::Duration;
use thiserror::Error;

/// Why a message was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Error {
    /// The subscription is over, or never was one: forget it. HTTP 404 and 410, and keys that are no keys.
    #[error("the subscription is over")]
    Gone,
    /// The failure may pass: send the same message again after `retry_after`, and wait longer each time. HTTP 429 and
    /// 5xx, and failures of the network.
    #[error("{cause}; again after {retry_after:?}")]
    Transient {
        /// The shortest wait that makes sense; at least one second and at most a day.
        retry_after: Duration,
        /// What happened.
        cause: Cause,
    },
    /// The message is refused and will be again: drop it. Any other status; 401 and 403 where the subscription was
    /// made under another VAPID key, and so can never be sent to, or where the clock of this machine is wrong.
    #[error("the push service refuses the message (HTTP {status})")]
    Refused {
        /// The HTTP status.
        status: u16,
    },
    /// The message is longer than [`MAX_MESSAGE`](crate::MAX_MESSAGE). Nothing was sent.
    #[error("the message is too long")]
    TooLong,
}

/// What may pass by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Cause {
    /// There was no answer.
    #[error("the push service cannot be reached, or does not answer")]
    NoAnswer,
    /// The push service wants to be left alone, or has trouble.
    #[error("the push service does not take it now (HTTP {0})")]
    Status(u16),
    /// This machine has no randomness.
    #[error("no random numbers")]
    Random,
}

/// Why there can be no client with such settings. It names the setting and nothing of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SettingsError {
    /// The key is none that [`generate_key`](crate::generate_key) has made.
    #[error("the VAPID key must be one that was made for it")]
    Key,
    /// Push services write to this address when a sender makes trouble.
    #[error("the VAPID subject must be a mailto: or https: address")]
    Subject,
    /// A push service is no name of a host.
    #[error("a push service must be like push.example.org or *.push.example.org")]
    Service,
    /// The HTTP client could not be made.
    #[error("no HTTP client for web push; are the system's CA certificates installed?")]
    HttpClient,
}
