//! A client for the [JPush (极光推送) REST API v3][overview]: it sends notifications to Android, iOS
//! and HarmonyOS phones, binds devices to accounts, and reads delivery reports.
//!
//! ```no_run
//! use jpush_client::{Audience, Client, Notification, NotificationKind, Settings};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::new(Settings::new("7d431e42dfa6a6d693ac2d04", "5e987ac6d2e04d95a9d8f0d1"))?;
//! let audience = Audience::accounts(vec!["alice".to_owned()])?;
//! let mut notification =
//!     Notification::new(audience, NotificationKind::Message, "Dr. Wang", "You have a new message");
//! // With a `cid` the same notification can be sent again without reaching anybody twice.
//! notification.cid = client.cids(1).await?.pop();
//! let id = client.push(&notification).await?;
//! println!("accepted as {}", id.0);
//! # Ok(())
//! # }
//! ```
//!
//! Each method is one HTTP request. The client never retries, queues or logs: [`Error`] says what the
//! caller should do, and the README lists which calls are safe to repeat. No error and no `Debug`
//! output contains a key, an address, an account or the text of a notification.
//!
//! The crate follows the vendor's pages on [push], [devices], [reports] and [status codes][status].
//! Tags, segments, custom messages, schedules and SMS fallback are not covered.
//!
//! [overview]: https://docs.jiguang.cn/en/jpush/server/push/server_overview
//! [push]: https://docs.jiguang.cn/en/jpush/server/push/rest_api_v3_push
//! [devices]: https://docs.jiguang.cn/en/jpush/server/push/rest_api_v3_device
//! [reports]: https://docs.jiguang.cn/en/jpush/server/push/rest_api_v3_report
//! [status]: https://docs.jiguang.cn/en/jpush/server/push/http_status_code

#![deny(missing_docs)]

mod alias;
mod client;
mod error;
mod ids;
mod notification;
mod payload;
mod report;
mod response;
mod settings;
mod truncate;

pub use alias::{account_of, alias_of};
pub use client::{Client, MAX_CIDS, MAX_REPORTS};
pub use error::{Error, InvalidRequest, TransientCause};
pub use ids::{Cid, MsgId, RegistrationId};
pub use notification::{Audience, AudienceSize, MAX_TARGETS, Notification, NotificationKind};
pub use report::DeliveryReport;
pub use response::RateLimit;
pub use settings::{AndroidOptions, ApnsEnvironment, Settings, SettingsError};

/// Compiles the README's example.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
