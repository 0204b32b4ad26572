//! A client for Web Push: one HTTP request for each message, encrypted for its browser (RFC 8291) and signed by the
//! sender's key (VAPID, RFC 8292).
//!
//! `services` says to whom messages may be posted, `public_addresses` keeps what they resolve to out of private networks,
//! `encryption` is RFC 8291, `vapid` is RFC 8292, `client` sends. The client never retries, queues or logs; no error and
//! no `Debug` output contains an address, a key or a text.

#![deny(missing_docs)]

mod client;
mod encryption;
mod error;
mod public_addresses;
mod services;
mod vapid;

pub use client::{Client, Message, Urgency};
pub use encryption::{BrowserKeys, MAX_MESSAGE};
pub use error::{Cause, Error, SettingsError};
pub use services::{Endpoint, MAX_ENDPOINT, Services};
pub use vapid::{VapidKey, generate_key};
